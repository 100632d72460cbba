//! Commands about one visit.

use super::change::{self, Crew, Decision, Officer};
use super::field::{self, LocalWindow};
use super::permission::Operation;
use super::{Office, Reply, find_technician, problem, save};
use crate::store::{Actor, NewException, Technician, Transaction, Visit};
use serde::{Deserialize, Serialize};
use truckroll_core::id::{AssignmentId, ExceptionId, TechnicianId, VisitId};
use truckroll_core::judge::Severity;
use truckroll_core::plan::{CrewRole, Lane};

/// Body of an assignment.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AssignRequest {
    /// The technician, by id or by the company's own: `T01`.
    pub technician: String,
    /// Lead or helper; by default the first leads and the others help.
    #[serde(default)]
    pub role: Option<CrewRole>,
}

/// Body of a reassignment.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReassignRequest {
    /// Who has the visit.
    pub from: String,
    /// Who gets it.
    pub to: String,
    /// Why, for the technician who loses it.
    pub reason: String,
}

/// Body of a recall.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RecallRequest {
    /// From whom; by default from everybody.
    #[serde(default)]
    pub technician: Option<String>,
    /// Why, for the technician.
    pub reason: String,
}

/// Body of a dispatch.
#[derive(Clone, Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DispatchRequest {
    /// A manager's reason to roll although the gate is closed.
    #[serde(default)]
    pub override_reason: Option<String>,
}

/// Body of a reschedule.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RescheduleRequest {
    /// The new window, site-local.
    #[serde(flatten)]
    pub window: LocalWindow,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Body of a command that takes a reason and nothing else.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ReasonRequest {
    /// Why.
    pub reason: String,
}

/// Body of setting a field.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldRequest {
    /// The value, written as in an import's column; empty clears the field.
    pub value: String,
}

/// Body of a review.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "decision", rename_all = "snake_case")]
pub enum ReviewRequest {
    /// Good: closed.
    Approve,
    /// Not yet: takes facts again.
    Return {
        /// What is missing or wrong, for the technician.
        reason: String,
    },
}

/// Body of a message.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MessageRequest {
    /// Urgent interrupts, routine waits while the technician works.
    pub lane: Lane,
    /// What it says.
    pub text: String,
}

fn crew(technician: Technician, role: Option<CrewRole>) -> Reply<Crew> {
    if !technician.active {
        return Err(problem::not_possible(format!("{} doesn't work here any more.", technician.name)).into());
    }
    Ok(Crew { technician: technician.id, name: technician.name, role })
}

impl Office {
    /// Sets a field of the packet. A gate code is stored apart and reaches the phones of dispatched technicians only.
    ///
    /// # Errors
    /// As [`field::set`].
    pub fn set_field(&self, now_ms: i64, visit: &str, field: &str, value: &str) -> Reply<Visit> {
        let (field, value) = (field.to_owned(), value.to_owned());
        self.change(Operation::EditPlan, now_ms, visit, move |transaction, officer, visit| {
            change::must_not_be_approved(&visit.plan)?;
            let policy = transaction.settings()?.gate;
            let set = field::set(&mut visit.plan, &field, &value, &policy)?;
            follow_content(transaction, officer, visit, &set.raised, &set.cleared)?;
            if let Some(code) = &set.gate_code {
                transaction.put_gate_code(visit.id, code)?;
            }
            Ok(set.change)
        })
    }

    /// Puts a technician on the visit.
    ///
    /// # Errors
    /// As [`change::assign`].
    pub fn assign(&self, now_ms: i64, visit: &str, request: AssignRequest) -> Reply<Visit> {
        self.change(Operation::Assign, now_ms, visit, move |transaction, _, visit| {
            let crew = crew(find_technician(transaction, &request.technician)?, request.role)?;
            let id = AssignmentId(transaction.uuid());
            Ok(change::assign(&mut visit.plan, &visit.progress, crew, id)?)
        })
    }

    /// Gives the visit to somebody else.
    ///
    /// # Errors
    /// As [`change::reassign`].
    pub fn reassign(&self, now_ms: i64, visit: &str, request: ReassignRequest) -> Reply<Visit> {
        self.change(Operation::Assign, now_ms, visit, move |transaction, _, visit| {
            let from = find_technician(transaction, &request.from)?.id;
            let to = crew(find_technician(transaction, &request.to)?, None)?;
            let id = AssignmentId(transaction.uuid());
            Ok(change::reassign(&mut visit.plan, &visit.progress, from, to, id, &request.reason)?)
        })
    }

    /// Takes the visit back.
    ///
    /// # Errors
    /// As [`change::recall`].
    pub fn recall(&self, now_ms: i64, visit: &str, request: RecallRequest) -> Reply<Visit> {
        self.change(Operation::Assign, now_ms, visit, move |transaction, _, visit| {
            let technician: Option<TechnicianId> =
                request.technician.map(|key| find_technician(transaction, &key)).transpose()?.map(|found| found.id);
            Ok(change::recall(&mut visit.plan, &visit.progress, technician, &request.reason)?)
        })
    }

