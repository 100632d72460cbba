//! The office's commands as pure changes of a plan.
//!
//! A command looks at both documents of a visit and changes the plan, or says why not and changes nothing. What else
//! has to happen comes back as a [`Change`]; [`super::commit`] makes all of it durable at once.

use super::permission::{Operation, allow};
use super::problem;
use crate::store::Role;
use serde_json::{Value, json};
use truckroll_core::derive::{VisitStatus, visit_status};
use truckroll_core::gate::{Readiness, readiness};
use truckroll_core::id::{AssignmentId, TechnicianId, UserId};
use truckroll_core::judge::CustomerIntent;
use truckroll_core::lifecycle::{self, Actor, Status};
use truckroll_core::plan::{
    Assignment, CrewRole, GateOverride, Intent, Lane, OfficeMessage, Plan, Review, Unknown, Window,
};
use truckroll_core::progress::Progress;
use truckroll_core::wire::Problem;
use uuid::Uuid;

/// Who gives a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Officer {
    /// The user.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// What they may do.
    pub role: Role,
}

impl Officer {
    /// What the lifecycle takes them for.
    pub fn actor(&self) -> Actor {
        if self.role >= Role::Manager { Actor::Manager } else { Actor::Dispatcher }
    }
}

/// What a command did besides changing the plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Kind of the event: `visit.dispatched`.
    pub kind: &'static str,
    /// What the event says about it.
    pub payload: Value,
    /// What it means for the customer.
    pub customer: Vec<CustomerIntent>,
}

impl Change {
    pub(super) fn new(kind: &'static str, payload: Value) -> Self {
        Self { kind, payload, customer: Vec::new() }
    }

    fn telling(mut self, intent: CustomerIntent) -> Self {
        self.customer.push(intent);
        self
    }
}

/// A technician as an assignment needs them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crew {
    /// The technician.
    pub technician: TechnicianId,
    /// Their name.
    pub name: String,
    /// Lead or helper; `None` leads if nobody does.
    pub role: Option<CrewRole>,
}

fn reason_given(reason: &str) -> Result<String, Problem> {
    match reason.trim() {
        "" => Err(problem::invalid("reason", "A reason is needed.")),
        reason => Ok(reason.to_owned()),
    }
}

/// Refuses what is finished or called off.
pub(super) fn must_be_open(plan: &Plan, progress: &Progress) -> Result<(), Problem> {
    match visit_status(plan, progress) {
        VisitStatus::Completed | VisitStatus::CannotComplete => Err(problem::not_possible("The visit is finished.")),
        VisitStatus::Canceled | VisitStatus::CanceledWithWork => Err(problem::not_possible("The visit is canceled.")),
        VisitStatus::Unassigned
        | VisitStatus::Scheduled
        | VisitStatus::Dispatched
        | VisitStatus::Declined
        | VisitStatus::Traveling
        | VisitStatus::OnSite
        | VisitStatus::InProgress
        | VisitStatus::Paused => Ok(()),
    }
}

/// Refuses what is read-only.
pub(super) fn must_not_be_approved(plan: &Plan) -> Result<(), Problem> {
    if plan.review == Review::Approved {
        return Err(problem::not_possible("The closeout is approved: it is read-only."));
    }
    Ok(())
}

fn status_of(assignment: &Assignment, progress: &Progress) -> Status {
    lifecycle::status(assignment.intent, progress.field_status(assignment.id))
}

/// Whether the technician is wanted and hasn't declined: a declined visit is back in the queue.
fn is_on_it(assignment: &Assignment, progress: &Progress) -> bool {
    assignment.is_active() && status_of(assignment, progress) != Status::Declined
}

/// Puts a technician on the visit.
///
/// # Errors
/// When the visit is finished, or the technician or another lead is on it already.
pub fn assign(plan: &mut Plan, progress: &Progress, crew: Crew, id: AssignmentId) -> Result<Change, Problem> {
    must_be_open(plan, progress)?;
    let on_it = || plan.assignments.iter().filter(|assignment| is_on_it(assignment, progress));
    if on_it().any(|assignment| assignment.technician == crew.technician) {
        return Err(problem::not_possible(format!("{} is on this visit already.", crew.name)));
    }
    let lead = on_it().find(|assignment| assignment.role == CrewRole::Lead);
    let role = match (crew.role, lead) {
        (Some(CrewRole::Lead), Some(lead)) => {
            let detail =
                format!("{} leads this visit: recall them, or assign {} as a helper.", lead.technician_name, crew.name);
            return Err(Problem { field: Some("role".to_owned()), ..problem::not_possible(detail) });
        }
        (Some(role), _) => role,
        (None, Some(_)) => CrewRole::Helper,
        (None, None) => CrewRole::Lead,
    };
    let payload = json!({ "assignment": id, "technician": crew.technician, "role": role });
    // One who declined and takes it after all gets an assignment of its own, the declined one is closed.
    retire_declined(plan, progress, crew.technician);
    plan.assignments.push(Assignment {
        id,
        technician: crew.technician,
        technician_name: crew.name,
        role,
        intent: Intent::Scheduled,
        reason: String::new(),
        unknown: Unknown::new(),
    });
    Ok(Change::new("visit.assigned", payload))
}

