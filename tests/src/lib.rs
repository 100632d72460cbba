//! What crosses folders: end to end, simulation, faults, compatibility.

pub mod bench;
pub mod crash;
pub mod day;
pub mod decoders;
pub mod demo;
pub mod fleet;
pub mod golden;
pub mod kill;
pub mod process;
pub mod proxy;
pub mod simulator;
pub mod stream;
pub mod whole_visit;
