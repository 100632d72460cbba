import SwiftUI

/// A part that went in, or came back.
public struct PartForm: View {
    private let isWorking: Bool
    private let save: @MainActor (_ name: String, _ quantity: Double, _ serial: String, _ isReturned: Bool) -> Void
    @State private var name = ""
    @State private var quantity = "1"
    @State private var serial = ""
    @State private var isReturned = false

    public init(
        isWorking: Bool,
        save: @escaping @MainActor (_ name: String, _ quantity: Double, _ serial: String, _ isReturned: Bool) -> Void
    ) {
        self.isWorking = isWorking
        self.save = save
    }

    public var body: some View {
        FormPage(phrase("Add a part"), actionTitle: phrase("Save"), reason: whatIsMissing, isWorking: isWorking) {
            save(name.trimmed, quantity.number ?? 0, serial.trimmed, isReturned)
        } fields: {
            FormField(label: phrase("Part"), text: $name)
            FormField(label: phrase("How many"), text: $quantity)
            FormField(label: phrase("Serial number, if it has one"), text: $serial)
            Toggle(phrase("It came back to the truck"), isOn: $isReturned)
                .font(TypeScale.body)
                .frame(minHeight: Target.other)
        }
    }

    private var whatIsMissing: String? {
        if name.trimmed.isEmpty { return phrase("Name the part first.") }
        return (quantity.number ?? 0) > 0 ? nil : phrase("Say how many, as a number.")
    }
}
