//! Reading what changed: pages go to staging until a checkpoint swaps them in. A cut pull goes on where it was cut.

use super::effect::{EffectResult, Method};
use super::link::Flight;
use super::reply::{Heard, hear};
use super::store::SyncState;
use super::{Engine, EngineError};
use crate::clock::Now;
use crate::id::EpochId;
use crate::wire::{Checkpoint, Held, PullPage, RepairRequest};

/// After so many repairs in a row that didn't mend the digest, everything is read from the beginning.
const REPAIRS: u32 = 2;

impl Engine {
    pub(super) fn send_pull(&mut self, now: &Now) -> Result<(), EngineError> {
        let cursor = self.sync.stage_cursor.clone().or_else(|| self.sync.cursor.clone());
        let from = cursor.as_ref().map(|cursor| format!("cursor={}&", percent_encoded(cursor))).unwrap_or_default();
        // An address that was never asked before: no careless cache on the way has an answer to it, least of all one from an
        // earlier life of the server, which would be taken for a new one.
        let path = format!("/v1/sync?{from}once={:x}-{:x}", now.wall_ms, now.mono_ms);
        let auth = self.access(now);
        self.send(Flight::Pull { cursor }, Method::Get, path, Vec::new(), auth, now);
        Ok(())
    }

    pub(super) fn pull_answered(
        &mut self,
        cursor: Option<String>,
        result: EffectResult,
        sent: &Now,
        now: &Now,
    ) -> Result<(), EngineError> {
        match hear::<PullPage>(result) {
            Heard::Answer(page) => self.take_page(cursor, page, sent, now),
            // Too old an app, or a drained phone: it may still push.
            Heard::Refused(problem) if problem.status == 426 || problem.kind == "/problems/device-drained" => {
                self.link.pull_refused(problem.status == 426, now);
                self.link.last_error = problem.detail;
                Ok(())
            }
            // The server doesn't know the cursor any more: from the beginning.
            Heard::Refused(problem) if matches!(problem.status, 400 | 410) && cursor.is_some() => {
                self.link.last_error = problem.detail;
                self.start_over()
            }
            other => self.answer(other, now).map(|_| ()),
        }
    }

    fn take_page(&mut self, cursor: Option<String>, page: PullPage, sent: &Now, now: &Now) -> Result<(), EngineError> {
        self.learn_clock(sent, now, page.received_ms, page.sent_ms)?;
        if self.leave_epoch(page.epoch)? && cursor.is_some() {
            // The page continues a life of the server that is over.
            return Ok(());
        }
        let stands_still = page.checkpoint.is_none() && page.items.is_empty() && Some(&page.cursor) == cursor.as_ref();
        if stands_still {
            self.failed("a pull that doesn't move", None, now);
            return Ok(());
        }
        if self.goes_back(&page) {
            self.failed("a pull that goes back", None, now);
            return Ok(());
        }
        let _: Option<()> = self.answer(Heard::Answer(()), now)?;
        match page.checkpoint.clone() {
            None => self.stage_page(cursor.is_none(), page),
            Some(checkpoint) => {
                let full = if self.sync.stage_cursor.is_some() { self.sync.stage_full } else { cursor.is_none() };
                let mut pages = self.store.staged()?;
                pages.push(page);
                self.swap(pages, &checkpoint, full, now)
            }
        }
    }

    /// Whether an answer is older than what was read before: a careless cache gave it, and nothing that was read since may
    /// disappear again.
    fn goes_back(&self, page: &PullPage) -> bool {
        page.checkpoint.as_ref().is_some_and(|checkpoint| checkpoint.seq < self.sync.seq)
    }

    /// Follows the server into a new life; `true` when it did.
    pub(super) fn leave_epoch(&mut self, epoch: EpochId) -> Result<bool, EngineError> {
        if self.identity.as_ref().is_none_or(|identity| identity.epoch == epoch) {
            return Ok(false);
        }
        self.store.transaction(|store| self.enter_epoch(store, epoch))?;
        self.epoch_entered(epoch)?;
        Ok(true)
    }

