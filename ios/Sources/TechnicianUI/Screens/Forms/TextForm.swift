import SwiftUI

/// One text and one button: a reason, a note.
public struct TextForm: View {
    private let title: String
    private let label: String
    private let actionTitle: String
    private let reasonNeeded: String?
    private let isWorking: Bool
    private let save: @MainActor (String) -> Void
    @State private var text: String

    /// `reasonNeeded` says why it can't be saved empty; nil where it can.
    public init(
        title: String, label: String, actionTitle: String, text: String = "", reasonNeeded: String?,
        isWorking: Bool = false, save: @escaping @MainActor (String) -> Void
    ) {
        self.title = title
        self.label = label
        self.actionTitle = actionTitle
        self.reasonNeeded = reasonNeeded
        self.isWorking = isWorking
        self.save = save
        _text = State(initialValue: text)
    }

    public var body: some View {
        FormPage(
            title, actionTitle: actionTitle, reason: text.trimmed.isEmpty ? reasonNeeded : nil, isWorking: isWorking
        ) {
            save(text.trimmed)
        } fields: {
            FormField(label: label, text: $text)
        }
    }
}
