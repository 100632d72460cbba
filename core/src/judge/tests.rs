#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use crate::clock::{Moment, Now};
use crate::id::{OpId, TechnicianId};
use crate::plan::fixture;
use serde_json::{Value, json};

struct Stage {
    plan: Plan,
    progress: Progress,
    next: u8,
}

impl Stage {
    fn new() -> Self {
        let plan = fixture::plan();
        let progress = Progress::new(plan.visit);
        Self { plan, progress, next: 0 }
    }

    fn technician(&self) -> TechnicianId {
        self.plan.assignments[0].technician
    }

    fn fact(&mut self, kind: &str, payload: Value) -> Judgement {
        self.fact_by(self.technician(), kind, payload, Standing::Covered)
    }

    fn fact_by(&mut self, technician: TechnicianId, kind: &str, payload: Value, standing: Standing) -> Judgement {
        self.next += 1;
        let at_ms = i64::from(self.next) * 1_000;
        let entry = Entry {
            op_id: OpId::from_parts(at_ms, [self.next; 10]),
            kind: kind.into(),
            payload,
            by: crate::fact::Author::Technician { id: technician, name: "Ana".into() },
            captured: Now { wall_ms: at_ms, mono_ms: at_ms, boot_id: "b".into() },
            moment: Moment { at_ms, error_ms: Some(1) },
        };
        judge(&self.plan, &mut self.progress, &entry, 10, standing)
    }

    fn step(&mut self, from: Status, to: Status) -> Judgement {
        self.step_of(0, from, to)
    }

    /// A step of one of the crew.
    fn step_of(&mut self, crew: usize, from: Status, to: Status) -> Judgement {
        let Assignment { id, technician, .. } = self.plan.assignments[crew];
        let payload = json!({ "assignment": id, "from": from, "to": to, "reason": "because" });
        self.fact_by(technician, "status.set@1", payload, Standing::Covered)
    }

    /// Takes the fact that was made last back.
    fn undo(&mut self) -> Judgement {
        let target = OpId::from_parts(i64::from(self.next) * 1_000, [self.next; 10]);
        let assignment = self.plan.assignments[0].id;
        self.fact("status.undo@1", json!({ "assignment": assignment, "target": target }))
    }

    /// Somebody else is on the visit too.
    fn add_crew(&mut self) {
        let mut second = self.plan.assignments[0].clone();
        second.id = AssignmentId::from_parts(5, [55; 10]);
        second.technician = TechnicianId::from_parts(5, [56; 10]);
        self.plan.assignments.push(second);
    }

    fn check_in(&self, grade: Grade) -> Value {
        let mut verdict = crate::checkin::verdict(None, &self.plan.site, &crate::checkin::Policy::default());
        verdict.grade = grade;
        json!({ "assignment": self.plan.assignments[0].id, "verdict": verdict, "reason": "basement" })
    }

    fn marks(&self) -> Vec<String> {
        self.progress.records.values().flat_map(|record| record.marks.clone()).collect()
    }
}

fn kinds(judgement: &Judgement) -> Vec<&'static str> {
    judgement.raised.iter().map(|raised| raised.kind).collect()
}

#[test]
fn a_fact_is_never_refused_because_the_plan_moved() {
    for (intent, mark) in [(Intent::Recalled, "after_handover"), (Intent::Canceled, "work_after_cancel")] {
        let mut stage = Stage::new();
        stage.plan.assignments[0].intent = intent;
        let judgement = stage.step(Status::Dispatched, Status::Traveling);
        assert_eq!(judgement.outcome, Outcome::Applied);
        assert_eq!(kinds(&judgement), [mark]);
        assert_eq!(stage.marks(), [mark]);
    }
}

#[test]
fn work_after_a_handover_tells_the_customer_nothing() {
    let mut stage = Stage::new();
    stage.plan.assignments[0].intent = Intent::Recalled;
    assert_eq!(stage.step(Status::Dispatched, Status::Traveling).customer, []);
}

#[test]
fn somebody_elses_visit_and_assignment_go_to_attention() {
    let mut stage = Stage::new();
    let stranger = TechnicianId::from_parts(5, [77; 10]);
    let assignment = stage.plan.assignments[0].id;
    let payload = json!({ "assignment": assignment, "from": "dispatched", "to": "traveling" });
    assert_eq!(
        stage.fact_by(stranger, "status.set@1", payload, Standing::Covered).outcome,
        Outcome::Refused(code::NOT_YOURS)
    );
    let note = json!({ "text": "hello" });
    assert_eq!(
        stage.fact_by(stage.technician(), "note.add@1", note, Standing::NotYours).outcome,
        Outcome::Refused(code::NOT_YOURS)
    );
    assert!(stage.progress.records.is_empty());
}

