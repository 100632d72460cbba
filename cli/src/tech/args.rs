//! The arguments of `truckroll tech`.

use super::position::Position;
use clap::Subcommand;
use std::path::PathBuf;
use std::str::FromStr;
use truckroll_core::device::Intent;
use truckroll_core::fact::{FlagKind, MissKind, PhotoKind, TimeKind, WorkOutcome};
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::lifecycle::Status;

/// The technician's app at the command line. A visit is named by its job's number or its id.
#[derive(clap::Args, Debug)]
pub(crate) struct TechArgs {
    /// The phone's folder. Everything in it is sealed.
    #[arg(long, env = "TRUCKROLL_HOME", value_name = "DIR")]
    pub(super) home: PathBuf,
    /// Keep the keys as files in this folder, outside of the home; by default they are in the system's keyring, and without
    /// one in the user's configuration folder.
    #[arg(long, env = "TRUCKROLL_KEY_DIR", value_name = "DIR")]
    pub(super) key_dir: Option<PathBuf>,
    /// Don't try to reach the server.
    #[arg(long, global = true)]
    pub(super) offline: bool,
    /// How long to wait for the server, seconds. What was done is saved before.
    #[arg(long, global = true, value_name = "SECONDS")]
    pub(super) wait: Option<u64>,
    /// Allow plain HTTP to another host than this one, on a network that is protected otherwise.
    #[arg(long, global = true)]
    pub(super) allow_plain_http: bool,
    #[command(subcommand)]
    pub(super) command: Tech,
}

/// A word of one of the core's sets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word<T>(pub(super) T);

macro_rules! words {
    ($($set:ty),*) => {$(
        impl FromStr for Word<$set> {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                <$set>::parse(text).map(Self).ok_or_else(|| {
                    let known: Vec<&str> = <$set>::ALL.iter().map(|word| word.as_str()).collect();
                    format!("one of {}", known.join(", "))
                })
            }
        }
    )*};
}
words!(WorkOutcome, PhotoKind, TimeKind, FlagKind, MissKind);

/// A status step.
#[derive(clap::Args, Debug)]
pub(super) struct Step {
    /// The visit.
    pub(super) visit: String,
    /// Why, where the step asks for it.
    #[arg(long, default_value = "")]
    pub(super) reason: String,
    /// When it really happened, if the tap was forgotten; milliseconds since 1970 UTC.
    #[arg(long, value_name = "MS")]
    pub(super) stated_at_ms: Option<i64>,
}

impl Step {
    pub(super) fn intent(self, visit: VisitId, to: Status) -> Intent {
        let Self { reason, stated_at_ms, .. } = self;
        Intent::SetStatus { visit, to, reason, stated_at_ms, outcome: None, gaps: Vec::new() }
    }
}

