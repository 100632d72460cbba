import SwiftUI
import Technician

/// A small mark on a card: emergency, crew, gate code.
struct Mark: View {
    let badge: BadgeView

    var body: some View {
        let look = ToneLook(badge.tone)
        HStack(spacing: Space.tight) {
            Image(systemName: look.symbol).accessibilityHidden(true)
            Text(badge.label)
        }
        .font(TypeScale.small)
        .foregroundStyle(.role(look.role))
        .padding(.horizontal, Space.small)
        .padding(.vertical, Space.tight)
        .background(.role(look.ground), in: Capsule())
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(badge.label)
    }
}
