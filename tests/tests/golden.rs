//! Old and new: every golden set of a released version, read by this one. See `tests/golden/README.md`.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use rusqlite::Connection;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use truckroll_core::device::Intent;
use truckroll_core::fact::Body;
use truckroll_core::wire::{BlobReply, PullPage, PushReply, PushRequest};
use truckroll_tests::day::answer;
use truckroll_tests::golden::{
    RECORDING, Recording, open_phone, open_server, outbox, phone_documents, server_documents,
};

fn sets() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let mut sets: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    sets.sort();
    assert!(!sets.is_empty(), "the golden sets are gone");
    sets
}

fn recording(set: &Path) -> Recording {
    serde_json::from_slice(&std::fs::read(set.join(RECORDING)).unwrap()).unwrap()
}

/// A copy to open: what is kept stays as it is.
fn copy(set: &Path, name: &str, folder: &Path) -> PathBuf {
    let to = folder.join(name);
    std::fs::copy(set.join(name), &to).unwrap();
    to
}

fn schema(connection: &Connection) -> Vec<(String, Option<String>)> {
    let mut statement =
        connection.prepare("SELECT name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY name").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

/// Whether everything that `old` says stands in `new` too; a later version may add fields.
fn contains(new: &Value, old: &Value) -> bool {
    match (new, old) {
        (Value::Object(new), Value::Object(old)) => {
            old.iter().all(|(key, value)| new.get(key).is_some_and(|new| contains(new, value)))
        }
        (Value::Array(new), Value::Array(old)) => {
            new.len() == old.len() && new.iter().zip(old).all(|(new, old)| contains(new, old))
        }
        (new, old) => new == old,
    }
}

#[test]
fn old_facts_decode_to_what_they_said() {
    for set in sets() {
        let facts = recording(&set).facts;
        assert!(facts.len() >= 20, "{}", set.display());
        for fact in &facts {
            let kind = fact["kind"].as_str().unwrap();
            let body = Body::decode(kind, &fact["payload"]).unwrap();
            assert_eq!(body.kind(), kind);
            assert!(contains(&body.payload(), &fact["payload"]), "{kind}");
        }
    }
    let newest: BTreeSet<String> =
        recording(sets().last().unwrap()).facts.iter().map(|fact| fact["kind"].as_str().unwrap().to_owned()).collect();
    let known: BTreeSet<String> = Body::KINDS.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(newest, known, "a new kind needs a new set: cargo run -p truckroll-tests --bin cut-golden -- vN");
}

#[test]
fn old_traffic_reads_as_todays_messages() {
    for set in sets() {
        let mut read = BTreeSet::new();
        for exchange in recording(&set).exchanges {
            let path = exchange.path.split('?').next().unwrap();
            match path {
                "/v1/sync/facts" => {
                    let push: PushRequest = serde_json::from_value(exchange.body).unwrap();
                    let reply: PushReply = serde_json::from_value(exchange.reply).unwrap();
                    assert_eq!(push.facts.len(), reply.results.len());
                }
                "/v1/sync" => drop(serde_json::from_value::<PullPage>(exchange.reply).unwrap()),
                _ => drop(serde_json::from_value::<BlobReply>(exchange.reply).unwrap()),
            }
            read.insert(if path.starts_with("/v1/blobs") { "/v1/blobs".to_owned() } else { path.to_owned() });
        }
        assert_eq!(read.len(), 3, "{read:?}");
    }
}

#[test]
fn an_old_phone_store_opens_says_the_same_and_goes_on() {
    for set in sets() {
        let folder = tempfile::tempdir().unwrap();
        let recording = recording(&set);
        let database = copy(&set, "phone.db", folder.path());
        let mut phone = open_phone(&database).unwrap();
        let engine = phone.engine().unwrap();
        assert!(engine.is_intact().unwrap());
        assert_eq!(outbox(engine).unwrap(), recording.outbox);
        assert!(contains(&phone_documents(engine).unwrap(), &recording.phone));
        let visit = engine.revisions()[0].visit;
        phone.act(Intent::AddNote { visit, text: "after the upgrade".to_owned(), revises: None }).unwrap();
        phone.stop();

        let fresh = folder.path().join("fresh.db");
        drop(open_phone(&fresh).unwrap());
        assert_eq!(schema(&Connection::open(&database).unwrap()), schema(&Connection::open(&fresh).unwrap()));
    }
}

#[test]
fn an_old_server_database_upgrades_and_says_the_same() {
    for set in sets() {
        let folder = tempfile::tempdir().unwrap();
        let database = copy(&set, "server-after.db", folder.path());
        let dispatch = open_server(&database).unwrap();
        assert!(contains(&server_documents(&dispatch).unwrap(), &recording(&set).server));
        for company in dispatch.store().companies().unwrap() {
            dispatch.company(company).read(|reader| reader.verify_log()).unwrap();
        }
        let fresh = folder.path().join("fresh.db");
        drop(open_server(&fresh).unwrap());
        assert_eq!(schema(&Connection::open(&database).unwrap()), schema(&Connection::open(&fresh).unwrap()));
    }
}

/// Too old an app may still push: what it held when it was put away must arrive.
#[test]
fn an_old_apps_push_is_accepted_and_comes_to_the_same() {
    for set in sets() {
        let folder = tempfile::tempdir().unwrap();
        let recording = recording(&set);
        let dispatch = open_server(&copy(&set, "server-before.db", folder.path())).unwrap();
        for exchange in &recording.exchanges {
            if exchange.method == "GET" {
                continue;
            }
            let reply = answer(&dispatch, &exchange.request().unwrap(), exchange.now_ms).unwrap();
            assert_eq!(reply.status, exchange.status, "{}", exchange.path);
            if exchange.path == "/v1/sync/facts" {
                let (now, then): (PushReply, PushReply) = (
                    serde_json::from_slice(&reply.body).unwrap(),
                    serde_json::from_value(exchange.reply.clone()).unwrap(),
                );
                let said = |reply: &PushReply| -> Vec<_> {
                    reply.results.iter().map(|result| (result.op_id, result.state, result.code.clone())).collect()
                };
                assert_eq!(said(&now), said(&then));
            }
        }
        assert!(contains(&server_documents(&dispatch).unwrap(), &recording.server));
    }
}
