import Observation
import Technician

/// Messages of all visits.
@MainActor @Observable public final class MessagesModel {
    public let watched: Watched<MessagesView>

    init(_ session: Session) {
        watched = Watched(session.engine, .messages) { if case .messages(let view) = $0 { view } else { nil } }
    }

    public var view: MessagesView? { watched.content }
}
