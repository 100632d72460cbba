import Observation

/// What the technician taps, one at a time. It runs on although the screen is left: who leaves while a tap is being saved
/// doesn't take it back.
@MainActor @Observable public final class Taps {
    /// The key of what is being saved; nil when nothing is.
    public private(set) var working: String?
    /// What went wrong last, until it was read or something else is done.
    public private(set) var problem: Problem?

    @ObservationIgnored private var current: Task<Void, Never>?

    public var isWorking: Bool { working != nil }

    /// Does `work`, which returns what went wrong although it was saved. A second tap while one is being saved does nothing.
    func run(_ key: String, _ work: @escaping @MainActor () async throws -> Problem?) {
        guard working == nil else { return }
        working = key
        problem = nil
        current = Task {
            do {
                problem = try await work()
            } catch {
                problem = Problem(error)
            }
            working = nil
        }
    }

    /// The problem was read.
    public func dismiss() { problem = nil }

    func show(_ problem: Problem) { self.problem = problem }

    /// Waits until the last tap is done.
    public func finished() async { await current?.value }
}
