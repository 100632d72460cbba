import Foundation
import Security

/// The key that wraps what the engine writes on this phone. To destroy it is to wipe the store.
enum StoreKey {
    private static let byteCount = 32

    /// The key of a user's store, made on first use.
    static func readOrMake(for store: String) throws -> Data {
        if let key = try Keychain.read(name(store)) { return key }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        let status = SecRandomCopyBytes(kSecRandomDefault, bytes.count, &bytes)
        guard status == errSecSuccess else { throw Keychain.Failure(status: status) }
        let key = Data(bytes)
        try Keychain.add(key, as: name(store))
        return key
    }

    /// After this nobody can read the store again.
    static func destroy(for store: String) throws {
        try Keychain.remove(name(store))
    }

    private static func name(_ store: String) -> String { "store-key.\(store)" }
}
