//! Every status, operation, role and kind of staleness, against what must hold for all of them. Nothing here repeats the
//! reducer: each property is a promise of the design.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use truckroll_core::apply::{Entry, Outcome, apply, code};
use truckroll_core::clock::{Moment, Now};
use truckroll_core::fact::{Author, Body};
use truckroll_core::id::{AssignmentId, OpId, TechnicianId, UserId, VisitId};
use truckroll_core::judge::{Judgement, Standing, judge};
use truckroll_core::lifecycle::{Status, UNDO_MS, is_field_step};
use truckroll_core::plan::{Intent, Plan, Review};
use truckroll_core::progress::Progress;

const START_MS: i64 = 1_795_273_200_000;
/// The plan's revision that a fresh fact was made on.
const BASE_REV: u64 = 10;

fn id(number: u8) -> [u8; 10] {
    [number; 10]
}

fn ana() -> TechnicianId {
    TechnicianId::from_parts(START_MS, id(1))
}

fn own_assignment() -> AssignmentId {
    AssignmentId::from_parts(START_MS, id(2))
}

/// Who makes the fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Own,
    Stranger,
    Dispatcher,
    Manager,
}

impl Role {
    const ALL: [Self; 4] = [Self::Own, Self::Stranger, Self::Dispatcher, Self::Manager];

    fn author(self) -> Author {
        let office = |manager| Author::Office {
            id: UserId::from_parts(START_MS, id(3)),
            name: "Dee Park".to_owned(),
            manager,
            on_behalf_of: ana(),
        };
        match self {
            Self::Own => Author::Technician { id: ana(), name: "Ana Ruiz".to_owned() },
            Self::Stranger => {
                Author::Technician { id: TechnicianId::from_parts(START_MS, id(9)), name: "Zoe Hale".to_owned() }
            }
            Self::Dispatcher => office(false),
            Self::Manager => office(true),
        }
    }
}

/// How the plan moved since the fact was made.
#[derive(Clone, Copy, Debug)]
struct Staleness {
    intent: Intent,
    order_canceled: bool,
    review: Review,
    window_moved: bool,
}

impl Staleness {
    const FRESH: Self =
        Self { intent: Intent::Dispatched, order_canceled: false, review: Review::None, window_moved: false };

    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for intent in Intent::ALL.iter().copied() {
            for order_canceled in [false, true] {
                for review in Review::ALL.iter().copied() {
                    for window_moved in [false, true] {
                        all.push(Self { intent, order_canceled, review, window_moved });
                    }
                }
            }
        }
        all
    }

    fn plan(self) -> Plan {
        let visit = VisitId::from_parts(START_MS, id(4));
        serde_json::from_value(json!({
            "visit": visit,
            "order": { "id": visit, "number": "WO-1", "canceled": self.order_canceled },
            "call_type": "emergency", "job_type": "repair", "trade": "hvac",
            "reason_for_call": "No heat", "scope": "Repair",
            "customer": { "name": "Esther Bramwell" },
            "site": { "address": "1412 Cherokee Road", "city": "Louisville", "state": "KY", "postal_code": "40204",
                      "time_zone": "America/Kentucky/Louisville" },
            "window_rev": if self.window_moved { BASE_REV + 1 } else { 1 },
            "review": self.review,
            "assignments": [{ "id": own_assignment(), "technician": ana(), "technician_name": "Ana Ruiz",
                              "role": "lead", "intent": self.intent }]
        }))
        .unwrap()
    }
}

fn entry(number: u8, author: Author, kind: &str, payload: Value, at_ms: i64) -> Entry {
    Entry {
        op_id: OpId::from_parts(START_MS, id(number)),
        kind: kind.to_owned(),
        payload,
        by: author,
        captured: Now { wall_ms: at_ms, mono_ms: at_ms - START_MS, boot_id: "boot".to_owned() },
        moment: Moment { at_ms, error_ms: Some(5) },
    }
}

fn set(from: Status, to: Status) -> Value {
    json!({ "assignment": own_assignment(), "from": from, "to": to, "reason": "because" })
}

/// A progress for every status that the field can reach, each by a shortest way, made by the technician or by the office.
fn histories() -> Vec<(Status, Progress)> {
    let mut found: Vec<(Status, Progress)> = Vec::new();
    for author in [Role::Own.author(), Role::Dispatcher.author()] {
        let empty = Progress::new(VisitId::from_parts(START_MS, id(4)));
        let mut reached: BTreeMap<Status, Progress> = BTreeMap::new();
        let mut next = VecDeque::from([(Status::Dispatched, empty, 20_u8)]);
        while let Some((status, progress, number)) = next.pop_front() {
            if reached.contains_key(&status) {
                continue;
            }
            for to in Status::ALL.iter().copied().filter(|to| is_field_step(status, *to)) {
                let mut further = progress.clone();
                let step = entry(number, author.clone(), "status.set@1", set(status, to), START_MS);
                assert_eq!(apply(&mut further, &step), Outcome::Applied, "{status} → {to}");
                next.push_back((to, further, number + 1));
            }
            reached.insert(status, progress);
        }
        found.extend(reached);
    }
    found
}

