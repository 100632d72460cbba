import SwiftUI

/// A sheet of paper on the screen: one thing and what belongs to it.
public struct Card<Content: View>: View {
    private let content: Content

    public init(@ViewBuilder content: () -> Content) { self.content = content() }

    public var body: some View {
        VStack(alignment: .leading, spacing: Space.small) { content }
            .frame(maxWidth: .infinity, alignment: .leading)
            .padding(Space.margin)
            .foregroundStyle(.role(.ink))
            .background(.role(.card), in: RoundedRectangle(cornerRadius: Corner.card))
            .overlay { RoundedRectangle(cornerRadius: Corner.card).stroke(.role(.line)) }
    }
}

/// The title above a group of cards; VoiceOver can jump from one to the next.
public struct SectionTitle: View {
    private let title: String

    public init(_ title: String) { self.title = title }

    public var body: some View {
        Text(title)
            .font(TypeScale.heading)
            .foregroundStyle(.role(.ink))
            .accessibilityAddTraits(.isHeader)
    }
}
