//! Seeded bugs: known mistakes in production code that only the feature `seeded-bugs` compiles in.
//!
//! `simulate --bug NAME` turns one on to show that the simulator finds it. Without the feature [`is_on`] is a constant
//! and nothing of them remains; nothing that is shipped has the feature.

use crate::plan::words_enum;

words_enum! {
    /// A mistake that somebody could have made.
    Bug {
        /// The phone takes any push's reply for the acknowledgement of everything that it has sent.
        AckIgnoresOpId = "ack-ignores-op-id",
        /// The phone moves its cursor in one transaction and its documents in the next.
        PullInTwoTransactions = "pull-in-two-transactions",
        /// The server takes facts only from whoever is assigned at the moment.
        AuthoriseByPresentAssignment = "authorise-by-present-assignment",
    }
}

#[cfg(feature = "seeded-bugs")]
mod selected {
    use super::Bug;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// The bug's place in [`Bug::ALL`], counted from 1; 0 is none.
    static SELECTED: AtomicUsize = AtomicUsize::new(0);

    /// Turns one bug on for the whole process, or all off.
    pub fn select(bug: Option<Bug>) {
        let place = bug.and_then(|bug| Bug::ALL.iter().position(|other| *other == bug));
        SELECTED.store(place.map_or(0, |place| place + 1), Ordering::Relaxed);
    }

    /// Whether a bug is on.
    pub fn is_on(bug: Bug) -> bool {
        let place = SELECTED.load(Ordering::Relaxed);
        place > 0 && Bug::ALL.get(place - 1) == Some(&bug)
    }
}

#[cfg(feature = "seeded-bugs")]
pub use selected::{is_on, select};

/// Whether a bug is on: never, without the feature.
#[cfg(not(feature = "seeded-bugs"))]
pub const fn is_on(_bug: Bug) -> bool {
    false
}
