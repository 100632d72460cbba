//! A bad line: what moves a fact and what doesn't.

use super::office::{Office, Phone, ok, status};
use super::visit::{note, set};
use crate::device::{Effect, EffectResult, Input, Network, Reply};
use crate::id::EpochId;
use crate::lifecycle::Status;
use crate::wire::{FactResult, PushReply, PushRequest, ResultState};

/// An enrolled phone whose first push is on its way; the token is there.
fn pushing(office: &mut Office, notes: usize) -> Phone {
    pushing_texts(office, (0..notes).map(|index| format!("note {index}")))
}

fn pushing_texts(office: &mut Office, texts: impl IntoIterator<Item = String>) -> Phone {
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(office);
    phone.offline();
    for text in texts {
        phone.act(note(visit, &text)).unwrap();
    }
    phone.input(Input::Network(Network::Wifi)).unwrap();
    phone
}

#[test]
fn only_a_reply_that_names_a_fact_moves_it_and_others_cost_a_pause() {
    let mut office = Office::new();
    let mut phone = pushing(&mut office, 2);
    let results =
        |results| ok(&PushReply { epoch: EpochId::from_parts(1, [1; 10]), received_ms: 0, sent_ms: 0, results });
    let stranger = FactResult {
        op_id: crate::id::OpId::from_parts(5, [5; 10]),
        state: ResultState::Applied,
        original: None,
        seq: Some(9),
        code: None,
        retry_in_ms: None,
    };
    let first = phone.engine().outbox().unwrap()[0].op_id;
    let portal = super::office::ok(&"<html>Welcome to the hotel</html>");
    for reply in [
        portal,
        status(302),
        status(404),
        status(426),
        status(429),
        status(500),
        status(503),
        results(vec![]),
        results(vec![stranger.clone()]),
        // Applied, and nowhere in the company's log.
        results(vec![FactResult { op_id: first, seq: None, ..stranger }]),
    ] {
        let (id, request) = phone.take_request();
        assert_eq!(request.path, "/v1/sync/facts", "{reply:?}");
        phone.reply(id, reply);
        assert!(phone.waiting.is_empty(), "a pause comes first");
        assert_eq!(phone.states(), ["sent", "sent"]);
        phone.pass(300_000);
        phone.input(Input::Tick).unwrap();
        // The token may have run out meanwhile.
        while !matches!(&phone.waiting[..], [crate::device::Effect::Send { request, .. }] if request.path == "/v1/sync/facts")
        {
            phone.step(&mut office);
        }
    }
    let (id, _) = phone.take_request();
    phone.complete(id, EffectResult::Failed("connection reset".into()));
    assert_eq!(phone.states(), ["sent", "sent"]);
    phone.settle(&mut office);
    assert_eq!(office.facts.len(), 2);
    assert_eq!(phone.states(), ["archived", "archived"]);
}

#[test]
fn a_lost_reply_is_answered_as_a_duplicate_and_nothing_happens_twice() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.input(Input::Network(Network::Wifi)).unwrap();
    // The office takes it, the reply is lost, the phone is killed and asks again.
    phone.step(&mut office);
    phone.kill();
    phone.online(&mut office);
    assert_eq!(office.facts.len(), 1);
    assert_eq!(phone.states(), ["archived"]);
    assert_eq!(office.visits[&visit].progress.assignments.values().next().unwrap().steps.len(), 1);
}

#[test]
fn a_wake_up_that_comes_a_moment_early_is_asked_for_again() {
    let mut office = Office::new();
    let mut phone = pushing(&mut office, 1);
    let (id, _) = phone.take_request();
    phone.wakes.clear();
    phone.reply(id, status(503));
    assert_eq!(phone.wakes.len(), 1);
    let in_ms = i64::try_from(phone.wakes[0].unwrap()).unwrap();
    phone.pass(in_ms - 1);
    phone.input(Input::Tick).unwrap();
    assert_eq!(phone.wakes.last(), Some(&Some(1)), "{:?}", phone.wakes);
    phone.pass(1);
    phone.input(Input::Tick).unwrap();
    assert_eq!(phone.take_request().1.path, "/v1/sync/facts");
}

#[test]
fn a_401_costs_a_new_token_and_nothing_else() {
    let mut office = Office::new();
    let mut phone = pushing(&mut office, 1);
    let (id, _) = phone.take_request();
    phone.reply(id, status(401));
    let (id, request) = phone.take_request();
    assert_eq!(request.path, "/v1/token/challenge", "at once");
    phone.reply(id, ok(&serde_json::json!({ "challenge": "c-2" })));
    phone.settle(&mut office);
    assert_eq!(phone.states(), ["archived"]);
}

/// Too large for somebody on the way, or more than the server's reader can stomach.
#[test]
fn a_batch_that_nobody_reads_is_halved_and_the_fact_in_it_waits_alone() {
    for refusal in [413, 400, 422] {
        one_fact_is_refused_unread(refusal);
    }
}