#[derive(Subcommand, Debug)]
pub(super) enum Tech {
    /// Make this phone a technician's, with the office's one-time code.
    Enrol {
        url: String,
        code: String,
        /// What the phone is called.
        #[arg(long, default_value = "command line")]
        name: String,
    },
    /// The day.
    Today,
    /// One visit: the packet and everything that was done.
    Show { visit: String },
    /// What the closeout still lacks.
    Closeout { visit: String },
    /// What needs a decision.
    Attention,
    /// Messages from the office.
    Messages,
    /// Send and fetch everything now.
    Sync,
    /// On the way.
    Travel(Step),
    /// At the door: status and graded check-in together.
    Arrive {
        visit: String,
        #[command(flatten)]
        position: Position,
        /// Why the position is elsewhere or missing.
        #[arg(long, default_value = "")]
        reason: String,
        /// When it really happened, milliseconds since 1970 UTC.
        #[arg(long, value_name = "MS")]
        stated_at_ms: Option<i64>,
    },
    /// Check in again, without a status.
    CheckIn {
        visit: String,
        #[command(flatten)]
        position: Position,
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Begin the work.
    Start(Step),
    /// Interrupt it.
    Pause(Step),
    /// Go on.
    Resume(Step),
    /// Not to be taken.
    Decline(Step),
    /// Done.
    Complete {
        #[command(flatten)]
        step: Step,
        /// fixed, temporary, return_needed, quoted or no_fault.
        #[arg(long)]
        outcome: Option<Word<WorkOutcome>>,
        /// A closeout item that is knowingly missing; may stand several times.
        #[arg(long = "gap", value_name = "ITEM")]
        gaps: Vec<String>,
    },
    /// Not to be done on this visit.
    CannotComplete(Step),
    /// Take the latest status back, within five minutes.
    Undo { visit: String },
    /// Write a note.
    Note {
        visit: String,
        text: String,
        /// The note that this one replaces.
        #[arg(long, value_name = "FACT")]
        revises: Option<OpId>,
    },
    /// Keep a photo.
    Photo {
        visit: String,
        file: PathBuf,
        /// before, after, plate, document or other.
        #[arg(long, default_value = "other")]
        kind: Word<PhotoKind>,
        #[arg(long, default_value = "")]
        caption: String,
    },
    /// A part was used, or came back.
    Part {
        visit: String,
        name: String,
        #[arg(default_value_t = 1.0)]
        quantity: f64,
        /// It came back.
        #[arg(long = "return")]
        back: bool,
        /// truck or warehouse.
        #[arg(long, default_value = "")]
        stock: String,
        #[arg(long, default_value = "")]
        serial: String,
    },
    /// Answer a checklist item: yes, no, n/a, a reading, or words.
    Checklist { visit: String, item: String, value: String },
    /// A break, a wait or a parts_run begins.
    StartTime { visit: String, kind: Word<TimeKind> },
    /// It ends.
    StopTime { visit: String },
    /// A time was wrong.
    Adjust {
        visit: String,
        fact: OpId,
        /// When it was, milliseconds since 1970 UTC.
        at_ms: i64,
        #[arg(long)]
        reason: String,
    },
    /// The customer signs the closeout as it stands.
    Sign {
        visit: String,
        /// Who signs.
        signer: String,
        /// The picture of the signature, PNG or JPEG.
        picture: PathBuf,
    },
    /// "The door is here."
    Pin {
        visit: String,
        #[command(flatten)]
        position: Position,
    },
    /// Draft an estimate.
    Estimate {
        visit: String,
        title: String,
        /// text;quantity;cents of one. May stand several times.
        #[arg(long = "line", value_name = "LINE", required = true)]
        lines: Vec<String>,
    },
    /// More work is needed another day.
    FollowUp {
        visit: String,
        #[arg(long)]
        reason: String,
        #[arg(long)]
        next_step: String,
        #[arg(long, value_name = "MS")]
        due_ms: Option<i64>,
    },
    /// Tell the office now: access_problem, delay, material_shortage, extra_work, need_backup, customer_escalation.
    Flag {
        visit: String,
        kind: Word<FlagKind>,
        #[arg(long, default_value = "")]
        text: String,
        /// With a delay: the new arrival, milliseconds since 1970 UTC.
        #[arg(long, value_name = "MS")]
        eta_ms: Option<i64>,
    },
    /// The packet lacked a field, or it was wrong.
    Mark {
        visit: String,
        field: String,
        /// missing or wrong.
        #[arg(default_value = "missing")]
        miss: Word<MissKind>,
        #[arg(long, default_value = "")]
        text: String,
        /// What it cost, minutes.
        #[arg(long)]
        minutes: Option<u32>,
    },
    /// Write to the office.
    Message {
        visit: String,
        text: String,
        #[arg(long)]
        urgent: bool,
    },
    /// Show the gate code. A fact says that it was looked at.
    GateCode { visit: String },
    /// Send an item that needs attention again, as a new fact.
    Resend { fact: OpId },
    /// Keep such an item as a late note.
    LateNote {
        fact: OpId,
        #[arg(default_value = "")]
        text: String,
    },
    /// Throw such an item away. The audit keeps it.
    Discard { fact: OpId },
    /// Originals of photos on Wi-Fi only.
    WifiOnly {
        #[arg(value_parser = ["on", "off"])]
        on: String,
    },
}

impl Tech {
    /// The visit that the command names.
    pub(super) fn visit(&self) -> Option<&str> {
        match self {
            Self::Enrol { .. }
            | Self::Today
            | Self::Attention
            | Self::Messages
            | Self::Sync
            | Self::Resend { .. }
            | Self::LateNote { .. }
            | Self::Discard { .. }
            | Self::WifiOnly { .. } => None,
            Self::Travel(step)
            | Self::Start(step)
            | Self::Pause(step)
            | Self::Resume(step)
            | Self::Decline(step)
            | Self::CannotComplete(step)
            | Self::Complete { step, .. } => Some(&step.visit),
            Self::Show { visit }
            | Self::Closeout { visit }
            | Self::Arrive { visit, .. }
            | Self::CheckIn { visit, .. }
            | Self::Undo { visit }
            | Self::Note { visit, .. }
            | Self::Photo { visit, .. }
            | Self::Part { visit, .. }
            | Self::Checklist { visit, .. }
            | Self::StartTime { visit, .. }
            | Self::StopTime { visit }
            | Self::Adjust { visit, .. }
            | Self::Sign { visit, .. }
            | Self::Pin { visit, .. }
            | Self::Estimate { visit, .. }
            | Self::FollowUp { visit, .. }
            | Self::Flag { visit, .. }
            | Self::Mark { visit, .. }
            | Self::Message { visit, .. }
            | Self::GateCode { visit } => Some(visit),
        }
    }
}
