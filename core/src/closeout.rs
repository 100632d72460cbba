//! What a closeout asks for, and what of it is missing: shown before the technician leaves (S-024), reviewed in the office (S-077).

use crate::fact::{Body, PhotoKind};
use crate::id::{AssignmentId, OpId};
use crate::plan::{JobType, Plan};
use crate::progress::{Progress, Record};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Items that a company can ask for, by key. `checklist` stands for each required checklist item.
pub const ITEMS: &[&str] = &[
    "notes",
    "photo_before",
    "photo_after",
    "photo_plate",
    "photo_document",
    "parts",
    "checklist",
    "signature",
    "outcome",
];

/// What each kind of work asks for by default.
pub fn default_required(job_type: JobType) -> Vec<String> {
    let items: &[&str] = match job_type {
        JobType::Repair => &["notes", "photo_after", "checklist", "signature", "outcome"],
        JobType::Install => {
            &["notes", "photo_before", "photo_after", "photo_plate", "parts", "checklist", "signature", "outcome"]
        }
        JobType::Maintenance => &["notes", "checklist", "outcome"],
        JobType::Inspection => &["notes", "photo_document", "checklist", "outcome"],
    };
    items.iter().map(|item| (*item).to_owned()).collect()
}

/// One item of a closeout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Item {
    /// Its key: one of [`ITEMS`], or `checklist:KEY` for a required checklist item.
    pub key: String,
    /// Whether it is there.
    pub met: bool,
}

/// The closeout's items for a visit, met or not, in a fixed order. `outcome` says whether the technician has chosen one.
pub fn items(plan: &Plan, progress: &Progress, has_outcome: bool) -> Vec<Item> {
    let answers = answers(progress);
    let bodies: Vec<Body> = progress.bodies().map(|(_, _, body)| body).collect();
    let has_photo =
        |kind: PhotoKind| bodies.iter().any(|body| matches!(body, Body::PhotoAdd(photo) if photo.photo_kind == kind));
    plan.closeout_required
        .iter()
        .flat_map(|key| match key.as_str() {
            "checklist" => plan
                .checklist
                .iter()
                .filter(|item| item.required)
                .map(|item| Item { key: format!("checklist:{}", item.key), met: answers.contains_key(&item.key) })
                .collect(),
            key => {
                let met = match key {
                    "notes" => bodies.iter().any(|body| matches!(body, Body::NoteAdd(_))),
                    "photo_before" => has_photo(PhotoKind::Before),
                    "photo_after" => has_photo(PhotoKind::After),
                    "photo_plate" => has_photo(PhotoKind::Plate),
                    "photo_document" => has_photo(PhotoKind::Document),
                    "parts" => bodies.iter().any(|body| matches!(body, Body::PartUse(_) | Body::PartReturn(_))),
                    "signature" => bodies.iter().any(|body| matches!(body, Body::SignatureAdd(_))),
                    "outcome" => has_outcome,
                    // A requirement of a newer server: never a reason to keep a technician on site.
                    _ => true,
                };
                vec![Item { key: key.to_owned(), met }]
            }
        })
        .collect()
}

/// Keys of what is missing.
pub fn gaps(plan: &Plan, progress: &Progress, has_outcome: bool) -> Vec<String> {
    items(plan, progress, has_outcome).into_iter().filter(|item| !item.met).map(|item| item.key).collect()
}

/// The answer that stands for each checklist item: the latest that nothing replaces. Earlier ones stay in the records.
pub fn answers(progress: &Progress) -> BTreeMap<String, (OpId, String)> {
    let mut standing = BTreeMap::new();
    for (op_id, _, body) in progress.bodies() {
        if let Body::ChecklistAnswer(answer) = body {
            standing.insert(answer.item, (op_id, answer.value));
        }
    }
    standing
}

/// A part's balance on a visit: used less returned. The lines commute, so their order doesn't matter.
pub fn parts_balance(progress: &Progress) -> BTreeMap<String, f64> {
    let mut balance = BTreeMap::new();
    for (_, _, body) in progress.bodies() {
        match body {
            Body::PartUse(line) => *balance.entry(line.name).or_insert(0.0) += line.quantity,
            Body::PartReturn(line) => *balance.entry(line.name).or_insert(0.0) -= line.quantity,
            _ => {}
        }
    }
    balance
}

/// What the assignment's latest completion said: outcome and declared gaps.
pub fn completion(progress: &Progress, assignment: AssignmentId) -> Option<(&Record, crate::fact::StatusSet)> {
    let step = progress.latest_step(assignment)?;
    let record = progress.records.get(&step.op_id)?;
    match record.body()? {
        Body::StatusSet(set) if set.to == crate::lifecycle::Status::Completed => Some((record, set)),
        _ => None,
    }
}

/// SHA-256, lower-case hex, of what a customer signs: the work, the price and what was done, in one canonical text.
///
/// A later change of any of it changes the hash, and the signature has to be given again.
pub fn document_hash(plan: &Plan, progress: &Progress) -> String {
    let document = serde_json::json!({
        "order": plan.order.number,
        "customer": plan.customer.name,
        "address": plan.site.address,
        "scope": plan.scope,
        "quote": plan.quote,
        "dispatch_fee_cents": plan.dispatch_fee_cents,
        "parts": parts_balance(progress),
    });
    crate::digest::sha256_hex(document.to_string().as_bytes())
}
