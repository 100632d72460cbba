//! A technician's day in order: when each visit will probably begin and end, so that lateness and overlap are seen early.
//!
//! The office promises arrival windows, not minutes. This places the visits one after the other: what runs first, then
//! always the visit that is due first among those whose window has opened. It suggests nothing and stores nothing.

use crate::id::VisitId;
use crate::plan::{Pin, Window};
use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

/// Length of a visit that nobody has estimated, minutes: the median of what contractors enter.
pub const DEFAULT_MINUTES: u32 = 60;

/// Roads are longer than the straight line by about this factor (urban circuity, commonly measured at 1.2 … 1.4).
const CIRCUITY: f64 = 1.3;
/// Average speed between sites in town, metres a second: 36 km/h.
const SPEED_M_PER_S: f64 = 10.0;
/// Parking and walking, milliseconds.
const PARKING_MS: i64 = 3 * 60 * 1_000;

/// A visit as the order of the day needs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stop {
    /// The visit.
    pub visit: VisitId,
    /// Its work order's number.
    pub number: String,
    /// The promised arrival window; without one it fits anywhere in the shift.
    pub window: Option<Window>,
    /// How long it takes.
    pub minutes: u32,
    /// Where it is.
    pub pin: Option<Pin>,
    /// When somebody arrived, if somebody has, milliseconds since 1970 UTC.
    pub began_ms: Option<i64>,
    /// When it ended, if it has, milliseconds since 1970 UTC.
    pub ended_ms: Option<i64>,
}

/// A shift: from one local time to another; an end before the start lies on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// Start, milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// End, milliseconds since 1970 UTC.
    pub end_ms: i64,
}

impl Shift {
    /// The shift's instants on a day in a zone. A time that the clocks skip is taken an hour later.
    pub fn on(day: NaiveDate, start: NaiveTime, end: NaiveTime, zone: Tz) -> Self {
        let next = day.succ_opt().unwrap_or(day);
        let end_day = if end <= start { next } else { day };
        Self { start_ms: instant(day, start, zone), end_ms: instant(end_day, end, zone) }
    }
}

/// Milliseconds since 1970 UTC of a local time; the earlier of two, an hour later for one that doesn't exist.
fn instant(day: NaiveDate, time: NaiveTime, zone: Tz) -> i64 {
    let local = day.and_time(time);
    let found = zone.from_local_datetime(&local).earliest();
    let found = found.or_else(|| zone.from_local_datetime(&(local + TimeDelta::hours(1))).earliest());
    found.map_or_else(|| local.and_utc().timestamp_millis(), |found: DateTime<Tz>| found.timestamp_millis())
}

/// When a visit will probably begin and end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Planned {
    /// The visit.
    pub visit: VisitId,
    /// Its work order's number.
    pub number: String,
    /// Begin, milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// End, milliseconds since 1970 UTC.
    pub end_ms: i64,
    /// Driving before it, milliseconds; 0 when a position is missing.
    pub travel_ms: i64,
    /// How much later than promised it will probably begin, milliseconds; 0 when in time.
    pub late_ms: i64,
}

/// Metres between two places on the geodesic.
pub fn distance_m(from: (f64, f64), to: (f64, f64)) -> f64 {
    use geo::Distance;
    geo::Geodesic.distance(geo::Point::new(from.1, from.0), geo::Point::new(to.1, to.0))
}

/// Probable driving time, milliseconds. An estimate from the straight line: no map is asked.
pub fn travel_ms(from: Option<(f64, f64)>, to: Option<(f64, f64)>) -> i64 {
    match (from, to) {
        (Some(from), Some(to)) => {
            let seconds = distance_m(from, to) * CIRCUITY / SPEED_M_PER_S;
            // At most half the earth: far inside of what an integer holds.
            #[allow(clippy::cast_possible_truncation, reason = "bounded by the earth's size")]
            let driving_ms = (seconds * 1_000.0) as i64;
            driving_ms + PARKING_MS
        }
        _ => 0,
    }
}

