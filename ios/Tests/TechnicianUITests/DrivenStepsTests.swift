import Support
import SwiftUI
import Technician
import TechnicianKit
import Testing

@testable import TechnicianUI

/// The ways out of a visit that aren't its completion, by the views.
@MainActor @Suite(.serialized, .timeLimit(.minutes(5))) struct DrivenStepsTests {
    let office: Office

    init() async throws { office = try await Office() }

    @Test func aVisitIsDeclinedWithAReason() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        try await hand.tap(try await hand.label(visit, to: .declined))
        #expect(hand.screen.tree.button("Save")?.isEnabled == false)
        try await hand.enter("The van broke down", in: "Why")
        try await hand.tap("Save")
        try await phone.wait("declined") { _ in visit.view?.status == .declined }
        #expect(phone.app.navigator.path == [.visit(visit.visit)])
        try await hand.sees(try #require(visit.view).statusLabel)
        #expect(visit.view?.actions.contains { $0.main } == false, "nothing large is left to do")
        try await office.waits(for: "The van broke down")
        await phone.close()
    }

    @Test func aVisitThatCannotBeCompletedSaysWhy() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        for status in [Status.traveling, .onSite, .inProgress] { try await hand.take(status, visit) }
        try await hand.take(.paused, visit, because: "Fetching a part")
        try await hand.take(.traveling, visit)
        try await hand.take(.cannotComplete, visit, because: "The part is out of stock")
        try await hand.sees(try #require(visit.view).statusLabel)
        try await office.waits(for: "The part is out of stock")
        #expect(try await office.packet().contains(#""status":"cannot_complete""#))
        await phone.close()
    }

    @Test func aVisitThatTheOfficeCanceledOffersNoStepAndSaysSo() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        try await hand.take(.traveling, visit)
        try await phone.allSent()
        try await phone.engine.setNetwork(network: .offline)
        try await office.office("cancel", Job().number, "--reason", "the customer called it off")
        // Not knowing, the technician goes on.
        try await hand.tap("Add a note")
        try await hand.enter("At the gate", in: "Your note")
        try await hand.tap("Save")
        try await phone.wait("saved") { _ in visit.view?.notes.isEmpty == false }
        try await phone.engine.setNetwork(network: .wifi)
        try await office.waits(for: "At the gate")
        // Its work is at the office: the packet goes, and the day says what became of it.
        try await hand.sees("This isn't here any more")
        phone.app.navigator.path = []
        try await hand.sees("Canceled by the office")
        #expect(hand.screen.tree.button("I'm here") == nil)
        #expect(try await office.packet().contains(#""status":"canceled"#))
        await phone.close()
    }

    @Test func aVisitGivenAwayIsReadOnlyOnTheScreenAndThenGone() async throws {
        defer { office.close() }
        try await office.send()
        let phone = try await Phone.enrolled(at: office)
        let visit = try await phone.onlyVisit()
        let hand = Hand(phone)
        try await phone.engine.setNetwork(network: .offline)
        phone.camera.see()
        try await hand.tap("Add a photo")
        try await hand.tap(try #require(visit.view?.photoKinds.first { $0.key == "before" }).label)
        try await hand.tap("Open the camera")
        try await phone.wait("the photo") { _ in visit.view?.photos.count == 1 }
        try await office.office("reassign", Job().number, "T01", "T02", "--reason", "emergency elsewhere")
        try await phone.engine.setNetwork(network: .mobile)
        try await phone.wait("read-only") { _ in visit.view?.readOnly }
        #expect(hand.screen.tree.button("Add a note") == nil)
        let step = try #require(visit.view?.actions.first)
        #expect(hand.screen.tree.button(step.label)?.isEnabled == false)
        try await hand.sees(try #require(step.whyNot))
        // One photo may go on the phone plan all the same.
        try await hand.tap("Send now")
        try await hand.sees("This isn't here any more")
        phone.app.navigator.path = []
        try await hand.sees("Ana Silva")
        await phone.close()
    }
}
