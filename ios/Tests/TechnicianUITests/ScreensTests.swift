import SwiftUI
import Technician
import Testing

@testable import TechnicianUI

/// The screens as trees: what they show of the engine's records, and what a tap asks for.
@MainActor @Suite struct ScreensTests {
    @Test func todayOffersTheNextVisitsActionAndOpensAnyVisit() throws {
        var taps: [TodayTap] = []
        let onMyWay = ActionView.sample("I'm on my way", to: .traveling)
        let today = TodayView.sample([.sample("1", action: onMyWay), .sample("2", action: onMyWay, changed: true)])
        let tree = Inspector(TodayScreen(today, tap: { taps.append($0) }, refresh: {})).tree
        #expect(tree.all.count { $0.kind == "Button" && $0.texts == ["I'm on my way"] } == 1)
        try #require(tree.button("I'm on my way")).tap()
        let buttons = tree.all.filter { $0.kind == "Button" }
        let second = buttons.first { $0.spoken.hasSuffix("Changed since you opened it") }
        try #require(second).tap()
        #expect(taps == [.step("1", onMyWay), .open("2")])
        #expect(tree.texts.contains("Updated 3 min ago") && tree.texts.contains("All sent"))
    }

    @Test func anEmptyDaySaysWhatWillComeHere() {
        let tree = Inspector(TodayScreen(.sample([]), tap: { _ in }, refresh: {})).tree
        #expect(tree.texts.contains("Your visits come here when the office sends them."))
        #expect(!tree.texts.contains("Today"))
    }

    @Test func whatNeedsTheTechnicianStandsAboveTheList() throws {
        var taps: [TodayTap] = []
        let today = TodayView.sample([.sample("1")], attention: 1, unread: 2)
        let tree = Inspector(TodayScreen(today, tap: { taps.append($0) }, refresh: {})).tree
        try #require(tree.button("Decide")).tap()
        try #require(tree.button("Read")).tap()
        #expect(taps == [.attention, .messages])
        let order = tree.texts
        let decision = try #require(order.firstIndex(of: "1 thing needs your decision."))
        let visit = try #require(order.firstIndex(of: "No heat since last night"))
        #expect(decision < visit)
        #expect(order.contains("2 new messages from the office."))
    }

    @Test func laterVisitsAreCountedAndShownOnATap() throws {
        var taps: [TodayTap] = []
        let today = TodayView.sample([.sample("1")], later: .sample("Show later visits (12)"))
        let tree = Inspector(TodayScreen(today, tap: { taps.append($0) }, refresh: {})).tree
        try #require(tree.button("Show later visits (12)")).tap()
        #expect(taps == [.later])
    }

    @Test func pullingAsksForTheNewest() async {
        var pulls = 0
        await Inspector(TodayScreen(.sample([]), tap: { _ in }, refresh: { pulls += 1 })).tree.pullToRefresh()
        #expect(pulls == 1)
    }

