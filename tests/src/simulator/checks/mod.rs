//! The promises, each checked from outside: [`running`] while the day goes on, [`quiet`] after it, and of these the ones
//! about what the server recorded in [`history`].

pub mod history;
pub mod quiet;
pub mod running;

use std::collections::BTreeMap;
use truckroll_core::id::VisitId;

/// Revisions of each visit in the order in which the server committed them.
pub type Revisions = BTreeMap<VisitId, Vec<(u64, u64)>>;
