import SwiftUI
import Technician

/// How the app shows how serious something is: a colour, the ground beneath it, an icon, and a word for VoiceOver.
struct ToneLook: Equatable, Sendable {
    let role: ColorRole
    let ground: ColorRole
    /// An SF Symbol.
    let symbol: String

    init(_ tone: Tone) {
        switch tone {
        case .calm: self.init(role: .link, ground: .linkTint, symbol: "info.circle.fill")
        case .good: self.init(role: .done, ground: .doneTint, symbol: "checkmark.circle.fill")
        case .warning: self.init(role: .caution, ground: .cautionTint, symbol: "exclamationmark.triangle.fill")
        case .danger: self.init(role: .wrong, ground: .wrongTint, symbol: "xmark.octagon.fill")
        }
    }

    private init(role: ColorRole, ground: ColorRole, symbol: String) {
        self.role = role
        self.ground = ground
        self.symbol = symbol
    }
}

extension Tone {
    /// What VoiceOver says before the text, where the eye sees colour and icon.
    @MainActor var spoken: String {
        switch self {
        case .calm: phrase("Note")
        case .good: phrase("Good")
        case .warning: phrase("Caution")
        case .danger: phrase("Problem")
        }
    }
}
