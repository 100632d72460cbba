#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
use super::*;
use crate::plan::fixture;
use crate::plan::{Pin, PromiseType, Window};
use ConflictKind::{Inactive, Licence, LicenceExpired, Overlap, Shift as OutOfShift, Skill, Travel};

const HOUR_MS: i64 = 3_600_000;
/// 2026-11-23, midnight in Louisville.
const DAY_MS: i64 = 1_795_410_000_000;

fn zone() -> Tz {
    "America/Kentucky/Louisville".parse().unwrap()
}

fn date() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 23).unwrap()
}

fn window(start: i64, end: i64) -> Option<Window> {
    Some(Window { start_ms: DAY_MS + start * HOUR_MS, end_ms: DAY_MS + end * HOUR_MS, promise: PromiseType::Window })
}

fn pin(lat: f64) -> Option<Pin> {
    Some(Pin { lat, lon: -85.7, accuracy_m: 10.0, version: 1 })
}

fn plan() -> Plan {
    let mut plan = fixture::plan();
    plan.skills_required = vec!["hvac".into()];
    plan.certifications_required = vec!["gas-fitter".into()];
    plan.window = window(13, 14);
    plan.estimated_minutes = Some(60);
    plan.site.pin = pin(38.2);
    plan
}

fn ana() -> Profile {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    Profile {
        technician: TechnicianId::from_parts(1, [7; 10]),
        name: "Ana".into(),
        active: true,
        skills: vec!["hvac".into()],
        certifications: vec![Certification { name: "gas-fitter".into(), expires_on: Some(date()) }],
        home: Some((38.2, -85.7)),
        shift: Some((time(8), time(17))),
    }
}

fn other(start: i64, end: i64, minutes: u32, lat: f64) -> Stop {
    Stop {
        visit: VisitId::from_parts(1, [9; 10]),
        number: "WO-9".into(),
        window: window(start, end),
        minutes,
        pin: pin(lat),
        began_ms: None,
        ended_ms: None,
    }
}

type Change = fn(&mut Plan, &mut Profile, &mut Vec<Stop>);

#[test]
fn what_speaks_against_a_technician() {
    let cases: &[(&str, Change, &[ConflictKind])] = &[
        ("nothing: the licence holds on its last day", |_, _, _| {}, &[]),
        ("left the company", |_, who, _| who.active = false, &[Inactive]),
        ("no such skill", |plan, _, _| plan.skills_required.push("plumbing".into()), &[Skill]),
        ("no licence", |_, who, _| who.certifications.clear(), &[Licence]),
        (
            "licence ended the day before",
            |_, who, _| who.certifications[0].expires_on = NaiveDate::from_ymd_opt(2026, 11, 22),
            &[LicenceExpired],
        ),
        (
            "an old and a renewed licence",
            |_, who, _| {
                let renewed = Certification { name: "gas-fitter".into(), expires_on: None };
                who.certifications[0].expires_on = NaiveDate::from_ymd_opt(2020, 1, 1);
                who.certifications.push(renewed);
            },
            &[],
        ),
        (
            "the same hour is promised elsewhere",
            |plan, _, others| {
                plan.estimated_minutes = Some(120);
                others.push(other(13, 14, 120, 38.2));
            },
            &[Overlap],
        ),
        ("enough time beside another", |_, _, others| others.push(other(9, 10, 60, 38.2)), &[]),
        (
            "in time only without the drive",
            |plan, _, others| {
                others.push(other(12, 13, 60, 38.5));
                plan.window = window(12, 13);
            },
            &[Travel],
        ),
        (
            "before the shift",
            |plan, who, _| {
                who.shift = NaiveTime::from_hms_opt(8, 0, 0).zip(NaiveTime::from_hms_opt(13, 30, 0));
                plan.window = window(13, 14);
            },
            &[OutOfShift],
        ),
        ("no shift known", |_, who, _| who.shift = None, &[]),
    ];
    for (name, change, expected) in cases {
        let (mut plan, mut who, mut others) = (plan(), ana(), Vec::new());
        change(&mut plan, &mut who, &mut others);
        let found = candidate(&plan, &who, &others, date(), zone(), &LicencePolicy::default());
        let kinds: Vec<ConflictKind> = found.conflicts.iter().map(|conflict| conflict.kind).collect();
        assert_eq!(kinds, *expected, "{name}");
    }
}

#[test]
fn a_company_adds_licences_to_a_type_of_job() {
    let policy =
        LicencePolicy { by_job_type: [(JobType::Install, vec!["epa-608".to_owned(), "gas-fitter".to_owned()])].into() };
    for (job_type, licences, expected) in [
        (JobType::Repair, vec![], vec![Licence]),
        (JobType::Repair, vec!["gas-fitter"], vec![]),
        // Named by the job and by the company: it is asked for once.
        (JobType::Install, vec![], vec![Licence, Licence]),
        (JobType::Install, vec!["gas-fitter"], vec![Licence]),
        (JobType::Install, vec!["gas-fitter", "epa-608"], vec![]),
    ] {
        let plan = Plan { job_type, ..plan() };
        let held = |name: &&str| Certification { name: (*name).to_owned(), expires_on: None };
        let who = Profile { certifications: licences.iter().map(held).collect(), ..ana() };
        let found = candidate(&plan, &who, &[], date(), zone(), &policy);
        let kinds: Vec<ConflictKind> = found.conflicts.iter().map(|conflict| conflict.kind).collect();
        assert_eq!(kinds, expected, "{job_type} with {licences:?}");
    }
}

#[test]
fn a_visit_that_is_the_technicians_already_is_not_counted_twice() {
    let plan = plan();
    let found = candidate(&plan, &ana(), &[stop(&plan)], date(), zone(), &LicencePolicy::default());
    assert_eq!((found.visits, found.load_minutes, found.can()), (0, 0, true));
}

#[test]
fn load_distance_and_times_are_told() {
    let found = candidate(&plan(), &ana(), &[other(9, 10, 45, 38.3)], date(), zone(), &LicencePolicy::default());
    assert_eq!((found.visits, found.load_minutes), (1, 45));
    // From the stop before, 0.1 degrees of latitude away.
    assert!((found.distance_m.unwrap() - 11_100.0).abs() < 50.0, "{:?}", found.distance_m);
    assert_eq!(found.start_ms, DAY_MS + 13 * HOUR_MS);
    assert_eq!(found.end_ms, DAY_MS + 14 * HOUR_MS);
}

#[test]
fn who_can_comes_first_then_the_nearer() {
    let near = candidate(&plan(), &ana(), &[], date(), zone(), &LicencePolicy::default());
    let far = Candidate { name: "Bo".into(), distance_m: Some(5_000.0), ..near.clone() };
    let cannot =
        candidate(&plan(), &Profile { skills: Vec::new(), ..ana() }, &[], date(), zone(), &LicencePolicy::default());
    let mut all = vec![cannot.clone(), far.clone(), near.clone()];
    rank(&mut all);
    assert_eq!(all, [near, far, cannot]);
}

#[test]
fn every_conflict_has_words() {
    for kind in ConflictKind::ALL {
        assert!(crate::words::knows(&format!("conflict.{kind}")), "{kind}");
    }
}
