import Foundation
import Technician
import TechnicianKit

/// A phone: its folder, its keys, its hardware, and the app's models on the real engine.
@MainActor public final class Phone {
    /// Where everything of this phone is.
    public let home: URL
    /// The engine's own folder.
    public let folder: URL
    public let keys: PhoneKeys
    public let location = FakeLocation()
    public let camera = FakeCamera()
    public let scanner = FakeScanner()
    public let opener = FakeOpener()
    public private(set) var engine: Technician
    public private(set) var app: AppModel

    /// A phone that lives in `home`: a new one where nothing is there yet.
    public init(_ network: Network = .wifi, home: URL = Phone.freshHome()) async throws {
        self.home = home
        folder = home.appending(path: "engine")
        keys = try PhoneKeys(in: home.appending(path: "keys"))
        engine = try await Self.open(folder, keys, network)
        app = AppModel(
            engine, ports: Ports(location: location, camera: camera, scanner: scanner, opener: opener),
            deviceName: "Test phone")
    }

    nonisolated public static func freshHome() -> URL {
        FileManager.default.temporaryDirectory.appending(path: "phone-\(UUID().uuidString)")
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
        try await phone.enrol(at: office.url, code: try await office.code(for: technician))
        return phone
    }

    /// Makes it the technician's whose code this is, and waits until everything is fetched.
    public func enrol(at server: String, code: String) async throws {
        app.enrol.enrol(server: server, code: code)
        await app.enrol.taps.finished()
        try await wait("enrolled") { $0.app.sync.view.map { $0.enrolled && $0.settled && $0.lastSync != nil } }
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
        try? FileManager.default.removeItem(at: home)
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
    /// Every time that the app asked.
    public private(set) var looks: [Look] = []

    public func locate(_ look: Look) async -> Position {
        looks.append(look)
        return position
    }

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
