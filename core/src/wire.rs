//! What phone and server say to each other. Every type here is snapshotted; a change of shape needs a new kind or field.

use crate::clock::Anchor;
use crate::fact::Fact;
use crate::id::{CompanyId, DeviceId, EpochId, OpId, TechnicianId, VisitId};
use crate::plan::words_enum;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Most facts in one push.
pub const PUSH_MAX_FACTS: usize = 200;
/// Most bytes of one push, JSON before compression.
pub const PUSH_MAX_BYTES: usize = 256 * 1024;
/// A pull's page closes at this size, bytes of JSON; one larger document travels alone.
pub const PAGE_BYTES: usize = 64 * 1024;
/// The smallest part of a photo, bytes; the last one may be shorter.
pub const PART_MIN_BYTES: u64 = 64 * 1024;
/// The largest part of a photo, bytes.
pub const PART_MAX_BYTES: u64 = 1024 * 1024;
/// How long a blob's upload token is good, milliseconds: as long as iOS may keep a background upload.
pub const BLOB_TOKEN_MS: i64 = 7 * 24 * 3_600_000;
/// How long an access token is good, milliseconds.
pub const ACCESS_TOKEN_MS: i64 = 10 * 60_000;
/// Days before and after today whose visits a phone holds, besides the open ones.
pub const WINDOW_DAYS: i64 = 14;

/// Body of `POST /v1/enrol`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolRequest {
    /// The one-time code that the office gave.
    pub code: String,
    /// The phone's P-256 public key: SEC 1, uncompressed, base64.
    pub public_key: String,
    /// What the phone is called.
    pub device_name: String,
    /// `android`, `ios`, `cli`.
    pub platform: String,
    /// Version of the app.
    pub app_version: String,
}

/// Answer of `POST /v1/enrol`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EnrolReply {
    /// The phone's id from now on.
    pub device_id: DeviceId,
    /// The company.
    pub company_id: CompanyId,
    /// Its name.
    pub company_name: String,
    /// The technician.
    pub technician_id: TechnicianId,
    /// Their name.
    pub technician_name: String,
    /// The server's life.
    pub epoch: EpochId,
}

/// Body of `POST /v1/token/challenge`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChallengeRequest {
    /// Who asks.
    pub device_id: DeviceId,
}

/// Answer of `POST /v1/token/challenge`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChallengeReply {
    /// What to sign, once.
    pub challenge: String,
}

/// Body of `POST /v1/token`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenRequest {
    /// Who asks.
    pub device_id: DeviceId,
    /// The challenge.
    pub challenge: String,
    /// ECDSA P-256 with SHA-256 over [`signed_bytes`], DER (what Android's Keystore and the Secure Enclave give), base64.
    pub signature: String,
}

/// Answer of `POST /v1/token`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenReply {
    /// Bearer token.
    pub access_token: String,
    /// How long it is good from now, milliseconds.
    pub expires_in_ms: i64,
    /// The server's life. A drained phone, which may fetch nothing and has nothing to push, hears of a new one here, and sends
    /// again what a restored server lacks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<EpochId>,
}

/// What phones and server say to each other, counted. It rises when an older phone could misread what it pulls; what a phone
/// pushes is told apart by its kinds and is never too old (design.md section 7).
pub const PROTOCOL: u32 = 1;

/// The bytes that a phone signs for a token. The prefix keeps a signature from meaning anything elsewhere.
pub fn signed_bytes(device_id: DeviceId, challenge: &str) -> Vec<u8> {
    format!("truckroll-token-v1\n{device_id}\n{challenge}").into_bytes()
}

/// Body of `POST /v1/sync/facts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushRequest {
    /// What the phone knows of the server's clock, for each boot that the facts mention.
    #[serde(default)]
    pub anchors: Vec<Anchor>,
    /// Facts in the order of `dev_seq`.
    pub facts: Vec<Fact>,
}

/// Answer of `POST /v1/sync/facts`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushReply {
    /// The server's life.
    pub epoch: EpochId,
    /// The server's clock when the request came, milliseconds since 1970 UTC.
    pub received_ms: i64,
    /// The server's clock when the answer went.
    pub sent_ms: i64,
    /// What became of each fact. A fact that isn't named here keeps its state.
    pub results: Vec<FactResult>,
}

words_enum! {
    /// What became of a fact.
    ResultState {
        /// It took effect.
        Applied = "applied",
        /// Stored; its effect was there already, or it is history only. `code` says which.
        Merged = "merged",
        /// It had been sent before; `original` says what became of it then.
        Duplicate = "duplicate",
        /// Stored; somebody must decide. `code` is the reason's key.
        Attention = "attention",
        /// Not stored: send it again after `retry_in_ms`.
        Later = "later",
    }
}

/// What became of one fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FactResult {
    /// The fact.
    pub op_id: OpId,
    /// What became of it.
    pub state: ResultState,
    /// With `duplicate`: what became of it the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original: Option<ResultState>,
    /// The company's sequence number of the event that records it; absent for `later`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The reason's key, see [`crate::words`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// With `later`: when to try again, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_in_ms: Option<u64>,
}

impl FactResult {
    /// What became of the fact, looking through `duplicate`.
    pub fn effective(&self) -> ResultState {
        match self.state {
            ResultState::Duplicate => self.original.unwrap_or(ResultState::Merged),
            state => state,
        }
    }
}

/// A document with its revision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Document {
    /// The company's sequence number of its last change.
    pub rev: u64,
    /// The document, whole.
    pub body: Value,
}

