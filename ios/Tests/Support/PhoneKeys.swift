import Foundation
import Technician

#if canImport(CryptoKit)
    import CryptoKit
#endif

/// The keys that a phone's keychain would hold, in a folder beside the engine's. They outlive an engine and its process,
/// as a keychain does.
public final class PhoneKeys: Signer, KeyStore, Sendable {
    private let storeKey: URL
    private let pair: DeviceKey

    /// Takes what the folder holds, or makes it.
    public init(in folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        storeKey = folder.appending(path: "store.key")
        let file = folder.appending(path: "device.key")
        if FileManager.default.fileExists(atPath: file.path) {
            pair = try DeviceKey(der: Data(contentsOf: file))
        } else {
            pair = DeviceKey()
            try pair.der.write(to: file, options: .atomic)
        }
    }

    public func load() throws -> Data? {
        FileManager.default.fileExists(atPath: storeKey.path) ? try Data(contentsOf: storeKey) : nil
    }
    public func save(key: Data) throws { try key.write(to: storeKey, options: .atomic) }
    public func destroy() throws {
        if FileManager.default.fileExists(atPath: storeKey.path) { try FileManager.default.removeItem(at: storeKey) }
    }

    public func publicKey() throws -> Data { pair.publicKey }
    public func sign(bytes: Data) throws -> Data { try pair.sign(bytes) }
}

#if canImport(CryptoKit)
    /// A P-256 key in memory.
    private struct DeviceKey: Sendable {
        private let key: P256.Signing.PrivateKey

        init() { key = P256.Signing.PrivateKey() }
        init(der: Data) throws { key = try P256.Signing.PrivateKey(derRepresentation: der) }

        var der: Data { key.derRepresentation }
        var publicKey: Data { key.publicKey.x963Representation }
        func sign(_ message: Data) throws -> Data { try key.signature(for: message).derRepresentation }
    }
#endif

#if !canImport(CryptoKit)
    /// A P-256 key of the system's libcrypto (OpenSSL 3), found at run time: Foundation brings no signatures on Linux.
    ///
    /// Unchecked: libcrypto's functions may be called on a key that nobody changes from several threads at once.
    private final class DeviceKey: @unchecked Sendable {
        private typealias Pointer = UnsafeMutableRawPointer
        private typealias Bytes = UnsafeMutablePointer<UInt8>
        nonisolated(unsafe) private static let library = dlopen("libcrypto.so.3", RTLD_NOW)

        private let pair: Pointer

        init() {
            let make = Self.find("EVP_PKEY_CTX_new_id", (@convention(c) (Int32, Pointer?) -> Pointer?).self)
            let begin = Self.find("EVP_PKEY_keygen_init", (@convention(c) (Pointer) -> Int32).self)
            let choose = Self.find(
                "EVP_PKEY_CTX_set_ec_paramgen_curve_nid", (@convention(c) (Pointer, Int32) -> Int32).self)
            let generate = Self.find(
                "EVP_PKEY_keygen", (@convention(c) (Pointer, UnsafeMutablePointer<Pointer?>) -> Int32).self)
            // EVP_PKEY_EC and NID_X9_62_prime256v1 of OpenSSL's obj_mac.h.
            let (ellipticCurve, prime256v1): (Int32, Int32) = (408, 415)
            var made: Pointer?
            guard let context = make(ellipticCurve, nil), begin(context) == 1, choose(context, prime256v1) == 1,
                generate(context, &made) == 1, let made
            else { fatalError("libcrypto makes no key") }
            pair = made
        }

        struct Unreadable: Error {}

        init(der: Data) throws {
            let read = Self.find(
                "d2i_AutoPrivateKey",
                (@convention(c) (Pointer?, UnsafeMutablePointer<UnsafePointer<UInt8>?>, Int) -> Pointer?).self)
            let bytes = [UInt8](der)
            let found = bytes.withUnsafeBufferPointer { buffer in
                var start = buffer.baseAddress
                return read(nil, &start, buffer.count)
            }
            guard let found else { throw Unreadable() }
            pair = found
        }

        /// The private key, DER.
        var der: Data {
            let write = Self.find(
                "i2d_PrivateKey", (@convention(c) (Pointer, UnsafeMutablePointer<Bytes?>) -> Int32).self)
            var bytes: Bytes?
            let count = write(pair, &bytes)
            return Data(bytes: bytes!, count: Int(count))
        }

        /// SEC 1, uncompressed.
        var publicKey: Data {
            let encode = Self.find(
                "EVP_PKEY_get1_encoded_public_key",
                (@convention(c) (Pointer, UnsafeMutablePointer<Bytes?>) -> Int).self)
            var bytes: Bytes?
            let count = encode(pair, &bytes)
            return Data(bytes: bytes!, count: count)
        }

        /// ECDSA over SHA-256, DER.
        func sign(_ message: Data) throws -> Data {
            let context = Self.find("EVP_MD_CTX_new", (@convention(c) () -> Pointer?).self)()
            let free = Self.find("EVP_MD_CTX_free", (@convention(c) (Pointer?) -> Void).self)
            let sha256 = Self.find("EVP_sha256", (@convention(c) () -> Pointer?).self)()
            let begin = Self.find(
                "EVP_DigestSignInit",
                (@convention(c) (Pointer?, Pointer?, Pointer?, Pointer?, Pointer) -> Int32).self)
            let sign = Self.find(
                "EVP_DigestSign",
                (@convention(c) (Pointer?, Bytes, UnsafeMutablePointer<Int>, UnsafePointer<UInt8>, Int) -> Int32).self)
            defer { free(context) }
            // A P-256 signature in DER has at most 72 bytes.
            var (signature, count) = ([UInt8](repeating: 0, count: 72), 72)
            guard begin(context, nil, sha256, nil, pair) == 1,
                sign(context, &signature, &count, [UInt8](message), message.count) == 1
            else { fatalError("libcrypto doesn't sign") }
            return Data(signature[..<count])
        }

        private static func find<Function>(_ name: String, _ type: Function.Type) -> Function {
            guard let found = dlsym(library, name) else { fatalError("no \(name) in libcrypto.so.3") }
            return unsafeBitCast(found, to: type)
        }
    }
#endif
