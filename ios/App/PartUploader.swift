import Foundation

/// One missing part of a photo, as a file to be sent.
struct PartUpload: Sendable {
    /// Names the part for the engine when the upload ends, maybe in another run of the app.
    let id: String
    let url: URL
    let method: String
    let headers: [String: String]
    let file: URL
    let isWifiOnly: Bool
}

/// How an upload ended.
struct PartResult: Sendable {
    let id: String
    /// The answer's HTTP status; nil when there was no answer.
    let status: Int?
    /// The server's `Retry-After`, in seconds.
    let retryAfterSeconds: Int?
}

/// Sends parts through iOS's background session, which goes on while the app is frozen or dead. That is why all
/// missing parts are handed over at once: a frozen app can't hand over the next one.
final class PartUploader: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    static let sessionID = "app.truckroll.parts"

    private let onResult: @Sendable (PartResult) async -> Void
    private let lock = NSLock()
    // Guarded by `lock`.
    private var systemCompletion: (@MainActor @Sendable () -> Void)?
    private var reporting: [Task<Void, Never>] = []

    // The session keeps its delegate; `lazy` because it needs `self`, and `start` makes it before anything else can.
    private lazy var session: URLSession = {
        let configuration = URLSessionConfiguration.background(withIdentifier: Self.sessionID)
        configuration.sessionSendsLaunchEvents = true
        configuration.isDiscretionary = false
        configuration.waitsForConnectivity = true
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        // A photo that can't be sent for a week is handed over again by the engine.
        configuration.timeoutIntervalForResource = 7 * 24 * 3600
        return URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
    }()

    init(onResult: @escaping @Sendable (PartResult) async -> Void) { self.onResult = onResult }

    /// Connects to what an earlier run of the app left under way. Call it once, at launch.
    func start() { _ = session }

    /// Hands parts to the system; those that it already has are left alone.
    func send(_ parts: [PartUpload]) async {
        let underWay = Set(await session.allTasks.compactMap(\.taskDescription))
        for part in parts where !underWay.contains(part.id) {
            var request = URLRequest(url: part.url)
            request.httpMethod = part.method
            for (name, value) in part.headers { request.setValue(value, forHTTPHeaderField: name) }
            request.allowsExpensiveNetworkAccess = !part.isWifiOnly
            let task = session.uploadTask(with: request, fromFile: part.file)
            task.taskDescription = part.id
            task.resume()
        }
    }

    /// Drops everything under way, for sign-out and wipe.
    func cancelAll() async {
        for task in await session.allTasks { task.cancel() }
    }

    /// iOS woke the app for this session, and waits until `done` is called.
    func wokenForEvents(done: @escaping @MainActor @Sendable () -> Void) {
        lock.withLock { systemCompletion = done }
        start()
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let id = task.taskDescription else { return }
        let response = error == nil ? task.response as? HTTPURLResponse : nil
        let result = PartResult(
            id: id, status: response?.statusCode,
            retryAfterSeconds: response?.value(forHTTPHeaderField: "Retry-After").flatMap(Int.init))
        let report = Task { [onResult] in await onResult(result) }
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
}
