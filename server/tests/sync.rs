//! Push and pull as a phone sees them, on the dispatch itself.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use serde_json::json;
use std::collections::BTreeMap;
use support::{MONDAY_MS, Phone, World, assignment, states, true_anchor};
use truckroll_core::clock::Now;
use truckroll_core::digest::digest;
use truckroll_core::fact::{BaseRev, Body, Fact, NoteAdd, StatusUndo};
use truckroll_core::id::{AssignmentId, OpId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::Intent;
use truckroll_core::wire::{Held, PAGE_BYTES, PullItem, RepairRequest, ResultState};
use truckroll_server::dispatch::Error;
use truckroll_server::store::{DeviceState, Interval};

const MINUTE_MS: i64 = 60_000;

fn problem_status(error: &Error) -> u16 {
    match error {
        Error::Problem(problem) => problem.status,
        other => panic!("not a problem: {other}"),
    }
}

fn note(text: &str) -> Body {
    Body::NoteAdd(NoteAdd { text: text.to_owned(), revises: None, late_for: None })
}

/// What a phone holds after applying items, by visit.
fn apply_items(held: &mut BTreeMap<VisitId, Held>, items: &[PullItem]) {
    for item in items {
        match item {
            PullItem::Visit { visit, plan, progress, .. } => {
                let held = held.entry(*visit).or_insert(Held { visit: *visit, plan_rev: 0, progress_rev: 0 });
                held.plan_rev = plan.as_ref().map_or(held.plan_rev, |document| document.rev);
                held.progress_rev = progress.as_ref().map_or(held.progress_rev, |document| document.rev);
            }
            PullItem::Revoke { visit, .. } => drop(held.remove(visit)),
            PullItem::Result(_) | PullItem::GateCode { .. } => {}
        }
    }
}

#[test]
fn a_day_offline_arrives_once_and_in_order() {
    let world = World::new();
    let technician = world.technician("T01", "Ada Zhou");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let facts = vec![
        world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS),
        world.step(&mut phone, &visit, Status::Traveling, Status::OnSite, MONDAY_MS + MINUTE_MS),
        world.fact(&mut phone, &visit, &note("Filter is black"), MONDAY_MS + 2 * MINUTE_MS),
        world.step(&mut phone, &visit, Status::OnSite, Status::InProgress, MONDAY_MS + 3 * MINUTE_MS),
    ];
    let later_ms = MONDAY_MS + 3_600_000;
    let results = world.push_with(later_ms, &phone, vec![true_anchor(&phone)], facts.clone());
    assert_eq!(states(&results), vec![(ResultState::Applied, None); 4]);
    let seqs: Vec<u64> = results.iter().map(|result| result.seq.unwrap()).collect();
    assert!(seqs.windows(2).all(|pair| pair[0] < pair[1]));

    let again = world.push(later_ms, &phone, facts.clone());
    for (first, again) in results.iter().zip(&again) {
        assert_eq!(
            (again.state, again.original, again.seq),
            (ResultState::Duplicate, Some(ResultState::Applied), first.seq)
        );
    }
    let stored = world.stored(visit.id);
    assert_eq!(stored.progress.records.len(), 4);
    assert_eq!(stored.progress.field_status(visit.plan.assignments[0].id), Some(Status::InProgress));
    assert_eq!(stored.progress.records[&facts[1].op_id].at_ms, MONDAY_MS + MINUTE_MS);
    assert_eq!(stored.progress_rev, *seqs.last().unwrap());
}

#[test]
fn refused_facts_are_kept_and_block_nothing() {
    let world = World::new();
    let (ada, bo) = (world.technician("T01", "Ada"), world.technician("T02", "Bo"));
    let mut phone = world.phone(ada, MONDAY_MS);
    let (own, other) = (world.visit("WO-1", &[ada]), world.visit("WO-2", &[bo]));
    let mut unknown = world.fact(&mut phone, &own, &note("x"), MONDAY_MS);
    unknown.kind = "hologram.add@1".into();
    let broken = world.step(&mut phone, &own, Status::Paused, Status::InProgress, MONDAY_MS);
    let foreign = world.fact(&mut phone, &other, &note("not mine"), MONDAY_MS);
    let mut large = world.fact(&mut phone, &own, &note("x"), MONDAY_MS);
    large.payload = json!({ "text": "x".repeat(70_000) });
    let good = world.fact(&mut phone, &own, &note("good"), MONDAY_MS);
    let facts = vec![unknown, broken, foreign, large.clone(), good];
    let results = world.push(MONDAY_MS, &phone, facts);
    assert_eq!(
        states(&results),
        [
            (ResultState::Attention, Some("attention.unknown_kind")),
            (ResultState::Attention, Some("attention.broken_chain")),
            (ResultState::Attention, Some("attention.not_yours")),
            (ResultState::Attention, Some("attention.too_large")),
            (ResultState::Applied, None),
        ]
    );
    let (waiting, kept) = world
        .dispatch
        .company(world.company)
        .read(|reader| Ok::<_, Error>((reader.attention()?, reader.fact(large.op_id)?.unwrap())))
        .unwrap();
    assert_eq!(waiting.len(), 4);
    assert!(kept.raw.len() < 1_000 && kept.raw.contains("\"size_bytes\""), "{}", kept.raw);
}

