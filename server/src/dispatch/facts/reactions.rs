//! What follows from a decided fact: exceptions, what the customer hears, attention that is settled by it.

use super::adjudicate::{Arrival, Enacted};
use super::desk::Desk;
use crate::dispatch::{Error, planning};
use crate::store::{Actor, Event, FactState, NewException, Resolution, Transaction};
use serde_json::json;
use std::collections::BTreeSet;
use truckroll_core::apply::code;
use truckroll_core::fact::Body;
use truckroll_core::id::OpId;
use truckroll_core::judge::{CustomerIntent, Severity};
use truckroll_core::plan::Review;

/// Does what follows. `same_push` are the facts that came just now: undone ones among them told nobody anything.
pub(super) fn follow(
    tx: &mut Transaction<'_>,
    desk: &mut Desk,
    arrival: &Arrival<'_>,
    enacted: &Enacted,
    same_push: &BTreeSet<OpId>,
) -> Result<(), Error> {
    let (fact, stored) = (arrival.fact, arrival.stored);
    if enacted.state == FactState::Attention {
        if enacted.code == Some(code::LOST_PLAN) {
            raise(tx, arrival, "lost_plan", Severity::High, &fact.kind)?;
        }
        return Ok(());
    }
    let body = Body::decode(&fact.kind, &fact.payload).ok();
    let mut untold = None;
    if let Some(Body::StatusUndo(undo)) = &body
        && enacted.state == FactState::Applied
    {
        tx.close_exceptions_of(arrival.actor, undo.target, stored.author.name())?;
        if same_push.contains(&undo.target) {
            tx.suppress_customer_intents(undo.target)?;
            untold = Some(CustomerIntent::Correction);
        }
    }
    for raised in &enacted.judgement.raised {
        raise(tx, arrival, raised.kind, raised.severity, &raised.detail)?;
    }
    for intent in enacted.judgement.customer.iter().filter(|intent| Some(**intent) != untold) {
        tx.add_customer_intent(enacted.seq, fact.visit, *intent, Some(fact.op_id), stored.moment.at_ms)?;
    }
    match &body {
        Some(Body::HandoffMark(mark)) => {
            tx.add_handoff_miss(fact.op_id, fact.visit, stored.technician, mark, stored.moment.at_ms)?;
        }
        Some(Body::AttentionDiscard(discard)) => {
            tx.resolve_fact(stored.technician, discard.target, Resolution::Discarded)?;
        }
        Some(Body::NoteAdd(note)) => {
            if let Some(late_for) = note.late_for {
                tx.resolve_fact(stored.technician, late_for, Resolution::Noted)?;
            }
        }
        _ => {}
    }
    // A fact that names an item of attention of its own kind is that item, sent again.
    for dep in &fact.deps {
        if tx.fact(*dep)?.is_some_and(|earlier| earlier.kind == fact.kind) {
            tx.resolve_fact(stored.technician, *dep, Resolution::Resent)?;
        }
    }
    if enacted.judgement.clears_review
        && let Some(visit) = desk.visit(tx, fact.visit)?
    {
        visit.plan.review = Review::None;
        let payload = json!({ "closeout": fact.op_id });
        planning::save(
            tx,
            Event { kind: "visit.closed_out_again", visit: Some(visit.id), actor: Actor::System, payload },
            visit,
        )?;
        desk.saved(fact.visit);
    }
    Ok(())
}

/// Opens an exception about the fact's author, once while it is open.
fn raise(
    tx: &mut Transaction<'_>,
    arrival: &Arrival<'_>,
    kind: &str,
    severity: Severity,
    detail: &str,
) -> Result<(), Error> {
    tx.open_exception(
        arrival.actor,
        &NewException {
            visit: arrival.fact.visit,
            kind,
            severity,
            detail,
            technician: Some(arrival.stored.technician),
            cause: Some(arrival.fact.op_id),
            blocks: false,
        },
    )?;
    Ok(())
}
