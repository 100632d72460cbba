import Observation
import Technician

/// What needs the technician's decision.
@MainActor @Observable public final class AttentionModel {
    public let watched: Watched<AttentionView>
    public let taps = Taps()

    private let engine: Technician

    init(_ session: Session) {
        engine = session.engine
        watched = Watched(session.engine, .attention) { if case .attention(let view) = $0 { view } else { nil } }
    }

    public var view: AttentionView? { watched.content }

    /// Does what the technician decided about an item.
    public func decide(_ item: AttentionItem, _ action: ActionView) {
        let intent: Intent? =
            switch action.key {
            case "resend": .resend(opId: item.opId)
            case "late_note": .lateNote(opId: item.opId, text: "")
            case "discard": .discard(opId: item.opId)
            default: nil
            }
        guard let intent else { return taps.show(.gone) }
        taps.run(action.key) {
            _ = try await self.engine.act(intent: intent)
            return nil
        }
    }
}
