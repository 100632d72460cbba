//! One small day, run by hand: a company with two technicians and two jobs, a phone, and the line between them.
//!
//! The simulator draws its days from a seed. Here a test says itself what happens, step by step: crashes, golden
//! databases and restores are tried on this.

pub mod office;
pub mod phone;

pub use phone::{Line, Phone};

use truckroll_core::device::{Reply, Request};
use truckroll_server::dispatch::{Dispatch, Error};

/// What the server answers to a phone's request.
///
/// # Errors
/// What no server may answer: a failing store.
pub fn answer(dispatch: &Dispatch, request: &Request, now_ms: i64) -> Result<Reply, Error> {
    crate::simulator::server::route(dispatch, request, now_ms)
}

/// A small picture; these three bytes are its colour.
pub fn picture(colour: [u8; 3]) -> Vec<u8> {
    crate::simulator::technician::tiny_png(colour)
}

/// When it begins: Saturday 2026-11-21, 15:00 UTC, 10:00 in Louisville. Milliseconds since 1970 UTC.
pub const START_MS: i64 = 1_795_273_200_000;
