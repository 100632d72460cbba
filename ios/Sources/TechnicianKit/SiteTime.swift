import Foundation

/// Times as they are at a site. A time is always shown in the site's zone; the zone's name stands with it where the
/// technician's phone is on another time, so that 10:00 is never read as the wrong 10:00.
public struct SiteTime: Sendable {
    private let zone: TimeZone
    private let viewer: TimeZone
    private let locale: Locale

    /// - Parameters:
    ///   - zone: the site's zone.
    ///   - viewer: the phone's zone.
    ///   - locale: decides between 14:02 and 2:02 PM, and the language of days.
    public init(zone: TimeZone, viewer: TimeZone = .current, locale: Locale = .current) {
        self.zone = zone
        self.viewer = viewer
        self.locale = locale
    }

    /// A time of day: `14:02`, or `14:02 CST` for a viewer on another time.
    public func time(_ instant: Date) -> String {
        let time = instant.formatted(style(time: .shortened))
        return [time, zoneName(at: instant)].compactMap { $0 }.joined(separator: " ")
    }

    /// A promised window: `10:00–12:00`, with the zone's name once at its end.
    public func window(from start: Date, to end: Date) -> String {
        "\(start.formatted(style(time: .shortened)))–\(time(end))"
    }

    /// A day: `Mon 23` in the language of the locale.
    public func day(_ instant: Date) -> String {
        instant.formatted(style().weekday(.abbreviated).day())
    }

    /// The zone's short name, where the phone's clock shows another time at that instant.
    private func zoneName(at instant: Date) -> String? {
        guard zone.secondsFromGMT(for: instant) != viewer.secondsFromGMT(for: instant) else { return nil }
        return zone.isDaylightSavingTime(for: instant)
            ? zone.localizedName(for: .shortDaylightSaving, locale: locale)
            : zone.localizedName(for: .shortStandard, locale: locale)
    }

    private func style(time: Date.FormatStyle.TimeStyle? = nil) -> Date.FormatStyle {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        return Date.FormatStyle(date: nil, time: time, locale: locale, calendar: calendar, timeZone: zone)
    }
}
