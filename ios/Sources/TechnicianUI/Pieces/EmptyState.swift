import SwiftUI

/// Says what will be here, and the one thing to do.
struct EmptyState: View {
    private let title: String
    private let message: String
    private let symbol: String
    private let actionTitle: String?
    private let action: @MainActor () -> Void

    init(
        _ title: String, message: String, symbol: String, actionTitle: String? = nil,
        action: @escaping @MainActor () -> Void = {}
    ) {
        self.title = title
        self.message = message
        self.symbol = symbol
        self.actionTitle = actionTitle
        self.action = action
    }

    var body: some View {
        VStack(spacing: Space.between) {
            Image(systemName: symbol)
                .font(TypeScale.display)
                .foregroundStyle(.role(.inkSoft))
                .accessibilityHidden(true)
            Text(title)
                .font(TypeScale.heading)
                .foregroundStyle(.role(.ink))
                .accessibilityAddTraits(.isHeader)
            Text(message)
                .font(TypeScale.body)
                .foregroundStyle(.role(.inkSoft))
            if let actionTitle {
                Button(actionTitle, action: action).buttonStyle(QuietButtonStyle())
            }
        }
        .padding(Space.section)
        .frame(maxWidth: .infinity)
    }
}
