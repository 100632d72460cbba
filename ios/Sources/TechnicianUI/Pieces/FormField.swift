import SwiftUI

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