/// One thing that changed for this technician.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "item", rename_all = "snake_case")]
pub enum PullItem {
    /// A visit's documents; an absent one hasn't changed.
    Visit {
        /// The visit.
        visit: VisitId,
        /// The site-local day of its window, or of its creation: what the phone's window goes by.
        day: chrono::NaiveDate,
        /// Not finished: held whatever its day.
        open: bool,
        /// The plan, if it changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        plan: Option<Document>,
        /// The progress, if it changed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        progress: Option<Document>,
    },
    /// The visit isn't this technician's any more.
    Revoke {
        /// The visit.
        visit: VisitId,
        /// The sequence number of the revoke.
        rev: u64,
        /// Why, as a key: `revoked.reassigned`, `revoked.recalled`, `revoked.out_of_window`.
        code: String,
        /// To whom it went, if to anybody.
        #[serde(default)]
        to_name: String,
        /// When, milliseconds since 1970 UTC.
        at_ms: i64,
    },
    /// What became of an own fact, now or after a second judgement.
    Result(FactResult),
    /// The gate code of a dispatched visit; purged when the visit ends.
    GateCode {
        /// The visit.
        visit: VisitId,
        /// Revision.
        rev: u64,
        /// The code; `None` takes it back.
        code: Option<String>,
    },
}

/// The end of a pull: everything up to `seq` is in the pages since the cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Checkpoint {
    /// The company's sequence number.
    pub seq: u64,
    /// The window's first day; visits outside it that aren't open are dropped by the phone.
    pub from_day: chrono::NaiveDate,
    /// The window's last day.
    pub to_day: chrono::NaiveDate,
    /// How many visits the window holds.
    pub visits: u64,
    /// [`crate::digest`] over the window, hex.
    pub digest: String,
    /// The company asks for a coarse position while traveling, this often, milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position_every_ms: Option<i64>,
}

/// Body of `POST /v1/position`: where somebody who travels is, coarsely. The latest replaces the one before.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PositionReport {
    /// Where they are going.
    pub visit: VisitId,
    /// WGS 84 latitude, degrees, rounded to a thousandth.
    pub lat: f64,
    /// WGS 84 longitude, degrees, rounded to a thousandth.
    pub lon: f64,
    /// 68 % radius of the fix, metres.
    pub accuracy_m: f64,
    /// How old the fix is, milliseconds.
    pub age_ms: i64,
}

/// A service that carries pokes to phones whose app is asleep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "snake_case")]
pub enum PushService {
    /// An address that the phone's distributor gave (unifiedpush.org).
    UnifiedPush,
}

impl PushService {
    /// The service as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnifiedPush => "unified_push",
        }
    }

    /// The service of a text.
    pub fn parse(text: &str) -> Option<Self> {
        (text == Self::UnifiedPush.as_str()).then_some(Self::UnifiedPush)
    }
}

/// Body and answer of `PUT /v1/push`: where this phone is poked while its app is asleep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PushRegistration {
    /// Who carries the pokes.
    pub service: PushService,
    /// The service's address for this phone; absent: none any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
}

/// Degrees rounded to a thousandth, 111 m of latitude: a block and not a house. The phone rounds what leaves it, and the
/// server what it keeps, whoever sent it.
pub fn coarse(degrees: f64) -> f64 {
    (degrees * 1_000.0).round() / 1_000.0
}

/// Answer of `GET /v1/sync`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PullPage {
    /// The server's life.
    pub epoch: EpochId,
    /// What changed, oldest change first.
    pub items: Vec<PullItem>,
    /// Where the next page begins. Opaque.
    pub cursor: String,
    /// With the last page: apply everything since the previous checkpoint, at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checkpoint: Option<Checkpoint>,
    /// The server's clock when the request came, milliseconds since 1970 UTC.
    pub received_ms: i64,
    /// The server's clock when the answer went.
    pub sent_ms: i64,
}

/// Revisions that one side holds of a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Held {
    /// The visit.
    pub visit: VisitId,
    /// Revision of its plan.
    pub plan_rev: u64,
    /// Revision of its progress.
    pub progress_rev: u64,
}

/// Body of `POST /v1/sync/repair`: a digest was wrong, here is what the phone holds at its checkpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RepairRequest {
    /// Cursor of the checkpoint.
    pub cursor: String,
    /// Everything that the phone holds.
    pub held: Vec<Held>,
}

/// Answer of `POST /v1/sync/repair`: a page with what differs, or with a revoke for what the phone shouldn't hold, and a checkpoint.
pub type RepairReply = PullPage;

/// Body of `POST /v1/blobs`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlobRequest {
    /// SHA-256 of the whole, lower-case hex.
    pub sha256: String,
    /// Size of the whole, bytes.
    pub size_bytes: u64,
    /// Media type.
    pub media_type: String,
    /// Size of each part but the last, bytes; [`PART_MIN_BYTES`] to [`PART_MAX_BYTES`].
    pub part_bytes: u64,
}

/// Answer of `POST /v1/blobs`, and of the last `PUT /v1/blobs/{sha256}/{part}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BlobReply {
    /// The server has it whole and the hash is right.
    pub verified: bool,
    /// Numbers of the parts that it lacks, from 0.
    pub missing: Vec<u32>,
    /// Part size that the server goes by: the first request's.
    pub part_bytes: u64,
    /// Token good for this blob's parts only, for [`BLOB_TOKEN_MS`].
    pub upload_token: String,
}

/// An RFC 9457 problem, the body of every refusal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI reference that names the kind of problem: `/problems/not-field-ready`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is, in short.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened here, in a sentence.
    #[serde(default)]
    pub detail: String,
    /// The field at fault, as a JSON pointer or parameter name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What else a program can use: the gate's missing fields, the conflicts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<String>,
}

#[cfg(test)]
mod tests;
