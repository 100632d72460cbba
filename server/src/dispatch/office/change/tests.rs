#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use serde_json::json;
use truckroll_core::apply::{Entry, apply};
use truckroll_core::clock::{Moment, Now};
use truckroll_core::fact::{Author, Body, StatusSet};
use truckroll_core::id::OpId;
use truckroll_core::plan::{BlockingException, PromiseType};

fn id<T: std::str::FromStr>(number: u8) -> T
where
    T::Err: std::fmt::Debug,
{
    format!("00000000-0001-7000-8000-0000000000{number:02x}").parse().unwrap()
}

fn plan() -> Plan {
    let value = json!({
        "visit": id::<truckroll_core::id::VisitId>(1),
        "order": { "id": id::<truckroll_core::id::OrderId>(2), "number": "WO-1" },
        "call_type": "emergency", "job_type": "repair", "trade": "hvac", "customer": {},
        "site": { "time_zone": "America/Kentucky/Louisville" },
    });
    serde_json::from_value(value).unwrap()
}

fn nothing() -> Progress {
    Progress::new(id(1))
}

fn officer(role: Role) -> Officer {
    Officer { id: id(9), name: "Olga".to_owned(), role }
}

fn crew(number: u8, name: &str) -> Crew {
    Crew { technician: id(number), name: name.to_owned(), role: None }
}

/// A plan on which Ana leads and has been dispatched.
fn dispatched() -> Plan {
    let mut plan = plan();
    assign(&mut plan, &nothing(), crew(20, "Ana"), id(30)).unwrap();
    dispatch(&mut plan, &nothing()).unwrap();
    plan
}

/// The progress after Ana went through these statuses.
fn after(statuses: &[Status]) -> Progress {
    let mut progress = nothing();
    let mut from = Status::Dispatched;
    for (number, to) in statuses.iter().enumerate() {
        let body = Body::StatusSet(StatusSet {
            assignment: id(30),
            from,
            to: *to,
            reason: String::new(),
            stated_at_ms: None,
            outcome: None,
            gaps: Vec::new(),
        });
        let entry = Entry {
            op_id: id::<OpId>(100 + u8::try_from(number).unwrap()),
            kind: body.kind().to_owned(),
            payload: body.payload(),
            by: Author::Technician { id: id(20), name: "Ana".to_owned() },
            captured: Now { wall_ms: 0, mono_ms: 0, boot_id: "b".to_owned() },
            moment: Moment { at_ms: 0, error_ms: Some(0) },
        };
        apply(&mut progress, &entry);
        from = *to;
    }
    progress
}

fn refused<T: std::fmt::Debug>(result: Result<T, Problem>) -> (u16, Option<String>) {
    let problem = result.unwrap_err();
    (problem.status, problem.field)
}

#[test]
fn the_first_leads_the_others_help_and_nobody_is_on_it_twice() {
    let (mut plan, progress) = (plan(), nothing());
    assign(&mut plan, &progress, crew(20, "Ana"), id(30)).unwrap();
    assign(&mut plan, &progress, crew(21, "Bo"), id(31)).unwrap();
    assert_eq!(plan.assignments.iter().map(|one| one.role).collect::<Vec<_>>(), [CrewRole::Lead, CrewRole::Helper]);
    assert_eq!(refused(assign(&mut plan, &progress, crew(21, "Bo"), id(32))).0, 409);
    let second_lead = Crew { role: Some(CrewRole::Lead), ..crew(22, "Cy") };
    assert_eq!(refused(assign(&mut plan, &progress, second_lead, id(33))), (409, Some("role".to_owned())));
}

#[test]
fn a_closed_gate_names_what_is_missing_and_only_a_manager_opens_it_for_exactly_that() {
    let (mut plan, progress) = (plan(), nothing());
    assign(&mut plan, &progress, crew(20, "Ana"), id(30)).unwrap();
    plan.missing = vec!["scope".to_owned()];
    plan.blocking = vec![BlockingException { id: id(40), kind: "unusual_scope".to_owned() }];
    let closed = dispatch(&mut plan, &progress).unwrap_err();
    assert_eq!((closed.kind.as_str(), closed.items), ("/problems/not-field-ready", vec!["scope".to_owned()]));
    assert_eq!(refused(override_gate(&mut plan, &officer(Role::Dispatcher), "flood", 5)).0, 403);
    assert_eq!(refused(override_gate(&mut plan, &officer(Role::Manager), " ", 5)), (400, Some("reason".to_owned())));
    override_gate(&mut plan, &officer(Role::Manager), "flood", 5).unwrap();
    let decision = plan.gate_override.clone().unwrap();
    assert_eq!((decision.by_name.as_str(), decision.reason.as_str(), decision.at_ms), ("Olga", "flood", 5));
    assert_eq!(decision.bypassed, ["scope", "unusual_scope"]);
    plan.missing.push("window".to_owned());
    assert_eq!(dispatch(&mut plan, &progress).unwrap_err().items, ["window"]);
    plan.missing.pop();
    dispatch(&mut plan, &progress).unwrap();
    assert_eq!(plan.assignments[0].intent, Intent::Dispatched);
}

