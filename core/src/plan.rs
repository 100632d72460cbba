//! The plan: what the office wants of a visit. Made by the office's commands only.
//!
//! The plan is the job packet: all that a technician needs for a visit (S-002 … S-013), in one shape for every job.

mod choice;

pub(crate) use choice::words_enum;
pub use choice::{CallType, CrewRole, Intent, JobType, PartStatus, PromiseType, QuoteState, Review};

use crate::id::{AssignmentId, ExceptionId, OrderId, TechnicianId, UserId, VisitId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Fields that this version doesn't know, kept as they came: an old app loses nothing of a new server's.
pub type Unknown = Map<String, Value>;

/// A visit's plan document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Plan {
    /// The visit.
    pub visit: VisitId,
    /// The work order that it belongs to.
    pub order: Order,
    /// How it came in.
    pub call_type: CallType,
    /// What kind of work.
    pub job_type: JobType,
    /// The trade, by its common name: `hvac`, `plumbing`.
    pub trade: String,
    /// The real reason for the call, in the customer's words (S-004).
    #[serde(default)]
    pub reason_for_call: String,
    /// What is to be done.
    #[serde(default)]
    pub scope: String,
    /// What the customer was quoted, if anything.
    #[serde(default)]
    pub quote: Option<Quote>,
    /// What the customer pays for the visit itself, cents.
    #[serde(default)]
    pub dispatch_fee_cents: Option<i64>,
    /// What was promised to the customer.
    #[serde(default)]
    pub promises: Vec<String>,
    /// How many people decide at the customer's.
    #[serde(default)]
    pub decision_makers: Option<u32>,
    /// Whom the work is for.
    pub customer: Customer,
    /// Where.
    pub site: Site,
    /// Equipment at the site.
    #[serde(default)]
    pub assets: Vec<Asset>,
    /// Earlier work at the site (S-009).
    #[serde(default)]
    pub history: Vec<PastVisit>,
    /// What the service agreement asks for (S-010).
    #[serde(default)]
    pub agreement: Option<String>,
    /// End of the warranty, a date.
    #[serde(default)]
    pub warranty_until: Option<chrono::NaiveDate>,
    /// The promised arrival window.
    #[serde(default)]
    pub window: Option<Window>,
    /// Revision of the last change of the window after dispatch: a fact made on an older one is told so.
    #[serde(default)]
    pub window_rev: u64,
    /// How long the work should take, minutes.
    #[serde(default)]
    pub estimated_minutes: Option<u32>,
    /// Parts and tools that the job needs.
    #[serde(default)]
    pub parts: Vec<PlannedPart>,
    /// Skills that the technician needs.
    #[serde(default)]
    pub skills_required: Vec<String>,
    /// A licence that the technician needs.
    #[serde(default)]
    pub certifications_required: Vec<String>,
    /// What else to mind.
    #[serde(default)]
    pub special_instructions: String,
    /// What intake wanted escalated.
    #[serde(default)]
    pub escalation_flags: Vec<String>,
    /// What to check on site; by default the job type's template.
    #[serde(default)]
    pub checklist: Vec<ChecklistItem>,
    /// What the closeout of this job type asks for: keys of [`crate::closeout`].
    #[serde(default)]
    pub closeout_required: Vec<String>,
    /// Photos that the office attached.
    #[serde(default)]
    pub office_photos: Vec<OfficePhoto>,
    /// Required context that is missing, by field key; kept by [`crate::gate`].
    #[serde(default)]
    pub missing: Vec<String>,
    /// Open exceptions that keep the visit from rolling.
    #[serde(default)]
    pub blocking: Vec<BlockingException>,
    /// A manager's decision to roll all the same.
    #[serde(default)]
    pub gate_override: Option<GateOverride>,
    /// Technicians on this visit.
    #[serde(default)]
    pub assignments: Vec<Assignment>,
    /// The office's verdict on the closeout.
    #[serde(default = "no_review")]
    pub review: Review,
    /// Why the closeout was returned.
    #[serde(default)]
    pub review_reason: String,
    /// Messages from the office inside the job (S-026).
    #[serde(default)]
    pub messages: Vec<OfficeMessage>,
    /// Columns of the import that nobody knows, kept.
    #[serde(default)]
    pub other: std::collections::BTreeMap<String, String>,
    /// What a newer server added.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub unknown: Unknown,
}

fn no_review() -> Review {
    Review::None
}

/// The work order as the packet shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Order {
    /// The work order.
    pub id: OrderId,
    /// Its number, as people say it: `WO-1001`.
    pub number: String,
    /// The order that this one follows up.
    #[serde(default)]
    pub parent: Option<OrderId>,
    /// Not finished being written.
    #[serde(default)]
    pub draft: bool,
    /// Why it waits, if it does.
    #[serde(default)]
    pub hold: Option<String>,
    /// Will not be done.
    #[serde(default)]
    pub canceled: bool,
    /// What happens next with it, who does it and by when (S-080).
    #[serde(default)]
    pub next_action: Option<NextAction>,
    /// What a newer server added.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub unknown: Unknown,
}

/// The next step of a work order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NextAction {
    /// What is to be done.
    pub what: String,
    /// By whom.
    pub owner: String,
    /// Until when, milliseconds since 1970 UTC.
    pub due_ms: Option<i64>,
}

/// A quoted amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Quote {
    /// The amount, cents.
    pub amount_cents: i64,
    /// Whether it is agreed.
    pub state: QuoteState,
}

