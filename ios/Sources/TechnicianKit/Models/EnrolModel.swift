import Observation
import Technician

/// Makes this phone a technician's. The connection's own record says how it goes.
@MainActor @Observable public final class EnrolModel {
    public let taps = Taps()
    /// What a scanned code or a link brought.
    public private(set) var link: EnrolLink?

    private let session: Session
    private let deviceName: String

    init(_ session: Session, deviceName: String) {
        self.session = session
        self.deviceName = deviceName
    }

    public var canScan: Bool { session.ports.scanner.isAvailable }

    func take(_ link: EnrolLink) { self.link = link }

    public func scan() {
        taps.run("scan") {
            guard let text = await self.session.ports.scanner.scan() else { return nil }
            guard let link = EnrolLink(text) else { return .wrongValue }
            self.link = link
            return nil
        }
    }

    public func enrol(server: String, code: String) {
        taps.run("enrol") {
            _ = try await self.session.engine.enrol(
                server: server, code: code, deviceName: self.deviceName, platform: "ios")
            return nil
        }
    }
}
