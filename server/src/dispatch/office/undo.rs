//! Taking a change of a plan back.
//!
//! The log holds the plan after every change, so each command of the office can be undone the same way: as long as
//! nothing else has happened to the visit, the plan before it is saved again, as a change of its own.

use super::change::Change;
use super::permission::{Operation, allow};
use super::visits::follow_content;
use super::{Office, Reply, find_visit, problem, save};
use crate::dispatch::planning;
use crate::store::{Actor, Visit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::gate;
use truckroll_core::id::{AssignmentId, ExceptionId};
use truckroll_core::plan::{Assignment, Intent, Plan};

/// Body of taking a change back.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct UndoChangeRequest {
    /// The change: the visit's `plan_rev` after it.
    pub change: u64,
}

/// What can be taken back by a later command, and what that takes. What isn't here can't be unsaid: a message was read.
const UNDOABLE: &[(&str, Operation)] = &[
    ("visit.assigned", Operation::Assign),
    ("visit.reassigned", Operation::Assign),
    ("visit.recalled", Operation::Assign),
    ("visit.dispatched", Operation::Dispatch),
    ("visit.rescheduled", Operation::Reschedule),
    ("visit.canceled", Operation::Cancel),
    ("visit.field_set", Operation::EditPlan),
    ("visit.approved", Operation::Review),
    ("visit.returned", Operation::Review),
    ("gate.overridden", Operation::OverrideGate),
];

/// What the undone assignments say.
const REASON: &str = "undone";

/// The plan before a change, with the crew of it: an assignment that ended is never revived (decision 0005), its
/// technician gets a new one.
fn restored(now: &Plan, before: Plan, mut new_id: impl FnMut() -> AssignmentId) -> Plan {
    let mut crew = Vec::new();
    let mut again = Vec::new();
    for assignment in &now.assignments {
        let was = before.assignments.iter().find(|was| was.id == assignment.id);
        match was {
            Some(was) if was.intent == assignment.intent => crew.push(was.clone()),
            _ => {
                let ended = Assignment { intent: Intent::Recalled, reason: REASON.to_owned(), ..assignment.clone() };
                crew.push(if assignment.is_active() { ended } else { assignment.clone() });
                if let Some(was) = was.filter(|was| was.is_active()) {
                    again.push(Assignment { id: new_id(), ..was.clone() });
                }
            }
        }
    }
    crew.extend(again);
    Plan { assignments: crew, ..before }
}

impl Office {
    /// Takes a change of a visit's plan back, as long as nothing else has happened to the visit since.
    ///
    /// # Errors
    /// 403 for whoever couldn't have made the change; 409 when it isn't the visit's latest, the field has moved on, or
    /// it can't be unsaid.
    pub fn undo_change(&self, now_ms: i64, visit: &str, seq: u64) -> Reply<Visit> {
        let key = visit.to_owned();
        self.act(Operation::EditPlan, now_ms, move |transaction, officer| {
            let mut visit = find_visit(transaction, &key)?;
            if visit.plan_rev != seq || visit.progress_rev > seq {
                return Err(problem::not_possible("Something else has happened to the visit since.").into());
            }
            let (kind, change) = transaction.plan_change(visit.id, seq)?.ok_or_else(gone)?;
            let (_, operation) = UNDOABLE
                .iter()
                .find(|(undoable, _)| *undoable == kind)
                .ok_or_else(|| problem::not_possible("This can't be taken back."))?;
            allow(officer.role, *operation)?;
            if change["field"] == "gate_code" {
                return Err(problem::not_possible("A gate code isn't kept in the log: set it again.").into());
            }
            let before = transaction.plan_before(visit.id, seq)?.ok_or_else(gone)?;
            let (raised_now, raised_then) = (gate::detected(&visit.plan), gate::detected(&before));
            let was_told = visit.plan.window_rev == seq;
            visit.plan = restored(&visit.plan, before, || AssignmentId(transaction.uuid()));
            planning::refresh(transaction, &mut visit)?;
            let raised: Vec<String> = raised_then.iter().filter(|kind| !raised_now.contains(kind)).cloned().collect();
            let cleared: Vec<String> = raised_now.into_iter().filter(|kind| !raised_then.contains(kind)).collect();
            follow_content(transaction, officer, &visit, &raised, &cleared)?;
            transaction.suppress_customer_intents_of_change(visit.id, seq)?;
            if was_told {
                // Whoever heard of the other window hears of this one.
                visit.plan.window_rev = transaction.head_seq() + 1;
            }
            let change = Change::new("visit.change_undone", json!({ "change": seq, "kind": kind }));
            save(transaction, officer, &mut visit, change)?;
            Ok(visit)
        })
    }

    /// Opens an exception again: what was decided about it doesn't hold. A pin that was taken over for it stays until
    /// somebody decides anew.
    ///
    /// # Errors
    /// When it is open, the role isn't enough, or the same is open again already.
    pub fn reopen_exception(&self, now_ms: i64, id: ExceptionId) -> Reply<Visit> {
        self.act(Operation::ResolveException, now_ms, move |transaction, officer| {
            let exception = transaction.exception(id)?.ok_or_else(|| problem::not_found("exception"))?;
            if exception.kind == "manager_sign_off" {
                allow(officer.role, Operation::SignOff)?;
            }
            if !transaction.reopen_exception(Actor::User(officer.id), &exception)? {
                return Err(problem::not_possible("It is open already.").into());
            }
            let mut visit = find_visit(transaction, &exception.visit.to_string())?;
            if exception.blocks {
                let payload = json!({ "exception": id, "kind": exception.kind });
                save(transaction, officer, &mut visit, Change::new("exception.reopened", payload))?;
            }
            Ok(visit)
        })
    }
}

fn gone() -> crate::dispatch::Error {
    problem::not_possible("The log doesn't hold it any more.").into()
}