/// Whom the work is for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Customer {
    /// Name.
    #[serde(default)]
    pub name: String,
    /// Membership or service tier.
    #[serde(default)]
    pub tier: String,
    /// Phone number.
    #[serde(default)]
    pub phone: String,
    /// E-mail address.
    #[serde(default)]
    pub email: String,
    /// When the customer can be there.
    #[serde(default)]
    pub availability: String,
    /// What to know when talking to them (S-008).
    #[serde(default)]
    pub notes: String,
    /// What a newer server added.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub unknown: Unknown,
}

/// The service location.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Site {
    /// Street and number.
    #[serde(default)]
    pub address: String,
    /// City.
    #[serde(default)]
    pub city: String,
    /// State or province.
    #[serde(default)]
    pub state: String,
    /// Postal code.
    #[serde(default)]
    pub postal_code: String,
    /// Where the door is, if it is known.
    #[serde(default)]
    pub pin: Option<Pin>,
    /// Check-in fence, metres; 50–500.
    #[serde(default)]
    pub fence_radius_m: Option<f64>,
    /// IANA name of the site's time zone.
    pub time_zone: String,
    /// How to get in.
    #[serde(default)]
    pub access_notes: String,
    /// What could hurt.
    #[serde(default)]
    pub hazards: Vec<String>,
    /// Whether there is a gate code. The code itself is a document of its own, sent for dispatched visits only.
    #[serde(default)]
    pub has_gate_code: bool,
    /// What a newer server added.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub unknown: Unknown,
}

/// A site's position.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pin {
    /// WGS 84 latitude, degrees.
    pub lat: f64,
    /// WGS 84 longitude, degrees.
    pub lon: f64,
    /// How far off the pin may be, metres (68 %).
    #[serde(default)]
    pub accuracy_m: f64,
    /// Rises with every correction.
    #[serde(default)]
    pub version: u32,
}

/// A piece of equipment at the site.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Asset {
    /// What it is: `gas furnace`.
    pub kind: String,
    /// Maker and model.
    #[serde(default)]
    pub model: String,
    /// Serial number.
    #[serde(default)]
    pub serial: String,
}

/// Earlier work at the same site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PastVisit {
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The work order's number.
    pub number: String,
    /// What was done.
    pub summary: String,
}

/// A promised arrival window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Window {
    /// Start, milliseconds since 1970 UTC.
    pub start_ms: i64,
    /// End, milliseconds since 1970 UTC.
    pub end_ms: i64,
    /// What exactly was promised.
    pub promise: PromiseType,
}

/// A part or tool that the job needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlannedPart {
    /// What it is.
    pub name: String,
    /// Where it is.
    pub status: PartStatus,
}

/// One question of a checklist.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChecklistItem {
    /// Key, stable over versions of the template.
    pub key: String,
    /// The question.
    pub text: String,
    /// What an answer looks like.
    pub answer: AnswerKind,
    /// A closeout without an answer has a gap.
    #[serde(default)]
    pub required: bool,
}

words_enum! {
    /// The form of a checklist answer.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    AnswerKind {
        /// Done or not.
        Check = "check",
        /// A number with a unit in the question.
        Reading = "reading",
        /// Words.
        Text = "text",
    }
}

/// A photo that the office attached to the packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfficePhoto {
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// What it shows.
    #[serde(default)]
    pub caption: String,
}

/// An open exception that blocks dispatch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlockingException {
    /// The exception.
    pub id: ExceptionId,
    /// Its kind: a key of [`crate::gate::BLOCKING`], or one of a newer server's.
    pub kind: String,
}

/// A manager's decision to roll although the gate said no (S-036).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GateOverride {
    /// Who.
    pub by: UserId,
    /// Their name.
    pub by_name: String,
    /// Why.
    pub reason: String,
    /// Which fields and exceptions were bypassed; the override covers these and no others.
    pub bypassed: Vec<String>,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
}

/// One technician on this visit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Assignment {
    /// The assignment.
    pub id: AssignmentId,
    /// The technician.
    pub technician: TechnicianId,
    /// Their name.
    pub technician_name: String,
    /// Their part in the crew.
    pub role: CrewRole,
    /// What the office intends.
    pub intent: Intent,
    /// Why it was recalled or canceled, in words for the technician.
    #[serde(default)]
    pub reason: String,
    /// What a newer server added.
    #[serde(flatten)]
    #[cfg_attr(feature = "openapi", schema(ignore))]
    pub unknown: Unknown,
}

impl Assignment {
    /// Whether the office still wants this technician there.
    pub fn is_active(&self) -> bool {
        matches!(self.intent, Intent::Scheduled | Intent::Dispatched)
    }
}

words_enum! {
    /// How a message reaches somebody (S-027, S-099).
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    Lane {
        /// Interrupts.
        Urgent = "urgent",
        /// Waits while the technician works.
        Routine = "routine",
    }
}

/// A message from the office inside the job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OfficeMessage {
    /// Its id, a UUID.
    pub id: uuid::Uuid,
    /// How it reaches the technician.
    pub lane: Lane,
    /// Who wrote it.
    pub by_name: String,
    /// When, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// What it says.
    pub text: String,
}

impl Plan {
    /// The assignment with this id.
    pub fn assignment(&self, id: AssignmentId) -> Option<&Assignment> {
        self.assignments.iter().find(|assignment| assignment.id == id)
    }

    /// The technician's latest assignment on this visit: a technician who was recalled and assigned again has two.
    pub fn assignment_of(&self, technician: TechnicianId) -> Option<&Assignment> {
        self.assignments.iter().rev().find(|assignment| assignment.technician == technician)
    }
}

#[cfg(test)]
pub(crate) mod fixture;
