import Observation
import Technician

/// The settings, and the way out.
@MainActor @Observable public final class SettingsModel {
    public let watched: Watched<SettingsView>
    public let taps = Taps()

    private let session: Session

    init(_ session: Session) {
        self.session = session
        watched = Watched(session.engine, .settings) { if case .settings(let view) = $0 { view } else { nil } }
    }

    public var view: SettingsView? { watched.content }

    public func setWifiOnly(_ on: Bool) {
        taps.run("wifi") {
            _ = try await self.session.engine.act(intent: .setWifiOnly(on: on))
            return nil
        }
    }

    public func openPhoneSettings() { session.ports.opener.openPhoneSettings() }

    /// Sends first what is unsent. What can't be sent stays, and so does the technician.
    public func signOut() {
        taps.run("sign_out") {
            let unsent = (try? await self.session.engine.syncAndWait(withinMs: 20_000))?.unsent ?? 0
            do {
                try await self.session.engine.signOut(discardUnsent: false)
            } catch ActError.NotPossible where unsent > 0 {
                return .unsent
            }
            self.session.navigator.goHome()
            return nil
        }
    }
}
