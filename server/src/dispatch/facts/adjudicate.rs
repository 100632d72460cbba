//! Deciding one stored fact, and writing the decision down.

use super::desk::Desk;
use super::standing::{self, Right};
use crate::dispatch::Error;
use crate::store::{Actor, Event, FactState, Reader, StoredFact, Transaction};
use serde_json::json;
use truckroll_core::apply::{Entry, Outcome, code};
use truckroll_core::fact::Fact;
use truckroll_core::judge::{Judgement, Standing, judge};

/// A stored fact on its way to a decision.
pub(super) struct Arrival<'a> {
    /// As it is stored.
    pub(super) stored: &'a StoredFact,
    /// As it came.
    pub(super) fact: &'a Fact,
    /// Who caused it.
    pub(super) actor: Actor,
    /// Only its size and hash were kept.
    pub(super) too_large: bool,
}

/// A decision, not written down yet.
pub(super) struct Ruling {
    pub(super) judgement: Judgement,
    /// Whether the visit is here.
    found: bool,
}

impl Ruling {
    fn refused(code: &'static str, found: bool) -> Self {
        let outcome = Outcome::Refused(code);
        Self { judgement: Judgement { outcome, raised: Vec::new(), customer: Vec::new(), clears_review: false }, found }
    }

    /// The state and code that it gives the fact.
    pub(super) fn state(&self) -> (FactState, Option<&'static str>) {
        match self.judgement.outcome {
            Outcome::Applied => (FactState::Applied, None),
            Outcome::Merged(code) => (FactState::Merged, Some(code)),
            // The record is there although the fact wasn't stored: its effect is there already.
            Outcome::Duplicate => (FactState::Merged, Some(code::ALREADY_THERE)),
            Outcome::Refused(code) => (FactState::Attention, Some(code)),
        }
    }
}

/// A decision that was written down.
pub(super) struct Enacted {
    pub(super) state: FactState,
    pub(super) code: Option<&'static str>,
    /// The event that says so.
    pub(super) seq: u64,
    pub(super) judgement: Judgement,
}

/// The fact as `apply` takes it.
pub(super) fn entry(stored: &StoredFact, fact: &Fact) -> Entry {
    Entry {
        op_id: fact.op_id,
        kind: fact.kind.clone(),
        payload: fact.payload.clone(),
        by: stored.author.clone(),
        captured: fact.captured.clone(),
        moment: stored.moment,
    }
}

/// Decides a fact. What it does to the progress is done on the desk; nothing is written.
pub(super) fn decide(reader: &Reader<'_>, desk: &mut Desk, arrival: &Arrival<'_>) -> Result<Ruling, Error> {
    let (stored, fact) = (arrival.stored, arrival.fact);
    let Some(visit) = desk.visit(reader, fact.visit)? else {
        let lost = standing::is_of_a_lost_time(reader, &fact.base_rev)?;
        return Ok(Ruling::refused(if lost { code::LOST_PLAN } else { code::NOT_YOURS }, false));
    };
    let (standing, base_plan_rev) = match standing::right(reader, stored, &fact.base_rev, visit)? {
        Right::Judge(standing, base_plan_rev) => (standing, base_plan_rev),
        Right::Lost => return Ok(Ruling::refused(code::LOST_PLAN, true)),
    };
    if arrival.too_large {
        let code = if standing == Standing::Covered { code::TOO_LARGE } else { code::NOT_YOURS };
        return Ok(Ruling::refused(code, true));
    }
    let judgement = judge(&visit.plan, &mut visit.progress, &entry(stored, fact), base_plan_rev, standing);
    // The assignment that it names was made in a time that this server lost.
    if judgement.outcome == Outcome::Refused(code::NOT_YOURS) && standing::is_of_a_lost_time(reader, &fact.base_rev)? {
        return Ok(Ruling::refused(code::LOST_PLAN, true));
    }
    Ok(Ruling { judgement, found: true })
}

/// Writes a decision down: the event and the fact's state. The progress is saved with the desk.
pub(super) fn enact(
    tx: &mut Transaction<'_>,
    desk: &mut Desk,
    arrival: &Arrival<'_>,
    ruling: Ruling,
) -> Result<Enacted, Error> {
    let (state, code) = ruling.state();
    let Ruling { judgement, found } = ruling;
    let fact = arrival.fact;
    let record = desk.visit(tx, fact.visit)?.and_then(|visit| visit.progress.records.get(&fact.op_id));
    let marks = record.map(|record| &record.marks);
    let kind = match state {
        FactState::Applied => "fact.applied",
        FactState::Merged => "fact.merged",
        FactState::Attention => "fact.attention",
    };
    let payload = json!({
        "fact": fact, "by": arrival.stored.author, "moment": arrival.stored.moment, "code": code, "marks": marks,
    });
    // A fact about a visit that somebody else has isn't that visit's history.
    let about = (found && code != Some(code::NOT_YOURS)).then_some(fact.visit);
    let seq = tx.record(&Event { kind, visit: about, actor: arrival.actor, payload })?;
    if state != FactState::Attention {
        desk.changed(fact.visit, seq);
    }
    tx.set_fact(fact.op_id, state, code, seq)?;
    Ok(Enacted { state, code, seq, judgement })
}