    @Test func aVisitIsCalledAndFoundInOneTap() throws {
        var opened: [URL] = []
        let screen = Inspector(
            VisitScreen(.sample()) { _ in }
                .environment(
                    \.openURL,
                    OpenURLAction {
                        opened.append($0)
                        return .handled
                    }))
        try #require(screen.tree.button("Call Dana Ortiz")).tap()
        try #require(screen.tree.button("Directions")).tap()
        #expect(
            opened.map(\.absoluteString) == ["tel:+15025550100", "https://maps.apple.com/?daddr=3408%20Bellisima%20Pl"])
    }

    @Test func everyTapOnAVisitAsksForItsOwn() throws {
        let visit = VisitView.sample(
            undo: UndoView(opId: "op", label: "Undo “On the way”", untilMonoMs: 0, leftMs: 1000),
            checklist: [
                ChecklistView(
                    item: "filter", text: "Filter changed?", answerKind: .check, required: true, value: "",
                    valueLabel: "", at: nil)
            ])
        var taps: [VisitTap] = []
        let tree = Inspector(VisitScreen(visit) { taps.append($0) }).tree
        for title in [
            "I'm on my way", "Undo “On the way”", "Show the gate code", "Missing or wrong: Reason",
            "Answer: Filter changed?",
            "Add a photo", "Add a note", "Add a part", "Raise a flag", "Message the office",
        ] {
            #expect(tree.button(title)?.tap() == true, "\(title)")
        }
        #expect(
            taps == [
                .step(visit.actions[0]), .undo("op"), .gateCode, .mark(field: "reason"), .answer(item: "filter"),
                .addPhoto, .addNote, .addPart, .flag, .message,
            ])
    }

    @Test func theStepThatNeedsACloseoutLeadsThere() throws {
        let visit = VisitView.sample(actions: [.sample("Complete", to: .completed, closeout: true)])
        var taps: [VisitTap] = []
        try #require(Inspector(VisitScreen(visit) { taps.append($0) }).tree.button("Complete")).tap()
        #expect(taps == [.closeout])
    }

    @Test func aHandedOverVisitCanOnlyBeRead() {
        let visit = VisitView.sample(
            actions: [.sample("Complete", enabled: false, whyNot: "Handed over to Ana.")], readOnly: true)
        let tree = Inspector(VisitScreen(visit) { _ in }).tree
        #expect(tree.button("Add a note") == nil)
        #expect(tree.button("Missing or wrong: Reason") == nil)
        #expect(tree.button("Complete")?.isEnabled == false)
        #expect(tree.texts.contains("Handed over to Ana."))
    }

    @Test func theGateCodeShowsWhereItWasAskedFor() {
        let tree = Inspector(VisitScreen(.sample(), gateCode: "4711#") { _ in }).tree
        #expect(tree.texts.contains("Gate code 4711#"))
        #expect(tree.button("Show the gate code") == nil)
    }

    @Test func aCloseoutWithAGapDeclaresItAndItsOutcome() throws {
        var taps: [CloseoutTap] = []
        let closeout = CloseoutView.sample()
        let screen = Inspector(CloseoutScreen(closeout) { taps.append($0) })
        try #require(screen.tree.button("Fixed")).tap()
        #expect(screen.tree.button("Fixed")?.attributes["accessibilityValue"] == "Chosen")
        try #require(screen.tree.button("Add: Photo of the nameplate")).tap()
        try #require(screen.tree.button("Complete with 1 gap")).tap()
        #expect(
            taps == [
                .add(item: "photo_plate"), .step(closeout.actions[0], outcome: "fixed", gaps: ["photo_plate"]),
            ])
    }

    @Test func aDecisionIsMadeOnItsItem() throws {
        var decided: [String] = []
        let item = AttentionItem(
            opId: "op", visit: "1", number: "WO-1001", what: "You completed the visit", at: .sample, code: "not_yours",
            reason: "This visit wasn't yours any more.", blockedBy: nil,
            actions: [.sample("Send again", main: false), .sample("Keep as a note", main: false)])
        let tree = Inspector(
            AttentionScreen(AttentionView(items: [item], empty: "")) { decided.append("\($0.opId) \($1.label)") }
        ).tree
        try #require(tree.button("Keep as a note")).tap()
        #expect(decided == ["op Keep as a note"])
    }

    @Test(arguments: ColorScheme.allCases, ColorSchemeContrast.allCases)
    func everyTextOfTheScreensHasContrast(scheme: ColorScheme, contrast: ColorSchemeContrast) {
        let visit = VisitView.sample(
            changes: [ChangeView(field: "window", label: "Window", before: "8–10", after: "10–12")],
            missing: ["Gate code"])
        let trees = [
            Inspector(VisitScreen(visit) { _ in }, colorScheme: scheme, contrast: contrast).tree,
            Inspector(CloseoutScreen(.sample()) { _ in }, colorScheme: scheme, contrast: contrast).tree,
            Inspector(
                TodayScreen(.sample([.sample("1", changed: true)], attention: 1), tap: { _ in }, refresh: {}),
                colorScheme: scheme, contrast: contrast
            ).tree,
        ]
        for text in trees.flatMap(\.all) where text.kind == "Text" {
            guard let ink = text.foreground, let ground = text.background else {
                Issue.record("“\(text.text)” leaves its colours to chance")
                continue
            }
            let ratio = Shade(ink).contrast(with: Shade(ground))
            #expect(ratio >= 4.5, "“\(text.text)”: \(ratio)")
        }
    }

    @Test func everyButtonIsLargeEnough() {
        let trees = [
            Inspector(VisitScreen(.sample()) { _ in }).tree, Inspector(CloseoutScreen(.sample()) { _ in }).tree,
            Inspector(TodayScreen(.sample([.sample("1", action: .sample("Go"))]), tap: { _ in }, refresh: {})).tree,
        ]
        for button in trees.flatMap(\.all) where button.kind == "Button" {
            #expect(button.minHeight >= 44, "\(button.spoken)")
        }
    }
}