fn place(stop: &Stop) -> Option<(f64, f64)> {
    stop.pin.map(|pin| (pin.lat, pin.lon))
}

/// The day in order. `home` is where it starts; with `driving` off, all sites lie at one place: what even then is late
/// overlaps in any order that this finds.
pub fn order(stops: &[Stop], shift: Option<Shift>, home: Option<(f64, f64)>, driving: bool) -> Vec<Planned> {
    let mut left: Vec<&Stop> = stops.iter().collect();
    // What has begun stands where it is; the rest follows it.
    left.sort_by_key(|stop| (stop.began_ms.is_none(), stop.began_ms, due_ms(stop, shift), stop.number.clone()));
    let mut here = home;
    let mut free_ms = shift.map_or(i64::MIN, |shift| shift.start_ms);
    let mut planned = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let index = next(&left, free_ms);
        let stop = left.remove(index);
        let travel_ms = if driving { travel_ms(here, place(stop)) } else { 0 };
        let opens_ms = stop.window.map(|window| window.start_ms);
        let earliest = if free_ms == i64::MIN { opens_ms.unwrap_or(0) } else { free_ms.saturating_add(travel_ms) };
        let start_ms = stop.began_ms.unwrap_or_else(|| earliest.max(opens_ms.unwrap_or(earliest)));
        let end_ms = stop.ended_ms.unwrap_or_else(|| start_ms + i64::from(stop.minutes) * 60_000).max(start_ms);
        let late_ms = stop.window.map_or(0, |window| (start_ms - window.end_ms).max(0));
        planned.push(Planned { visit: stop.visit, number: stop.number.clone(), start_ms, end_ms, travel_ms, late_ms });
        free_ms = free_ms.max(end_ms);
        here = place(stop).or(here);
    }
    planned
}

/// What comes next: what has begun; else the first due of those whose window is open; else the first to open.
fn next(left: &[&Stop], free_ms: i64) -> usize {
    if left.first().is_some_and(|stop| stop.began_ms.is_some()) {
        return 0;
    }
    let opens_ms = |stop: &Stop| stop.window.map_or(i64::MIN, |window| window.start_ms);
    let open = left.iter().position(|stop| opens_ms(stop) <= free_ms);
    let first = left.iter().enumerate().min_by_key(|(_, stop)| opens_ms(stop)).map_or(0, |(index, _)| index);
    open.unwrap_or(first)
}

fn due_ms(stop: &Stop, shift: Option<Shift>) -> i64 {
    let end_ms = stop.window.map(|window| window.end_ms);
    end_ms.or(shift.map(|shift| shift.end_ms)).unwrap_or(i64::MAX)
}

/// A gap shorter than this takes no visit, milliseconds: half an hour.
pub const GAP_LEAST_MS: i64 = 30 * 60_000;

/// From when on somebody has time for one more: the first gap of the shift that isn't over, milliseconds since 1970 UTC;
/// `None` when the shift has none left (S-066). `planned` is the day as [`order`] gives it.
pub fn free_from_ms(planned: &[Planned], shift: Shift, now_ms: i64) -> Option<i64> {
    let mut free_ms = shift.start_ms.max(now_ms);
    let mut busy: Vec<(i64, i64)> = planned.iter().map(|stop| (stop.start_ms - stop.travel_ms, stop.end_ms)).collect();
    busy.sort_unstable();
    for (start_ms, end_ms) in busy {
        if start_ms - free_ms >= GAP_LEAST_MS {
            return Some(free_ms);
        }
        free_ms = free_ms.max(end_ms);
    }
    (shift.end_ms - free_ms >= GAP_LEAST_MS).then_some(free_ms)
}

/// The day of an instant in a zone.
pub fn local_date(at_ms: i64, zone: Tz) -> NaiveDate {
    let utc = DateTime::from_timestamp_millis(at_ms).unwrap_or_default();
    let local = utc.with_timezone(&zone);
    NaiveDate::from_ymd_opt(local.year(), local.month(), local.day()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