#[test]
fn a_filled_gap_mends_a_broken_chain() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let travel = world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS);
    let arrive = world.step(&mut phone, &visit, Status::Traveling, Status::OnSite, MONDAY_MS + 1);
    let start = world.step(&mut phone, &visit, Status::OnSite, Status::InProgress, MONDAY_MS + 2);
    let (_, first) = world.pull_all(MONDAY_MS, &phone, None);
    let results = world.push(MONDAY_MS, &phone, vec![travel, start.clone()]);
    assert_eq!(results[1].code.as_deref(), Some("attention.broken_chain"));
    let results = world.push(MONDAY_MS, &phone, vec![arrive]);
    assert_eq!(states(&results), [(ResultState::Applied, None)]);
    let stored = world.stored(visit.id);
    assert_eq!(stored.progress.field_status(visit.plan.assignments[0].id), Some(Status::InProgress));
    // The phone that was told "attention" hears that it came out otherwise.
    let (items, _) = world.pull_all(MONDAY_MS, &phone, Some(&first.cursor));
    let told = items.iter().find_map(|item| match item {
        PullItem::Result(result) if result.op_id == start.op_id => Some(result.state),
        _ => None,
    });
    assert_eq!(told, Some(ResultState::Applied));
}

#[test]
fn a_wrong_clock_is_corrected_afterwards() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let mut fact = world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS + MINUTE_MS);
    fact.captured.wall_ms += 3 * 3_600_000;
    let op_id = fact.op_id;
    world.push(MONDAY_MS + 3_600_000, &phone, vec![fact]);
    let record = world.stored(visit.id).progress.records[&op_id].clone();
    assert_eq!((record.at_ms, record.error_ms), (MONDAY_MS + MINUTE_MS + 3 * 3_600_000, None));
    assert!(record.marks.contains(&"unanchored_time".to_owned()));

    world.push_with(MONDAY_MS + 3_600_000, &phone, vec![true_anchor(&phone)], Vec::new());
    let record = world.stored(visit.id).progress.records[&op_id].clone();
    assert_eq!(record.at_ms, MONDAY_MS + MINUTE_MS);
    assert!(record.error_ms.is_some_and(|error_ms| error_ms < 1_000));
    assert!(!record.marks.contains(&"unanchored_time".to_owned()));
}

#[test]
fn a_status_undone_before_it_was_sent_tells_the_customer_nothing() {
    let world = World::new();
    let technician = world.technician("T01", "Ada");
    let mut phone = world.phone(technician, MONDAY_MS);
    let visit = world.visit("WO-1", &[technician]);
    let assignment = visit.plan.assignments[0].id;
    let travel = world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS);
    let undo = Body::StatusUndo(StatusUndo { assignment, target: travel.op_id });
    let undo = world.fact(&mut phone, &visit, &undo, MONDAY_MS + 1_000);
    world.push(MONDAY_MS, &phone, vec![travel, undo]);
    let told = |world: &World| {
        let company = world.dispatch.company(world.company);
        company.read(|reader| Ok::<_, Error>(reader.customer_intents(visit.id)?)).unwrap()
    };
    assert!(told(&world).iter().all(|(_, state, _)| state == "suppressed"), "{:?}", told(&world));

    let again = world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS + 2_000);
    let undo = Body::StatusUndo(StatusUndo { assignment, target: again.op_id });
    world.push(MONDAY_MS, &phone, vec![again]);
    let undo = world.fact(&mut phone, &visit, &undo, MONDAY_MS + 3_000);
    world.push(MONDAY_MS, &phone, vec![undo]);
    let due: Vec<String> = told(&world)
        .iter()
        .filter(|(_, state, _)| state == "due")
        .map(|(intent, _, _)| intent.as_str().to_owned())
        .collect();
    assert_eq!(due, ["en_route", "correction"]);
}

