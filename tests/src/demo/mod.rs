//! A whole day, live: simulated technicians on real engines against the real server over real HTTP, at many times the
//! speed of the wall clock, with a dispatcher in between. `cargo xtask demo` runs it.
//!
//! Server and phones share one [`clock::DayClock`] through the ports that they have for their clocks, so everything
//! that is recorded has the times of the day (docs/decisions/0007-a-day-at-speed.md). The [`ledger`] is outside of both
//! sides: it is written from the intents that the technicians issued, and [`check`] holds the server's log against it.

pub mod api;
pub mod check;
pub mod city;
pub mod clock;
pub mod dispatcher;
pub mod ledger;
pub mod phone;
pub mod picture;
pub mod progress;
pub mod roster;
pub mod route;
pub mod run;
pub mod technician;
pub mod visit;
pub mod window;

/// What ends a day before its time.
#[derive(Debug)]
pub enum Halt {
    /// The demo ends.
    Over,
    /// The visit went away under the technician's hands: moved, canceled, finished by the office.
    Gone(String),
    /// Something that must not happen.
    Failed(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Halt {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}
