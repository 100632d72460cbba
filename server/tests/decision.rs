//! What the server makes of facts, and when it thinks again.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use support::{MONDAY_MS, World, states};
use truckroll_core::fact::{Body, NoteAdd};
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::wire::{PullItem, ResultState};
use truckroll_server::dispatch::Error;

fn note(text: &str) -> Body {
    Body::NoteAdd(NoteAdd { text: text.to_owned(), revises: None, late_for: None })
}

/// The log's lines about facts, of one visit or of the whole company.
fn logged(world: &World, visit: Option<VisitId>) -> Vec<String> {
    let events = world
        .dispatch
        .company(world.company)
        .read(|reader| Ok::<_, Error>(reader.events_after(0, visit, 1_000)?))
        .unwrap();
    events.into_iter().map(|event| event.kind).filter(|kind| kind.starts_with("fact.")).collect()
}

/// The results among what a phone is told.
fn results(items: &[PullItem]) -> Vec<(OpId, ResultState)> {
    let result = |item: &PullItem| match item {
        PullItem::Result(result) => Some((result.op_id, result.state)),
        _ => None,
    };
    items.iter().filter_map(result).collect()
}

/// Three facts wait: two of kinds that this version doesn't know, and one that breaks the chain. An upgrade brings one of the
/// kinds: the first start judges that one and no other, once, and its phone hears of it.
#[test]
fn a_kind_that_an_upgrade_brings_is_judged_once_after_it() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let mut newer = world.fact(&mut phone, &visit, &note("of the next version"), MONDAY_MS);
    newer.kind = "hologram.add@1".into();
    let mut newest = world.fact(&mut phone, &visit, &note("of the one after it"), MONDAY_MS);
    newest.kind = "hologram.add@2".into();
    let broken = world.step(&mut phone, &visit, Status::Paused, Status::InProgress, MONDAY_MS);
    let pushed = world.push(MONDAY_MS, &phone, vec![newer.clone(), newest, broken]);
    assert_eq!(
        states(&pushed).into_iter().filter_map(|(_, code)| code).collect::<Vec<_>>(),
        ["attention.unknown_kind", "attention.unknown_kind", "attention.broken_chain"]
    );
    let (_, before) = world.pull_all(MONDAY_MS, &phone, None);
    let upgrade =
        "UPDATE fact SET kind = 'note.add@1', raw = replace(raw, 'hologram.add@1', 'note.add@1') WHERE op_id = ?1";
    let changed = world
        .dispatch
        .store()
        .with_connection(|connection| connection.execute(upgrade, [newer.op_id.0.as_bytes().as_slice()]).unwrap());
    assert_eq!(changed, Some(1));

    assert_eq!(world.dispatch.judge_unknown_again(MONDAY_MS, world.company).unwrap(), 1);
    assert!(world.stored(visit.id).progress.records.contains_key(&newer.op_id));
    let (items, _) = world.pull_all(MONDAY_MS, &phone, Some(&before.cursor));
    assert_eq!(results(&items), [(newer.op_id, ResultState::Applied)]);
    assert_eq!(world.dispatch.judge_unknown_again(MONDAY_MS, world.company).unwrap(), 0);
    assert_eq!(logged(&world, None).iter().filter(|kind| *kind == "fact.attention").count(), 3);
}

/// A gap is filled, and what waits for another one comes out the same: nobody is told anything.
#[test]
fn what_comes_out_the_same_is_no_news() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let noted = world.fact(&mut phone, &visit, &note("late"), MONDAY_MS);
    let start = world.step(&mut phone, &visit, Status::OnSite, Status::InProgress, MONDAY_MS);
    let pushed = world.push(MONDAY_MS, &phone, vec![start]);
    assert_eq!(pushed[0].code.as_deref(), Some("attention.broken_chain"));
    let (_, before) = world.pull_all(MONDAY_MS, &phone, None);
    let pushed = world.push(MONDAY_MS, &phone, vec![noted]);
    assert_eq!(states(&pushed), [(ResultState::Applied, None)]);
    let (items, _) = world.pull_all(MONDAY_MS, &phone, Some(&before.cursor));
    assert_eq!(results(&items), []);
    assert_eq!(logged(&world, None), ["fact.attention", "fact.applied"]);
}

/// It is kept, and the office sees it; on the visit's own history it isn't.
#[test]
fn a_fact_about_somebody_elses_visit_is_not_that_visits_history() {
    let world = World::new();
    let (ada, bo) = (world.technician("T01", "Ada"), world.technician("T02", "Bo"));
    let mut phone = world.phone(ada, MONDAY_MS);
    let (own, other) = (world.visit("WO-1", &[ada]), world.visit("WO-2", &[bo]));
    let foreign = world.fact(&mut phone, &other, &note("not mine"), MONDAY_MS);
    let broken = world.step(&mut phone, &own, Status::Paused, Status::InProgress, MONDAY_MS);
    world.push(MONDAY_MS, &phone, vec![foreign, broken]);
    assert!(logged(&world, Some(other.id)).is_empty());
    assert_eq!(logged(&world, Some(own.id)), ["fact.attention"]);
    assert_eq!(logged(&world, None), ["fact.attention", "fact.attention"]);
}
