//! The dispatch gate: what a visit must have before a crew rolls (design.md section 5).

use crate::plan::{JobType, PartStatus, Plan};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Fields of the packet that a company can require and a technician can mark, by key.
pub const FIELDS: &[&str] = &[
    "scope",
    "reason_for_call",
    "address",
    "access_notes",
    "coordinates",
    "window",
    "phone",
    "email",
    "customer_name",
    "customer_availability",
    "equipment",
    "quote",
    "dispatch_fee",
    "promises",
    "decision_makers",
    "warranty",
    "agreement",
    "parts",
    "special_instructions",
    "escalation_flags",
    "gate_code",
    "photos",
    "history",
    "checklist",
    "estimated_minutes",
];

/// Kinds of exception that block dispatch until somebody decides (S-037).
pub const BLOCKING: &[&str] = &[
    "special_access",
    "access_coordination",
    "reschedule_risk",
    "financing_question",
    "unusual_scope",
    "manager_sign_off",
    "parts_unconfirmed",
    "scope_check",
    "special_materials",
    "estimator_callback",
];

/// What a company requires per job type (S-035). A list of alternatives is satisfied by any of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GatePolicy {
    /// Requirements for every job type that isn't named in `by_job_type`.
    pub default: Vec<Vec<String>>,
    /// Requirements of single job types, instead of the default.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = BTreeMap<String, Vec<Vec<String>>>))]
    pub by_job_type: BTreeMap<JobType, Vec<Vec<String>>>,
}

impl Default for GatePolicy {
    /// Scope, address, access notes, coordinates, window, and phone or e-mail.
    fn default() -> Self {
        let one = |field: &str| vec![field.to_owned()];
        Self {
            default: vec![
                one("scope"),
                one("address"),
                one("access_notes"),
                one("coordinates"),
                one("window"),
                vec!["phone".to_owned(), "email".to_owned()],
            ],
            by_job_type: BTreeMap::new(),
        }
    }
}

impl GatePolicy {
    /// The requirements of a job type.
    pub fn required(&self, job_type: JobType) -> &[Vec<String>] {
        self.by_job_type.get(&job_type).unwrap_or(&self.default)
    }

    /// The first field that isn't one of [`FIELDS`], for a clear refusal of a wrong policy.
    pub fn unknown_field(&self) -> Option<&str> {
        std::iter::once(&self.default)
            .chain(self.by_job_type.values())
            .flatten()
            .flatten()
            .map(String::as_str)
            .find(|field| !FIELDS.contains(field))
    }
}

/// Whether a packet has a field. A field that nobody knows counts as missing.
pub fn has(plan: &Plan, field: &str) -> bool {
    let text = |value: &str| !value.trim().is_empty();
    match field {
        "scope" => text(&plan.scope),
        "reason_for_call" => text(&plan.reason_for_call),
        "address" => text(&plan.site.address),
        "access_notes" => text(&plan.site.access_notes),
        "coordinates" => plan.site.pin.is_some(),
        "window" => plan.window.is_some(),
        "phone" => text(&plan.customer.phone),
        "email" => text(&plan.customer.email),
        "customer_name" => text(&plan.customer.name),
        "customer_availability" => text(&plan.customer.availability),
        "equipment" => !plan.assets.is_empty(),
        "quote" => plan.quote.is_some(),
        "dispatch_fee" => plan.dispatch_fee_cents.is_some(),
        "promises" => !plan.promises.is_empty(),
        "decision_makers" => plan.decision_makers.is_some(),
        "warranty" => plan.warranty_until.is_some(),
        "agreement" => plan.agreement.as_deref().is_some_and(text),
        "parts" => !plan.parts.is_empty(),
        "special_instructions" => text(&plan.special_instructions),
        "escalation_flags" => !plan.escalation_flags.is_empty(),
        "gate_code" => plan.site.has_gate_code,
        "photos" => !plan.office_photos.is_empty(),
        "history" => !plan.history.is_empty(),
        "checklist" => !plan.checklist.is_empty(),
        "estimated_minutes" => plan.estimated_minutes.is_some(),
        _ => false,
    }
}

/// Required fields that the packet lacks, in the policy's order. Of alternatives that are all missing, all are named.
pub fn missing(plan: &Plan, policy: &GatePolicy) -> Vec<String> {
    policy
        .required(plan.job_type)
        .iter()
        .filter(|alternatives| !alternatives.iter().any(|field| has(plan, field)))
        .flatten()
        .cloned()
        .collect()
}

/// Exceptions that the packet's own content raises: what intake flagged, and parts that nobody has confirmed.
pub fn detected(plan: &Plan) -> Vec<String> {
    let mut kinds = plan.escalation_flags.clone();
    if plan.parts.iter().any(|part| !matches!(part.status, PartStatus::OnTruck | PartStatus::Confirmed)) {
        kinds.push("parts_unconfirmed".to_owned());
    }
    let mut seen = std::collections::BTreeSet::new();
    kinds.retain(|kind| seen.insert(kind.clone()));
    kinds
}

/// Whether a visit can roll.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "readiness", rename_all = "snake_case")]
pub enum Readiness {
    /// It can.
    FieldReady,
    /// Somebody must decide something first.
    Blocked {
        /// Kinds of the open blocking exceptions.
        exceptions: Vec<String>,
    },
    /// Required context is missing; blocking exceptions may be open too, but the fields come first.
    NeedsInfo {
        /// Keys of the missing fields.
        fields: Vec<String>,
    },
}

/// Whether a visit can roll: what is missing or blocking, less what a manager's override covers.
pub fn readiness(plan: &Plan) -> Readiness {
    let bypassed = |key: &str| {
        plan.gate_override.as_ref().is_some_and(|decision| decision.bypassed.iter().any(|bypassed| bypassed == key))
    };
    let fields: Vec<String> = plan.missing.iter().filter(|field| !bypassed(field)).cloned().collect();
    if !fields.is_empty() {
        return Readiness::NeedsInfo { fields };
    }
    let mut exceptions: Vec<String> = Vec::new();
    for blocking in &plan.blocking {
        if !bypassed(&blocking.kind) && !exceptions.contains(&blocking.kind) {
            exceptions.push(blocking.kind.clone());
        }
    }
    if exceptions.is_empty() { Readiness::FieldReady } else { Readiness::Blocked { exceptions } }
}

#[cfg(test)]
mod tests;