#[test]
fn dispatch_needs_somebody_and_happens_once() {
    let (mut plan, progress) = (plan(), nothing());
    assert_eq!(refused(dispatch(&mut plan, &progress)).0, 409);
    let mut plan = dispatched();
    assert!(dispatch(&mut plan, &progress).unwrap_err().detail.contains("already"));
    plan.order.hold = Some("permit".to_owned());
    assert!(dispatch(&mut plan, &progress).unwrap_err().detail.contains("permit"));
}

#[test]
fn a_recall_ends_at_the_door() {
    for (statuses, allowed) in [
        (vec![], true),
        (vec![Status::Traveling], true),
        (vec![Status::Declined], true),
        (vec![Status::OnSite], false),
        (vec![Status::OnSite, Status::InProgress], false),
    ] {
        let mut plan = dispatched();
        let recalled = recall(&mut plan, &after(&statuses), None, "emergency elsewhere");
        assert_eq!(recalled.is_ok(), allowed, "{statuses:?}");
        let expected = if allowed { Intent::Recalled } else { Intent::Dispatched };
        assert_eq!(plan.assignments[0].intent, expected, "{statuses:?}");
    }
    assert_eq!(refused(recall(&mut dispatched(), &nothing(), None, "")), (400, Some("reason".to_owned())));
}

#[test]
fn a_reassignment_keeps_role_and_dispatch_or_changes_nothing() {
    let mut plan = dispatched();
    let change = reassign(&mut plan, &nothing(), id(20), crew(21, "Bo"), id(31), "sick").unwrap();
    assert_eq!(change.customer, [CustomerIntent::Reassigned]);
    let [ana, bo] = plan.assignments.as_slice() else { panic!("{:?}", plan.assignments) };
    assert_eq!((ana.intent, ana.reason.as_str()), (Intent::Recalled, "sick"));
    assert_eq!((bo.intent, bo.role, bo.technician_name.as_str()), (Intent::Dispatched, CrewRole::Lead, "Bo"));
    let mut plan = dispatched();
    plan.missing = vec!["scope".to_owned()];
    let before = plan.clone();
    assert_eq!(refused(reassign(&mut plan, &nothing(), id(20), crew(21, "Bo"), id(31), "sick")).0, 409);
    assert_eq!(plan, before);
}

#[test]
fn one_who_declined_can_be_given_the_visit_again() {
    let (mut plan, progress) = (dispatched(), after(&[Status::Declined]));
    assign(&mut plan, &progress, crew(20, "Ana"), id(31)).unwrap();
    assert_eq!(
        plan.assignments.iter().map(|one| one.intent).collect::<Vec<_>>(),
        [Intent::Recalled, Intent::Scheduled]
    );
}

#[test]
fn a_reschedule_after_dispatch_is_marked_with_its_number_and_told() {
    let window = Window { start_ms: 10, end_ms: 20, promise: PromiseType::Window };
    let mut early = plan();
    let change = reschedule(&mut early, &nothing(), window, "", 7).unwrap();
    assert_eq!((early.window_rev, change.customer.len()), (0, 0));
    let mut late = dispatched();
    late.window = Some(Window { start_ms: 1, ..window });
    let change = reschedule(&mut late, &nothing(), window, "parts", 7).unwrap();
    assert_eq!((late.window, late.window_rev, change.customer), (Some(window), 7, vec![CustomerIntent::Rescheduled]));
    assert_eq!(refused(reschedule(&mut late, &nothing(), window, "parts", 8)).0, 409);
}

#[test]
fn from_the_door_on_only_a_manager_cancels_and_finished_work_stands() {
    let mut plan = dispatched();
    cancel(&mut plan, &after(&[Status::Traveling]), &officer(Role::Dispatcher), "called off").unwrap();
    assert!(plan.order.canceled);
    assert_eq!(plan.assignments[0].intent, Intent::Canceled);
    let on_site = after(&[Status::OnSite]);
    let mut plan = dispatched();
    assert_eq!(refused(cancel(&mut plan, &on_site, &officer(Role::Dispatcher), "called off")).0, 403);
    assert!(!plan.order.canceled);
    cancel(&mut plan, &on_site, &officer(Role::Manager), "called off").unwrap();
    let done = after(&[Status::OnSite, Status::InProgress, Status::Completed]);
    assert_eq!(refused(cancel(&mut dispatched(), &done, &officer(Role::Owner), "too late")).0, 409);
}

#[test]
fn a_review_takes_a_finished_visit_and_an_approved_one_is_read_only() {
    let done = after(&[Status::OnSite, Status::InProgress, Status::Completed]);
    let mut plan = dispatched();
    assert_eq!(refused(review(&mut plan, &nothing(), &Decision::Approve)).0, 409);
    let unsaid = Decision::Return { reason: " ".to_owned() };
    assert_eq!(refused(review(&mut plan, &done, &unsaid)), (400, Some("reason".to_owned())));
    review(&mut plan, &done, &Decision::Return { reason: "photo of the plate".to_owned() }).unwrap();
    assert_eq!((plan.review, plan.review_reason.as_str()), (Review::Returned, "photo of the plate"));
    review(&mut plan, &done, &Decision::Approve).unwrap();
    assert_eq!((plan.review, plan.review_reason.as_str()), (Review::Approved, ""));
    assert_eq!(refused(review(&mut plan, &done, &Decision::Approve)).0, 409);
}
