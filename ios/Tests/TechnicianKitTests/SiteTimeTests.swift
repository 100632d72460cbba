import Foundation
import Testing

@testable import TechnicianKit

@Suite struct SiteTimeTests {
    // 2026-03-09, the Monday after the clocks went forward in Chicago: 15:02 UTC is 10:02 there.
    let instant = Date(timeIntervalSince1970: 1_773_068_520)
    let chicago = TimeZone(identifier: "America/Chicago") ?? .gmt
    let denver = TimeZone(identifier: "America/Denver") ?? .gmt

    @Test func showsTheSitesTimeAndNoZoneWhereThePhoneAgrees() {
        let time = SiteTime(zone: chicago, viewer: chicago, locale: Locale(identifier: "en_US"))
        #expect(plain(time.time(instant)) == "10:02 AM")
        #expect(plain(time.window(from: instant, to: instant.addingTimeInterval(7200))) == "10:02 AM–12:02 PM")
    }

    @Test func namesTheZoneWhereThePhoneIsOnAnotherTime() {
        let time = SiteTime(zone: chicago, viewer: denver, locale: Locale(identifier: "en_US"))
        #expect(plain(time.time(instant)) == "10:02 AM CDT")
    }

    @Test func zonesWithTheSameClockAreNotTold() {
        // Winnipeg keeps Chicago's time: to name the zone would only be noise.
        let winnipeg = TimeZone(identifier: "America/Winnipeg") ?? .gmt
        let time = SiteTime(zone: chicago, viewer: winnipeg, locale: Locale(identifier: "en_US"))
        #expect(plain(time.time(instant)) == "10:02 AM")
    }

    @Test func speaksTheLanguageOfTheLocale() {
        let spanish = SiteTime(zone: chicago, viewer: chicago, locale: Locale(identifier: "es_ES"))
        #expect(plain(spanish.time(instant)) == "10:02")
        #expect(plain(spanish.day(instant)).contains("lun"))
    }

    @Test func aDayIsTheSitesDay() {
        // 03:30 UTC on the 10th is still the 9th in Chicago, whatever the phone says.
        let evening = Date(timeIntervalSince1970: 1_773_113_400)
        let time = SiteTime(zone: chicago, viewer: .gmt, locale: Locale(identifier: "en_US"))
        #expect(plain(time.day(evening)).contains("9"))
    }

    /// The locale data puts a narrow no-break space before AM and PM.
    private func plain(_ text: String) -> String { text.replacingOccurrences(of: "\u{202F}", with: " ") }
}
