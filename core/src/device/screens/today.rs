//! The day: what to do, in order.

use super::common::{ActionView, BadgeView, NoticeView, PlaceView, SaveView, TimeView, view};
use crate::id::VisitId;
use crate::lifecycle::Status;

view! {
    /// The list of visits, whole.
    pub struct TodayView {
        /// The technician's name.
        pub technician_name: String,
        /// The company's name.
        pub company_name: String,
        /// The phone belongs to somebody; otherwise show the enrolment.
        pub enrolled: bool,
        /// Today, as it is said: `Saturday 21 November`.
        pub date: String,
        /// Offline, locked, an old app: what stands above the list.
        pub notices: Vec<NoticeView>,
        /// Visits by section, in order.
        pub sections: Vec<SectionView>,
        /// Visits that went to somebody else.
        pub moved: Vec<MovedView>,
        /// What is unsent.
        pub save: SaveView,
        /// How old the list is: `Updated 3 min ago`.
        pub age: String,
        /// What an empty list says.
        pub empty: String,
        /// Items that need attention.
        pub attention: u32,
        /// Messages from the office that weren't seen.
        pub unread: u32,
        /// Visits later than those of the list: shows more of them (`Intent::ShowLater`).
        #[cfg_attr(feature = "uniffi", uniffi(default = None))]
        pub later: Option<ActionView>,
    }

    /// Some visits under one title.
    pub struct SectionView {
        /// `now`, `today`, `upcoming`, `done`.
        pub key: String,
        /// What it says.
        pub title: String,
        /// The visits, in order.
        pub visits: Vec<VisitCard>,
    }

    /// A visit in the list.
    pub struct VisitCard {
        /// The visit.
        pub visit: VisitId,
        /// The work order's number.
        pub number: String,
        /// What it is: `Repair · HVAC`.
        pub title: String,
        /// The customer's name.
        pub customer: String,
        /// Street and city.
        pub address: String,
        /// The real reason for the call, or the scope.
        pub reason: String,
        /// The technician's own status.
        pub status: Status,
        /// The status's name.
        pub status_label: String,
        /// The day of its window, ISO: `2026-11-21`.
        pub day: String,
        /// The promised window in the site's zone: `08:00–10:00`; empty without one.
        pub window: String,
        /// Start of the window.
        pub starts: Option<TimeView>,
        /// End of the window.
        pub ends: Option<TimeView>,
        /// What was promised: `Arrival window`.
        pub promise: String,
        /// Emergency, crew, gate code, missing information, changed.
        pub badges: Vec<BadgeView>,
        /// The one large action, if there is one.
        pub action: Option<ActionView>,
        /// Where it is.
        pub place: Option<PlaceView>,
        /// Facts of this visit that the server hasn't.
        pub unsent: u32,
        /// It changed since it was last opened.
        pub changed: bool,
        /// It can't be worked on here any more: handed over.
        pub read_only: bool,
    }

    /// A visit that went to somebody else.
    pub struct MovedView {
        /// The visit.
        pub visit: VisitId,
        /// The work order's number.
        pub number: String,
        /// What it says: `Moved to Ana, 14:02`.
        pub text: String,
        /// When.
        pub at: TimeView,
        /// Facts still on their way.
        pub unsent: u32,
    }
}
