import Foundation
import Technician
import TechnicianKit

/// A phone: its folder, its keys, its hardware, and the app's models on the real engine.
@MainActor public final class Phone {
    public let folder = FileManager.default.temporaryDirectory.appending(path: "phone-\(UUID().uuidString)")
    public let keys = PhoneKeys()
    public let location = FakeLocation()
    public let camera = FakeCamera()
    public let scanner = FakeScanner()
    public let opener = FakeOpener()
    public private(set) var engine: Technician
    public private(set) var app: AppModel

    public init(_ network: Network = .wifi) async throws {
        engine = try await Self.open(folder, keys, network)
        app = AppModel(
            engine, ports: Ports(location: location, camera: camera, scanner: scanner, opener: opener),
            deviceName: "Test phone")
    }

    private static func open(_ folder: URL, _ keys: PhoneKeys, _ network: Network) async throws -> Technician {
        try await Technician.open(
            options: DriverOptions(
                folder: folder.path, appVersion: "1.0-test", language: .en, network: network, allowPlainHttp: false),
            signer: keys, keys: keys, clock: nil, uploader: nil)
    }

    /// A phone of technician T01 at this office, with everything fetched.
    public static func enrolled(at office: Office, as technician: String = "T01") async throws -> Phone {
        let phone = try await Phone()
        phone.app.enrol.enrol(server: office.url, code: try await office.code(for: technician))
        await phone.app.enrol.taps.finished()
        try await phone.wait("enrolled") { $0.app.sync.view.map { $0.enrolled && $0.settled && $0.lastSync != nil } }
        return phone
    }

    /// Opens the folder anew, as the next start of the app does.
    public func restart(_ network: Network = .wifi) async throws {
        await engine.close()
        engine = try await Self.open(folder, keys, network)
        app = AppModel(
            engine, ports: Ports(location: location, camera: camera, scanner: scanner, opener: opener),
            deviceName: "Test phone")
    }

    public func close() async {
        await engine.close()
        try? FileManager.default.removeItem(at: folder)
    }

    /// The only visit of the day.
    public func onlyVisit() async throws -> VisitModel {
        try await wait("the visit") { $0.app.today.view.map { !$0.sections.allSatisfy(\.visits.isEmpty) } }
        let card = app.today.view!.sections.flatMap(\.visits)[0]
        app.open(.visit(card.visit))
        let model = app.visit(card.visit)
        try await wait("its screen") { _ in model.view != nil }
        return model
    }

    /// Everything is at the office, pictures too.
    public func allSent() async throws {
        try await wait("all sent") { $0.app.sync.view.map { $0.settled && $0.unsent == 0 && $0.photosWaiting == 0 } }
    }

    /// Waits until the models show what a test wants to see; nil counts as not yet.
    public func wait(_ what: String, _ isSo: @MainActor (Phone) -> Bool?) async throws {
        let until = ContinuousClock.now + .seconds(60)
        while isSo(self) != true {
            guard ContinuousClock.now < until else { throw Late(what: what, sync: app.sync.view) }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    struct Late: Error {
        let what: String
        let sync: SyncView?
    }
}

/// A position that a test sets.
@MainActor public final class FakeLocation: LocationPort {
    public var position = Position.none

    public func locate() async -> Position { position }

    /// At a job's door, now.
    public func stand(at job: Job) {
        let now = systemNow()
        position = .found(
            Fix(
                lat: job.lat, lon: job.lon, accuracyM: 8, ageMs: 0, monoMs: now.monoMs, wallMs: now.wallMs,
                provider: "gps", mock: false))
    }
}

/// A camera that gives what a test puts in.
@MainActor public final class FakeCamera: CameraPort {
    public var shot = Shot.cancelled

    public func takePhoto() async -> Shot { shot }

    /// A picture that no other is like.
    public func see() {
        var drawing = Signature()
        drawing.begin(at: .init(x: .random(in: 0...1), y: .random(in: 0...1)))
        drawing.extend(to: .init(x: .random(in: 0...1), y: .random(in: 0...1)))
        shot = .taken(drawing.png())
    }
}

/// A scanner that reads what a test holds in front of it.
@MainActor public final class FakeScanner: ScannerPort {
    public var text: String?
    public var isAvailable: Bool { text != nil }

    public func scan() async -> String? { text }
}

/// Remembers that the phone's settings were asked for.
@MainActor public final class FakeOpener: OpenerPort {
    public private(set) var settingsOpened = 0

    public func openPhoneSettings() { settingsOpened += 1 }
}
