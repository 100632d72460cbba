import Observation
import Technician

/// A screen of the engine, watched until this object goes or is closed.
@MainActor @Observable public final class Watched<Content: Sendable> {
    /// The engine's own record, whole; nil until the first comes, and while there is none.
    public private(set) var content: Content?
    /// Why there is none.
    public private(set) var failure: ActError?

    @ObservationIgnored private var reader: Task<Void, Never>?

    /// `part` takes the record out of the engine's news; nil for news about another screen.
    init(_ engine: Technician, _ screen: Screen, part: @escaping @Sendable (ScreenView) -> Content?) {
        let news = engine.news(of: screen)
        // Not `self`: an object that its own task keeps would be watched for ever.
        reader = Task { [weak self] in
            for await item in news { self?.take(item, part) }
        }
    }

    deinit { reader?.cancel() }

    /// Tells the engine at once that nobody looks any more.
    public func close() { reader?.cancel() }

    private func take(_ item: ScreenNews, _ part: (ScreenView) -> Content?) {
        switch item {
        case .view(let view):
            guard let found = part(view) else { return }
            content = found
            failure = nil
        case .unavailable(let error):
            content = nil
            failure = error
        }
    }
}
