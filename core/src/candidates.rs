//! Who could take a visit, and for everybody else a plain "why not".

use crate::day::{self, Planned, Shift, Stop};
use crate::id::{TechnicianId, VisitId};
use crate::plan::{JobType, Plan, words_enum};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

words_enum! {
    /// What speaks against a technician on a visit. Its words have the key `conflict.KIND`.
    ConflictKind {
        /// Does not work here any more.
        Inactive = "inactive",
        /// Lacks a skill.
        Skill = "skill",
        /// Lacks a licence.
        Licence = "licence",
        /// Has the licence, but it ends before the visit.
        LicenceExpired = "licence_expired",
        /// Even without driving, not every promise of the day can be kept.
        Overlap = "overlap",
        /// With the driving, somebody is reached later than promised.
        Travel = "travel",
        /// Works outside the shift.
        Shift = "shift",
    }
}

impl ConflictKind {
    /// A hard conflict needs a reason before it is accepted; a soft one is shown.
    pub const fn is_hard(self) -> bool {
        match self {
            Self::Inactive | Self::Skill | Self::Licence | Self::LicenceExpired | Self::Overlap => true,
            Self::Travel | Self::Shift => false,
        }
    }
}

/// One thing that speaks against it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conflict {
    /// What.
    pub kind: ConflictKind,
    /// Needs a reason to be accepted.
    pub hard: bool,
    /// What the words are filled with: `what`, `until`, `number`, `minutes`.
    pub values: BTreeMap<String, String>,
}

impl Conflict {
    fn new(kind: ConflictKind, values: &[(&str, String)]) -> Self {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { kind, hard: kind.is_hard(), values }
    }
}

/// A licence as a technician holds it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Certification {
    /// Its name.
    pub name: String,
    /// The last day on which it holds; `None` if it doesn't end.
    #[serde(default)]
    pub expires_on: Option<NaiveDate>,
}

/// Licences that a company asks for on every job of a type, besides what the job itself asks for: what a regulated sector
/// adds (S-061).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LicencePolicy {
    /// Names of licences by job type.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, Vec<String>>))]
    pub by_job_type: BTreeMap<JobType, Vec<String>>,
}

impl LicencePolicy {
    /// The licences that a visit takes, each once.
    pub fn required<'a>(&'a self, plan: &'a Plan) -> BTreeSet<&'a str> {
        let company = self.by_job_type.get(&plan.job_type).into_iter().flatten();
        plan.certifications_required.iter().chain(company).map(String::as_str).collect()
    }
}

/// A technician as the choice needs them.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Who.
    pub technician: TechnicianId,
    /// Their name.
    pub name: String,
    /// Works here.
    pub active: bool,
    /// What they can do.
    pub skills: Vec<String>,
    /// What they may do.
    pub certifications: Vec<Certification>,
    /// Where the day starts: latitude and longitude, degrees.
    pub home: Option<(f64, f64)>,
    /// Start and end of the shift, local.
    pub shift: Option<(NaiveTime, NaiveTime)>,
}

/// A technician's answer to "could they take it?".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Candidate {
    /// Who.
    pub technician: TechnicianId,
    /// Their name.
    pub name: String,
    /// What speaks against it; hard ones first. Empty for somebody who simply can.
    pub conflicts: Vec<Conflict>,
    /// Visits of the day besides this one.
    pub visits: usize,
    /// Minutes of work of the day besides this one.
    pub load_minutes: u32,
    /// From the stop before, or from home, metres along the geodesic; `None` when a position is missing.
    pub distance_m: Option<f64>,
    /// When they would probably begin, milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// When they would probably end, milliseconds since 1970 UTC.
    pub end_ms: i64,
}

impl Candidate {
    /// Whether nothing hard speaks against it.
    pub fn can(&self) -> bool {
        self.conflicts.iter().all(|conflict| !conflict.hard)
    }
}

/// The visit as a stop of somebody's day.
pub fn stop(plan: &Plan) -> Stop {
    Stop {
        visit: plan.visit,
        number: plan.order.number.clone(),
        window: plan.window,
        minutes: plan.estimated_minutes.unwrap_or(day::DEFAULT_MINUTES),
        pin: plan.site.pin,
        began_ms: None,
        ended_ms: None,
    }
}

