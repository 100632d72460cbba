//! The one reducer: folds a fact into a visit's progress. Phone and server run the same.

use crate::bugs::{self, Bug};
use crate::clock::{Moment, Now, elapsed_ms};
use crate::fact::{Author, Body, DecodeError, StatusSet, StatusUndo};
use crate::id::OpId;
use crate::lifecycle::{Status, UNDO_MS, is_field_step};
use crate::progress::{Progress, Record, Step};
use serde_json::Value;

/// A fact with what the token and the clock correction say about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The fact.
    pub op_id: OpId,
    /// Its kind.
    pub kind: String,
    /// Its payload.
    pub payload: Value,
    /// Who made it.
    pub by: Author,
    /// The phone's clocks at the tap.
    pub captured: Now,
    /// When that was.
    pub moment: Moment,
}

/// What a fact did to the progress. The text is a reason's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It took effect.
    Applied,
    /// It is recorded; its effect was there already or isn't wanted any more.
    Merged(&'static str),
    /// It had been applied before. Nothing changed.
    Duplicate,
    /// It makes no sense here. Nothing changed.
    Refused(&'static str),
}

/// Keys of outcomes and refusals; the words are in [`crate::words`].
pub mod code {
    /// Merged: the assignment had that status already.
    pub const ALREADY_THERE: &str = "merged.already_there";
    /// Merged: somebody moved the status further meanwhile; this step is history.
    pub const MOVED_MEANWHILE: &str = "merged.moved_meanwhile";
    /// Merged: the step had been undone already.
    pub const ALREADY_UNDONE: &str = "merged.already_undone";
    /// Refused: a kind of a newer version.
    pub const UNKNOWN_KIND: &str = "attention.unknown_kind";
    /// Refused: the payload isn't the kind's shape, or holds an impossible value.
    pub const INVALID: &str = "attention.invalid";
    /// Refused: the step doesn't follow from where its author was.
    pub const BROKEN_CHAIN: &str = "attention.broken_chain";
    /// Refused: only the latest status can be undone.
    pub const UNDO_NOT_LATEST: &str = "attention.undo_not_latest";
    /// Refused: the five minutes are over.
    pub const UNDO_TOO_LATE: &str = "attention.undo_too_late";
    /// Refused: somebody else's status.
    pub const UNDO_NOT_OWN: &str = "attention.undo_not_own";
    /// Refused: not this author's visit or assignment.
    pub const NOT_YOURS: &str = "attention.not_yours";
    /// Refused: the payload is larger than a fact may be.
    pub const TOO_LARGE: &str = "attention.too_large";
    /// Refused: the time was approved meanwhile.
    pub const TIME_FROZEN: &str = "attention.time_frozen";
    /// Refused: the server, restored from a backup, doesn't know the visit.
    pub const LOST_PLAN: &str = "attention.lost_plan";
}

/// Applies a fact. Applied and merged facts leave a record; a duplicate or refused one leaves the progress untouched.
///
/// Facts that don't depend on each other commute; a fact applied twice changes nothing the second time.
pub fn apply(progress: &mut Progress, entry: &Entry) -> Outcome {
    if progress.records.contains_key(&entry.op_id) {
        return Outcome::Duplicate;
    }
    let body = match Body::decode(&entry.kind, &entry.payload) {
        Ok(body) => body,
        Err(DecodeError::UnknownKind(_)) => return Outcome::Refused(code::UNKNOWN_KIND),
        Err(DecodeError::Invalid { .. }) => return Outcome::Refused(code::INVALID),
    };
    if body.check().is_err() {
        return Outcome::Refused(code::INVALID);
    }
    let mut marks = Vec::new();
    let mut at_ms = entry.moment.at_ms;
    let outcome = match &body {
        Body::StatusSet(set) => {
            if let Some(stated_ms) = set.stated_at_ms {
                at_ms = stated_ms;
                marks.push("stated_time".to_owned());
            }
            set_status(progress, entry, set)
        }
        Body::StatusUndo(undo) => undo_status(progress, entry, undo),
        Body::CheckInAdd(check_in) => {
            if check_in.fix.as_ref().is_some_and(|fix| fix.mock) {
                marks.push("mock_position".to_owned());
            }
            Outcome::Applied
        }
        Body::NoteAdd(note) => {
            if note.late_for.is_some() {
                marks.push("late_note".to_owned());
            }
            Outcome::Applied
        }
        Body::PhotoAdd(_)
        | Body::PartUse(_)
        | Body::PartReturn(_)
        | Body::ChecklistAnswer(_)
        | Body::TimeStart(_)
        | Body::TimeStop(_)
        | Body::TimeAdjust(_)
        | Body::SignatureAdd(_)
        | Body::SitePinPropose(_)
        | Body::EstimatePropose(_)
        | Body::FollowUpPropose(_)
        | Body::FlagRaise(_)
        | Body::HandoffMark(_)
        | Body::MessageSend(_)
        | Body::SecretView(_)
        | Body::AttentionDiscard(_) => Outcome::Applied,
    };
    if matches!(outcome, Outcome::Applied | Outcome::Merged(_)) {
        if entry.moment.error_ms.is_none() && matches!(entry.by, Author::Technician { .. }) {
            marks.push("unanchored_time".to_owned());
        }
        let record = Record {
            kind: entry.kind.clone(),
            payload: entry.payload.clone(),
            by: entry.by.clone(),
            at_ms,
            error_ms: entry.moment.error_ms,
            captured: entry.captured.clone(),
            marks,
        };
        progress.records.insert(entry.op_id, record);
    }
    outcome
}

/// The status that the field holds, and the one that this author's own chain ends in; before the first step both are `dispatched`.
fn chain_ends(progress: &Progress, entry: &Entry, set: &StatusSet) -> (Status, Status) {
    let by_office =
        |op_id: &OpId| progress.records.get(op_id).is_some_and(|record| matches!(record.by, Author::Office { .. }));
    let author_is_office = matches!(entry.by, Author::Office { .. });
    let own = progress.assignments.get(&set.assignment).and_then(|state| {
        state
            .steps
            .iter()
            .rev()
            .find(|step| step.undone_by.is_none() && by_office(&step.op_id) == author_is_office)
            .map(|step| step.to)
    });
    let current = progress.field_status(set.assignment);
    (current.unwrap_or(Status::Dispatched), own.unwrap_or(Status::Dispatched))
}

fn set_status(progress: &mut Progress, entry: &Entry, set: &StatusSet) -> Outcome {
    let (current, own) = chain_ends(progress, entry, set);
    let follows = set.from == current || set.from == own;
    if !follows || !is_field_step(set.from, set.to) {
        return Outcome::Refused(code::BROKEN_CHAIN);
    }
    let outcome = if set.to == current {
        Outcome::Merged(code::ALREADY_THERE)
    } else if set.from == current || set.to.rank() > current.rank() {
        Outcome::Applied
    } else {
        Outcome::Merged(code::MOVED_MEANWHILE)
    };
    let state = progress.assignments.entry(set.assignment).or_default();
    let recorded_only = outcome != Outcome::Applied;
    state.steps.push(Step { op_id: entry.op_id, from: set.from, to: set.to, undone_by: None, recorded_only });
    if !recorded_only {
        state.status = Some(set.to);
    }
    outcome
}

fn undo_status(progress: &mut Progress, entry: &Entry, undo: &StatusUndo) -> Outcome {
    let latest = progress.latest_step(undo.assignment).map(|step| step.op_id);
    let Some(step) = progress
        .assignments
        .get(&undo.assignment)
        .and_then(|state| state.steps.iter().find(|step| step.op_id == undo.target))
    else {
        return Outcome::Refused(code::BROKEN_CHAIN);
    };
    if step.undone_by.is_some() {
        return Outcome::Merged(code::ALREADY_UNDONE);
    }
    if !step.recorded_only && latest != Some(undo.target) {
        return Outcome::Refused(code::UNDO_NOT_LATEST);
    }
    if let Author::Technician { .. } = entry.by {
        let Some(target) = progress.records.get(&undo.target) else { return Outcome::Refused(code::BROKEN_CHAIN) };
        if target.by != entry.by {
            return Outcome::Refused(code::UNDO_NOT_OWN);
        }
        if elapsed_ms(&target.captured, &entry.captured) > UNDO_MS {
            return Outcome::Refused(code::UNDO_TOO_LATE);
        }
    }
    if let Some(state) = progress.assignments.get_mut(&undo.assignment) {
        if let Some(step) = state.steps.iter_mut().find(|step| step.op_id == undo.target) {
            step.undone_by = Some(entry.op_id);
        }
        if bugs::is_on(Bug::UndoKeepsTheStatus) {
            return Outcome::Applied;
        }
        state.status =
            state.steps.iter().rev().find(|step| step.undone_by.is_none() && !step.recorded_only).map(|step| step.to);
    }
    Outcome::Applied
}

#[cfg(test)]
mod tests;
