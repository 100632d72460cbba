import CryptoKit
import Foundation
import Security

/// This device's identity: a P-256 key whose private half never leaves the Secure Enclave. What the keychain holds is
/// the Enclave's own sealed form of it, of no use anywhere else.
struct DeviceKey {
    /// A simulator has no Secure Enclave: there, and only there, the key is an ordinary one in the keychain.
    private enum Half {
        case enclave(SecureEnclave.P256.Signing.PrivateKey)
        #if targetEnvironment(simulator)
            case keychain(P256.Signing.PrivateKey)
        #endif
    }

    private let half: Half

    private static let name = "device-key"

    /// The key, made on first use.
    static func readOrMake() throws -> DeviceKey {
        #if targetEnvironment(simulator)
            if let sealed = try Keychain.read(name) {
                return DeviceKey(half: .keychain(try P256.Signing.PrivateKey(rawRepresentation: sealed)))
            }
            let key = P256.Signing.PrivateKey()
            try Keychain.add(key.rawRepresentation, as: name)
            return DeviceKey(half: .keychain(key))
        #else
            if let sealed = try Keychain.read(name) {
                return DeviceKey(half: .enclave(try SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: sealed)))
            }
            let key = try SecureEnclave.P256.Signing.PrivateKey(accessControl: try usableAfterFirstUnlock())
            try Keychain.add(key.dataRepresentation, as: name)
            return DeviceKey(half: .enclave(key))
        #endif
    }

    /// After this the phone is another device.
    static func destroy() throws { try Keychain.remove(name) }

    /// The public half as an uncompressed point (SEC 1, 65 bytes).
    var publicKey: Data {
        switch half {
        case .enclave(let key): key.publicKey.x963Representation
        #if targetEnvironment(simulator)
            case .keychain(let key): key.publicKey.x963Representation
        #endif
        }
    }

    /// Signs with ECDSA over SHA-256. Returns the signature in DER, as the engine asks for it.
    func sign(_ message: Data) throws -> Data {
        switch half {
        case .enclave(let key): try key.signature(for: message).derRepresentation
        #if targetEnvironment(simulator)
            case .keychain(let key): try key.signature(for: message).derRepresentation
        #endif
        }
    }

    /// Tokens are renewed in the background, with the screen locked: no face or finger can be asked for.
    private static func usableAfterFirstUnlock() throws -> SecAccessControl {
        var failure: Unmanaged<CFError>?
        let control = SecAccessControlCreateWithFlags(
            nil, kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly, .privateKeyUsage, &failure)
        guard let control else {
            throw failure?.takeRetainedValue() ?? Keychain.Failure(status: errSecParam) as any Error
        }
        return control
    }
}
