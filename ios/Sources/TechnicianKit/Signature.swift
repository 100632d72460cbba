import Foundation

/// A signature while it is written: strokes of points, each a share of the box. Turned into a picture without any platform.
public struct Signature: Hashable, Sendable {
    /// A share of the box's width and height, 0 to 1.
    public struct Point: Hashable, Sendable {
        public let x: Double
        public let y: Double
        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    /// Of the picture, in pixels.
    private static let width = 600
    private static let height = 240
    /// Half the pen's width, pixels.
    private static let pen = 2.0

    public private(set) var strokes: [[Point]] = []

    public init() {}

    /// A dot is no signature.
    public var isEmpty: Bool { !strokes.contains { $0.count > 1 } }

    /// The pen comes down.
    public mutating func begin(at point: Point) { strokes.append([point]) }

    /// The pen moves.
    public mutating func extend(to point: Point) {
        if strokes.isEmpty { begin(at: point) } else { strokes[strokes.count - 1].append(point) }
    }

    /// The signature as PNG, black on white.
    public func png() -> Data {
        // Each row begins with a zero: no filter.
        var rows = [UInt8](repeating: 0xFF, count: Self.height * (Self.width + 1))
        for row in 0..<Self.height { rows[row * (Self.width + 1)] = 0 }
        for stroke in strokes {
            for (from, to) in zip(stroke, stroke.dropFirst()) { Self.line(&rows, from, to) }
        }
        var png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        // 8 bits of grey, deflated, not interlaced.
        png.chunk("IHDR", Data.bigEndian(Self.width) + Data.bigEndian(Self.height) + Data([8, 0, 0, 0, 0]))
        png.chunk("IDAT", .zlib(rows))
        png.chunk("IEND", Data())
        return png
    }

    private static func line(_ rows: inout [UInt8], _ from: Point, _ to: Point) {
        let (across, down) = ((to.x - from.x) * Double(width), (to.y - from.y) * Double(height))
        let steps = max(1, Int((across * across + down * down).squareRoot().rounded(.up)))
        for step in 0...steps {
            let share = Double(step) / Double(steps)
            dot(&rows, from.x * Double(width) + across * share, from.y * Double(height) + down * share)
        }
    }

    private static func dot(_ rows: inout [UInt8], _ x: Double, _ y: Double) {
        for row in Int((y - pen).rounded())...Int((y + pen).rounded()) where (0..<height).contains(row) {
            for column in Int((x - pen).rounded())...Int((x + pen).rounded()) where (0..<width).contains(column) {
                let (dx, dy) = (Double(column) - x, Double(row) - y)
                if dx * dx + dy * dy <= pen * pen { rows[row * (width + 1) + column + 1] = 0 }
            }
        }
    }
}

extension Data {
    fileprivate static func bigEndian(_ number: some FixedWidthInteger) -> Data {
        Swift.withUnsafeBytes(of: UInt32(truncatingIfNeeded: number).bigEndian) { Data($0) }
    }

    /// A chunk of a PNG: its length, type, content and checksum.
    fileprivate mutating func chunk(_ type: String, _ content: Data) {
        let body = Data(type.utf8) + content
        append(.bigEndian(content.count))
        append(body)
        append(.bigEndian(body.crc32))
    }

    /// A zlib stream of stored blocks (RFC 1950, 1951): no compressor is on every platform, and the engine packs the
    /// picture anew anyway.
    fileprivate static func zlib(_ bytes: [UInt8]) -> Data {
        let blockLimit = 0xFFFF
        var stream = Data([0x78, 0x01])
        var start = 0
        repeat {
            let end = Swift.min(start + blockLimit, bytes.count)
            let length = UInt16(end - start)
            stream.append(end == bytes.count ? 1 : 0)
            for number in [length, ~length] { stream.append(contentsOf: [UInt8(number & 0xFF), UInt8(number >> 8)]) }
            stream.append(contentsOf: bytes[start..<end])
            start = end
        } while start < bytes.count
        var (low, high) = (UInt32(1), UInt32(0))
        for byte in bytes {
            low = (low + UInt32(byte)) % 65521
            high = (high + low) % 65521
        }
        stream.append(.bigEndian(high << 16 | low))
        return stream
    }

    private static let crcTable: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { rest, _ in rest & 1 == 1 ? 0xEDB8_8320 ^ rest >> 1 : rest >> 1 }
    }

    private var crc32: UInt32 {
        let table = Self.crcTable
        var sum = UInt32.max
        for byte in self { sum = table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
        return ~sum
    }
}
