//! What the demo's people did, written from their own intents: outside of phone and server.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use truckroll_core::device::Intent;
use truckroll_core::id::{DeviceId, OpId, VisitId};

/// A fact that an intent asked for: its kind, and what its payload must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Expected {
    /// The visit; of an item that needed attention, the item's own.
    pub visit: Option<VisitId>,
    /// The kind; nothing where the fact repeats an earlier one.
    pub kind: Option<&'static str>,
    /// Fields of the payload.
    pub fields: Value,
}

/// A fact that the engine called saved.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its id.
    pub op_id: OpId,
    /// Whose phone saved it.
    pub device: DeviceId,
    /// What it must be.
    pub expected: Expected,
    /// A picture that must have arrived: its hash.
    pub sha256: Option<String>,
}

/// A command that the server accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The visit.
    pub visit: String,
    /// The kind of its event.
    pub kind: &'static str,
}

/// The ledger.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Book>);

/// The ledger's content.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Facts by phone, in the order in which they were saved.
    pub facts: BTreeMap<DeviceId, Vec<Entry>>,
    /// Commands, in order.
    pub commands: Vec<Command>,
    /// Intents that the rules refused: the plan had moved under the technician's hands.
    pub refused: usize,
}

impl Book {
    /// How many facts.
    pub fn fact_count(&self) -> usize {
        self.facts.values().map(Vec::len).sum()
    }

    /// How many facts of a kind.
    pub fn count(&self, kind: &str) -> usize {
        self.facts.values().flatten().filter(|entry| entry.expected.kind == Some(kind)).count()
    }
}

impl Ledger {
    fn book(&self) -> std::sync::MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The engine called these saved.
    pub fn saved(&self, device: DeviceId, expected: Vec<Expected>, saved: &[OpId], sha256: Option<&String>) {
        let mut book = self.book();
        let facts = book.facts.entry(device).or_default();
        // An intent that makes fewer facts than it should is found by the comparison of the counts.
        for (index, op_id) in saved.iter().enumerate() {
            let unexpected = Expected { visit: None, kind: Some("none"), fields: json!({}) };
            let expected = expected.get(index).cloned().unwrap_or(unexpected);
            facts.push(Entry { op_id: *op_id, device, expected, sha256: sha256.cloned() });
        }
    }

    /// The rules refused an intent.
    pub fn refused(&self) {
        self.book().refused += 1;
    }

    /// The server accepted a command.
    pub fn commanded(&self, visit: &str, kind: &'static str) {
        self.book().commands.push(Command { visit: visit.to_owned(), kind });
    }

    /// All of it.
    pub fn read(&self) -> Book {
        self.book().clone()
    }
}

