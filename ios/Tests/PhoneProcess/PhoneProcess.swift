import Foundation
import Support
import Technician
import TechnicianKit

/// A phone in a process of its own, for tests that kill it: `PhoneProcess HOME SERVER CODE`.
///
/// It is made the technician's, loses the signal, and writes one note after the other, for as long as it lives. After each
/// that the app calls saved it says so, in a line.
@main struct PhoneProcess {
    @MainActor static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        guard arguments.count == 3 else { fatalError("usage: PhoneProcess HOME SERVER CODE") }
        let given = Array(arguments)
        let phone = try await Phone(home: URL(filePath: given[0]))
        try await phone.enrol(at: given[1], code: given[2])
        let visit = try await phone.onlyVisit()
        try await phone.engine.setNetwork(network: .offline)
        for number in 1... {
            let note = "note \(number)"
            visit.addNote(note)
            await visit.taps.finished()
            guard visit.taps.problem == nil else { fatalError("\(note): \(visit.taps.problem!)") }
            FileHandle.standardOutput.write(Data("saved \(note)\n".utf8))
        }
    }
}
