import SwiftUI

/// A line across the screen about something that holds for all of it.
public struct Banner: View {
    public enum Kind: CaseIterable, Sendable {
        /// Good to know: no signal, changed since you opened it.
        case news
        /// To know before going on: a dog in the yard, a part that isn't on the truck.
        case caution
        /// Stops the work.
        case wrong
    }

    private let kind: Kind
    private let text: String
    private let actionTitle: String?
    private let action: @MainActor () -> Void

    /// `actionTitle` makes a button beneath the text.
    public init(
        _ kind: Kind, _ text: String, actionTitle: String? = nil, action: @escaping @MainActor () -> Void = {}
    ) {
        self.kind = kind
        self.text = text
        self.actionTitle = actionTitle
        self.action = action
    }

    public var body: some View {
        VStack(alignment: .leading, spacing: Space.small) {
            HStack(alignment: .firstTextBaseline, spacing: Space.small) {
                Image(systemName: symbol).foregroundStyle(.role(role)).accessibilityHidden(true)
                Text(text).font(TypeScale.support).foregroundStyle(.role(.ink))
            }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel("\(kindInWords): \(text)")
            if let actionTitle {
                Button(actionTitle, action: action).buttonStyle(QuietButtonStyle())
            }
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding(Space.between)
        .background(.role(ground), in: RoundedRectangle(cornerRadius: Corner.card))
        .overlay { RoundedRectangle(cornerRadius: Corner.card).stroke(.role(role)) }
    }

    private var kindInWords: String {
        switch kind {
        case .news: phrase("Note")
        case .caution: phrase("Caution")
        case .wrong: phrase("Problem")
        }
    }

    private var symbol: String {
        switch kind {
        case .news: "info.circle.fill"
        case .caution: "exclamationmark.triangle.fill"
        case .wrong: "xmark.octagon.fill"
        }
    }

    private var role: ColorRole {
        switch kind {
        case .news: .link
        case .caution: .caution
        case .wrong: .wrong
        }
    }

    private var ground: ColorRole {
        switch kind {
        case .news: .linkTint
        case .caution: .cautionTint
        case .wrong: .wrongTint
        }
    }
}