fn retire_declined(plan: &mut Plan, progress: &Progress, technician: TechnicianId) {
    for assignment in plan.assignments.iter_mut().filter(|assignment| assignment.technician == technician) {
        if assignment.is_active() && status_of(assignment, progress) == Status::Declined {
            assignment.intent = Intent::Recalled;
        }
    }
}

/// Sends the visit to everybody who is assigned to it.
///
/// # Errors
/// When the gate is closed, nobody is assigned, or everybody has it already.
pub fn dispatch(plan: &mut Plan, progress: &Progress) -> Result<Change, Problem> {
    must_be_open(plan, progress)?;
    if let Some(hold) = &plan.order.hold {
        return Err(problem::not_possible(format!("The work order is on hold: {hold}")));
    }
    if let Some(closed) = problem::not_field_ready(&readiness(plan)) {
        return Err(closed);
    }
    let mut dispatched = Vec::new();
    for assignment in plan.assignments.iter_mut().filter(|assignment| assignment.intent == Intent::Scheduled) {
        assignment.intent = Intent::Dispatched;
        dispatched.push(assignment.technician);
    }
    if dispatched.is_empty() {
        let nobody = !plan.assignments.iter().any(|assignment| is_on_it(assignment, progress));
        return Err(problem::not_possible(if nobody {
            "Nobody is assigned."
        } else {
            "The visit is dispatched already."
        }));
    }
    Ok(Change::new("visit.dispatched", json!({ "technicians": dispatched })))
}

/// Opens the gate by a manager's decision. It covers what is missing or blocking now, and nothing that comes later.
///
/// # Errors
/// When the role isn't enough, no reason is given, or the gate is open.
pub fn override_gate(plan: &mut Plan, officer: &Officer, reason: &str, now_ms: i64) -> Result<Change, Problem> {
    allow(officer.role, Operation::OverrideGate)?;
    let reason = reason_given(reason)?;
    if readiness(plan) == Readiness::FieldReady {
        return Err(problem::not_possible("The visit is field-ready: there is nothing to override."));
    }
    let mut bypassed = plan.missing.clone();
    for blocking in &plan.blocking {
        if !bypassed.contains(&blocking.kind) {
            bypassed.push(blocking.kind.clone());
        }
    }
    let payload = json!({ "reason": reason, "bypassed": bypassed });
    plan.gate_override =
        Some(GateOverride { by: officer.id, by_name: officer.name.clone(), reason, bypassed, at_ms: now_ms });
    Ok(Change::new("gate.overridden", payload))
}

/// Takes the visit back from one technician, or from all.
///
/// # Errors
/// When no reason is given, nobody is on it, or somebody has arrived.
pub fn recall(
    plan: &mut Plan,
    progress: &Progress,
    technician: Option<TechnicianId>,
    reason: &str,
) -> Result<Change, Problem> {
    let reason = reason_given(reason)?;
    let wanted = |assignment: &Assignment| {
        assignment.is_active() && technician.is_none_or(|technician| assignment.technician == technician)
    };
    let mut recalled = Vec::new();
    for assignment in plan.assignments.iter().filter(|assignment| wanted(assignment)) {
        let status = status_of(assignment, progress);
        if status != Status::Scheduled && lifecycle::transition(status, Status::Scheduled).is_none() {
            let detail = format!(
                "{} is {status}: only a visit on which nobody has arrived can be recalled.",
                assignment.technician_name
            );
            return Err(problem::not_possible(detail));
        }
        recalled.push(assignment.id);
    }
    if recalled.is_empty() {
        return Err(problem::not_possible("Nobody is on this visit who could be recalled."));
    }
    for assignment in plan.assignments.iter_mut().filter(|assignment| recalled.contains(&assignment.id)) {
        assignment.intent = Intent::Recalled;
        assignment.reason.clone_from(&reason);
    }
    Ok(Change::new("visit.recalled", json!({ "assignments": recalled, "reason": reason })))
}

