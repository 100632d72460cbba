//! Builds the screens from what the engine holds.

use crate::clock::Now;
use crate::device::Engine;
use crate::fact::Fact;

impl Engine {
    /// What a fact says, in a sentence.
    pub(in crate::device) fn sentence(&self, fact: &Fact, _now: &Now) -> String {
        fact.kind.clone()
    }
}
