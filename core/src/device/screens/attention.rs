//! Items that need the technician's decision. They stay until one is made.

use super::common::{ActionView, TimeView, view};
use crate::id::{OpId, VisitId};

view! {
    /// Everything that needs attention, whole.
    pub struct AttentionView {
        /// The items, oldest first.
        pub items: Vec<AttentionItem>,
        /// What an empty list says.
        pub empty: String,
    }

    /// One item that needs attention.
    pub struct AttentionItem {
        /// The refused fact.
        pub op_id: OpId,
        /// The visit.
        pub visit: VisitId,
        /// The work order's number, if the phone knows it.
        pub number: String,
        /// What the technician did, in a sentence.
        pub what: String,
        /// When.
        pub at: TimeView,
        /// The reason's key.
        pub code: String,
        /// Why it needs attention, in plain words.
        pub reason: String,
        /// It waits only because it needs another item of this list.
        pub blocked_by: Option<OpId>,
        /// `resend`, `late_note`, `discard`.
        pub actions: Vec<ActionView>,
    }
}