#[test]
fn the_gate_code_comes_and_goes_with_the_dispatch() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let phone = world.phone(ada, MONDAY_MS);
    let visit = world.visit_with("WO-1", &[ada], json!({}), Some("#4407"));
    let codes = |items: &[PullItem]| -> Vec<Option<String>> {
        items
            .iter()
            .filter_map(|item| match item {
                PullItem::GateCode { code, .. } => Some(code.clone()),
                _ => None,
            })
            .collect()
    };
    let (items, first) = world.pull_all(MONDAY_MS, &phone, None);
    assert_eq!(codes(&items), [Some("#4407".to_owned())]);
    assert!(
        items.iter().all(|item| matches!(item, PullItem::GateCode { .. }) || !format!("{item:?}").contains("#4407"))
    );
    world.plan(MONDAY_MS, visit.id, |plan| plan.assignments[0].intent = Intent::Scheduled);
    let (items, second) = world.pull_all(MONDAY_MS, &phone, Some(&first.cursor));
    assert_eq!(codes(&items), [None]);
    world.plan(MONDAY_MS, visit.id, |plan| plan.assignments[0].intent = Intent::Dispatched);
    let (items, _) = world.pull_all(MONDAY_MS, &phone, Some(&second.cursor));
    assert_eq!(codes(&items), [Some("#4407".to_owned())]);
}

#[test]
fn a_pull_that_is_cut_resumes_and_ends_with_the_right_digest() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let mut phone = world.phone(ada, MONDAY_MS);
    let long = "x".repeat(9_000);
    let visits: Vec<_> = (0..30)
        .map(|number| world.visit_with(&format!("WO-{number}"), &[ada], json!({ "special_instructions": long }), None))
        .collect();
    let mut held = BTreeMap::new();
    let mut cursor = None;
    let mut pages = 0;
    let last = loop {
        let page = world.pull(MONDAY_MS, &phone, cursor.as_deref()).unwrap();
        assert!(serde_json::to_string(&page).unwrap().len() <= PAGE_BYTES);
        apply_items(&mut held, &page.items);
        pages += 1;
        // Changes between the pages, of visits that were sent already and of ones that weren't.
        let changed = &visits[(pages * 7) % visits.len()];
        let fact = world.fact(&mut phone, changed, &note("between"), MONDAY_MS);
        if pages < 6 {
            world.push(MONDAY_MS, &phone, vec![fact]);
            world.plan(MONDAY_MS, visits[pages].id, |plan| plan.scope.push('!'));
        }
        if pages == 3 {
            // Lost on the way: the phone asks for the same page again.
            continue;
        }
        if let Some(checkpoint) = page.checkpoint {
            break checkpoint;
        }
        cursor = Some(page.cursor);
    };
    assert!(pages > 4);
    let window: Vec<Held> = held.into_values().collect();
    assert_eq!((last.visits, last.digest), (30, digest(&window)));
}

#[test]
fn a_large_document_travels_alone_and_a_finished_visit_of_long_ago_does_not() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let phone = world.phone(ada, MONDAY_MS);
    world.visit("WO-1", &[ada]);
    world.visit_with("WO-2", &[ada], json!({ "special_instructions": "x".repeat(100_000) }), None);
    let old =
        json!({ "start_ms": MONDAY_MS - 40 * 86_400_000, "end_ms": MONDAY_MS - 39 * 86_400_000, "promise": "window" });
    let finished = world.visit_with("WO-3", &[ada], json!({ "window": old }), None);
    let open = world.visit_with("WO-4", &[ada], json!({ "window": old }), None);
    let mut steps_phone = world.phone(ada, MONDAY_MS);
    let steps = [(Status::Dispatched, Status::Traveling), (Status::Traveling, Status::CannotComplete)]
        .map(|(from, to)| world.step(&mut steps_phone, &finished, from, to, MONDAY_MS))
        .to_vec();
    assert!(world.push(MONDAY_MS, &steps_phone, steps).iter().all(|result| result.state == ResultState::Applied));
    let first = world.pull(MONDAY_MS, &phone, None).unwrap();
    assert_eq!(first.items.len(), 1);
    let (items, page) = world.pull_all(MONDAY_MS, &phone, None);
    let visits: Vec<VisitId> = items
        .iter()
        .filter_map(|item| match item {
            PullItem::Visit { visit, .. } => Some(*visit),
            _ => None,
        })
        .collect();
    assert!(visits.contains(&open.id) && !visits.contains(&finished.id));
    assert_eq!(page.checkpoint.unwrap().visits, 3);
}

