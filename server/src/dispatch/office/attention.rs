//! Facts that somebody must decide about: the same list as on the technician's phone.

use super::permission::Operation;
use super::{Office, Reply, problem, with_name};
use crate::store::{Actor, Event, Reader, Resolution, StoredFact, Topic};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use truckroll_core::fact::{Body, Fact, NoteAdd};
use truckroll_core::id::{OpId, TechnicianId, VisitId};
use truckroll_core::words::{self, Language};

/// A fact that needs attention.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AttentionRow {
    /// The fact.
    pub op_id: OpId,
    /// The visit that it is about.
    pub visit: VisitId,
    /// Number of the visit's job; empty when the server doesn't have the visit.
    pub number: String,
    /// Whose it is.
    pub technician: TechnicianId,
    /// Their name.
    pub technician_name: String,
    /// What happened.
    pub kind: String,
    /// The fact's own fields; `null` of one that was too large.
    pub payload: Value,
    /// When it happened, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// When it came, milliseconds since 1970 UTC.
    pub received_ms: i64,
    /// Why it needs attention, as a key.
    pub code: String,
    /// Why, in words.
    pub reason: String,
}

/// Body of a decision about such a fact. Sending it again is the technician's: only their phone can say it anew.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum SettleRequest {
    /// Keep its content as a late note on the visit.
    Note {
        /// What to say about it.
        text: String,
    },
    /// Throw it away. The log keeps it, and who did it.
    Discard {
        /// Why.
        reason: String,
    },
}

fn row(reader: &Reader<'_>, stored: StoredFact) -> Reply<AttentionRow> {
    let number = reader.visit(stored.visit)?.map(|visit| visit.plan.order.number).unwrap_or_default();
    let code = stored.code.unwrap_or_default();
    Ok(AttentionRow {
        op_id: stored.op_id,
        visit: stored.visit,
        number,
        technician: stored.technician,
        technician_name: stored.author.name().to_owned(),
        kind: stored.kind,
        payload: serde_json::from_str::<Fact>(&stored.raw).map_or(Value::Null, |fact| fact.payload),
        at_ms: stored.moment.at_ms,
        received_ms: stored.received_ms,
        reason: words::text(&code, Language::En, &[]),
        code,
    })
}

impl Office {
    /// Facts that wait for a decision, oldest first.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn attention(&self) -> Reply<Vec<AttentionRow>> {
        self.look(Operation::Look, |reader| reader.attention()?.into_iter().map(|stored| row(reader, stored)).collect())
    }

    /// Settles a fact that needs attention, on both sides.
    ///
    /// # Errors
    /// When it doesn't wait for a decision, or nothing is said.
    pub fn settle(&self, now_ms: i64, op_id: OpId, request: SettleRequest) -> Reply<()> {
        let stored = self
            .look(Operation::SettleAttention, |reader| Ok(reader.fact(op_id)?))?
            .ok_or_else(|| problem::not_found("fact that needs attention"))?;
        match request {
            SettleRequest::Note { text } => {
                let text = text.trim().to_owned();
                if text.is_empty() {
                    return Err(problem::invalid("text", "A note says something.").into());
                }
                let body = Body::NoteAdd(NoteAdd { text, revises: None, late_for: Some(op_id) });
                self.dispatch.record_for(now_ms, &self.session, stored.visit, stored.technician, &body)?;
                Ok(())
            }
            SettleRequest::Discard { reason } => {
                if reason.trim().is_empty() {
                    return Err(problem::invalid("reason", "A reason is needed.").into());
                }
                self.act(Operation::SettleAttention, now_ms, move |transaction, officer| {
                    if !transaction.resolve_fact(stored.technician, op_id, Resolution::Discarded)? {
                        return Err(problem::not_possible("The fact doesn't wait for a decision any more.").into());
                    }
                    let payload = with_name(json!({ "fact": op_id, "reason": reason.trim() }), officer);
                    let actor = Actor::User(officer.id);
                    let seq =
                        transaction.record(&Event { kind: "attention.discarded", visit: None, actor, payload })?;
                    transaction.feed(stored.technician, Topic::Result, op_id.0, seq)?;
                    Ok(())
                })
            }
        }
    }
}
