//! What is done on a visit besides its statuses: one fact each.

use super::{Draft, Extra};
use crate::clock::Now;
use crate::device::{ActError, Done, Engine, EngineError, Intent};
use crate::fact::{
    Body, ChecklistAnswer, EstimatePropose, FlagRaise, FollowUpPropose, HandoffMark, MessageSend, NoteAdd, PartLine,
    SecretView, SitePinPropose, TimeAdjust, TimeKind, TimeStart, TimeStop,
};
use crate::id::{OpId, VisitId};
use crate::lifecycle::Status;
use crate::steps::from_status;
use crate::timesheet::running;

impl Engine {
    /// The visit and body of an intent that is one fact.
    pub(super) fn work(&self, intent: Intent) -> Result<(VisitId, Body), EngineError> {
        Ok(match intent {
            Intent::AddNote { visit, text, revises } => {
                (visit, Body::NoteAdd(NoteAdd { text, revises, late_for: None }))
            }
            Intent::UsePart { visit, name, quantity, stock, serial } => {
                (visit, Body::PartUse(PartLine { name, quantity, stock, serial }))
            }
            Intent::ReturnPart { visit, name, quantity, stock, serial } => {
                (visit, Body::PartReturn(PartLine { name, quantity, stock, serial }))
            }
            Intent::Answer { visit, item, value } => (visit, self.answered(visit, item, value)?),
            Intent::StartTime { visit, time_kind } => (visit, self.started(visit, time_kind)?),
            Intent::StopTime { visit, start } => (visit, self.stopped(visit, start)?),
            Intent::AdjustTime { visit, target, at_ms, reason } => {
                let (held, _) = self.own(visit)?;
                if !held.progress.records.contains_key(&target) {
                    return Err(ActError::NoSuchItem.into());
                }
                (visit, Body::TimeAdjust(TimeAdjust { target, at_ms, reason }))
            }
            Intent::ProposePin { visit, fix } => {
                let pin = SitePinPropose { lat: fix.lat, lon: fix.lon, accuracy_m: fix.accuracy_m };
                (visit, Body::SitePinPropose(pin))
            }
            Intent::ProposeEstimate { visit, title, lines } => {
                (visit, Body::EstimatePropose(EstimatePropose { title, lines }))
            }
            Intent::ProposeFollowUp { visit, reason, next_step, due_ms } => {
                (visit, Body::FollowUpPropose(FollowUpPropose { reason, next_step, due_ms }))
            }
            Intent::RaiseFlag { visit, flag, text, new_eta_ms } => {
                (visit, Body::FlagRaise(FlagRaise { flag, text, new_eta_ms }))
            }
            Intent::MarkHandoff { visit, field, miss, text, minutes_lost } => {
                (visit, Body::HandoffMark(HandoffMark { field, miss, text, minutes_lost }))
            }
            Intent::SendMessage { visit, lane, text } => (visit, Body::MessageSend(MessageSend { lane, text })),
            // Everything else was taken before it got here.
            _ => return Err(ActError::wrong_value("intent").into()),
        })
    }

    fn answered(&self, visit: VisitId, item: String, value: String) -> Result<Body, EngineError> {
        let (held, _) = self.own(visit)?;
        if !held.plan().checklist.iter().any(|known| known.key == item) {
            return Err(ActError::wrong_value("item").into());
        }
        let replaces = crate::closeout::answers(&held.progress).get(&item).map(|(op_id, _)| *op_id);
        Ok(Body::ChecklistAnswer(ChecklistAnswer { item, value, replaces }))
    }

    fn started(&self, visit: VisitId, time_kind: TimeKind) -> Result<Body, EngineError> {
        let (held, assignment) = self.own(visit)?;
        if matches!(time_kind, TimeKind::Travel | TimeKind::Work) {
            return Err(ActError::wrong_value("time_kind").into());
        }
        let own_kinds = [TimeKind::Break, TimeKind::Wait, TimeKind::PartsRun];
        if own_kinds.into_iter().any(|kind| running(&held.progress, assignment.id, kind).is_some()) {
            return Err(ActError::not_possible("why_not.time_running").into());
        }
        Ok(Body::TimeStart(TimeStart { assignment: assignment.id, time_kind }))
    }

    fn stopped(&self, visit: VisitId, start: OpId) -> Result<Body, EngineError> {
        let (held, _) = self.own(visit)?;
        let entries = crate::timesheet::entries(&held.progress);
        let own = |entry: &crate::timesheet::TimeEntry| !matches!(entry.kind, TimeKind::Travel | TimeKind::Work);
        match entries.iter().find(|entry| entry.start == start && own(entry)) {
            None => Err(ActError::NoSuchItem.into()),
            Some(entry) if entry.end_ms.is_some() => Err(ActError::not_possible("why_not.time_stopped").into()),
            Some(_) => Ok(Body::TimeStop(TimeStop { start })),
        }
    }

    /// Shows the gate code, and says so: looking is saved before the code is given.
    pub(super) fn view_gate_code(&mut self, visit: VisitId, now: &Now) -> Result<Done, EngineError> {
        let (held, assignment) = self.own(visit)?;
        if from_status(&held.progress, assignment) == Status::Scheduled {
            return Err(ActError::not_possible("why_not.not_dispatched").into());
        }
        if from_status(&held.progress, assignment).is_final() {
            return Err(ActError::not_possible("why_not.finished").into());
        }
        let code = self.store.gate_code(visit)?.ok_or(ActError::not_possible("why_not.no_gate_code"))?;
        let viewed = Body::SecretView(SecretView { secret: "gate_code".to_owned() });
        let done = self.save(vec![Draft::new(visit, viewed)], Extra::default(), now)?;
        Ok(Done { gate_code: Some(code), ..done })
    }
}
