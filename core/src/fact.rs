//! Facts: what happened in the field. A fact is never changed after it was saved; a mistake is another fact.

use crate::clock::Now;
use crate::id::{AssignmentId, EpochId, OpId, TechnicianId, UserId, VisitId};
use crate::lifecycle::Status;
use crate::plan::{Lane, words_enum};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// Largest payload of a fact, bytes of JSON (design.md section 7).
pub const PAYLOAD_MAX_BYTES: usize = 64 * 1024;

/// The plan and progress that the author looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BaseRev {
    /// The server life that the revisions belong to.
    pub epoch: EpochId,
    /// Revision of the plan.
    pub plan: u64,
    /// Revision of the progress.
    pub progress: u64,
}

/// A fact on the wire and in the outbox. Who, which phone and which company come from the access token, never from here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Fact {
    /// The key by which it takes effect once.
    pub op_id: OpId,
    /// Counts the device's facts without a gap, from 1.
    pub dev_seq: u64,
    /// The visit that it is about.
    pub visit: VisitId,
    /// What happened, with its version: `status.set@1`.
    pub kind: String,
    /// What the author looked at.
    pub base_rev: BaseRev,
    /// Facts that this one needs: an undo's target, what a resent fact supersedes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub deps: Vec<OpId>,
    /// The kind's own fields.
    pub payload: Value,
    /// The phone's clocks at the tap.
    #[serde(flatten)]
    pub captured: Now,
    /// Version of the app.
    pub app_version: String,
}

/// Who made a fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case", tag = "role")]
pub enum Author {
    /// The technician, on a phone.
    Technician {
        /// Who.
        id: TechnicianId,
        /// Their name.
        name: String,
    },
    /// Somebody in the office on the technician's behalf.
    Office {
        /// Who.
        id: UserId,
        /// Their name.
        name: String,
        /// Whether they may do what only a manager may.
        manager: bool,
        /// For whom.
        on_behalf_of: TechnicianId,
    },
}

impl Author {
    /// The technician whose fact it is.
    pub fn technician(&self) -> TechnicianId {
        match self {
            Self::Technician { id, .. } => *id,
            Self::Office { on_behalf_of, .. } => *on_behalf_of,
        }
    }

    /// The author's own name.
    pub fn name(&self) -> &str {
        match self {
            Self::Technician { name, .. } | Self::Office { name, .. } => name,
        }
    }
}

