import SwiftUI

/// What a colour is for. A view names the role and never a colour; the theme decides how the role looks.
///
/// Ink and hi-vis: amber is kept for the one main action, red for what is wrong.
public enum ColorRole: ShapeStyle, CaseIterable {
    /// Text, and text that supports it.
    case ink, inkSoft
    /// The screen, a card on it, and the line between two things.
    case paper, card, line
    /// The one main action, and what is written on it.
    case hiVis, onHiVis
    /// Links and what is selected.
    case link
    /// Only what is wrong.
    case wrong
    case done
    /// Something to know before going on.
    case caution
    /// The remaining colours of a status.
    case slate, violet, grey
    /// Grounds of banners; high contrast has no tints.
    case linkTint, wrongTint, doneTint, cautionTint

    public func resolve(in environment: EnvironmentValues) -> Color {
        shade(in: Theme(environment.colorScheme, environment.colorSchemeContrast)).color
    }

    func shade(in theme: Theme) -> Shade {
        let shades = shades
        switch theme {
        case .light: return Shade(shades.light)
        case .dark: return Shade(shades.dark)
        case .highContrastLight: return Shade(shades.highContrastLight)
        case .highContrastDark: return Shade(shades.highContrastDark)
        }
    }

    private typealias Shades = (light: UInt32, dark: UInt32, highContrastLight: UInt32, highContrastDark: UInt32)

    private var shades: Shades {
        switch self {
        case .ink: (0x15181C, 0xF4F4F0, 0x000000, 0xFFFFFF)
        case .inkSoft: (0x4A5058, 0xB8BEC6, 0x15181C, 0xF4F4F0)
        case .paper: (0xFAFAF7, 0x15181C, 0xFFFFFF, 0x000000)
        case .card: (0xFFFFFF, 0x1F242A, 0xFFFFFF, 0x000000)
        case .line: (0xD5D7D3, 0x3A4148, 0x000000, 0xFFFFFF)
        case .hiVis: (0xFFB000, 0xFFB000, 0xFFB000, 0xFFB000)
        case .onHiVis: (0x15181C, 0x15181C, 0x000000, 0x000000)
        case .link: (0x0B57D0, 0x8AB4F8, 0x0842A0, 0xA8C7FA)
        case .wrong: (0xB3261E, 0xF2B8B5, 0x8C1D18, 0xFFB4AB)
        case .done: (0x1B6E3C, 0x7DD99B, 0x0B4F28, 0x9AF0B4)
        case .caution: (0x7A4F00, 0xFFC94D, 0x5C3B00, 0xFFD166)
        case .slate: (0x475569, 0xA9B4C2, 0x1F2937, 0xE2E8F0)
        case .violet: (0x6D28D9, 0xC4B5FD, 0x4C1D95, 0xDDD6FE)
        case .grey: (0x5F6368, 0xA0A6AD, 0x3C4043, 0xD0D4D9)
        case .linkTint: (0xE8EEF9, 0x1B2838, 0xFFFFFF, 0x000000)
        case .wrongTint: (0xFBE9E7, 0x3B1B19, 0xFFFFFF, 0x000000)
        case .doneTint: (0xE6F4EA, 0x16301F, 0xFFFFFF, 0x000000)
        case .cautionTint: (0xFFF3D6, 0x3A2E12, 0xFFFFFF, 0x000000)
        }
    }
}

extension ShapeStyle where Self == ColorRole {
    /// A role of the palette: `.foregroundStyle(.role(.ink))`.
    public static func role(_ role: ColorRole) -> ColorRole { role }
}
