import UIKit

/// Suspends the engine before iOS freezes the app, and wakes it when the app is back.
@MainActor final class FreezeGuard {
    private weak var engine: (any EngineLife)?

    init(engine: any EngineLife) { self.engine = engine }

    func appIsInFront() {
        Task { await engine?.resume() }
    }

    /// Keeps the app awake until the engine has let go of its locks.
    func appWentBehind() {
        let application = UIApplication.shared
        var assertion = UIBackgroundTaskIdentifier.invalid
        func release() {
            guard assertion != .invalid else { return }
            application.endBackgroundTask(assertion)
            assertion = .invalid
        }
        assertion = application.beginBackgroundTask(withName: "suspend") { release() }
        Task { @MainActor in
            await engine?.suspend()
            // Quick out and in again: the technician is already back.
            if application.applicationState == .active { await engine?.resume() }
            release()
        }
    }
}
