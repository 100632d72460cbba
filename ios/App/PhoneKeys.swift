import Foundation
import Technician

/// The key that wraps what the engine writes on this phone, and the device's own. Both live in the keychain.
final class PhoneKeys: KeyStore, Signer, @unchecked Sendable {
    private static let storeKey = "store-key"
    private let lock = NSLock()
    // Guarded by `lock`: made on first use, which the keychain refuses before the first unlock after a start.
    private var device: DeviceKey?

    func load() throws -> Data? { try told { try Keychain.read(Self.storeKey) } }

    func save(key: Data) throws {
        try told {
            try Keychain.remove(Self.storeKey)
            try Keychain.add(key, as: Self.storeKey)
        }
    }

    /// Sign-out and wipe: after this nobody can read the store again. The device key goes too: the next enrolment is
    /// another device.
    func destroy() throws {
        try told {
            try Keychain.remove(Self.storeKey)
            try DeviceKey.destroy()
            lock.withLock { device = nil }
        }
    }

    func publicKey() throws -> Data { try told { try deviceKey().publicKey } }

    func sign(bytes: Data) throws -> Data { try told { try deviceKey().sign(bytes) } }

    private func deviceKey() throws -> DeviceKey {
        try lock.withLock {
            if let device { return device }
            let made = try DeviceKey.readOrMake()
            device = made
            return made
        }
    }

    /// The engine knows one error of its host's: not now.
    private func told<Value>(_ work: () throws -> Value) throws -> Value {
        do { return try work() } catch { throw HostError.Unavailable(detail: "\(error)") }
    }
}
