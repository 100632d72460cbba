import Foundation
import Technician

extension ContactView {
    /// Opens the phone's own dialer; nil without a number.
    public var call: URL? { callUri.isEmpty ? nil : URL(string: callUri) }

    /// Opens Apple Maps with the way to the site's pin, or to its address where there is no pin. iOS knows no `geo:`
    /// links, so the engine's own is of no use here.
    public var directions: URL? {
        let destination = place.map { "\($0.lat),\($0.lon)" } ?? address
        guard !destination.isEmpty else { return nil }
        var link = URLComponents()
        link.scheme = "https"
        link.host = "maps.apple.com"
        link.path = "/"
        link.queryItems = [URLQueryItem(name: "daddr", value: destination)]
        return link.url
    }
}
