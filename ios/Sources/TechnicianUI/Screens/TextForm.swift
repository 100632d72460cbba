import SwiftUI
import Technician

/// A field with its label above it, so that the label stays when there is text.
struct FormField: View {
    let label: String
    let text: Binding<String>

    var body: some View {
        VStack(alignment: .leading, spacing: Space.tight) {
            Text(label).font(TypeScale.support).foregroundStyle(.role(.inkSoft)).accessibilityHidden(true)
            TextField(label, text: text)
                .font(TypeScale.body)
                .padding(.horizontal, Space.between)
                .frame(minHeight: Target.other)
                .overlay { RoundedRectangle(cornerRadius: Corner.chip).stroke(.role(.line)) }
        }
    }
}

/// One text and one button: a reason, a note, a message, what the packet lacked.
public struct TextForm: View {
    private let title: String
    private let label: String
    private let actionTitle: String
    private let reasonNeeded: String?
    private let save: @MainActor (String) -> Void
    @State private var text: String

    /// `reasonNeeded` says why it can't be saved empty; nil where it can.
    public init(
        title: String, label: String, actionTitle: String, text: String = "", reasonNeeded: String?,
        save: @escaping @MainActor (String) -> Void
    ) {
        self.title = title
        self.label = label
        self.actionTitle = actionTitle
        self.reasonNeeded = reasonNeeded
        self.save = save
        _text = State(initialValue: text)
    }

    public var body: some View {
        ScrollView {
            VStack(alignment: .leading, spacing: Space.between) {
                SectionTitle(title)
                FormField(label: label, text: $text)
            }
            .foregroundStyle(.role(.ink))
            .padding(Space.margin)
        }
        .background(.role(.paper))
        .safeAreaInset(edge: .bottom) {
            MainActionButton(actionTitle, reason: trimmed.isEmpty ? reasonNeeded : nil) { save(trimmed) }
                .padding(Space.margin)
                .background(.role(.paper))
        }
    }

    private var trimmed: String { text.trimmingCharacters(in: .whitespacesAndNewlines) }
}
