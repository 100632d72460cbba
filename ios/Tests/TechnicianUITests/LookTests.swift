import SwiftUI
import Technician
import Testing

@testable import TechnicianUI

/// Contrast AA on every ground, in each theme; no colour or size that goes around the theme.
@Suite struct LookTests {
    @Test(arguments: Theme.allCases) func textReadsOnEveryGroundItStandsOn(theme: Theme) {
        let needed = theme.isHighContrast ? 7.0 : 4.5
        let texts: [ColorRole] = [.ink, .inkSoft, .link, .wrong, .done, .caution, .slate, .violet, .grey]
        for ground in [ColorRole.paper, .card] {
            for text in texts { expectContrast(text, on: ground, in: theme, atLeast: needed) }
        }
        for (text, ground) in [
            (ColorRole.link, ColorRole.linkTint), (.wrong, .wrongTint), (.done, .doneTint), (.caution, .cautionTint),
        ] {
            expectContrast(text, on: ground, in: theme, atLeast: needed)
            expectContrast(.ink, on: ground, in: theme, atLeast: needed)
        }
        expectContrast(.onHiVis, on: .hiVis, in: theme, atLeast: 7)
    }

    @Test(arguments: [Theme.highContrastLight, .highContrastDark]) func highContrastHasNoTints(theme: Theme) {
        for tint in [ColorRole.linkTint, .wrongTint, .doneTint, .cautionTint] {
            #expect(tint.shade(in: theme) == ColorRole.paper.shade(in: theme))
        }
    }

    @Test func contrastIsWhatWCAGSays() {
        #expect(Shade(0x000000).contrast(with: Shade(0xFFFFFF)) == 21)
        // The well-known lightest grey that passes AA on white.
        #expect(abs(Shade(0x767676).contrast(with: Shade(0xFFFFFF)) - 4.54) < 0.01)
    }

    @Test func noTwoStatusesShareAnIcon() {
        #expect(Set(Status.allCases.map { StatusLook($0).symbol }).count == Status.allCases.count)
    }

    @Test func viewsTakeColoursAndSizesFromTheThemeOnly() throws {
        for source in try swiftSources(in: "Sources/TechnicianUI") where !source.path.contains("/Look/") {
            for forbidden in [".system(size", "Color(", "Color.", ".red", ".green", ".blue", ".gray"] {
                #expect(!source.text.contains(forbidden), "\(source.path) uses \(forbidden)")
            }
        }
    }

    private func expectContrast(_ text: ColorRole, on ground: ColorRole, in theme: Theme, atLeast needed: Double) {
        let contrast = text.shade(in: theme).contrast(with: ground.shade(in: theme))
        #expect(contrast >= needed, "\(text) on \(ground) in \(theme): \(contrast)")
    }
}
