//! What stays of a visit when its personal data is erased: ids, statuses, times, amounts and quantities, for pay and
//! disputes. What could say who the customer is, where they live or what anybody said about them goes.
//!
//! Documents are built field by field: a new field doesn't compile until somebody has decided about it.

use crate::checkin::Verdict;
use crate::fact::{
    Body, CheckInAdd, ChecklistAnswer, EstimateLine, EstimatePropose, FlagRaise, FollowUpPropose, HandoffMark,
    MessageSend, NoteAdd, PartLine, PhotoAdd, SignatureAdd, StatusSet, TimeAdjust,
};
use crate::plan::{Assignment, ChecklistItem, Customer, GateOverride, Order, Plan, PlannedPart, Site, Unknown};
use crate::progress::{Progress, Record};
use crate::words::{Language, text};
use serde_json::{Value, json};

/// Answers of a checklist that are no words of anybody's.
const PLAIN_ANSWERS: [&str; 3] = ["yes", "no", "n/a"];

/// A picture or file that a fact names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Picture {
    /// SHA-256 of its bytes, lower-case hex.
    pub sha256: String,
    /// Its size, bytes.
    pub size_bytes: u64,
}

/// The pictures that a fact names: a photo with its thumbnail, or a signature.
pub fn pictures(kind: &str, payload: &Value) -> Vec<Picture> {
    match Body::decode(kind, payload) {
        Ok(Body::PhotoAdd(photo)) => vec![
            Picture { sha256: photo.sha256, size_bytes: photo.size_bytes },
            Picture { sha256: photo.thumbnail_sha256, size_bytes: photo.thumbnail_size_bytes },
        ],
        Ok(Body::SignatureAdd(signature)) => {
            vec![Picture { sha256: signature.sha256, size_bytes: signature.size_bytes }]
        }
        _ => Vec::new(),
    }
}

/// The plan without personal data. In place of the customer's name stands the word for that.
#[must_use]
pub fn plan(plan: &Plan) -> Plan {
    let order = &plan.order;
    Plan {
        visit: plan.visit,
        order: Order {
            id: order.id,
            number: order.number.clone(),
            parent: order.parent,
            draft: order.draft,
            hold: order.hold.as_ref().map(|_| String::new()),
            canceled: order.canceled,
            next_action: None,
            unknown: Unknown::new(),
        },
        call_type: plan.call_type,
        job_type: plan.job_type,
        trade: plan.trade.clone(),
        reason_for_call: String::new(),
        scope: String::new(),
        quote: plan.quote.clone(),
        dispatch_fee_cents: plan.dispatch_fee_cents,
        promises: Vec::new(),
        decision_makers: None,
        customer: Customer { name: text("visit.erased", Language::En, &[]), ..Customer::default() },
        site: Site {
            address: String::new(),
            city: String::new(),
            state: String::new(),
            postal_code: String::new(),
            pin: None,
            fence_radius_m: None,
            // Days are counted in it.
            time_zone: plan.site.time_zone.clone(),
            access_notes: String::new(),
            hazards: Vec::new(),
            has_gate_code: false,
            unknown: Unknown::new(),
        },
        assets: Vec::new(),
        history: Vec::new(),
        agreement: None,
        warranty_until: None,
        window: plan.window,
        window_rev: plan.window_rev,
        estimated_minutes: plan.estimated_minutes,
        parts: plan.parts.iter().map(|part| PlannedPart { name: String::new(), status: part.status }).collect(),
        skills_required: plan.skills_required.clone(),
        certifications_required: plan.certifications_required.clone(),
        special_instructions: String::new(),
        escalation_flags: Vec::new(),
        checklist: plan.checklist.iter().map(checklist_item).collect(),
        closeout_required: plan.closeout_required.clone(),
        office_photos: Vec::new(),
        // Nobody is asked for what was erased.
        missing: Vec::new(),
        blocking: Vec::new(),
        gate_override: plan.gate_override.as_ref().map(|given| GateOverride { reason: String::new(), ..given.clone() }),
        assignments: plan.assignments.iter().map(assignment).collect(),
        review: plan.review,
        review_reason: String::new(),
        messages: Vec::new(),
        other: std::collections::BTreeMap::new(),
        unknown: Unknown::new(),
    }
}

