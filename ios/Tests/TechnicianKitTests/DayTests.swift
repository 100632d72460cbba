import Support
import Technician
import TechnicianKit
import Testing

/// Whole days, through the models, on the real engine against the real server process.
@MainActor @Suite(.serialized, .timeLimit(.minutes(5))) struct DayTests {
    let office: Office

    init() async throws { office = try await Office() }

    /// Takes the step that the engine offers to a status.
    private func step(_ visit: VisitModel, to status: Status) async throws {
        let action = try #require(visit.view?.actions.first { $0.to == status && $0.enabled }, "no way to \(status)")
        visit.step(action)
        await visit.taps.finished()
        #expect(visit.taps.problem == nil)
    }

    @Test func aVisitDoneWithoutASignalReachesTheOfficeWithItsPictures() async throws {
        defer { office.close() }
        try await office.send()
        let stream = BoardStream(of: office)
        defer { stream.close() }
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        try await stream.waits(for: "sent out") { $0.status == "dispatched" }
        try await phone.engine.setNetwork(network: .offline)

        try await step(visit, to: .traveling)
        phone.location.stand(at: Job())
        try await phone.wait("traveling") { _ in visit.view?.status == .traveling }
        try await step(visit, to: .onSite)
        try await phone.wait("a graded check-in") { _ in visit.view?.checkIn?.grade == .verified }
        try await step(visit, to: .inProgress)
        phone.camera.see()
        visit.takePhoto("after", caption: "new igniter")
        await visit.taps.finished()
        #expect(visit.taps.problem == nil)
        visit.addNote("Igniter replaced, heat is back")
        await visit.taps.finished()
        visit.showGateCode()
        await visit.taps.finished()
        #expect(visit.gateCode == Job().gateCode)

        let closeout = phone.app.closeout(visit.visit)
        try await phone.wait("the closeout") { _ in closeout.view.map { $0.actions.contains { $0.to == .completed } } }
        let view = try #require(closeout.view)
        #expect(!view.gaps.isEmpty)
        let finish = try #require(view.actions.first { $0.to == .completed })
        closeout.step(finish, outcome: "fixed", gaps: view.gaps)
        await closeout.taps.finished()
        #expect(closeout.taps.problem == nil)
        #expect(phone.app.navigator.path.isEmpty)
        try await phone.wait("completed here") { _ in visit.view?.status == .completed }
        #expect(try #require(visit.view).save.unsent >= 6)
        #expect(try await !office.packet().contains("Igniter replaced"))
        #expect(stream.cards.allSatisfy { $0.status == "dispatched" }, "nothing was said to the office yet")

        try await phone.engine.setNetwork(network: .wifi)
        try await phone.allSent()
        try await office.waits(for: "Igniter replaced, heat is back")
        try await stream.waits(for: "completed") { $0.status == "completed" }
        #expect(try await phone.engine.visit(visit: visit.visit).photos.map(\.upload) == ["verified"])
        await phone.close()
    }

    @Test func aTapIsThereWhenTheAppStartsAnewBeforeItWasSent() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        try await phone.engine.setNetwork(network: .offline)
        visit.addNote("written before the battery died")
        await visit.taps.finished()
        #expect(visit.taps.problem == nil)

        try await phone.restart()
        let again = try await phone.onlyVisit()
        #expect(again.view?.notes.map(\.text) == ["written before the battery died"])
        try await phone.allSent()
        try await office.waits(for: "written before the battery died")
        await phone.close()
    }

    @Test func aWrongCodeEnrolsNobodyAndSaysSo() async throws {
        defer { office.close() }
        let phone = try await Phone()
        phone.app.enrol.enrol(server: office.url, code: "0000-0000")
        await phone.app.enrol.taps.finished()
        try await phone.wait("the refusal") { $0.app.sync.view?.notices.contains { $0.key == "enrol_refused" } }
        #expect(phone.app.sync.view?.enrolled == false)
        await phone.close()
    }
}
