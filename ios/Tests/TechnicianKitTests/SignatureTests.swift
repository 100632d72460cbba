import Foundation
import Technician
import TechnicianKit
import Testing

@Suite struct SignatureTests {
    @Test func aDotIsNoSignature() {
        var signature = Signature()
        signature.begin(at: .init(x: 0.5, y: 0.5))
        #expect(signature.isEmpty)
        signature.extend(to: .init(x: 0.6, y: 0.5))
        #expect(!signature.isEmpty)
    }

    @Test func whatIsDrawnIsInThePicture() {
        var signature = Signature()
        let blank = signature.png()
        signature.begin(at: .init(x: 0.1, y: 0.5))
        signature.extend(to: .init(x: 0.9, y: 0.5))
        #expect(signature.png() != blank)
        #expect(blank.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
    }
}
