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
        /// The phone takes what it has sent for done, and never sends it again.
        OutboxDoneOnSend = "outbox-done-on-send",
        /// The phone drops the unsent facts of a visit that is taken away.
        RevokeDropsUnsent = "revoke-drops-unsent",
        /// The phone takes a checkpoint for the confirmation of everything that it has sent, acknowledged or not.
        CheckpointConfirmsEverything = "checkpoint-confirms-everything",
        /// The phone takes a fact's number in one transaction and saves the fact in the next.
        NumberTakenBeforeSave = "number-taken-before-save",
        /// The phone follows a restored server into its new life without sending again what the old one had.
        EpochChangeResendsNothing = "epoch-change-resends-nothing",
        /// The phone takes a picture for arrived when its last part has gone, whatever became of the parts.
        PictureVerifiedByParts = "picture-verified-by-parts",
        /// The server believes a phone's wall clock as if it were right.
        WallClockTrusted = "wall-clock-trusted",
        /// The server refuses a push that repeats a fact, instead of answering what became of it.
        RepeatIsAConflict = "repeat-is-a-conflict",
        /// An undo marks the step and leaves the status that it had set.
        UndoKeepsTheStatus = "undo-keeps-the-status",
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
