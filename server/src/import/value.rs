//! The forms of single values. Every function takes trimmed text that isn't empty and says why it isn't a value.

use chrono::{DateTime, LocalResult, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use truckroll_core::gate;
use truckroll_core::plan::{PartStatus, PlannedPart};

/// A date, `2026-11-23`.
///
/// # Errors
/// Why not, for a person.
pub fn date(text: &str) -> Result<NaiveDate, String> {
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    shape
        .then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok())
        .flatten()
        .ok_or_else(|| format!("{text:?} is not a date like 2026-11-23"))
}

/// A time of day, `13:00` or `13:00:00`.
///
/// # Errors
/// Why not, for a person.
pub fn time(text: &str) -> Result<NaiveTime, String> {
    ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text, format).ok())
        .ok_or_else(|| format!("{text:?} is not a time like 13:00"))
}

/// A time zone by its IANA name.
///
/// # Errors
/// Why not, for a person.
pub fn time_zone(text: &str) -> Result<Tz, String> {
    text.parse().map_err(|_| format!("unknown time zone {text:?}"))
}

/// Which of two instants a local time means on the night when the clocks go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ambiguous {
    /// The first: for a window's start.
    Earlier,
    /// The second: for a window's end. A window then holds both readings, so no promise is cut short.
    Later,
}

/// The instant of a local time. An hour that the clocks skip is refused: nobody can have promised it.
///
/// # Errors
/// Why not, for a person.
pub fn instant(date: NaiveDate, time: NaiveTime, zone: Tz, ambiguous: Ambiguous) -> Result<DateTime<Utc>, String> {
    match zone.from_local_datetime(&date.and_time(time)) {
        LocalResult::Single(at) => Ok(at.with_timezone(&Utc)),
        LocalResult::Ambiguous(first, second) => {
            let (earlier, later) = if first <= second { (first, second) } else { (second, first) };
            Ok(if ambiguous == Ambiguous::Earlier { earlier } else { later }.with_timezone(&Utc))
        }
        LocalResult::None => {
            Err(format!("{} doesn't exist on {date} in {zone}: the clocks go forward", time.format("%H:%M")))
        }
    }
}

/// Degrees within ± `limit`.
///
/// # Errors
/// Why not, for a person.
pub fn degrees(text: &str, name: &str, limit: f64) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("{name} {text:?} is not a number"))?;
    if value.is_finite() && value.abs() <= limit {
        Ok(value)
    } else {
        Err(format!("{name} is not between -{limit} and {limit}"))
    }
}

/// An amount in cents, from `1189`, `1189.5` or `1189.00`; never below zero.
///
/// # Errors
/// Why not, for a person.
pub fn cents(text: &str) -> Result<i64, String> {
    let wrong = || format!("{text:?} is not an amount like 1189.00");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "00"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 2 {
        return Err(wrong());
    }
    let whole: i64 = whole.parse().map_err(|_| wrong())?;
    let hundredths: i64 = format!("{fraction:0<2}").parse().map_err(|_| wrong())?;
    whole.checked_mul(100).and_then(|cents| cents.checked_add(hundredths)).ok_or_else(wrong)
}

/// A whole number above zero.
///
/// # Errors
/// Why not, for a person.
pub fn positive(text: &str) -> Result<u32, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or_else(|| format!("{text:?} is not a positive number"))
}

/// The entries of a list that is separated by semicolons, without empty ones.
pub fn list(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|entry| !entry.is_empty())
}

/// `name:status;…`. A part without a status is one that nobody has confirmed.
///
/// # Errors
/// Why not, for a person.
pub fn parts(text: &str) -> Result<Vec<PlannedPart>, String> {
    list(text)
        .map(|entry| {
            let (name, status) = match entry.rsplit_once(':') {
                Some((name, status)) => (name.trim(), status.trim()),
                None => (entry, PartStatus::Unknown.as_str()),
            };
            let status = PartStatus::parse(status).ok_or_else(|| format!("unknown part status {status:?}"))?;
            if name.is_empty() {
                return Err(format!("the part {entry:?} has no name"));
            }
            Ok(PlannedPart { name: name.to_owned(), status })
        })
        .collect()
}

/// A flag that nobody knows would neither block nor be seen by anybody: refused.
///
/// # Errors
/// Why not, for a person.
pub fn escalation_flags(text: &str) -> Result<Vec<String>, String> {
    let mut flags: Vec<String> = Vec::new();
    for flag in list(text) {
        if !gate::BLOCKING.contains(&flag) {
            return Err(format!("unknown escalation flag {flag:?}"));
        }
        if !flags.iter().any(|known| known == flag) {
            flags.push(flag.to_owned());
        }
    }
    Ok(flags)
}
