//! The phone's clocks at the command line.

use crate::exit::Failure;
use truckroll_core::clock::Now;
use truckroll_core::device::driver::{Clock, SystemClock};

/// Shifts the wall clock, for tests of a phone whose clock is wrong: milliseconds, may be negative.
pub(super) const OFFSET: &str = "TRUCKROLL_CLOCK_OFFSET_MS";

/// The machine's clocks, with the wall clock as wrong as [`OFFSET`] says.
pub(super) struct PhoneClock {
    system: SystemClock,
    offset_ms: i64,
}

impl PhoneClock {
    /// The clocks by the environment.
    ///
    /// # Errors
    /// When the offset isn't a number.
    pub(super) fn from_environment() -> Result<Self, Failure> {
        let offset_ms = match std::env::var(OFFSET) {
            Ok(text) => text.parse().map_err(|_| Failure::because(format!("{OFFSET}: {text:?} is not a number")))?,
            Err(_) => 0,
        };
        Ok(Self { system: SystemClock, offset_ms })
    }
}

impl Clock for PhoneClock {
    fn now(&self) -> Now {
        let now = self.system.now();
        Now { wall_ms: now.wall_ms.saturating_add(self.offset_ms), ..now }
    }
}
