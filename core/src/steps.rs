//! What a technician may do on a visit now, and why not. Screens show it, the engine and the office's commands obey it.

use crate::clock::{Now, elapsed_ms};
use crate::closeout;
use crate::fact::{Author, StatusSet};
use crate::id::{OpId, TechnicianId};
use crate::lifecycle::{Actor, Need, Status, UNDO_MS, is_field_step, main_step, offers, own_status, transition};
use crate::plan::{Assignment, Intent, Plan, Review};
use crate::progress::Progress;

/// A step as a screen offers it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The status after.
    pub to: Status,
    /// What it asks for.
    pub needs: Vec<Need>,
    /// Why it isn't possible now, as a key; `None` when it is.
    pub why_not: Option<&'static str>,
    /// The one large action.
    pub main: bool,
}

/// Why a step is refused before anything is saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The rules don't allow it here; the reason's key.
    NotPossible(&'static str),
    /// It asks for a reason.
    NeedsReason,
    /// Closeout items that are missing and not declared, by key.
    Gaps(Vec<String>),
}

/// The status that the technician's next step starts from.
pub fn from_status(progress: &Progress, assignment: &Assignment) -> Status {
    own_status(assignment.intent, progress.field_status(assignment.id))
}

/// The technician's steps, the main one first; those that aren't possible with their reason.
///
/// A visit that isn't dispatched shows what will come; a canceled one lets somebody who has arrived finish properly.
pub fn steps(plan: &Plan, progress: &Progress, assignment: &Assignment) -> Vec<Step> {
    let from = from_status(progress, assignment);
    let shown_from = if from == Status::Scheduled { Status::Dispatched } else { from };
    offers(shown_from, Actor::Technician)
        .into_iter()
        .map(|offer| Step {
            why_not: why_not(plan, from, &offer.needs, assignment),
            main: main_step(shown_from) == Some(offer.to),
            to: offer.to,
            needs: offer.needs,
        })
        .collect()
}

fn why_not(plan: &Plan, from: Status, needs: &[Need], assignment: &Assignment) -> Option<&'static str> {
    let called_off = plan.order.canceled || assignment.intent == Intent::Canceled;
    if from == Status::Scheduled {
        Some("why_not.not_dispatched")
    } else if needs.contains(&Need::Returned) && plan.review != Review::Returned {
        Some("why_not.not_returned")
    } else if called_off && matches!(from, Status::Dispatched | Status::Traveling) {
        Some("why_not.canceled")
    } else {
        None
    }
}

/// Checks a status before it is saved.
///
/// # Errors
/// The first thing that is in its way.
pub fn check(plan: &Plan, progress: &Progress, assignment: &Assignment, set: &StatusSet) -> Result<(), Refusal> {
    let from = from_status(progress, assignment);
    let needs = match transition(from, set.to).filter(|_| is_field_step(from, set.to)) {
        Some(step) => step.needs,
        None if from == Status::Scheduled => return Err(Refusal::NotPossible("why_not.not_dispatched")),
        None if from.is_final() => return Err(Refusal::NotPossible("why_not.finished")),
        None => return Err(Refusal::NotPossible("why_not.no_step")),
    };
    if let Some(key) = why_not(plan, from, needs, assignment) {
        return Err(Refusal::NotPossible(key));
    }
    if needs.contains(&Need::Reason) && set.reason.trim().is_empty() {
        return Err(Refusal::NeedsReason);
    }
    if needs.contains(&Need::Closeout) {
        let mut missing = closeout::gaps(plan, progress, set.outcome.is_some());
        missing.retain(|gap| !set.gaps.contains(gap));
        if !missing.is_empty() {
            return Err(Refusal::Gaps(missing));
        }
    }
    Ok(())
}

/// Whether the technician may record something other than a status: until the office approved the visit.
///
/// # Errors
/// The reason's key.
pub fn check_record(plan: &Plan) -> Result<(), &'static str> {
    if plan.review == Review::Approved { Err("why_not.finished") } else { Ok(()) }
}

