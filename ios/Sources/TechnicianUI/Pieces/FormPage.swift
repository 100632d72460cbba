import SwiftUI

/// A form: its fields, and one button in the thumb zone that says why it can't be used yet.
struct FormPage<Fields: View>: View {
    private let title: String
    private let actionTitle: String
    private let reason: String?
    private let isWorking: Bool
    private let fields: Fields
    private let save: @MainActor () -> Void

    init(
        _ title: String, actionTitle: String, reason: String?, isWorking: Bool,
        save: @escaping @MainActor () -> Void, @ViewBuilder fields: () -> Fields
    ) {
        self.title = title
        self.actionTitle = actionTitle
        self.reason = reason
        self.isWorking = isWorking
        self.save = save
        self.fields = fields()
    }

    var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: Space.between) {
                SectionTitle(title)
                fields
            }
            .foregroundStyle(.role(.ink))
            .padding(Space.margin)
        }
        .background(.role(.paper))
        .navigationTitle(title)
        .safeAreaInset(edge: .bottom) {
            MainActionButton(actionTitle, reason: reason, isWorking: isWorking, action: save)
                .padding(Space.margin)
                .background(.role(.paper))
        }
    }
}

extension String {
    /// Without the blanks and line ends around it that keyboards and scanners add.
    var trimmed: String { trimmingCharacters(in: .whitespacesAndNewlines) }

    /// The number that it says, with a point or a comma; nil for anything else.
    var number: Double? { Double(trimmed.replacingOccurrences(of: ",", with: ".")) }
}
