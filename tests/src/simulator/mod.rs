//! The simulator: many phones, one server, a bad network, wrong clocks and sudden deaths, in virtual time from one seed.
//!
//! Phones run the real engine and the server its real decisions, each on real SQLite in memory. One seed is one thread;
//! nothing in a run reads a clock or the operating system's randomness, so the same seed gives the same history in any
//! process. People work for some virtual hours, then comes a quiet time with a good network, and then every promise is
//! checked from outside:
//!
//! * **I1** every saved fact is on its phone or in the server's inbox, until it is confirmed or discarded with an audit
//! * **I2** one effect per fact
//! * **I3** the company's numbers have no gap, and no phone skips a change that it could see
//! * **I4** a phone that is opened again after a kill has all that it reported saved, gap-free, in a whole file
//! * **I5** after quiet phones show what the server has
//! * **I6** what a technician did stays on the screen, and a phone never goes back
//! * **I7** no illegal status in history
//! * **I8** the log makes the documents; parts, notes and times are the sum of their facts
//! * **I11** after quiet nothing waits that could go
//! * **I12** a corrected time is off by no more than it says
//! * **I13** no fact is refused because the plan moved
//!
//! * **I9** nothing of another company is seen or held, and nothing that was taken away stays
//! * **I10** nothing grows without end
//!
//! The numbers are those of the programme that they come from. [`mishap`] lists what goes wrong, [`network`] what the
//! weather does; [`shrink`] cuts a failing history to a few lines.

pub mod attempt;
pub mod checks;
pub mod clock;
pub mod company;
pub mod course;
pub mod day;
pub mod dice;
pub mod event;
mod exchange;
mod handset;
#[cfg(feature = "seeded-bugs")]
pub mod hunt;
pub mod kill;
pub mod ledger;
pub mod log;
pub mod mishap;
pub mod network;
pub mod office;
pub mod outside;
mod people;
pub mod phone;
pub mod schedule;
pub mod server;
pub mod shrink;
pub mod technician;
mod world;

pub use course::Course;
pub use log::Keep;
pub use world::{Outcome, run};
