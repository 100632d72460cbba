//! What was promised: every fact that an engine reported saved, kept outside phones and server.

use std::collections::{BTreeMap, BTreeSet};
use truckroll_core::id::{OpId, VisitId};

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which: `I1` … as in the list of [`super`].
    pub invariant: &'static str,
    /// What was seen.
    pub what: String,
}

/// The result of looking for broken promises.
pub type Held = Result<(), Broken>;

/// A promise that is broken.
///
/// # Errors
/// Always: that is what it makes.
pub fn broken<T>(invariant: &'static str, what: impl Into<String>) -> Result<T, Broken> {
    Err(Broken { invariant, what: what.into() })
}

/// A fact that an engine reported saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The phone's place in the fleet.
    pub phone: usize,
    /// The visit.
    pub visit: VisitId,
    /// The true time of the tap, milliseconds since 1970 UTC.
    pub at_ms: i64,
    /// The boot of the phone at the tap.
    pub boot_id: String,
    /// The phone held the visit as the technician's own.
    pub was_own: bool,
    /// Its effect doesn't depend on where a status stands: it never leaves the screen.
    pub independent: bool,
    /// The engine said so; otherwise the process died before it could.
    pub reported: bool,
}

/// Everything that was promised in a run.
#[derive(Default)]
pub struct Ledger {
    /// By fact.
    pub saved: BTreeMap<OpId, Saved>,
    /// Boots of phones whose clocks a careless cache misled: nothing is promised about times corrected there.
    pub misled: BTreeSet<String>,
}

impl Ledger {
    /// The office decided to go without a fact: its phone was wiped before it had sent it.
    pub fn give_up(&mut self, op_id: OpId) {
        self.saved.remove(&op_id);
    }

    /// Facts of one phone.
    pub fn of_phone(&self, phone: usize) -> impl Iterator<Item = (&OpId, &Saved)> {
        self.saved.iter().filter(move |(_, saved)| saved.phone == phone)
    }
}
