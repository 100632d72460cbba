import Foundation

/// What the phone asks of the engine, whatever screen is open. The app's parts below know the engine by this only.
@MainActor protocol EngineLife: AnyObject {
    /// The app is in front again, or runs in the background for a moment: open the store and sync.
    func resume() async
    /// The app is about to be frozen: let go of every lock. iOS kills an app that is frozen with a database lock held.
    func suspend() async
    /// Syncs once, for as long as it takes. Returns whether it came through to the office.
    func syncNow() async -> Bool
}
