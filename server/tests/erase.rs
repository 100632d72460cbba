//! Erasing a job's personal data: gone from every row and file, nobody else's is touched, and the log still verifies.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::path::Path;
use support::{MONDAY_MS, Phone, World, true_anchor};
use truckroll_core::fact::{Body, Fact};
use truckroll_core::id::VisitId;
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::Lane;
use truckroll_core::wire::{BlobReply, BlobRequest, PullItem, ResultState};
use truckroll_server::dispatch::office::attention::SettleRequest;
use truckroll_server::dispatch::office::exceptions::ResolveRequest;
use truckroll_server::dispatch::office::visits::MessageRequest;
use truckroll_server::dispatch::{Dispatch, Error};
use truckroll_server::store::{Position, Slice, Visit};

const PART_BYTES: usize = 65_536;
/// A latitude that only the erased job has: as people write it, and as phones tell it.
const LAT: f64 = 38.241_179_3;
/// A picture that belongs to both jobs.
const SHARED: &[u8] = b"a nameplate that both jobs show";

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A picture with the mark in it, of two parts.
fn picture(mark: &str) -> Vec<u8> {
    mark.as_bytes().iter().copied().cycle().take(PART_BYTES + 1_000).collect()
}

fn announce(world: &World, phone: &Phone, bytes: &[u8]) -> BlobReply {
    let request = BlobRequest {
        sha256: hex(bytes),
        size_bytes: bytes.len() as u64,
        media_type: "image/jpeg".into(),
        part_bytes: PART_BYTES as u64,
    };
    world.dispatch.announce_blob(MONDAY_MS, &world.session(MONDAY_MS, phone), &request).unwrap()
}

/// Sends the first so many parts of a picture.
fn send(world: &World, phone: &Phone, bytes: &[u8], parts: usize) {
    let token = announce(world, phone, bytes).upload_token;
    for (number, part) in (0..).zip(bytes.chunks(PART_BYTES)).take(parts) {
        world.dispatch.put_part(MONDAY_MS, &token, &hex(bytes), number, part).unwrap();
    }
}

fn body(kind: &str, payload: &Value) -> Body {
    Body::decode(kind, payload).unwrap()
}

fn photo(bytes: &[u8], thumbnail: &[u8], mark: &str) -> Body {
    let payload = json!({
        "sha256": hex(bytes), "size_bytes": bytes.len(), "media_type": "image/jpeg", "photo_kind": "before",
        "thumbnail_sha256": hex(thumbnail), "thumbnail_size_bytes": thumbnail.len(), "caption": mark,
    });
    body("photo.add@1", &payload)
}

/// A dispatched visit with the mark in everything that the office writes.
fn job(world: &World, number: &str, phone: &Phone, mark: &str, lat: f64) -> Visit {
    let more = json!({
        "reason_for_call": format!("{mark} is cold"), "scope": format!("ask {mark}"), "promises": [mark],
        "customer": { "name": format!("Esther {mark}"), "phone": format!("+1 {mark}"), "email": format!("{mark}@example.com"),
            "notes": mark, "availability": mark },
        "site": { "address": format!("1412 {mark} Road"), "city": mark, "access_notes": format!("{mark}'s dog"),
            "time_zone": support::ZONE, "has_gate_code": true, "pin": { "lat": lat, "lon": -85.5 } },
        "history": [{ "at_ms": 1, "number": "WO-0", "summary": mark }], "special_instructions": mark,
        "other": { "their_column": mark }, "newer": mark,
    });
    world.visit_with(number, &[phone.technician], more, Some(&format!("#{mark}")))
}