fn checklist_item(item: &ChecklistItem) -> ChecklistItem {
    ChecklistItem { key: item.key.clone(), text: String::new(), answer: item.answer, required: item.required }
}

fn assignment(assignment: &Assignment) -> Assignment {
    Assignment {
        id: assignment.id,
        technician: assignment.technician,
        technician_name: assignment.technician_name.clone(),
        role: assignment.role,
        intent: assignment.intent,
        reason: String::new(),
        unknown: Unknown::new(),
    }
}

/// The progress without personal data.
#[must_use]
pub fn progress(progress: &Progress) -> Progress {
    let erased = |record: &Record| Record {
        kind: record.kind.clone(),
        payload: payload(&record.kind, &record.payload),
        by: record.by.clone(),
        at_ms: record.at_ms,
        error_ms: record.error_ms,
        captured: record.captured.clone(),
        marks: record.marks.clone(),
    };
    Progress {
        visit: progress.visit,
        assignments: progress.assignments.clone(),
        records: progress.records.iter().map(|(op_id, record)| (*op_id, erased(record))).collect(),
        unknown: Unknown::new(),
    }
}

/// A fact's payload without personal data. Of one that this version can't read nothing stays.
#[must_use]
pub fn payload(kind: &str, payload: &Value) -> Value {
    let Ok(body) = Body::decode(kind, payload) else { return json!({}) };
    let nothing = String::new;
    match body {
        Body::StatusSet(set) => Body::StatusSet(StatusSet { reason: nothing(), ..set }),
        Body::CheckInAdd(check_in) => Body::CheckInAdd(CheckInAdd {
            assignment: check_in.assignment,
            fix: None,
            verdict: Verdict { distance_m: None, ..check_in.verdict },
            reason: nothing(),
        }),
        Body::NoteAdd(note) => Body::NoteAdd(NoteAdd { text: nothing(), ..note }),
        // The hash of a picture says nothing without the picture, and shows later that it was one.
        Body::PhotoAdd(photo) => Body::PhotoAdd(PhotoAdd { caption: nothing(), ..photo }),
        Body::PartUse(line) => Body::PartUse(part(line)),
        Body::PartReturn(line) => Body::PartReturn(part(line)),
        Body::ChecklistAnswer(answer) => {
            let is_plain = PLAIN_ANSWERS.contains(&answer.value.as_str());
            let value = if is_plain { answer.value } else { nothing() };
            Body::ChecklistAnswer(ChecklistAnswer { value, ..answer })
        }
        Body::TimeAdjust(adjust) => Body::TimeAdjust(TimeAdjust { reason: nothing(), ..adjust }),
        Body::SignatureAdd(signature) => Body::SignatureAdd(SignatureAdd { signer: nothing(), ..signature }),
        // A place, and nothing else.
        Body::SitePinPropose(_) => return json!({}),
        Body::EstimatePropose(estimate) => {
            let line = |line: EstimateLine| EstimateLine { text: nothing(), ..line };
            let lines = estimate.lines.into_iter().map(line).collect();
            Body::EstimatePropose(EstimatePropose { title: nothing(), lines })
        }
        Body::FollowUpPropose(next) => {
            Body::FollowUpPropose(FollowUpPropose { reason: nothing(), next_step: nothing(), due_ms: next.due_ms })
        }
        Body::FlagRaise(flag) => Body::FlagRaise(FlagRaise { text: nothing(), ..flag }),
        Body::HandoffMark(mark) => Body::HandoffMark(HandoffMark { text: nothing(), ..mark }),
        Body::MessageSend(message) => Body::MessageSend(MessageSend { text: nothing(), ..message }),
        kept @ (Body::StatusUndo(_)
        | Body::TimeStart(_)
        | Body::TimeStop(_)
        | Body::SecretView(_)
        | Body::AttentionDiscard(_)) => kept,
    }
    .payload()
}

/// How many stays; what it was is in words.
fn part(line: PartLine) -> PartLine {
    PartLine { name: String::new(), quantity: line.quantity, stock: String::new(), serial: String::new() }
}

#[cfg(test)]
mod tests;
