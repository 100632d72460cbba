import Foundation
import Technician

/// Sends parts of pictures through iOS's background session, which goes on while the app is frozen or dead. That is why
/// the engine hands all missing parts over at once: a frozen app can't hand over the next one.
final class PartUploader: NSObject, Uploader, URLSessionDataDelegate, @unchecked Sendable {
    static let sessionID = "app.truckroll.parts"
    /// More than any answer to a part says; a longer one is no answer of our server's.
    private static let answerLimit = 64 * 1024

    /// Tells the engine how a part ended: the server's reply, or nothing where there was none.
    private let onEnd: @Sendable (_ sha256: String, _ part: UInt32, _ reply: Reply?) async -> Void
    private let lock = NSLock()
    // Guarded by `lock`.
    private var systemCompletion: (@MainActor @Sendable () -> Void)?
    private var reporting: [Task<Void, Never>] = []
    private var answers: [Int: Data] = [:]

    // The session keeps its delegate; `lazy` because it needs `self`, and `start` makes it before anything else can.
    private lazy var session: URLSession = {
        let configuration = URLSessionConfiguration.background(withIdentifier: Self.sessionID)
        configuration.sessionSendsLaunchEvents = true
        configuration.isDiscretionary = false
        configuration.waitsForConnectivity = true
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        // As long as a part's authorization is good; then the engine hands it over again.
        configuration.timeoutIntervalForResource = 7 * 24 * 3600
        return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }()

    init(onEnd: @escaping @Sendable (_ sha256: String, _ part: UInt32, _ reply: Reply?) async -> Void) {
        self.onEnd = onEnd
    }

    /// Connects to what an earlier run of the app left under way. Call it once, at launch.
    func start() { _ = session }

    /// Hands parts to the system; those that it already has are left alone.
    func upload(parts: [PartUpload]) throws {
        session.getAllTasks { [session] tasks in
            let underWay = Set(tasks.compactMap(\.taskDescription))
            for part in parts where !underWay.contains(Self.name(part)) {
                guard let url = URL(string: part.url) else { continue }
                var request = URLRequest(url: url)
                request.httpMethod = "PUT"
                request.setValue(part.authorization, forHTTPHeaderField: "Authorization")
                let task = session.uploadTask(with: request, fromFile: URL(filePath: part.file))
                task.taskDescription = Self.name(part)
                task.resume()
            }
        }
    }

    /// iOS woke the app for this session, and waits until `done` is called.
    func wokenForEvents(done: @escaping @MainActor @Sendable () -> Void) {
        lock.withLock { systemCompletion = done }
        start()
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        lock.withLock {
            let known = answers[dataTask.taskIdentifier, default: Data()]
            if known.count + data.count <= Self.answerLimit { answers[dataTask.taskIdentifier] = known + data }
        }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let body = lock.withLock { answers.removeValue(forKey: task.taskIdentifier) } ?? Data()
        let name = (task.taskDescription ?? "").split(separator: "/")
        guard name.count == 2, let part = UInt32(name[1]) else { return }
        let reply = error == nil ? (task.response as? HTTPURLResponse).flatMap { Self.reply($0, body) } : nil
        let report = Task { [onEnd] in await onEnd(String(name[0]), part, reply) }
        lock.withLock { reporting.append(report) }
    }

    func urlSessionDidFinishEvents(forBackgroundURLSession session: URLSession) {
        let (done, reports) = lock.withLock {
            defer { (systemCompletion, reporting) = (nil, []) }
            return (systemCompletion, reporting)
        }
        Task {
            // The system may freeze the app as soon as it is told: the engine has to know every result first.
            for report in reports { await report.value }
            await done?()
        }
    }

    /// What names a part for the system, in this run of the app and the next.
    private static func name(_ part: PartUpload) -> String { "\(part.sha256)/\(part.part)" }

    private static func reply(_ response: HTTPURLResponse, _ body: Data) -> Reply? {
        guard let status = UInt16(exactly: response.statusCode) else { return nil }
        let headers = response.allHeaderFields.map { Header(name: "\($0.key)".lowercased(), value: "\($0.value)") }
        return Reply(status: status, headers: headers, body: body)
    }
}