/// Why a fact's body can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// A kind of a newer app: kept, and judged again after an upgrade.
    #[error("unknown kind {0}")]
    UnknownKind(String),
    /// A known kind with a payload that isn't its shape.
    #[error("payload of {kind}: {what}")]
    Invalid {
        /// The kind.
        kind: String,
        /// What is wrong with it, and where.
        what: String,
    },
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $variant:ident($payload:ty) = $kind:literal),* $(,)?) => {
        /// A fact's kind with its payload.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "kind", content = "payload")]
        pub enum Body { $($(#[$doc])* #[serde(rename = $kind)] $variant($payload)),* }

        impl Body {
            /// Every kind that this version decodes.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// The kind with its version.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),* }
            }

            /// The payload as it is sent.
            pub fn payload(&self) -> Value {
                // A payload is made of strings, numbers and lists: serialising it into memory can't fail.
                match self { $(Self::$variant(payload) => serde_json::to_value(payload).unwrap_or(Value::Null)),* }
            }
        }
    };
}

bodies! {
    /// The technician's status on an assignment changed.
    StatusSet(StatusSet) = "status.set@1",
    /// The latest status was a mistake.
    StatusUndo(StatusUndo) = "status.undo@1",
    /// Where the phone was when the technician said "I'm here".
    CheckInAdd(CheckInAdd) = "check_in.add@1",
    /// A note.
    NoteAdd(NoteAdd) = "note.add@1",
    /// A photo or file.
    PhotoAdd(PhotoAdd) = "photo.add@1",
    /// A part was used.
    PartUse(PartLine) = "part.use@1",
    /// A part came back.
    PartReturn(PartLine) = "part.return@1",
    /// A checklist item was answered.
    ChecklistAnswer(ChecklistAnswer) = "checklist.answer@1",
    /// A break, a wait or a parts run began.
    TimeStart(TimeStart) = "time.start@1",
    /// It ended.
    TimeStop(TimeStop) = "time.stop@1",
    /// A time was wrong.
    TimeAdjust(TimeAdjust) = "time.adjust@1",
    /// The customer signed.
    SignatureAdd(SignatureAdd) = "signature.add@1",
    /// The site's pin is wrong: "the door is here".
    SitePinPropose(SitePinPropose) = "site_pin.propose@1",
    /// An estimate drafted in the field.
    EstimatePropose(EstimatePropose) = "estimate.propose@1",
    /// More work is needed another day.
    FollowUpPropose(FollowUpPropose) = "follow_up.propose@1",
    /// Something that the office should know now.
    FlagRaise(FlagRaise) = "flag.raise@1",
    /// The packet lacked something, or was wrong.
    HandoffMark(HandoffMark) = "handoff.mark@1",
    /// A message to the office.
    MessageSend(MessageSend) = "message.send@1",
    /// A secret of the packet was looked at.
    SecretView(SecretView) = "secret.viewed@1",
    /// The technician threw away an item that needed attention.
    AttentionDiscard(AttentionDiscard) = "attention.discard@1",
}

impl Body {
    /// Reads a kind and its payload.
    ///
    /// # Errors
    /// [`DecodeError::UnknownKind`] for a kind of a newer version, [`DecodeError::Invalid`] for a payload of another shape.
    pub fn decode(kind: &str, payload: &Value) -> Result<Self, DecodeError> {
        if !Self::KINDS.contains(&kind) {
            return Err(DecodeError::UnknownKind(kind.to_owned()));
        }
        serde_json::from_value(json!({ "kind": kind, "payload": payload }))
            .map_err(|error| DecodeError::Invalid { kind: kind.to_owned(), what: error.to_string() })
    }
}

/// Payload of `status.set@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusSet {
    /// Whose status.
    pub assignment: AssignmentId,
    /// The status that the author saw.
    pub from: Status,
    /// The new one.
    pub to: Status,
    /// Why, where the step asks for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// When it really happened, if the tap was forgotten; milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stated_at_ms: Option<i64>,
    /// On `completed`: what came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<WorkOutcome>,
    /// On `completed`: closeout items that are knowingly missing, by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
}

words_enum! {
    /// What came of a visit's work (S-024).
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    WorkOutcome {
        /// Done.
        Fixed = "fixed",
        /// Works for now.
        Temporary = "temporary",
        /// Another visit is needed.
        ReturnNeeded = "return_needed",
        /// Looked at and quoted.
        Quoted = "quoted",
        /// Nothing was wrong.
        NoFault = "no_fault",
    }
}

/// Payload of `status.undo@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusUndo {
    /// Whose status.
    pub assignment: AssignmentId,
    /// The `status.set` to undo.
    pub target: OpId,
}

/// Payload of `check_in.add@1`: the evidence as the phone graded it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckInAdd {
    /// Whose check-in.
    pub assignment: AssignmentId,
    /// The position, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<crate::checkin::Fix>,
    /// The grade and what it was computed from.
    pub verdict: crate::checkin::Verdict,
    /// What the technician said about an `outside` or `no_fix`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Payload of `note.add@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteAdd {
    /// The text.
    pub text: String,
    /// The note that this one replaces in display; the old one is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revises: Option<OpId>,
    /// The refused fact whose content this note keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub late_for: Option<OpId>,
}

words_enum! {
    /// What a photo is for.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    PhotoKind {
        /// Before the work.
        Before = "before",
        /// After the work.
        After = "after",
        /// The equipment's nameplate.
        Plate = "plate",
        /// A document.
        Document = "document",
        /// Anything else.
        Other = "other",
    }
}

/// Payload of `photo.add@1`. The bytes travel apart, by their hash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoAdd {
    /// SHA-256 of the original, lower-case hex.
    pub sha256: String,
    /// Size of the original, bytes.
    pub size_bytes: u64,
    /// Media type: `image/jpeg`.
    pub media_type: String,
    /// What it is for.
    pub photo_kind: PhotoKind,
    /// SHA-256 of the thumbnail, lower-case hex.
    pub thumbnail_sha256: String,
    /// Size of the thumbnail, bytes.
    pub thumbnail_size_bytes: u64,
    /// What it shows.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub caption: String,
}

