import SwiftUI
import Technician

/// Messages of all visits in two lanes: those that interrupt, and those that wait while you work.
public struct MessagesScreen: View {
    private let messages: MessagesView
    private let open: @MainActor (VisitId) -> Void

    public init(_ messages: MessagesView, open: @escaping @MainActor (VisitId) -> Void) {
        self.messages = messages
        self.open = open
    }

    public var body: some View {
        ScrollView {
            LazyVStack(alignment: .leading, spacing: Space.between) {
                if messages.urgent.isEmpty, messages.routine.isEmpty {
                    EmptyState(phrase("No messages"), message: messages.empty, symbol: "bubble.left")
                }
                lane(phrase("Urgent"), messages.urgent)
                if messages.quiet { Banner(.calm, phrase("Routine messages wait while you work.")) }
                lane(phrase("Routine"), messages.routine)
            }
            .padding(Space.margin)
        }
        .background(.role(.paper))
        .navigationTitle(phrase("Messages"))
    }

    @ViewBuilder private func lane(_ title: String, _ messages: [MessageView]) -> some View {
        if !messages.isEmpty {
            SectionTitle(title)
            ForEach(messages, id: \.id) { message in
                Card {
                    Button {
                        open(message.visit)
                    } label: {
                        row(message)
                    }
                    .buttonStyle(CardButtonStyle())
                    .accessibilityHint(phrase("Opens the visit"))
                }
            }
        }
    }

    private func row(_ message: MessageView) -> some View {
        VStack(alignment: .leading, spacing: Space.tight) {
            HStack(spacing: Space.small) {
                Text("\(message.by) · \(message.number) · \(message.at.time)")
                    .font(TypeScale.small)
                    .foregroundStyle(.role(.inkSoft))
                if message.unread { Mark(badge: BadgeView(key: message.id, tone: .calm, label: phrase("New"))) }
            }
            Text(message.text).font(TypeScale.body)
        }
    }
}