/// Everything that may happen on a visit until it is completed, with the mark in every word and picture.
fn work(world: &World, phone: &mut Phone, visit: &Visit, mark: &str, lat: f64) {
    let office = world.dispatch.office(world.owner());
    let number = visit.plan.order.number.as_str();
    office.set_field(MONDAY_MS, number, "scope", &format!("first {mark}")).unwrap();
    office.set_field(MONDAY_MS, number, "scope", &format!("then {mark}")).unwrap();
    let message = MessageRequest { lane: Lane::Routine, text: format!("{mark} called again") };
    office.message(MONDAY_MS, number, message).unwrap();
    let visit = world.stored(visit.id);
    let own = visit.plan.assignment_of(phone.technician).unwrap().id;
    let fix = json!({
        "lat": lat, "lon": -85.5, "accuracy_m": 9.0, "age_ms": 0, "mono_ms": 0, "wall_ms": 0, "provider": mark,
    });
    let verdict = json!({
        "grade": "verified", "reason": "inside", "distance_m": 3.0, "probability": 0.99, "fence_radius_m": 125.0,
        "site_pin_version": 0, "mock": false, "needs_reason": false, "offers_photo": false,
        "offers_pin_correction": false, "needs_review": false,
    });
    let (whole, half, sign) = (picture(mark), picture(&format!("half {mark}")), format!("signed {mark}").into_bytes());
    let said = [
        body("check_in.add@1", &json!({ "assignment": own, "fix": fix, "verdict": verdict, "reason": mark })),
        body("note.add@1", &json!({ "text": format!("Met {mark} at the door") })),
        photo(&whole, SHARED, mark),
        photo(&half, SHARED, mark),
        body("part.use@1", &json!({ "name": format!("{mark}'s filter"), "quantity": 2.0, "serial": mark })),
        body("checklist.answer@1", &json!({ "item": "reading", "value": mark })),
        body("flag.raise@1", &json!({ "flag": "extra_work", "text": format!("{mark} wants more") })),
        body("handoff.mark@1", &json!({ "field": "scope", "miss": "wrong", "text": mark })),
        body("message.send@1", &json!({ "lane": "urgent", "text": format!("{mark} isn't in") })),
        body("follow_up.propose@1", &json!({ "reason": mark, "next_step": mark })),
        body(
            "signature.add@1",
            &json!({
                "signer": mark, "sha256": hex(&sign), "size_bytes": sign.len(), "document_sha256": hex(b"d"), "plan_rev": 1,
            }),
        ),
    ];
    let mut facts: Vec<Fact> = said.iter().map(|said| world.fact(phone, &visit, said, MONDAY_MS)).collect();
    let way = [Status::Dispatched, Status::Traveling, Status::OnSite, Status::InProgress];
    facts.extend(way.windows(2).map(|step| world.step(phone, &visit, step[0], step[1], MONDAY_MS)));
    let done = json!({
        "assignment": own, "from": "in_progress", "to": "completed", "reason": mark, "outcome": "fixed",
        "gaps": visit.plan.closeout_required,
    });
    facts.push(world.fact(phone, &visit, &body("status.set@1", &done), MONDAY_MS));
    for chunk in facts.chunks(8) {
        for result in world.push_with(MONDAY_MS, phone, vec![true_anchor(phone)], chunk.to_vec()) {
            assert!(matches!(result.state, ResultState::Applied | ResultState::Merged), "{result:?}");
        }
    }
    send(world, phone, &whole, 2);
    send(world, phone, &half, 1);
    send(world, phone, &sign, 1);
    send(world, phone, SHARED, 1);
    let (technician, id) = (phone.technician, visit.id);
    world
        .dispatch
        .company(world.company)
        .commit(MONDAY_MS, move |tx| {
            let position = Position { technician, visit: id, lat, lon: -85.5, accuracy_m: 9.0, at_ms: MONDAY_MS };
            tx.put_position(&position).map_err(Error::from)
        })
        .unwrap();
}

/// Decides about everything that waits, with the mark in each decision.
fn settle(world: &World, number: &str, mark: &str) {
    let office = world.dispatch.office(world.owner());
    for open in office.exceptions(Some(number), Slice::default()).unwrap() {
        let request = ResolveRequest { resolution: format!("agreed with {mark}"), accept: false };
        office.resolve_exception(MONDAY_MS, open.exception.id, request).unwrap();
    }
    for fact in office.attention().unwrap() {
        let request = SettleRequest::Discard { reason: format!("{mark} said so") };
        office.settle(MONDAY_MS, fact.op_id, request).unwrap();
    }
}

/// The files below a folder in which some bytes stand.
fn files_with(folder: &Path, bytes: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, bytes));
        } else if std::fs::read(&path).unwrap().windows(bytes.len()).any(|window| window == bytes) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn refusal(refused: Result<Visit, Error>) -> (u16, String) {
    match refused {
        Err(Error::Problem(problem)) => (problem.status, problem.detail),
        other => panic!("not refused: {other:?}"),
    }
}

fn said_of(world: &World, visit: VisitId) -> Vec<String> {
    let company = world.dispatch.company(world.company);
    let events = company.read(|reader| reader.events_after(0, Some(visit), usize::MAX)).unwrap();
    events.into_iter().map(|event| format!("{} {}: {:?}", event.kind, event.actor, event.payload)).collect()
}

