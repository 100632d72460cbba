//! Seeded bugs: known faults that the simulator must find. Compiled in by the feature `seeded-bugs` only.

use std::sync::atomic::{AtomicU8, Ordering};

/// A fault that can be switched on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Bug {
    /// The engine takes a push's results by position and not by the id that they name.
    AckIgnoresOpId = 1,
    /// The engine commits a checkpoint's cursor and confirmations before its documents.
    PullInTwoTransactions = 2,
    /// The server asks whether a technician is assigned now, not whether the visit was visible at the time.
    AuthoriseByPresentAssignment = 3,
}

impl Bug {
    /// Every bug with its name.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("ack-ignores-op-id", Self::AckIgnoresOpId),
        ("pull-in-two-transactions", Self::PullInTwoTransactions),
        ("authorise-by-present-assignment", Self::AuthoriseByPresentAssignment),
    ];

    /// The bug with a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(known, _)| *known == name).map(|(_, bug)| *bug)
    }
}

static SELECTED: AtomicU8 = AtomicU8::new(0);

/// Switches one bug on for this process, or all off.
pub fn select(bug: Option<Bug>) {
    SELECTED.store(bug.map_or(0, |bug| bug as u8), Ordering::SeqCst);
}

/// Whether a bug is on.
pub fn is(bug: Bug) -> bool {
    SELECTED.load(Ordering::SeqCst) == bug as u8
}
