import Technician

/// What positions on the way need of the engine.
public protocol PositionAsker: Sendable {
    /// How often it wants to know where the phone is, milliseconds; nil when nobody asks.
    func positionEveryMs() async throws -> Int64?
    /// Where the phone is; ignored when nobody asks, or too early.
    func position(fix: Fix) async throws
}

extension Technician: PositionAsker {}

/// Tells the engine about where the phone is, for the office: as often as the engine asks for it, while the app is in
/// front. When it doesn't ask, nobody looks.
@MainActor public final class PositionModel {
    /// Whether the technician has the app on the screen.
    public var isInFront = false {
        didSet { if isInFront != oldValue { changes.continuation.yield() } }
    }

    private let asker: any PositionAsker
    private let location: any LocationPort
    /// Something changed that may begin or end the telling. One is as good as many.
    private let changes = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// When the next look is due: going away and coming back makes it no sooner.
    private var due = ContinuousClock.now
    private var telling: Task<Void, Never>?
    private var readers: [Task<Void, Never>] = []

    /// Goes on until this object goes. The list of the day changes when `engine` begins or ends to ask. A test may put an
    /// `asker` of another pace in front of it.
    public init(_ engine: Technician, asker: (any PositionAsker)? = nil, location: any LocationPort) {
        self.asker = asker ?? engine
        self.location = location
        let (stream, continuation) = changes
        let news = engine.news(of: .today)
        readers = [
            Task { for await _ in news { continuation.yield() } },
            // Not `self`: an object that its own task keeps would look for ever.
            Task { [weak self] in for await _ in stream { await self?.beginOrEnd() } },
        ]
    }

    deinit {
        for reader in readers { reader.cancel() }
        telling?.cancel()
    }

    private func beginOrEnd() async {
        guard await everyMs() != nil, isInFront else {
            telling?.cancel()
            telling = nil
            return
        }
        guard telling == nil else { return }
        telling = Task { [weak self] in
            while let due = self?.due {
                do { try await Task.sleep(until: due, clock: .continuous) } catch { return }
                // The pace may have changed meanwhile.
                guard let every = await self?.everyMs(), !Task.isCancelled else { break }
                await self?.look(every)
            }
            // Cancelled, it has a successor already, or needs none.
            if !Task.isCancelled { self?.telling = nil }
        }
    }

    private func look(_ every: Int64) async {
        due = .now + .milliseconds(every)
        guard case .found(let fix) = await location.locate(.rough), !Task.isCancelled else { return }
        // Closed meanwhile: it asks no more either.
        try? await asker.position(fix: fix)
    }

    private func everyMs() async -> Int64? { (try? await asker.positionEveryMs()) ?? nil }
}
