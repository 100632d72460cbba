import SwiftUI
import Technician

/// A status as colour, icon and word.
struct StatusBadge: View {
    let status: Status
    /// The engine's word for it, in the user's language.
    let label: String

    var body: some View {
        let look = StatusLook(status)
        HStack(spacing: Space.tight) {
            Image(systemName: look.symbol).accessibilityHidden(true)
            Text(label).strikethrough(status == .canceled)
        }
        .font(TypeScale.small.weight(.semibold))
        .foregroundStyle(.role(look.role))
        .padding(.horizontal, Space.small)
        .padding(.vertical, Space.tight)
        .overlay { RoundedRectangle(cornerRadius: Corner.chip).stroke(.role(look.role)) }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(phrase("Status: %@", label))
    }
}