#[test]
fn only_a_phones_own_cursor_is_taken() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let (phone, other) = (world.phone(ada, MONDAY_MS), world.phone(ada, MONDAY_MS));
    let cursor = world.pull(MONDAY_MS, &phone, None).unwrap().cursor;
    world.pull(MONDAY_MS, &phone, Some(&cursor)).unwrap();
    let mut forged = cursor.clone().into_bytes();
    forged[60] = if forged[60] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).unwrap();
    let elsewhere = World::on(truckroll_server::Dispatch::open_in_memory(2).unwrap());
    let stranger = elsewhere.phone(elsewhere.technician("T01", "Eve"), MONDAY_MS);
    let of_elsewhere = elsewhere.pull(MONDAY_MS, &stranger, None).unwrap().cursor;
    for wrong in [forged.as_str(), "", "0.1", &of_elsewhere] {
        assert_eq!(problem_status(&world.pull(MONDAY_MS, &phone, Some(wrong)).unwrap_err()), 400, "{wrong}");
    }
    assert_eq!(problem_status(&world.pull(MONDAY_MS, &other, Some(&cursor)).unwrap_err()), 400);
}

#[test]
fn a_repair_sends_what_differs_and_nothing_else() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let phone = world.phone(ada, MONDAY_MS);
    let (kept, stale, missing) =
        (world.visit("WO-1", &[ada]), world.visit("WO-2", &[ada]), world.visit("WO-3", &[ada]));
    let (_, page) = world.pull_all(MONDAY_MS, &phone, None);
    let gone = VisitId(world.dispatch.store().entropy().uuid(MONDAY_MS));
    let held = vec![
        Held { visit: kept.id, plan_rev: kept.plan_rev, progress_rev: 0 },
        Held { visit: stale.id, plan_rev: stale.plan_rev - 1, progress_rev: 0 },
        Held { visit: gone, plan_rev: 1, progress_rev: 0 },
    ];
    let session = world.session(MONDAY_MS, &phone);
    let repaired =
        world.dispatch.repair(MONDAY_MS, &session, &RepairRequest { cursor: page.cursor, held: held.clone() }).unwrap();
    let mut after: BTreeMap<VisitId, Held> = held.into_iter().map(|held| (held.visit, held)).collect();
    apply_items(&mut after, &repaired.items);
    assert_eq!(repaired.items.len(), 3);
    assert!(after.contains_key(&missing.id) && !after.contains_key(&gone));
    let window: Vec<Held> = after.into_values().collect();
    assert_eq!(repaired.checkpoint.unwrap().digest, digest(&window));
}

#[test]
fn a_restored_server_begins_the_next_life_and_keeps_facts_of_the_lost_time() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let mut phone = world.phone(ada, MONDAY_MS);
    let kept = world.visit("WO-1", &[ada]);
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("truckroll.db");
    world.dispatch.store().with_connection(|connection| {
        connection.execute("VACUUM INTO ?1", [backup.to_str().unwrap()]).unwrap();
    });
    // After the backup: a visit and a change that the backup lacks.
    let lost = world.visit("WO-2", &[ada]);
    let changed = world.plan(MONDAY_MS, kept.id, |plan| plan.scope.push('!'));
    let (_, page) = world.pull_all(MONDAY_MS, &phone, None);
    let on_lost = world.step(&mut phone, &lost, Status::Dispatched, Status::Traveling, MONDAY_MS);
    let on_kept = world.step(&mut phone, &changed, Status::Dispatched, Status::Traveling, MONDAY_MS);

    let restored = World {
        dispatch: truckroll_server::Dispatch::open_direct(folder.path()).unwrap(),
        company: world.company,
        owner_token: world.owner_token.clone(),
    };
    let (_, refilled) = restored.pull_all(MONDAY_MS, &phone, Some(&page.cursor));
    assert_ne!(refilled.epoch, page.epoch);
    assert_eq!(refilled.checkpoint.as_ref().unwrap().visits, 1);
    let results = restored.push(MONDAY_MS, &phone, vec![on_lost, on_kept]);
    assert_eq!(states(&results), [(ResultState::Attention, Some("attention.lost_plan")), (ResultState::Applied, None)]);
    let exceptions = restored
        .dispatch
        .company(restored.company)
        .read(|reader| {
            reader.verify_log()?;
            Ok::<_, Error>(reader.open_exceptions(Some(lost.id))?)
        })
        .unwrap();
    assert_eq!(exceptions.iter().map(|exception| exception.kind.as_str()).collect::<Vec<_>>(), ["lost_plan"]);
    // Once only: the same cursor again doesn't begin another life.
    let again = restored.pull(MONDAY_MS, &phone, Some(&page.cursor)).unwrap();
    assert_eq!(again.epoch, refilled.epoch);
}

