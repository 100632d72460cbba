//! What the office reads: the day's list and the packet.

use super::permission::Operation;
use super::{Office, Reply, find_visit, problem};
use crate::store::{self, LoggedEvent, Slice, Visit};
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use truckroll_core::derive::{OrderStatus, VisitStatus, order_status, visit_status};
use truckroll_core::gate::{Readiness, readiness};
use truckroll_core::id::{AssignmentId, TechnicianId, VisitId};
use truckroll_core::lifecycle::{self, Status};
use truckroll_core::plan::{CallType, CrewRole, Intent, JobType, NextAction, Plan, Window};
use truckroll_core::progress::Progress;
use truckroll_core::timesheet::{self, TimeEntry};

/// A visit in a list: what every active job shows (S-059).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct VisitRow {
    /// The visit.
    pub visit: VisitId,
    /// Its job's number.
    pub number: String,
    /// Its day at the site.
    pub day: NaiveDate,
    /// Where it stands.
    pub status: VisitStatus,
    /// Where its job stands.
    pub order_status: OrderStatus,
    /// Whether it can roll.
    #[serde(flatten)]
    pub readiness: Readiness,
    /// How it came in.
    pub call_type: CallType,
    /// What kind of work.
    pub job_type: JobType,
    /// The trade.
    pub trade: String,
    /// Whom the work is for.
    pub customer: String,
    /// Street and number.
    pub address: String,
    /// The promised window.
    pub window: Option<Window>,
    /// IANA name of the site's time zone.
    pub time_zone: String,
    /// Who is on it, recalled ones too.
    pub crew: Vec<CrewRow>,
    /// What happens next with the job.
    pub next_action: Option<NextAction>,
    /// Kinds of its open exceptions.
    pub open_exceptions: Vec<String>,
    /// Number of the plan's last change.
    pub plan_rev: u64,
    /// Number of the progress's last change.
    pub progress_rev: u64,
}

/// A technician on a visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CrewRow {
    /// The assignment.
    pub assignment: AssignmentId,
    /// The technician.
    pub technician: TechnicianId,
    /// Their name.
    pub name: String,
    /// Lead or helper.
    pub role: CrewRole,
    /// What the office intends.
    pub intent: Intent,
    /// Where they stand.
    pub status: Status,
    /// When they got there, milliseconds since 1970 UTC.
    pub since_ms: Option<i64>,
    /// When the server last heard of them on this visit, milliseconds since 1970 UTC.
    pub heard_ms: Option<i64>,
}

/// A visit whole: both documents, and what follows from them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Packet {
    /// The visit as lists show it.
    #[serde(flatten)]
    pub row: VisitRow,
    /// The office's document.
    pub plan: Plan,
    /// The field's document.
    pub progress: Progress,
    /// Times of travel and work, breaks, waits and parts runs.
    pub times: Vec<TimeEntry>,
    /// What the customer should hear or heard, oldest first.
    pub customer_messages: Vec<CustomerRow>,
    /// How often the office did what for this job, by the kind of the event: what a fee by coordination counts (S-096).
    pub coordination: BTreeMap<String, u64>,
}

/// Something that the customer should hear.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CustomerRow {
    /// What it is about.
    pub intent: truckroll_core::judge::CustomerIntent,
    /// `due`, `suppressed` or `told`.
    pub state: String,
    /// Since when, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// An event of the log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EventRow {
    /// The company's sequence number.
    pub seq: u64,
    /// When it was recorded, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What happened.
    pub kind: String,
    /// The visit that it is about.
    pub visit: Option<VisitId>,
    /// Who caused it: `system`, `user:ID`, `device:ID`.
    pub actor: String,
    /// The rest; `null` when it was erased.
    pub payload: Option<serde_json::Value>,
}

impl From<LoggedEvent> for EventRow {
    fn from(event: LoggedEvent) -> Self {
        let LoggedEvent { seq, at_ms, kind, visit, actor, payload } = event;
        Self { seq, at_ms, kind, visit, actor, payload }
    }
}

