import Observation
import Technician

/// The day.
@MainActor @Observable public final class TodayModel {
    public let watched: Watched<TodayView>
    public let taps = Taps()

    private let session: Session

    init(_ session: Session) {
        self.session = session
        watched = Watched(session.engine, .today) { if case .today(let view) = $0 { view } else { nil } }
    }

    public var view: TodayView? { watched.content }

    /// Lists the visits of two more weeks.
    public func showLater() {
        taps.run("later") {
            _ = try await self.session.engine.act(intent: .showLater)
            return nil
        }
    }

    /// Pulled: comes back when the office was asked, or after a while without an answer.
    public func refresh() async {
        // Longer than a person waits for, shorter than a person gives up.
        _ = try? await session.engine.syncAndWait(withinMs: 20_000)
    }
}
