//! One visit, offline: the real command, the real server, `kill -9` on either side.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use serde_json::Value;
use std::time::Duration;
use truckroll_tests::kill::round;
use truckroll_tests::process::{Phone, truckroll};
use truckroll_tests::stream::Watch;
use truckroll_tests::whole_visit::{JOB, Stage};

fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(since.as_millis()).unwrap()
}

#[test]
fn a_whole_visit_without_a_server_arrives_in_order_with_true_times_and_the_stream_shows_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(folder.path()).unwrap();
    let before = Watch::collect(&stage.server, None, Duration::from_millis(500));
    let last = before.last().unwrap().id.clone();
    stage.server.kill().unwrap();
    let started_ms = now_ms();
    stage.work(None).unwrap();
    let ended_ms = now_ms();
    stage.server.again().unwrap();
    stage.phone.tech(&["sync"]).unwrap();
    stage.check().unwrap();

    // True times, although the phone's clock was three hours wrong.
    let mut earlier_ms = started_ms - 1_000;
    for (op_id, event) in stage.recorded().unwrap() {
        let moment = &event["payload"]["moment"];
        let at_ms = moment["at_ms"].as_i64().unwrap();
        assert!((earlier_ms..=ended_ms + 1_000).contains(&at_ms), "{op_id} at {at_ms}, {earlier_ms} … {ended_ms}");
        assert!(moment["error_ms"].as_i64().is_some(), "{op_id} has no bound on its error");
        earlier_ms = at_ms - 1_000;
    }

    // The check-in is graded and kept with its evidence.
    let packet = stage.server.office(&["packet", JOB]).unwrap();
    let records = packet["progress"]["records"].as_object().unwrap();
    let check_in = records.values().find(|record| record["kind"] == "check_in.add@1").unwrap();
    assert_eq!(check_in["payload"]["verdict"]["grade"], "verified");
    assert_eq!(check_in["payload"]["fix"]["accuracy_m"], 25.0);

    // The dispatcher's stream resumes where it was and ends at the server's state.
    let after = Watch::collect(&stage.server, Some(&last), Duration::from_millis(500));
    assert!(after.windows(2).all(|pair| pair[0].id < pair[1].id), "ids only rise");
    let card = &after.iter().rev().find(|event| event.card["number"] == JOB).unwrap().card;
    assert_eq!(card["status"], "completed");
    let fresh = Watch::collect(&stage.server, None, Duration::from_millis(500));
    let same = |cards: &[truckroll_tests::stream::Event]| {
        cards.iter().rev().find(|event| event.card["number"] == JOB).map(|event| event.card.clone())
    };
    assert_eq!(same(&after), same(&fresh));

    // Photos are there, verified by their hashes.
    assert_photos_verified(&stage);
}

fn assert_photos_verified(stage: &Stage) {
    let view = stage.phone.tech(&["--wait", "20", "show", JOB]).unwrap();
    let mut photos = view["photos"].as_array().unwrap().clone();
    for _ in 0..40 {
        if photos.iter().all(|photo| photo["upload"] == "verified") {
            break;
        }
        stage.phone.tech(&["--wait", "5", "sync"]).unwrap();
        photos = stage.phone.tech(&["show", JOB]).unwrap()["photos"].as_array().unwrap().clone();
    }
    let states: Vec<&Value> = photos.iter().map(|photo| &photo["upload"]).collect();
    assert!(states.len() == 4 && states.iter().all(|state| **state == "verified"), "{states:?}");
}

#[test]
fn kills_between_and_during_steps_and_of_the_server_during_the_push_lose_nothing() {
    for seed in 0..3 {
        let killed = round(seed).unwrap();
        assert!(killed.kills.all > 3, "seed {seed} killed hardly anything");
    }
}

#[test]
fn the_phones_files_say_nothing_and_a_copied_home_does_not_open() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(folder.path()).unwrap();
    stage.server.kill().unwrap();
    stage.work(None).unwrap();
    let bytes = bytes_without_clear_words(&stage.phone.home);
    assert!(bytes.len() > 100_000, "the pictures are there");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&stage.phone.home).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700, "others can look into the home");
    }
    let thief = Phone::new(&folder.path().join("elsewhere"), "copy", 0);
    std::fs::create_dir_all(&thief.home).unwrap();
    copy(&stage.phone.home, &thief.home);
    let error = thief.offline(&["today"]).unwrap_err().to_string();
    assert!(error.contains("key"), "{error}");
}

