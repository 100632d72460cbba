import SwiftUI
import Technician

/// Corrects the start or the end of a stretch of time, with the reason. The office sees both times.
public struct TimeForm: View {
    private let entry: TimeEntryView
    private let timeZone: TimeZone
    private let isWorking: Bool
    private let save: @MainActor (_ fact: OpId, _ moment: Date, _ reason: String) -> Void
    /// The fact whose time is wrong.
    @State private var fact: OpId?
    /// Nil until it is set.
    @State private var moment: Date?
    @State private var reason = ""

    /// `timeZone` is the site's: its clock is the one that the technician and the customer saw.
    public init(
        _ entry: TimeEntryView, timeZone: TimeZone, isWorking: Bool,
        save: @escaping @MainActor (_ fact: OpId, _ moment: Date, _ reason: String) -> Void
    ) {
        self.entry = entry
        self.timeZone = timeZone
        self.isWorking = isWorking
        self.save = save
        _fact = State(initialValue: entry.startOp)
    }

    public var body: some View {
        FormPage(
            phrase("Correct: %@", entry.label), actionTitle: phrase("Save"),
            reason: reason.trimmed.isEmpty ? phrase("Say why first.") : nil, isWorking: isWorking
        ) {
            if let fact { save(fact, shown, reason.trimmed) }
        } fields: {
            Choices(choices: ends, chosen: chosen)
            DatePicker(phrase("When it really was"), selection: Binding(get: { shown }, set: { moment = $0 }))
                .font(TypeScale.body)
                .frame(minHeight: Target.other)
                .environment(\.timeZone, timeZone)
            FormField(label: phrase("Why"), text: $reason)
        }
    }

    private var ends: [ChoiceView] {
        let start = ChoiceView(key: entry.startOp, label: phrase("The start, %@", entry.from.time))
        guard let op = entry.endOp, let to = entry.to else { return [start] }
        return [start, ChoiceView(key: op, label: phrase("The end, %@", to.time))]
    }

    /// Another end begins from its own time.
    private var chosen: Binding<String?> {
        Binding(
            get: { fact },
            set: {
                fact = $0
                moment = nil
            })
    }

    private var shown: Date {
        let recorded = fact == entry.endOp ? entry.to ?? entry.from : entry.from
        return moment ?? Date(timeIntervalSince1970: Double(recorded.atMs) / 1000)
    }
}
