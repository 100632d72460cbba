//! A whole visit offline, and then the line comes back.

use super::office::{Office, Phone, START_MS};
use crate::checkin::Fix;
use crate::device::{ActError, Intent};
use crate::fact::WorkOutcome;
use crate::id::VisitId;
use crate::lifecycle::Status;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub(super) fn set(visit: VisitId, to: Status) -> Intent {
    Intent::SetStatus { visit, to, reason: String::new(), stated_at_ms: None, outcome: None, gaps: Vec::new() }
}

pub(super) fn because(visit: VisitId, to: Status, reason: &str) -> Intent {
    Intent::SetStatus { visit, to, reason: reason.into(), stated_at_ms: None, outcome: None, gaps: Vec::new() }
}

pub(super) fn note(visit: VisitId, text: &str) -> Intent {
    Intent::AddNote { visit, text: text.into(), revises: None }
}

/// A fix some 30 m from the door, ±20 m.
pub(super) fn fix() -> Fix {
    Fix {
        lat: 38.2402,
        lon: -85.7202,
        accuracy_m: 20.0,
        age_ms: 900,
        mono_ms: 1_000_000,
        wall_ms: START_MS,
        provider: "gps".into(),
        mock: false,
    }
}

fn work_through(phone: &mut Phone, visit: VisitId, kill: bool) {
    let steps = [
        set(visit, Status::Traveling),
        Intent::Arrive { visit, fix: Some(fix()), reason: String::new(), stated_at_ms: None },
        set(visit, Status::InProgress),
        because(visit, Status::Paused, "waiting for the owner"),
        set(visit, Status::InProgress),
        note(visit, "Flame sensor cleaned"),
        Intent::Answer { visit, item: "site.safe".into(), value: "yes".into() },
        Intent::SetStatus {
            visit,
            to: Status::Completed,
            reason: String::new(),
            stated_at_ms: None,
            outcome: Some(WorkOutcome::Fixed),
            gaps: Vec::new(),
        },
        Intent::Undo { visit },
        Intent::SetStatus {
            visit,
            to: Status::Completed,
            reason: String::new(),
            stated_at_ms: None,
            outcome: Some(WorkOutcome::Fixed),
            gaps: Vec::new(),
        },
    ];
    for step in steps {
        phone.pass(60_000);
        phone.act(step).unwrap();
        if kill {
            phone.kill();
        }
    }
}

#[test]
fn a_visit_done_offline_arrives_whole_in_order_with_true_times_although_the_clock_was_wrong() {
    for kill in [false, true] {
        let mut office = Office::new();
        let visit = office.add_visit(1);
        let mut phone = Phone::enrolled(&mut office);
        phone.offline();
        phone.now.wall_ms += 3 * 3_600_000;
        phone.wall_ahead_ms = 3 * 3_600_000;
        let began_ms = phone.office_ms();
        work_through(&mut phone, visit, kill);
        assert_eq!(
            phone.engine().documents(visit).unwrap().1.assignments.values().next().unwrap().status,
            Some(Status::Completed)
        );
        phone.online(&mut office);
        assert_eq!(
            office.kinds(),
            [
                "status.set@1",
                "status.set@1",
                "check_in.add@1",
                "status.set@1",
                "status.set@1",
                "status.set@1",
                "note.add@1",
                "checklist.answer@1",
                "status.set@1",
                "status.undo@1",
                "status.set@1",
            ]
        );
        let progress = &office.visits[&visit].progress;
        let times: Vec<i64> =
            progress.timeline().iter().map(|(_, record)| (record.at_ms - began_ms) / 60_000).collect();
        assert_eq!(times, [1, 2, 2, 3, 4, 5, 6, 7, 8, 9, 10], "kill: {kill}");
        assert!(progress.records.values().all(|record| record.error_ms.is_some_and(|error_ms| error_ms < 2_000)));
        assert!(office.facts.values().all(|(_, result)| result.code.is_none()));
        assert_eq!(phone.distinct_states().into_iter().collect::<Vec<_>>(), ["archived"]);
        assert_eq!(phone.engine().server_progress(visit).unwrap(), progress);
    }
}

