import SwiftUI
import Technician

/// A line across the screen about something that holds for all of it.
struct Banner: View {
    private let tone: Tone
    private let text: String
    private let actionTitle: String?
    private let action: @MainActor () -> Void

    /// `actionTitle` makes a button beneath the text.
    init(
        _ tone: Tone, _ text: String, actionTitle: String? = nil, action: @escaping @MainActor () -> Void = {}
    ) {
        self.tone = tone
        self.text = text
        self.actionTitle = actionTitle
        self.action = action
    }

    init(_ notice: NoticeView) { self.init(notice.tone, notice.text) }

    var body: some View {
        let look = ToneLook(tone)
        VStack(alignment: .leading, spacing: Space.small) {
            HStack(alignment: .firstTextBaseline, spacing: Space.small) {
                Image(systemName: look.symbol).foregroundStyle(.role(look.role)).accessibilityHidden(true)
                Text(text).font(TypeScale.support).foregroundStyle(.role(.ink))
            }
            .accessibilityElement(children: .ignore)
            .accessibilityLabel("\(tone.spoken): \(text)")
            if let actionTitle {
                Button(actionTitle, action: action).buttonStyle(QuietButtonStyle())
            }
        }
        .frame(maxWidth: .infinity, alignment: .leading)
        .padding(Space.between)
        .background(.role(look.ground), in: RoundedRectangle(cornerRadius: Corner.card))
        .overlay { RoundedRectangle(cornerRadius: Corner.card).stroke(.role(look.role)) }
    }
}
