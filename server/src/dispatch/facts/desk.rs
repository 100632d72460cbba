//! The visits that one commit's facts are about: read once, changed in place, saved once.

use crate::dispatch::Error;
use crate::store::{Reader, Transaction, Visit};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use truckroll_core::id::VisitId;

/// Visits on the desk. What isn't [saved](Desk::save) is lost with it.
#[derive(Default)]
pub(super) struct Desk {
    visits: BTreeMap<VisitId, Open>,
}

struct Open {
    visit: Visit,
    /// The event that changed the progress last, since it was saved.
    changed_at: Option<u64>,
}

impl Desk {
    /// A visit as this commit's facts have left it; `None` when it isn't here.
    pub(super) fn visit(&mut self, reader: &Reader<'_>, id: VisitId) -> Result<Option<&mut Visit>, Error> {
        if let Entry::Vacant(vacant) = self.visits.entry(id) {
            let Some(visit) = reader.visit(id)? else { return Ok(None) };
            vacant.insert(Open { visit, changed_at: None });
        }
        Ok(self.visits.get_mut(&id).map(|open| &mut open.visit))
    }

    /// Notes the event that changed a visit's progress.
    pub(super) fn changed(&mut self, id: VisitId, seq: u64) {
        if let Some(open) = self.visits.get_mut(&id) {
            open.visit.progress_rev = seq;
            open.changed_at = Some(seq);
        }
    }

    /// Notes that a visit was saved whole, together with its plan.
    pub(super) fn saved(&mut self, id: VisitId) {
        if let Some(open) = self.visits.get_mut(&id) {
            open.changed_at = None;
        }
    }

    /// Saves every changed visit.
    pub(super) fn save(&mut self, tx: &mut Transaction<'_>) -> Result<(), Error> {
        for open in self.visits.values_mut() {
            if let Some(seq) = open.changed_at.take() {
                tx.save_progress(seq, &mut open.visit)?;
            }
        }
        Ok(())
    }
}
