import Foundation
import Observation
import Technician
import TechnicianKit
import UIKit

/// What the app is made of on a phone: made once, at launch.
@MainActor final class PhoneParts {
    let engine: PhoneEngine
    let background: BackgroundWork
    let uploader: PartUploader
    let freezeGuard: FreezeGuard
    let cover = Cover()
    /// What the screens show above themselves: the camera, the scanner.
    let sheets: Sheets

    init() {
        let sheets = Sheets()
        let engine = PhoneEngine(sheets)
        self.sheets = sheets
        self.engine = engine
        uploader = PartUploader { sha256, part, reply in await engine.partEnded(sha256, part, reply) }
        background = BackgroundWork(engine: engine)
        freezeGuard = FreezeGuard(engine: engine)
        engine.open(uploader)
    }
}

/// The engine of this process, from its opening on.
@MainActor @Observable final class PhoneEngine: EngineLife {
    /// How long a sync in the background may take; iOS grants about half a minute.
    private static let syncMilliseconds: UInt64 = 25_000

    /// The models; nil until the engine is open.
    private(set) var app: AppModel?
    /// Why it couldn't be opened, for support.
    private(set) var failure: String?
    /// Whether the technician has the app on the screen.
    @ObservationIgnored var isInFront = false {
        didSet { app?.positions.isInFront = isInFront }
    }

    @ObservationIgnored private let sheets: Sheets
    @ObservationIgnored private let location = LocationSource()
    @ObservationIgnored private var opening: Task<Technician?, Never>?
    /// A link that came before the engine was open.
    @ObservationIgnored private var early: URL?

    init(_ sheets: Sheets) { self.sheets = sheets }

    /// Opens the store. Called once, and again after it failed.
    func open(_ uploader: PartUploader) {
        failure = nil
        opening = Task {
            do {
                let keys = PhoneKeys()
                let engine = try await Technician.open(
                    options: try Self.options(), signer: keys, keys: keys, clock: PhoneClock(),
                    uploader: uploader)
                let ports = Ports(
                    location: LocationSampler(location), camera: sheets, scanner: sheets, opener: SettingsOpener())
                let app = AppModel(engine, ports: ports, deviceName: UIDevice.current.name)
                if let early { app.open(early) }
                app.positions.isInFront = isInFront
                self.app = app
                watchNetwork(engine)
                return engine
            } catch {
                failure = "\(error)"
                return nil
            }
        }
    }

    private func watchNetwork(_ engine: Technician) {
        Task {
            for await state in NetworkState.changes() {
                let network: Network = !state.isUp ? .offline : state.isExpensive ? .mobile : .wifi
                try? await engine.setNetwork(network: network)
            }
        }
    }

    /// A link that the camera or another app opened.
    func open(_ link: URL) {
        if let app { app.open(link) } else { early = link }
    }

    func resume() async { try? await opening?.value?.resume() }

    func suspend() async { try? await opening?.value?.suspend() }

    func syncNow() async -> Bool {
        guard let engine = await opening?.value else { return false }
        return (try? await engine.syncAndWait(withinMs: Self.syncMilliseconds))?.settled ?? false
    }

    func partEnded(_ sha256: String, _ part: UInt32, _ reply: Reply?) async {
        try? await opening?.value?.partSent(sha256: sha256, part: part, reply: reply)
    }

    private static func options() throws -> DriverOptions {
        var folder = try FileManager.default.url(
            for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true
        ).appending(path: "engine")
        // Uploads and syncs in the background need it while the phone is locked; before the first unlock nothing does.
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true,
            attributes: [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication])
        var values = URLResourceValues()
        values.isExcludedFromBackup = true
        try folder.setResourceValues(values)
        let version = Bundle.main.object(forInfoDictionaryKey: "CFBundleShortVersionString") as? String
        let language = Bundle.main.preferredLocalizations.first ?? ""
        return DriverOptions(
            folder: folder.path, appVersion: version ?? "", language: language.hasPrefix("es") ? .es : .en,
            // The system's answer comes in a moment.
            network: .offline, allowPlainHttp: false)
    }
}

/// The clocks that facts carry.
private final class PhoneClock: Clock {
    /// For a system that doesn't name its boot: a run of the app then counts as one.
    private let ownBoot = UUID().uuidString

    func now() -> Now {
        Now(
            wallMs: Int64(Date().timeIntervalSince1970 * 1000), monoMs: Int64(BootClock.elapsedMilliseconds),
            bootId: BootClock.bootID ?? ownBoot)
    }
}

/// The position, in the engine's terms.
@MainActor private final class LocationSampler: LocationPort {
    /// As long as a person stands at a door for; and what is good enough to stop earlier, metres.
    private static let seconds = 8.0
    private static let goodEnough = 15.0
    /// What the engine rounds a position on the way to, a thousandth of a degree, metres.
    private static let block = 111.0

    private let source: LocationSource

    init(_ source: LocationSource) { self.source = source }

    func locate(_ look: Look) async -> Position {
        let found =
            switch look {
            case .exact: await source.bestFix(within: Self.seconds, goodEnoughMeters: Self.goodEnough)
            case .rough: await source.fixUnasked(within: Self.seconds, goodEnoughMeters: Self.block)
            }
        if source.isRefused { return .refused }
        guard let found else { return .none }
        let age = Int64(found.ageMilliseconds)
        return .found(
            Fix(
                lat: found.coordinate.latitude, lon: found.coordinate.longitude,
                accuracyM: found.horizontalAccuracy, ageMs: age,
                monoMs: Int64(BootClock.elapsedMilliseconds) - age,
                wallMs: Int64(found.timestamp.timeIntervalSince1970 * 1000),
                provider: found.isFromAccessory ? "accessory" : "ios", mock: found.isMock))
    }
}

/// This app's page in the phone's settings.
@MainActor private final class SettingsOpener: OpenerPort {
    func openPhoneSettings() {
        guard let page = URL(string: UIApplication.openSettingsURLString) else { return }
        UIApplication.shared.open(page)
    }
}
