//! Messages of all visits, in two lanes.

use super::common::view;
use super::visit::MessageView;

view! {
    /// All messages, whole.
    pub struct MessagesView {
        /// Those that interrupt, latest first.
        pub urgent: Vec<MessageView>,
        /// The others, latest first.
        pub routine: Vec<MessageView>,
        /// Routine ones wait: the technician is at work.
        pub quiet: bool,
        /// Unread messages that don't wait.
        pub unread: u32,
        /// What an empty list says.
        pub empty: String,
    }
}
