import UIKit

/// What iOS tells the app outside of any screen: pokes from the office, finished uploads, background time.
@MainActor final class AppDelegate: NSObject, UIApplicationDelegate {
    /// Made at launch, before iOS delivers anything.
    private(set) var parts: PhoneParts?

    func application(
        _ application: UIApplication,
        didFinishLaunchingWithOptions options: [UIApplication.LaunchOptionsKey: Any]? = nil
    ) -> Bool {
        let parts = PhoneParts()
        self.parts = parts
        parts.background.register()
        parts.uploader.start()
        return true
    }

    /// A poke: it says nothing but "pull".
    func application(
        _ application: UIApplication, didReceiveRemoteNotification userInfo: [AnyHashable: Any]
    ) async -> UIBackgroundFetchResult {
        guard let engine = parts?.engine else { return .noData }
        await engine.resume()
        let came = await engine.syncNow()
        if application.applicationState == .background { await engine.suspend() }
        return came ? .newData : .failed
    }

    func application(
        _ application: UIApplication, handleEventsForBackgroundURLSession identifier: String,
        completionHandler: @escaping () -> Void
    ) {
        guard identifier == PartUploader.sessionID, let parts else { return completionHandler() }
        parts.uploader.wokenForEvents { completionHandler() }
    }
}
