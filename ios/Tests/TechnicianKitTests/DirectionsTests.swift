import Foundation
import Technician
import Testing

@testable import TechnicianKit

@Suite struct DirectionsTests {
    @Test func thePinWinsOverTheAddress() {
        let pinned = contact(address: "3408 Bellisima Pl", place: PlaceView(lat: 38.2527, lon: -85.7585))
        #expect(pinned.directions?.absoluteString == "https://maps.apple.com/?daddr=38.2527,-85.7585")
    }

    @Test func anAddressIsEscaped() {
        #expect(
            contact(address: "12 Peña St & 3rd").directions?.absoluteString
                == "https://maps.apple.com/?daddr=12%20Pe%C3%B1a%20St%20%26%203rd")
    }

    @Test func nothingToGoToOrToCallIsNoLink() {
        #expect(contact(address: "").directions == nil)
        #expect(contact(address: "").call == nil)
    }

    @Test func theNumberIsCalledAsTheEngineWroteIt() {
        #expect(contact(address: "", call: "tel:+15025550100").call?.absoluteString == "tel:+15025550100")
    }

    private func contact(address: String, place: PlaceView? = nil, call: String = "") -> ContactView {
        ContactView(
            name: "Ana", tier: "", phone: "", callUri: call, email: "", address: address, mapUri: "", place: place)
    }
}
