#if !canImport(Darwin)
    import Foundation

    /// Apple's String Catalog format, as far as this app uses it: texts, and plurals by `one` and `other`.
    struct WordCatalog: Decodable, Sendable {
        struct Entry: Decodable, Sendable {
            var comment: String?
            var localizations: [String: Localization]?
        }
        struct Localization: Decodable, Sendable {
            var stringUnit: Unit?
            var variations: Variations?
            /// Every text of this language, plural forms included.
            var texts: [String] {
                (stringUnit.map { [$0.value] } ?? []) + (variations?.plural.values.map(\.stringUnit.value) ?? [])
            }
            var units: [Unit] { (stringUnit.map { [$0] } ?? []) + (variations?.plural.values.map(\.stringUnit) ?? []) }
        }
        struct Unit: Decodable, Sendable {
            var state: String
            var value: String
        }
        struct Variations: Decodable, Sendable {
            struct Form: Decodable, Sendable { var stringUnit: Unit }
            var plural: [String: Form]
        }

        var sourceLanguage: String
        var strings: [String: Entry]

        init(bundle: Bundle) throws {
            guard let url = bundle.url(forResource: "Localizable", withExtension: "xcstrings") else {
                throw CocoaError(.fileNoSuchFile)
            }
            try self.init(contentsOf: url)
        }

        init(contentsOf url: URL) throws {
            self = try JSONDecoder().decode(WordCatalog.self, from: Data(contentsOf: url))
        }

        /// A key without a text in `language` is its own text, as on Apple.
        func phrase(_ key: String, _ arguments: [any PhraseArgument], language: String) -> String {
            let localization = strings[key]?.localizations?[language]
            let number = arguments.lazy.compactMap { $0 as? Int }.first
            let plural = localization?.variations?.plural
            let form = plural?[number == 1 ? "one" : "other"] ?? plural?["other"]
            return fill(form?.stringUnit.value ?? localization?.stringUnit?.value ?? key, arguments)
        }

        /// Puts arguments in the place of `%@`, `%lld` and their numbered forms (`%2$@`), and `%` for `%%`.
        private func fill(_ format: String, _ arguments: [any PhraseArgument]) -> String {
            var (text, rest, next) = ("", Substring(format), 0)
            while let percent = rest.firstIndex(of: "%") {
                text += rest[..<percent]
                rest = rest[rest.index(after: percent)...]
                if rest.first == "%" {
                    text += "%"
                    rest.removeFirst()
                    continue
                }
                if let dollar = rest.firstIndex(of: "$"), let position = Int(rest[..<dollar]) {
                    next = position - 1
                    rest = rest[rest.index(after: dollar)...]
                }
                rest = rest.drop { $0 == "l" }.dropFirst()
                text += next < arguments.count ? "\(arguments[next])" : ""
                next += 1
            }
            return text + rest
        }
    }
#endif
