//! The log and the commit: numbers without a gap, a chain that holds, groups that are all or nothing.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use serde_json::json;
use std::collections::BTreeSet;
use support::{MONDAY_MS, World, true_anchor};
use truckroll_core::apply::{Entry, apply};
use truckroll_core::clock::Moment;
use truckroll_core::fact::{Author, Body, Fact, NoteAdd};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::Plan;
use truckroll_core::progress::Progress;
use truckroll_server::Dispatch;
use truckroll_server::dispatch::Error;
use truckroll_server::entropy::Entropy;
use truckroll_server::store::{self, Actor, Event, LoggedEvent, Settings, Store};

fn record(tx: &mut store::Transaction<'_>, payload: serde_json::Value) -> Result<u64, store::Error> {
    tx.record(&Event { kind: "test.happened", visit: None, actor: Actor::System, payload })
}

#[test]
fn the_chain_holds_after_erasing_and_breaks_after_tampering() {
    let store = Store::open_in_memory(Entropy::seeded(1)).unwrap();
    let id = store.create_company(0, &Settings::new("A", "UTC")).unwrap();
    let company = store.company(id);
    for number in 0..5 {
        company.commit(0, move |tx| record(tx, json!({ "name": "Dan Lopez", "number": number }))).unwrap();
    }
    company.commit(0, |tx| tx.erase_payload(3)).unwrap();
    assert_eq!(company.read(|reader| reader.verify_log()).unwrap(), 5);
    let events = company.read(|reader| reader.events_after(0, None, 10)).unwrap();
    let erased: Vec<u64> = events.iter().filter(|event| event.payload.is_none()).map(|event| event.seq).collect();
    assert_eq!(erased, [3]);

    let folder = tempfile::tempdir().unwrap();
    for (number, tamper) in [
        "UPDATE event SET kind = 'other' WHERE seq = 2",
        "UPDATE payload SET body = '{}' WHERE seq = 4",
        "DELETE FROM event WHERE seq = 3",
        "DELETE FROM event WHERE seq = 5",
    ]
    .into_iter()
    .enumerate()
    {
        let path = folder.path().join(format!("{number}.db"));
        store.with_connection(|connection| connection.execute("VACUUM INTO ?1", [path.to_str().unwrap()]).unwrap());
        let copy = Store::open_direct(&path, Entropy::seeded(1)).unwrap();
        assert_eq!(copy.company(id).read(|reader| reader.verify_log()).unwrap(), 5);
        assert_eq!(copy.with_connection(|connection| connection.execute(tamper, []).unwrap()), Some(1));
        let verified = copy.company(id).read(|reader| reader.verify_log());
        assert!(matches!(verified, Err(store::Error::Corrupt(_))), "{tamper}: {verified:?}");
    }
}

#[test]
fn a_failed_work_leaves_nothing_and_no_gap() {
    let store = Store::open_in_memory(Entropy::seeded(1)).unwrap();
    let company = store.company(store.create_company(0, &Settings::new("A", "UTC")).unwrap());
    company.commit(0, |tx| record(tx, json!(1))).unwrap();
    let failed = company.commit(0, |tx| {
        record(tx, json!(2))?;
        Err::<(), _>(store::Error::Corrupt("on purpose".into()))
    });
    assert!(failed.is_err());
    assert_eq!(company.commit(0, |tx| record(tx, json!(3))).unwrap(), 2);
    assert_eq!(company.read(|reader| reader.verify_log()).unwrap(), 2);
}

#[test]
fn a_commit_that_is_killed_leaves_nothing() {
    let store = Store::open_in_memory(Entropy::seeded(1)).unwrap();
    let company = store.company(store.create_company(0, &Settings::new("A", "UTC")).unwrap());
    store.with_connection(|connection| connection.commit_hook(Some(|| true)).unwrap());
    assert!(matches!(company.commit(0, |tx| record(tx, json!(1))), Err(store::Error::Commit(_))));
    store.with_connection(|connection| connection.commit_hook(None::<fn() -> bool>).unwrap());
    assert_eq!(company.commit(0, |tx| record(tx, json!(2))).unwrap(), 1);
}

