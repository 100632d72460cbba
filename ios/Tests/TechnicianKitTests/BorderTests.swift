import Foundation
import Support
import Technician
import TechnicianKit
import Testing

/// What the border to the engine promises: callers stay free, calls are whole or not at all, nothing is left behind.
@MainActor @Suite(.serialized, .timeLimit(.minutes(5))) struct BorderTests {
    let office: Office

    init() async throws { office = try await Office() }

    @Test func whileTheStoreIsHeldNoCallKeepsTheMainActor() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit().visit
        let engine = phone.engine
        let url = office.url
        let calls: [(String, @MainActor () async throws -> Void)] = [
            ("act", { _ = try await engine.act(intent: .addNote(visit: visit, text: "while held", revises: nil)) }),
            ("today", { _ = try await engine.today() }),
            ("visit", { _ = try await engine.visit(visit: visit) }),
            ("closeout", { _ = try await engine.closeout(visit: visit) }),
            ("attention", { _ = try await engine.attention() }),
            ("sync", { _ = try await engine.sync() }),
            ("settings", { _ = try await engine.settings() }),
            ("messages", { _ = try await engine.messages() }),
            ("picture", { _ = try await engine.picture(sha256: String(repeating: "0", count: 64)) }),
            ("setNetwork", { try await engine.setNetwork(network: .wifi) }),
            ("tick", { try await engine.tick() }),
            ("poke", { try await engine.poke() }),
            ("enrol", { _ = try? await engine.enrol(server: url, code: "A", deviceName: "x", platform: "ios") }),
            ("syncAndWait", { _ = try? await engine.syncAndWait(withinMs: 10) }),
            (
                "suspend and resume",
                {
                    try await engine.suspend()
                    try await engine.resume()
                }
            ),
        ]
        let hold = try await engine.holdStore()
        var done: Set<String> = []
        let begun = calls.map { name, call in
            Task { @MainActor in
                try await call()
                done.insert(name)
            }
        }
        let subscription = try engine.subscribe(screen: .today, listener: Silent())
        subscription.cancel()
        // Every call has begun, and this actor still runs something else at once.
        for _ in 0..<calls.count {
            let asked = ContinuousClock.now
            await Task.yield()
            #expect(ContinuousClock.now - asked < .seconds(1))
        }
        try await Task.sleep(for: .milliseconds(100))
        #expect(!done.contains("act"), "nothing was held")
        hold.release()
        for task in begun { try await task.value }
        #expect(done == Set(calls.map(\.0)))
        #expect(try await engine.visit(visit: visit).notes.map(\.text) == ["while held"])
        await phone.close()
    }

    @Test func tenThousandRoundsOfWatchingLeaveNoHandleBehind() async throws {
        defer { office.close() }
        let phone = try await Phone()
        let before = phone.engine.liveSubscriptions()
        for _ in 0..<10_000 { try phone.engine.subscribe(screen: .today, listener: Silent()).cancel() }
        try await phone.wait("closed") { $0.engine.liveSubscriptions() == before }
        await phone.close()
    }

    @Test func aModelThatGoesStopsWatching() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let before = phone.engine.liveSubscriptions()
        _ = try await phone.onlyVisit()
        #expect(phone.engine.liveSubscriptions() == before + 1)
        phone.app.navigator.path = []
        // Another visit's model is asked for: nobody looks at the first any more.
        _ = phone.app.closeout("01a20079-5d18-7375-b744-d32c9e208eb3")
        try await phone.wait("one closed, one opened") { $0.engine.liveSubscriptions() == before + 1 }
        await phone.close()
    }

    @Test func aCancelledTaskLeavesNothingHalfDone() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let engine = phone.engine
        let visit = try await phone.onlyVisit().visit
        try await engine.setNetwork(network: .offline)
        _ = try await engine.act(
            intent: .setStatus(visit: visit, to: .traveling, reason: "", statedAtMs: nil, outcome: nil, gaps: []))
        phone.location.stand(at: Job())
        guard case .found(let fix) = phone.location.position else { return }
        for round in 0..<30 {
            let task = Task.detached {
                _ = try? await engine.act(intent: .arrive(visit: visit, fix: fix, reason: "", statedAtMs: nil))
                _ = try await engine.act(intent: .addNote(visit: visit, text: "round \(round)", revises: nil))
            }
            if round % 3 == 0 { await Task.yield() }
            if round % 5 == 0 { try await Task.sleep(for: .milliseconds(1)) }
            task.cancel()
            _ = await task.result
        }
        let view = try await engine.visit(visit: visit)
        // An arrival is a status and a check-in: both or neither.
        #expect((view.status == .onSite) == (view.checkIn != nil))
        #expect(Set(view.notes.map(\.text)).count == view.notes.count, "a note came twice")
        await phone.close()
    }

    @Test func aWithdrawnCallThatHadNotBegunNeverHappens() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let engine = phone.engine
        let visit = try await phone.onlyVisit().visit
        let hold = try await engine.holdStore()
        let cancellation = Cancellation()
        let call = Task {
            try await engine.act(
                intent: .addNote(visit: visit, text: "never", revises: nil), cancellation: cancellation)
        }
        try await Task.sleep(for: .milliseconds(50))
        #expect(cancellation.cancel())
        hold.release()
        await #expect(throws: ActError.Cancelled) { try await call.value }
        #expect(try await engine.visit(visit: visit).notes.isEmpty)
        await phone.close()
    }

    @Test func aFolderIsOpenOnlyOnce() async throws {
        defer { office.close() }
        let phone = try await Phone()
        await #expect(throws: StartError.InUse) {
            try await Technician.open(
                options: DriverOptions(
                    folder: phone.folder.path, appVersion: "1.0-test", language: .en, network: .wifi,
                    allowPlainHttp: false),
                signer: phone.keys, keys: phone.keys, clock: nil, uploader: nil)
        }
        await phone.close()
    }
}

/// Listens, and keeps nothing.
private final class Silent: ScreenListener {
    func show(view: ScreenView) {}
    func unavailable(screen: Screen, error: ActError) {}
}
