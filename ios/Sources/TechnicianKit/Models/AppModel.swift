import Foundation
import Observation
import Technician

/// What every model works with.
@MainActor final class Session {
    let engine: Technician
    let ports: Ports
    let navigator: Navigator

    init(_ engine: Technician, _ ports: Ports, _ navigator: Navigator) {
        self.engine = engine
        self.ports = ports
        self.navigator = navigator
    }
}

/// The whole app without its pictures: one for the one engine of a process.
@MainActor @Observable public final class AppModel {
    public let navigator = Navigator()
    public let today: TodayModel
    public let sync: SyncModel
    public let enrol: EnrolModel
    public let attention: AttentionModel
    public let messages: MessagesModel
    public let settings: SettingsModel
    public let positions: PositionModel

    private let session: Session
    @ObservationIgnored private var visits: [VisitId: VisitModel] = [:]
    @ObservationIgnored private var closeouts: [VisitId: CloseoutModel] = [:]

    /// `deviceName` is what the office sees in its list of phones.
    public init(_ engine: Technician, ports: Ports, deviceName: String) {
        session = Session(engine, ports, navigator)
        today = TodayModel(session)
        sync = SyncModel(session)
        enrol = EnrolModel(session, deviceName: deviceName)
        attention = AttentionModel(session)
        messages = MessagesModel(session)
        settings = SettingsModel(session)
        positions = PositionModel(engine, location: ports.location)
    }

    /// The model of a visit, as long as one of its places is on the way.
    public func visit(_ visit: VisitId) -> VisitModel {
        forgetLeft(but: visit)
        if let known = visits[visit] { return known }
        let made = VisitModel(visit, session)
        visits[visit] = made
        return made
    }

    public func closeout(_ visit: VisitId) -> CloseoutModel {
        forgetLeft(but: visit)
        if let known = closeouts[visit] { return known }
        let made = CloseoutModel(visit, session)
        closeouts[visit] = made
        return made
    }

    public func open(_ route: Route) { navigator.open(route) }

    /// Takes a visit's next step from the list: on the visit's own screen, where the undo and what went wrong show.
    public func step(_ visit: VisitId, _ action: ActionView) {
        navigator.open(.visit(visit))
        self.visit(visit).step(action)
    }

    /// A link that another app or the camera opened. False when it isn't this app's.
    @discardableResult public func open(_ link: URL) -> Bool {
        guard let link = EnrolLink(link.absoluteString) else { return false }
        enrol.take(link)
        return true
    }

    /// Stops watching visits that no place on the way belongs to.
    private func forgetLeft(but visit: VisitId) {
        let open = Set(navigator.path.compactMap(\.visit)).union([visit])
        for gone in visits.keys where !open.contains(gone) { visits.removeValue(forKey: gone)?.watched.close() }
        for gone in closeouts.keys where !open.contains(gone) { closeouts.removeValue(forKey: gone)?.watched.close() }
    }
}
