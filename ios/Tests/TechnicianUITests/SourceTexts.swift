import Foundation

/// A string literal in a Swift source: what stands before it on its line, its text with each interpolation left out,
/// and where it is.
struct Literal {
    let before: String
    let text: String
    let place: String

    /// Every literal of a source, those inside interpolations included; none from comments.
    static func all(in source: String, file: String) -> [Literal] {
        var scanner = LiteralScanner(source, file: file)
        scanner.scan(until: nil)
        return scanner.found
    }
}

private struct LiteralScanner {
    private let characters: [Character]
    private let file: String
    private var position = 0
    private var line = 1
    private(set) var found: [Literal] = []

    init(_ source: String, file: String) {
        characters = Array(source)
        self.file = file
    }

    private func ahead(_ text: String) -> Bool {
        position + text.count <= characters.count
            && String(characters[position..<position + text.count]) == text
    }

    private mutating func step() {
        if characters[position] == "\n" { line += 1 }
        position += 1
    }

    /// Code up to the parenthesis that closes an interpolation, or to the end.
    mutating func scan(until end: Character?) {
        var depth = 0
        while position < characters.count {
            if ahead("//") {
                while position < characters.count, characters[position] != "\n" { step() }
            } else if characters[position] == "\"" {
                literal()
            } else {
                if characters[position] == "(" { depth += 1 }
                if characters[position] == ")" {
                    if depth == 0, end == ")" { return step() }
                    depth -= 1
                }
                step()
            }
        }
    }

    private mutating func literal() {
        let quote = ahead("\"\"\"") ? "\"\"\"" : "\""
        let lineStart = characters[..<position].lastIndex(of: "\n").map { $0 + 1 } ?? 0
        let before = String(characters[lineStart..<position])
        let place = "\(file):\(line)"
        var text = ""
        position += quote.count
        while position < characters.count, !ahead(quote) {
            if ahead("\\(") {
                position += 2
                scan(until: ")")
            } else if characters[position] == "\\" {
                text.append(characters[position + 1])
                position += 2
            } else {
                text.append(characters[position])
                step()
            }
        }
        position += quote.count
        found.append(Literal(before: before, text: text, place: place))
    }
}

/// The folder of the Swift package, which the tests read sources from.
let packageFolder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// Every Swift file below a folder of the package: its path from there, and its text.
func swiftSources(in folder: String) throws -> [(path: String, text: String)] {
    let root = packageFolder.appending(path: folder)
    let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path).filter { $0.hasSuffix(".swift") }
        .sorted()
    return try paths.map { ("\(folder)/\($0)", try String(contentsOf: root.appending(path: $0), encoding: .utf8)) }
}
