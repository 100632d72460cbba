import Foundation
import Support
import Technician
import TechnicianKit
import Testing

/// The process of the app is killed between a tap and its sending, by the one signal that nobody can catch.
@MainActor @Suite(.serialized, .timeLimit(.minutes(5))) struct KilledTests {
    let office: Office

    init() async throws { office = try await Office() }

    @Test func whatWasSavedInAKilledProcessIsThereInTheNextAndReachesTheOfficeOnce() async throws {
        defer { office.close() }
        try await office.send()
        let home = Phone.freshHome()
        let said = try await lifeOfAPhone(in: home, untilItSaved: 7)
        #expect(said.count >= 7)

        // The next process: it opens the same folder with the same keys.
        let phone = try await Phone(.offline, home: home)
        let visit = try await phone.onlyVisit()
        let notes = try #require(visit.view).notes.map(\.text)
        #expect(Set(notes).isSuperset(of: said), "a note that was called saved is gone")
        // The kill may have hit between the commit and the word about it.
        #expect(notes.count - said.count <= 1)
        #expect(Set(notes).count == notes.count)

        let stream = BoardStream(of: office)
        defer { stream.close() }
        try await phone.engine.setNetwork(network: .wifi)
        try await phone.allSent()
        let packet = try await office.packet()
        for note in notes {
            #expect(packet.ranges(of: "\"\(note)\"").count == 1, "\(note) isn't at the office exactly once")
        }
        try await stream.waits(for: "the visit") { $0.status == "dispatched" }
        await phone.close()
    }

    /// Runs the phone's process until it called so many notes saved, and kills it while it goes on. Returns all that it
    /// called saved.
    private func lifeOfAPhone(in home: URL, untilItSaved enough: Int) async throws -> [String] {
        try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
        let out = home.appending(path: "process.out")
        try Data().write(to: out)
        let child = Process()
        child.executableURL = Bundle.main.bundleURL.appending(path: "PhoneProcess")
        child.arguments = [home.path, office.url, try await office.code()]
        child.standardOutput = try FileHandle(forWritingTo: out)
        try child.run()
        func saved() throws -> [String] {
            try String(contentsOf: out, encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
                // What follows the last line end is a line that was cut.
                .dropLast().filter { $0.hasPrefix("saved ") }.map { String($0.dropFirst("saved ".count)) }
        }
        let until = ContinuousClock.now + .seconds(90)
        while try saved().count < enough {
            try #require(child.isRunning && ContinuousClock.now < until, "the phone's process does nothing")
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(kill(child.processIdentifier, SIGKILL) == 0)
        while child.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        #expect(child.terminationReason == .uncaughtSignal)
        return try saved()
    }
}
