import SwiftUI
import Technician

/// One of several, each as large as a glove needs.
struct Choices: View {
    let choices: [ChoiceView]
    @Binding var chosen: String?

    var body: some View {
        ForEach(choices, id: \.key) { choice in
            let isChosen = chosen == choice.key
            Button(choice.label, systemImage: isChosen ? "checkmark.circle.fill" : "circle") { chosen = choice.key }
                .buttonStyle(QuietButtonStyle())
                .accessibilityLabel(choice.label)
                .accessibilityValue(isChosen ? phrase("Chosen") : "")
        }
    }
}