#[test]
fn a_wiped_phones_files_show_nothing_and_nothing_is_left_of_what_they_held() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(folder.path()).unwrap();
    stage.work(None).unwrap();
    let key = std::fs::read(stage.phone.keys.join("store.key")).unwrap();
    let pictures = files(&stage.phone.home.join("pictures"));
    assert!(pictures.len() >= 4, "{pictures:?}");
    let devices = stage.server.office(&["devices"]).unwrap();
    let device = devices[0]["id"].as_str().unwrap();
    stage.server.office(&["device", device, "wiped"]).unwrap();
    // The phone hears of it at its next word with the server, whatever it still holds.
    drop(stage.phone.tech(&["--wait", "10", "sync"]));
    stage.phone.offline(&["show", JOB]).unwrap_err();
    let bytes = bytes_without_clear_words(&stage.phone.home);
    // The sealed pictures and rows went too, not their key alone; what is there is a fresh phone's.
    assert!(pictures.iter().all(|picture| !picture.exists()), "{pictures:?}");
    assert!(bytes.len() < 400_000, "{} bytes", bytes.len());
    let today = stage.phone.offline(&["today"]).unwrap().to_string();
    assert!(!today.contains(JOB), "{today}");
    assert_ne!(std::fs::read(stage.phone.keys.join("store.key")).unwrap(), key, "the wrapping key is another");
}

#[test]
fn a_phones_log_says_nothing_of_a_visit_at_any_level() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(folder.path()).unwrap();
    let log = folder.path().join("phone.log");
    stage.phone = Phone { log: Some(log.clone()), ..Phone::new(folder.path(), "told", 0) };
    let code = stage.server.office(&["enrol", "T01"]).unwrap()["code"].as_str().unwrap().to_owned();
    stage.phone.tech(&["enrol", &stage.line.url(), &code]).unwrap();
    stage.phone.tech(&["sync"]).unwrap();
    assert_eq!(stage.phone.offline(&["gate-code", JOB]).unwrap()["gate_code"], "#4407");
    stage.work(None).unwrap();
    // What goes wrong is said the loudest.
    stage.server.kill().unwrap();
    drop(stage.phone.tech(&["--wait", "1", "sync"]));
    stage.server.again().unwrap();
    stage.phone.tech(&["--wait", "20", "sync"]).unwrap();
    let said = std::fs::read(&log).unwrap();
    assert!(contains(&said, "TRACE") && contains(&said, "127.0.0.1"), "nothing is logged: it proves nothing");
    says_nothing(&said);
    assert!(!contains(&said, &code), "the code stands in it");
}

