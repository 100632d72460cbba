import SwiftUI

/// Says what happened, what is safe all the same, and what to do.
struct ErrorNotice: View {
    private let happened: String
    private let safe: String
    private let actionTitle: String
    private let action: @MainActor () -> Void

    init(happened: String, safe: String, actionTitle: String, action: @escaping @MainActor () -> Void) {
        self.happened = happened
        self.safe = safe
        self.actionTitle = actionTitle
        self.action = action
    }

    var body: some View {
        VStack(alignment: .leading, spacing: Space.small) {
            VStack(alignment: .leading, spacing: Space.small) {
                HStack(alignment: .firstTextBaseline, spacing: Space.small) {
                    Image(systemName: "exclamationmark.triangle.fill").accessibilityHidden(true)
                    Text(happened).font(TypeScale.strong)
                }
                .foregroundStyle(.role(.wrong))
                Text(safe).font(TypeScale.body).foregroundStyle(.role(.ink))
            }
            .accessibilityElement(children: .combine)
            Button(actionTitle, action: action).buttonStyle(QuietButtonStyle())
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding(Space.margin)
        .background(.role(.wrongTint), in: RoundedRectangle(cornerRadius: Corner.card))
        .overlay { RoundedRectangle(cornerRadius: Corner.card).stroke(.role(.wrong)) }
    }
}
