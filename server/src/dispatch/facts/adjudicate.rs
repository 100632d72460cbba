//! Deciding one stored fact, and writing the decision down.

use super::standing::{self, Right};
use crate::dispatch::Error;
use crate::store::{Actor, Event, FactState, Reader, StoredFact, Transaction, Visit};
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
    /// The visit with the changed progress; `None` when it isn't here.
    visit: Option<Visit>,
}

impl Ruling {
    fn refused(code: &'static str, visit: Option<Visit>) -> Self {
        let outcome = Outcome::Refused(code);
        Self { judgement: Judgement { outcome, raised: Vec::new(), customer: Vec::new(), clears_review: false }, visit }
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
    pub(super) visit: Option<Visit>,
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

/// Decides a fact. Nothing is written.
pub(super) fn decide(reader: &Reader<'_>, arrival: &Arrival<'_>) -> Result<Ruling, Error> {
    let (stored, fact) = (arrival.stored, arrival.fact);
    let Some(mut visit) = reader.visit(fact.visit)? else {
        let lost = standing::is_of_a_lost_time(reader, &fact.base_rev)?;
        return Ok(Ruling::refused(if lost { code::LOST_PLAN } else { code::NOT_YOURS }, None));
    };
    let (standing, base_plan_rev) = match standing::right(reader, stored, &fact.base_rev, &visit)? {
        Right::Judge(standing, base_plan_rev) => (standing, base_plan_rev),
        Right::Lost => return Ok(Ruling::refused(code::LOST_PLAN, Some(visit))),
    };
    if arrival.too_large {
        let code = if standing == Standing::Covered { code::TOO_LARGE } else { code::NOT_YOURS };
        return Ok(Ruling::refused(code, Some(visit)));
    }
    let judgement = judge(&visit.plan, &mut visit.progress, &entry(stored, fact), base_plan_rev, standing);
    Ok(Ruling { judgement, visit: Some(visit) })
}

/// Writes a decision down: the event, the progress, the fact's state.
pub(super) fn enact(tx: &mut Transaction<'_>, arrival: &Arrival<'_>, ruling: Ruling) -> Result<Enacted, Error> {
    let (state, code) = ruling.state();
    let Ruling { judgement, mut visit } = ruling;
    let fact = arrival.fact;
    let marks = visit.as_ref().and_then(|visit| visit.progress.records.get(&fact.op_id)).map(|record| &record.marks);
    let kind = match state {
        FactState::Applied => "fact.applied",
        FactState::Merged => "fact.merged",
        FactState::Attention => "fact.attention",
    };
    let payload = json!({
        "fact": fact, "by": arrival.stored.author, "moment": arrival.stored.moment, "code": code, "marks": marks,
    });
    // A fact about a visit that somebody else has isn't that visit's history.
    let about = visit.as_ref().filter(|_| code != Some(code::NOT_YOURS)).map(|visit| visit.id);
    let seq = tx.record(&Event { kind, visit: about, actor: arrival.actor, payload })?;
    if state != FactState::Attention
        && let Some(visit) = &mut visit
    {
        tx.save_progress(seq, visit)?;
    }
    tx.set_fact(fact.op_id, state, code, seq)?;
    Ok(Enacted { state, code, seq, judgement, visit })
}