/// No name, address, code, note or picture stands in clear.
fn says_nothing(bytes: &[u8]) {
    for clear in ["Bramwell", "Cherokee", "#4407", "flame sensor", "Dog in the yard", "igniter", "JFIF", "IHDR", "WO-1"]
    {
        assert!(!contains(bytes, clear), "{clear:?} stands in clear");
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// All that stands in a phone's folder, where nothing may stand in clear.
fn bytes_without_clear_words(home: &std::path::Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    gather(home, &mut bytes);
    says_nothing(&bytes);
    bytes
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn gather(folder: &std::path::Path, bytes: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            gather(&path, bytes);
        } else {
            bytes.extend(std::fs::read(&path).unwrap());
        }
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

#[test]
fn a_visit_reassigned_while_its_technician_works_on_it_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(folder.path()).unwrap();
    let bo = Phone::new(folder.path(), "bo", 0);
    stage.enrol(&bo, "T02").unwrap();
    for step in [&["travel", JOB][..], &["arrive", JOB], &["start", JOB], &["note", JOB, "found it"]] {
        stage.tap(step).unwrap();
    }
    stage.server.office(&["reassign", JOB, "T01", "T02", "--reason", "emergency elsewhere"]).unwrap();
    bo.tech(&["sync"]).unwrap();
    bo.tech(&["travel", JOB]).unwrap();

    // Ana's phone hears of it and sends; her work arrives flagged and disturbs nobody.
    stage.tap(&["pause", JOB, "--reason", "lunch"]).unwrap();
    stage.phone.tech(&["sync"]).unwrap();
    let recorded = stage.recorded().unwrap();
    for op_id in &stage.ledger {
        assert!(recorded.iter().any(|(recorded, _)| recorded == op_id), "{op_id} is lost");
    }
    let kinds: Vec<String> = stage
        .server
        .office(&["exceptions", "--visit", JOB])
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .map(|exception| exception["kind"].as_str().unwrap().to_owned())
        .collect();
    assert!(kinds.contains(&"after_handover".to_owned()), "{kinds:?}");
    assert_eq!(bo.tech(&["show", JOB]).unwrap()["status"], "traveling", "the second technician isn't disturbed");
    assert_eq!(stage.server.office(&["packet", JOB]).unwrap()["status"], "traveling");
    let today = stage.phone.tech(&["today"]).unwrap();
    let moved = today["moved"][0]["text"].as_str().unwrap_or_default();
    assert!(moved.contains("Bo Young"), "{today}");
}

#[test]
fn a_visit_canceled_while_its_technician_works_on_it_keeps_the_work_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(folder.path()).unwrap();
    for step in [&["travel", JOB][..], &["arrive", JOB], &["start", JOB]] {
        stage.tap(step).unwrap();
    }
    stage.server.office(&["cancel", JOB, "--reason", "the customer called it off"]).unwrap();
    stage.tap(&["note", JOB, "it was nearly done"]).unwrap();
    stage.phone.tech(&["sync"]).unwrap();
    let packet = stage.server.office(&["packet", JOB]).unwrap();
    assert_eq!(packet["status"], "canceled_with_work");
    let exceptions = stage.server.office(&["exceptions", "--visit", JOB]).unwrap();
    assert!(
        exceptions.as_array().unwrap().iter().any(|exception| exception["kind"] == "work_after_cancel"),
        "{exceptions}"
    );
    let recorded = stage.recorded().unwrap();
    assert!(stage.ledger.iter().all(|op_id| recorded.iter().any(|(recorded, _)| recorded == op_id)));
}

#[test]
fn a_refused_fact_sits_in_attention_on_both_sides_and_blocks_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut stage = Stage::set(folder.path()).unwrap();
    stage.tap(&["travel", JOB]).unwrap();
    stage.phone.tech(&["sync"]).unwrap();
    // The office closes the visit's time: a correction after the approval needs a decision.
    let travel = stage.ledger[0].clone();
    stage.server.office(&["status", JOB, "on_site"]).unwrap();
    stage.server.office(&["status", JOB, "in_progress"]).unwrap();
    let gaps = ["notes", "photo_after", "checklist:hvac.power_isolated", "checklist:hvac.co_reading"];
    let gaps = gaps.into_iter().chain(["checklist:site.safe", "signature"]).flat_map(|gap| ["--gap", gap]);
    let complete: Vec<&str> = ["status", JOB, "completed", "--outcome", "fixed"].into_iter().chain(gaps).collect();
    stage.server.office(&complete).unwrap();
    stage.server.office(&["approve", JOB]).unwrap();
    let at = now_ms().to_string();
    stage.tap(&["adjust", JOB, &travel, &at, "--reason", "forgot to tap"]).unwrap();
    stage.tap(&["note", JOB, "after all"]).unwrap();
    stage.phone.tech(&["sync"]).unwrap();
    for _ in 0..2 {
        let attention = stage.phone.offline(&["attention"]).unwrap();
        let items = attention["items"].as_array().unwrap();
        assert_eq!(items.len(), 1, "{attention}");
        assert_eq!(items[0]["code"], "attention.time_frozen");
        assert!(items[0]["reason"].as_str().unwrap().contains("approved"));
        stage.server.kill().unwrap();
        stage.server.again().unwrap();
    }
    let office = stage.server.office(&["attention"]).unwrap();
    assert_eq!(office[0]["op_id"], stage.ledger[1].as_str(), "{office}");
    assert!(office[0]["reason"].as_str().is_some_and(|reason| !reason.is_empty()));
    let states: Vec<String> = stage.recorded().unwrap().iter().map(|(_, event)| event["kind"].to_string()).collect();
    assert!(states.last().unwrap().contains("fact.applied"), "the note behind it went through: {states:?}");
    let item = stage.ledger[1].clone();
    stage.phone.tech(&["late-note", &item, "at 14:02, I forgot to tap"]).unwrap();
    stage.phone.tech(&["sync"]).unwrap();
    assert_eq!(stage.phone.offline(&["attention"]).unwrap()["items"].as_array().unwrap().len(), 0);
    assert_eq!(stage.server.office(&["attention"]).unwrap().as_array().unwrap().len(), 0);
}

#[test]
fn the_command_that_is_tested_is_the_one_that_was_built() {
    assert!(truckroll().unwrap().is_file());
}
