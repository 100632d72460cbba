import SwiftUI

/// More work is needed another day. The office makes a job of it.
public struct FollowUpForm: View {
    private let timeZone: TimeZone
    private let isWorking: Bool
    private let save: @MainActor (_ reason: String, _ nextStep: String, _ due: Date?) -> Void
    @State private var reason = ""
    @State private var nextStep = ""
    @State private var hasDay = false
    @State private var day: Date

    /// `timeZone` is the site's, where the day counts.
    public init(
        timeZone: TimeZone, today: Date = Date(), isWorking: Bool,
        save: @escaping @MainActor (_ reason: String, _ nextStep: String, _ due: Date?) -> Void
    ) {
        self.timeZone = timeZone
        self.isWorking = isWorking
        self.save = save
        _day = State(initialValue: today)
    }

    public var body: some View {
        FormPage(phrase("Add a follow-up"), actionTitle: phrase("Save"), reason: whatIsMissing, isWorking: isWorking) {
            save(reason.trimmed, nextStep.trimmed, hasDay ? day : nil)
        } fields: {
            FormField(label: phrase("Why is more work needed?"), text: $reason)
            FormField(label: phrase("What comes next?"), text: $nextStep)
            Toggle(phrase("It has to happen by a day"), isOn: $hasDay)
                .font(TypeScale.body)
                .frame(minHeight: Target.other)
            if hasDay {
                DatePicker(phrase("Which day"), selection: $day, displayedComponents: [.date])
                    .font(TypeScale.body)
                    .frame(minHeight: Target.other)
                    .environment(\.timeZone, timeZone)
            }
        }
    }

    private var whatIsMissing: String? {
        if reason.trimmed.isEmpty { return phrase("Say why first.") }
        return nextStep.trimmed.isEmpty ? phrase("Say what comes next first.") : nil
    }
}