#[test]
fn what_the_rules_refuse_is_not_saved() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::new();
    assert_eq!(phone.act(set(visit, Status::Traveling)), Err(ActError::NotEnrolled));
    phone.enrol(&mut office);
    phone.offline();
    let other = VisitId::from_parts(1, [77; 10]);
    assert_eq!(phone.act(set(other, Status::Traveling)), Err(ActError::NoSuchVisit));
    assert_eq!(phone.act(set(visit, Status::Completed)), Err(ActError::not_possible("why_not.no_step")));
    assert_eq!(phone.act(set(visit, Status::Declined)), Err(ActError::NeedsReason));
    assert_eq!(phone.act(note(visit, "  ")), Err(ActError::wrong_value("text")));
    assert_eq!(phone.act(note(visit, &"x".repeat(10_001))), Err(ActError::wrong_value("text")));
    assert_eq!(phone.act(Intent::Undo { visit }), Err(ActError::not_possible("why_not.nothing_to_undo")));
    let lines = vec![crate::fact::EstimateLine { text: "part ".repeat(1_900), quantity: 1.0, unit_cents: 100 }; 8];
    let too_large = phone.act(Intent::ProposeEstimate { visit, title: "Rebuild".into(), lines });
    assert!(matches!(too_large, Err(ActError::TooLarge { limit_bytes: 65_536, .. })), "{too_large:?}");
    assert!(phone.states().is_empty());
    for to in [Status::Traveling, Status::OnSite, Status::InProgress] {
        phone.act(set(visit, to)).unwrap();
    }
    let gaps = ["notes", "checklist:site.safe", "outcome"].map(str::to_owned).to_vec();
    assert_eq!(phone.act(set(visit, Status::Completed)), Err(ActError::Gaps { items: gaps }));
    assert_eq!(phone.states().len(), 4, "three steps and the evidence of the arrival");
    phone.pass(5 * 60_000 + 1);
    assert_eq!(phone.act(Intent::Undo { visit }), Err(ActError::not_possible("attention.undo_too_late")));
}

#[test]
fn a_fact_and_its_effect_are_saved_together_or_not_at_all() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    let mut connection = phone.into_connection();
    // The disk refuses every commit from here on.
    connection.commit_hook(Some(|| true)).unwrap();
    let mut phone = Phone::with(crate::device::Media::Database, connection);
    let refused = phone.act(Intent::Arrive { visit, fix: Some(fix()), reason: String::new(), stated_at_ms: None });
    assert!(matches!(refused, Err(ActError::Failed { .. })), "{refused:?}");
    assert!(phone.engine().documents(visit).unwrap().1.records.is_empty());
    let mut connection = phone.into_connection();
    connection.commit_hook(None::<fn() -> bool>).unwrap();
    let mut phone = Phone::with(crate::device::Media::Database, connection);
    assert!(phone.states().is_empty());
    phone.act(Intent::Arrive { visit, fix: Some(fix()), reason: String::new(), stated_at_ms: None }).unwrap();
    assert_eq!(phone.states(), ["pending", "pending"]);
}

/// S-028: behind a whole day without a line a status costs what the first one of the morning did.
#[test]
fn a_status_is_one_tap_on_the_days_list_and_one_commit_at_eight_and_behind_a_long_day() {
    for waiting in [0, 300] {
        let mut office = Office::new();
        let (visit, other) = (office.add_visit(1), office.add_visit(2));
        let mut phone = Phone::enrolled(&mut office);
        phone.offline();
        for number in 0..waiting {
            phone.act(note(other, &format!("Reading {number}"))).unwrap();
        }
        let commits = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&commits);
        let mut connection = phone.into_connection();
        let count = move || {
            counted.fetch_add(1, Ordering::SeqCst);
            false
        };
        connection.commit_hook(Some(count)).unwrap();
        let mut phone = Phone::with(crate::device::Media::Database, connection);
        phone.offline();
        for (key, to) in [("travel", Status::Traveling), ("arrive", Status::OnSite), ("start", Status::InProgress)] {
            let today = phone.engine().today_view(&phone.now);
            let card =
                today.sections.iter().flat_map(|section| &section.visits).find(|card| card.visit == visit).unwrap();
            let button = card.action.as_ref().unwrap();
            assert_eq!((button.key.as_str(), button.enabled, button.needs_reason), (key, true, false));
            let before = commits.load(Ordering::SeqCst);
            let tap = if button.needs_check_in {
                Intent::Arrive { visit, fix: Some(fix()), reason: String::new(), stated_at_ms: None }
            } else {
                set(visit, to)
            };
            phone.act(tap).unwrap();
            assert_eq!(commits.load(Ordering::SeqCst) - before, 1, "{key} behind {waiting}");
            assert!(phone.waiting.is_empty(), "{key} asks nobody: {:?}", phone.waiting);
        }
    }
}
