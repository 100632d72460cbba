//! Sending facts: batches in order, and what a reply may do to them.

use super::clocks::Deadline;
use super::effect::EffectResult;
use super::link::Flight;
use super::reply::{Heard, hear};
use super::store::{Queued, State, Store};
use super::{Engine, EngineError};
use crate::bugs::{self, Bug};
use crate::clock::{Now, anchor};
use crate::id::{EpochId, OpId, VisitId};
use crate::wire::{FactResult, PUSH_MAX_BYTES, PUSH_MAX_FACTS, PushReply, PushRequest, ResultState};
use std::collections::{BTreeMap, BTreeSet};

/// Kept free of a push's size for its anchors and brackets, bytes.
const ENVELOPE_BYTES: u64 = 8 * 1024;
/// A fact that nobody lets through alone waits this long while the others go, milliseconds.
const SET_ASIDE_MS: i64 = 300_000;

/// A fact that a result moves on.
#[derive(Clone, Debug)]
pub(super) struct Move {
    dev_seq: u64,
    pub(super) visit: VisitId,
    state: State,
    seq: Option<u64>,
    reason: Option<String>,
}

impl Engine {
    /// The next facts to send, by `dev_seq`: not those that wait for another fact's decision or were asked to come later.
    pub(super) fn next_batch(&self, now: &Now) -> Vec<u64> {
        let undecided: BTreeSet<OpId> = self.undecided();
        let repeats = !bugs::is_on(Bug::OutboxDoneOnSend);
        let mut bytes = 0;
        self.queue
            .values()
            .filter(|queued| queued.state == State::Pending || repeats && queued.state == State::Sent)
            .filter(|queued| !queued.fact.deps.iter().any(|dep| undecided.contains(dep)))
            .filter(|queued| self.link.later.get(&queued.fact.op_id).is_none_or(|deadline| deadline.is_due(now)))
            .take(self.link.batch_limit)
            .take_while(|queued| {
                bytes += queued.size_bytes + 1;
                bytes <= PUSH_MAX_BYTES as u64 - ENVELOPE_BYTES
            })
            .map(|queued| queued.fact.dev_seq)
            .collect()
    }

    /// Facts that wait for the technician's decision.
    pub(crate) fn undecided(&self) -> BTreeSet<OpId> {
        self.queue.values().filter(|queued| queued.needs_decision()).map(|queued| queued.fact.op_id).collect()
    }

    pub(super) fn send_batch(&mut self, batch: Vec<u64>, now: &Now) -> Result<(), EngineError> {
        self.store.transaction(|store| store.mark_sent(&batch))?;
        let mut facts = Vec::with_capacity(batch.len());
        let mut touched = BTreeSet::new();
        for dev_seq in &batch {
            let again = self.move_on(*dev_seq, |queued| {
                queued.state = State::Sent;
                facts.push(queued.fact.clone());
            });
            touched.extend(again);
        }
        let mut boots: Vec<&str> = facts.iter().map(|fact| fact.captured.boot_id.as_str()).collect();
        boots.push(&now.boot_id);
        let anchors = self.clocks.of_boots(&boots);
        let ops = facts.iter().map(|fact| fact.op_id).collect();
        let request = PushRequest { anchors, facts };
        self.refold(&touched)?;
        let auth = self.access(now);
        self.post(Flight::Push { batch: ops }, "/v1/sync/facts", &request, auth, now)
    }

    pub(super) fn push_answered(
        &mut self,
        batch: &[OpId],
        result: EffectResult,
        sent: &Now,
        now: &Now,
    ) -> Result<(), EngineError> {
        match hear::<PushReply>(result) {
            Heard::Answer(reply) => {
                self.learn_clock(sent, now, reply.received_ms, reply.sent_ms)?;
                self.link.batch_limit = PUSH_MAX_FACTS;
                self.apply_results(&reply, batch, now)?;
                let sent: BTreeSet<&OpId> = batch.iter().collect();
                let is_where_it_was =
                    |queued: &&Queued| queued.state == State::Sent && sent.contains(&queued.fact.op_id);
                if self.queue.values().filter(is_where_it_was).count() < sent.len() {
                    let _: Option<()> = self.answer(Heard::Answer(()), now)?;
                    self.link.pull_wanted = true;
                } else {
                    // Sent again at once, they would be answered so again at once.
                    self.failed("a reply that moves no fact", None, now);
                }
                Ok(())
            }
            // Too large for somebody on the way, or a fact that the server's parser can't stomach: smaller batches find
            // it, and it waits alone while the others go.
            Heard::TooLarge => self.shrink_batch(batch, now),
            Heard::Refused(problem) if matches!(problem.status, 400 | 422) => self.shrink_batch(batch, now),
            other => self.answer(other, now).map(|_| ()),
        }
    }

    fn shrink_batch(&mut self, batch: &[OpId], now: &Now) -> Result<(), EngineError> {
        if let [alone] = batch {
            self.link.later.insert(*alone, Deadline::after(now, SET_ASIDE_MS));
            self.link.batch_limit = PUSH_MAX_FACTS;
            "a fact that the server can't read".clone_into(&mut self.link.last_error);
        } else {
            self.link.batch_limit = (batch.len() / 2).max(1);
        }
        Ok(())
    }

