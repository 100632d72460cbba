//! Crashes at every write: the real engine and the real server on disks that lose, tear, fill up and fail.
//!
//! A fixed day ([`script`]) is run once without a fault, what was on both disks before each step is kept, and the points of
//! each step (writes, truncations, syncs, deletions) are counted. Then each step is run again for each fault at each of
//! its points ([`run`]). Whatever happens: the file is whole, what was reported saved or acknowledged is there, no tap is
//! there by half, and the day goes on to the same end. An [`upgrade`] of a released version's database is tried likewise.

pub mod disk;
pub mod run;
pub mod script;
pub mod server;
pub mod upgrade;
pub mod vfs;

pub use run::{Case, Reference};
pub use upgrade::Upgrade;
