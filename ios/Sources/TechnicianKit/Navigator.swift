import Observation
import Technician

/// A place in the app beyond its first screen. It holds ids only, never what the screen shows.
public enum Route: Hashable, Sendable {
    case visit(VisitId)
    case closeout(VisitId)
    /// Why a step is taken, before it is taken: the step's key.
    case reason(VisitId, action: String)
    /// A new note, or a new version of one.
    case note(VisitId, revises: OpId? = nil)
    case photo(VisitId)
    case part(VisitId)
    /// The answer to a checklist item, by key.
    case answer(VisitId, item: String)
    /// The correction of a stretch of time, by the fact that began it.
    case time(VisitId, start: OpId)
    case estimate(VisitId)
    case followUp(VisitId)
    case flag(VisitId)
    case message(VisitId)
    /// What the packet lacked, by the field's key.
    case mark(VisitId, field: String)
    case signature(VisitId)
    case attention
    case messages
    case settings

    /// The visit that this place belongs to.
    var visit: VisitId? {
        switch self {
        case .visit(let visit), .closeout(let visit), .reason(let visit, _), .note(let visit, _), .photo(let visit),
            .part(let visit), .answer(let visit, _), .time(let visit, _), .estimate(let visit), .followUp(let visit),
            .flag(let visit), .message(let visit), .mark(let visit, _), .signature(let visit):
            visit
        case .attention, .messages, .settings: nil
        }
    }
}

/// The way from the first screen to the one on show.
@MainActor @Observable public final class Navigator {
    public var path: [Route] = []

    /// Goes to a place. One that is on the way already is gone back to, so that no visit is open twice.
    func open(_ route: Route) {
        if let known = path.firstIndex(of: route) {
            path.removeSubrange((known + 1)...)
        } else {
            path.append(route)
        }
    }

    func back() {
        if !path.isEmpty { path.removeLast() }
    }

    func goHome() { path = [] }
}
