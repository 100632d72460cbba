import Network

/// What kind of network the phone has. A hint for when to try: only an answer from the office proves anything.
struct NetworkState: Equatable, Sendable {
    let isUp: Bool
    /// Paid by the byte, or in Low Data Mode: originals of photos wait for better.
    let isExpensive: Bool

    /// The state now, then each change.
    static func changes() -> AsyncStream<NetworkState> {
        AsyncStream { continuation in
            let monitor = NWPathMonitor()
            monitor.pathUpdateHandler = { path in
                continuation.yield(
                    NetworkState(
                        isUp: path.status == .satisfied, isExpensive: path.isExpensive || path.isConstrained))
            }
            continuation.onTermination = { _ in monitor.cancel() }
            monitor.start(queue: .main)
        }
    }
}
