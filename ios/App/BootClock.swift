import Darwin
import Foundation

/// The monotonic clock that the engine's facts carry: it counts sleep, starts at each boot, and no setting moves it.
enum BootClock {
    /// Milliseconds since the phone started, sleep included.
    static var elapsedMilliseconds: UInt64 {
        var base = mach_timebase_info_data_t()
        mach_timebase_info(&base)
        let (high, low) = mach_continuous_time().multipliedFullWidth(by: UInt64(base.numer))
        let nanoseconds = UInt64(base.denom).dividingFullWidth((high, low)).quotient
        return nanoseconds / 1_000_000
    }

    /// Names this boot: two readings are comparable only where it is the same. Nil where the system won't say; the
    /// engine then starts a boot of its own.
    static var bootID: String? {
        var size = 0
        guard sysctlbyname("kern.bootsessionuuid", nil, &size, nil, 0) == 0, size > 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: size)
        guard sysctlbyname("kern.bootsessionuuid", &bytes, &size, nil, 0) == 0 else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
