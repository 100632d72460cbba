import SwiftUI

/// Distances on the 4-point grid, in points.
public enum Space {
    /// Between an icon and its word.
    public static let tight: CGFloat = 4
    /// Between two lines that belong together.
    public static let small: CGFloat = 8
    /// Between two cards.
    public static let between: CGFloat = 12
    /// From the screen's edge, and inside a card.
    public static let margin: CGFloat = 16
    /// Between two sections.
    public static let section: CGFloat = 24
}

/// The smallest heights of what a gloved finger has to hit, in points.
public enum Target {
    /// The one main action.
    public static let main: CGFloat = 56
    /// Everything else (Apple's minimum).
    public static let other: CGFloat = 44
}

/// Roundings, in points.
public enum Corner {
    public static let card: CGFloat = 14
    public static let chip: CGFloat = 8
}
