import SwiftUI

/// A sheet of paper on the screen: one thing and what belongs to it.
struct Card<Content: View>: View {
    private let content: Content

    init(@ViewBuilder content: () -> Content) { self.content = content() }

    var body: some View {
        VStack(alignment: .leading, spacing: Space.small) { content }
            .frame(maxWidth: .infinity, alignment: .leading)
            .padding(Space.margin)
            .foregroundStyle(.role(.ink))
            .background(.role(.card), in: RoundedRectangle(cornerRadius: Corner.card))
            .overlay { RoundedRectangle(cornerRadius: Corner.card).stroke(.role(.line)) }
    }
}

/// The title above a group of cards; VoiceOver can jump from one to the next.
struct SectionTitle: View {
    private let title: String

    init(_ title: String) { self.title = title }

    var body: some View {
        Text(title)
            .font(TypeScale.heading)
            .foregroundStyle(.role(.ink))
            .accessibilityAddTraits(.isHeader)
    }
}
