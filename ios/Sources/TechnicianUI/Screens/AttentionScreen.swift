import SwiftUI
import Technician

/// What needs the technician's decision. Nothing here is lost: it stays until a decision is made.
public struct AttentionScreen: View {
    private let attention: AttentionView
    private let decide: @MainActor (AttentionItem, ActionView) -> Void

    public init(_ attention: AttentionView, decide: @escaping @MainActor (AttentionItem, ActionView) -> Void) {
        self.attention = attention
        self.decide = decide
    }

    public var body: some View {
        ScrollView {
            LazyVStack(alignment: .leading, spacing: Space.between) {
                if attention.items.isEmpty {
                    EmptyState(phrase("Nothing needs you"), message: attention.empty, symbol: "checkmark.circle.fill")
                }
                ForEach(attention.items, id: \.opId) { item in
                    Card {
                        Text("\(item.number) · \(item.at.day) \(item.at.time)")
                            .font(TypeScale.support)
                            .foregroundStyle(.role(.inkSoft))
                        Text(item.what).font(TypeScale.heading)
                        Text(item.reason).font(TypeScale.body)
                        ForEach(item.actions, id: \.key) { action in
                            StepButton(action: action) { decide(item, $0) }
                        }
                    }
                }
            }
            .padding(Space.margin)
        }
        .background(.role(.paper))
        .navigationTitle(phrase("Needs you"))
    }
}
