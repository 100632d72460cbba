//! Settings and what this phone is.

use super::common::view;
use crate::words::Language;

view! {
    /// The settings, whole.
    pub struct SettingsView {
        /// Originals of photos on Wi-Fi only.
        pub wifi_only: bool,
        /// The language of every text.
        pub language: Language,
        /// The technician's name.
        pub technician_name: String,
        /// The company's name.
        pub company_name: String,
        /// The phone's id at the server; empty before the enrolment.
        pub device_id: String,
        /// The server's address; empty before the enrolment.
        pub server: String,
        /// Version of the app.
        pub app_version: String,
        /// Facts and pictures that the server hasn't: what signing out would leave behind.
        pub unsent: u32,
        /// What the sign-out asks, given what is unsent.
        pub sign_out: String,
    }
}
