//! What a technician wants. Each is checked against the rules of this crate before anything is saved.

use crate::checkin::Fix;
use crate::fact::{EstimateLine, FlagKind, MissKind, PhotoKind, TimeKind, WorkOutcome};
use crate::id::{OpId, VisitId};
use crate::lifecycle::Status;
use crate::plan::Lane;
use crate::words::Language;

/// Something that the technician wants done.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
pub enum Intent {
    /// Make this phone the technician's. Asynchronous: [`crate::device::screens::SyncView`] shows how it went.
    Enrol {
        /// The server's address, kept for the host.
        server: String,
        /// The office's one-time code.
        code: String,
        /// The device's P-256 public key: SEC 1, uncompressed, 65 bytes.
        public_key: Vec<u8>,
        /// What the phone is called.
        device_name: String,
        /// `android`, `ios`, `cli`.
        platform: String,
    },
    /// Take the next step. For the arrival use [`Intent::Arrive`].
    SetStatus {
        /// The visit.
        visit: VisitId,
        /// The new status.
        to: Status,
        /// Why, where the step asks for it.
        reason: String,
        /// When it really happened, if the tap was forgotten; milliseconds since 1970 UTC.
        stated_at_ms: Option<i64>,
        /// On completion: what came of the work.
        outcome: Option<WorkOutcome>,
        /// On completion: closeout items that are knowingly missing, by key.
        gaps: Vec<String>,
    },
    /// Arrive: status and graded check-in are saved together. Never refused for a bad position or none.
    Arrive {
        /// The visit.
        visit: VisitId,
        /// Where the phone is, if it knows.
        fix: Option<Fix>,
        /// Why the position is elsewhere or missing; may be empty.
        reason: String,
        /// When it really happened, if the tap was forgotten.
        stated_at_ms: Option<i64>,
    },
    /// Check in again, without a status.
    CheckIn {
        /// The visit.
        visit: VisitId,
        /// Where the phone is, if it knows.
        fix: Option<Fix>,
        /// Why the position is elsewhere or missing.
        reason: String,
    },
    /// Take the latest status back.
    Undo {
        /// The visit.
        visit: VisitId,
    },
    /// Write a note, or a new version of one.
    AddNote {
        /// The visit.
        visit: VisitId,
        /// The text.
        text: String,
        /// The note that this one replaces in display.
        revises: Option<OpId>,
    },
    /// Keep a photo.
    AddPhoto {
        /// The visit.
        visit: VisitId,
        /// The picture's bytes, JPEG or PNG.
        bytes: Vec<u8>,
        /// What it is for.
        photo_kind: PhotoKind,
        /// What it shows.
        caption: String,
    },
    /// A part was used.
    UsePart {
        /// The visit.
        visit: VisitId,
        /// What.
        name: String,
        /// How many, above zero.
        quantity: f64,
        /// From where: `truck`, `warehouse`.
        stock: String,
        /// Serial number.
        serial: String,
    },
    /// A part came back.
    ReturnPart {
        /// The visit.
        visit: VisitId,
        /// What.
        name: String,
        /// How many, above zero.
        quantity: f64,
        /// Back to where.
        stock: String,
        /// Serial number.
        serial: String,
    },
    /// Answer a checklist item.
    Answer {
        /// The visit.
        visit: VisitId,
        /// The item's key.
        item: String,
        /// `yes`, `no`, `n/a`, a reading, or words.
        value: String,
    },
    /// A break, a wait or a parts run begins.
    StartTime {
        /// The visit.
        visit: VisitId,
        /// What kind.
        time_kind: TimeKind,
    },
    /// It ends.
    StopTime {
        /// The visit.
        visit: VisitId,
        /// What ends.
        start: OpId,
    },
    /// A time was wrong.
    AdjustTime {
        /// The visit.
        visit: VisitId,
        /// The fact whose time is wrong.
        target: OpId,
        /// When it was, milliseconds since 1970 UTC.
        at_ms: i64,
        /// Why.
        reason: String,
    },
    /// The customer signs what [`crate::device::screens::CloseoutView`] shows.
    Sign {
        /// The visit.
        visit: VisitId,
        /// Who signs.
        signer: String,
        /// The picture of the signature, PNG or JPEG.
        picture: Vec<u8>,
        /// The hash of what was shown: refused when the document has changed since.
        document_sha256: String,
    },
    /// "The door is here."
    ProposePin {
        /// The visit.
        visit: VisitId,
        /// Where.
        fix: Fix,
    },
    /// Draft an estimate.
    ProposeEstimate {
        /// The visit.
        visit: VisitId,
        /// What it is about.
        title: String,
        /// The lines.
        lines: Vec<EstimateLine>,
    },
    /// More work is needed another day.
    ProposeFollowUp {
        /// The visit.
        visit: VisitId,
        /// Why.
        reason: String,
        /// What comes next.
        next_step: String,
        /// Until when, milliseconds since 1970 UTC.
        due_ms: Option<i64>,
    },
    /// Tell the office something that it should know now.
    RaiseFlag {
        /// The visit.
        visit: VisitId,
        /// What.
        flag: FlagKind,
        /// In words.
        text: String,
        /// With a delay: the new arrival, milliseconds since 1970 UTC.
        new_eta_ms: Option<i64>,
    },
    /// The packet lacked something, or was wrong.
    MarkHandoff {
        /// The visit.
        visit: VisitId,
        /// The packet's field, by key.
        field: String,
        /// Missing or wrong.
        miss: MissKind,
        /// In words; may be empty.
        text: String,
        /// What it cost, minutes.
        minutes_lost: Option<u32>,
    },
    /// Write to the office.
    SendMessage {
        /// The visit.
        visit: VisitId,
        /// How it reaches the office.
        lane: Lane,
        /// What it says.
        text: String,
    },
    /// Look at the gate code: [`Done::gate_code`] holds it, and a fact says that it was looked at.
    ViewGateCode {
        /// The visit.
        visit: VisitId,
    },
    /// The visit's screen was opened: what changed up to now counts as seen.
    MarkSeen {
        /// The visit.
        visit: VisitId,
    },
    /// Send an item that needs attention again, as a new fact.
    Resend {
        /// The refused fact.
        op_id: OpId,
    },
    /// Keep the content of an item that needs attention as a late note.
    LateNote {
        /// The refused fact.
        op_id: OpId,
        /// What to add; may be empty.
        text: String,
    },
    /// Throw an item that needs attention away. The audit keeps it.
    Discard {
        /// The refused fact.
        op_id: OpId,
    },
    /// Originals of photos on Wi-Fi only, or on any connection.
    SetWifiOnly {
        /// Wi-Fi only.
        on: bool,
    },
    /// Send one photo's original now, on any connection.
    SendPhotoNow {
        /// SHA-256 of the original.
        sha256: String,
    },
    /// The language of every text.
    SetLanguage {
        /// Which.
        language: Language,
    },
    /// List the visits of two more weeks, until the app closes.
    ShowLater,
    /// Synchronise now.
    SyncNow,
}

/// What an intent led to. It is saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
pub struct Done {
    /// The facts that were saved, in order; empty for a setting.
    pub saved: Vec<OpId>,
    /// The gate code, for [`Intent::ViewGateCode`]. To be shown, never stored.
    pub gate_code: Option<String>,
    /// SHA-256 of the kept picture, for [`Intent::AddPhoto`] and [`Intent::Sign`].
    pub sha256: Option<String>,
}
