//! The server's log held against the ledger, fact by fact; and every picture, byte by byte.

use super::api::Api;
use super::ledger::{Book, Entry, holds};
use anyhow::{Context, Result};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

/// Events that a phone's fact can be.
const JUDGED: [&str; 3] = ["fact.applied", "fact.merged", "fact.attention"];

/// What the comparison found.
#[derive(Debug, Default)]
pub struct Comparison {
    /// Everything in which log and ledger differ, in words.
    pub differences: Vec<String>,
    /// Facts of phones that aren't the demo's: somebody joined.
    pub of_guests: usize,
    /// Pictures that arrived whole.
    pub pictures: usize,
}

/// A fact in the log.
struct Logged {
    device: String,
    dev_seq: u64,
    fact: Value,
}

/// Compares.
///
/// # Errors
/// When the server can't be read.
pub async fn compare(api: &Api, book: &Book) -> Result<Comparison> {
    let events = api.events().await?;
    let mut comparison = Comparison::default();
    let logged = comparison.logged(&events)?;
    comparison.facts(book, &logged);
    comparison.strangers(book, &logged);
    comparison.commands(book, &events);
    comparison.pictures(api, book).await?;
    Ok(comparison)
}

impl Comparison {
    fn differ(&mut self, what: String) {
        self.differences.push(what);
    }

    /// The log's facts by their ids. One that took effect twice is a difference.
    fn logged(&mut self, events: &[Value]) -> Result<BTreeMap<String, Logged>> {
        let mut logged = BTreeMap::new();
        let mut effective = BTreeSet::new();
        for event in events.iter().filter(|event| JUDGED.iter().any(|kind| event["kind"] == *kind)) {
            let fact = &event["payload"]["fact"];
            let Some(device) = event["actor"].as_str().and_then(|actor| actor.strip_prefix("device:")) else {
                continue;
            };
            let op_id = fact["op_id"].as_str().context("a fact without an id")?.to_owned();
            if event["kind"] != "fact.attention" && !effective.insert(op_id.clone()) {
                self.differ(format!("{op_id} took effect twice"));
            }
            let dev_seq = fact["dev_seq"].as_u64().context("a phone's fact without a number")?;
            logged.insert(op_id, Logged { device: device.to_owned(), dev_seq, fact: fact.clone() });
        }
        Ok(logged)
    }

    /// Each phone's facts are in the log, as they were meant, in the order in which they were saved.
    fn facts(&mut self, book: &Book, logged: &BTreeMap<String, Logged>) {
        for (device, entries) in &book.facts {
            let mut last = 0;
            for entry in entries {
                let Some(found) = logged.get(&entry.op_id.to_string()) else {
                    self.differ(format!("{} ({:?}) was saved and isn't in the log", entry.op_id, entry.expected.kind));
                    continue;
                };
                if let Some(difference) = difference(entry, found) {
                    self.differ(format!("{}: {difference}", entry.op_id));
                }
                if found.dev_seq != last + 1 {
                    self.differ(format!("phone {device}: number {} came after {last}", found.dev_seq));
                }
                last = found.dev_seq;
            }
        }
    }

    /// The log holds nothing of these phones that they didn't save.
    fn strangers(&mut self, book: &Book, logged: &BTreeMap<String, Logged>) {
        let ours: BTreeSet<String> = book.facts.keys().map(ToString::to_string).collect();
        let known: BTreeSet<String> = book.facts.values().flatten().map(|entry| entry.op_id.to_string()).collect();
        for (op_id, found) in logged.iter().filter(|(op_id, _)| !known.contains(*op_id)) {
            if ours.contains(&found.device) {
                self.differ(format!("{op_id} is in the log, and nobody saved it"));
            } else {
                self.of_guests += 1;
            }
        }
    }

