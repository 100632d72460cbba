//! A visit on the dispatcher's board: all that one cell shows, as one pure function of what is stored.

use crate::day::local_date;
use crate::derive::{VisitStatus, visit_status};
use crate::escalation::Owner;
use crate::gate::{Readiness, readiness};
use crate::id::{AssignmentId, ExceptionId, OrderId, TechnicianId, VisitId};
use crate::judge::Severity;
use crate::lifecycle::{Status, status};
use crate::plan::{CallType, CrewRole, Intent, JobType, NextAction, Pin, Plan, Review, Window};
use crate::progress::Progress;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A visit on the board (S-059, S-064).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Card {
    /// The visit.
    pub visit: VisitId,
    /// Its work order.
    pub order: OrderId,
    /// The work order's number.
    pub number: String,
    /// Number of the company's latest event about the visit: a card with a higher one is newer.
    pub seq: u64,
    /// Site-local day.
    pub day: chrono::NaiveDate,
    /// Where the visit stands.
    pub status: VisitStatus,
    /// Since when, milliseconds since 1970 UTC; `None` before anything happened in the field.
    pub since_ms: Option<i64>,
    /// How it came in.
    pub call_type: CallType,
    /// What kind of work.
    pub job_type: JobType,
    /// The trade.
    pub trade: String,
    /// Customer's name.
    pub customer: String,
    /// Membership or service tier.
    pub tier: String,
    /// Street, city and postal code on one line.
    pub address: String,
    /// Where the door is.
    pub pin: Option<Pin>,
    /// The promised arrival window.
    pub window: Option<Window>,
    /// IANA name of the site's time zone.
    pub time_zone: String,
    /// How long the work should take, minutes.
    pub estimated_minutes: Option<u32>,
    /// Who is on it, active ones first.
    pub technicians: Vec<CardTechnician>,
    /// Whether it can roll.
    pub readiness: Readiness,
    /// Required fields that are missing, overridden or not.
    pub missing: Vec<String>,
    /// Kinds of the exceptions that block dispatch, overridden or not.
    pub blocking: Vec<String>,
    /// A manager let it roll all the same.
    pub overridden: bool,
    /// Open exceptions, oldest first.
    pub exceptions: Vec<CardException>,
    /// What happens next, who does it and by when.
    pub next_action: Option<NextAction>,
    /// The office's verdict on the closeout.
    pub review: Review,
    /// The site-local day on which the finished visit is to be closed: the day of its completion (S-079). `None` while it
    /// isn't finished, and once somebody has decided.
    pub close_on: Option<chrono::NaiveDate>,
    /// When the latest thing happened in the field, milliseconds since 1970 UTC.
    pub field_ms: Option<i64>,
}

/// A technician on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardTechnician {
    /// The assignment.
    pub assignment: AssignmentId,
    /// Who.
    pub technician: TechnicianId,
    /// Their name.
    pub name: String,
    /// Their part in the crew.
    pub role: CrewRole,
    /// What the office intends.
    pub intent: Intent,
    /// Where the assignment stands.
    pub status: Status,
    /// Since when it stands there, milliseconds since 1970 UTC: the time of the tap.
    pub since_ms: Option<i64>,
    /// When the server last heard of them about this visit, milliseconds since 1970 UTC.
    pub heard_ms: Option<i64>,
}

/// An open exception on a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CardException {
    /// The exception.
    pub id: ExceptionId,
    /// Its kind; its words have the key `exception.KIND`.
    pub kind: String,
    /// How urgent.
    pub severity: Severity,
    /// In the words of whoever raised it.
    pub detail: String,
    /// The technician whom it is about.
    pub technician: Option<TechnicianId>,
    /// Keeps the visit from being dispatched.
    pub blocks: bool,
    /// Since when, milliseconds since 1970 UTC.
    pub opened_ms: i64,
    /// Who decides first.
    pub owner: Owner,
    /// When the decision is due, milliseconds since 1970 UTC: then a manager owns it.
    pub due_ms: i64,
}

/// The card of a visit. `heard` says when the server last heard of each technician about it.
pub fn card(
    plan: &Plan,
    progress: &Progress,
    exceptions: Vec<CardException>,
    heard: &BTreeMap<TechnicianId, i64>,
    day: chrono::NaiveDate,
    seq: u64,
) -> Card {
    let mut technicians: Vec<CardTechnician> = plan
        .assignments
        .iter()
        .map(|assignment| CardTechnician {
            assignment: assignment.id,
            technician: assignment.technician,
            name: assignment.technician_name.clone(),
            role: assignment.role,
            intent: assignment.intent,
            status: status(assignment.intent, progress.field_status(assignment.id)),
            since_ms: since_ms(progress, assignment.id),
            heard_ms: heard.get(&assignment.technician).copied(),
        })
        .collect();
    technicians.sort_by_key(|technician| !matches!(technician.intent, Intent::Scheduled | Intent::Dispatched));
    let site = &plan.site;
    let place = [site.address.as_str(), site.city.as_str(), site.postal_code.as_str()];
    Card {
        visit: plan.visit,
        order: plan.order.id,
        number: plan.order.number.clone(),
        seq,
        day,
        status: visit_status(plan, progress),
        since_ms: technicians.iter().filter_map(|technician| technician.since_ms).max(),
        call_type: plan.call_type,
        job_type: plan.job_type,
        trade: plan.trade.clone(),
        customer: plan.customer.name.clone(),
        tier: plan.customer.tier.clone(),
        address: place.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        pin: site.pin,
        window: plan.window,
        time_zone: site.time_zone.clone(),
        estimated_minutes: plan.estimated_minutes,
        technicians,
        readiness: readiness(plan),
        missing: plan.missing.clone(),
        blocking: plan.blocking.iter().map(|blocking| blocking.kind.clone()).collect(),
        overridden: plan.gate_override.is_some(),
        exceptions,
        next_action: plan.order.next_action.clone(),
        review: plan.review,
        close_on: close_on(plan, progress),
        field_ms: progress.records.values().map(|record| record.at_ms).max(),
    }
}

/// A finished visit is closed on the day on which the last of its crew finished it.
fn close_on(plan: &Plan, progress: &Progress) -> Option<chrono::NaiveDate> {
    let is_finished = matches!(visit_status(plan, progress), VisitStatus::Completed | VisitStatus::CannotComplete);
    if !is_finished || plan.review != Review::None {
        return None;
    }
    let finished_ms = plan.assignments.iter().filter_map(|assignment| since_ms(progress, assignment.id)).max()?;
    Some(local_date(finished_ms, plan.site.time_zone.parse().unwrap_or(chrono_tz::Tz::UTC)))
}

/// When the step happened that put an assignment where it is.
fn since_ms(progress: &Progress, assignment: AssignmentId) -> Option<i64> {
    let step = progress.latest_step(assignment)?;
    progress.records.get(&step.op_id).map(|record| record.at_ms)
}

#[cfg(test)]
mod tests;
