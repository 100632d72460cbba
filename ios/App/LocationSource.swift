import CoreLocation

/// The phone's position, for check-ins and, while traveling with the app in front, for the board. Nothing here judges a
/// position: the engine does, with the accuracy and the mock flags that come with it.
@MainActor final class LocationSource: NSObject, CLLocationManagerDelegate {
    private let manager = CLLocationManager()
    private var waiting: [CheckedContinuation<Void, Never>] = []

    override init() {
        super.init()
        manager.delegate = self
    }

    /// Whether the technician or the system said no. A check-in then goes on without a position.
    var isRefused: Bool { [.denied, .restricted].contains(manager.authorizationStatus) }

    /// The most accurate position within `seconds`, sooner when one is within `goodEnough` metres. Nil without
    /// permission or without any position.
    func bestFix(within seconds: Double, goodEnoughMeters goodEnough: Double) async -> CLLocation? {
        await askOnce()
        guard !isRefused else { return nil }
        if manager.accuracyAuthorization == .reducedAccuracy {
            // Refused or not, a coarse position is still evidence.
            try? await manager.requestTemporaryFullAccuracyAuthorization(withPurposeKey: "CheckIn")
        }
        return await sample(within: seconds, goodEnoughMeters: goodEnough)
    }

    /// Like `bestFix`, but asks for nothing: who drives has no hand free for an answer.
    func fixUnasked(within seconds: Double, goodEnoughMeters goodEnough: Double) async -> CLLocation? {
        guard [.authorizedWhenInUse, .authorizedAlways].contains(manager.authorizationStatus) else { return nil }
        return await sample(within: seconds, goodEnoughMeters: goodEnough)
    }

    private func sample(within seconds: Double, goodEnoughMeters goodEnough: Double) async -> CLLocation? {
        let search = Task { await Self.search(goodEnough: goodEnough) }
        let deadline = Task {
            try await Task.sleep(for: .seconds(seconds))
            search.cancel()
        }
        defer { deadline.cancel() }
        return await withTaskCancellationHandler {
            await search.value
        } onCancel: {
            search.cancel()
        }
    }

    private static func search(goodEnough: Double) async -> CLLocation? {
        var best: CLLocation?
        do {
            for try await update in CLLocationUpdate.liveUpdates() {
                if Task.isCancelled { break }
                guard let location = update.location, location.horizontalAccuracy > 0 else { continue }
                if location.horizontalAccuracy < best?.horizontalAccuracy ?? .infinity { best = location }
                if location.horizontalAccuracy <= goodEnough { break }
            }
        } catch {
            // Cut short: what came until then counts.
        }
        return best
    }

    /// Asks for permission the first time, and waits for the answer.
    private func askOnce() async {
        guard manager.authorizationStatus == .notDetermined else { return }
        await withCheckedContinuation { continuation in
            waiting.append(continuation)
            manager.requestWhenInUseAuthorization()
        }
    }

    nonisolated func locationManagerDidChangeAuthorization(_ manager: CLLocationManager) {
        guard manager.authorizationStatus != .notDetermined else { return }
        Task { @MainActor in
            let answered = waiting
            waiting = []
            for continuation in answered { continuation.resume() }
        }
    }
}

extension CLLocation {
    /// The system knows that an app made this position up.
    var isMock: Bool { sourceInformation?.isSimulatedBySoftware ?? false }
    /// It came from a device outside the phone, such as a Bluetooth receiver or a car.
    var isFromAccessory: Bool { sourceInformation?.isProducedByAccessory ?? false }
    /// How old it is now, in milliseconds. Core Location gives wall-clock times only, so a clock that was set back
    /// since then would make it negative: that counts as new.
    var ageMilliseconds: UInt64 { UInt64(max(0, -timestamp.timeIntervalSinceNow * 1000)) }
}
