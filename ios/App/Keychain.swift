import Foundation
import Security

/// Small secrets in the phone's keychain. They are readable from the first unlock after a start on, because work in
/// the background needs them, and they never leave this phone: no backup, no other device.
enum Keychain {
    struct Failure: Error {
        let status: OSStatus
    }

    private static let service = "truckroll"

    private static func item(_ name: String) -> [CFString: Any] {
        [kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecAttrAccount: name]
    }

    /// Nil when there is none. Throws when the keychain is locked, which is not the same: a caller that took it for
    /// "none" would make a new key and lose the store.
    static func read(_ name: String) throws -> Data? {
        var query = item(name)
        query[kSecReturnData] = true
        var found: CFTypeRef?
        switch SecItemCopyMatching(query as CFDictionary, &found) {
        case errSecSuccess: return found as? Data
        case errSecItemNotFound: return nil
        case let status: throw Failure(status: status)
        }
    }

    /// Adds a secret. An existing one of that name is an error: none is ever overwritten.
    static func add(_ data: Data, as name: String) throws {
        var attributes = item(name)
        attributes[kSecValueData] = data
        attributes[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        let status = SecItemAdd(attributes as CFDictionary, nil)
        guard status == errSecSuccess else { throw Failure(status: status) }
    }

    static func remove(_ name: String) throws {
        let status = SecItemDelete(item(name) as CFDictionary)
        guard status == errSecSuccess || status == errSecItemNotFound else { throw Failure(status: status) }
    }
}
