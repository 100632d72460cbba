import SwiftUI
import Technician

/// What the packet lacked, or had wrong.
public struct MarkForm: View {
    private let row: RowView
    private let isWorking: Bool
    private let save: @MainActor (_ isWrong: Bool, _ text: String) -> Void
    @State private var isWrong: Bool
    @State private var text = ""

    public init(_ row: RowView, isWorking: Bool, save: @escaping @MainActor (_ isWrong: Bool, _ text: String) -> Void) {
        self.row = row
        self.isWorking = isWorking
        self.save = save
        _isWrong = State(initialValue: !row.missing)
    }

    public var body: some View {
        FormPage(
            phrase("Missing or wrong: %@", row.label), actionTitle: phrase("Tell the office"), reason: nil,
            isWorking: isWorking
        ) {
            save(isWrong, text.trimmed)
        } fields: {
            Toggle(phrase("It is there, but wrong"), isOn: $isWrong)
                .font(TypeScale.body)
                .frame(minHeight: Target.other)
            FormField(label: phrase("In words, if you like"), text: $text)
        }
    }
}
