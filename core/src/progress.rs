//! The progress: what happened on a visit. Made by field facts only, through [`crate::apply::apply`].

use crate::clock::Now;
use crate::fact::{Author, Body};
use crate::id::{AssignmentId, OpId, VisitId};
use crate::lifecycle::Status;
use crate::plan::Unknown;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A visit's progress document.
///
/// Every applied fact leaves one record under its own id: that makes a second application a no-op, lets independent
/// facts arrive in any order, and keeps kinds and fields that this version doesn't know.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Progress {
    /// The visit.
    pub visit: VisitId,
    /// Field status per assignment.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, FieldState>))]
    pub assignments: BTreeMap<AssignmentId, FieldState>,
    /// What happened, by fact.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, Record>))]
    pub records: BTreeMap<OpId, Record>,
    /// What a newer server added.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub unknown: Unknown,
}

/// An assignment's field status and how it came about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldState {
    /// The status that the field gave it; `None` before the first.
    #[serde(default)]
    pub status: Option<Status>,
    /// Status steps in the order of application, undone ones too.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// One status step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// The `status.set` that made it.
    pub op_id: OpId,
    /// The status before.
    pub from: Status,
    /// The status after.
    pub to: Status,
    /// The `status.undo` that took it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undone_by: Option<OpId>,
    /// Recorded, but the board didn't follow it: somebody had moved the status meanwhile.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recorded_only: bool,
}

/// What one fact left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Record {
    /// The fact's kind.
    pub kind: String,
    /// The fact's payload as it came.
    pub payload: Value,
    /// Who made it.
    pub by: Author,
    /// When it happened: the corrected time of the tap, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// How far off `at_ms` may be; `None` when only an unanchored wall clock is known.
    #[serde(default)]
    pub error_ms: Option<i64>,
    /// The clocks at the tap.
    pub captured: Now,
    /// What is particular about it, by key: `after_handover`, `stated_time`, `mock_position` …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
}

impl Record {
    /// The decoded body; `None` for a kind that this version doesn't know.
    pub fn body(&self) -> Option<Body> {
        Body::decode(&self.kind, &self.payload).ok()
    }
}

impl Progress {
    /// Nothing has happened yet.
    pub fn new(visit: VisitId) -> Self {
        Self { visit, assignments: BTreeMap::new(), records: BTreeMap::new(), unknown: Unknown::new() }
    }

    /// The field status of an assignment, if the field has given it one.
    pub fn field_status(&self, assignment: AssignmentId) -> Option<Status> {
        self.assignments.get(&assignment).and_then(|state| state.status)
    }

    /// The step that put an assignment where it is.
    pub fn latest_step(&self, assignment: AssignmentId) -> Option<&Step> {
        self.assignments
            .get(&assignment)?
            .steps
            .iter()
            .rev()
            .find(|step| step.undone_by.is_none() && !step.recorded_only)
    }

    /// Records in the order of their times; ties by id, so that every reader sees the same order.
    pub fn timeline(&self) -> Vec<(OpId, &Record)> {
        let mut records: Vec<_> = self.records.iter().map(|(op_id, record)| (*op_id, record)).collect();
        records.sort_by_key(|(op_id, record)| (record.at_ms, *op_id));
        records
    }

    /// Decoded bodies in the order of their times.
    pub fn bodies(&self) -> impl Iterator<Item = (OpId, &Record, Body)> {
        self.timeline().into_iter().filter_map(|(op_id, record)| record.body().map(|body| (op_id, record, body)))
    }
}