    /// Sends the visit to its technicians; with a reason, a manager opens a closed gate first.
    ///
    /// # Errors
    /// As [`change::dispatch`] and [`change::override_gate`].
    pub fn dispatch(&self, now_ms: i64, visit: &str, request: DispatchRequest) -> Reply<Visit> {
        self.change(Operation::Dispatch, now_ms, visit, move |transaction, officer, visit| {
            if let Some(reason) = &request.override_reason {
                let change = change::override_gate(&mut visit.plan, officer, reason, now_ms)?;
                save(transaction, officer, visit, change)?;
            }
            Ok(change::dispatch(&mut visit.plan, &visit.progress)?)
        })
    }

    /// Opens the gate by a manager's decision.
    ///
    /// # Errors
    /// As [`change::override_gate`].
    pub fn override_gate(&self, now_ms: i64, visit: &str, reason: &str) -> Reply<Visit> {
        let reason = reason.to_owned();
        self.change(Operation::OverrideGate, now_ms, visit, move |_, officer, visit| {
            Ok(change::override_gate(&mut visit.plan, officer, &reason, now_ms)?)
        })
    }

    /// Promises another window.
    ///
    /// # Errors
    /// As [`change::reschedule`] and [`field::window`].
    pub fn reschedule(&self, now_ms: i64, visit: &str, request: RescheduleRequest) -> Reply<Visit> {
        self.change(Operation::Reschedule, now_ms, visit, move |transaction, _, visit| {
            let window = field::window(&visit.plan, &request.window)?;
            let seq = transaction.head_seq() + 1;
            Ok(change::reschedule(&mut visit.plan, &visit.progress, window, &request.reason, seq)?)
        })
    }

    /// Calls the visit off.
    ///
    /// # Errors
    /// As [`change::cancel`].
    pub fn cancel(&self, now_ms: i64, visit: &str, reason: &str) -> Reply<Visit> {
        let reason = reason.to_owned();
        self.change(Operation::Cancel, now_ms, visit, move |_, officer, visit| {
            Ok(change::cancel(&mut visit.plan, &visit.progress, officer, &reason)?)
        })
    }

    /// Approves or returns a closeout.
    ///
    /// # Errors
    /// As [`change::review`].
    pub fn review(&self, now_ms: i64, visit: &str, request: ReviewRequest) -> Reply<Visit> {
        let decision = match request {
            ReviewRequest::Approve => Decision::Approve,
            ReviewRequest::Return { reason } => Decision::Return { reason },
        };
        self.change(Operation::Review, now_ms, visit, move |_, _, visit| {
            Ok(change::review(&mut visit.plan, &visit.progress, &decision)?)
        })
    }

    /// Writes to the technicians on the visit.
    ///
    /// # Errors
    /// As [`change::message`].
    pub fn message(&self, now_ms: i64, visit: &str, request: MessageRequest) -> Reply<Visit> {
        self.change(Operation::Message, now_ms, visit, move |transaction, officer, visit| {
            let id = transaction.uuid();
            Ok(change::message(&mut visit.plan, officer, id, request.lane, &request.text, now_ms)?)
        })
    }

    /// The gate code, if the visit has one. Who looked is on record.
    ///
    /// # Errors
    /// When the role isn't enough or there is no such visit.
    pub fn gate_code(&self, now_ms: i64, visit: &str) -> Reply<Option<String>> {
        let key = visit.to_owned();
        self.act(Operation::SeeGateCode, now_ms, move |transaction, officer| {
            let visit = super::find_visit(transaction, &key)?;
            let code = transaction.gate_code(visit.id)?.filter(|code| !code.is_empty());
            if code.is_some() {
                let payload = super::with_name(serde_json::json!({ "secret": "gate_code" }), officer);
                let actor = Actor::User(officer.id);
                transaction.record(&crate::store::Event {
                    kind: "secret.viewed",
                    visit: Some(visit.id),
                    actor,
                    payload,
                })?;
            }
            Ok(code)
        })
    }
}

/// Opens and closes the exceptions that the packet's own content raises; saving the plan takes them over.
pub(super) fn follow_content(
    transaction: &mut Transaction<'_>,
    officer: &Officer,
    visit: &Visit,
    raised: &[String],
    cleared: &[String],
) -> Reply<()> {
    let actor = Actor::User(officer.id);
    for kind in raised {
        open_blocking(transaction, actor, visit.id, kind)?;
    }
    for blocking in visit.plan.blocking.iter().filter(|blocking| cleared.contains(&blocking.kind)) {
        transaction.close_exception(actor, blocking.id, &officer.name, "the packet changed")?;
    }
    Ok(())
}

/// Opens an exception that blocks dispatch; `None` when it is open already.
pub(super) fn open_blocking(
    transaction: &mut Transaction<'_>,
    actor: Actor,
    visit: VisitId,
    kind: &str,
) -> Reply<Option<ExceptionId>> {
    Ok(transaction.open_exception(
        actor,
        &NewException {
            visit,
            kind,
            severity: Severity::Normal,
            detail: "",
            technician: None,
            cause: None,
            blocks: true,
        },
    )?)
}
