import SwiftUI
import Technician

/// A step or other action that the engine offers, or shows as not possible with its reason.
struct StepButton: View {
    let action: ActionView
    var isWorking = false
    let perform: @MainActor (ActionView) -> Void

    var body: some View {
        if action.main {
            MainActionButton(
                action.label, symbol: action.to.map { StatusLook($0).symbol }, reason: reason, isWorking: isWorking
            ) { perform(action) }
        } else {
            VStack(alignment: .leading, spacing: Space.tight) {
                Button(action.label) { perform(action) }
                    .buttonStyle(QuietButtonStyle())
                    .disabled(!action.enabled || isWorking)
                    .accessibilityHint(reason ?? "")
                if let reason {
                    Text(reason)
                        .font(TypeScale.support)
                        .foregroundStyle(.role(.inkSoft))
                        .accessibilityHidden(true)
                }
            }
        }
    }

    private var reason: String? { action.enabled ? nil : action.whyNot ?? "" }
}
