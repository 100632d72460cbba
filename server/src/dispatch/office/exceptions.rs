//! The exception queue.

use super::permission::{Operation, allow};
use super::{Change, Office, Reply, find_visit, problem, save};
use crate::store::{Actor, Exception, Slice, Visit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::fact::Body;
use truckroll_core::id::ExceptionId;
use truckroll_core::plan::{Pin, Plan};
use truckroll_core::progress::Progress;
use truckroll_core::words::{self, Language};

/// An exception as the office sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ExceptionView {
    /// The exception.
    #[serde(flatten)]
    pub exception: Exception,
    /// Number of the visit's job.
    pub number: String,
    /// What it is, in words.
    pub text: String,
}

/// Body of a decision about an exception.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ResolveRequest {
    /// What was decided.
    pub resolution: String,
    /// Of a proposed site pin: take it over. By default it isn't.
    #[serde(default)]
    pub accept: bool,
}

impl Office {
    /// Some of the open exceptions, of one visit or of all, oldest first.
    ///
    /// # Errors
    /// When there is no such visit, or the slice begins after no exception.
    pub fn exceptions(&self, visit: Option<&str>, slice: Slice<ExceptionId>) -> Reply<Vec<ExceptionView>> {
        self.look(Operation::Look, |reader| {
            if let Some(after) = slice.after
                && reader.exception(after)?.is_none()
            {
                return Err(problem::invalid("after", "There is no such exception.").into());
            }
            let visit = visit.map(|key| find_visit(reader, key)).transpose()?.map(|visit| visit.id);
            let mut views = Vec::new();
            for exception in reader.some_open_exceptions(visit, slice)? {
                let number = reader.visit(exception.visit)?.map(|visit| visit.plan.order.number).unwrap_or_default();
                let text = words::text(&format!("exception.{}", exception.kind), Language::En, &[]);
                views.push(ExceptionView { exception, number, text });
            }
            Ok(views)
        })
    }

    /// Decides about an exception. One that blocked the visit blocks it no more.
    ///
    /// # Errors
    /// When it isn't open, the role isn't enough, or nothing is said.
    pub fn resolve_exception(&self, now_ms: i64, id: ExceptionId, request: ResolveRequest) -> Reply<Visit> {
        self.act(Operation::ResolveException, now_ms, move |transaction, officer| {
            let resolution = request.resolution.trim();
            if resolution.is_empty() {
                return Err(problem::invalid("resolution", "Say what was decided.").into());
            }
            let exception = transaction.exception(id)?.ok_or_else(|| problem::not_found("exception"))?;
            if exception.kind == "manager_sign_off" {
                allow(officer.role, Operation::SignOff)?;
            }
            let mut visit = find_visit(transaction, &exception.visit.to_string())?;
            if !transaction.close_exception(Actor::User(officer.id), id, &officer.name, resolution)? {
                return Err(problem::not_possible("The exception is closed already.").into());
            }
            let mut changed = visit.plan.blocking.iter().any(|blocking| blocking.id == id);
            if exception.kind == "site_pin_proposed" && request.accept {
                let pin = proposed_pin(&visit.plan, &visit.progress, &exception)
                    .ok_or_else(|| problem::not_possible("The proposal isn't there any more."))?;
                visit.plan.site.pin = Some(pin);
                changed = true;
            }
            if changed {
                let payload = json!({ "exception": id, "kind": exception.kind, "resolution": resolution });
                save(transaction, officer, &mut visit, Change::new("exception.resolved", payload))?;
            }
            Ok(visit)
        })
    }
}

/// The pin that a technician proposed, as the site's next.
fn proposed_pin(plan: &Plan, progress: &Progress, exception: &Exception) -> Option<Pin> {
    let record = progress.records.get(&exception.cause?)?;
    let Body::SitePinPropose(proposal) = record.body()? else { return None };
    Some(Pin {
        lat: proposal.lat,
        lon: proposal.lon,
        accuracy_m: proposal.accuracy_m,
        version: plan.site.pin.map_or(1, |pin| pin.version + 1),
    })
}