/// Every operation that can be tried in a state: all steps between all statuses, undoing what is there and what isn't,
/// and one fact of each other kind.
fn operations(progress: &Progress) -> Vec<(String, Value)> {
    let mut operations = Vec::new();
    for from in Status::ALL {
        for to in Status::ALL {
            operations.push(("status.set@1".to_owned(), set(*from, *to)));
        }
    }
    let mut targets: Vec<OpId> = progress.records.keys().copied().collect();
    targets.push(OpId::from_parts(1, id(99)));
    for target in &targets {
        operations.push(("status.undo@1".to_owned(), json!({ "assignment": own_assignment(), "target": target })));
    }
    let target = targets[0];
    let others = [
        ("note.add@1", json!({ "text": "flame sensor" })),
        ("part.use@1", json!({ "name": "sensor", "quantity": 1.0, "stock": "truck" })),
        ("checklist.answer@1", json!({ "item": "site.safe", "value": "yes" })),
        ("time.start@1", json!({ "assignment": own_assignment(), "time_kind": "wait" })),
        ("time.stop@1", json!({ "start": target })),
        ("time.adjust@1", json!({ "target": target, "at_ms": START_MS, "reason": "forgot" })),
        ("flag.raise@1", json!({ "flag": "delay", "text": "traffic" })),
        ("handoff.mark@1", json!({ "field": "scope", "miss": "wrong" })),
        ("message.send@1", json!({ "lane": "routine", "text": "hello" })),
        ("secret.viewed@1", json!({ "secret": "gate_code" })),
        ("attention.discard@1", json!({ "target": target })),
        ("note.add@1", json!({ "text": 7 })),
        ("note.add@1", Value::Null),
        ("note.add@2", json!({ "text": "from tomorrow" })),
        ("", json!({})),
    ];
    operations.extend(others.into_iter().map(|(kind, payload)| (kind.to_owned(), payload)));
    operations
}

struct Cell {
    /// The same for cells that differ in staleness only.
    place: usize,
    status: Status,
    role: Role,
    standing: Standing,
    kind: String,
    before: Progress,
    after: Progress,
    op_id: OpId,
    body: Option<Body>,
    judgement: Judgement,
}

/// Calls back for every cell of the table.
fn every_cell(staleness: &[Staleness], mut look: impl FnMut(&Staleness, &Cell)) -> usize {
    let plans: Vec<(Staleness, Plan)> = staleness.iter().map(|moved| (*moved, moved.plan())).collect();
    let mut place = 0;
    for (status, before) in histories() {
        for (kind, payload) in operations(&before) {
            let body = Body::decode(&kind, &payload).ok();
            for role in Role::ALL {
                for standing in [Standing::Covered, Standing::NotYours] {
                    place += 1;
                    let new = entry(90, role.author(), &kind, payload.clone(), START_MS + 60_000);
                    for (moved, plan) in &plans {
                        let mut after = before.clone();
                        let judgement = judge(plan, &mut after, &new, BASE_REV, standing);
                        let (kind, before, body) = (kind.clone(), before.clone(), body.clone());
                        let op_id = new.op_id;
                        look(
                            moved,
                            &Cell { place, status, role, standing, kind, before, after, op_id, body, judgement },
                        );
                    }
                }
            }
        }
    }
    place * plans.len()
}

#[test]
fn what_is_refused_changes_nothing_and_what_is_taken_leaves_one_record() {
    let cells = every_cell(&Staleness::all(), |_, cell| match cell.judgement.outcome {
        Outcome::Refused(key) => {
            assert_eq!(cell.before, cell.after, "{key}");
            assert!(key.starts_with("attention."), "{key}");
            assert!(cell.judgement.raised.is_empty() && cell.judgement.customer.is_empty());
        }
        Outcome::Applied | Outcome::Merged(_) => {
            assert_eq!(cell.after.records.len(), cell.before.records.len() + 1);
            assert!(cell.before.records.iter().all(|(op_id, record)| cell.after.records.get(op_id) == Some(record)));
            assert_eq!(cell.after.records[&cell.op_id].kind, cell.kind);
        }
        Outcome::Duplicate => panic!("a new fact is no duplicate"),
    });
    assert!(cells > 300_000, "only {cells} cells");
}

#[test]
fn the_same_fact_again_changes_nothing() {
    for (_, before) in histories() {
        for (kind, payload) in operations(&before) {
            let plan = Staleness::FRESH.plan();
            let new = entry(90, Role::Own.author(), &kind, payload, START_MS);
            let mut once = before.clone();
            let first = judge(&plan, &mut once, &new, BASE_REV, Standing::Covered);
            let mut twice = once.clone();
            let second = judge(&plan, &mut twice, &new, BASE_REV, Standing::Covered);
            assert_eq!(once, twice);
            match first.outcome {
                Outcome::Refused(_) => assert_eq!(first, second),
                _ => assert_eq!(second.outcome, Outcome::Duplicate),
            }
            assert!(second.customer.is_empty(), "a customer is told once");
        }
    }
}