/// Payload of `part.use@1` and `part.return@1`: a signed ledger line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartLine {
    /// What it is.
    pub name: String,
    /// How many, above zero.
    pub quantity: f64,
    /// From where, or back to where: `truck`, `warehouse`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stock: String,
    /// Serial number.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub serial: String,
}

/// Payload of `checklist.answer@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChecklistAnswer {
    /// The item's key.
    pub item: String,
    /// The answer: `yes`, `no`, `n/a`, a reading, or words.
    pub value: String,
    /// The answer that this one replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<OpId>,
}

words_enum! {
    /// Time that statuses don't tell.
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    TimeKind {
        /// A break.
        Break = "break",
        /// Waiting, for access or a decision.
        Wait = "wait",
        /// Fetching parts.
        PartsRun = "parts_run",
        /// On the way; derived from statuses.
        Travel = "travel",
        /// At work; derived from statuses.
        Work = "work",
    }
}

/// Payload of `time.start@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeStart {
    /// Whose time.
    pub assignment: AssignmentId,
    /// What kind.
    pub time_kind: TimeKind,
}

/// Payload of `time.stop@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeStop {
    /// The `time.start` that it ends.
    pub start: OpId,
}

/// Payload of `time.adjust@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimeAdjust {
    /// The fact whose time is wrong: a `status.set`, `time.start` or `time.stop`.
    pub target: OpId,
    /// When it was, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// Why.
    pub reason: String,
}

/// Payload of `signature.add@1`: bound to what was shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignatureAdd {
    /// Who signed.
    pub signer: String,
    /// SHA-256 of the picture of the signature, lower-case hex.
    pub sha256: String,
    /// Size of the picture, bytes.
    pub size_bytes: u64,
    /// SHA-256 of the document that was signed, lower-case hex: [`crate::closeout::document_hash`].
    pub document_sha256: String,
    /// Revision of the plan that was signed.
    pub plan_rev: u64,
}

/// Payload of `site_pin.propose@1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SitePinPropose {
    /// WGS 84 latitude, degrees.
    pub lat: f64,
    /// WGS 84 longitude, degrees.
    pub lon: f64,
    /// Accuracy, metres (68 %).
    pub accuracy_m: f64,
}

/// Payload of `estimate.propose@1`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EstimatePropose {
    /// What it is about.
    pub title: String,
    /// The lines.
    pub lines: Vec<EstimateLine>,
}

/// A line of an estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct EstimateLine {
    /// What.
    pub text: String,
    /// How many.
    pub quantity: f64,
    /// Price of one, cents.
    pub unit_cents: i64,
}

/// Payload of `follow_up.propose@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUpPropose {
    /// Why.
    pub reason: String,
    /// What comes next.
    pub next_step: String,
    /// Until when, milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_ms: Option<i64>,
}

words_enum! {
    /// What a technician raises (S-021, S-022, S-025).
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    FlagKind {
        /// Can't get in.
        AccessProblem = "access_problem",
        /// Will be later than promised.
        Delay = "delay",
        /// A part or material is missing.
        MaterialShortage = "material_shortage",
        /// There is more to do than the scope says.
        ExtraWork = "extra_work",
        /// Needs another person.
        NeedBackup = "need_backup",
        /// The customer wants somebody from the office.
        CustomerEscalation = "customer_escalation",
    }
}

/// Payload of `flag.raise@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlagRaise {
    /// What.
    pub flag: FlagKind,
    /// In the technician's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// With a delay: the new arrival, milliseconds since 1970 UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_eta_ms: Option<i64>,
}

words_enum! {
    /// What was the matter with a packet's field (S-029).
    #[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
    MissKind {
        /// It wasn't there.
        Missing = "missing",
        /// It was wrong.
        Wrong = "wrong",
    }
}

/// Payload of `handoff.mark@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoffMark {
    /// The packet's field, by key: see [`crate::gate::FIELDS`].
    pub field: String,
    /// What was the matter with it.
    pub miss: MissKind,
    /// In the technician's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// What it cost, minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minutes_lost: Option<u32>,
}

/// Payload of `message.send@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageSend {
    /// How it reaches the office.
    pub lane: Lane,
    /// What it says.
    pub text: String,
}

/// Payload of `secret.viewed@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretView {
    /// Which: `gate_code`.
    pub secret: String,
}

/// Payload of `attention.discard@1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionDiscard {
    /// The fact that is thrown away; both sides keep it in the audit.
    pub target: OpId,
}
