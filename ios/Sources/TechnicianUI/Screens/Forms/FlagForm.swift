import SwiftUI
import Technician

/// Tells the office something that it should know now.
public struct FlagForm: View {
    private let kinds: [ChoiceView]
    private let isWorking: Bool
    private let save: @MainActor (_ kind: String, _ text: String) -> Void
    @State private var kind: String?
    @State private var text = ""

    public init(
        _ kinds: [ChoiceView], isWorking: Bool, save: @escaping @MainActor (_ kind: String, _ text: String) -> Void
    ) {
        self.kinds = kinds
        self.isWorking = isWorking
        self.save = save
    }

    public var body: some View {
        FormPage(
            phrase("Raise a flag"), actionTitle: phrase("Tell the office"),
            reason: kind == nil ? phrase("Choose what it is first.") : nil, isWorking: isWorking
        ) {
            if let kind { save(kind, text.trimmed) }
        } fields: {
            Choices(choices: kinds, chosen: $kind)
            FormField(label: phrase("In words, if you like"), text: $text)
        }
    }
}