#[test]
fn a_reschedule_under_way_is_an_exception_for_whoever_had_not_seen_it() {
    let mut stage = Stage::new();
    stage.plan.window_rev = 11;
    assert_eq!(kinds(&stage.step(Status::Dispatched, Status::Traveling)), ["reschedule_under_way"]);
    stage.plan.window_rev = 10;
    assert!(kinds(&stage.step(Status::Traveling, Status::OnSite)).is_empty());
}

#[test]
fn what_the_customer_should_be_told_follows_the_field() {
    let mut stage = Stage::new();
    assert_eq!(stage.step(Status::Dispatched, Status::Traveling).customer, [CustomerIntent::EnRoute]);
    assert_eq!(stage.undo().customer, [CustomerIntent::Correction]);
    assert_eq!(stage.step(Status::Dispatched, Status::Traveling).customer, [CustomerIntent::EnRoute]);
    assert_eq!(stage.undo().customer, [CustomerIntent::Correction]);
    assert_eq!(stage.step(Status::Dispatched, Status::OnSite).customer, [CustomerIntent::Arrived]);
    assert_eq!(stage.step(Status::OnSite, Status::InProgress).customer, []);
    assert_eq!(stage.step(Status::InProgress, Status::Completed).customer, [CustomerIntent::Completed]);
}

#[test]
fn approval_freezes_the_times() {
    let mut stage = Stage::new();
    stage.step(Status::Dispatched, Status::Traveling);
    let target = *stage.progress.records.keys().next().unwrap();
    let adjust = json!({ "target": target, "at_ms": 1_700_000_000_000_i64, "reason": "forgot" });
    stage.plan.review = Review::Approved;
    assert_eq!(stage.fact("time.adjust@1", adjust.clone()).outcome, Outcome::Refused(code::TIME_FROZEN));
    stage.plan.review = Review::None;
    assert_eq!(stage.fact("time.adjust@1", adjust).outcome, Outcome::Applied);
}

#[test]
fn a_returned_visit_takes_facts_again_and_a_new_closeout_clears_it() {
    let mut stage = Stage::new();
    for (from, to) in [
        (Status::Dispatched, Status::OnSite),
        (Status::OnSite, Status::InProgress),
        (Status::InProgress, Status::Completed),
    ] {
        stage.step(from, to);
    }
    assert_eq!(kinds(&stage.clone_plan_step(Review::None)), ["work_after_completion"]);
    stage.plan.review = Review::Returned;
    assert!(kinds(&stage.step(Status::Completed, Status::InProgress)).is_empty());
    assert!(stage.step(Status::InProgress, Status::Completed).clears_review);
}

impl Stage {
    /// What reopening would come to under a review, without doing it.
    fn clone_plan_step(&self, review: Review) -> Judgement {
        let mut other = Self { plan: self.plan.clone(), progress: self.progress.clone(), next: self.next };
        other.plan.review = review;
        other.step(Status::Completed, Status::InProgress)
    }
}

#[test]
fn flags_proposals_and_doubtful_check_ins_reach_the_office() {
    let mut stage = Stage::new();
    for flag in FlagKind::ALL {
        assert_eq!(kinds(&stage.fact("flag.raise@1", json!({ "flag": flag, "text": "t" }))), [flag.as_str()]);
    }
    assert_eq!(
        kinds(&stage.fact("site_pin.propose@1", json!({ "lat": 1.0, "lon": 2.0, "accuracy_m": 4.0 }))),
        ["site_pin_proposed"]
    );
    assert_eq!(
        kinds(&stage.fact("follow_up.propose@1", json!({ "reason": "r", "next_step": "s" }))),
        ["follow_up_proposed"]
    );
    for grade in Grade::ALL {
        let expected: &[&str] = if matches!(grade, Grade::Outside | Grade::NoFix) { &["check_in_review"] } else { &[] };
        let check_in = stage.check_in(*grade);
        assert_eq!(kinds(&stage.fact("check_in.add@1", check_in)), expected, "{grade:?}");
    }
}

#[test]
fn a_kind_of_a_newer_app_and_a_payload_of_another_shape_say_which() {
    let mut stage = Stage::new();
    let unknown = stage.fact("hologram.add@1", json!({}));
    assert_eq!(unknown.outcome, Outcome::Refused(code::UNKNOWN_KIND));
    assert_eq!(stage.fact("note.add@1", json!({ "text": 7 })).outcome, Outcome::Refused(code::INVALID));
}