#[test]
fn groups_of_many_threads_are_gap_free_and_a_bad_one_hurts_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    let store = Store::open(&path, Entropy::system()).unwrap();
    let id = store.create_company(0, &Settings::new("A", "UTC")).unwrap();
    let seqs: Vec<u64> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|thread| {
                let company = store.company(id);
                scope.spawn(move || {
                    let mut seqs = Vec::new();
                    for number in 0..20 {
                        match (thread + number) % 7 {
                            0 => {
                                let failed = company.commit(0, |tx| {
                                    record(tx, json!("failed"))?;
                                    Err::<(), _>(store::Error::Corrupt("on purpose".into()))
                                });
                                assert!(matches!(failed, Err(store::Error::Corrupt(_))));
                            }
                            1 if thread == 3 => {
                                let panicked = company.commit(0, |tx| -> Result<(), store::Error> {
                                    record(tx, json!("panicked"))?;
                                    panic!("on purpose")
                                });
                                assert!(matches!(panicked, Err(store::Error::NotRun)));
                            }
                            _ => seqs.push(company.commit(0, move |tx| record(tx, json!([thread, number]))).unwrap()),
                        }
                    }
                    seqs
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    let distinct: BTreeSet<u64> = seqs.iter().copied().collect();
    assert_eq!((distinct.len(), distinct.last().copied()), (seqs.len(), Some(seqs.len() as u64)));
    assert_eq!(*store.company(id).watch().borrow(), seqs.len() as u64);
    drop(store);
    let reopened = Store::open_direct(&path, Entropy::system()).unwrap();
    assert_eq!(reopened.company(id).read(|reader| reader.verify_log()).unwrap(), seqs.len() as u64);
}

#[test]
fn one_companys_handle_finds_nothing_of_anothers() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let visit = world.visit("WO-1", &[ada]);
    let other = world.dispatch.create_company(0, &Settings::new("B", "UTC")).unwrap();
    world
        .dispatch
        .company(other.company)
        .read(|reader| {
            assert!(reader.visit(visit.id)?.is_none() && reader.technician(ada)?.is_none());
            assert!(reader.visits_of_day(None)?.is_empty() && reader.technicians()?.is_empty());
            assert!(reader.order_by_number("WO-1")?.is_none());
            Ok::<_, Error>(())
        })
        .unwrap();
    assert!(matches!(
        world.dispatch.company(truckroll_core::id::CompanyId(ada.0)).commit(0, |tx| record(tx, json!(1))),
        Err(store::Error::NoCompany)
    ));
}

/// A visit's documents, from the log alone.
fn fold(events: &[LoggedEvent], visit: truckroll_core::id::VisitId) -> (Plan, Progress) {
    let mut plan = None;
    let mut progress = Progress::new(visit);
    for event in events.iter().filter(|event| event.visit == Some(visit)) {
        let payload = event.payload.clone().unwrap();
        match event.kind.as_str() {
            "fact.applied" | "fact.merged" => {
                let fact: Fact = serde_json::from_value(payload["fact"].clone()).unwrap();
                let by: Author = serde_json::from_value(payload["by"].clone()).unwrap();
                let moment: Moment = serde_json::from_value(payload["moment"].clone()).unwrap();
                let entry = Entry {
                    op_id: fact.op_id,
                    kind: fact.kind,
                    payload: fact.payload,
                    by,
                    captured: fact.captured,
                    moment,
                };
                apply(&mut progress, &entry);
                let marks = serde_json::from_value(payload["marks"].clone()).unwrap();
                progress.records.get_mut(&fact.op_id).unwrap().marks = marks;
            }
            "fact.retimed" => {
                let op_id = serde_json::from_value(payload["op_id"].clone()).unwrap();
                let record = progress.records.get_mut(&op_id).unwrap();
                record.at_ms = payload["at_ms"].as_i64().unwrap();
                record.error_ms = payload["error_ms"].as_i64();
                record.marks.retain(|mark| mark != "unanchored_time");
            }
            kind if kind.starts_with("visit.") => plan = Some(serde_json::from_value(payload["plan"].clone()).unwrap()),
            kind => assert!(kind == "fact.attention" || kind.starts_with("exception."), "{kind}"),
        }
    }
    (plan.unwrap(), progress)
}

#[test]
fn folding_the_log_gives_the_documents() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let mut phone = world.phone(ada, MONDAY_MS);
    let visit = world.visit("WO-1", &[ada]);
    let note = Body::NoteAdd(NoteAdd { text: "x".into(), revises: None, late_for: None });
    let first = vec![
        world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS),
        world.step(&mut phone, &visit, Status::Paused, Status::InProgress, MONDAY_MS),
        world.fact(&mut phone, &visit, &note, MONDAY_MS + 1),
    ];
    world.push(MONDAY_MS, &phone, first);
    world.plan(MONDAY_MS, visit.id, |plan| plan.window_rev = 1_000);
    let second = vec![world.step(&mut phone, &visit, Status::Traveling, Status::CannotComplete, MONDAY_MS + 2)];
    world.push_with(MONDAY_MS, &phone, vec![true_anchor(&phone)], second);
    let events = world
        .dispatch
        .company(world.company)
        .read(|reader| Ok::<_, Error>(reader.events_after(0, None, usize::MAX)?))
        .unwrap();
    let stored = world.stored(visit.id);
    assert_eq!(fold(&events, visit.id), (stored.plan, stored.progress));
    assert!(events.iter().any(|event| event.kind == "fact.retimed"));
}

#[test]
fn the_same_seed_gives_the_same_log() {
    let log = || {
        let world = World::on(Dispatch::open_in_memory(42).unwrap());
        let ada = world.technician("T01", "Ada");
        let mut phone = world.phone(ada, MONDAY_MS);
        let visit = world.visit("WO-1", &[ada]);
        let fact = world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS);
        world.push(MONDAY_MS, &phone, vec![fact]);
        world
            .dispatch
            .company(world.company)
            .read(|reader| Ok::<_, Error>(reader.events_after(0, None, usize::MAX)?))
            .unwrap()
    };
    assert_eq!(log(), log());
}
