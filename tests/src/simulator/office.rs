//! Dispatchers: they create, plan, dispatch, and change their minds while the field works.

use super::dice::Dice;
use super::server::TIME_ZONE;
use truckroll_core::derive::{VisitStatus, visit_status};
use truckroll_core::gate::{Readiness, readiness};
use truckroll_core::id::VisitId;
use truckroll_core::lifecycle::{self, Actor, own_status};
use truckroll_core::plan::{Assignment, Intent, Lane};
use truckroll_server::dispatch::office::exceptions::ResolveRequest;
use truckroll_server::dispatch::office::field::LocalWindow;
use truckroll_server::dispatch::office::on_behalf::{StatusRequest, UndoRequest};
use truckroll_server::dispatch::office::visits::{
    AssignRequest, DispatchRequest, MessageRequest, ReassignRequest, RecallRequest, RescheduleRequest, ReviewRequest,
};
use truckroll_server::dispatch::office::{Office, Reply};
use truckroll_server::store::{Slice, Visit};

/// What a dispatcher does with a visit.
#[derive(Clone, Copy, Debug)]
enum Errand {
    Assign,
    Dispatch,
    Recall,
    Reassign,
    Reschedule,
    Cancel,
    SetField,
    Approve,
    Return,
    Message,
    SetStatus,
    UndoStatus,
    Exceptions,
}

/// Errands for a visit on which somebody is.
const UNDER_WAY: &[(u32, Errand)] = &[
    (14, Errand::Recall),
    (24, Errand::Reassign),
    (14, Errand::Reschedule),
    (5, Errand::Cancel),
    (12, Errand::SetField),
    (8, Errand::Message),
    (8, Errand::SetStatus),
    (4, Errand::UndoStatus),
    (6, Errand::Assign),
    (5, Errand::Exceptions),
];

/// Errands for a visit with which the field is done.
const DONE: &[(u32, Errand)] = &[
    (30, Errand::Approve),
    (20, Errand::Return),
    (5, Errand::Message),
    (4, Errand::UndoStatus),
    (8, Errand::Exceptions),
    (3, Errand::Cancel),
];

/// Errands that make no sense, some of the time.
const ANY: &[(u32, Errand)] = &[
    (1, Errand::Assign),
    (1, Errand::Dispatch),
    (1, Errand::Recall),
    (1, Errand::Reassign),
    (1, Errand::Reschedule),
    (1, Errand::Cancel),
    (1, Errand::Approve),
    (1, Errand::SetStatus),
];

/// The next errand for a visit: what it waits for, or a change of mind.
fn errand(visit: &Visit, dice: &mut Dice) -> Option<Errand> {
    if dice.in_thousand(50) {
        return dice.weighted(ANY);
    }
    match visit_status(&visit.plan, &visit.progress) {
        VisitStatus::Unassigned => Some(Errand::Assign),
        VisitStatus::Declined => dice.weighted(&[(3, Errand::Reassign), (1, Errand::Recall), (1, Errand::Assign)]),
        VisitStatus::Scheduled if !visit.plan.assignments.iter().any(Assignment::is_active) => Some(Errand::Assign),
        VisitStatus::Scheduled => Some(Errand::Dispatch),
        VisitStatus::Dispatched
        | VisitStatus::Traveling
        | VisitStatus::OnSite
        | VisitStatus::InProgress
        | VisitStatus::Paused => dice.weighted(UNDER_WAY),
        VisitStatus::Completed | VisitStatus::CannotComplete => dice.weighted(DONE),
        VisitStatus::Canceled | VisitStatus::CanceledWithWork => Some(Errand::Message),
    }
}

