import Observation
import Technician

/// The connection to the office: is my work safe?
@MainActor @Observable public final class SyncModel {
    public let watched: Watched<SyncView>

    init(_ session: Session) {
        watched = Watched(session.engine, .sync) { if case .sync(let view) = $0 { view } else { nil } }
    }

    public var view: SyncView? { watched.content }
}
