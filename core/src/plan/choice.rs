//! What a plan chooses from: closed lists of words.

/// A set of words that are stored and sent in snake case. One that apps see says so: `derive(uniffi::Enum)`.
macro_rules! words_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:tt),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),* }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word as it is stored and sent.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// The value of a stored word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.pad(self.as_str())
            }
        }
    };
}
pub(crate) use words_enum;

words_enum! {
    /// How a job came in and how fast it must be answered (S-041).
    CallType {
        /// Danger or damage now.
        Emergency = "emergency",
        /// Today.
        SameDay = "same_day",
        /// A visit to look and quote.
        ScheduledEstimate = "scheduled_estimate",
        /// A return for earlier work.
        FollowUp = "follow_up",
        /// No work at a customer's equipment.
        Admin = "admin",
    }
}

words_enum! {
    /// What kind of work is done (S-005).
    JobType {
        /// Look and report.
        Inspection = "inspection",
        /// Make something work again.
        Repair = "repair",
        /// Put something new in.
        Install = "install",
        /// Keep something working.
        Maintenance = "maintenance",
    }
}

words_enum! {
    /// Whether the customer has agreed to the quoted amount (S-006).
    QuoteState {
        /// May still change.
        Tentative = "tentative",
        /// Agreed.
        Approved = "approved",
    }
}

words_enum! {
    /// What the customer was promised about the time (S-051).
    PromiseType {
        /// Arrival within the window.
        Window = "window",
        /// A call before arrival.
        CallAhead = "call_ahead",
        /// Arrival at the window's start.
        HardAppointment = "hard_appointment",
    }
}

words_enum! {
    /// Where a part or tool is (S-007).
    PartStatus {
        /// With the technician.
        OnTruck = "on_truck",
        /// Confirmed by the warehouse or supplier.
        Confirmed = "confirmed",
        /// On order; nobody knows that it will be there.
        Ordered = "ordered",
        /// Not to be had now.
        Backordered = "backordered",
        /// Nobody has said.
        Unknown = "unknown",
    }
}

words_enum! {
    /// What the office intends with an assignment. The field's own status is in the progress.
    Intent {
        /// Planned, not yet sent to the technician's day as work to start.
        Scheduled = "scheduled",
        /// Sent: the technician may go.
        Dispatched = "dispatched",
        /// Taken back from the technician.
        Recalled = "recalled",
        /// The visit will not happen.
        Canceled = "canceled",
    }
}

words_enum! {
    /// A technician's part in a crew.
    CrewRole {
        /// Answers for the visit.
        Lead = "lead",
        /// Works with the lead.
        Helper = "helper",
    }
}

words_enum! {
    /// What the office thinks of a finished visit.
    Review {
        /// Not looked at.
        None = "none",
        /// Good: closed.
        Approved = "approved",
        /// Sent back with a reason: takes facts again.
        Returned = "returned",
    }
}
