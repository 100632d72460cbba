//! Small records that the screens share.

use crate::lifecycle::Status;
use serde::Serialize;

/// Derives that every screen record has, in one place.
macro_rules! view {
    ($($(#[$doc:meta])* pub struct $name:ident { $($body:tt)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[cfg_attr(feature = "uniffi", derive(uniffi::Record))]
        pub struct $name { $($body)* }
    )*};
}
pub(crate) use view;

view! {
    /// A moment, ready to show in the site's time zone (the phone screens') or the reader's.
    pub struct TimeView {
        /// Milliseconds since 1970 UTC.
        pub at_ms: i64,
        /// The time of day: `14:02`.
        pub time: String,
        /// The day: `Sat 21 Nov`.
        pub day: String,
        /// Only the phone's unchecked clock knows it.
        pub uncertain: bool,
    }

    /// A step or other action that a screen offers, or shows as not possible with the reason.
    pub struct ActionView {
        /// What it does: `travel`, `arrive`, `start`, `pause`, `resume`, `complete`, `cannot_complete`, `decline`, `reopen`, `resend` …
        pub key: String,
        /// The status that it leads to, if it is a step.
        pub to: Option<Status>,
        /// What the button says.
        pub label: String,
        /// Whether it is possible now.
        pub enabled: bool,
        /// The reason's key, if it isn't possible.
        pub why_not_key: Option<String>,
        /// The reason, if it isn't possible.
        pub why_not: Option<String>,
        /// Ask for a reason first.
        pub needs_reason: bool,
        /// Take a position first; go on without one too.
        pub needs_check_in: bool,
        /// Show the closeout first.
        pub needs_closeout: bool,
        /// The one large action.
        pub main: bool,
    }

    /// Something to choose: an outcome, a kind of photo.
    pub struct ChoiceView {
        /// The word that goes into the intent.
        pub key: String,
        /// What it says.
        pub label: String,
    }

    /// Something that stands out above a screen's content.
    pub struct NoticeView {
        /// What it is: `handed_over`, `canceled`, `returned`, `offline`, `clock_wrong` …
        pub key: String,
        /// How serious.
        pub tone: Tone,
        /// What it says.
        pub text: String,
    }

    /// A small mark on a card: emergency, crew, gate code.
    pub struct BadgeView {
        /// What it is.
        pub key: String,
        /// How serious.
        pub tone: Tone,
        /// What it says.
        pub label: String,
    }

    /// Whether what the technician did is safe on the phone, and whether the server has it.
    pub struct SaveView {
        /// `all_sent`, `unsent`, `sending`, `attention`.
        pub key: String,
        /// How serious.
        pub tone: Tone,
        /// What the chip says: `3 saved, not sent yet`.
        pub text: String,
        /// Facts that the server hasn't confirmed having.
        pub unsent: u32,
        /// Facts that need the technician's decision.
        pub attention: u32,
    }

    /// A row of facts: a label and its value.
    pub struct RowView {
        /// The packet's field, by key: what [`crate::device::Intent::MarkHandoff`] takes.
        pub field: String,
        /// The field's name.
        pub label: String,
        /// The value, one line per entry; empty when there is none.
        pub values: Vec<String>,
        /// The company requires it and nobody has said it.
        pub missing: bool,
        /// The technician marked it as missing or wrong.
        pub marked: bool,
        /// It changed since the technician last opened the visit.
        pub changed: bool,
    }

    /// A position to show on a map or to give to navigation.
    pub struct PlaceView {
        /// WGS 84 latitude, degrees.
        pub lat: f64,
        /// WGS 84 longitude, degrees.
        pub lon: f64,
    }
}

/// How serious something is. Never told by colour alone: every use has a text too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    /// Nothing to do.
    Calm,
    /// Good.
    Good,
    /// Look at it.
    Warning,
    /// Act.
    Danger,
}

/// Where a fact is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "uniffi", derive(uniffi::Enum))]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Safe on the phone.
    Saved,
    /// On its way.
    Sending,
    /// The server has it.
    Delivered,
    /// Needs the technician's decision.
    Attention,
    /// Waits for another fact that needs attention.
    Blocked,
}
