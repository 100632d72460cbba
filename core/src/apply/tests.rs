#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use crate::id::{AssignmentId, TechnicianId, UserId, VisitId};
use proptest::prelude::*;
use serde_json::json;

fn id(n: u8) -> OpId {
    OpId::from_parts(i64::from(n), [n; 10])
}

fn assignment() -> AssignmentId {
    AssignmentId::from_parts(1, [9; 10])
}

fn technician() -> Author {
    Author::Technician { id: TechnicianId::from_parts(1, [1; 10]), name: "Ana".into() }
}

fn office() -> Author {
    Author::Office {
        id: UserId::from_parts(1, [2; 10]),
        name: "Dee".into(),
        manager: false,
        on_behalf_of: technician().technician(),
    }
}

fn progress() -> Progress {
    Progress::new(VisitId::from_parts(1, [3; 10]))
}

fn entry(n: u8, by: Author, kind: &str, payload: Value) -> Entry {
    let at_ms = i64::from(n) * 1_000;
    Entry {
        op_id: id(n),
        kind: kind.into(),
        payload,
        by,
        captured: Now { wall_ms: at_ms, mono_ms: at_ms, boot_id: "b".into() },
        moment: Moment { at_ms, error_ms: Some(5) },
    }
}

fn set(n: u8, by: Author, from: Status, to: Status) -> Entry {
    entry(n, by, "status.set@1", json!({ "assignment": assignment(), "from": from, "to": to }))
}

fn undo(n: u8, by: Author, target: u8) -> Entry {
    entry(n, by, "status.undo@1", json!({ "assignment": assignment(), "target": id(target) }))
}

fn run(progress: &mut Progress, entries: &[Entry]) -> Vec<Outcome> {
    entries.iter().map(|entry| apply(progress, entry)).collect()
}

#[test]
fn a_whole_visit() {
    let mut progress = progress();
    let outcomes = run(
        &mut progress,
        &[
            set(1, technician(), Status::Dispatched, Status::Traveling),
            set(2, technician(), Status::Traveling, Status::OnSite),
            set(3, technician(), Status::OnSite, Status::InProgress),
            set(4, technician(), Status::InProgress, Status::Paused),
            set(5, technician(), Status::Paused, Status::InProgress),
            set(6, technician(), Status::InProgress, Status::Completed),
            undo(7, technician(), 6),
            set(8, technician(), Status::InProgress, Status::Completed),
        ],
    );
    assert!(outcomes.iter().all(|outcome| *outcome == Outcome::Applied), "{outcomes:?}");
    assert_eq!(progress.field_status(assignment()), Some(Status::Completed));
    insta::assert_json_snapshot!(progress);
}

#[test]
fn a_broken_chain_is_refused_and_leaves_nothing() {
    let mut before = progress();
    apply(&mut before, &set(1, technician(), Status::Dispatched, Status::Traveling));
    let mut after = before.clone();
    assert_eq!(
        apply(&mut after, &set(2, technician(), Status::InProgress, Status::Completed)),
        Outcome::Refused(code::BROKEN_CHAIN)
    );
    assert_eq!(
        apply(&mut after, &set(3, technician(), Status::Traveling, Status::Completed)),
        Outcome::Refused(code::BROKEN_CHAIN)
    );
    assert_eq!(
        apply(&mut after, &set(4, technician(), Status::Scheduled, Status::Traveling)),
        Outcome::Refused(code::BROKEN_CHAIN)
    );
    assert_eq!(before, after);
}

#[test]
fn a_late_step_that_goes_further_than_the_office_did_moves_the_board() {
    let mut progress = progress();
    let outcomes = run(
        &mut progress,
        &[
            set(1, technician(), Status::Dispatched, Status::Traveling),
            set(2, office(), Status::Traveling, Status::OnSite),
            set(3, technician(), Status::Traveling, Status::CannotComplete),
        ],
    );
    assert_eq!(outcomes, [Outcome::Applied; 3]);
    assert_eq!(progress.field_status(assignment()), Some(Status::CannotComplete));
}

#[test]
fn the_technicians_own_chain_goes_on_when_the_office_moved_the_board() {
    let mut progress = progress();
    let outcomes = run(
        &mut progress,
        &[
            set(1, technician(), Status::Dispatched, Status::Traveling),
            set(2, office(), Status::Traveling, Status::OnSite),
            set(3, technician(), Status::Traveling, Status::OnSite),
            set(4, office(), Status::OnSite, Status::InProgress),
            set(5, technician(), Status::OnSite, Status::InProgress),
            set(6, office(), Status::InProgress, Status::Completed),
            set(7, technician(), Status::InProgress, Status::Paused),
        ],
    );
    assert_eq!(outcomes[2], Outcome::Merged(code::ALREADY_THERE));
    assert_eq!(outcomes[4], Outcome::Merged(code::ALREADY_THERE));
    assert_eq!(outcomes[6], Outcome::Merged(code::MOVED_MEANWHILE));
    assert_eq!(progress.field_status(assignment()), Some(Status::Completed));
    assert_eq!(progress.records.len(), 7, "every step is history");
}

