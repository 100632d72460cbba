//! One visit: the packet, where it stands, and everything that was done on it.

use super::common::{
    ActionView, BadgeView, ChoiceView, Delivery, NoticeView, PlaceView, RowView, SaveView, TimeView, Tone, view,
};
use crate::checkin::Grade;
use crate::fact::{FlagKind, MissKind, PhotoKind, TimeKind};
use crate::id::{OpId, VisitId};
use crate::lifecycle::Status;
use crate::plan::{AnswerKind, Lane};

view! {
    /// A visit, whole.
    pub struct VisitView {
        /// The visit.
        pub visit: VisitId,
        /// The work order's number.
        pub number: String,
        /// What it is: `Repair · HVAC`.
        pub title: String,
        /// How it came in: `Emergency`.
        pub call_label: String,
        /// The technician's own status.
        pub status: Status,
        /// The status's name.
        pub status_label: String,
        /// Since when.
        pub status_since: Option<TimeView>,
        /// Handed over, canceled, returned with its reason, on hold.
        pub notices: Vec<NoticeView>,
        /// Small marks.
        pub badges: Vec<BadgeView>,
        /// It can't be worked on here any more.
        pub read_only: bool,
        /// The promised window in the site's zone: `Sat 21 Nov, 08:00–10:00`; empty without one.
        pub window: String,
        /// What was promised.
        pub promise: String,
        /// The site's time zone: `America/Kentucky/Louisville`.
        pub time_zone: String,
        /// Steps, the main one first; those that aren't possible with their reason.
        pub actions: Vec<ActionView>,
        /// The latest status can be taken back.
        pub undo: Option<UndoView>,
        /// The latest check-in.
        pub check_in: Option<CheckInView>,
        /// Whom to call and where to go.
        pub contact: ContactView,
        /// The gate code, if the site has one.
        pub gate_code: Option<GateCodeView>,
        /// The packet by section: the reason for the call, access and hazards first.
        pub packet: Vec<PacketSection>,
        /// Names of what the packet lacks.
        pub missing: Vec<String>,
        /// What changed since the visit was last opened.
        pub changes: Vec<ChangeView>,
        /// The others on this visit.
        pub crew: Vec<CrewView>,
        /// Notes, latest first.
        pub notes: Vec<NoteView>,
        /// Photos of the field, in order.
        pub photos: Vec<PhotoView>,
        /// Parts used, less returned.
        pub parts: Vec<PartView>,
        /// The checklist with its answers.
        pub checklist: Vec<ChecklistView>,
        /// Travel, work, breaks.
        pub times: Vec<TimeEntryView>,
        /// The break, wait or parts run that is running.
        pub running: Option<TimeEntryView>,
        /// The customer's signature.
        pub signature: Option<SignatureView>,
        /// Estimates and follow-ups that were proposed.
        pub proposals: Vec<ProposalView>,
        /// What was raised.
        pub flags: Vec<FlagView>,
        /// What was marked as missing or wrong.
        pub marks: Vec<MarkView>,
        /// Messages of this visit, oldest first.
        pub messages: Vec<MessageView>,
        /// What happened, latest first.
        pub timeline: Vec<TimelineView>,
        /// Whether it is safe and sent.
        pub save: SaveView,
        /// Closeout items that are still open.
        pub open_items: u32,
        /// Kinds of photo to choose from.
        pub photo_kinds: Vec<ChoiceView>,
        /// Kinds of time to start.
        pub time_kinds: Vec<ChoiceView>,
        /// What can be raised.
        pub flag_kinds: Vec<ChoiceView>,
    }

    /// The offer to take the latest status back.
    pub struct UndoView {
        /// What would be undone.
        pub op_id: OpId,
        /// What the button says: `Undo “On the way”`.
        pub label: String,
        /// Until when it can, milliseconds of the phone's monotonic clock.
        pub until_mono_ms: i64,
        /// How long it still can, milliseconds.
        pub left_ms: i64,
    }

    /// A graded check-in.
    pub struct CheckInView {
        /// The fact.
        pub op_id: OpId,
        /// When.
        pub at: TimeView,
        /// The grade.
        pub grade: Grade,
        /// The grade's name: `Verified`.
        pub label: String,
        /// Why, in a sentence.
        pub reason: String,
        /// How serious.
        pub tone: Tone,
        /// From the pin, metres.
        pub distance_m: Option<f64>,
        /// The distance, ready to show: `40 m from the door`.
        pub distance: String,
        /// That the phone was inside the fence, 0–1.
        pub probability: Option<f64>,
        /// The probability, ready to show: `99 % inside 125 m`.
        pub certainty: String,
        /// The fix's accuracy, ready to show: `±10 m`.
        pub accuracy: String,
        /// The position was simulated.
        pub mock: bool,
        /// What the technician said about it.
        pub said: String,
        /// A photo is offered as evidence.
        pub offers_photo: bool,
        /// "The door is here" is offered.
        pub offers_pin: bool,
    }

    /// Whom to call and where to go, in one tap each.
    pub struct ContactView {
        /// The customer's name.
        pub name: String,
        /// Membership or tier.
        pub tier: String,
        /// Phone number as it is written.
        pub phone: String,
        /// `tel:` link; empty without a number.
        pub call_uri: String,
        /// E-mail address.
        pub email: String,
        /// Street, city, state, postal code.
        pub address: String,
        /// `geo:` link with the pin, or with the address where there is none.
        pub map_uri: String,
        /// Where it is.
        pub place: Option<PlaceView>,
    }

    /// The gate code's button.
    pub struct GateCodeView {
        /// It is on the phone and can be shown.
        pub available: bool,
        /// What the button says, or why it isn't there.
        pub label: String,
        /// When it was last looked at.
        pub viewed: Option<TimeView>,
    }

    /// Part of the packet.
    pub struct PacketSection {
        /// `call`, `access`, `work`, `customer`, `equipment`, `history`, `money`, `parts`.
        pub key: String,
        /// Its title.
        pub title: String,
        /// What it says.
        pub rows: Vec<RowView>,
    }

    /// Something that the office changed since the visit was last opened.
    pub struct ChangeView {
        /// The packet's field, by key.
        pub field: String,
        /// The field's name.
        pub label: String,
        /// What it was; empty when it is new.
        pub before: String,
        /// What it is; empty when it is gone.
        pub after: String,
    }

    /// Another technician on the visit.
    pub struct CrewView {
        /// Their name.
        pub name: String,
        /// Their part.
        pub role: String,
        /// Their status.
        pub status: Status,
        /// Their status's name.
        pub status_label: String,
    }

    /// A note.
    pub struct NoteView {
        /// The fact.
        pub op_id: OpId,
        /// The text.
        pub text: String,
        /// Who wrote it.
        pub by: String,
        /// When.
        pub at: TimeView,
        /// It replaced an earlier version.
        pub revised: bool,
        /// Where it is on its way.
        pub delivery: Delivery,
    }

    /// A photo and its upload.
    pub struct PhotoView {
        /// The fact.
        pub op_id: OpId,
        /// SHA-256 of the original.
        pub sha256: String,
        /// SHA-256 of the thumbnail: ask for this picture to show it.
        pub thumbnail_sha256: String,
        /// What it is for.
        pub photo_kind: PhotoKind,
        /// The kind's name.
        pub kind_label: String,
        /// What it shows.
        pub caption: String,
        /// When it was taken.
        pub at: TimeView,
        /// Who took it.
        pub by: String,
        /// `waiting`, `waiting_wifi`, `uploading`, `verified`, `elsewhere`.
        pub upload: String,
        /// The upload in words: `2 of 5 parts sent`.
        pub upload_label: String,
        /// Bytes that the server has.
        pub sent_bytes: u64,
        /// Bytes of the original.
        pub size_bytes: u64,
        /// The original is still on this phone.
        pub on_phone: bool,
        /// It can be sent now although it waits for Wi-Fi.
        pub can_send_now: bool,
    }

    /// A part used on the visit.
    pub struct PartView {
        /// What.
        pub name: String,
        /// Used less returned.
        pub quantity: f64,
        /// Ready to show: `2 × capacitor`.
        pub text: String,
        /// More came back than was used.
        pub negative: bool,
    }

    /// A checklist item.
    pub struct ChecklistView {
        /// The item's key.
        pub item: String,
        /// The question.
        pub text: String,
        /// What an answer looks like.
        pub answer_kind: AnswerKind,
        /// A closeout without it has a gap.
        pub required: bool,
        /// The answer; empty without one.
        pub value: String,
        /// The answer in words.
        pub value_label: String,
        /// When it was answered.
        pub at: Option<TimeView>,
    }

    /// A stretch of time.
    pub struct TimeEntryView {
        /// The fact that began it.
        pub start_op: OpId,
        /// The fact that ended it.
        pub end_op: Option<OpId>,
        /// What kind.
        pub time_kind: TimeKind,
        /// The kind's name.
        pub label: String,
        /// From.
        pub from: TimeView,
        /// To; `None` while it runs.
        pub to: Option<TimeView>,
        /// How long, milliseconds; until now while it runs.
        pub duration_ms: i64,
        /// How long, ready to show: `1 h 20 min`.
        pub duration: String,
        /// Somebody corrected it.
        pub adjusted: bool,
    }

    /// The customer's signature.
    pub struct SignatureView {
        /// The fact.
        pub op_id: OpId,
        /// Who signed.
        pub signer: String,
        /// When.
        pub at: TimeView,
        /// SHA-256 of the picture.
        pub sha256: String,
        /// What was signed has changed since: it has to be signed again.
        pub stale: bool,
        /// What that means, if it is stale.
        pub note: String,
    }

    /// An estimate or follow-up that was proposed.
    pub struct ProposalView {
        /// The fact.
        pub op_id: OpId,
        /// `estimate` or `follow_up`.
        pub key: String,
        /// What it says.
        pub title: String,
        /// Its lines.
        pub lines: Vec<String>,
        /// The sum, ready to show; empty without one.
        pub total: String,
        /// When.
        pub at: TimeView,
    }

    /// Something that was raised.
    pub struct FlagView {
        /// The fact.
        pub op_id: OpId,
        /// What.
        pub flag: FlagKind,
        /// Its name.
        pub label: String,
        /// In words.
        pub text: String,
        /// With a delay: the new arrival.
        pub new_eta: Option<TimeView>,
        /// When.
        pub at: TimeView,
    }

    /// A field that was marked.
    pub struct MarkView {
        /// The fact.
        pub op_id: OpId,
        /// The packet's field, by key.
        pub field: String,
        /// The field's name.
        pub label: String,
        /// Missing or wrong.
        pub miss: MissKind,
        /// In words.
        pub text: String,
    }

    /// A message of either side.
    pub struct MessageView {
        /// Its id.
        pub id: String,
        /// The visit.
        pub visit: VisitId,
        /// The work order's number.
        pub number: String,
        /// The technician wrote it.
        pub own: bool,
        /// Who wrote it.
        pub by: String,
        /// How it reaches the other side.
        pub lane: Lane,
        /// When.
        pub at: TimeView,
        /// What it says.
        pub text: String,
        /// It wasn't seen yet.
        pub unread: bool,
        /// Where an own one is on its way.
        pub delivery: Delivery,
    }

    /// Something that happened.
    pub struct TimelineView {
        /// The fact.
        pub op_id: OpId,
        /// When.
        pub at: TimeView,
        /// What, in a sentence.
        pub text: String,
        /// Who.
        pub by: String,
        /// What is particular about it, in words.
        pub marks: Vec<String>,
        /// It was undone.
        pub undone: bool,
        /// Where it is on its way.
        pub delivery: Delivery,
    }
}
