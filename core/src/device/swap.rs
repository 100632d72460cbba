//! The checkpoint: everything that a pull brought takes effect at once, or not at all.

use super::clocks::day_number;
use super::pull::in_window;
use super::push::{make_moves, plan_moves};
use super::store::{Revoked, State, Store, Stub, SyncState, VisitDay, VisitRow};
use super::{Engine, EngineError};
use crate::bugs::{self, Bug};
use crate::clock::Now;
use crate::digest::digest;
use crate::id::{TechnicianId, VisitId};
use crate::lifecycle::own_status;
use crate::progress::Progress;
use crate::wire::{Checkpoint, Document, Held, PullItem, PullPage};
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// How long "moved to Ana, 14:02" stays, days.
const STUB_DAYS: i64 = 30;
/// How long facts that the server confirmed stay, days: what a server restored from a backup gets again.
const ARCHIVE_DAYS: i64 = 14;
/// How long a photo's original stays after the server verified it, days.
const ORIGINAL_DAYS: i64 = 7;

/// What a swap goes by.
#[derive(Clone, Copy)]
struct Ground<'a> {
    checkpoint: &'a Checkpoint,
    technician: TechnicianId,
    today: i64,
}

/// A swap under way, inside its transaction.
struct Swap<'a> {
    store: &'a Store,
    ground: Ground<'a>,
    touched: BTreeSet<VisitId>,
}

impl Engine {
    /// Applies all pages of a pull and its checkpoint in one transaction.
    pub(super) fn swap(
        &mut self,
        pages: Vec<PullPage>,
        checkpoint: &Checkpoint,
        full: bool,
        now: &Now,
    ) -> Result<(), EngineError> {
        let Some(technician) = self.identity.as_ref().map(|identity| identity.technician_id) else { return Ok(()) };
        let at_ms = self.now_ms(now);
        let sync = SyncState {
            cursor: pages.last().map(|page| page.cursor.clone()),
            seq: checkpoint.seq,
            at_ms: Some(at_ms),
            stage_cursor: None,
            stage_full: false,
            mismatches: self.sync.mismatches,
            position_every_ms: checkpoint.position_every_ms,
            documents_of: None,
        };
        let ground = Ground { checkpoint, technician, today: day_number(at_ms) };
        if bugs::is_on(Bug::PullInTwoTransactions) {
            self.store.transaction(|store| Swap::begin(store, ground).finish(&sync))?;
        }
        let (sync, matches, touched) = self.store.transaction(|store| {
            let mut swap = Swap::begin(store, ground);
            swap.documents(pages, full)?;
            let (sync, matches) = swap.finish(&sync)?;
            Ok((sync, matches, swap.touched))
        })?;
        self.sync = sync;
        self.refresh(&touched)?;
        let soon = self.queue.values().any(|queued| queued.state == State::Acked);
        self.link.pulled(now, soon);
        if full {
            self.changed_all();
        }
        self.changed_sync();
        self.digest_checked(matches)
    }
}

impl<'a> Swap<'a> {
    fn begin(store: &'a Store, ground: Ground<'a>) -> Self {
        Self { store, ground, touched: BTreeSet::new() }
    }

    /// Confirms, retires, and says whether the digest is right.
    fn finish(&mut self, sync: &SyncState) -> Result<(SyncState, bool), EngineError> {
        self.store.clear_stage()?;
        self.confirm()?;
        self.retire()?;
        let matches = self.digest()? == self.ground.checkpoint.digest;
        let mismatches = if matches { 0 } else { sync.mismatches.saturating_add(1) };
        let sync = SyncState { mismatches, ..sync.clone() };
        self.store.set_meta("sync", &sync)?;
        Ok((sync, matches))
    }

    fn documents(&mut self, pages: Vec<PullPage>, full: bool) -> Result<(), EngineError> {
        let mut named = BTreeSet::new();
        let mut results = Vec::new();
        for item in pages.into_iter().flat_map(|page| page.items) {
            match item {
                PullItem::Visit { visit, day, open, plan, progress } => {
                    named.insert(visit);
                    self.take_visit(visit, day, open, plan, progress, full)?;
                }
                PullItem::Revoke { visit, code, to_name, at_ms, .. } => {
                    named.remove(&visit);
                    self.revoke(visit, Revoked { code, to_name, at_ms })?;
                }
                PullItem::Result(result) => results.push(result),
                PullItem::GateCode { visit, rev, code } => {
                    self.touched.insert(visit);
                    self.store.set_gate_code(visit, rev, code.as_deref())?;
                }
            }
        }
        let moves = plan_moves(self.store, &results)?;
        self.touched.extend(moves.iter().map(|step| step.visit));
        make_moves(self.store, &moves)?;
        if full { self.drop_unnamed(&named) } else { Ok(()) }
    }

