//! Every rule of Truckroll, the same on phone and server.
//!
//! # Where to start
//! A visit is two documents: the office's [`plan::Plan`] and the field's [`progress::Progress`]. What happened in the
//! field is a [`fact::Fact`]; [`apply::apply`] folds facts into a progress, on the phone for its screens and on the
//! server for the record. [`judge::judge`] is the server's decision about a fact whose plan may have moved.
//! [`lifecycle`] is the status machine as data, [`checkin`] grades a position, [`gate`] says what keeps a visit from
//! rolling, [`derive`] computes every status that nobody writes, [`wire`] is what phone and server say to each other,
//! and [`words`] holds every sentence that a person reads, by key.
//!
//! With the feature `device` comes the phone's engine, with `driver` what runs it on tokio and reqwest.

pub mod apply;
pub mod bugs;
pub mod candidates;
pub mod card;
pub mod change;
pub mod check;
pub mod checkin;
pub mod checklist;
pub mod clock;
pub mod closeout;
pub mod day;
pub mod derive;
pub mod digest;
pub mod erase;
pub mod escalation;
pub mod fact;
pub mod gate;
pub mod id;
pub mod judge;
pub mod lifecycle;
pub mod plan;
pub mod progress;
pub mod steps;
pub mod timesheet;
pub mod wire;
pub mod words;

#[cfg(feature = "device")]
pub mod device;
#[cfg(feature = "driver")]
pub use device::driver;

#[cfg(feature = "uniffi")]
uniffi::setup_scaffolding!();