#[test]
fn an_assignment_of_somebody_else_is_not_yours_whatever_the_fact() {
    let mut stage = Stage::new();
    stage.add_crew();
    stage.step(Status::Dispatched, Status::Traveling);
    let step = *stage.progress.records.keys().next().unwrap();
    let other = stage.plan.assignments[1].technician;
    let assignment = stage.plan.assignments[0].id;
    for (kind, payload) in [
        ("status.set@1", json!({ "assignment": assignment, "from": "traveling", "to": "on_site" })),
        ("status.undo@1", json!({ "assignment": assignment, "target": step })),
        ("check_in.add@1", stage.check_in(Grade::Verified)),
        ("time.start@1", json!({ "assignment": assignment, "time_kind": "break" })),
    ] {
        let judgement = stage.fact_by(other, kind, payload, Standing::Covered);
        assert_eq!(judgement.outcome, Outcome::Refused(code::NOT_YOURS), "{kind}");
    }
}

#[test]
fn only_a_new_closeout_clears_a_returned_review() {
    let mut stage = Stage::new();
    stage.step(Status::Dispatched, Status::OnSite);
    stage.step(Status::OnSite, Status::InProgress);
    assert!(!stage.step(Status::InProgress, Status::Completed).clears_review, "nothing was returned");
    stage.plan.review = Review::Returned;
    assert!(!stage.fact("note.add@1", json!({ "text": "the cover too" })).clears_review);
    assert!(!stage.step(Status::Completed, Status::InProgress).clears_review);
    assert!(stage.step(Status::InProgress, Status::CannotComplete).clears_review);
}

#[test]
fn work_on_a_called_off_order_is_marked() {
    let mut stage = Stage::new();
    stage.plan.order.canceled = true;
    assert_eq!(kinds(&stage.step(Status::Dispatched, Status::Traveling)), ["work_after_cancel"]);
}

#[test]
fn declining_and_giving_up_reach_the_office_with_the_reason() {
    for to in [Status::Declined, Status::CannotComplete] {
        let mut stage = Stage::new();
        let from = if to == Status::Declined {
            Status::Dispatched
        } else {
            stage.step(Status::Dispatched, Status::Traveling);
            Status::Traveling
        };
        let judgement = stage.step(from, to);
        let raised = Raised { kind: to.as_str(), severity: Severity::High, detail: "because".into() };
        assert_eq!(judgement.raised, [raised]);
        let customer: &[CustomerIntent] =
            if to == Status::CannotComplete { &[CustomerIntent::ReturnNeeded] } else { &[] };
        assert_eq!(judgement.customer, customer);
    }
}

#[test]
fn the_customer_hears_nothing_of_a_step_that_was_never_told() {
    let mut stage = Stage::new();
    stage.step(Status::Dispatched, Status::OnSite);
    stage.step(Status::OnSite, Status::InProgress);
    assert_eq!(stage.undo().customer, []);
}

#[test]
fn the_first_of_a_crew_speaks_for_all_and_the_last_one_says_done() {
    let mut stage = Stage::new();
    stage.add_crew();
    let told = |judgement: Judgement| judgement.customer;
    assert_eq!(told(stage.step_of(0, Status::Dispatched, Status::Traveling)), [CustomerIntent::EnRoute]);
    assert_eq!(told(stage.step_of(1, Status::Dispatched, Status::Traveling)), []);
    assert_eq!(told(stage.step_of(0, Status::Traveling, Status::OnSite)), [CustomerIntent::Arrived]);
    assert_eq!(told(stage.step_of(1, Status::Traveling, Status::OnSite)), []);
    for crew in [0, 1] {
        stage.step_of(crew, Status::OnSite, Status::InProgress);
    }
    assert_eq!(told(stage.step_of(0, Status::InProgress, Status::Completed)), []);
    assert_eq!(told(stage.step_of(1, Status::InProgress, Status::Completed)), [CustomerIntent::Completed]);
}

#[test]
fn of_all_flags_the_customer_hears_of_a_delay_only() {
    let mut stage = Stage::new();
    for flag in FlagKind::ALL {
        let told = stage.fact("flag.raise@1", json!({ "flag": flag, "text": "t" })).customer;
        let expected: &[CustomerIntent] = if *flag == FlagKind::Delay { &[CustomerIntent::Delayed] } else { &[] };
        assert_eq!(told, expected, "{flag:?}");
    }
}
