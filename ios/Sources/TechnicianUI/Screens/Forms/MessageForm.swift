import SwiftUI

/// A message to the office about a visit.
public struct MessageForm: View {
    private let isWorking: Bool
    private let send: @MainActor (_ text: String, _ isUrgent: Bool) -> Void
    @State private var text = ""
    @State private var isUrgent = false

    public init(isWorking: Bool, send: @escaping @MainActor (_ text: String, _ isUrgent: Bool) -> Void) {
        self.isWorking = isWorking
        self.send = send
    }

    public var body: some View {
        FormPage(
            phrase("Message the office"), actionTitle: phrase("Send"),
            reason: text.trimmed.isEmpty ? phrase("Write something first.") : nil, isWorking: isWorking
        ) {
            send(text.trimmed, isUrgent)
        } fields: {
            FormField(label: phrase("Message"), text: $text)
            Toggle(phrase("Urgent: interrupt them"), isOn: $isUrgent)
                .font(TypeScale.body)
                .frame(minHeight: Target.other)
        }
    }
}
