import SwiftUI
import Technician
import Testing

@testable import TechnicianUI

/// The reusable views, through the tree that they build.
@MainActor @Suite struct PiecesTests {
    @Test(arguments: Status.allCases) func aBadgeIsIconWordAndLabel(status: Status) {
        let tree = Inspector(StatusBadge(status: status, label: "On site")).tree
        #expect(tree.all.contains { $0.kind == "Image" && $0.text == StatusLook(status).symbol })
        #expect(tree.texts == ["On site"])
        #expect(tree.children.first?.spoken == "Status: On site")
        #expect(tree.all.contains { $0.attributes["strikethrough"] == "true" } == (status == .canceled))
    }

    @Test func theMainActionIsLargeAndTappable() throws {
        var taps = 0
        let screen = Inspector(MainActionButton("Go") { taps += 1 })
        let button = try #require(screen.tree.button("Go"))
        #expect(button.minHeight >= 56)
        #expect(button.tap())
        #expect(taps == 1)
    }

    @Test func anImpossibleActionSaysWhyAndDoesNothing() throws {
        var taps = 0
        let screen = Inspector(MainActionButton("Go", reason: "The office must approve it.") { taps += 1 })
        let button = try #require(screen.tree.button("Go"))
        #expect(!button.isEnabled)
        #expect(!button.tap())
        #expect(taps == 0)
        #expect(button.attributes["accessibilityHint"] == "The office must approve it.")
        #expect(screen.tree.texts.contains("The office must approve it."))
    }

    @Test func aTapThatIsBeingSavedCannotBeMadeTwice() throws {
        let screen = Inspector(MainActionButton("Go", symbol: "arrow.right", isWorking: true) {})
        let button = try #require(screen.tree.button("Go"))
        #expect(!button.tap())
        #expect(screen.tree.all.contains { $0.kind == "ProgressView" })
    }

    @Test func theChipSaysWhereTheWorkIsAndThatSomeIsOnlyHere() {
        let unsent = Inspector(SaveChip(save: .sample(tone: .warning, text: "3 saved, not sent yet", unsent: 3))).tree
        #expect(unsent.texts == ["3 saved, not sent yet"])
        #expect(unsent.all.contains { $0.text == "internaldrive" })
        let sent = Inspector(SaveChip(save: .sample(tone: .good, text: "All sent", unsent: 0))).tree
        #expect(sent.all.contains { $0.text == "checkmark.circle.fill" })
    }

    @Test func aBannersToneIsSpokenNotOnlyColoured() {
        let spoken = Tone.allCases.map { tone in
            Inspector(Banner(tone, "Dog in the yard")).tree.all.compactMap { $0.attributes["accessibilityLabel"] }
        }
        let words = ["Note", "Good", "Caution", "Problem"]
        #expect(spoken == words.map { ["\($0): Dog in the yard"] })
    }

    @Test func aRowOfThePacketIsMarkedInOneTap() throws {
        var marked: [String] = []
        let row = RowView(
            field: "gate", label: "Gate code", values: [], missing: true, marked: false, changed: true)
        let tree = Inspector(PacketRow(row: row, mark: { marked.append($0.field) })).tree
        #expect(tree.texts.contains("Missing") && tree.texts.contains("Changed"))
        let button = try #require(tree.button("Missing or wrong: Gate code"))
        #expect(button.minHeight >= 44)
        button.tap()
        #expect(marked == ["gate"])
        #expect(Inspector(PacketRow(row: row, mark: nil)).tree.button("Missing or wrong: Gate code") == nil)
    }

    @Test func noticesAndEmptyStatesOfferTheOneThingToDo() throws {
        var done: [String] = []
        let notice = Inspector(
            ErrorNotice(happened: "No signal.", safe: "Your work is safe.", actionTitle: "Try again") {
                done.append("again")
            })
        let empty = Inspector(
            EmptyState("No visits", message: "They come here.", symbol: "tray", actionTitle: "Look again") {
                done.append("look")
            })
        let banner = Inspector(Banner(.calm, "Changed", actionTitle: "Show") { done.append("show") })
        for (tree, title) in [(notice.tree, "Try again"), (empty.tree, "Look again"), (banner.tree, "Show")] {
            let button = try #require(tree.button(title))
            #expect(button.minHeight >= 44)
            button.tap()
        }
        #expect(done == ["again", "look", "show"])
        #expect(notice.tree.texts == ["No signal.", "Your work is safe.", "Try again"])
    }

    @Test(arguments: ColorScheme.allCases, ColorSchemeContrast.allCases)
    func everyTextOnItsGroundHasContrast(scheme: ColorScheme, contrast: ColorSchemeContrast) {
        let tree = Inspector(EveryPiece(), colorScheme: scheme, contrast: contrast).tree
        let texts = tree.all.filter { $0.kind == "Text" }
        #expect(texts.count > 15)
        for text in texts {
            guard let ink = text.foreground, let ground = text.background else {
                Issue.record("“\(text.text)” leaves its colours to chance")
                continue
            }
            let ratio = Shade(ink).contrast(with: Shade(ground))
            #expect(ratio >= 4.5, "“\(text.text)”: \(ratio)")
        }
    }

    @Test func stateOutlivesALookAndBelongsToItsPlace() throws {
        let screen = Inspector(TwoCounters())
        try #require(screen.tree.button("first 0")).tap()
        try #require(screen.tree.button("first 1")).tap()
        #expect(screen.tree.texts == ["first 2", "second 0"])
    }
}

/// All pieces on the screen's paper.
private struct EveryPiece: View {
    var body: some View {
        VStack {
            StatusBadge(status: .scheduled, label: "Scheduled")
            StatusBadge(status: .onSite, label: "On site")
            StatusBadge(status: .cannotComplete, label: "Cannot complete")
            ForEach(Tone.allCases, id: \.self) { tone in
                SaveChip(save: .sample(tone: tone, text: "Saved", unsent: 1))
                Mark(badge: BadgeView(key: "crew", tone: tone, label: "Crew of two"))
                Banner(tone, "Dog in the yard", actionTitle: "Show")
            }
            MainActionButton("Go") {}
            MainActionButton("Stop", reason: "Why not") {}
            Card {
                SectionTitle("Title")
                StatusBadge(status: .canceled, label: "Canceled")
            }
            ErrorNotice(happened: "a", safe: "b", actionTitle: "c") {}
            EmptyState("d", message: "e", symbol: "tray", actionTitle: "f")
        }
        .foregroundStyle(.role(.ink))
        .background(.role(.paper))
    }
}

private struct TwoCounters: View {
    var body: some View {
        VStack {
            Counter(name: "first")
            Counter(name: "second")
        }
    }
}

private struct Counter: View {
    let name: String
    @State private var count = 0
    var body: some View { Button("\(name) \(count)") { count += 1 } }
}

extension Shade {
    init(_ color: Color) {
        func byte(_ component: Double) -> UInt32 { UInt32((component * 255).rounded()) }
        self.init(byte(color.red) << 16 | byte(color.green) << 8 | byte(color.blue))
    }
}
