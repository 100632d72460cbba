//! A visit in memory: the server's documents with the phone's own facts folded on top.

use super::store::{Queued, State, VisitRow};
use crate::apply::{Entry, Outcome, apply};
use crate::fact::{Author, Fact};
use crate::id::{OpId, TechnicianId};
use crate::plan::{Assignment, Plan};
use crate::progress::Progress;

use super::clocks::Clocks;
use super::screens::Delivery;

/// A visit as the screens see it.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    /// The server's documents.
    pub(crate) row: VisitRow,
    /// The server's progress with what it hasn't confirmed on top.
    pub(crate) progress: Progress,
    /// Own facts that the server hasn't confirmed, with where they are on their way.
    pub(crate) unsent: Vec<(OpId, Delivery)>,
}

impl Held {
    /// Folds the outbox over a visit's documents.
    pub(crate) fn fold<'a>(
        row: VisitRow,
        queue: impl Iterator<Item = &'a Queued>,
        author: &Author,
        clocks: &Clocks,
    ) -> Self {
        let progress = row.progress.clone();
        let visit = row.visit;
        let mut held = Self { row, progress, unsent: Vec::new() };
        for queued in queue.filter(|queued| queued.fact.visit == visit) {
            held.add(queued, author, clocks);
        }
        held
    }

    /// Folds one more fact. A fact that makes no sense on the newest documents is left out here; the server decides about it.
    pub(crate) fn add(&mut self, queued: &Queued, author: &Author, clocks: &Clocks) {
        if queued.is_overlaid() {
            apply(&mut self.progress, &entry(&queued.fact, author, clocks));
            self.unsent.push((queued.fact.op_id, delivery(queued.state)));
        }
    }

    /// A fact that is folded already is somewhere else on its way.
    pub(crate) fn mark(&mut self, op_id: OpId, state: State) {
        if let Some((_, mark)) = self.unsent.iter_mut().find(|(unsent, _)| *unsent == op_id) {
            *mark = delivery(state);
        }
    }

    /// The plan.
    pub(crate) fn plan(&self) -> &Plan {
        &self.row.plan
    }

    /// The technician's own assignment.
    pub(crate) fn assignment(&self, technician: TechnicianId) -> Option<&Assignment> {
        self.row.plan.assignment_of(technician)
    }

    /// Where a fact is on its way; what isn't the phone's own is with the server.
    pub(crate) fn delivery(&self, op_id: OpId) -> Delivery {
        self.unsent.iter().find(|(unsent, _)| *unsent == op_id).map_or(Delivery::Delivered, |(_, delivery)| *delivery)
    }

    /// How many facts the server doesn't have.
    pub(crate) fn unsent_count(&self) -> u32 {
        let count = self.unsent.iter().filter(|(_, delivery)| *delivery != Delivery::Delivered).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }
}

fn delivery(state: State) -> Delivery {
    match state {
        State::Pending => Delivery::Saved,
        State::Sent => Delivery::Sending,
        State::Acked | State::Archived => Delivery::Delivered,
        State::Attention => Delivery::Attention,
    }
}

/// A fact as the reducer takes it.
pub(crate) fn entry(fact: &Fact, author: &Author, clocks: &Clocks) -> Entry {
    Entry {
        op_id: fact.op_id,
        kind: fact.kind.clone(),
        payload: fact.payload.clone(),
        by: author.clone(),
        captured: fact.captured.clone(),
        moment: clocks.moment(&fact.captured),
    }
}

/// Whether the reducer takes a fact; the reason's key if it doesn't.
pub(crate) fn accepts(progress: &mut Progress, entry: &Entry) -> Result<(), &'static str> {
    match apply(progress, entry) {
        Outcome::Applied | Outcome::Merged(_) | Outcome::Duplicate => Ok(()),
        Outcome::Refused(code) => Err(code),
    }
}
