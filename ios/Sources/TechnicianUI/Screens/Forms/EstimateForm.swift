import SwiftUI
import Technician

/// Drafts an estimate. The office sends it, with its own terms.
public struct EstimateForm: View {
    /// A line as it is typed.
    private struct Draft {
        var text = ""
        var quantity = "1"
        var price = ""

        /// Nil while something lacks or is no number. Prices are typed in whole currency units and kept in cents.
        var line: EstimateLine? {
            guard !text.trimmed.isEmpty, let quantity = quantity.number, quantity > 0, let price = price.number,
                price >= 0, let cents = Int64(exactly: (price * 100).rounded())
            else { return nil }
            return EstimateLine(text: text.trimmed, quantity: quantity, unitCents: cents)
        }
    }

    private let isWorking: Bool
    private let save: @MainActor (_ title: String, _ lines: [EstimateLine]) -> Void
    @State private var title = ""
    @State private var drafts = [Draft()]

    public init(isWorking: Bool, save: @escaping @MainActor (_ title: String, _ lines: [EstimateLine]) -> Void) {
        self.isWorking = isWorking
        self.save = save
    }

    public var body: some View {
        FormPage(phrase("Draft an estimate"), actionTitle: phrase("Save"), reason: whatIsMissing, isWorking: isWorking)
        {
            save(title.trimmed, drafts.compactMap(\.line))
        } fields: {
            FormField(label: phrase("What it is about"), text: $title)
            ForEach(Array(drafts.indices), id: \.self) { index in
                Card {
                    FormField(label: phrase("Work or part"), text: $drafts[index].text)
                    FormField(label: phrase("How many"), text: $drafts[index].quantity)
                    FormField(label: phrase("Price of one"), text: $drafts[index].price)
                }
            }
            Button(phrase("Add a line"), systemImage: "plus") { drafts.append(Draft()) }
                .buttonStyle(QuietButtonStyle())
        }
    }

    private var whatIsMissing: String? {
        if title.trimmed.isEmpty { return phrase("Say what it is about first.") }
        return drafts.allSatisfy { $0.line != nil } ? nil : phrase("Each line needs words, a number and a price.")
    }
}
