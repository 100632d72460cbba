import Support
import SwiftUI
import Technician
import TechnicianKit
import Testing

@testable import TechnicianUI

/// The whole app by its views: each tap goes through a model into the real engine, which talks to the real server.
@MainActor @Suite(.serialized, .timeLimit(.minutes(5))) struct DrivenTests {
    let office: Office

    init() async throws { office = try await Office() }

    @Test func aPhoneIsMadeTheTechniciansByALinkAndATap() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone()
        let hand = Hand(phone)
        try await hand.sees("Make this phone yours")
        let code = try await office.code()
        let link = "truckroll://enrol?server=\(office.url)&code=\(code)"
        #expect(phone.app.open(try #require(URL(string: link))))
        try await hand.tap("Start")
        try await hand.sees("No heat since last night")
        #expect(hand.screen.tree.button("Start") == nil)
        await phone.close()
    }

    @Test func aScannedCodeFillsTheFormIn() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone()
        let code = try await office.code()
        phone.scanner.text = "truckroll://enrol?server=\(office.url)&code=\(code)"
        let hand = Hand(phone)
        try await hand.tap("Scan the code")
        await phone.app.enrol.taps.finished()
        try await hand.tap("Start")
        try await phone.wait("enrolled") { $0.app.sync.view?.enrolled }
        await phone.close()
    }

    @Test func everyStepOfAVisitIsOneTapAndAStepCanBeTakenBack() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)

        try await hand.tap(try await hand.label(visit, to: .traveling))
        try await phone.wait("undo") { _ in visit.view?.undo != nil }
        try await hand.tap(try #require(visit.view?.undo).label)
        try await phone.wait("dispatched again") { _ in visit.view?.status == .dispatched }

        try await hand.tap(try await hand.label(visit, to: .traveling))
        phone.location.position = .refused
        try await hand.tap(try await hand.label(visit, to: .onSite))
        try await hand.sees("The app may not use your position.")
        try await hand.tap("Got it")
        try await phone.wait("there all the same") { _ in visit.view?.checkIn?.grade == .noFix }

        try await hand.tap(try await hand.label(visit, to: .inProgress))
        try await hand.tap(try await hand.label(visit, to: .paused))
        if phone.app.navigator.path.last != .visit(visit.visit) {
            try await hand.enter("Waiting for the key", in: "Why")
            try await hand.tap("Save")
        }
        try await phone.wait("paused") { _ in visit.view?.status == .paused }
        try await hand.tap(try await hand.label(visit, to: .inProgress))
        try await phone.wait("on it again") { _ in visit.view?.status == .inProgress }
        await phone.close()
    }

    @Test func aCloseoutWithGapsIsSignedAndCompleted() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        try await hand.tap(try await hand.label(visit, to: .traveling))
        phone.location.stand(at: Job())
        try await hand.tap(try await hand.label(visit, to: .onSite))
        try await hand.tap(try await hand.label(visit, to: .inProgress))
        try await hand.tap(try await hand.label(visit, to: .completed))
        let closeout = phone.app.closeout(visit.visit)
        try await phone.wait("the closeout") { _ in closeout.view != nil }

        try await hand.tap("Let the customer sign")
        try await hand.enter("Dan Lopez", in: "Name of who signs")
        #expect(hand.screen.tree.button("Save")?.isEnabled == false)
        #expect(hand.screen.tree.draw([CGPoint(x: 20, y: 80), CGPoint(x: 150, y: 40), CGPoint(x: 280, y: 90)]))
        try await hand.tap("Save")
        try await phone.wait("signed") { _ in closeout.view?.signature?.signer == "Dan Lopez" }

        let missing = try #require(closeout.view?.items.first { !$0.met && $0.key == "notes" })
        try await hand.tap("Add: \(missing.label)")
        try await hand.enter("Igniter replaced, heat is back", in: "Your note")
        try await hand.tap("Save")
        try await phone.wait("the note counts") { _ in closeout.view?.gaps.contains("notes") == false }
        let view = try #require(closeout.view)
        #expect(!view.gaps.isEmpty)
        try await hand.tap(try #require(view.outcomes.first { $0.key == "fixed" }).label)
        try await hand.tap(try #require(view.actions.first { $0.to == .completed }).label)
        try await office.waits(for: "Igniter replaced, heat is back")
        try await office.waits(for: #""completed""#)
        try await phone.allSent()
        await phone.close()
    }

    @Test func flagsMarksMessagesPartsPhotosAndEstimatesReachTheOffice() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        let kinds = try #require(visit.view?.flagKinds)

        try await hand.tap("Raise a flag")
        try await hand.tap(try #require(kinds.first { $0.key == "access_problem" }).label)
        try await hand.enter("The gate is blocked", in: "In words, if you like")
        try await hand.tap("Tell the office")
        try await hand.sees("The gate is blocked")

        let row = try #require(visit.view?.packet.first?.rows.first)
        try await hand.tap("Missing or wrong: \(row.label)")
        try await hand.enter("Which furnace?", in: "In words, if you like")
        try await hand.tap("Tell the office")
        try await phone.wait("marked") { _ in visit.view?.marks.isEmpty == false }

        try await hand.tap("Message the office")
        try await hand.enter("I need the other key", in: "Message")
        try await hand.tap("Send")
        try await hand.sees("I need the other key")

        try await hand.tap("Add a part")
        try await hand.enter("Igniter", in: "Part")
        try await hand.enter("none", in: "How many")
        #expect(hand.screen.tree.button("Save")?.isEnabled == false)
        try await hand.enter("1,5", in: "How many")
        try await hand.tap("Save")
        try await phone.wait("the part") { _ in visit.view?.parts.contains { $0.text.contains("Igniter") } }

        phone.camera.see()
        try await hand.tap("Add a photo")
        try await hand.tap(try #require(visit.view?.photoKinds.first { $0.key == "plate" }).label)
        try await hand.tap("Open the camera")
        try await phone.wait("the photo") { _ in visit.view?.photos.count == 1 }

        try await hand.tap("Draft an estimate")
        try await hand.enter("New furnace", in: "What it is about")
        try await hand.enter("Furnace", in: "Work or part")
        try await hand.enter("2400", in: "Price of one")
        try await hand.tap("Save")
        try await phone.wait("the estimate") { _ in visit.view?.proposals.isEmpty == false }

        try await phone.allSent()
        // The outbox may have looked empty before the last tap was saved.
        for text in ["The gate is blocked", "I need the other key", "Igniter", "New furnace"] {
            try await office.waits(for: text)
        }
        await phone.close()
    }

    @Test func signingOutLeadsBackToTheEnrolment() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let hand = Hand(phone)
        try await hand.tap("Settings")
        try await hand.tap("Language and text size")
        #expect(phone.opener.settingsOpened == 1)
        try await hand.tap("Sign out…")
        try await hand.tap("Sign out")
        try await hand.sees("Make this phone yours")
        await phone.close()
    }
}
