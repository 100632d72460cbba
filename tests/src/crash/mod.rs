//! Crashes at every write: the real engine and the real server on disks that lose, tear, fill up and fail.
//!
//! A fixed day ([`script`]) is run once without a fault, and its points (writes, truncations, syncs, deletions) are
//! counted on both disks. Then it is run again for each fault at each point ([`run`]). Whatever happens: the file is
//! whole, what was reported saved or acknowledged is there, no tap is there by half, and the day goes on to the same end.

pub mod disk;
pub mod run;
pub mod script;
pub mod server;
pub mod vfs;

pub use run::{Case, Reference};