/// The step that the technician may take back now, and how long still, milliseconds.
///
/// # Errors
/// The reason's key.
pub fn undo(
    progress: &Progress,
    assignment: &Assignment,
    technician: TechnicianId,
    now: &Now,
) -> Result<(OpId, i64), &'static str> {
    let step = progress.latest_step(assignment.id).ok_or("why_not.nothing_to_undo")?;
    let record = progress.records.get(&step.op_id).ok_or("why_not.nothing_to_undo")?;
    match &record.by {
        Author::Technician { id, .. } if *id == technician => {}
        Author::Technician { .. } | Author::Office { .. } => return Err("attention.undo_not_own"),
    }
    let left_ms = UNDO_MS - elapsed_ms(&record.captured, now);
    if left_ms < 0 { Err("attention.undo_too_late") } else { Ok((step.op_id, left_ms.min(UNDO_MS))) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use crate::id::{AssignmentId, VisitId};
    use crate::plan::CrewRole;
    use crate::progress::FieldState;

    fn visit(intent: Intent, field: Option<Status>) -> (Plan, Progress, Assignment) {
        let id = VisitId::from_parts(1, [1; 10]);
        let plan: Plan = serde_json::from_value(serde_json::json!({
            "visit": id, "order": { "id": VisitId::from_parts(1, [9; 10]), "number": "WO-1" },
            "call_type": "same_day", "job_type": "repair", "trade": "hvac",
            "customer": {}, "site": { "time_zone": "America/Chicago" },
        }))
        .unwrap();
        let assignment = Assignment {
            id: AssignmentId::from_parts(1, [2; 10]),
            technician: TechnicianId::from_parts(1, [3; 10]),
            technician_name: "Ana".into(),
            role: CrewRole::Lead,
            intent,
            reason: String::new(),
            unknown: serde_json::Map::new(),
        };
        let mut progress = Progress::new(id);
        progress.assignments.insert(assignment.id, FieldState { status: field, steps: Vec::new() });
        (plan, progress, assignment)
    }

    fn set(assignment: &Assignment, to: Status) -> StatusSet {
        StatusSet {
            assignment: assignment.id,
            from: Status::Dispatched,
            to,
            reason: String::new(),
            stated_at_ms: None,
            outcome: None,
            gaps: Vec::new(),
        }
    }

    #[test]
    fn a_visit_that_is_not_dispatched_shows_its_steps_with_the_reason() {
        let (plan, progress, assignment) = visit(Intent::Scheduled, None);
        let steps = steps(&plan, &progress, &assignment);
        assert_eq!(steps[0].to, Status::Traveling);
        assert!(steps[0].main && steps.iter().all(|step| step.why_not == Some("why_not.not_dispatched")));
        let refused = check(&plan, &progress, &assignment, &set(&assignment, Status::Traveling));
        assert_eq!(refused, Err(Refusal::NotPossible("why_not.not_dispatched")));
    }

    #[test]
    fn a_canceled_visit_stops_before_the_door_and_lets_work_finish_behind_it() {
        for (field, stopped) in [(None, true), (Some(Status::Traveling), true), (Some(Status::InProgress), false)] {
            let (plan, progress, assignment) = visit(Intent::Canceled, field);
            let canceled = |step: &Step| step.why_not == Some("why_not.canceled");
            assert_eq!(steps(&plan, &progress, &assignment).iter().all(canceled), stopped, "{field:?}");
        }
    }

    #[test]
    fn reasons_and_gaps_are_asked_for() {
        let (mut plan, progress, assignment) = visit(Intent::Dispatched, Some(Status::InProgress));
        plan.closeout_required = vec!["notes".into(), "outcome".into()];
        assert_eq!(check(&plan, &progress, &assignment, &set(&assignment, Status::Paused)), Err(Refusal::NeedsReason));
        let mut done = set(&assignment, Status::Completed);
        let both = vec!["notes".to_owned(), "outcome".to_owned()];
        assert_eq!(check(&plan, &progress, &assignment, &done), Err(Refusal::Gaps(both)));
        done.outcome = Some(crate::fact::WorkOutcome::Fixed);
        done.gaps = vec!["notes".into()];
        assert_eq!(check(&plan, &progress, &assignment, &done), Ok(()));
    }

    #[test]
    fn only_a_returned_visit_reopens() {
        let (mut plan, progress, assignment) = visit(Intent::Dispatched, Some(Status::Completed));
        let again = set(&assignment, Status::InProgress);
        assert_eq!(check(&plan, &progress, &assignment, &again), Err(Refusal::NotPossible("why_not.not_returned")));
        plan.review = Review::Returned;
        assert_eq!(check(&plan, &progress, &assignment, &again), Ok(()));
        let refused = check(&plan, &progress, &assignment, &set(&assignment, Status::Paused));
        assert_eq!(refused, Err(Refusal::NotPossible("why_not.finished")));
    }
}
