#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
#![allow(clippy::type_complexity, reason = "a table of cases reads best in one place")]

use super::*;
use crate::id::{AssignmentId, OpId};
use crate::plan::{BlockingException, fixture};
use crate::progress::{FieldState, Step};

/// A visit with one assignment per pair of intent and field status.
fn visit(assignments: &[(Intent, Option<Status>)]) -> (Plan, Progress) {
    let mut plan = fixture::plan();
    let template = plan.assignments.remove(0);
    let mut progress = Progress::new(plan.visit);
    for (index, (intent, status)) in assignments.iter().enumerate() {
        let n = u8::try_from(index).unwrap();
        let id = AssignmentId::from_parts(i64::from(n), [n; 10]);
        let mut assignment = template.clone();
        (assignment.id, assignment.intent) = (id, *intent);
        plan.assignments.push(assignment);
        if let Some(to) = *status {
            let op_id = OpId::from_parts(i64::from(n), [n; 10]);
            let step = Step { op_id, from: Status::Dispatched, to, undone_by: None, recorded_only: false };
            progress.assignments.insert(id, FieldState { status: Some(to), steps: vec![step] });
        }
    }
    (plan, progress)
}

#[test]
fn visit_statuses() {
    use Intent::{Canceled, Dispatched, Recalled, Scheduled};
    let table: &[(&[(Intent, Option<Status>)], VisitStatus)] = &[
        (&[], VisitStatus::Unassigned),
        (&[(Scheduled, None)], VisitStatus::Scheduled),
        (&[(Dispatched, None)], VisitStatus::Dispatched),
        (&[(Dispatched, Some(Status::Declined))], VisitStatus::Declined),
        (&[(Dispatched, Some(Status::Declined)), (Dispatched, None)], VisitStatus::Dispatched),
        (&[(Dispatched, Some(Status::Traveling)), (Scheduled, None)], VisitStatus::Traveling),
        (&[(Dispatched, Some(Status::InProgress)), (Dispatched, Some(Status::Completed))], VisitStatus::InProgress),
        (&[(Dispatched, Some(Status::Paused)), (Dispatched, Some(Status::OnSite))], VisitStatus::Paused),
        (&[(Dispatched, Some(Status::Completed))], VisitStatus::Completed),
        (&[(Dispatched, Some(Status::Completed)), (Dispatched, Some(Status::CannotComplete))], VisitStatus::Completed),
        (&[(Dispatched, Some(Status::CannotComplete))], VisitStatus::CannotComplete),
        (&[(Recalled, None)], VisitStatus::Unassigned),
        (&[(Recalled, Some(Status::Traveling))], VisitStatus::Unassigned),
        (&[(Recalled, Some(Status::InProgress)), (Dispatched, None)], VisitStatus::Dispatched),
        (&[(Recalled, Some(Status::Completed))], VisitStatus::Completed),
        (&[(Canceled, None)], VisitStatus::Canceled),
        (&[(Canceled, Some(Status::Traveling))], VisitStatus::Canceled),
        (&[(Canceled, Some(Status::InProgress))], VisitStatus::CanceledWithWork),
        (&[(Canceled, Some(Status::Completed))], VisitStatus::CanceledWithWork),
        (&[(Canceled, None), (Dispatched, Some(Status::OnSite))], VisitStatus::OnSite),
    ];
    for (assignments, expected) in table {
        let (plan, progress) = visit(assignments);
        assert_eq!(visit_status(&plan, &progress), *expected, "{assignments:?}");
    }
}

#[test]
fn order_statuses() {
    use Intent::{Dispatched, Scheduled};
    type Change = fn(&mut Plan);
    let table: &[(&[(Intent, Option<Status>)], Change, OrderStatus)] = &[
        (&[], |_| (), OrderStatus::Ready),
        (&[], |plan| plan.order.draft = true, OrderStatus::Draft),
        (&[], |plan| plan.order.hold = Some("parts".into()), OrderStatus::OnHold),
        (&[], |plan| plan.missing = vec!["scope".into()], OrderStatus::NeedsInfo),
        (&[(Scheduled, None)], |_| (), OrderStatus::Scheduled),
        (
            &[(Scheduled, None)],
            |plan| {
                plan.blocking = vec![BlockingException {
                    id: crate::id::ExceptionId::from_parts(1, [1; 10]),
                    kind: "scope_check".into(),
                }]
            },
            OrderStatus::NeedsInfo,
        ),
        (&[(Dispatched, Some(Status::Declined))], |_| (), OrderStatus::Ready),
        (&[(Dispatched, Some(Status::Traveling))], |plan| plan.missing = vec!["scope".into()], OrderStatus::InProgress),
        (&[(Dispatched, Some(Status::Completed))], |_| (), OrderStatus::WorkComplete),
        (&[(Dispatched, Some(Status::Completed))], |plan| plan.review = Review::Returned, OrderStatus::InReview),
        (&[(Dispatched, Some(Status::Completed))], |plan| plan.review = Review::Approved, OrderStatus::Closed),
        (&[(Scheduled, None)], |plan| plan.order.canceled = true, OrderStatus::Canceled),
        (&[(Dispatched, Some(Status::InProgress))], |plan| plan.order.canceled = true, OrderStatus::CanceledWithWork),
    ];
    for (assignments, change, expected) in table {
        let (mut plan, progress) = visit(assignments);
        change(&mut plan);
        assert_eq!(order_status(&[(&plan, &progress)]), *expected, "{assignments:?}");
    }
}

#[test]
fn the_least_finished_visit_of_an_order_decides() {
    let done = visit(&[(Intent::Dispatched, Some(Status::Completed))]);
    let running = visit(&[(Intent::Dispatched, Some(Status::InProgress))]);
    let planned = visit(&[(Intent::Scheduled, None)]);
    let of = |visits: &[&(Plan, Progress)]| {
        order_status(&visits.iter().map(|(plan, progress)| (plan, progress)).collect::<Vec<_>>())
    };
    assert_eq!(of(&[&done, &planned]), OrderStatus::Scheduled);
    assert_eq!(of(&[&done, &planned, &running]), OrderStatus::InProgress);
    assert_eq!(of(&[]), OrderStatus::Draft);
}

#[test]
fn a_returned_visit_stays_on_the_phone() {
    let (mut plan, progress) = visit(&[(Intent::Dispatched, Some(Status::Completed))]);
    assert!(!is_open(&plan, &progress));
    plan.review = Review::Returned;
    assert!(is_open(&plan, &progress));
}
