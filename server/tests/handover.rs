//! Visits that go from one technician to another, as their phones see it.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use support::{MONDAY_MS, World, assignment, states, true_anchor};
use truckroll_core::fact::{Body, NoteAdd};
use truckroll_core::id::{AssignmentId, TechnicianId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::Intent;
use truckroll_core::wire::{PullItem, ResultState};
use truckroll_server::dispatch::Error;

const MINUTE_MS: i64 = 60_000;

/// Takes a visit from one technician and gives it to another.
fn reassign(world: &World, now_ms: i64, visit: VisitId, to: TechnicianId, name: &'static str) {
    let id = AssignmentId(world.dispatch.store().entropy().uuid(now_ms));
    world.plan(now_ms, visit, move |plan| {
        for assignment in &mut plan.assignments {
            assignment.intent = Intent::Recalled;
        }
        plan.assignments.push(assignment(id, to, name));
    });
}

#[test]
fn work_done_before_the_phone_knew_of_a_handover_counts_and_later_work_does_not() {
    let world = World::new();
    let (ada, bo) = (world.technician("T01", "Ada"), world.technician("T02", "Bo"));
    let mut phone = world.phone(ada, MONDAY_MS);
    let visit = world.visit("WO-1", &[ada]);
    let (_, first) = world.pull_all(MONDAY_MS, &phone, None);
    let note = Body::NoteAdd(NoteAdd { text: "still here".to_owned(), revises: None, late_for: None });
    let before = world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS + MINUTE_MS);
    let after = world.fact(&mut phone, &visit, &note, MONDAY_MS + 30 * MINUTE_MS);
    reassign(&world, MONDAY_MS + 5 * MINUTE_MS, visit.id, bo, "Bo");

    let (items, second) = world.pull_all(MONDAY_MS + 10 * MINUTE_MS, &phone, Some(&first.cursor));
    let PullItem::Revoke { code, to_name, .. } = &items[0] else { panic!("{items:?}") };
    assert_eq!((code.as_str(), to_name.as_str()), ("revoked.reassigned", "Bo"));
    assert_eq!(second.checkpoint.as_ref().unwrap().visits, 0);
    // The next pull shows that the phone has applied the revoke.
    world.pull_all(MONDAY_MS + 20 * MINUTE_MS, &phone, Some(&second.cursor));

    let now_ms = MONDAY_MS + 40 * MINUTE_MS;
    let results = world.push_with(now_ms, &phone, vec![true_anchor(&phone)], vec![before.clone(), after]);
    assert_eq!(states(&results), [(ResultState::Applied, None), (ResultState::Attention, Some("attention.not_yours"))]);
    let stored = world.stored(visit.id);
    assert!(stored.progress.records[&before.op_id].marks.contains(&"after_handover".to_owned()));
    let exceptions = world
        .dispatch
        .company(world.company)
        .read(|reader| Ok::<_, Error>(reader.open_exceptions(Some(visit.id))?))
        .unwrap();
    assert_eq!(exceptions.iter().filter(|exception| exception.kind == "after_handover").count(), 1);
}

/// A seed of the soak: the phone kept showing a job that the office had taken away twice.
#[test]
fn a_visit_that_came_back_and_went_again_between_two_pulls_leaves_the_phone() {
    let world = World::new();
    let (ada, bo) = (world.technician("T01", "Ada"), world.technician("T02", "Bo"));
    let (hers, his) = (world.phone(ada, MONDAY_MS), world.phone(bo, MONDAY_MS));
    let visit = world.visit("WO-1", &[ada]).id;
    let (_, she_knows) = world.pull_all(MONDAY_MS, &hers, None);
    let (_, he_knows) = world.pull_all(MONDAY_MS, &his, None);
    for (minute, to, name) in [(1, bo, "Bo"), (2, ada, "Ada"), (3, bo, "Bo"), (4, ada, "Ada"), (5, bo, "Bo")] {
        reassign(&world, MONDAY_MS + minute * MINUTE_MS, visit, to, name);
    }
    let now_ms = MONDAY_MS + 10 * MINUTE_MS;
    let (items, page) = world.pull_all(now_ms, &hers, Some(&she_knows.cursor));
    assert!(matches!(&items[..], [PullItem::Revoke { to_name, .. }] if to_name == "Bo"), "{items:?}");
    world.plan(now_ms, visit, |plan| plan.assignments.iter_mut().for_each(|it| it.intent = Intent::Recalled));
    let (items, _) = world.pull_all(now_ms, &hers, Some(&page.cursor));
    assert!(items.is_empty(), "she knew: {items:?}");
    let (items, _) = world.pull_all(now_ms, &his, Some(&he_knows.cursor));
    assert!(items.is_empty(), "he never had it: {items:?}");
}