    fn stage_page(&mut self, first_of_full: bool, page: PullPage) -> Result<(), EngineError> {
        let starts = self.sync.stage_cursor.is_none();
        let stage_full = if starts { first_of_full } else { self.sync.stage_full };
        let sync = SyncState { stage_cursor: Some(page.cursor.clone()), stage_full, ..self.sync.clone() };
        self.store.transaction(|store| {
            if starts {
                store.clear_stage()?;
            }
            store.stage(&page)?;
            store.set_meta("sync", &sync)
        })?;
        self.sync = sync;
        self.link.pull_wanted = true;
        Ok(())
    }

    /// Reads everything from the beginning; what is held stays until the new checkpoint.
    fn start_over(&mut self) -> Result<(), EngineError> {
        let sync = SyncState { cursor: None, stage_cursor: None, stage_full: false, ..self.sync.clone() };
        self.store.transaction(|store| {
            store.clear_stage()?;
            store.set_meta("sync", &sync)
        })?;
        self.sync = sync;
        self.link.repair_wanted = false;
        self.link.pull_wanted = true;
        Ok(())
    }

    /// What a checkpoint's digest said about the documents that are held now.
    pub(super) fn digest_checked(&mut self, matches: bool) -> Result<(), EngineError> {
        self.link.repair_wanted = false;
        // Repairs, then everything once, then the next regular pull: a server that can't count mustn't drain a battery.
        match self.sync.mismatches % (REPAIRS + 2) {
            _ if matches => {}
            0 => "the documents don't match the server's".clone_into(&mut self.link.last_error),
            tries if tries > REPAIRS => self.start_over()?,
            _ => self.link.repair_wanted = true,
        }
        Ok(())
    }

    pub(super) fn send_repair(&mut self, now: &Now) -> Result<(), EngineError> {
        let Some(cursor) = self.sync.cursor.clone() else { return self.start_over() };
        let request = RepairRequest { cursor, held: self.held_revisions() };
        let auth = self.access(now);
        self.post(Flight::Repair, "/v1/sync/repair", &request, auth, now)
    }

    pub(super) fn repair_answered(&mut self, result: EffectResult, sent: &Now, now: &Now) -> Result<(), EngineError> {
        match hear::<PullPage>(result) {
            Heard::Answer(page) => {
                self.learn_clock(sent, now, page.received_ms, page.sent_ms)?;
                self.link.repair_wanted = false;
                if self.leave_epoch(page.epoch)? {
                    return Ok(());
                }
                if self.goes_back(&page) {
                    self.failed("a repair that goes back", None, now);
                    return Ok(());
                }
                let _: Option<()> = self.answer(Heard::Answer(()), now)?;
                match page.checkpoint.clone() {
                    // A repair stands for itself: pages that were staged before it continue the older cursor.
                    Some(checkpoint) => self.swap(vec![page], &checkpoint, false, now),
                    None => self.stage_page(false, page),
                }
            }
            Heard::Refused(problem) if matches!(problem.status, 400 | 410) => {
                self.link.last_error = problem.detail;
                self.start_over()
            }
            other => self.answer(other, now).map(|_| ()),
        }
    }

    /// Revisions of what is held and counts for the digest.
    pub(super) fn held_revisions(&self) -> Vec<Held> {
        let clear = self.visits.values().map(|slot| &slot.clear).filter(|clear| !clear.handed_over);
        clear
            .map(|clear| Held { visit: clear.visit, plan_rev: clear.plan_rev, progress_rev: clear.progress_rev })
            .collect()
    }
}

/// Whether a visit counts for a checkpoint's digest: open, or in its window.
pub(super) fn in_window(day: chrono::NaiveDate, open: bool, checkpoint: &Checkpoint) -> bool {
    open || (checkpoint.from_day..=checkpoint.to_day).contains(&day)
}

/// A cursor as a query value. Cursors are opaque: nothing is assumed about their characters.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing into a string can't fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
