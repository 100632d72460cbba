import Support
import SwiftUI
import Technician
import TechnicianKit
import Testing

@testable import TechnicianUI

/// What is written down on a visit besides its steps, by the views.
@MainActor @Suite(.serialized, .timeLimit(.minutes(5))) struct DrivenWorkTests {
    let office: Office

    init() async throws { office = try await Office() }

    @Test func aBreakIsBegunAndEndedAndAForgottenTapIsCorrected() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        try await hand.take(.traveling, visit)

        let rest = try #require(visit.view?.timeKinds.first { $0.key == "break" }).label
        try await hand.tap("Start: \(rest)")
        try await phone.wait("running") { _ in visit.view?.running?.timeKind == .break }
        #expect(hand.screen.tree.button("Start: \(rest)") == nil, "one at a time")
        try await hand.tap("End: \(rest)")
        try await phone.wait("ended") { _ in visit.view.map { $0.running == nil && $0.times.count == 2 } }

        let trip = try #require(visit.view?.times.first { $0.timeKind == .travel })
        try await hand.tap("Correct: \(trip.label)")
        #expect(hand.screen.tree.button("Save")?.isEnabled == false)
        let picker = try #require(hand.screen.tree.control("When it really was"))
        #expect(picker.attributes["timeZone"] == "America/Kentucky/Louisville")
        let earlier = Date(timeIntervalSince1970: Double(trip.from.atMs / 1000 - 600))
        picker.enter(earlier.ISO8601Format())
        try await hand.enter("Forgot to tap", in: "Why")
        try await hand.tap("Save")
        try await phone.wait("corrected") { _ in
            visit.view?.times.contains { $0.startOp == trip.startOp && $0.adjusted }
        }
        let corrected = try #require(visit.view?.times.first { $0.startOp == trip.startOp })
        #expect(Double(corrected.from.atMs) / 1000 == earlier.timeIntervalSince1970)
        try await hand.sees("Corrected")
        try await office.waits(for: "Forgot to tap")
        await phone.close()
    }

    @Test func aFollowUpAndAChangedNoteReachTheOffice() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)

        try await hand.tap("Add a note")
        try await hand.enter("Igniter craked", in: "Your note")
        try await hand.tap("Save")
        try await hand.tap("Change the note: Igniter craked")
        let field = try #require(hand.screen.tree.field("Your note"))
        #expect(field.binding?.wrappedValue == "Igniter craked", "the form begins with what is there")
        field.enter("Igniter cracked")
        try await hand.tap("Save")
        try await phone.wait("the new version, alone") { _ in visit.view?.notes.map(\.text) == ["Igniter cracked"] }
        try await hand.sees("Edited")

        try await hand.tap("Add a follow-up")
        try await hand.enter("The heat exchanger is worn", in: "Why is more work needed?")
        #expect(hand.screen.tree.button("Save")?.isEnabled == false)
        try await hand.enter("Quote a new furnace", in: "What comes next?")
        #expect(hand.screen.tree.control("Which day") == nil)
        hand.screen.tree.control("It has to happen by a day")?.enter("true")
        let due = Date(timeIntervalSinceNow: 7 * 86_400)
        try #require(hand.screen.tree.control("Which day")).enter(due.ISO8601Format())
        try await hand.tap("Save")
        try await phone.wait("the proposal") { _ in visit.view?.proposals.contains { $0.key == "follow_up" } }
        try await phone.allSent()
        let packet = try await office.packet()
        let sent = "\(Int64(due.timeIntervalSince1970.rounded(.down)) * 1000)"
        for text in ["Igniter cracked", "The heat exchanger is worn", "Quote a new furnace", sent] {
            #expect(packet.contains(text), "\(text)")
        }
        await phone.close()
    }

    @Test func aPoorCheckInIsRepeatedAtTheDoor() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        try await hand.take(.traveling, visit)
        try await hand.take(.onSite, visit)
        try await phone.wait("no position") { _ in visit.view?.checkIn?.grade == .noFix }
        phone.location.stand(at: Job())
        try await hand.tap("Check in again")
        try await phone.wait("verified") { _ in visit.view?.checkIn?.grade == .verified }
        try await hand.sees(try #require(visit.view?.checkIn).label)
        try await office.waits(for: #""verified""#)
        await phone.close()
    }

    @Test func whatThePacketLacksIsMarkedOnItsOwnRow() async throws {
        defer { office.close() }
        var job = Job()
        job.accessNotes = ""
        try await office.send(job, because: "The customer waits since yesterday")
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        let row = try #require(visit.view?.packet.flatMap(\.rows).first { $0.missing })
        #expect(row.field == "access_notes")
        try await hand.sees(row.label)
        try await hand.sees("Missing")
        try await hand.tap("Missing or wrong: \(row.label)")
        // The form starts from what the row is: missing, not wrong.
        #expect(hand.screen.tree.control("It is there, but wrong")?.binding?.wrappedValue == "false")
        try await hand.enter("Which door is it?", in: "In words, if you like")
        try await hand.tap("Tell the office")
        try await phone.wait("marked") { _ in
            visit.view?.marks.contains { $0.field == "access_notes" && $0.miss == .missing }
        }
        try await office.waits(for: "Which door is it?")
        await phone.close()
    }

    @Test func anUrgentMessageOfTheOfficeIsReadFromTheDay() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        phone.app.navigator.path = []
        try await office.office("message", Job().number, "The gate is open now", "--urgent")
        try await hand.tap("Read")
        try await hand.sees("The gate is open now")
        let message = try #require(phone.app.messages.view?.urgent.first)
        #expect(message.unread)
        let card = try #require(
            hand.screen.tree.all.first { $0.kind == "Button" && $0.texts.contains("The gate is open now") })
        card.tap()
        #expect(phone.app.navigator.path.last == .visit(visit.visit))
        await phone.close()
    }

    @Test func whatTheOfficeRefusedIsDecidedOnItsScreen() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        for status in [Status.traveling, .onSite, .inProgress] { try await hand.take(status, visit) }
        try await hand.tap(try await hand.label(visit, to: .completed))
        let closeout = phone.app.closeout(visit.visit)
        try await phone.wait("the closeout") { _ in closeout.view != nil }
        let view = try #require(closeout.view)
        try await hand.tap(try #require(view.outcomes.first { $0.key == "fixed" }).label)
        try await hand.tap(try #require(view.actions.first { $0.to == .completed }).label)
        try await phone.wait("completed") { _ in visit.view?.status == .completed }
        try await phone.allSent()
        try await phone.engine.setNetwork(network: .offline)
        try await office.office("approve", Job().number)

        _ = try await phone.onlyVisit()
        let trip = try #require(phone.app.visit(visit.visit).view?.times.first { $0.timeKind == .travel })
        try await hand.tap("Correct: \(trip.label)")
        try await hand.enter("Forgot to tap", in: "Why")
        try await hand.tap("Save")
        // Saved before the phone hears of the approval: afterwards the engine itself would say no.
        try await phone.wait("saved") { $0.app.sync.view?.unsent == 1 }
        try await phone.engine.setNetwork(network: .wifi)
        phone.app.navigator.path = []
        try await hand.tap("Decide")
        try await phone.wait("the item") { $0.app.attention.view?.items.count == 1 }
        let item = try #require(phone.app.attention.view?.items.first)
        try await hand.sees(item.reason)
        try await hand.tap(try #require(item.actions.first { $0.key == "late_note" }).label)
        try await hand.sees("Nothing needs you")
        try await office.waits(for: "late_for")
        await phone.close()
    }
}
