import SwiftUI

/// A status as colour, icon and word.
public struct StatusBadge: View {
    private let look: StatusLook
    private let word: String

    /// `word` is the engine's word for the status, in the user's language.
    public init(_ look: StatusLook, word: String) {
        self.look = look
        self.word = word
    }

    public var body: some View {
        HStack(spacing: Space.tight) {
            Image(systemName: look.symbol).accessibilityHidden(true)
            Text(word).strikethrough(look.isStruckThrough)
        }
        .font(TypeScale.small.weight(.semibold))
        .foregroundStyle(.role(look.role))
        .padding(.horizontal, Space.small)
        .padding(.vertical, Space.tight)
        .overlay { RoundedRectangle(cornerRadius: Corner.chip).stroke(.role(look.role)) }
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(phrase("Status: %@", word))
    }
}
