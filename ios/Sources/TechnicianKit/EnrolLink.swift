import Foundation

/// The link in the office's QR code: `truckroll://enrol?server=https%3A%2F%2Foffice.example&code=K7QP-22MX`.
/// It fills the form in; the technician still taps.
public struct EnrolLink: Hashable, Sendable {
    public static let scheme = "truckroll"
    private static let host = "enrol"

    /// The office's address; empty when the link names none.
    public let server: String
    /// The one-time code; never empty.
    public let code: String

    /// Nil for any other link, and for one without a code.
    public init?(_ text: String) {
        guard let link = URLComponents(string: text.trimmingCharacters(in: .whitespacesAndNewlines)),
            link.scheme == Self.scheme, link.host == Self.host
        else { return nil }
        func value(_ name: String) -> String { link.queryItems?.first { $0.name == name }?.value ?? "" }
        server = value("server")
        code = value("code")
        if code.isEmpty { return nil }
    }
}