fn one_fact_is_refused_unread(refusal: u16) {
    let mut office = Office::new();
    let mut phone = pushing(&mut office, 4);
    let mut sizes = Vec::new();
    // Nothing gets through that holds note 2.
    for _ in 0..60 {
        if phone.waiting.is_empty() {
            phone.pass(1_000);
            phone.input(Input::Tick).unwrap();
        }
        let Some(crate::device::Effect::Send { id, request }) = phone.waiting.first().cloned() else {
            phone.step(&mut office);
            continue;
        };
        let push: Option<PushRequest> = serde_json::from_slice(&request.body).ok();
        match push.filter(|_| request.path == "/v1/sync/facts") {
            Some(push) => {
                sizes.push(push.facts.len());
                if push.facts.iter().any(|fact| fact.payload["text"] == "note 2") {
                    phone.waiting.clear();
                    let problem = serde_json::json!({ "type": "/problems/bad", "title": "Bad", "status": refusal });
                    let reply = if refusal == 413 { status(413) } else { Reply { status: refusal, ..ok(&problem) } };
                    phone.reply(id, reply);
                    continue;
                }
                phone.step(&mut office);
            }
            None => phone.step(&mut office),
        }
    }
    assert_eq!(sizes[..2], [4, 2], "{refusal}: {sizes:?}");
    assert_eq!(office.facts.len(), 3, "{sizes:?}");
    assert_eq!(phone.states().iter().filter(|state| *state == "sent").count(), 1);
    phone.pass(300_000);
    phone.settle(&mut office);
    assert_eq!(office.facts.len(), 4);
}

#[test]
fn a_push_keeps_room_for_its_clocks() {
    let mut office = Office::new();
    // All of them would be less than a push may be, but within 8 KiB of it.
    let mut phone = pushing_texts(&mut office, (0..25).map(|_| "n".repeat(9_900)));
    let (_, request) = phone.take_request();
    let push: PushRequest = serde_json::from_slice(&request.body).unwrap();
    let all = 25 * serde_json::to_vec(&push.facts[0]).unwrap().len();
    assert!((248 * 1024..255 * 1024).contains(&all), "{all}");
    assert_eq!(push.facts.len(), 24);
}

#[test]
fn a_push_holds_two_hundred_facts_in_order_and_later_means_later() {
    let mut office = Office::new();
    let mut phone = pushing(&mut office, 250);
    let (id, request) = phone.take_request();
    let push: PushRequest = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(push.facts.len(), 200);
    assert!(push.facts.iter().map(|fact| fact.dev_seq).eq(1..=200));
    assert!(!push.anchors.is_empty() && request.body.len() <= crate::wire::PUSH_MAX_BYTES);
    let later = |fact: &crate::fact::Fact| FactResult {
        op_id: fact.op_id,
        state: ResultState::Later,
        original: None,
        seq: None,
        code: None,
        retry_in_ms: Some(10_000),
    };
    let reply =
        PushReply { epoch: office.epoch, received_ms: 0, sent_ms: 0, results: push.facts.iter().map(later).collect() };
    phone.reply(id, ok(&reply));
    let (id, request) = phone.take_request();
    let push: PushRequest = serde_json::from_slice(&request.body).unwrap();
    assert!(push.facts.iter().map(|fact| fact.dev_seq).eq(201..=250), "the others don't wait");
    phone.complete(id, EffectResult::Failed("cut".into()));
    phone.settle(&mut office);
    assert_eq!(office.facts.len(), 250);
}

#[test]
fn a_pull_that_is_cut_goes_on_and_swaps_in_at_once() {
    let mut office = Office::new();
    let visits: Vec<_> = (1..=9).map(|number| office.add_visit(number)).collect();
    office.page_items = 3;
    let mut phone = Phone::new();
    phone.enrol(&mut office);
    for visit in &visits {
        office.change(*visit, |held| held.plan.scope = "New scope".to_owned());
    }
    phone.input(Input::Poke).unwrap();
    phone.step(&mut office);
    phone.step(&mut office);
    let scope = |phone: &Phone| phone.engine().documents(visits[0]).unwrap().0.scope.clone();
    assert_ne!(scope(&phone), "New scope", "nothing shows before the checkpoint");
    let before = office.pulls.len();
    phone.kill();
    phone.online(&mut office);
    assert_eq!(scope(&phone), "New scope");
    assert!(office.pulls[before].ends_with(".6"), "resumed where it was cut: {:?}", &office.pulls[before..]);
    assert_eq!(phone.engine().revisions().len(), 9);
}

