//! Tests of the store itself.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::schema::{STEPS, upgrade};
use super::{APPLICATION_ID, Media, Store, StoreKey};
use crate::device::{EngineError, OpenError};
use crate::fact::Fact;
use rand::SeedableRng;
use rand::rngs::StdRng;
use rusqlite::Connection;

fn open(connection: Connection, key: u8) -> Result<Store, OpenError> {
    Store::open(connection, &StoreKey([key; 32]), Media::Database, StdRng::from_seed([4; 32]))
}

fn memory() -> Connection {
    Connection::open_in_memory().unwrap()
}

fn fact(dev_seq: u64) -> Fact {
    serde_json::from_value(serde_json::json!({
        "op_id": crate::id::OpId::from_parts(1, [dev_seq as u8; 10]), "dev_seq": dev_seq,
        "visit": crate::id::VisitId::from_parts(1, [1; 10]), "kind": "note.add@1",
        "base_rev": { "epoch": crate::id::EpochId::from_parts(1, [1; 10]), "plan": 1, "progress": 1 },
        "payload": { "text": "x" }, "wall_ms": 1, "mono_ms": 1, "boot_id": "b", "app_version": "1.0.0"
    }))
    .unwrap()
}

/// Every table and index with its columns, as SQLite understands them.
fn shape(connection: &Connection) -> Vec<String> {
    let mut statement = connection
        .prepare(
            "SELECT s.type || ' ' || s.name || ' ' || x.name || ' ' || x.type || ' ' || x.\"notnull\" || ' ' || coalesce(x.dflt_value, '') || ' ' || x.pk
             FROM sqlite_schema s JOIN pragma_table_xinfo(s.name) x WHERE s.type = 'table' AND s.name NOT LIKE 'sqlite_%'
             UNION ALL SELECT s.type || ' ' || s.name || ' ' || s.tbl_name || ' ' || x.name
             FROM sqlite_schema s JOIN pragma_index_info(s.name) x WHERE s.type = 'index' ORDER BY 1",
        )
        .unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

/// A store as an app of an earlier schema left it, with a fact in its outbox.
fn store_of_schema(version: usize) -> Connection {
    let connection = memory();
    for step in &STEPS[..version] {
        connection.execute_batch(step).unwrap();
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID).unwrap();
    connection.pragma_update(None, "user_version", version as u32).unwrap();
    connection
        .execute("INSERT INTO outbox (dev_seq, op_id, visit, deps, size, sealed) VALUES (7, 'op', 'visit', '', 3, x'0102ff')", [])
        .unwrap();
    connection
}

#[test]
fn an_old_store_becomes_the_latest_and_its_unsent_facts_are_not_touched() {
    let newest = memory();
    upgrade(&newest).unwrap();
    for version in 1..=STEPS.len() {
        let old = store_of_schema(version);
        upgrade(&old).unwrap();
        assert_eq!(shape(&old), shape(&newest), "from schema {version}");
        let kept: (u64, Vec<u8>) =
            old.query_row("SELECT dev_seq, sealed FROM outbox", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(kept, (7, vec![1, 2, 0xff]));
        let at: u32 = old.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
        assert_eq!(at as usize, STEPS.len());
    }
    let rewrites =
        ["ALTER TABLE outbox", "UPDATE outbox", "DELETE FROM outbox", "INSERT INTO outbox", "DROP TABLE outbox"];
    let touches = |step: &&&str| rewrites.iter().any(|rewrite| step.contains(rewrite));
    assert_eq!(STEPS[1..].iter().find(touches), None, "a later step touches the frozen table");
}

#[test]
fn what_is_no_store_of_ours_or_a_newer_ones_is_left_alone() {
    let other = memory();
    other.execute_batch("CREATE TABLE recipes (id INTEGER)").unwrap();
    assert!(matches!(open(other, 1), Err(OpenError::NotAStore)));
    let newer = store_of_schema(STEPS.len());
    newer.pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(open(newer, 1), Err(OpenError::TooNew { found: 99, .. })));
}

#[test]
fn another_key_opens_nothing_and_harms_nothing() {
    let store = open(memory(), 1).unwrap();
    store.set_meta("secret", &"4711").unwrap();
    let refused = open(store.into_connection(), 2);
    assert!(matches!(refused, Err(OpenError::WrongKey)));
}

#[test]
fn sqlite_is_new_enough_and_durable() {
    assert!(rusqlite::version_number() >= 3_051_003, "{}", rusqlite::version());
    let folder = tempfile::tempdir().unwrap();
    let store = open(Connection::open(folder.path().join("technician.db")).unwrap(), 1).unwrap();
    let pragma = |name: &str| -> String {
        store
            .connection
            .query_row(&format!("SELECT CAST({name} AS TEXT) FROM pragma_{name}"), [], |row| row.get(0))
            .unwrap()
    };
    assert_eq!((pragma("journal_mode").as_str(), pragma("synchronous").as_str()), ("wal", "2"));
    let strict: u32 = store
        .connection
        .query_row(
            "SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(strict, 0, "a table isn't strict");
}

#[test]
fn a_damaged_row_says_which() {
    let store = open(memory(), 1).unwrap();
    store.transaction(|store| store.enqueue(&fact(1))).unwrap();
    store.connection.execute("UPDATE outbox SET sealed = substr(sealed, 1, 20)", []).unwrap();
    let damaged = store.queue().unwrap_err();
    assert!(matches!(&damaged, EngineError::Damaged { table: "outbox", row } if row == "1"), "{damaged}");
}

#[test]
fn dev_seq_stays_gap_free_after_the_archive_was_purged() {
    let store = open(memory(), 1).unwrap();
    for dev_seq in 1..=3 {
        store.transaction(|store| store.enqueue(&fact(dev_seq))).unwrap();
        store.set_state(dev_seq, super::State::Acked, Some(dev_seq * 10), None).unwrap();
    }
    store.confirm_up_to(20, 100).unwrap();
    store.purge_settled(101).unwrap();
    assert_eq!(store.every_fact().unwrap().len(), 1, "what no checkpoint covers stays");
    assert_eq!(store.counter("dev_seq").unwrap(), 3);
}