/// What an intent must become. Settings become nothing.
pub fn expected(intent: &Intent) -> Vec<Expected> {
    let one = |visit: &VisitId, kind, fields| vec![Expected { visit: Some(*visit), kind: Some(kind), fields }];
    match intent {
        Intent::SetStatus { visit, to, reason, stated_at_ms, outcome, .. } => {
            one(visit, "status.set@1", status(to, reason, *stated_at_ms, outcome))
        }
        Intent::Arrive { visit, fix, reason, stated_at_ms } => {
            let to = truckroll_core::lifecycle::Status::OnSite;
            let mut both = one(visit, "status.set@1", status(&to, "", *stated_at_ms, &None));
            both.extend(one(visit, "check_in.add@1", checked_in(fix.as_ref(), reason)));
            both
        }
        Intent::CheckIn { visit, fix, reason } => one(visit, "check_in.add@1", checked_in(fix.as_ref(), reason)),
        Intent::Undo { visit } => one(visit, "status.undo@1", json!({})),
        Intent::AddNote { visit, text, .. } => one(visit, "note.add@1", json!({ "text": text })),
        Intent::AddPhoto { visit, photo_kind, caption, .. } => {
            one(visit, "photo.add@1", filled(json!({ "photo_kind": photo_kind, "caption": caption })))
        }
        Intent::UsePart { visit, name, quantity, stock, .. } => {
            one(visit, "part.use@1", filled(json!({ "name": name, "quantity": quantity, "stock": stock })))
        }
        Intent::ReturnPart { visit, name, quantity, .. } => {
            one(visit, "part.return@1", json!({ "name": name, "quantity": quantity }))
        }
        Intent::Answer { visit, item, value } => {
            one(visit, "checklist.answer@1", json!({ "item": item, "value": value }))
        }
        Intent::StartTime { visit, time_kind } => one(visit, "time.start@1", json!({ "time_kind": time_kind })),
        Intent::StopTime { visit, start } => one(visit, "time.stop@1", json!({ "start": start })),
        Intent::AdjustTime { visit, target, at_ms, .. } => {
            one(visit, "time.adjust@1", json!({ "target": target, "at_ms": at_ms }))
        }
        Intent::Sign { visit, signer, .. } => one(visit, "signature.add@1", json!({ "signer": signer })),
        Intent::ProposePin { visit, .. } => one(visit, "site_pin.propose@1", json!({})),
        Intent::ProposeEstimate { visit, title, .. } => one(visit, "estimate.propose@1", json!({ "title": title })),
        Intent::ProposeFollowUp { visit, reason, next_step, .. } => {
            one(visit, "follow_up.propose@1", json!({ "reason": reason, "next_step": next_step }))
        }
        Intent::RaiseFlag { visit, flag, text, .. } => {
            one(visit, "flag.raise@1", filled(json!({ "flag": flag, "text": text })))
        }
        Intent::MarkHandoff { visit, field, miss, .. } => {
            one(visit, "handoff.mark@1", json!({ "field": field, "miss": miss }))
        }
        Intent::SendMessage { visit, text, .. } => one(visit, "message.send@1", json!({ "text": text })),
        Intent::ViewGateCode { visit } => one(visit, "secret.viewed@1", json!({ "secret": "gate_code" })),
        Intent::Resend { .. } => vec![Expected { visit: None, kind: None, fields: json!({}) }],
        Intent::LateNote { op_id, .. } => {
            vec![Expected { visit: None, kind: Some("note.add@1"), fields: json!({ "late_for": op_id }) }]
        }
        Intent::Discard { op_id } => {
            vec![Expected { visit: None, kind: Some("attention.discard@1"), fields: json!({ "target": op_id }) }]
        }
        Intent::Enrol { .. }
        | Intent::MarkSeen { .. }
        | Intent::SetWifiOnly { .. }
        | Intent::SendPhotoNow { .. }
        | Intent::SetLanguage { .. }
        | Intent::ShowLater
        | Intent::SyncNow => Vec::new(),
    }
}

fn status(
    to: &truckroll_core::lifecycle::Status,
    reason: &str,
    stated_at_ms: Option<i64>,
    outcome: &Option<truckroll_core::fact::WorkOutcome>,
) -> Value {
    filled(json!({ "to": to, "reason": reason, "stated_at_ms": stated_at_ms, "outcome": outcome }))
}

fn checked_in(fix: Option<&truckroll_core::checkin::Fix>, reason: &str) -> Value {
    let fix = fix.map(|fix| json!({ "lat": fix.lat, "lon": fix.lon, "accuracy_m": fix.accuracy_m }));
    filled(json!({ "fix": fix, "reason": reason }))
}

/// Without what facts leave out: empty texts and nothing.
fn filled(mut fields: Value) -> Value {
    if let Some(fields) = fields.as_object_mut() {
        fields.retain(|_, value| !value.is_null() && value != "");
    }
    fields
}

/// Whether everything that is expected stands in what was found.
pub fn holds(found: &Value, expected: &Value) -> bool {
    match expected {
        Value::Object(fields) => {
            fields.iter().all(|(key, value)| found.get(key).is_some_and(|found| holds(found, value)))
        }
        Value::Number(number) => found.as_f64() == number.as_f64(),
        _ => found == expected,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn an_arrival_is_two_facts_and_a_setting_none() {
        let visit = VisitId(uuid::Uuid::nil());
        let arrive = Intent::Arrive { visit, fix: None, reason: "no sky".to_owned(), stated_at_ms: None };
        let kinds: Vec<_> = expected(&arrive).into_iter().map(|expected| expected.kind.unwrap()).collect();
        assert_eq!(kinds, ["status.set@1", "check_in.add@1"]);
        assert!(expected(&Intent::SyncNow).is_empty());
    }

    #[test]
    fn what_is_expected_must_stand_in_what_is_found_and_more_may() {
        let found =
            json!({ "to": "on_site", "from": "traveling", "fix": { "lat": 38.0, "lon": -85.5, "mock": false } });
        assert!(holds(&found, &json!({ "to": "on_site", "fix": { "lat": 38 } })));
        assert!(!holds(&found, &json!({ "to": "paused" })));
        assert!(!holds(&found, &json!({ "fix": { "lat": 38.1 } })));
        assert!(!holds(&found, &json!({ "reason": "x" })));
    }
}
