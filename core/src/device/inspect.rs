//! What the engine holds, as data: for the simulator's invariants, for support, never for a decision.

use super::store::State;
use super::{Engine, EngineError};
use crate::clock::Now;
use crate::id::{DeviceId, EpochId, OpId, VisitId};
use crate::plan::Plan;
use crate::plan::words_enum;
use crate::progress::Progress;
use crate::wire::Held;
use serde::Serialize;

words_enum! {
    /// Where a fact is on its way.
    FactState {
        /// Saved, not sent.
        Pending = "pending",
        /// Sent at least once; no reply has named it yet.
        Sent = "sent",
        /// The server has it; a checkpoint that covers it is to come.
        Acked = "acked",
        /// A checkpoint covered it.
        Archived = "archived",
        /// The server stored it and the technician must decide.
        Attention = "attention",
        /// It needed attention and the technician settled it.
        Resolved = "resolved",
    }
}

/// A fact in the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutboxEntry {
    /// The fact.
    pub op_id: OpId,
    /// Its place in the device's count.
    pub dev_seq: u64,
    /// The visit.
    pub visit: VisitId,
    /// Its kind.
    pub kind: String,
    /// Where it is.
    pub state: FactState,
    /// The company's sequence number of its event, once acknowledged.
    pub seq: Option<u64>,
    /// Why it needs attention, or what merged it: a key.
    pub reason: Option<String>,
}

impl Engine {
    /// Every fact that the phone still has, in order; archived ones too.
    ///
    /// # Errors
    /// When a row doesn't open.
    pub fn outbox(&self) -> Result<Vec<OutboxEntry>, EngineError> {
        let entries = self.store.every_fact()?.into_iter().map(|queued| OutboxEntry {
            op_id: queued.fact.op_id,
            dev_seq: queued.fact.dev_seq,
            visit: queued.fact.visit,
            kind: queued.fact.kind,
            state: match queued.state {
                State::Pending => FactState::Pending,
                State::Sent => FactState::Sent,
                State::Acked => FactState::Acked,
                State::Archived => FactState::Archived,
                State::Attention if queued.resolved_by.is_some() => FactState::Resolved,
                State::Attention => FactState::Attention,
            },
            seq: queued.seq,
            reason: queued.reason,
        });
        Ok(entries.collect())
    }

    /// Visits that the phone holds, those that are handed over left out, with their revisions.
    pub fn revisions(&self) -> Vec<Held> {
        self.held_revisions()
    }

    /// A visit's plan and its progress as the screens show it: the server's with the phone's own facts on top.
    pub fn documents(&self, visit: VisitId) -> Option<(&Plan, &Progress)> {
        self.held(visit).ok().map(|held| (held.plan(), &held.progress))
    }

    /// The server's own progress of a visit, as of the last checkpoint.
    pub fn server_progress(&self, visit: VisitId) -> Option<&Progress> {
        self.held(visit).ok().map(|held| &held.row.progress)
    }

    /// Visits that were handed over and still have something on its way.
    pub fn handed_over(&self) -> Vec<VisitId> {
        self.visits.values().filter(|slot| slot.clear.handed_over).map(|slot| slot.clear.visit).collect()
    }

    /// The phone's id at the server, once it is enrolled.
    pub fn device_id(&self) -> Option<DeviceId> {
        self.identity.as_ref().map(|identity| identity.device_id)
    }

    /// The server's life that the documents belong to, and the last checkpoint's sequence number.
    pub fn position(&self) -> Option<(EpochId, u64)> {
        self.identity.as_ref().map(|identity| (identity.epoch, self.sync.seq))
    }

    /// Whether everything has arrived that can arrive on this connection, and everything of the office is here.
    pub fn is_settled(&self, now: &Now) -> bool {
        let unsent = self.queue.values().any(|queued| queued.is_overlaid() || self.is_sendable_again(queued));
        self.link.enrolling.is_none()
            && (self.identity.is_none() || !unsent && !self.link.is_busy(now) && !self.uploads_unsettled())
    }

    fn is_sendable_again(&self, queued: &super::store::Queued) -> bool {
        queued.resolved_by.is_some() && queued.state != State::Attention && queued.state != State::Archived
    }

    /// How many pictures the server hasn't whole.
    pub fn pictures_waiting(&self) -> usize {
        self.uploads.iter().filter(|upload| upload.verified_day.is_none()).count()
    }

    /// Whether SQLite finds nothing wrong with the file.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn is_intact(&self) -> Result<bool, EngineError> {
        self.store.is_intact()
    }
}
