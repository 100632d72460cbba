//! Facts: stored as they come, then judged, in one commit.
//!
//! [`Dispatch::push`] takes a phone's facts. `adjudicate` decides one, `reactions` are what follows from it, `retime`
//! corrects times when a phone learns the server's clock, and `again` judges once more what may come out otherwise now.

mod adjudicate;
mod again;
mod desk;
mod office;
mod push;
mod reactions;
mod retime;
mod standing;

use truckroll_core::fact::Fact;
use truckroll_core::wire::{FactResult, ResultState};

use super::Error;
use crate::store::StoredFact;

/// The result that answers a fact the first time.
fn result(stored: &StoredFact) -> FactResult {
    FactResult {
        op_id: stored.op_id,
        state: stored.state.into(),
        original: None,
        seq: Some(stored.seq),
        code: stored.code.clone(),
        retry_in_ms: None,
    }
}

/// The result that answers a fact that had been sent before.
fn duplicate(stored: &StoredFact) -> FactResult {
    FactResult { state: ResultState::Duplicate, original: Some(stored.state.into()), ..result(stored) }
}

/// What became of a stored fact, as a pull says it.
pub(super) fn present_result(stored: &StoredFact) -> FactResult {
    result(stored)
}

/// The fact as it came.
fn original(stored: &StoredFact) -> Result<Fact, Error> {
    Ok(serde_json::from_str(&stored.raw)?)
}
