//! Statuses, arrivals and their undo.

use super::{Draft, Extra};
use crate::checkin::{Fix, Policy, verdict};
use crate::clock::Now;
use crate::device::{ActError, Done, Engine, EngineError};
use crate::fact::{Body, CheckInAdd, StatusSet, StatusUndo, WorkOutcome};
use crate::id::VisitId;
use crate::lifecycle::{Need, Status, transition};
use crate::steps::{Refusal, check, from_status, undo};

impl From<Refusal> for ActError {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotPossible(key) => Self::not_possible(key),
            Refusal::NeedsReason => Self::NeedsReason,
            Refusal::Gaps(items) => Self::Gaps { items },
        }
    }
}

impl Engine {
    #[expect(clippy::too_many_arguments, reason = "the fields of one intent, taken apart once")]
    pub(super) fn set_status(
        &mut self,
        visit: VisitId,
        to: Status,
        reason: String,
        stated_at_ms: Option<i64>,
        outcome: Option<WorkOutcome>,
        gaps: Vec<String>,
        now: &Now,
    ) -> Result<Done, EngineError> {
        let set = self.checked_status(visit, to, reason, stated_at_ms, outcome, gaps)?;
        // Every arrival carries its evidence, be it that there is none.
        let arrives = transition(set.from, to).is_some_and(|step| step.needs.contains(&Need::CheckIn));
        if arrives {
            return self.arrive(visit, None, set.reason, stated_at_ms, now);
        }
        self.save(vec![Draft::new(visit, Body::StatusSet(set))], Extra::default(), now)
    }

    fn checked_status(
        &self,
        visit: VisitId,
        to: Status,
        reason: String,
        stated_at_ms: Option<i64>,
        outcome: Option<WorkOutcome>,
        mut gaps: Vec<String>,
    ) -> Result<StatusSet, EngineError> {
        let (held, assignment) = self.own(visit)?;
        let from = from_status(&held.progress, assignment);
        if to == Status::Completed {
            // What was delivered meanwhile is no gap, whatever the screen had declared.
            let missing = crate::closeout::gaps(held.plan(), &held.progress, outcome.is_some());
            gaps.retain(|gap| missing.contains(gap));
        }
        let set = StatusSet { assignment: assignment.id, from, to, reason, stated_at_ms, outcome, gaps };
        check(held.plan(), &held.progress, assignment, &set).map_err(ActError::from)?;
        Ok(set)
    }

    pub(super) fn arrive(
        &mut self,
        visit: VisitId,
        fix: Option<Fix>,
        reason: String,
        stated_at_ms: Option<i64>,
        now: &Now,
    ) -> Result<Done, EngineError> {
        let set = self.checked_status(visit, Status::OnSite, String::new(), stated_at_ms, None, Vec::new())?;
        let check_in = self.graded(visit, fix, reason)?;
        let drafts = vec![Draft::new(visit, Body::StatusSet(set)), Draft::new(visit, Body::CheckInAdd(check_in))];
        self.save(drafts, Extra::default(), now)
    }

    pub(super) fn check_in(
        &mut self,
        visit: VisitId,
        fix: Option<Fix>,
        reason: String,
        now: &Now,
    ) -> Result<Done, EngineError> {
        let check_in = self.graded(visit, fix, reason)?;
        self.save(vec![Draft::new(visit, Body::CheckInAdd(check_in))], Extra::default(), now)
    }

    fn graded(&self, visit: VisitId, fix: Option<Fix>, reason: String) -> Result<CheckInAdd, EngineError> {
        let (held, assignment) = self.own(visit)?;
        let verdict = verdict(fix.as_ref(), &held.plan().site, &Policy::default());
        Ok(CheckInAdd { assignment: assignment.id, fix, verdict, reason })
    }

    pub(super) fn undo(&mut self, visit: VisitId, now: &Now) -> Result<Done, EngineError> {
        let (held, assignment) = self.own(visit)?;
        let technician = assignment.technician;
        let (target, _) = undo(&held.progress, assignment, technician, now).map_err(ActError::not_possible)?;
        let body = Body::StatusUndo(StatusUndo { assignment: assignment.id, target });
        self.save(vec![Draft { visit, body, deps: vec![target] }], Extra::default(), now)
    }

    /// When the next offer to undo ends, milliseconds from now: the screens change then.
    pub(in crate::device) fn undo_ends_ms(&self, now: &Now) -> Option<i64> {
        let technician = self.identity.as_ref()?.technician_id;
        self.lively()
            .filter(|held| !held.row.handed_over)
            .filter_map(|held| {
                let assignment = held.assignment(technician)?;
                undo(&held.progress, assignment, technician, now).ok().map(|(_, left_ms)| left_ms.saturating_add(1))
            })
            .min()
    }
}
