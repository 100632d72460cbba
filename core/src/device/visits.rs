//! The visits that the phone holds: what is clear of all of them, and the documents of those that were needed.
//!
//! Unsealing a document costs a hundred times what reading its row's clear part does. So an opening reads the documents of
//! visits that are near or under way; any other is read when somebody asks for it, and kept.

use super::clocks::day_number;
use super::store::{Queued, VisitDay, VisitRow};
use super::visit::{Held, entry};
use super::{ActError, Engine, EngineError};
use crate::apply::apply;
use crate::clock::Now;
use crate::id::VisitId;
use crate::lifecycle::{Status, status};
use crate::plan::Assignment;
use chrono::{Days, NaiveDate};
use std::cell::OnceCell;
use std::collections::BTreeSet;

/// How many days ahead the list shows by itself: as far as the pull's window goes (design.md section 7).
const DAYS_AHEAD: u64 = 14;

/// A visit that the phone holds.
#[derive(Debug)]
pub(crate) struct Slot {
    /// What is clear of it.
    pub(crate) clear: VisitDay,
    held: OnceCell<Held>,
}

impl Slot {
    /// Its documents, if they were read.
    pub(crate) fn held(&self) -> Option<&Held> {
        self.held.get()
    }

    pub(crate) fn held_mut(&mut self) -> Option<&mut Held> {
        self.held.get_mut()
    }
}

impl Engine {
    /// A visit's documents.
    ///
    /// # Errors
    /// [`ActError::NoSuchVisit`], and when they don't open.
    pub(crate) fn held(&self, visit: VisitId) -> Result<&Held, EngineError> {
        let slot = self.visits.get(&visit).ok_or(ActError::NoSuchVisit)?;
        if let Some(held) = slot.held.get() {
            return Ok(held);
        }
        let row = self.store.visit(visit)?.ok_or(ActError::NoSuchVisit)?;
        let held = self.fold(row)?;
        Ok(slot.held.get_or_init(|| held))
    }

    /// All visits whose documents were read: every one with something that a count goes by is among them, wherever its day is.
    pub(crate) fn lively(&self) -> impl Iterator<Item = &Held> {
        self.visits.values().filter_map(Slot::held)
    }

