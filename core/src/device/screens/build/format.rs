//! Times, amounts and lengths as people read them.

use crate::clock::Moment;
use crate::device::screens::TimeView;
use crate::words::{Language, text};
use chrono::{DateTime, Datelike, TimeZone, Timelike, Utc};
use chrono_tz::Tz;

/// How this reader reads: a language and a zone.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    pub(super) language: Language,
    pub(super) zone: Tz,
}

impl Reader {
    /// A reader at a site; a zone that nobody knows is UTC.
    pub(super) fn at(language: Language, zone: &str) -> Self {
        Self { language, zone: zone.parse().unwrap_or(Tz::UTC) }
    }

    /// The words of a key.
    pub(super) fn say(&self, key: &str, values: &[(&str, &str)]) -> String {
        text(key, self.language, values)
    }

    /// The words of a key without values.
    pub(super) fn word(&self, key: &str) -> String {
        text(key, self.language, &[])
    }

    fn local(&self, at_ms: i64) -> DateTime<Tz> {
        let utc = Utc.timestamp_millis_opt(at_ms).single().unwrap_or_default();
        utc.with_timezone(&self.zone)
    }

    /// A moment that is known.
    pub(super) fn time(&self, at_ms: i64) -> TimeView {
        TimeView { at_ms, time: self.clock(at_ms), day: self.day(at_ms), uncertain: false }
    }

    /// A moment as far as it is known.
    pub(super) fn moment(&self, moment: Moment) -> TimeView {
        TimeView { uncertain: moment.error_ms.is_none(), ..self.time(moment.at_ms) }
    }

    /// The time of day: `14:02`.
    pub(super) fn clock(&self, at_ms: i64) -> String {
        let local = self.local(at_ms);
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    /// The day: `Sat 21 Nov`.
    pub(super) fn day(&self, at_ms: i64) -> String {
        let local = self.local(at_ms);
        let weekday = self.word(&format!("weekday.{}", local.weekday().number_from_monday()));
        let month = self.word(&format!("month.{}", local.month()));
        format!("{weekday} {} {month}", local.day())
    }

    /// Day and time of day: `Sat 21 Nov, 14:02`.
    pub(super) fn day_clock(&self, at_ms: i64) -> String {
        format!("{}, {}", self.day(at_ms), self.clock(at_ms))
    }

    /// The calendar day.
    pub(super) fn date(&self, at_ms: i64) -> chrono::NaiveDate {
        self.local(at_ms).date_naive()
    }

    /// A length of time: `1 h 20 min`.
    pub(super) fn length(&self, ms: i64) -> String {
        let minutes = ms.max(0) / 60_000;
        let (hours, rest) = (minutes / 60, minutes % 60);
        match hours {
            0 => format!("{minutes} min"),
            _ if rest == 0 => format!("{hours} h"),
            _ => format!("{hours} h {rest} min"),
        }
    }

    /// How long ago: `3 min ago`.
    pub(super) fn ago(&self, ms: i64) -> String {
        match ms {
            ..60_000 => self.word("age.now"),
            60_000..172_800_000 => self.say(
                "age.ago",
                &[("length", &self.length(if ms >= 3_600_000 { ms / 3_600_000 * 3_600_000 } else { ms }))],
            ),
            _ => self.say("age.days", &[("days", &(ms / 86_400_000).to_string())]),
        }
    }
}

/// Dollars: `$1,289.50`. The companies of this house bill in one currency.
pub(super) fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    let dollars = (cents / 100).to_string();
    let mut grouped = String::new();
    for (index, digit) in dollars.chars().enumerate() {
        if index > 0 && (dollars.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}${grouped}.{:02}", cents % 100)
}

/// A quantity without a needless fraction: `2`, `0.5`.
pub(super) fn quantity(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A distance: `40 m`, `1.2 km`.
pub(super) fn distance(metres: f64) -> String {
    if metres < 1_000.0 { format!("{metres:.0} m") } else { format!("{:.1} km", metres / 1_000.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_people_write_them() {
        assert_eq!([money(128_950), money(5), money(-100_000_000)], ["$1,289.50", "$0.05", "-$1,000,000.00"]);
        assert_eq!([quantity(2.0), quantity(0.5), quantity(12.25), quantity(100.0)], ["2", "0.5", "12.25", "100"]);
        assert_eq!([distance(39.6), distance(1_249.0)], ["40 m", "1.2 km"]);
    }

    #[test]
    fn times_are_the_sites() {
        let reader = Reader::at(Language::En, "America/Kentucky/Louisville");
        assert_eq!(reader.day_clock(1_795_273_200_000), "Sat 21 Nov, 10:00");
        let spanish = Reader::at(Language::Es, "America/Phoenix");
        assert_eq!(spanish.day_clock(1_795_273_200_000), "sáb 21 nov, 08:00");
        assert_eq!(
            [reader.length(59_000), reader.length(4_800_000), reader.length(7_200_000)],
            ["0 min", "1 h 20 min", "2 h"]
        );
        assert_eq!(
            [reader.ago(1_000), reader.ago(180_000), reader.ago(86_400_000 * 3)],
            ["just now", "3 min ago", "3 days ago"]
        );
    }
}