    fn take_visit(
        &mut self,
        visit: VisitId,
        day: NaiveDate,
        open: bool,
        plan: Option<Document>,
        progress: Option<Document>,
        full: bool,
    ) -> Result<(), EngineError> {
        let held = self.store.visit(visit)?;
        let plan = match (plan, &held) {
            (Some(document), _) => (document.rev, serde_json::from_value(document.body)?),
            (None, Some(held)) => (held.plan_rev, held.plan.clone()),
            // Half a visit that the phone doesn't hold: the digest brings the rest.
            (None, None) => return Ok(()),
        };
        let progress = match (progress, &held) {
            (Some(document), _) => (document.rev, serde_json::from_value(document.body)?),
            // Read from the beginning, what isn't there isn't: the progress that is held may be of a life that is over.
            (None, Some(held)) if !full => (held.progress_rev, held.progress.clone()),
            (None, _) => (0, Progress::new(visit)),
        };
        self.store.put_visit(&VisitRow {
            visit,
            day,
            open,
            handed_over: false,
            plan_rev: plan.0,
            progress_rev: progress.0,
            plan: plan.1,
            progress: progress.1,
        })?;
        self.store.remove_stub(visit)?;
        self.touched.insert(visit);
        Ok(())
    }

    /// The visit isn't this technician's any more. What is still on its way keeps the packet, read-only.
    fn revoke(&mut self, visit: VisitId, revoked: Revoked) -> Result<(), EngineError> {
        let Some(row) = self.store.visit(visit)? else { return Ok(()) };
        self.touched.insert(visit);
        if revoked.code != "revoked.out_of_window" {
            let stub = Stub {
                visit,
                number: row.plan.order.number.clone(),
                time_zone: row.plan.site.time_zone.clone(),
                revoked,
            };
            self.store.put_stub(&stub, self.ground.today + STUB_DAYS)?;
        }
        self.store.set_gate_code(visit, 0, None)?;
        if bugs::is_on(Bug::RevokeDropsUnsent) {
            for queued in self.store.queue()?.into_iter().filter(|queued| queued.fact.visit == visit) {
                self.store.set_state(queued.fact.dev_seq, State::Archived, None, None)?;
            }
        }
        // Whether anything is pending is asked after this checkpoint confirmed what it covers.
        self.store.put_visit(&VisitRow { handed_over: true, ..row })
    }

    /// A pull from the beginning didn't name these: the server doesn't give them to this technician.
    fn drop_unnamed(&mut self, named: &BTreeSet<VisitId>) -> Result<(), EngineError> {
        let unnamed = |clear: &VisitDay| !named.contains(&clear.visit) && !clear.handed_over;
        for clear in self.store.visit_days()?.into_iter().filter(unnamed) {
            let Some(row) = self.store.visit(clear.visit)? else { continue };
            self.touched.insert(row.visit);
            self.store.set_gate_code(row.visit, 0, None)?;
            self.store.put_visit(&VisitRow { handed_over: true, ..row })?;
        }
        Ok(())
    }

    /// Archives what the checkpoint covers.
    fn confirm(&mut self) -> Result<(), EngineError> {
        if bugs::is_on(Bug::CheckpointConfirmsEverything) {
            for queued in self.store.queue()?.into_iter().filter(|queued| queued.state == State::Sent) {
                self.store.set_state(queued.fact.dev_seq, State::Acked, Some(0), None)?;
            }
        }
        self.touched.extend(self.store.confirm_up_to(self.ground.checkpoint.seq, self.ground.today)?);
        Ok(())
    }

    /// Lets go what has no reason to stay: visits outside the window or handed over with nothing on its way, gate codes of
    /// finished visits, old archives and originals.
    fn retire(&mut self) -> Result<(), EngineError> {
        let gate_codes: BTreeSet<VisitId> = self.store.gate_codes()?.into_iter().collect();
        for visit in self.store.visit_days()? {
            let leaves = visit.handed_over || !in_window(visit.day, visit.open, self.ground.checkpoint);
            if leaves && !self.store.is_on_its_way(visit.visit)? {
                self.store.remove_visit(visit.visit)?;
                self.touched.insert(visit.visit);
            } else if gate_codes.contains(&visit.visit) && self.is_finished(visit.visit)? {
                self.store.set_gate_code(visit.visit, 0, None)?;
                self.touched.insert(visit.visit);
            }
        }
        self.store.purge_settled(self.ground.today - ARCHIVE_DAYS)?;
        self.store.purge_stubs(self.ground.today)?;
        self.store.purge_originals(self.ground.today - ORIGINAL_DAYS)
    }

    fn is_finished(&self, visit: VisitId) -> Result<bool, EngineError> {
        let Some(row) = self.store.visit(visit)? else { return Ok(true) };
        let assignment = row.plan.assignment_of(self.ground.technician);
        Ok(assignment.is_none_or(|assignment| {
            own_status(assignment.intent, row.progress.field_status(assignment.id)).is_final()
                || !assignment.is_active()
        }))
    }

    fn digest(&self) -> Result<String, EngineError> {
        let held: Vec<Held> = self
            .store
            .visit_days()?
            .into_iter()
            .filter(|visit| !visit.handed_over && in_window(visit.day, visit.open, self.ground.checkpoint))
            .map(|visit| Held { visit: visit.visit, plan_rev: visit.plan_rev, progress_rev: visit.progress_rev })
            .collect();
        Ok(digest(&held))
    }
}