    /// The technician's own assignment on a visit.
    pub(crate) fn own_assignment<'a>(&self, held: &'a Held) -> Option<&'a Assignment> {
        held.assignment(self.identity.as_ref()?.technician_id)
    }

    /// The status that the technician sees.
    pub(crate) fn own_status(&self, held: &Held) -> Status {
        self.own_assignment(held).map_or(Status::Scheduled, |assignment| {
            status(assignment.intent, held.progress.field_status(assignment.id))
        })
    }

    /// A visit that the technician still has and sees in a status, if there is one.
    pub(crate) fn one_in(&self, status: Status) -> Option<VisitId> {
        let found = self.lively().find(|held| !held.row.handed_over && self.own_status(held) == status);
        found.map(|held| held.row.visit)
    }

    /// Visits with facts of this phone that aren't archived.
    pub(crate) fn unsettled_visits(&self) -> BTreeSet<VisitId> {
        self.queue.values().map(|queued| queued.fact.visit).collect()
    }

    /// The last day that the list of the day shows.
    pub(crate) fn last_shown(&self, now: &Now) -> NaiveDate {
        let today = NaiveDate::default() + chrono::Duration::days(day_number(self.now_ms(now)));
        let usual = today.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(NaiveDate::MAX);
        self.shown_until.map_or(usual, |until| until.max(usual))
    }

    /// Shows as many days again, from the next day that has a visit.
    pub(crate) fn show_later(&mut self, now: &Now) {
        let last = self.last_shown(now);
        let next = self.visits.values().map(|slot| slot.clear.day).filter(|day| *day > last).min();
        let until = next.map(|next| next.checked_add_days(Days::new(DAYS_AHEAD)).unwrap_or(NaiveDate::MAX));
        self.shown_until = until.or(self.shown_until);
    }

    /// Reads what is clear of all visits, and the documents of those with something under way.
    pub(crate) fn reload(&mut self) -> Result<(), EngineError> {
        self.reload_queue()?;
        let days = self.store.visit_days()?;
        self.visits = days.into_iter().map(|clear| (clear.visit, Slot { clear, held: OnceCell::new() })).collect();
        let own = self.unsettled_visits();
        for slot in self.visits.values().filter(|slot| is_busy(&slot.clear) || own.contains(&slot.clear.visit)) {
            self.held(slot.clear.visit)?;
        }
        self.reload_rest()
    }

    /// Reads the documents of visits up to a day.
    pub(crate) fn read_until(&self, last: NaiveDate) -> Result<(), EngineError> {
        for slot in self.visits.values().filter(|slot| slot.clear.day <= last) {
            self.held(slot.clear.visit)?;
        }
        Ok(())
    }

    /// Reads the outbox and some visits from the store.
    pub(crate) fn refresh(&mut self, touched: &BTreeSet<VisitId>) -> Result<(), EngineError> {
        self.reload_queue()?;
        let own = self.unsettled_visits();
        for visit in touched {
            let before = self.visits.remove(visit);
            if let Some(clear) = self.store.visit_day(*visit)? {
                self.visits.insert(*visit, Slot { clear, held: OnceCell::new() });
                let was_read = before.is_some_and(|slot| slot.held.get().is_some());
                if was_read || is_busy(&clear) || own.contains(visit) {
                    self.held(*visit)?;
                }
            }
            self.changed_visit(*visit);
        }
        self.reload_rest()
    }

    /// Folds the outbox over visits again: facts moved on, documents didn't.
    pub(crate) fn refold(&mut self, touched: &BTreeSet<VisitId>) -> Result<(), EngineError> {
        for visit in touched {
            if let Some(held) = self.visits.get_mut(visit).and_then(|slot| slot.held.take()) {
                let folded = self.fold(held.row)?;
                if let Some(slot) = self.visits.get(visit) {
                    slot.held.get_or_init(|| folded);
                }
            }
            self.changed_visit(*visit);
        }
        Ok(())
    }

    /// Moves a fact of the queue on. Gives its visit if that has to be folded again: another place on the way changes what
    /// stands on top of the documents only where the fact begins or ends to count.
    pub(crate) fn move_on(&mut self, dev_seq: u64, change: impl FnOnce(&mut Queued)) -> Option<VisitId> {
        let queued = self.queue.get_mut(&dev_seq)?;
        let was_overlaid = queued.is_overlaid();
        change(queued);
        let (visit, op_id, state) = (queued.fact.visit, queued.fact.op_id, queued.state);
        if queued.is_overlaid() != was_overlaid {
            return Some(visit);
        }
        if let Some(held) = self.visits.get_mut(&visit).and_then(Slot::held_mut) {
            held.mark(op_id, state);
        }
        self.changed_visit(visit);
        None
    }

    fn fold(&self, mut row: VisitRow) -> Result<Held, EngineError> {
        let Some(author) = self.author() else {
            return Ok(Held { progress: row.progress.clone(), row, unsent: Vec::new() });
        };
        if row.handed_over {
            // The server tells nothing more of a visit that went to somebody else: what it took since then is only here.
            for queued in self.store.archived(row.visit)? {
                apply(&mut row.progress, &entry(&queued.fact, &author, &self.clocks));
            }
        }
        Ok(Held::fold(row, self.queue.values(), &author, &self.clocks))
    }

    fn reload_queue(&mut self) -> Result<(), EngineError> {
        // A fact never changes: only those that aren't in memory are unsealed.
        let places = self.store.places()?;
        let unknown: Vec<u64> = places.keys().filter(|dev_seq| !self.queue.contains_key(dev_seq)).copied().collect();
        let read = if unknown.is_empty() { Vec::new() } else { self.store.queue()? };
        self.queue.extend(read.into_iter().map(|queued| (queued.fact.dev_seq, queued)));
        self.queue.retain(|dev_seq, queued| {
            let place = places.get(dev_seq).cloned();
            place.map(|place| queued.put(place)).is_some()
        });
        Ok(())
    }

    fn reload_rest(&mut self) -> Result<(), EngineError> {
        self.seen = self.store.seen_revs()?;
        self.stubs = self.store.stubs()?;
        self.gate_codes = self.store.gate_codes()?.into_iter().collect();
        self.uploads = self.store.uploads()?;
        Ok(())
    }
}

/// Whether the server's documents have something under way that counts on every screen: work, messages, a visit that went.
pub(crate) fn is_busy(clear: &VisitDay) -> bool {
    clear.progress_rev > 0 || clear.messages || clear.handed_over
}
