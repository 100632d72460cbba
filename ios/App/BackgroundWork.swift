import BackgroundTasks
import UIKit

/// Syncs that iOS grants while the app isn't open: short ones every so often, a longer one while charging.
@MainActor final class BackgroundWork {
    /// Both stand in Info.plist too: iOS refuses any other.
    static let refreshID = "app.truckroll.refresh"
    static let processingID = "app.truckroll.processing"

    private weak var engine: (any EngineLife)?

    init(engine: any EngineLife) { self.engine = engine }

    /// Has to be called before the app's launch ends.
    func register() {
        for identifier in [Self.refreshID, Self.processingID] {
            BGTaskScheduler.shared.register(forTaskWithIdentifier: identifier, using: .main) { task in
                MainActor.assumeIsolated { self.run(task) }
            }
        }
    }

    /// Asks for the next ones; iOS decides when, and whether.
    func schedule() {
        let refresh = BGAppRefreshTaskRequest(identifier: Self.refreshID)
        refresh.earliestBeginDate = Date(timeIntervalSinceNow: 15 * 60)
        let processing = BGProcessingTaskRequest(identifier: Self.processingID)
        processing.requiresNetworkConnectivity = true
        for request in [refresh, processing] {
            // Refused on a simulator and where background refresh is off: the next opening of the app syncs anyway.
            try? BGTaskScheduler.shared.submit(request)
        }
    }

    private func run(_ task: BGTask) {
        schedule()
        guard let engine else { return task.setTaskCompleted(success: false) }
        var isOver = false
        func end(success: Bool) async {
            guard !isOver else { return }
            isOver = true
            // The technician may have opened the app meanwhile.
            if UIApplication.shared.applicationState == .background { await engine.suspend() }
            task.setTaskCompleted(success: success)
        }
        // Cancelling a Swift task would not stop the engine's work: suspending does, at its next commit.
        task.expirationHandler = { Task { @MainActor in await end(success: false) } }
        Task { @MainActor in
            await engine.resume()
            await end(success: await engine.syncNow())
        }
    }
}