/// What would become of a technician's day with this visit in it. `others` are the technician's other stops of `date`.
pub fn candidate(
    plan: &Plan,
    who: &Profile,
    others: &[Stop],
    date: NaiveDate,
    zone: Tz,
    policy: &LicencePolicy,
) -> Candidate {
    let shift = who.shift.map(|(start, end)| Shift::on(date, start, end, zone));
    let mut stops: Vec<Stop> = others.iter().filter(|stop| stop.visit != plan.visit).cloned().collect();
    let load_minutes = stops.iter().map(|stop| stop.minutes).sum();
    let visits = stops.len();
    let before = day::order(&stops, shift, who.home, true);
    let before_here = day::order(&stops, shift, who.home, false);
    stops.push(stop(plan));
    let after = day::order(&stops, shift, who.home, true);
    let after_here = day::order(&stops, shift, who.home, false);

    let mut conflicts = qualification(plan, who, date, policy);
    let overlap = worse(&before_here, &after_here);
    if let Some((number, minutes)) = overlap {
        let values = [("number", number), ("minutes", minutes.to_string())];
        conflicts.push(Conflict::new(ConflictKind::Overlap, &values));
    } else if let Some((number, minutes)) = worse(&before, &after) {
        let values = [("number", number), ("minutes", minutes.to_string())];
        conflicts.push(Conflict::new(ConflictKind::Travel, &values));
    }
    let own = after.iter().position(|planned| planned.visit == plan.visit);
    let (start_ms, end_ms) = own.map_or((0, 0), |index| (after[index].start_ms, after[index].end_ms));
    if let Some(shift) = shift {
        let over_ms = (end_ms - shift.end_ms).max(shift.start_ms - start_ms);
        if over_ms > 0 {
            conflicts.push(Conflict::new(ConflictKind::Shift, &[("minutes", minutes_up(over_ms).to_string())]));
        }
    }
    conflicts.sort_by_key(|conflict| (!conflict.hard, conflict.kind));
    let from =
        own.and_then(|index| index.checked_sub(1)).and_then(|index| place(&stops, after[index].visit)).or(who.home);
    let distance_m = from.zip(plan.site.pin).map(|(from, pin)| day::distance_m(from, (pin.lat, pin.lon)));
    Candidate {
        technician: who.technician,
        name: who.name.clone(),
        conflicts,
        visits,
        load_minutes,
        distance_m,
        start_ms,
        end_ms,
    }
}

/// Skills and licences.
fn qualification(plan: &Plan, who: &Profile, date: NaiveDate, policy: &LicencePolicy) -> Vec<Conflict> {
    let mut conflicts = Vec::new();
    if !who.active {
        conflicts.push(Conflict::new(ConflictKind::Inactive, &[]));
    }
    for skill in plan.skills_required.iter().filter(|skill| !who.skills.contains(skill)) {
        conflicts.push(Conflict::new(ConflictKind::Skill, &[("what", skill.clone())]));
    }
    for licence in policy.required(plan) {
        // Somebody who renewed a licence holds two entries of it: the one that lasts counts.
        let held = who.certifications.iter().filter(|held| held.name == licence);
        match held.map(|held| held.expires_on.unwrap_or(NaiveDate::MAX)).max() {
            None => conflicts.push(Conflict::new(ConflictKind::Licence, &[("what", licence.to_owned())])),
            Some(until) if until < date => {
                let values = [("what", licence.to_owned()), ("until", until.to_string())];
                conflicts.push(Conflict::new(ConflictKind::LicenceExpired, &values));
            }
            Some(_) => {}
        }
    }
    conflicts
}

/// The visit whose lateness grew most, by its number, and by how many minutes.
fn worse(before: &[Planned], after: &[Planned]) -> Option<(String, i64)> {
    let late_before =
        |visit: VisitId| before.iter().find(|planned| planned.visit == visit).map_or(0, |planned| planned.late_ms);
    after
        .iter()
        .map(|planned| (planned.number.clone(), planned.late_ms - late_before(planned.visit)))
        .filter(|(_, late_ms)| *late_ms > 0)
        .max_by_key(|(_, late_ms)| *late_ms)
        .map(|(number, late_ms)| (number, minutes_up(late_ms)))
}

/// Minutes, a started one counted.
fn minutes_up(ms: i64) -> i64 {
    ms.saturating_add(59_999) / 60_000
}

fn place(stops: &[Stop], visit: VisitId) -> Option<(f64, f64)> {
    stops.iter().find(|stop| stop.visit == visit)?.pin.map(|pin| (pin.lat, pin.lon))
}

/// Puts the best first: who can before who can't, fewer conflicts, nearer, less to do, by name.
pub fn rank(candidates: &mut [Candidate]) {
    candidates.sort_by(|left, right| {
        let key = |candidate: &Candidate| (!candidate.can(), candidate.conflicts.len());
        let distance_m = |candidate: &Candidate| candidate.distance_m.unwrap_or(f64::MAX);
        key(left)
            .cmp(&key(right))
            .then(distance_m(left).total_cmp(&distance_m(right)))
            .then(left.load_minutes.cmp(&right.load_minutes))
            .then_with(|| left.name.cmp(&right.name))
    });
}

#[cfg(test)]
mod tests;
