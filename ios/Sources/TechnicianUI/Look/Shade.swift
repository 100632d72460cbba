import SwiftUI

/// One sRGB colour of the palette, with what WCAG needs to compare two of them.
struct Shade: Hashable, Sendable {
    /// Components from 0 to 1.
    let red, green, blue: Double

    /// `hex` is 0xRRGGBB.
    init(_ hex: UInt32) {
        red = Double((hex >> 16) & 0xFF) / 255
        green = Double((hex >> 8) & 0xFF) / 255
        blue = Double(hex & 0xFF) / 255
    }

    var color: Color { Color(red: red, green: green, blue: blue) }

    /// Relative luminance, 0 to 1, as WCAG 2.2 defines it.
    var luminance: Double {
        func linear(_ component: Double) -> Double {
            component <= 0.04045 ? component / 12.92 : pow((component + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }

    /// Contrast ratio, 1 to 21, as WCAG 2.2 defines it. Text needs 4.5.
    func contrast(with other: Shade) -> Double {
        let (light, dark) = (max(luminance, other.luminance), min(luminance, other.luminance))
        return (light + 0.05) / (dark + 0.05)
    }
}