/// Design.md section 1: a field fact is never refused because the plan moved. Approved time is the one thing that freezes.
#[test]
fn how_the_plan_moved_never_decides_whether_a_fact_is_taken() {
    let mut fresh: BTreeMap<usize, Outcome> = BTreeMap::new();
    every_cell(&[Staleness::FRESH], |_, cell| {
        fresh.insert(cell.place, cell.judgement.outcome);
    });
    every_cell(&Staleness::all(), |moved, cell| {
        let outcome = cell.judgement.outcome;
        let frozen = matches!(cell.body, Some(Body::TimeAdjust(_))) && moved.review == Review::Approved;
        if frozen {
            assert!(matches!(outcome, Outcome::Refused(code::TIME_FROZEN | code::NOT_YOURS)));
        } else {
            let Cell { status, role, kind, .. } = cell;
            assert_eq!(outcome, fresh[&cell.place], "{moved:?}, {status}, {role:?}, {kind}");
        }
    });
}

#[test]
fn the_board_goes_where_an_applied_step_says_and_nowhere_else() {
    every_cell(&[Staleness::FRESH], |_, cell| {
        let (before, after) = (cell.before.field_status(own_assignment()), cell.after.field_status(own_assignment()));
        match (&cell.body, cell.judgement.outcome) {
            (Some(Body::StatusSet(set)), Outcome::Applied) => {
                assert_eq!(after, Some(set.to));
                assert!(is_field_step(set.from, set.to), "{} → {}", set.from, set.to);
            }
            (Some(Body::StatusUndo(undo)), Outcome::Applied) => {
                assert_eq!(cell.before.latest_step(own_assignment()).unwrap().op_id, undo.target);
                assert_ne!(after, before);
            }
            _ => assert_eq!(before, after, "{} {:?}", cell.kind, cell.judgement.outcome),
        }
        assert!(
            !matches!(after, Some(Status::Scheduled | Status::Dispatched | Status::Canceled)),
            "the office's own words"
        );
    });
}

#[test]
fn a_stranger_and_a_late_comer_move_nothing() {
    every_cell(&Staleness::all(), |_, cell| {
        if cell.standing == Standing::NotYours {
            assert_eq!(cell.judgement.outcome, Outcome::Refused(code::NOT_YOURS));
        }
        let named = matches!(
            cell.body,
            Some(Body::StatusSet(_) | Body::StatusUndo(_) | Body::CheckInAdd(_) | Body::TimeStart(_))
        );
        if cell.role == Role::Stranger && named {
            assert_eq!(cell.judgement.outcome, Outcome::Refused(code::NOT_YOURS));
        }
    });
}

#[test]
fn work_against_the_plan_reaches_somebody_and_tells_the_customer_nothing_false() {
    every_cell(&Staleness::all(), |moved, cell| {
        let taken = matches!(cell.judgement.outcome, Outcome::Applied | Outcome::Merged(_));
        let against = matches!(moved.intent, Intent::Recalled | Intent::Canceled) || moved.order_canceled;
        if taken && against {
            assert!(!cell.judgement.raised.is_empty(), "{moved:?} {}", cell.kind);
        }
        if moved.intent == Intent::Recalled {
            assert!(cell.judgement.customer.is_empty(), "somebody else has the visit");
        }
        if !matches!(cell.judgement.outcome, Outcome::Applied) {
            assert!(cell.judgement.customer.is_empty(), "nothing happened that a customer should hear of");
        }
    });
}

#[test]
fn an_undo_is_the_technicians_own_latest_step_within_five_minutes() {
    for (_, before) in histories() {
        let Some(latest) = before.latest_step(own_assignment()).cloned() else { continue };
        for (late_ms, role) in [(UNDO_MS, Role::Own), (UNDO_MS + 1, Role::Own), (UNDO_MS * 100, Role::Manager)] {
            let payload = json!({ "assignment": own_assignment(), "target": latest.op_id });
            let undo = entry(90, role.author(), "status.undo@1", payload, START_MS + late_ms);
            let mut after = before.clone();
            let outcome = judge(&Staleness::FRESH.plan(), &mut after, &undo, BASE_REV, Standing::Covered).outcome;
            let own = matches!(before.records[&latest.op_id].by, Author::Technician { .. });
            let may = role == Role::Manager || (own && late_ms <= UNDO_MS);
            assert_eq!(outcome == Outcome::Applied, may, "{role:?} after {late_ms} ms: {outcome:?}");
            if may {
                let status = after.field_status(own_assignment()).unwrap_or(Status::Dispatched);
                assert_eq!(status, latest.from, "an undo leads back to where the step came from");
            }
        }
    }
}
