//! The closeout: what is missing, shown before the technician leaves.

use super::common::{ActionView, ChoiceView, NoticeView, view};
use super::visit::{PartView, SignatureView, TimeEntryView};
use crate::id::VisitId;

view! {
    /// A visit's closeout, whole.
    pub struct CloseoutView {
        /// The visit.
        pub visit: VisitId,
        /// The work order's number.
        pub number: String,
        /// Returned with a reason, handed over.
        pub notices: Vec<NoticeView>,
        /// What the closeout asks for, met or not.
        pub items: Vec<CloseoutItem>,
        /// Keys of what is missing, apart from the outcome: what completing declares as gaps.
        pub gaps: Vec<String>,
        /// What it says about the gaps: `2 things are missing`.
        pub summary: String,
        /// Outcomes to choose from.
        pub outcomes: Vec<ChoiceView>,
        /// The steps out of here: complete, cannot complete.
        pub actions: Vec<ActionView>,
        /// What the customer signs, in lines.
        pub document: Vec<String>,
        /// Hash of what the customer signs: goes into [`crate::device::Intent::Sign`].
        pub document_sha256: String,
        /// The signature, if there is one.
        pub signature: Option<SignatureView>,
        /// Parts used.
        pub parts: Vec<PartView>,
        /// Time spent.
        pub times: Vec<TimeEntryView>,
        /// Photos still to be sent.
        pub photos_waiting: u32,
    }

    /// One item of the closeout.
    pub struct CloseoutItem {
        /// Its key.
        pub key: String,
        /// Its name.
        pub label: String,
        /// Whether it is there.
        pub met: bool,
    }
}