/// A visit as lists show it.
fn row(reader: &crate::store::Reader<'_>, visit: &Visit) -> Reply<VisitRow> {
    let plan = &visit.plan;
    let siblings = reader.visits_of_order(plan.order.id)?;
    let documents: Vec<(&Plan, &Progress)> = siblings.iter().map(|visit| (&visit.plan, &visit.progress)).collect();
    let heard = reader.heard(visit.id)?;
    let crew = plan.assignments.iter().map(|assignment| CrewRow {
        assignment: assignment.id,
        technician: assignment.technician,
        name: assignment.technician_name.clone(),
        role: assignment.role,
        intent: assignment.intent,
        status: lifecycle::status(assignment.intent, visit.progress.field_status(assignment.id)),
        since_ms: visit
            .progress
            .latest_step(assignment.id)
            .and_then(|step| visit.progress.records.get(&step.op_id))
            .map(|record| record.at_ms),
        heard_ms: heard.iter().find(|(technician, _)| *technician == assignment.technician).map(|(_, at_ms)| *at_ms),
    });
    Ok(VisitRow {
        visit: visit.id,
        number: plan.order.number.clone(),
        day: visit.day,
        status: visit_status(plan, &visit.progress),
        order_status: order_status(&documents),
        readiness: readiness(plan),
        call_type: plan.call_type,
        job_type: plan.job_type,
        trade: plan.trade.clone(),
        customer: plan.customer.name.clone(),
        address: plan.site.address.clone(),
        window: plan.window,
        time_zone: plan.site.time_zone.clone(),
        crew: crew.collect(),
        next_action: plan.order.next_action.clone(),
        open_exceptions: reader.open_exceptions(Some(visit.id))?.into_iter().map(|exception| exception.kind).collect(),
        plan_rev: visit.plan_rev,
        progress_rev: visit.progress_rev,
    })
}

/// What became of checking the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Audit {
    /// Every event is as it was written.
    pub intact: bool,
    /// How many events there are.
    pub events: u64,
    /// The first that isn't.
    pub detail: String,
}

impl Office {
    /// Some of the visits of a day, or of every day, by their jobs' numbers.
    ///
    /// # Errors
    /// When the role isn't enough, or the slice begins after no visit.
    pub fn visits(&self, day: Option<NaiveDate>, slice: Slice<VisitId>) -> Reply<Vec<VisitRow>> {
        self.look(Operation::Look, |reader| {
            if let Some(after) = slice.after
                && reader.visit(after)?.is_none()
            {
                return Err(problem::invalid("after", "There is no such visit.").into());
            }
            reader.visits(day, slice)?.iter().map(|visit| row(reader, visit)).collect()
        })
    }

    /// One visit as lists show it.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn row(&self, visit: &Visit) -> Reply<VisitRow> {
        self.look(Operation::Look, |reader| row(reader, visit))
    }

    /// A visit whole.
    ///
    /// # Errors
    /// When there is no such visit.
    pub fn packet(&self, visit: &str) -> Reply<Packet> {
        self.look(Operation::Look, |reader| {
            let visit = find_visit(reader, visit)?;
            let customer_messages = reader
                .customer_intents(visit.id)?
                .into_iter()
                .map(|(intent, state, at_ms)| CustomerRow { intent, state, at_ms })
                .collect();
            Ok(Packet {
                row: row(reader, &visit)?,
                times: timesheet::entries(&visit.progress),
                plan: visit.plan,
                progress: visit.progress,
                customer_messages,
                coordination: reader.office_events(visit.id)?,
            })
        })
    }

    /// Walks the whole log: numbers without a gap, every link of the chain, every payload that is left.
    ///
    /// # Errors
    /// When the role isn't enough, or the log can't be read.
    pub fn audit(&self) -> Reply<Audit> {
        self.look(Operation::Audit, |reader| match reader.verify_log() {
            Ok(events) => Ok(Audit { intact: true, events, detail: String::new() }),
            Err(store::Error::Corrupt(detail)) => Ok(Audit { intact: false, events: reader.head()?, detail }),
            Err(error) => Err(error.into()),
        })
    }

    /// Events after a number, of one visit or of all, oldest first.
    ///
    /// # Errors
    /// When there is no such visit.
    pub fn events(&self, after: u64, visit: Option<&str>, limit: usize) -> Reply<Vec<EventRow>> {
        self.look(Operation::Look, |reader| {
            let visit = visit.map(|key| find_visit(reader, key)).transpose()?.map(|visit| visit.id);
            Ok(reader.events_after(after, visit, limit)?.into_iter().map(EventRow::from).collect())
        })
    }
}
