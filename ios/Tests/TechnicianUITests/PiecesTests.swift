import SwiftUI
import Testing

@testable import TechnicianUI

/// The reusable views, through the tree that they build.
@MainActor @Suite struct PiecesTests {
    @Test func aBadgeIsIconWordAndLabel() throws {
        for look in StatusLook.all {
            let tree = Inspector(StatusBadge(look, word: "On site")).tree
            #expect(tree.all.contains { $0.kind == "Image" && $0.text == look.symbol })
            #expect(tree.texts == ["On site"])
            #expect(tree.children.first?.spoken == "Status: On site")
        }
    }

    @Test func aCanceledVisitIsStruckThrough() {
        #expect(
            Inspector(StatusBadge(.canceled, word: "canceled")).tree.all.contains {
                $0.attributes["strikethrough"] == "true"
            })
        #expect(
            !Inspector(StatusBadge(.paused, word: "paused")).tree.all.contains {
                $0.attributes["strikethrough"] == "true"
            })
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

    @Test func theChipSaysWhereTheWorkIs() {
        func words(_ state: SaveState) -> [String] { Inspector(SaveChip(state)).tree.texts }
        #expect(words(.saved(unsent: 0)) == ["Saved on this phone"])
        #expect(words(.saved(unsent: 3)) == ["Saved on this phone · 3 to send"])
        #expect(words(.allSent(at: "14:02")) == ["All sent 14:02"])
        #expect(words(.needsYou(count: 1)) == ["Needs you · 1"])
        Words.$language.withValue("es") {
            #expect(words(.saved(unsent: 3)) == ["Guardado en este teléfono · 3 por enviar"])
        }
    }

    @Test func aBannersKindIsSpokenNotOnlyColoured() {
        let spoken = Banner.Kind.allCases.map { kind in
            Inspector(Banner(kind, "Dog in the yard")).tree.all.compactMap { $0.attributes["accessibilityLabel"] }
        }
        #expect(spoken == [["Note: Dog in the yard"], ["Caution: Dog in the yard"], ["Problem: Dog in the yard"]])
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
        let banner = Inspector(Banner(.news, "Changed", actionTitle: "Show") { done.append("show") })
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
            StatusBadge(.scheduled, word: "scheduled")
            StatusBadge(.onSite, word: "onSite")
            StatusBadge(.cannotComplete, word: "cannotComplete")
            SaveChip(.saved(unsent: 2))
            SaveChip(.allSent(at: "14:02"))
            SaveChip(.needsYou(count: 1))
            MainActionButton("Go") {}
            MainActionButton("Stop", reason: "Why not") {}
            Card {
                SectionTitle("Title")
                StatusBadge(.canceled, word: "canceled")
            }
            Banner(.caution, "Dog in the yard", actionTitle: "Show")
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