/// The office took the visit from Ada and gave it back, in the time that is lost: her step names an assignment that the
/// restored server has never heard of, on a visit that it means her to have. It is hers, and the office decides.
#[test]
fn a_step_of_an_assignment_that_the_backup_lacks_is_of_a_lost_plan_and_not_somebody_elses() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let mut phone = world.phone(ada, MONDAY_MS);
    let visit = world.visit("WO-1", &[ada]);
    let folder = tempfile::tempdir().unwrap();
    let backup = folder.path().join("truckroll.db");
    world.dispatch.store().with_connection(|connection| {
        connection.execute("VACUUM INTO ?1", [backup.to_str().unwrap()]).unwrap();
    });
    let again = world.plan(MONDAY_MS, visit.id, move |plan| {
        plan.assignments = vec![assignment(AssignmentId::from_parts(MONDAY_MS, [7; 10]), ada, "Ada")];
    });
    let (_, page) = world.pull_all(MONDAY_MS, &phone, None);
    let step = world.step(&mut phone, &again, Status::Dispatched, Status::Traveling, MONDAY_MS);
    let noted = world.fact(&mut phone, &again, &note("Nobody answers"), MONDAY_MS);
    let of_nobody = Fact { base_rev: BaseRev { plan: visit.plan_rev, ..step.base_rev }, ..step.clone() };
    let restored = World {
        dispatch: truckroll_server::Dispatch::open_direct(folder.path()).unwrap(),
        company: world.company,
        owner_token: world.owner_token.clone(),
    };
    restored.pull_all(MONDAY_MS, &phone, Some(&page.cursor));
    let results = restored.push(MONDAY_MS, &phone, vec![step, noted]);
    assert_eq!(states(&results), [(ResultState::Attention, Some("attention.lost_plan")), (ResultState::Applied, None)]);
    // On the plan that the backup has, nobody could see such an assignment.
    let of_nobody = Fact { op_id: OpId::from_parts(MONDAY_MS, [9; 10]), dev_seq: 3, ..of_nobody };
    let results = restored.push(MONDAY_MS, &phone, vec![of_nobody]);
    assert_eq!(states(&results), [(ResultState::Attention, Some("attention.not_yours"))]);
}

#[test]
fn a_closed_phone_is_told_so() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let phone = world.phone(ada, MONDAY_MS);
    let set = |state: DeviceState| {
        let (id, actor) = (phone.id, world.owner().actor());
        world
            .dispatch
            .company(world.company)
            .commit(MONDAY_MS, move |tx| tx.set_device_state(actor, id, state).map_err(Error::from))
            .unwrap();
    };
    let kind = |error: Error| match error {
        Error::Problem(problem) => problem.kind.clone(),
        other => panic!("{other}"),
    };
    set(DeviceState::Drained);
    let session = world.session(MONDAY_MS, &phone);
    assert_eq!(kind(world.dispatch.pull(MONDAY_MS, &session, None).unwrap_err()), "/problems/device-drained");
    assert!(session.may_push(MONDAY_MS).is_ok() && session.may_push(MONDAY_MS + 73 * 3_600_000).is_err());
    set(DeviceState::Wiped);
    assert_eq!(kind(world.token(MONDAY_MS, phone.id, &phone.key).unwrap_err()), "/problems/device-wiped");
    set(DeviceState::Active);
    assert!(world.token(MONDAY_MS, phone.id, &phone.key).is_ok());
}