#[test]
fn undo_is_for_the_own_latest_status_within_five_minutes() {
    let mut progress = progress();
    apply(&mut progress, &set(1, technician(), Status::Dispatched, Status::Traveling));
    apply(&mut progress, &set(2, technician(), Status::Traveling, Status::OnSite));
    assert_eq!(apply(&mut progress, &undo(3, technician(), 1)), Outcome::Refused(code::UNDO_NOT_LATEST));
    let mut late = undo(4, technician(), 2);
    late.captured.mono_ms += UNDO_MS;
    assert_eq!(apply(&mut progress.clone(), &late), Outcome::Refused(code::UNDO_TOO_LATE));
    late.captured.wall_ms = i64::MAX;
    late.captured.mono_ms = 2_000 + UNDO_MS;
    assert_eq!(apply(&mut progress.clone(), &late), Outcome::Applied, "the wall clock says nothing within a boot");
    assert_eq!(apply(&mut progress, &undo(5, technician(), 2)), Outcome::Applied);
    assert_eq!(progress.field_status(assignment()), Some(Status::Traveling));
    assert_eq!(apply(&mut progress, &undo(6, technician(), 2)), Outcome::Merged(code::ALREADY_UNDONE));
    assert_eq!(apply(&mut progress, &undo(7, technician(), 1)), Outcome::Applied);
    assert_eq!(progress.field_status(assignment()), None);
    apply(&mut progress, &set(8, office(), Status::Dispatched, Status::Traveling));
    assert_eq!(apply(&mut progress, &undo(9, technician(), 8)), Outcome::Refused(code::UNDO_NOT_OWN));
    assert_eq!(apply(&mut progress, &undo(10, office(), 8)), Outcome::Applied);
}

#[test]
fn a_stated_time_holds_and_is_marked() {
    let mut progress = progress();
    let mut stated = set(1, technician(), Status::Dispatched, Status::Traveling);
    stated.payload["stated_at_ms"] = json!(1_700_000_000_000_i64);
    apply(&mut progress, &stated);
    let record = &progress.records[&id(1)];
    assert_eq!((record.at_ms, record.captured.wall_ms), (1_700_000_000_000, 1_000));
    assert_eq!(record.marks, ["stated_time"]);
}

#[test]
fn unknown_kinds_and_wrong_payloads_are_refused_by_name() {
    let mut progress = progress();
    assert_eq!(
        apply(&mut progress, &entry(1, technician(), "telepathy.send@1", json!({}))),
        Outcome::Refused(code::UNKNOWN_KIND)
    );
    assert_eq!(
        apply(&mut progress, &entry(2, technician(), "note.add@1", json!({ "text": 5 }))),
        Outcome::Refused(code::INVALID)
    );
    assert_eq!(
        apply(&mut progress, &entry(3, technician(), "note.add@1", json!({ "text": " " }))),
        Outcome::Refused(code::INVALID)
    );
    assert!(progress.records.is_empty());
}

/// Facts that don't depend on each other, each with an unknown field of a newer app.
fn independent(n: u8) -> Entry {
    match n % 6 {
        0 => entry(n, technician(), "note.add@1", json!({ "text": format!("note {n}"), "mood": "new" })),
        1 => entry(n, technician(), "part.use@1", json!({ "name": "igniter", "quantity": n + 1, "bin": 7 })),
        2 => entry(n, technician(), "part.return@1", json!({ "name": "igniter", "quantity": 1.5 })),
        3 => entry(
            n,
            technician(),
            "checklist.answer@1",
            json!({ "item": "site.safe", "value": format!("{n}"), "ink": true }),
        ),
        4 => entry(n, technician(), "time.start@1", json!({ "assignment": assignment(), "time_kind": "break" })),
        _ => entry(n, office(), "message.send@1", json!({ "lane": "urgent", "text": "call me" })),
    }
}

proptest! {
    #[test]
    fn independent_facts_commute_and_duplicates_change_nothing(order in Just((0_u8..24).collect::<Vec<_>>()).prop_shuffle(), again in prop::collection::vec(0_u8..24, 0..20)) {
        let mut straight = progress();
        for n in 0..24 { apply(&mut straight, &independent(n)); }
        let mut shuffled = progress();
        for n in order { prop_assert_eq!(apply(&mut shuffled, &independent(n)), Outcome::Applied); }
        for n in again { prop_assert_eq!(apply(&mut shuffled, &independent(n)), Outcome::Duplicate); }
        prop_assert_eq!(&straight, &shuffled);
        prop_assert_eq!(crate::closeout::parts_balance(&straight), crate::closeout::parts_balance(&shuffled));
    }

    #[test]
    fn unknown_fields_survive(n in 0_u8..200, extra in "[a-z]{3,9}") {
        let mut value = serde_json::to_value(progress()).unwrap();
        value["x_new"] = json!(extra);
        let mut document: Progress = serde_json::from_value(value).unwrap();
        apply(&mut document, &independent(n));
        let back = serde_json::to_value(&document).unwrap();
        prop_assert_eq!(&back["x_new"], &json!(extra));
        prop_assert_eq!(&back["records"][id(n).to_string()]["payload"], &independent(n).payload);
    }

    #[test]
    fn any_order_of_steps_leaves_a_legal_status(steps in prop::collection::vec((0_usize..10, 0_usize..10, any::<bool>()), 1..40)) {
        let mut progress = progress();
        for (n, (from, to, by_office)) in steps.into_iter().enumerate() {
            let by = if by_office { office() } else { technician() };
            let step = set(u8::try_from(n).unwrap(), by, Status::ALL[from], Status::ALL[to]);
            let before = progress.clone();
            if let Outcome::Refused(_) = apply(&mut progress, &step) { prop_assert_eq!(&before, &progress); }
        }
        if let Some(state) = progress.assignments.get(&assignment()) {
            for step in &state.steps { prop_assert!(is_field_step(step.from, step.to)); }
            prop_assert_eq!(state.status, progress.latest_step(assignment()).map(|step| step.to));
        }
    }
}
