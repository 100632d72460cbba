import Technician

/// What the engine says about a watched screen.
enum ScreenNews: Sendable {
    case view(ScreenView)
    /// There is nothing to show now: the visit went away, the phone is locked. A view may come again.
    case unavailable(ActError)
}

extension Technician {
    /// A screen as it is now, and after each change. Whoever stops reading, or whose task is cancelled, stops the watching.
    ///
    /// Only the newest is kept for a slow reader: each is the screen whole.
    func news(of screen: Screen) -> AsyncStream<ScreenNews> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            do {
                let subscription = try subscribe(screen: screen, listener: Listener(continuation))
                continuation.onTermination = { _ in subscription.cancel() }
            } catch let error as ActError {
                continuation.yield(.unavailable(error))
                continuation.finish()
            } catch {
                continuation.yield(.unavailable(.Failed(detail: "\(error)")))
                continuation.finish()
            }
        }
    }
}

/// Hands over what the engine says, on the engine's own thread.
private final class Listener: ScreenListener {
    private let continuation: AsyncStream<ScreenNews>.Continuation

    init(_ continuation: AsyncStream<ScreenNews>.Continuation) { self.continuation = continuation }

    func show(view: ScreenView) { continuation.yield(.view(view)) }

    func unavailable(screen: Screen, error: ActError) { continuation.yield(.unavailable(error)) }
}
