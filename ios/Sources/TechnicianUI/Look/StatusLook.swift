import SwiftUI
import Technician

/// How the app shows a status: a colour and an icon. The word comes from the engine, and all three always stand
/// together, so that none of them is needed alone.
struct StatusLook: Equatable, Sendable {
    /// An SF Symbol.
    let symbol: String
    let role: ColorRole

    init(_ status: Status) {
        switch status {
        case .scheduled: self.init(symbol: "calendar", role: .slate)
        case .dispatched: self.init(symbol: "paperplane", role: .link)
        case .declined: self.init(symbol: "hand.raised.fill", role: .wrong)
        case .traveling: self.init(symbol: "box.truck.fill", role: .link)
        case .onSite: self.init(symbol: "mappin.circle.fill", role: .violet)
        case .inProgress: self.init(symbol: "wrench.and.screwdriver.fill", role: .done)
        case .paused: self.init(symbol: "pause.fill", role: .caution)
        case .completed: self.init(symbol: "checkmark.circle.fill", role: .ink)
        case .cannotComplete: self.init(symbol: "xmark.octagon.fill", role: .wrong)
        case .canceled: self.init(symbol: "nosign", role: .grey)
        }
    }

    private init(symbol: String, role: ColorRole) {
        self.symbol = symbol
        self.role = role
    }
}
