import SwiftUI
import Technician

/// The answer to a checklist item: a tap where it is a check, else a reading or words.
public struct AnswerForm: View {
    private let item: ChecklistView
    private let isWorking: Bool
    private let save: @MainActor (String) -> Void
    @State private var chosen: String?
    @State private var text: String

    public init(_ item: ChecklistView, isWorking: Bool, save: @escaping @MainActor (String) -> Void) {
        self.item = item
        self.isWorking = isWorking
        self.save = save
        _chosen = State(initialValue: item.value.isEmpty ? nil : item.value)
        _text = State(initialValue: item.value)
    }

    public var body: some View {
        FormPage(
            item.text, actionTitle: phrase("Save"),
            reason: value.isEmpty ? phrase("Answer first.") : nil, isWorking: isWorking
        ) {
            save(value)
        } fields: {
            if item.answerKind == .check {
                Choices(choices: answers, chosen: $chosen)
            } else {
                FormField(label: item.answerKind == .reading ? phrase("Reading") : phrase("Answer"), text: $text)
            }
        }
    }

    private var value: String { item.answerKind == .check ? chosen ?? "" : text.trimmed }

    /// The engine's own keys.
    private var answers: [ChoiceView] {
        [
            ChoiceView(key: "yes", label: phrase("Yes")), ChoiceView(key: "no", label: phrase("No")),
            ChoiceView(key: "n/a", label: phrase("Doesn't apply")),
        ]
    }
}