#[test]
fn a_wrong_digest_repairs_what_differs() {
    let mut office = Office::new();
    let visits: Vec<_> = (1..=3).map(|number| office.add_visit(number)).collect();
    let mut phone = Phone::enrolled(&mut office);
    // A change that the feed never tells: what a bug or a damaged page would leave.
    let seq = office.seq;
    let held = office.visits.get_mut(&visits[1]).unwrap();
    held.plan.scope = "Told by nobody".to_owned();
    held.plan_rev = seq;
    phone.requests.clear();
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    let repairs = phone.requests.iter().filter(|request| request.path == "/v1/sync/repair").count();
    assert_eq!(repairs, 1);
    assert_eq!(phone.engine().documents(visits[1]).unwrap().0.scope, "Told by nobody");
}

#[test]
fn a_reboot_learns_its_own_clock_and_old_facts_keep_theirs() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    phone.wall_ahead_ms = -86_400_000;
    phone.now.wall_ms += phone.wall_ahead_ms;
    phone.act(note(visit, "before the reboot")).unwrap();
    let first_ms = phone.office_ms();
    phone.pass(600_000);
    phone.now.boot_id = "boot-2".to_owned();
    phone.now.mono_ms = 5_000;
    phone.kill();
    phone.act(note(visit, "after the reboot")).unwrap();
    let second_ms = phone.office_ms();
    phone.online(&mut office);
    let times: Vec<i64> = office.visits[&visit].progress.timeline().iter().map(|(_, record)| record.at_ms).collect();
    assert!((times[0] - first_ms).abs() < 100, "an anchor of the first boot: {}", times[0] - first_ms);
    assert!((times[1] - second_ms).abs() < 100, "the new boot asked first: {}", times[1] - second_ms);
}

#[test]
fn a_refusal_in_the_servers_own_words_locks_and_a_bare_403_does_not() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = pushing_on(&mut office, visit);
    let (id, _) = phone.take_request();
    phone.reply(id, status(403));
    assert_eq!(phone.act(note(visit, "not locked")).map(|done| done.saved.len()), Ok(1));
    // It asked for a pause of a second.
    phone.pass(2_000);
    phone.input(Input::Tick).unwrap();
    let (id, _) = phone.take_request();
    let problem = serde_json::json!({ "type": "/problems/device-locked", "title": "Locked", "status": 403 });
    phone.reply(id, crate::device::Reply { status: 403, ..ok(&problem) });
    assert_eq!(phone.act(note(visit, "locked")), Err(crate::device::ActError::Locked));
    assert!(phone.engine().today_view(&phone.now).sections.is_empty(), "hidden");
    assert_eq!(phone.states(), ["sent", "sent"], "and kept");
    phone.settle(&mut office);
    assert_eq!(office.facts.len(), 2);
    assert_eq!(phone.engine().today_view(&phone.now).sections.len(), 1, "let in again");
}

#[test]
fn a_phone_without_word_from_the_office_hides_its_data_after_two_weeks_and_keeps_the_outbox() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    phone.act(note(visit, "kept")).unwrap();
    phone.now.wall_ms += 400 * 86_400_000;
    phone.wall_ahead_ms = 400 * 86_400_000;
    assert!(phone.engine().visit_view(visit, &phone.now).is_ok(), "a wrong clock locks nobody out");
    phone.pass(14 * 86_400_000 + 60_000);
    assert_eq!(phone.engine().visit_view(visit, &phone.now), Err(crate::device::ActError::Locked));
    assert_eq!(phone.act(note(visit, "x")), Err(crate::device::ActError::Locked));
    phone.online(&mut office);
    assert_eq!(office.facts.len(), 1);
    assert!(phone.engine().visit_view(visit, &phone.now).is_ok());
}

#[test]
fn suspend_takes_nothing_and_resume_sends_again() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = pushing_on(&mut office, visit);
    let (id, _) = phone.take_request();
    phone.input(Input::Suspend).unwrap();
    assert_eq!(phone.act(note(visit, "late")), Err(crate::device::ActError::Suspended));
    phone.reply(id, status(200));
    assert_eq!(phone.states(), ["sent"]);
    phone.input(Input::Resume).unwrap();
    phone.settle(&mut office);
    assert_eq!(phone.states(), ["archived"]);
}

fn pushing_on(office: &mut Office, visit: crate::id::VisitId) -> Phone {
    let mut phone = Phone::enrolled(office);
    phone.offline();
    phone.act(note(visit, "one")).unwrap();
    phone.input(Input::Network(Network::Wifi)).unwrap();
    phone
}

/// What was found to do before an input failed is done all the same.
#[test]
fn an_input_that_errs_drops_no_effect_of_others() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    let now = phone.now.clone();
    let engine = phone.engine_mut();
    engine.emit(Effect::Wipe);
    engine.handle(Input::Intent(note(visit, "")), &now).unwrap_err();
    assert!(engine.handle(Input::Tick, &now).unwrap().contains(&Effect::Wipe));
}
