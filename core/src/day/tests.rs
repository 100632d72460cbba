#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
use super::*;
use crate::plan::PromiseType;

const HOUR_MS: i64 = 3_600_000;

fn stop(number: u8, window: Option<(i64, i64)>, minutes: u32) -> Stop {
    Stop {
        visit: VisitId::from_parts(1, [number; 10]),
        number: format!("WO-{number}"),
        window: window.map(|(start, end)| Window {
            start_ms: start * HOUR_MS,
            end_ms: end * HOUR_MS,
            promise: PromiseType::Window,
        }),
        minutes,
        pin: None,
        began_ms: None,
        ended_ms: None,
    }
}

fn numbers(planned: &[Planned]) -> Vec<&str> {
    planned.iter().map(|planned| planned.number.as_str()).collect()
}

const SHIFT: Option<Shift> = Some(Shift { start_ms: 8 * HOUR_MS, end_ms: 17 * HOUR_MS });

#[test]
fn the_first_due_goes_first_and_nothing_starts_before_its_window() {
    let stops = [stop(1, Some((13, 17)), 60), stop(2, Some((8, 10)), 90), stop(3, Some((13, 14)), 60)];
    let planned = order(&stops, SHIFT, None, true);
    assert_eq!(numbers(&planned), ["WO-2", "WO-3", "WO-1"]);
    let starts: Vec<i64> = planned.iter().map(|planned| planned.start_ms / HOUR_MS).collect();
    assert_eq!(starts, [8, 13, 14]);
    assert!(planned.iter().all(|planned| planned.late_ms == 0));
}

#[test]
fn two_that_cannot_both_be_kept_make_one_late() {
    let stops = [stop(1, Some((13, 14)), 120), stop(2, Some((13, 14)), 120)];
    let planned = order(&stops, SHIFT, None, false);
    assert_eq!(planned[1].late_ms, HOUR_MS);
}

#[test]
fn what_has_begun_stands_where_it_is_and_the_rest_follows() {
    let mut begun = stop(2, Some((8, 10)), 60);
    begun.began_ms = Some(11 * HOUR_MS);
    let planned = order(&[stop(1, Some((8, 12)), 60), begun], SHIFT, None, true);
    assert_eq!(numbers(&planned), ["WO-2", "WO-1"]);
    assert_eq!(planned[0].late_ms, HOUR_MS);
    assert_eq!(planned[1].start_ms, 12 * HOUR_MS);
}

#[test]
fn driving_takes_time() {
    let at = |lat: f64| Some(Pin { lat, lon: -85.7, accuracy_m: 10.0, version: 1 });
    let mut near = stop(1, Some((8, 9)), 60);
    near.pin = at(38.20);
    let mut far = stop(2, Some((9, 10)), 60);
    far.pin = at(38.40);
    let planned = order(&[near, far], SHIFT, Some((38.20, -85.7)), true);
    // 22.2 km, by road 28.9 km, at 10 m/s 48 min, and 3 to park.
    assert_eq!(planned[1].travel_ms / 60_000, 51);
    assert_eq!(planned[0].start_ms, 8 * HOUR_MS + PARKING_MS);
}

#[test]
fn a_shift_over_midnight_ends_the_next_day_and_a_skipped_hour_moves_on() {
    let zone: Tz = "America/Kentucky/Louisville".parse().unwrap();
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    let night = Shift::on(NaiveDate::from_ymd_opt(2026, 11, 23).unwrap(), time(22), time(6), zone);
    assert_eq!(night.end_ms - night.start_ms, 8 * HOUR_MS);
    let skipped = Shift::on(NaiveDate::from_ymd_opt(2026, 3, 8).unwrap(), time(2), time(4), zone);
    assert_eq!(skipped.end_ms - skipped.start_ms, HOUR_MS);
}

#[test]
fn somebody_is_free_in_the_first_gap_of_the_shift_that_is_not_over() {
    let shift = SHIFT.unwrap();
    // 08–09, 10–11 and 11–17.
    let stops = [stop(1, Some((8, 8)), 60), stop(2, Some((10, 10)), 60), stop(3, Some((11, 11)), 360)];
    let planned = order(&stops, SHIFT, None, true);
    for (name, now, free) in [
        ("before the shift", 6 * 60, Some(9 * 60)),
        ("while the first runs", 8 * 60 + 20, Some(9 * 60)),
        ("in the gap", 9 * 60 + 10, Some(9 * 60 + 10)),
        ("the rest of the gap is too short", 9 * 60 + 31, None),
        ("after the shift", 18 * 60, None),
    ] {
        let found = free_from_ms(&planned, shift, now * 60_000).map(|at_ms| at_ms / 60_000);
        assert_eq!(found, free, "{name}");
    }
    assert_eq!(free_from_ms(&[], shift, 0), Some(shift.start_ms), "nothing to do");
    assert_eq!(free_from_ms(&[], shift, shift.end_ms - GAP_LEAST_MS + 1), None, "the shift is nearly over");
    // The driving belongs to what is driven to.
    let far = Planned { travel_ms: HOUR_MS, ..planned[1].clone() };
    assert_eq!(free_from_ms(&[planned[0].clone(), far], shift, 0), Some(11 * HOUR_MS));
}
