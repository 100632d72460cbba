import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// A dispatcher's live board, as its page hears of it: the server's own event stream.
public final class BoardStream: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    /// What the board shows of a visit, as far as tests ask.
    public struct Card: Decodable, Sendable {
        public let number: String
        public let status: String
        public let technicians: [Member]

        public struct Member: Decodable, Sendable {
            public let name: String
            public let status: String
        }
    }

    struct Silent: Error {
        let wanted: String
        let heard: [Card]
    }

    private let lock = NSLock()
    // Guarded by `lock`.
    private var received = Data()
    // Set once, in `init`: a session needs its delegate first.
    private var session: URLSession?

    /// Listens from now on, until `close`.
    public init(of office: Office) {
        super.init()
        session = URLSession(configuration: .ephemeral, delegate: self, delegateQueue: nil)
        var request = URLRequest(url: URL(string: "\(office.url)/v1/board/stream")!)
        request.setValue("Bearer \(office.token)", forHTTPHeaderField: "Authorization")
        request.setValue("text/event-stream", forHTTPHeaderField: "Accept")
        session?.dataTask(with: request).resume()
    }

    public func close() { session?.invalidateAndCancel() }

    public func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        lock.withLock { received += data }
    }

    /// Every card that came, in order.
    public var cards: [Card] {
        let text = lock.withLock { String(decoding: received, as: UTF8.self) }
        return text.split(separator: "\n").filter { $0.hasPrefix("data: ") }
            .compactMap { try? JSONDecoder().decode(Card.self, from: Data($0.dropFirst("data: ".count).utf8)) }
    }

    /// Waits until the newest card of a visit is as a test wants to see it.
    public func waits(for what: String, of number: String = "WO-7001", _ isSo: @Sendable (Card) -> Bool) async throws {
        let until = Date(timeIntervalSinceNow: Office.patience)
        while cards.last(where: { $0.number == number }).map(isSo) != true {
            guard Date() < until else { throw Silent(wanted: what, heard: cards) }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
