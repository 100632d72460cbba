import SwiftUI

/// How the app shows a status. A colour and an icon; the word comes from the engine, and all three always stand
/// together, so that none of them is needed alone.
public struct StatusLook: Sendable {
    /// An SF Symbol.
    let symbol: String
    let role: ColorRole
    var isStruckThrough = false

    public static let scheduled = StatusLook(symbol: "calendar", role: .slate)
    public static let dispatched = StatusLook(symbol: "paperplane", role: .link)
    public static let declined = StatusLook(symbol: "hand.raised.fill", role: .wrong)
    public static let traveling = StatusLook(symbol: "box.truck.fill", role: .link)
    public static let onSite = StatusLook(symbol: "mappin.circle.fill", role: .violet)
    public static let inProgress = StatusLook(symbol: "wrench.and.screwdriver.fill", role: .done)
    public static let paused = StatusLook(symbol: "pause.fill", role: .caution)
    public static let completed = StatusLook(symbol: "checkmark.circle.fill", role: .ink)
    public static let cannotComplete = StatusLook(symbol: "xmark.octagon.fill", role: .wrong)
    public static let canceled = StatusLook(symbol: "nosign", role: .grey, isStruckThrough: true)

    static let all = [
        scheduled, dispatched, declined, traveling, onSite, inProgress, paused, completed, cannotComplete, canceled,
    ]
}
