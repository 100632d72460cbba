import SwiftUI

/// The five sizes, as Dynamic Type text styles, so that they grow with the phone's text size.
/// At the standard setting they measure 28, 20, 17, 15 and 13 points. Digits are tabular: times and sums line up.
public enum TypeScale {
    /// A screen's one large line.
    public static let display = Font.title.weight(.semibold).monospacedDigit()
    /// A card's or a section's title.
    public static let heading = Font.title3.weight(.semibold).monospacedDigit()
    /// What stands out in running text, and what a button says.
    public static let strong = Font.headline.monospacedDigit()
    public static let body = Font.body.monospacedDigit()
    /// What supports a line above it.
    public static let support = Font.subheadline.monospacedDigit()
    /// Chips, ages and captions.
    public static let small = Font.footnote.monospacedDigit()
}
