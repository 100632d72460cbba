//! Items that need attention: send again as a new fact, keep as a late note, or throw away. Each leaves a fact, so the
//! office sees what was decided.

use super::{Draft, Extra};
use crate::clock::Now;
use crate::device::store::Queued;
use crate::device::{ActError, Done, Engine, EngineError};
use crate::fact::{AttentionDiscard, Body, NoteAdd};
use crate::id::OpId;
use crate::lifecycle::Status;
use crate::steps::from_status;

impl Engine {
    fn item(&self, op_id: OpId) -> Result<&Queued, EngineError> {
        let item = self.queue.values().find(|queued| queued.fact.op_id == op_id && queued.needs_decision());
        item.ok_or_else(|| ActError::NoSuchItem.into())
    }

    /// The refused fact again, as of now: on the newest plan, from the status that the technician is in.
    pub(super) fn resend(&mut self, op_id: OpId, now: &Now) -> Result<Done, EngineError> {
        let fact = self.item(op_id)?.fact.clone();
        let (held, assignment) = self.own(fact.visit)?;
        let mut body =
            Body::decode(&fact.kind, &fact.payload).map_err(|_| ActError::not_possible("attention.unknown_kind"))?;
        match &mut body {
            Body::StatusSet(set) => {
                set.assignment = assignment.id;
                set.from = from_status(&held.progress, assignment);
                // It happened when it was first tapped, not now.
                set.stated_at_ms = set.stated_at_ms.or_else(|| Some(self.clocks.moment(&fact.captured).at_ms));
                if set.to != Status::Completed {
                    set.gaps.clear();
                }
                crate::steps::check(held.plan(), &held.progress, assignment, set).map_err(ActError::from)?;
            }
            Body::StatusUndo(undo) => {
                undo.assignment = assignment.id;
                let (target, _) = crate::steps::undo(&held.progress, assignment, assignment.technician, now)
                    .map_err(ActError::not_possible)?;
                undo.target = target;
            }
            Body::CheckInAdd(check_in) => check_in.assignment = assignment.id,
            Body::TimeStart(start) => start.assignment = assignment.id,
            _ => {}
        }
        let draft = Draft { visit: fact.visit, body, deps: vec![op_id] };
        self.save(vec![draft], Extra { resolves: Some(op_id), ..Extra::default() }, now)
    }

    /// The refused fact's content as a note: nothing moves, nothing is lost.
    pub(super) fn late_note(&mut self, op_id: OpId, text: &str, now: &Now) -> Result<Done, EngineError> {
        let fact = self.item(op_id)?.fact.clone();
        let what = self.sentence(&fact, now);
        let text = if text.trim().is_empty() { what } else { format!("{what}\n{}", text.trim()) };
        let body = Body::NoteAdd(NoteAdd { text, revises: None, late_for: Some(op_id) });
        let draft = Draft { visit: fact.visit, body, deps: vec![op_id] };
        self.save(vec![draft], Extra { resolves: Some(op_id), ..Extra::default() }, now)
    }

    /// Throws it away; the audit keeps it.
    pub(super) fn discard(&mut self, op_id: OpId, now: &Now) -> Result<Done, EngineError> {
        let visit = self.item(op_id)?.fact.visit;
        let body = Body::AttentionDiscard(AttentionDiscard { target: op_id });
        let draft = Draft { visit, body, deps: vec![op_id] };
        self.save(vec![draft], Extra { resolves: Some(op_id), ..Extra::default() }, now)
    }
}
