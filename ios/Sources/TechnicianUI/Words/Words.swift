import Foundation

/// The app's own words, from `Localizable.xcstrings`. The key is the English text.
///
/// On Apple the system picks the language (Settings, Apps, Truckroll, Language) and reads the compiled catalog. Where
/// there is no such compiler (Linux, in tests) the catalog itself is read.
public enum Words {
    #if canImport(Darwin)
        static func find(_ key: String, _ arguments: [any PhraseArgument]) -> String {
            let format = Bundle.module.localizedString(forKey: key, value: nil, table: nil)
            return arguments.isEmpty
                ? format : String(format: format, locale: .current, arguments: arguments.map(\.formatArgument))
        }
    #else
        /// The language in force; a test sets it for the views that it builds.
        @TaskLocal public static var language = "en"

        static let catalog = Result { try WordCatalog(bundle: .module) }

        static func find(_ key: String, _ arguments: [any PhraseArgument]) -> String {
            switch catalog {
            case .success(let catalog): catalog.phrase(key, arguments, language: language)
            case .failure(let error): fatalError("the catalog can't be read: \(error)")
            }
        }
    #endif
}

/// The phrase for `key` in the user's language, with `arguments` for its `%@` and `%lld` in order.
/// The plural form follows the first number.
public func phrase(_ key: String, _ arguments: any PhraseArgument...) -> String {
    Words.find(key, arguments)
}

/// What a phrase can take in: a text (`%@`) or a number (`%lld`).
public protocol PhraseArgument: Sendable {
    #if canImport(Darwin)
        var formatArgument: any CVarArg { get }
    #endif
}

extension String: PhraseArgument {
    #if canImport(Darwin)
        public var formatArgument: any CVarArg { self as NSString }
    #endif
}

extension Int: PhraseArgument {
    #if canImport(Darwin)
        public var formatArgument: any CVarArg { self }
    #endif
}