    fn apply_results(&mut self, reply: &PushReply, batch: &[OpId], now: &Now) -> Result<(), EngineError> {
        let results = named_results(reply, batch);
        let new_epoch = self.identity.as_ref().filter(|identity| identity.epoch != reply.epoch).map(|_| reply.epoch);
        let moves = self.store.transaction(|store| {
            if let Some(epoch) = new_epoch {
                self.enter_epoch(store, epoch)?;
            }
            let moves = plan_moves(store, &results)?;
            make_moves(store, &moves)?;
            Ok(moves)
        })?;
        for result in &results {
            match (result.state, result.retry_in_ms) {
                (ResultState::Later, retry_in_ms) => {
                    let in_ms = i64::try_from(retry_in_ms.unwrap_or(1_000)).unwrap_or(i64::MAX).min(SET_ASIDE_MS);
                    self.link.later.insert(result.op_id, Deadline::after(now, in_ms));
                }
                _ => {
                    self.link.later.remove(&result.op_id);
                }
            }
        }
        if new_epoch.is_some() {
            self.epoch_entered(reply.epoch)?;
            return Ok(());
        }
        let mut touched = BTreeSet::new();
        for step in &moves {
            let again = self.move_on(step.dev_seq, |queued| {
                queued.state = step.state;
                queued.seq = step.seq.or(queued.seq);
                queued.reason.clone_from(&step.reason);
            });
            touched.extend(again);
        }
        self.refold(&touched)?;
        Ok(())
    }

    /// A new life of the server: it was restored from a backup and may lack what it had acknowledged. Everything of the
    /// last 14 days goes again, pictures too, and the documents are read from the beginning.
    pub(super) fn enter_epoch(&self, store: &Store, epoch: EpochId) -> Result<(), EngineError> {
        let Some(identity) = &self.identity else { return Ok(()) };
        if !bugs::is_on(Bug::EpochChangeResendsNothing) {
            store.resend_all()?;
        }
        store.announce_pictures_again()?;
        store.clear_stage()?;
        store.set_meta("identity", &super::store::Identity { epoch, ..identity.clone() })?;
        store.set_meta("sync", &self.sync_of_new_epoch())
    }

    pub(super) fn sync_of_new_epoch(&self) -> super::store::SyncState {
        super::store::SyncState { at_ms: self.sync.at_ms, documents_of: self.documents_of(), ..Default::default() }
    }

    /// The server's life that the held documents are of; none before the first enrolment. A phone learns of a new life by
    /// any reply and reads its documents later, a drained one perhaps never: what is done until then is done on the old.
    pub(super) fn documents_of(&self) -> Option<EpochId> {
        self.sync.documents_of.or_else(|| self.identity.as_ref().map(|identity| identity.epoch))
    }

    pub(super) fn epoch_entered(&mut self, epoch: EpochId) -> Result<(), EngineError> {
        self.sync = self.sync_of_new_epoch();
        if let Some(identity) = &mut self.identity {
            identity.epoch = epoch;
        }
        self.link.later.clear();
        self.link.repair_wanted = false;
        self.link.pull_wanted = true;
        self.reload()?;
        self.changed_all();
        Ok(())
    }

    /// Learns from a reply what the server's clock says.
    pub(super) fn learn_clock(
        &mut self,
        sent: &Now,
        now: &Now,
        received_ms: i64,
        sent_ms: i64,
    ) -> Result<(), EngineError> {
        if sent.boot_id != now.boot_id {
            return Ok(());
        }
        let had_none = self.clocks.wall_error_ms(now).is_none();
        let mut clocks = self.clocks.clone();
        if clocks.learn(anchor(&now.boot_id, sent.mono_ms, now.mono_ms, received_ms, sent_ms)) {
            self.store.transaction(|store| store.set_meta("anchors", &clocks))?;
            self.clocks = clocks;
            if had_none {
                // Times on the screens were guesses until now.
                let visits = self.visits.keys().copied().collect();
                self.refold(&visits)?;
            }
        }
        Ok(())
    }
}

/// The results that a reply names. Nothing else may move a fact.
fn named_results(reply: &PushReply, batch: &[OpId]) -> Vec<FactResult> {
    if bugs::is_on(Bug::AckIgnoresOpId) {
        let meant = |place: usize| reply.results.get(place).or(reply.results.last());
        let in_order = batch.iter().enumerate().filter_map(|(place, op_id)| Some((op_id, meant(place)?)));
        return in_order.map(|(op_id, result)| FactResult { op_id: *op_id, ..result.clone() }).collect();
    }
    reply.results.clone()
}

/// What results do to the outbox. A result about somebody else's fact, or one that can't be, does nothing.
pub(super) fn plan_moves(store: &Store, results: &[FactResult]) -> Result<Vec<Move>, EngineError> {
    let mut moves: BTreeMap<u64, Move> = BTreeMap::new();
    for result in results {
        let Some((dev_seq, visit, stored)) = store.dev_seq_of(result.op_id)? else { continue };
        let current = moves.get(&dev_seq).map_or(stored, |step| step.state);
        let state = match (result.effective(), current) {
            (ResultState::Later, State::Sent) => State::Pending,
            // What a checkpoint covered stands; the server's second thoughts arrive as documents.
            (_, State::Archived) | (ResultState::Later, _) => continue,
            (ResultState::Applied | ResultState::Merged, _) if result.seq.is_none() => continue,
            (ResultState::Applied | ResultState::Merged | ResultState::Duplicate, _) => State::Acked,
            (ResultState::Attention, _) => State::Attention,
        };
        moves.insert(dev_seq, Move { dev_seq, visit, state, seq: result.seq, reason: result.code.clone() });
    }
    Ok(moves.into_values().collect())
}

/// Writes moves.
pub(super) fn make_moves(store: &Store, moves: &[Move]) -> Result<(), EngineError> {
    moves.iter().try_for_each(|step| store.set_state(step.dev_seq, step.state, step.seq, step.reason.as_deref()))
}
