import SwiftUI

/// The four ways the app is drawn. They follow the phone's settings: Dark Mode and Increase Contrast.
enum Theme: CaseIterable, Sendable {
    case light, dark, highContrastLight, highContrastDark

    init(_ scheme: ColorScheme, _ contrast: ColorSchemeContrast) {
        switch (scheme == .dark, contrast == .increased) {
        case (false, false): self = .light
        case (true, false): self = .dark
        case (false, true): self = .highContrastLight
        case (true, true): self = .highContrastDark
        }
    }

    var isHighContrast: Bool { self == .highContrastLight || self == .highContrastDark }
}
