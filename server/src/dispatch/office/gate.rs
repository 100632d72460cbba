//! What another dispatch gate would do, and doing it.

use super::permission::Operation;
use super::{Office, Reply, problem};
use crate::dispatch::planning;
use crate::store::{Actor, Event, Transaction, Visit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::gate::{GatePolicy, missing};
use truckroll_core::id::VisitId;
use truckroll_core::wire::Problem;

/// A visit that another gate would judge otherwise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GateEffect {
    /// The visit.
    pub visit: VisitId,
    /// Its job's number.
    pub number: String,
    /// Whom the work is for.
    pub customer: String,
    /// Its day at the site.
    pub day: chrono::NaiveDate,
    /// Required fields that it misses now.
    pub missing_now: Vec<String>,
    /// Required fields that it would miss.
    pub missing_then: Vec<String>,
}

/// Refuses a gate that asks for a field nobody knows.
pub(super) fn must_be_known(gate: &GatePolicy) -> Result<(), Problem> {
    match gate.unknown_field() {
        Some(field) => Err(problem::invalid("gate", format!("There is no field {field:?}."))),
        None => Ok(()),
    }
}

/// Asks the gate again about every visit that isn't finished: what the company requires has changed.
pub(super) fn ask_again(transaction: &mut Transaction<'_>, actor: Actor) -> Reply<()> {
    let gate = transaction.settings()?.gate;
    for mut visit in open(transaction.visits_of_day(None)?) {
        let then = missing(&visit.plan, &gate);
        if then != visit.plan.missing {
            let payload = json!({ "missing": then });
            planning::save(transaction, Event { kind: "gate.asked_again", visit: None, actor, payload }, &mut visit)?;
        }
    }
    Ok(())
}

fn open(visits: Vec<Visit>) -> impl Iterator<Item = Visit> {
    visits.into_iter().filter(|visit| visit.open)
}

impl Office {
    /// The visits that this gate would judge otherwise than the present one, by their jobs' numbers.
    ///
    /// # Errors
    /// When the role isn't enough, or a field is unknown.
    pub fn gate_effect(&self, gate: &GatePolicy) -> Reply<Vec<GateEffect>> {
        self.look(Operation::ChangeSettings, |reader| {
            must_be_known(gate)?;
            let present = reader.settings()?.gate;
            let effect = |visit: Visit| GateEffect {
                visit: visit.id,
                number: visit.plan.order.number.clone(),
                customer: visit.plan.customer.name.clone(),
                day: visit.day,
                missing_now: missing(&visit.plan, &present),
                missing_then: missing(&visit.plan, gate),
            };
            let effects = open(reader.visits_of_day(None)?).map(effect);
            Ok(effects.filter(|effect| effect.missing_now != effect.missing_then).collect())
        })
    }
}

#[cfg(test)]
mod tests;