#[test]
fn an_erased_job_is_gone_from_every_file_nobody_elses_is_touched_and_the_log_verifies() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on(Dispatch::open(folder.path()).unwrap());
    let (ana, bo) = (world.technician("T01", "Ana Ruiz"), world.technician("T02", "Bo Young"));
    let (mut phone, mut other_phone) = (world.phone(ana, MONDAY_MS), world.phone(bo, MONDAY_MS));
    let mine = job(&world, "WO-1", &phone, "QUILLFEATHER", LAT);
    let theirs = job(&world, "WO-2", &other_phone, "HERONSGATE", 38.3);
    let office = world.dispatch.office(world.owner());
    let (status, detail) = refusal(office.erase(MONDAY_MS, "WO-1"));
    assert_eq!((status, detail.as_str()), (409, "WO-1 is open: finish it or call it off first."));

    work(&world, &mut phone, &mine, "QUILLFEATHER", LAT);
    work(&world, &mut other_phone, &theirs, "HERONSGATE", 38.3);
    // Somebody who was never there says something about it: a fact, but not the visit's history.
    let strays = body("note.add@1", &json!({ "text": "QUILLFEATHER moved" }));
    let strays = world.fact(&mut other_phone, &mine, &strays, MONDAY_MS);
    assert_eq!(world.push(MONDAY_MS, &other_phone, vec![strays])[0].state, ResultState::Attention);
    assert!(refusal(office.erase(MONDAY_MS, "WO-1")).1.contains("open exceptions"), "somebody must decide first");
    settle(&world, "WO-1", "QUILLFEATHER");
    settle(&world, "WO-2", "HERONSGATE");
    let (_, before) = world.pull_all(MONDAY_MS, &phone, None);
    assert!(files_with(folder.path(), b"QUILLFEATHER").len() > 2, "in the database, its log and pictures");
    let (kept, kept_events) = (world.stored(theirs.id), said_of(&world, theirs.id));
    let (worked, events) = (world.stored(mine.id), said_of(&world, mine.id).len());
    let company = world.dispatch.company(world.company);
    let head = company.read(|reader| reader.verify_log()).unwrap();

    assert_eq!(office.erase(MONDAY_MS + 5, "WO-1").unwrap().plan.customer.name, "erased");

    for gone in [&b"QUILLFEATHER"[..], b"38.2411793", &LAT.to_be_bytes()] {
        assert_eq!(files_with(folder.path(), gone), Vec::<String>::new(), "{}", String::from_utf8_lossy(gone));
    }
    assert_eq!(company.read(|reader| reader.verify_log()).unwrap(), head + 1);
    let log = said_of(&world, mine.id);
    assert_eq!(log.len(), events + 1, "what happened and when stays");
    assert!(log[..events].iter().all(|line| line.ends_with("None")), "{log:?}");
    assert!(log[events].starts_with(&format!("visit.erased user:{}", world.owner().user.id)), "{}", log[events]);

    // For pay and disputes.
    let erased = world.stored(mine.id);
    assert_eq!((&erased.progress.assignments, erased.plan.window), (&worked.progress.assignments, worked.plan.window));
    let line = erased.progress.records.values().find(|record| record.kind == "part.use@1").unwrap();
    assert_eq!((&line.payload["quantity"], &line.payload["name"]), (&json!(2.0), &json!("")));
    assert_eq!(world.dispatch.card(&world.owner(), mine.id).unwrap().customer, "erased");

    // The phone's next pull replaces what it holds.
    let (items, _) = world.pull_all(MONDAY_MS + 10, &phone, Some(&before.cursor));
    let told = serde_json::to_string(&items).unwrap();
    assert!(matches!(&items[..], [PullItem::Visit { plan: Some(_), progress: Some(_), .. }]), "{told}");
    assert!(!told.contains("QUILLFEATHER"), "{told}");

    // Pictures: gone, not asked for again, and the one that both jobs show is there.
    let (whole, half) = (picture("QUILLFEATHER"), picture("half QUILLFEATHER"));
    for bytes in [&whole, &half] {
        let again = announce(&world, &phone, bytes);
        assert!(again.verified && again.missing.is_empty(), "{again:?}");
        assert!(world.dispatch.read_blob(world.company, &hex(bytes)).is_err());
    }
    for bytes in [SHARED, &picture("HERONSGATE")] {
        assert_eq!(world.dispatch.read_blob(world.company, &hex(bytes)).unwrap().1, bytes);
    }
    assert_eq!((world.stored(theirs.id), said_of(&world, theirs.id)), (kept, kept_events));
    assert!(!files_with(folder.path(), b"HERONSGATE").is_empty());

    // Once more is no mistake: it erases what came since.
    let late = body("note.add@1", &json!({ "text": "QUILLFEATHER once more" }));
    let late = world.fact(&mut phone, &erased, &late, MONDAY_MS + 20);
    world.push(MONDAY_MS + 20, &phone, vec![late]);
    assert!(!files_with(folder.path(), b"QUILLFEATHER").is_empty());
    settle(&world, "WO-1", "QUILLFEATHER");
    office.erase(MONDAY_MS + 30, "WO-1").unwrap();
    assert_eq!(files_with(folder.path(), b"QUILLFEATHER"), Vec::<String>::new());
    company.read(|reader| reader.verify_log()).unwrap();
}

#[test]
fn while_somebody_reads_an_older_state_it_is_said_that_the_files_still_hold_it() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::on(Dispatch::open(folder.path()).unwrap());
    let phone = world.phone(world.technician("T01", "Ana Ruiz"), MONDAY_MS);
    let visit = job(&world, "WO-1", &phone, "QUILLFEATHER", LAT);
    let office = world.dispatch.office(world.owner());
    office.cancel(MONDAY_MS, "WO-1", "moved away").unwrap();
    let backup = rusqlite::Connection::open(folder.path().join("truckroll.db")).unwrap();
    backup.execute_batch("BEGIN; SELECT count(*) FROM visit").unwrap();
    let (status, detail) = refusal(office.erase(MONDAY_MS, "WO-1"));
    assert!(status == 409 && detail.contains("a backup or another long read"), "{detail}");
    assert_eq!(world.stored(visit.id).plan.customer.name, "erased");
    backup.execute_batch("COMMIT").unwrap();
    office.erase(MONDAY_MS, "WO-1").unwrap();
    assert_eq!(files_with(folder.path(), b"QUILLFEATHER"), Vec::<String>::new());
}
