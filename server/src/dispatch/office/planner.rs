//! The order of everybody's day, who could take a visit, and giving it to somebody with the conflicts looked at.

use super::change::{self, Crew};
use super::permission::Operation;
use super::{Office, Reply, find_technician, find_visit, problem};
use crate::store::{Reader, Technician, Visit};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use truckroll_core::candidates::{self, Candidate, Certification, ConflictKind, Profile};
use truckroll_core::day::{self, Planned, Shift, Stop};
use truckroll_core::id::{AssignmentId, TechnicianId};
use truckroll_core::lifecycle::{self, Status};
use truckroll_core::plan::Assignment;
use truckroll_core::progress::Progress;

/// A day of the board: everybody's visits in their probable order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DayView {
    /// The day.
    pub day: NaiveDate,
    /// IANA name of the office's time zone.
    pub time_zone: String,
    /// Technicians who work here, by code.
    pub technicians: Vec<TechnicianDay>,
    /// The server's clock, milliseconds since 1970 UTC: the board goes by it.
    pub now_ms: i64,
}

/// A technician's day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct TechnicianDay {
    /// Who.
    pub technician: TechnicianId,
    /// What the company calls them.
    pub code: String,
    /// Name.
    pub name: String,
    /// Skills.
    pub skills: Vec<String>,
    /// Licences.
    pub certifications: Vec<Certification>,
    /// From when on they have time for one more, milliseconds since 1970 UTC; `null` when they have none left that day, or
    /// no shift is known.
    pub free_from_ms: Option<i64>,
    /// Start of the shift, milliseconds since 1970 UTC.
    pub shift_start_ms: Option<i64>,
    /// End of the shift, milliseconds since 1970 UTC.
    pub shift_end_ms: Option<i64>,
    /// Minutes of work of the day.
    pub load_minutes: u32,
    /// Their visits in the probable order.
    pub planned: Vec<Planned>,
}

/// Somebody who could take a visit, or why not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CandidateView {
    /// What the rules say.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// What the company calls them.
    pub code: String,
    /// Is on the visit now.
    pub is_on_it: bool,
}

/// Body of giving a visit to somebody.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PlaceRequest {
    /// Who gets it, by id or code.
    pub to: String,
    /// Who has it; absent when nobody has.
    #[serde(default)]
    pub from: Option<String>,
    /// Why: for whoever loses it, and for every hard conflict that is accepted.
    #[serde(default)]
    pub reason: String,
    /// Hard conflicts that the office has seen and accepts.
    #[serde(default)]
    pub accept: Vec<ConflictKind>,
}

/// What the import keeps of a technician, as far as the choice needs it.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    skills: Vec<String>,
    certifications: Vec<Certification>,
    home: Option<Home>,
    shift_start: Option<String>,
    shift_end: Option<String>,
}

#[derive(Deserialize)]
struct Home {
    lat: f64,
    lon: f64,
}

fn time(text: Option<&String>) -> Option<NaiveTime> {
    NaiveTime::parse_from_str(text?, "%H:%M").ok()
}

fn profile(technician: &Technician) -> Profile {
    // Details are a company's own columns: what can't be read counts as not known, and is no reason to fail the board.
    let details: Details = serde_json::from_value(technician.details.clone()).unwrap_or_default();
    Profile {
        technician: technician.id,
        name: technician.name.clone(),
        active: technician.active,
        shift: time(details.shift_start.as_ref()).zip(time(details.shift_end.as_ref())),
        skills: details.skills,
        certifications: details.certifications,
        home: details.home.map(|home| (home.lat, home.lon)),
    }
}

/// Whether the visit is part of the technician's day.
fn is_in_day(assignment: &Assignment, progress: &Progress) -> bool {
    let status = lifecycle::status(assignment.intent, progress.field_status(assignment.id));
    match status {
        Status::Declined | Status::Canceled => false,
        Status::Completed | Status::CannotComplete => true,
        Status::Scheduled
        | Status::Dispatched
        | Status::Traveling
        | Status::OnSite
        | Status::InProgress
        | Status::Paused => assignment.is_active(),
    }
}

/// The visit as a stop of the assignment's day, with what really happened.
fn stop(visit: &Visit, assignment: &Assignment) -> Stop {
    let progress = &visit.progress;
    let steps = progress.assignments.get(&assignment.id).map(|state| state.steps.as_slice()).unwrap_or_default();
    let at_ms = |wanted: &[Status]| {
        let step =
            steps.iter().find(|step| step.undone_by.is_none() && !step.recorded_only && wanted.contains(&step.to))?;
        progress.records.get(&step.op_id).map(|record| record.at_ms)
    };
    let began_ms = at_ms(&[Status::OnSite, Status::InProgress]);
    let is_done = progress.field_status(assignment.id).is_some_and(Status::is_final);
    let ended_ms = if is_done { at_ms(&[Status::Completed, Status::CannotComplete]) } else { None };
    Stop { began_ms: began_ms.or(ended_ms), ended_ms, ..candidates::stop(&visit.plan) }
}

type Days = BTreeMap<TechnicianId, Vec<Stop>>;

fn days(visits: &[Visit]) -> Days {
    let mut days = Days::new();
    for visit in visits {
        for assignment in visit.plan.assignments.iter().filter(|assignment| is_in_day(assignment, &visit.progress)) {
            days.entry(assignment.technician).or_default().push(stop(visit, assignment));
        }
    }
    days
}

fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

