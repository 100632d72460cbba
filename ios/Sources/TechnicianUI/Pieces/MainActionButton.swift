import SwiftUI

/// The one large action of a screen, for a gloved thumb at its lower edge.
///
/// Where the action isn't possible the button stays in its place, switched off, and says why beneath.
struct MainActionButton: View {
    private let title: String
    private let symbol: String?
    private let reason: String?
    private let isWorking: Bool
    private let action: @MainActor () -> Void

    /// - Parameters:
    ///   - title: what the tap does, from the engine or the catalog.
    ///   - symbol: an SF Symbol beside it.
    ///   - reason: why it can't be done now; nil when it can.
    ///   - isWorking: the tap is being saved; a second one would do nothing.
    init(
        _ title: String, symbol: String? = nil, reason: String? = nil, isWorking: Bool = false,
        action: @escaping @MainActor () -> Void
    ) {
        self.title = title
        self.symbol = symbol
        self.reason = reason
        self.isWorking = isWorking
        self.action = action
    }

    var body: some View {
        VStack(spacing: Space.small) {
            Button(action: action) {
                HStack(spacing: Space.small) {
                    if isWorking {
                        ProgressView()
                    } else if let symbol {
                        Image(systemName: symbol).accessibilityHidden(true)
                    }
                    Text(title)
                }
            }
            .buttonStyle(MainActionStyle())
            .disabled(reason != nil || isWorking)
            .accessibilityLabel(title)
            .accessibilityHint(reason ?? "")
            if let reason {
                // The button's hint says it already.
                Text(reason)
                    .font(TypeScale.support)
                    .foregroundStyle(.role(.inkSoft))
                    .accessibilityHidden(true)
            }
        }
    }
}

/// Amber with ink on it; grey with a line around it when it is switched off.
struct MainActionStyle: ButtonStyle {
    @Environment(\.isEnabled) private var isEnabled

    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .font(TypeScale.heading)
            .foregroundStyle(.role(isEnabled ? .onHiVis : .inkSoft))
            .padding(.horizontal, Space.margin)
            .frame(maxWidth: .infinity, minHeight: Target.main)
            .background(.role(isEnabled ? .hiVis : .card), in: RoundedRectangle(cornerRadius: Corner.card))
            .overlay { RoundedRectangle(cornerRadius: Corner.card).stroke(.role(isEnabled ? .hiVis : .line)) }
            .opacity(configuration.isPressed ? 0.8 : 1)
    }
}

/// Every other action: a line around it, at least 44 points high.
struct QuietButtonStyle: ButtonStyle {
    @Environment(\.isEnabled) private var isEnabled

    init() {}

    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .font(TypeScale.strong)
            .foregroundStyle(.role(isEnabled ? .link : .inkSoft))
            .padding(.horizontal, Space.margin)
            .frame(minHeight: Target.other)
            .background(.role(.card), in: RoundedRectangle(cornerRadius: Corner.card))
            .overlay { RoundedRectangle(cornerRadius: Corner.card).stroke(.role(.line)) }
            .opacity(configuration.isPressed ? 0.8 : 1)
    }
}

/// An action in running text: no line around it, and still 44 points high.
struct LinkButtonStyle: ButtonStyle {
    func makeBody(configuration: Configuration) -> some View {
        configuration.label
            .font(TypeScale.support)
            .foregroundStyle(.role(.link))
            .frame(minHeight: Target.other)
            .opacity(configuration.isPressed ? 0.8 : 1)
    }
}
