import Support
import Technician
import TechnicianKit
import Testing

/// Positions on the way, on the real engine against the real server process.
@MainActor @Suite(.serialized, .timeLimit(.minutes(5))) struct PositionTests {
    /// The engine, in such a hurry that a minute goes by in a tenth of a second. What it takes in it decides as ever.
    private struct Hurried: PositionAsker {
        let engine: Technician

        func positionEveryMs() async throws -> Int64? { try await engine.positionEveryMs().map { $0 / 600 } }
        func position(fix: Fix) async throws { try await engine.position(fix: fix) }
    }

    let office: Office

    init() async throws { office = try await Office() }

    /// A phone with one visit, and what tells the engine where it is.
    private func traveler() async throws -> (Phone, VisitModel, PositionModel) {
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let positions = PositionModel(
            phone.engine, asker: Hurried(engine: phone.engine), location: phone.location)
        phone.location.stand(at: Job())
        return (phone, try await phone.onlyVisit(), positions)
    }

    private func step(_ visit: VisitModel, to status: Status, on phone: Phone) async throws {
        let action = try #require(visit.view?.actions.first { $0.to == status && $0.enabled }, "no way to \(status)")
        visit.step(action)
        await visit.taps.finished()
        #expect(visit.taps.problem == nil)
        try await phone.wait("\(status)") { _ in visit.view?.status == status }
    }

    private func isSaid(_ phone: Phone) -> Bool? {
        phone.app.today.view?.notices.contains { $0.key == "position_told" }
    }

    /// Ten times as long as the hurried engine wants to wait between two looks.
    private func nobodyLooks(_ why: Comment, on phone: Phone) async throws {
        try await Task.sleep(for: .milliseconds(200))
        let before = phone.location.looks.count
        try await Task.sleep(for: .seconds(1))
        #expect(phone.location.looks.count == before, why)
    }

    @Test func onTheWayTheBoardShowsAboutWhereHeIsAndFromTheArrivalOnNobodyLooks() async throws {
        defer { office.close() }
        try await office.askForPositions(every: 60)
        let (phone, visit, positions) = try await traveler()
        positions.isInFront = true
        try await nobodyLooks("he isn't on the way", on: phone)
        #expect(phone.location.looks.isEmpty)

        try await step(visit, to: .traveling, on: phone)
        try await phone.wait("the indicator") { isSaid($0) }
        try await phone.wait("the third look") { $0.location.looks.count >= 3 }
        #expect(Set(phone.location.looks) == [.rough])
        try await office.waitsForPositions { $0.contains(#""lat":38.286,"lon":-85.502"#) }

        try await step(visit, to: .onSite, on: phone)
        try await phone.wait("the indicator's end") { isSaid($0).map { !$0 } }
        try await nobodyLooks("he has arrived", on: phone)
        #expect(phone.location.looks.count { $0 == .exact } == 1, "the check-in's own")
        try await office.waitsForPositions { !$0.contains("lat") }
        await phone.close()
    }

    @Test func nobodyLooksBehindOtherAppsOrBeforeTheCompanyAsks() async throws {
        defer { office.close() }
        let (phone, visit, positions) = try await traveler()
        positions.isInFront = true
        try await step(visit, to: .traveling, on: phone)
        try await nobodyLooks("the company doesn't ask", on: phone)
        #expect(phone.location.looks.isEmpty && isSaid(phone) == false)

        try await office.askForPositions(every: 60)
        await phone.app.today.refresh()
        try await phone.wait("a look") { !$0.location.looks.isEmpty }
        #expect(isSaid(phone) == true)
        positions.isInFront = false
        try await nobodyLooks("another app is in front", on: phone)
        let before = phone.location.looks.count
        positions.isInFront = true
        try await phone.wait("a look again") { $0.location.looks.count > before }

        try await office.askForPositions(every: nil)
        await phone.app.today.refresh()
        try await phone.wait("the indicator's end") { isSaid($0).map { !$0 } }
        try await nobodyLooks("the company asks no more", on: phone)
        await phone.close()
    }

    @Test func goingAwayAndComingBackIsNoReasonToLookSooner() async throws {
        defer { office.close() }
        try await office.askForPositions(every: 60)
        // The app's own, at the company's pace; and nothing is found.
        let (phone, visit, _) = try await traveler()
        phone.location.position = .refused
        phone.app.positions.isInFront = true
        try await step(visit, to: .traveling, on: phone)
        try await phone.wait("the first look") { !$0.location.looks.isEmpty }
        for _ in 0..<5 {
            for front in [false, true] {
                phone.app.positions.isInFront = front
                try await Task.sleep(for: .milliseconds(100))
            }
        }
        #expect(phone.location.looks == [.rough])
        await phone.close()
    }
}