/// What the rules say about one technician on a visit.
fn judge(reader: &Reader<'_>, visit: &Visit, technician: &Technician) -> Reply<Candidate> {
    let days = days(&reader.visits_of_day(Some(visit.day))?);
    let settings = reader.settings()?;
    let zone = zone(&settings.time_zone);
    let others = days.get(&technician.id).map(Vec::as_slice).unwrap_or_default();
    Ok(candidates::candidate(&visit.plan, &profile(technician), others, visit.day, zone, &settings.licences))
}

impl Office {
    /// A day in everybody's probable order.
    ///
    /// # Errors
    /// When the role isn't enough.
    pub fn day(&self, now_ms: i64, day: NaiveDate) -> Reply<DayView> {
        self.look(Operation::Look, |reader| {
            let time_zone = reader.settings()?.time_zone;
            let zone = zone(&time_zone);
            let mut days = days(&reader.visits_of_day(Some(day))?);
            let technicians = reader.technicians()?.into_iter().filter(|technician| technician.active);
            let technicians = technicians.map(|technician| {
                let profile = profile(&technician);
                let shift = profile.shift.map(|(start, end)| Shift::on(day, start, end, zone));
                let stops = days.remove(&technician.id).unwrap_or_default();
                // What hasn't begun today can't begin in the past.
                let is_today = day::local_date(now_ms, zone) == day;
                let open = shift.map(|shift| Shift {
                    start_ms: shift.start_ms.max(if is_today { now_ms } else { i64::MIN }),
                    ..shift
                });
                let load_minutes = stops.iter().map(|stop| stop.minutes).sum();
                let planned = day::order(&stops, open, profile.home, true);
                TechnicianDay {
                    technician: technician.id,
                    code: technician.code,
                    name: technician.name,
                    skills: profile.skills,
                    certifications: profile.certifications,
                    free_from_ms: shift.and_then(|shift| day::free_from_ms(&planned, shift, now_ms)),
                    shift_start_ms: shift.map(|shift| shift.start_ms),
                    shift_end_ms: shift.map(|shift| shift.end_ms),
                    load_minutes,
                    planned,
                }
            });
            Ok(DayView { day, technicians: technicians.collect(), time_zone, now_ms })
        })
    }

    /// Every technician for a visit: the best first, and for whoever can't, why not.
    ///
    /// # Errors
    /// When there is no such visit.
    pub fn candidates(&self, visit: &str) -> Reply<Vec<CandidateView>> {
        self.look(Operation::Look, |reader| {
            let visit = find_visit(reader, visit)?;
            let days = days(&reader.visits_of_day(Some(visit.day))?);
            let settings = reader.settings()?;
            let zone = zone(&settings.time_zone);
            let technicians = reader.technicians()?;
            let others = |id: TechnicianId| days.get(&id).map(Vec::as_slice).unwrap_or_default();
            let mut ranked: Vec<Candidate> = technicians
                .iter()
                .map(|who| {
                    let profile = profile(who);
                    candidates::candidate(&visit.plan, &profile, others(who.id), visit.day, zone, &settings.licences)
                })
                .collect();
            candidates::rank(&mut ranked);
            let code = |id: TechnicianId| {
                technicians.iter().find(|technician| technician.id == id).map(|found| found.code.clone())
            };
            let is_on_it = |id: TechnicianId| {
                let assignment = visit.plan.assignment_of(id);
                assignment.is_some_and(|assignment| is_in_day(assignment, &visit.progress))
            };
            let view = |candidate: Candidate| CandidateView {
                code: code(candidate.technician).unwrap_or_default(),
                is_on_it: is_on_it(candidate.technician),
                candidate,
            };
            Ok(ranked.into_iter().map(view).collect())
        })
    }

    /// Gives a visit to somebody. What speaks against it is looked at again inside the commit: the day may have moved
    /// since the office saw it.
    ///
    /// # Errors
    /// 409 with the kinds of the hard conflicts in `items` that aren't accepted; 422 for accepted ones without a reason;
    /// otherwise as [`change::assign`] and [`change::reassign`].
    pub fn place(&self, now_ms: i64, visit: &str, request: PlaceRequest) -> Reply<Visit> {
        self.change(Operation::Assign, now_ms, visit, move |transaction, _, visit| {
            let to = find_technician(transaction, &request.to)?;
            let candidate = judge(transaction, visit, &to)?;
            let hard: Vec<ConflictKind> =
                candidate.conflicts.iter().filter(|conflict| conflict.hard).map(|conflict| conflict.kind).collect();
            let open: Vec<String> =
                hard.iter().filter(|kind| !request.accept.contains(kind)).map(ToString::to_string).collect();
            if !open.is_empty() {
                let mut refusal =
                    problem::not_possible(format!("{} can't simply take this visit: {}.", to.name, open.join(", ")));
                refusal.items = open;
                return Err(refusal.into());
            }
            if !hard.is_empty() && request.reason.trim().is_empty() {
                return Err(problem::invalid("reason", "A conflict is accepted with a reason.").into());
            }
            let crew = Crew { technician: to.id, name: to.name, role: None };
            let id = AssignmentId(transaction.uuid());
            let mut change = match &request.from {
                Some(from) => {
                    let from = find_technician(transaction, from)?.id;
                    change::reassign(&mut visit.plan, &visit.progress, from, crew, id, &request.reason)?
                }
                None => change::assign(&mut visit.plan, &visit.progress, crew, id)?,
            };
            if !hard.is_empty() {
                change.payload["accepted"] = serde_json::json!(hard);
                change.payload["reason"] = serde_json::json!(request.reason.trim());
            }
            Ok(change)
        })
    }
}

#[cfg(test)]
mod tests;