    /// Every accepted command is in the log as often as it was given; a guest at the board may have given more.
    fn commands(&mut self, book: &Book, events: &[Value]) {
        let mut given = BTreeMap::<(&str, &str), usize>::new();
        for command in &book.commands {
            *given.entry((&command.visit, command.kind)).or_default() += 1;
        }
        for ((visit, kind), count) in given {
            let found = events.iter().filter(|event| event["visit"] == visit && event["kind"] == kind).count();
            if found < count {
                self.differ(format!("{kind} of {visit} was accepted {count} times and is in the log {found} times"));
            }
        }
    }

    async fn pictures(&mut self, api: &Api, book: &Book) -> Result<()> {
        let pictures: BTreeSet<&String> =
            book.facts.values().flatten().filter_map(|entry| entry.sha256.as_ref()).collect();
        for sha256 in pictures {
            let bytes = api.bytes(&format!("/v1/blobs/{sha256}")).await;
            let arrived = bytes.is_ok_and(|bytes| format!("{:x}", Sha256::digest(bytes)) == *sha256);
            if arrived {
                self.pictures += 1;
            } else {
                self.differ(format!("picture {sha256} was kept and isn't whole on the server"));
            }
        }
        Ok(())
    }
}

fn difference(entry: &Entry, found: &Logged) -> Option<String> {
    let (expected, fact) = (&entry.expected, &found.fact);
    if found.device != entry.device.to_string() {
        return Some(format!("saved by {}, in the log of {}", entry.device, found.device));
    }
    if expected.kind.is_some_and(|kind| fact["kind"] != kind) {
        return Some(format!("saved as {:?}, in the log as {}", expected.kind, fact["kind"]));
    }
    if expected.visit.is_some_and(|visit| fact["visit"] != visit.to_string()) {
        return Some(format!("saved for {:?}, in the log for {}", expected.visit, fact["visit"]));
    }
    (!holds(&fact["payload"], &expected.fields))
        .then(|| format!("meant as {}, in the log as {}", expected.fields, fact["payload"]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::super::ledger::{self, Ledger};
    use super::*;
    use serde_json::json;
    use truckroll_core::device::Intent;
    use truckroll_core::id::{DeviceId, OpId, VisitId};
    use uuid::Uuid;

    fn book() -> (Book, Vec<Value>) {
        let (device, op_id, visit) =
            (DeviceId(Uuid::from_u128(1)), OpId(Uuid::from_u128(2)), VisitId(Uuid::from_u128(3)));
        let ledger = Ledger::default();
        let intent = Intent::AddNote { visit, text: "hello".to_owned(), revises: None };
        ledger.saved(device, ledger::expected(&intent), &[op_id], None);
        let fact = json!({ "op_id": op_id, "dev_seq": 1, "visit": visit, "kind": "note.add@1", "payload": { "text": "hello" } });
        let event = json!({ "kind": "fact.applied", "actor": format!("device:{device}"), "payload": { "fact": fact } });
        (ledger.read(), vec![event])
    }

    fn differences(book: &Book, events: &[Value]) -> usize {
        let mut comparison = Comparison::default();
        let logged = comparison.logged(events).unwrap();
        comparison.facts(book, &logged);
        comparison.strangers(book, &logged);
        comparison.differences.len()
    }

    #[test]
    fn log_and_ledger_agree_only_when_every_fact_is_there_once_as_it_was_meant() {
        let (book, events) = book();
        assert_eq!(differences(&book, &events), 0);
        assert_eq!(differences(&book, &[]), 1, "a lost fact");
        assert_eq!(differences(&book, &[events[0].clone(), events[0].clone()]), 1, "a doubled one");
        let mut changed = events.clone();
        changed[0]["payload"]["fact"]["payload"]["text"] = json!("hell");
        assert_eq!(differences(&book, &changed), 1, "a changed one");
        let mut invented = events.clone();
        invented.push(events[0].clone());
        invented[1]["payload"]["fact"]["op_id"] = json!(Uuid::from_u128(9));
        assert_eq!(differences(&book, &invented), 1, "an invented one");
    }
}
