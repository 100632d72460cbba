import SwiftUI

/// Where the technician's work is now.
public enum SaveState: Equatable, Sendable {
    /// All of it is on this phone, `unsent` of it only there.
    case saved(unsent: Int)
    /// The office has everything, since `at`, a time of day already in words.
    case allSent(at: String)
    /// `count` things wait for the technician's decision.
    case needsYou(count: Int)
}

/// The answer to "is my work safe", which no screen of the app goes without.
public struct SaveChip: View {
    private let state: SaveState

    public init(_ state: SaveState) { self.state = state }

    public var body: some View {
        HStack(spacing: Space.tight) {
            Image(systemName: symbol).accessibilityHidden(true)
            Text(words)
        }
        .font(TypeScale.small.weight(.semibold))
        .foregroundStyle(.role(role))
        .padding(.horizontal, Space.small)
        .padding(.vertical, Space.tight)
        .background(.role(ground), in: Capsule())
        .accessibilityElement(children: .ignore)
        .accessibilityLabel(words)
        .accessibilityAddTraits(.updatesFrequently)
    }

    private var words: String {
        switch state {
        case .saved(unsent: 0): phrase("Saved on this phone")
        case .saved(let unsent): phrase("Saved on this phone · %lld to send", unsent)
        case .allSent(let time): phrase("All sent %@", time)
        case .needsYou(let count): phrase("Needs you · %lld", count)
        }
    }

    private var symbol: String {
        switch state {
        case .saved: "internaldrive"
        case .allSent: "checkmark.circle.fill"
        case .needsYou: "exclamationmark.bubble.fill"
        }
    }

    private var role: ColorRole {
        switch state {
        case .saved: .slate
        case .allSent: .done
        case .needsYou: .wrong
        }
    }

    private var ground: ColorRole {
        switch state {
        case .saved: .card
        case .allSent: .doneTint
        case .needsYou: .wrongTint
        }
    }
}
