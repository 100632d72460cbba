//! Hours for payroll and billing (S-020): travel and work derived from statuses; breaks, waits and parts runs from their own facts.

use crate::fact::{Body, TimeKind};
use crate::id::{AssignmentId, OpId};
use crate::lifecycle::Status;
use crate::progress::Progress;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A stretch of somebody's time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TimeEntry {
    /// Whose.
    pub assignment: AssignmentId,
    /// What kind.
    pub kind: TimeKind,
    /// Start, milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// End; `None` while it runs.
    pub end_ms: Option<i64>,
    /// The fact that began it.
    pub start: OpId,
    /// Its start or end was corrected.
    pub adjusted: bool,
}

impl TimeEntry {
    /// Length until `now_ms` at the latest, milliseconds; never below zero.
    pub fn length_ms(&self, now_ms: i64) -> i64 {
        self.end_ms.unwrap_or(now_ms).saturating_sub(self.start_ms).max(0)
    }
}

/// The time kind that a status counts as.
fn kind_of(status: Status) -> Option<TimeKind> {
    match status {
        Status::Traveling => Some(TimeKind::Travel),
        Status::InProgress => Some(TimeKind::Work),
        Status::Scheduled
        | Status::Dispatched
        | Status::Declined
        | Status::OnSite
        | Status::Paused
        | Status::Completed
        | Status::CannotComplete
        | Status::Canceled => None,
    }
}

/// All entries of a visit, by start. Overlaps stay as they are: the office sees them, nobody trims them.
pub fn entries(progress: &Progress) -> Vec<TimeEntry> {
    let mut adjusted: BTreeMap<OpId, i64> = BTreeMap::new();
    for (_, _, body) in progress.bodies() {
        if let Body::TimeAdjust(adjust) = body {
            adjusted.insert(adjust.target, adjust.at_ms);
        }
    }
    let at_ms =
        |op_id: OpId| adjusted.get(&op_id).copied().or_else(|| progress.records.get(&op_id).map(|record| record.at_ms));
    let mut entries = Vec::new();
    for (assignment, state) in &progress.assignments {
        let steps: Vec<_> = state.steps.iter().filter(|step| step.undone_by.is_none() && !step.recorded_only).collect();
        for (index, step) in steps.iter().enumerate() {
            let (Some(kind), Some(start_ms)) = (kind_of(step.to), at_ms(step.op_id)) else { continue };
            let next = steps.get(index + 1);
            entries.push(TimeEntry {
                assignment: *assignment,
                kind,
                start_ms,
                end_ms: next.and_then(|next| at_ms(next.op_id)),
                start: step.op_id,
                adjusted: adjusted.contains_key(&step.op_id)
                    || next.is_some_and(|next| adjusted.contains_key(&next.op_id)),
            });
        }
    }
    let mut stops: BTreeMap<OpId, OpId> = BTreeMap::new();
    for (op_id, _, body) in progress.bodies() {
        if let Body::TimeStop(stop) = body {
            stops.entry(stop.start).or_insert(op_id);
        }
    }
    for (op_id, _, body) in progress.bodies() {
        if let (Body::TimeStart(start), Some(start_ms)) = (body, at_ms(op_id)) {
            let stop = stops.get(&op_id).copied();
            entries.push(TimeEntry {
                assignment: start.assignment,
                kind: start.time_kind,
                start_ms,
                end_ms: stop.and_then(at_ms),
                start: op_id,
                adjusted: adjusted.contains_key(&op_id) || stop.is_some_and(|stop| adjusted.contains_key(&stop)),
            });
        }
    }
    entries.sort_by_key(|entry| (entry.start_ms, entry.start));
    entries
}

/// The entry of a kind that runs now on an assignment.
pub fn running(progress: &Progress, assignment: AssignmentId, kind: TimeKind) -> Option<TimeEntry> {
    entries(progress)
        .into_iter()
        .find(|entry| entry.assignment == assignment && entry.kind == kind && entry.end_ms.is_none())
}
