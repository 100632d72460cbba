import Foundation
import Support
import Technician
import TechnicianKit
import Testing

/// The office and the technician did different things while the phone had no signal.
@MainActor @Suite(.serialized, .timeLimit(.minutes(5))) struct ContradictionTests {
    let office: Office

    init() async throws { office = try await Office() }

    private func take(_ status: Status, _ visit: VisitModel, on phone: Phone) async throws {
        try await phone.wait("a way to \(status)") { _ in
            visit.view?.actions.contains { $0.to == status && $0.enabled }
        }
        visit.step(try #require(visit.view?.actions.first { $0.to == status }))
        await visit.taps.finished()
        #expect(visit.taps.problem == nil)
        try await phone.wait("\(status)") { _ in visit.view?.status == status }
    }

    @Test func aVisitGivenAwayMeanwhileTurnsReadOnlyAndItsWorkReachesTheOffice() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        try await phone.engine.setNetwork(network: .offline)
        try await take(.traveling, visit, on: phone)
        phone.location.stand(at: Job())
        try await take(.onSite, visit, on: phone)
        visit.addNote("The igniter is cracked")
        await visit.taps.finished()
        phone.camera.see()
        visit.takePhoto("before", caption: "cracked igniter")
        await visit.taps.finished()
        #expect(visit.taps.problem == nil)

        try await office.office("reassign", Job().number, "T01", "T02", "--reason", "emergency elsewhere")
        let second = try await Phone.enrolled(at: office, as: "T02")
        let theirs = try await second.onlyVisit()
        try await take(.traveling, theirs, on: second)

        // The phone plan: facts go, the photo's original waits for Wi-Fi, and as long the packet stays.
        try await phone.engine.setNetwork(network: .mobile)
        try await phone.wait("read-only") { _ in visit.view?.readOnly }
        let view = try #require(visit.view)
        #expect(view.notices.contains { $0.key == "handed_over" })
        #expect(view.actions.allSatisfy { !$0.enabled && $0.whyNot?.isEmpty == false })
        #expect(view.notes.map(\.text) == ["The igniter is cracked"])
        visit.addNote("too late")
        await visit.taps.finished()
        #expect(visit.taps.problem == .notPossible)

        try await phone.engine.setNetwork(network: .wifi)
        try await phone.wait("gone, and where to") { phone in
            visit.view == nil && visit.watched.failure != nil
                && phone.app.today.view?.moved.first?.text.contains("Ana Silva") == true
        }
        try await phone.allSent()
        // Nothing was lost, nobody was disturbed, and the office knows.
        let packet = try await office.packet()
        for text in ["The igniter is cracked", "cracked igniter"] { #expect(packet.contains(text)) }
        #expect(try await office.office("exceptions", "--visit", Job().number).contains("after_handover"))
        try await second.allSent()
        #expect(theirs.view?.status == .traveling)
        await phone.close()
        await second.close()
    }

    @Test func aVisitGivenAwayMeanwhileWithNothingPendingLeavesWhereItWent() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        try await phone.engine.setNetwork(network: .offline)
        try await office.office("reassign", Job().number, "T01", "T02", "--reason", "emergency elsewhere")
        try await phone.engine.setNetwork(network: .wifi)
        try await phone.wait("gone, and where to") { phone in
            visit.view == nil && phone.app.today.view?.moved.first?.text.contains("Ana Silva") == true
        }
        #expect(phone.app.today.view?.sections.allSatisfy(\.visits.isEmpty) == true)
        await phone.close()
    }

    @Test func whatTheOfficeRefusedIsSentAgainKeptAsANoteOrThrownAway() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let attention = phone.app.attention

        // Sent again: refused while the office's own step stands, taken when the office took that back.
        let first = try await refusedUndo(of: .traveling, whileTheOfficeSets: ["on_site"], visit, on: phone)
        #expect(first.code == "attention.undo_not_latest")
        #expect(!first.reason.isEmpty && !first.what.isEmpty)
        #expect(try await office.office("attention").contains(first.opId))
        try await phone.wait("the office's step") { _ in visit.view?.status == .onSite }
        try decide(first, "resend")
        await attention.taps.finished()
        #expect(attention.taps.problem == .notPossible)
        #expect(attention.view?.items.map(\.opId) == [first.opId], "nothing is lost by trying")
        try await office.office("undo", Job().number)
        try await phone.wait("its end") { _ in visit.view?.status == .traveling }
        try decide(first, "resend")
        await attention.taps.finished()
        #expect(attention.taps.problem == nil)
        try await phone.wait("undone") {
            $0.app.attention.view?.items.isEmpty == true && visit.view?.status == .dispatched
        }
        try await phone.allSent()
        #expect(try await !office.office("attention").contains(first.opId))

        // Kept as a note, which says what was refused.
        let second = try await refusedUndo(of: .traveling, whileTheOfficeSets: ["on_site"], visit, on: phone)
        try decide(second, "late_note")
        try await phone.wait("kept as a note") { $0.app.attention.view?.items.isEmpty }
        try await phone.allSent()
        try await office.waits(for: #""late_for":"\#(second.opId)""#)

        // Thrown away.
        try await phone.wait("the office's step") { _ in visit.view?.status == .onSite }
        let third = try await refusedUndo(
            of: .inProgress, whileTheOfficeSets: ["paused", "--reason", "lunch"], visit, on: phone)
        try decide(third, "discard")
        try await phone.wait("thrown away") { $0.app.attention.view?.items.isEmpty }
        try await phone.allSent()
        #expect(try await !office.office("attention").contains(third.opId))
        await phone.close()

        func decide(_ item: AttentionItem, _ key: String) throws {
            attention.decide(item, try #require(item.actions.first { $0.key == key && $0.enabled }))
        }
    }

    /// Takes a step, and takes it back without a signal while the office sets the next: the office refuses that.
    private func refusedUndo(
        of status: Status, whileTheOfficeSets step: [String], _ visit: VisitModel, on phone: Phone
    ) async throws -> AttentionItem {
        try await take(status, visit, on: phone)
        try await phone.allSent()
        try await phone.engine.setNetwork(network: .offline)
        visit.undo()
        await visit.taps.finished()
        #expect(visit.taps.problem == nil)
        try await office.command(["status", Job().number] + step)
        try await phone.engine.setNetwork(network: .wifi)
        try await phone.wait("refused") { $0.app.attention.view?.items.count == 1 }
        return try #require(phone.app.attention.view?.items.first)
    }
}