#[test]
fn codes_challenges_and_tokens_are_good_once_and_for_a_while() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let phone = world.phone(ada, MONDAY_MS);
    assert!(world.dispatch.device_session(MONDAY_MS + 599_999, &phone.token).is_ok());
    assert_eq!(problem_status(&world.dispatch.device_session(MONDAY_MS + 600_000, &phone.token).unwrap_err()), 401);
    assert_eq!(problem_status(&world.dispatch.device_session(MONDAY_MS, &world.owner_token).unwrap_err()), 401);
    let stranger = p256::ecdsa::SigningKey::from_slice(&[9; 32]).unwrap();
    assert_eq!(problem_status(&world.token(MONDAY_MS, phone.id, &stranger).unwrap_err()), 401);

    let offered = world.dispatch.offer_code(MONDAY_MS, &world.owner(), ada).unwrap();
    let request = truckroll_core::wire::EnrolRequest {
        code: offered.code.to_lowercase().replace('-', " "),
        public_key: base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            phone.key.verifying_key().to_encoded_point(false).as_bytes(),
        ),
        device_name: String::new(),
        platform: "cli".into(),
        app_version: "0.1.0".into(),
    };
    let late = world.dispatch.enrol(MONDAY_MS + 15 * MINUTE_MS, &request);
    assert_eq!(problem_status(&late.unwrap_err()), 403);
    let reply = world.dispatch.enrol(MONDAY_MS + 14 * MINUTE_MS, &request).unwrap();
    assert_eq!(reply.technician_id, ada);
    let other_key = base64::Engine::encode(
        &base64::engine::general_purpose::STANDARD,
        stranger.verifying_key().to_encoded_point(false).as_bytes(),
    );
    let thief = truckroll_core::wire::EnrolRequest { public_key: other_key, ..request };
    assert_eq!(problem_status(&world.dispatch.enrol(MONDAY_MS + 14 * MINUTE_MS, &thief).unwrap_err()), 403);
}

#[test]
fn an_enrolment_whose_answer_was_lost_is_the_same_one_when_it_is_asked_for_again() {
    let world = World::new();
    let ada = world.technician("T01", "Ada");
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let offered = world.dispatch.offer_code(MONDAY_MS, &world.owner(), ada).unwrap();
    let request = truckroll_core::wire::EnrolRequest {
        code: offered.code,
        public_key: base64::Engine::encode(
            &base64::engine::general_purpose::STANDARD,
            key.verifying_key().to_encoded_point(false).as_bytes(),
        ),
        device_name: String::new(),
        platform: "cli".into(),
        app_version: "0.1.0".into(),
    };
    let first = world.dispatch.enrol(MONDAY_MS, &request).unwrap();
    let again = world.dispatch.enrol(MONDAY_MS + MINUTE_MS, &request).unwrap();
    assert_eq!(first, again);
    let devices = world.dispatch.office(world.owner()).devices().unwrap();
    assert_eq!(devices.len(), 1);
    // The code itself lives no longer for it.
    assert_eq!(problem_status(&world.dispatch.enrol(MONDAY_MS + 15 * MINUTE_MS, &request).unwrap_err()), 403);
}

#[test]
fn an_interval_covers_its_first_revision_and_not_its_end() {
    let interval = Interval { from_seq: 5, to_seq: Some(9), seen_ms: None };
    assert_eq!([4, 5, 8, 9].map(|rev| interval.covers(rev)), [false, true, true, false]);
}

#[test]
fn somebody_elses_fact_tells_nothing_about_itself() {
    let world = World::new();
    let (ada, bo) = (world.technician("T01", "Ada"), world.technician("T02", "Bo"));
    let (mut of_ada, mut of_bo): (Phone, Phone) = (world.phone(ada, MONDAY_MS), world.phone(bo, MONDAY_MS));
    let visit = world.visit("WO-1", &[ada, bo]);
    let fact = world.fact(&mut of_ada, &visit, &note("mine"), MONDAY_MS);
    world.push(MONDAY_MS, &of_ada, vec![fact.clone()]);
    let mut copied = world.fact(&mut of_bo, &visit, &note("copied"), MONDAY_MS);
    copied.op_id = fact.op_id;
    let results = world.push(MONDAY_MS, &of_bo, vec![copied]);
    assert_eq!((results[0].state, results[0].seq), (ResultState::Attention, None));
    assert_eq!(results[0].op_id, OpId(fact.op_id.0));
    let captured: &Now = &world.stored(visit.id).progress.records[&fact.op_id].captured.clone();
    assert_eq!(captured.boot_id, of_ada.boot_id);
}
