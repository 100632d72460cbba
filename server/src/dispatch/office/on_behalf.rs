//! What a dispatcher does for a technician: facts, made by the office.

use super::permission::Operation;
use super::{Office, Reply, find_technician, find_visit, problem};
use crate::store::{Reader, Visit};
use serde::{Deserialize, Serialize};
use truckroll_core::fact::{Body, StatusSet, StatusUndo, WorkOutcome};
use truckroll_core::id::{AssignmentId, TechnicianId};
use truckroll_core::lifecycle::{Need, Status, own_status, transition};
use truckroll_core::plan::Assignment;
use truckroll_core::wire::{FactResult, Problem};

/// Body of a status that is set for a technician.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct StatusRequest {
    /// For whom; by default for the one who is on the visit.
    #[serde(default)]
    pub technician: Option<String>,
    /// The new status.
    pub to: Status,
    /// Why, where the step asks for it.
    #[serde(default)]
    pub reason: String,
    /// When it really happened, milliseconds since 1970 UTC.
    #[serde(default)]
    pub stated_at_ms: Option<i64>,
    /// On `completed`: what came of it.
    #[serde(default)]
    pub outcome: Option<WorkOutcome>,
    /// On `completed`: closeout items that are knowingly missing, by key.
    #[serde(default)]
    pub gaps: Vec<String>,
}

/// Body of an undo for a technician.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UndoRequest {
    /// Whose status; by default that of the one who is on the visit.
    #[serde(default)]
    pub technician: Option<String>,
}

/// The assignment that is meant: the named technician's, or the only one.
fn assignment<'a>(reader: &Reader<'_>, visit: &'a Visit, technician: Option<&str>) -> Reply<&'a Assignment> {
    let plan = &visit.plan;
    if let Some(key) = technician {
        let technician = find_technician(reader, key)?.id;
        return Ok(plan
            .assignment_of(technician)
            .ok_or_else(|| problem::not_possible("That technician isn't on this visit."))?);
    }
    let mut active = plan.assignments.iter().filter(|assignment| assignment.is_active());
    match (active.next(), active.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(problem::not_possible("Nobody is on this visit.").into()),
        (Some(_), Some(_)) => {
            Err(problem::invalid("technician", "Several technicians are on this visit: say for whom.").into())
        }
    }
}

impl Office {
    /// Sets a technician's status for them. It is recorded as the office's deed on the technician's behalf.
    ///
    /// # Errors
    /// When the step isn't one, or lacks what it asks for.
    pub fn set_status(&self, now_ms: i64, visit: &str, request: &StatusRequest) -> Reply<FactResult> {
        let (visit, technician, body) = self.look(Operation::ActForTechnician, |reader| {
            let visit = find_visit(reader, visit)?;
            let assignment = assignment(reader, &visit, request.technician.as_deref())?;
            let from = own_status(assignment.intent, visit.progress.field_status(assignment.id));
            step(&visit, assignment, from, request)?;
            let body = Body::StatusSet(StatusSet {
                assignment: assignment.id,
                from,
                to: request.to,
                reason: request.reason.trim().to_owned(),
                stated_at_ms: request.stated_at_ms,
                outcome: request.outcome,
                gaps: request.gaps.clone(),
            });
            Ok((visit.id, assignment.technician, body))
        })?;
        self.dispatch.record_for(now_ms, &self.session, visit, technician, &body)
    }

    /// Takes a technician's latest status back: a dispatcher the same day, a manager later.
    ///
    /// # Errors
    /// When there is none, or the role isn't enough for its age.
    pub fn undo_status(&self, now_ms: i64, visit: &str, request: &UndoRequest) -> Reply<FactResult> {
        let (visit, technician, body) = self.look(Operation::ActForTechnician, |reader| {
            let visit = find_visit(reader, visit)?;
            let assignment = assignment(reader, &visit, request.technician.as_deref())?;
            let (id, technician): (AssignmentId, TechnicianId) = (assignment.id, assignment.technician);
            let step =
                visit.progress.latest_step(id).ok_or_else(|| problem::not_possible("There is no status to undo."))?;
            Ok((visit.id, technician, Body::StatusUndo(StatusUndo { assignment: id, target: step.op_id })))
        })?;
        self.dispatch.record_for(now_ms, &self.session, visit, technician, &body)
    }
}

/// Refuses a step that isn't one, or that lacks what it asks for. A check-in is the phone's: the office has none.
fn step(visit: &Visit, assignment: &Assignment, from: Status, request: &StatusRequest) -> Result<(), Problem> {
    let Some(step) = transition(from, request.to).filter(|_| assignment.is_active()) else {
        return Err(problem::not_possible(format!(
            "{} is {from}: {} can't follow.",
            assignment.technician_name, request.to
        )));
    };
    if step.needs.contains(&Need::Reason) && request.reason.trim().is_empty() {
        return Err(problem::invalid("reason", "This step needs a reason."));
    }
    if step.needs.contains(&Need::Closeout) {
        let missing = truckroll_core::closeout::gaps(&visit.plan, &visit.progress, request.outcome.is_some());
        let undeclared: Vec<String> = missing.into_iter().filter(|item| !request.gaps.contains(item)).collect();
        if !undeclared.is_empty() {
            let detail = format!("The closeout lacks {}: declare it in `gaps`.", undeclared.join(", "));
            return Err(Problem { items: undeclared, ..problem::invalid("gaps", detail) });
        }
    }
    Ok(())
}
