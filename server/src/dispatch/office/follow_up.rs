//! Follow-up work as a linked order with an owner and a date (S-058, S-080).

use super::permission::Operation;
use super::{Office, Reply, find_visit, problem, save, with_name};
use crate::import::value;
use crate::store::{Actor, Event, Visit};
use serde::{Deserialize, Serialize};
use serde_json::json;
use truckroll_core::gate::{self, GatePolicy};
use truckroll_core::id::{OrderId, VisitId};
use truckroll_core::plan::{CallType, NextAction, Order, PastVisit, Plan, Review, Unknown};
use truckroll_core::wire::Problem;
use truckroll_core::{checklist, closeout};

/// Body of a follow-up.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FollowUpRequest {
    /// What is to be done: the new order's scope.
    pub scope: String,
    /// What happens next with it, for its owner: `Call with the quote`.
    pub next_step: String,
    /// Who sees to it.
    pub owner: String,
    /// Until when, a day at the site: `2026-11-30`.
    pub due: String,
}

/// Identities of a new order.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// The order.
    pub order: OrderId,
    /// Its first visit.
    pub visit: VisitId,
    /// Its number.
    pub number: String,
}

/// The plan of an order that follows up another: same customer, site, equipment and agreement; window, crew and
/// everything that was promised for the earlier visit are open.
///
/// # Errors
/// When a field of the request is empty or impossible.
pub fn plan(
    earlier: &Plan,
    request: &FollowUpRequest,
    new: NewOrder,
    policy: &GatePolicy,
    now_ms: i64,
) -> Result<Plan, Problem> {
    for (field, text) in [("scope", &request.scope), ("next_step", &request.next_step), ("owner", &request.owner)] {
        if text.trim().is_empty() {
            return Err(problem::invalid(field, "This field is needed."));
        }
    }
    let due_ms = due_ms(&request.due, &earlier.site.time_zone)?;
    let next_action = NextAction {
        what: request.next_step.trim().to_owned(),
        owner: request.owner.trim().to_owned(),
        due_ms: Some(due_ms),
    };
    let mut history = earlier.history.clone();
    history.push(PastVisit { at_ms: now_ms, number: earlier.order.number.clone(), summary: earlier.scope.clone() });
    let mut plan = Plan {
        visit: new.visit,
        order: Order {
            id: new.order,
            number: new.number,
            parent: Some(earlier.order.id),
            draft: false,
            hold: None,
            canceled: false,
            next_action: Some(next_action),
            unknown: Unknown::new(),
        },
        call_type: CallType::FollowUp,
        scope: request.scope.trim().to_owned(),
        quote: None,
        promises: Vec::new(),
        history,
        window: None,
        window_rev: 0,
        estimated_minutes: None,
        parts: Vec::new(),
        special_instructions: String::new(),
        escalation_flags: Vec::new(),
        checklist: checklist::template(&earlier.trade, earlier.job_type),
        closeout_required: closeout::default_required(earlier.job_type),
        office_photos: Vec::new(),
        missing: Vec::new(),
        blocking: Vec::new(),
        gate_override: None,
        assignments: Vec::new(),
        review: Review::None,
        review_reason: String::new(),
        messages: Vec::new(),
        ..earlier.clone()
    };
    plan.missing = gate::missing(&plan, policy);
    Ok(plan)
}

/// The end of a day at the site.
fn due_ms(day: &str, time_zone: &str) -> Result<i64, Problem> {
    let invalid = |reason| problem::invalid("due", reason);
    let day = value::date(day.trim()).map_err(invalid)?;
    let zone = value::time_zone(time_zone).map_err(invalid)?;
    let end = value::time("23:59").map_err(invalid)?;
    Ok(value::instant(day, end, zone, value::Ambiguous::Later).map_err(invalid)?.timestamp_millis())
}

impl Office {
    /// Creates the follow-up of a visit: a new order, linked to its own. Returns its visit.
    ///
    /// # Errors
    /// As [`plan`].
    pub fn follow_up(&self, now_ms: i64, visit: &str, request: FollowUpRequest) -> Reply<Visit> {
        let key = visit.to_owned();
        self.act(Operation::FollowUp, now_ms, move |transaction, officer| {
            let mut earlier = find_visit(transaction, &key)?;
            let policy = transaction.settings()?.gate;
            let mut count = 1;
            let number = loop {
                let number = format!("{}-F{count}", earlier.plan.order.number);
                if transaction.order_by_number(&number)?.is_none() {
                    break number;
                }
                count += 1;
            };
            let new = NewOrder { order: OrderId(transaction.uuid()), visit: VisitId(transaction.uuid()), number };
            let plan = plan(&earlier.plan, &request, new, &policy, now_ms)?;
            if let Some(code) = transaction.gate_code(earlier.id)? {
                transaction.put_gate_code(plan.visit, &code)?;
            }
            let payload = with_name(json!({ "source": "follow_up", "of": earlier.id }), officer);
            let actor = Actor::User(officer.id);
            let event = Event { kind: "visit.created", visit: Some(plan.visit), actor, payload };
            let created = transaction.create_visit(event, plan, None)?;
            transaction.claim(created.id, officer.id)?;
            // The earlier order says where its story goes on.
            earlier.plan.order.next_action.clone_from(&created.plan.order.next_action);
            let payload = json!({ "order": created.plan.order.id, "number": created.plan.order.number });
            save(transaction, officer, &mut earlier, super::Change::new("order.followed_up", payload))?;
            Ok(created)
        })
    }
}