/// Gives the visit to somebody else, with the role and the dispatch of the one who had it.
///
/// # Errors
/// As [`recall`] and [`assign`]; and when a dispatched visit isn't field-ready any more.
pub fn reassign(
    plan: &mut Plan,
    progress: &Progress,
    from: TechnicianId,
    to: Crew,
    id: AssignmentId,
    reason: &str,
) -> Result<Change, Problem> {
    let held = plan.assignments.iter().rev().find(|assignment| assignment.technician == from && assignment.is_active());
    let Some(held) = held.map(|held| (held.role, held.intent)) else {
        return Err(Problem {
            field: Some("from".to_owned()),
            ..problem::not_possible("That technician isn't on this visit.")
        });
    };
    let mut changed = plan.clone();
    recall(&mut changed, progress, Some(from), reason)?;
    let payload = json!({ "from": from, "to": to.technician, "assignment": id, "reason": reason.trim() });
    assign(&mut changed, progress, Crew { role: to.role.or(Some(held.0)), ..to }, id)?;
    let mut change = Change::new("visit.reassigned", payload);
    if held.1 == Intent::Dispatched {
        dispatch(&mut changed, progress)?;
        change = change.telling(CustomerIntent::Reassigned);
    }
    *plan = changed;
    Ok(change)
}

/// Promises another window. `seq` is the number under which the change will stand.
///
/// # Errors
/// When the visit is finished, or the window is the one that stands.
pub fn reschedule(
    plan: &mut Plan,
    progress: &Progress,
    window: Window,
    reason: &str,
    seq: u64,
) -> Result<Change, Problem> {
    must_be_open(plan, progress)?;
    if plan.window == Some(window) {
        return Err(problem::not_possible("That window is promised already."));
    }
    let before = plan.window.replace(window);
    plan.missing.retain(|field| field != "window");
    if plan.assignments.iter().any(|assignment| assignment.intent == Intent::Dispatched) {
        plan.window_rev = seq;
    }
    let change =
        Change::new("visit.rescheduled", json!({ "before": before, "window": window, "reason": reason.trim() }));
    Ok(if before.is_some() { change.telling(CustomerIntent::Rescheduled) } else { change })
}

/// Calls the visit off. When somebody has arrived, only a manager can.
///
/// # Errors
/// When no reason is given, the role isn't enough, or the visit is finished.
pub fn cancel(plan: &mut Plan, progress: &Progress, officer: &Officer, reason: &str) -> Result<Change, Problem> {
    must_be_open(plan, progress)?;
    let reason = reason_given(reason)?;
    let on_it: Vec<AssignmentId> = plan
        .assignments
        .iter()
        .filter(|assignment| is_on_it(assignment, progress))
        .map(|assignment| assignment.id)
        .collect();
    for assignment in plan.assignments.iter().filter(|assignment| on_it.contains(&assignment.id)) {
        let step = lifecycle::transition(status_of(assignment, progress), Status::Canceled);
        // Finished work of one of a crew stands, whatever becomes of the others.
        if step.is_some_and(|step| !step.who.contains(&officer.actor())) {
            allow(officer.role, Operation::CancelOnSite)?;
        }
    }
    plan.order.canceled = true;
    for assignment in plan.assignments.iter_mut().filter(|assignment| on_it.contains(&assignment.id)) {
        assignment.intent = Intent::Canceled;
        assignment.reason.clone_from(&reason);
    }
    Ok(Change::new("visit.canceled", json!({ "reason": reason })).telling(CustomerIntent::Canceled))
}

/// The office's verdict on a closeout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Good: closed.
    Approve,
    /// Not yet: takes facts again.
    Return {
        /// What is missing or wrong, for the technician.
        reason: String,
    },
}

/// Approves or returns a closeout.
///
/// # Errors
/// When the visit isn't finished, or was approved: then it is read-only.
pub fn review(plan: &mut Plan, progress: &Progress, decision: &Decision) -> Result<Change, Problem> {
    if !matches!(visit_status(plan, progress), VisitStatus::Completed | VisitStatus::CannotComplete) {
        return Err(problem::not_possible("The field isn't finished with this visit."));
    }
    must_not_be_approved(plan)?;
    Ok(match decision {
        Decision::Approve => {
            plan.review = Review::Approved;
            plan.review_reason.clear();
            Change::new("visit.approved", json!({}))
        }
        Decision::Return { reason } => {
            let reason = reason_given(reason)?;
            plan.review = Review::Returned;
            plan.review_reason.clone_from(&reason);
            Change::new("visit.returned", json!({ "reason": reason }))
        }
    })
}

/// Writes to the technicians on the visit.
///
/// # Errors
/// When there is nothing to say.
pub fn message(
    plan: &mut Plan,
    officer: &Officer,
    id: Uuid,
    lane: Lane,
    text: &str,
    now_ms: i64,
) -> Result<Change, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > truckroll_core::check::TEXT_MAX_CHARS {
        return Err(problem::invalid("text", "A message has between one and 10,000 characters."));
    }
    plan.messages.push(OfficeMessage { id, lane, by_name: officer.name.clone(), at_ms: now_ms, text: text.to_owned() });
    Ok(Change::new("message.sent", json!({ "message": id, "lane": lane })))
}

#[cfg(test)]
mod tests;