/// Runs an errand for a visit. Gives what was done, in a few words.
///
/// # Errors
/// The office's own refusal: errands are tried without asking first.
pub fn run_errand(
    office: &Office,
    now_ms: i64,
    visit: &Visit,
    technicians: &[String],
    dice: &mut Dice,
) -> Reply<Option<String>> {
    let Some(errand) = errand(visit, dice) else { return Ok(None) };
    let key = visit.id.to_string();
    let technician = |dice: &mut Dice| dice.pick(technicians).cloned().unwrap_or_default();
    let reason = "a change of plan".to_owned();
    match errand {
        Errand::Assign => {
            office.assign(now_ms, &key, AssignRequest { technician: technician(dice), role: None })?;
        }
        Errand::Dispatch => {
            let override_reason =
                (readiness(&visit.plan) != Readiness::FieldReady).then(|| "the customer waits".to_owned());
            office.dispatch(now_ms, &key, DispatchRequest { override_reason })?;
        }
        Errand::Recall => {
            office.recall(now_ms, &key, RecallRequest { technician: None, reason })?;
        }
        Errand::Reassign => {
            let active: Vec<&Assignment> =
                visit.plan.assignments.iter().filter(|assignment| assignment.is_active()).collect();
            let from = dice.pick(&active).map(|assignment| assignment.technician.to_string()).unwrap_or_default();
            office.reassign(now_ms, &key, ReassignRequest { from, to: technician(dice), reason })?;
        }
        Errand::Reschedule => {
            let hour = dice.between(7, 16);
            let window = LocalWindow {
                date: format!("2026-11-{}", dice.between(22, 27)),
                start: format!("{hour:02}:00"),
                end: format!("{:02}:00", hour + 2),
                promise: None,
            };
            office.reschedule(now_ms, &key, RescheduleRequest { window, reason })?;
        }
        Errand::Cancel => {
            office.cancel(now_ms, &key, &reason)?;
        }
        Errand::SetField => {
            let (field, value) = *dice
                .pick(&[
                    ("scope", "Look at the blower"),
                    ("scope", ""),
                    ("access_notes", "Side door"),
                    ("gate_code", "#1234"),
                    ("gate_code", ""),
                    ("special_instructions", "Mind the dog"),
                ])
                .unwrap_or(&("scope", ""));
            office.set_field(now_ms, &key, field, value)?;
        }
        Errand::Approve => {
            office.review(now_ms, &key, ReviewRequest::Approve)?;
        }
        Errand::Return => {
            office.review(now_ms, &key, ReviewRequest::Return { reason })?;
        }
        Errand::Message => {
            let lane = if dice.in_thousand(300) { Lane::Urgent } else { Lane::Routine };
            office.message(now_ms, &key, MessageRequest { lane, text: "How is it going?".to_owned() })?;
        }
        Errand::SetStatus => return set_status(office, now_ms, visit, dice),
        Errand::UndoStatus => {
            office.undo_status(now_ms, &key, &UndoRequest { technician: any_technician(visit, dice) })?;
        }
        Errand::Exceptions => {
            let open = office.exceptions(Some(&key), Slice::default())?;
            let Some(exception) = dice.pick(&open) else { return Ok(None) };
            let request = ResolveRequest { resolution: "settled".to_owned(), accept: dice.in_thousand(500) };
            office.resolve_exception(now_ms, exception.exception.id, request)?;
        }
    }
    Ok(Some(format!("{errand:?} {}", visit.plan.order.number)))
}

fn any_technician(visit: &Visit, dice: &mut Dice) -> Option<String> {
    dice.pick(&visit.plan.assignments).map(|assignment| assignment.technician.to_string())
}

fn set_status(office: &Office, now_ms: i64, visit: &Visit, dice: &mut Dice) -> Reply<Option<String>> {
    let dispatched: Vec<&Assignment> =
        visit.plan.assignments.iter().filter(|assignment| assignment.intent == Intent::Dispatched).collect();
    let Some(assignment) = dice.pick(&dispatched) else { return Ok(None) };
    let from = own_status(assignment.intent, visit.progress.field_status(assignment.id));
    let offers = lifecycle::offers(from, Actor::Technician);
    let Some(offer) = dice.pick(&offers) else { return Ok(None) };
    let request = StatusRequest {
        technician: Some(assignment.technician.to_string()),
        to: offer.to,
        reason: "by phone".to_owned(),
        stated_at_ms: None,
        outcome: None,
        gaps: truckroll_core::closeout::gaps(&visit.plan, &visit.progress, false),
    };
    office.set_status(now_ms, &visit.id.to_string(), &request)?;
    Ok(Some(format!("sets {} to {}", visit.plan.order.number, offer.to)))
}

/// A file with one job, as an office imports it.
pub fn job_file(number: u64, dice: &mut Dice) -> String {
    let header = "job_number,date,call_type,job_type,trade,customer_name,phone,address,city,state,lat,lon,time_zone,gate_code,access_notes,issue,scope,window_start,window_end,escalation_flags,parts";
    let job_type = *dice.pick(&["repair", "install", "maintenance", "inspection"]).unwrap_or(&"repair");
    let trade = *dice.pick(&["hvac", "plumbing", "electrical"]).unwrap_or(&"hvac");
    let or_nothing =
        |dice: &mut Dice, text: &'static str, missing: u32| if dice.in_thousand(missing) { "" } else { text };
    let scope = or_nothing(dice, "Find and repair", 120);
    let access = or_nothing(dice, "Basement door", 80);
    let gate_code = or_nothing(dice, "#4407", 700);
    let flags = or_nothing(dice, "manager_sign_off", 900);
    let parts = or_nothing(dice, "igniter:on_truck", 400);
    let hour = dice.between(7, 16);
    format!(
        "{header}\nWO-{number},2026-11-{day},same_day,{job_type},{trade},Customer {number},+1 555 0100,{number} Main Street,Louisville,KY,38.{lat},-85.{lon},{TIME_ZONE},{gate_code},{access},No heat,{scope},{hour:02}:00,{end:02}:00,{flags},{parts}\n",
        day = dice.between(22, 26),
        lat = dice.between(1_000, 3_000),
        lon = dice.between(5_000, 9_000),
        end = hour + 2,
    )
}

/// A file with the company's technicians.
pub fn technician_file(count: usize) -> String {
    (0..count).fold("technician_id,name\n".to_owned(), |file, number| format!("{file}T{number},Technician {number}\n"))
}

/// The key by which a job is named in the history.
pub fn short(visit: VisitId) -> String {
    visit.to_string().split('-').next_back().unwrap_or_default().to_owned()
}
