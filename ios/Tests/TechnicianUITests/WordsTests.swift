import Foundation
import Testing

@testable import TechnicianUI

/// Every word that the user reads is in the catalog, in English and Spanish.
@Suite struct WordsTests {
    static let languages = ["en", "es"]
    let catalog: WordCatalog
    let literals: [Literal]

    init() throws {
        catalog = try Words.catalog.get()
        literals = try swiftSources(in: "Sources/TechnicianUI")
            .filter { !$0.path.contains("/Words/") }
            .flatMap { Literal.all(in: $0.text, file: $0.path) }
    }

    @Test func viewsHoldNoTextOfTheirOwn() {
        #expect(!literals.isEmpty)
        for literal in literals where !isKey(literal) && !isName(literal) {
            #expect(
                literal.text.rangeOfCharacter(from: .letters) == nil,
                "\(literal.place): “\(literal.text)” goes around the catalog; use phrase(…)")
        }
    }

    @Test func everyPhraseOfTheViewsIsInTheCatalog() {
        let missing = literals.filter { isKey($0) && catalog.strings[$0.text] == nil }
        #expect(missing.isEmpty, "\(missing.map { "\($0.place): “\($0.text)”" })")
    }

    @Test func theCatalogHoldsNothingThatNoViewSays() {
        let said = Set(literals.filter(isKey).map(\.text))
        #expect(Set(catalog.strings.keys).subtracting(said).sorted() == [])
    }

    @Test(arguments: languages) func theLanguageIsComplete(language: String) {
        for (key, entry) in catalog.strings {
            let localization = entry.localizations?[language]
            let units = localization?.units ?? []
            #expect(!units.isEmpty, "“\(key)” has no \(language)")
            #expect(units.allSatisfy { $0.state == "translated" && !$0.value.isEmpty }, "“\(key)” in \(language)")
            if let plural = localization?.variations?.plural {
                #expect(Set(plural.keys) == ["one", "other"], "“\(key)” in \(language)")
            }
        }
    }

    @Test func translationsTakeTheSameArguments() {
        for (key, entry) in catalog.strings {
            for (language, localization) in entry.localizations ?? [:] {
                for text in localization.texts {
                    #expect(specifiers(text) == specifiers(key), "“\(key)” in \(language): “\(text)”")
                }
            }
        }
    }

    @Test func everyEntryTellsTheTranslatorWhereItStands() {
        #expect(catalog.strings.filter { ($0.value.comment ?? "").isEmpty }.keys.sorted() == [])
    }

    @Test func aPhraseSpeaksTheLanguageAndCounts() {
        #expect(phrase("%lld new messages from the office.", 1) == "1 new message from the office.")
        Words.$language.withValue("es") {
            #expect(phrase("%lld new messages from the office.", 1) == "1 mensaje nuevo de la oficina.")
            #expect(phrase("%lld new messages from the office.", 3) == "3 mensajes nuevos de la oficina.")
            #expect(phrase("Call %@", "Ana") == "Llamar a Ana")
        }
    }

    @Test func theScannerFindsALiteralInsideAnInterpolation() {
        let found = Literal.all(in: #"Text("\(phrase("Inner")) · \(a(b)) km") // "not this""#, file: "sample")
        #expect(found.map(\.text) == ["Inner", " ·  km"])
    }

    /// A key of the catalog.
    private func isKey(_ literal: Literal) -> Bool { literal.before.hasSuffix("phrase(") }

    /// A name that nobody reads: an SF Symbol, or an identifier.
    private func isName(_ literal: Literal) -> Bool {
        ["systemName: ", "systemImage: ", "symbol: ", "id: ", "key: "].contains { literal.before.hasSuffix($0) }
            || symbols.contains(literal.text)
    }

    /// SF Symbols that a view picks by its state, where no label tells what the literal is.
    private var symbols: Set<String> {
        [
            "internaldrive", "checkmark.circle.fill", "circle", "xmark.circle", "arrow.triangle.2.circlepath",
            "flag.fill", "exclamationmark.triangle.fill",
        ]
    }

    private func specifiers(_ text: String) -> [String] {
        text.matches(of: /%(?:\d+\$)?(@|lld)/).map { String($0.output.1) }.sorted()
    }
}
