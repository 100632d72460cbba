//! The connection to the office: what is sent, what waits, how old things are.

use super::common::{NoticeView, TimeView, Tone, view};

view! {
    /// The state of the synchronisation, whole.
    pub struct SyncView {
        /// `not_enrolled`, `enrolling`, `locked`, `offline`, `waiting`, `syncing`, `synced`.
        pub key: String,
        /// How serious.
        pub tone: Tone,
        /// What it says: `All sent`.
        pub headline: String,
        /// Enrolment refused, an old app, a wrong clock, a failing connection.
        pub notices: Vec<NoticeView>,
        /// The phone belongs to somebody.
        pub enrolled: bool,
        /// The phone has a connection, as far as it knows.
        pub online: bool,
        /// When everything was last up to date.
        pub last_sync: Option<TimeView>,
        /// How long ago that was: `3 min ago`.
        pub age: String,
        /// Facts that the server hasn't.
        pub unsent: u32,
        /// Facts on their way right now.
        pub sending: u32,
        /// Facts that need attention.
        pub attention: u32,
        /// Pictures that the server hasn't whole.
        pub photos_waiting: u32,
        /// Bytes of them.
        pub photo_bytes_waiting: u64,
        /// Originals that wait for Wi-Fi.
        pub waiting_for_wifi: u32,
        /// When it tries again, milliseconds from now.
        pub retry_in_ms: Option<i64>,
        /// Nothing is waiting and nothing is on its way: what a command waits for.
        pub settled: bool,
        /// The last refusal or failure, for support; empty after a success.
        pub last_error: String,
    }
}
