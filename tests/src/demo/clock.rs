//! The day's clock: one for the server and every phone, at any speed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use truckroll_core::clock::Now;
use truckroll_core::device::driver::Clock;

/// Names the boot of every phone of a demo: they share the clock.
const BOOT_ID: &str = "demo";

/// A clock that runs at a multiple of the machine's.
#[derive(Debug)]
pub struct DayClock(Mutex<Pace>);

#[derive(Clone, Copy, Debug)]
struct Pace {
    since: Instant,
    /// Milliseconds since 1970 UTC at `since`.
    at_ms: i64,
    speed: u32,
}

impl Pace {
    fn now_ms(&self) -> i64 {
        let elapsed_ms = i64::try_from(self.since.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.at_ms.saturating_add(elapsed_ms.saturating_mul(i64::from(self.speed)))
    }
}

impl DayClock {
    /// A clock that shows a time, in milliseconds since 1970 UTC, and runs like any other until it is told otherwise.
    pub fn new(at_ms: i64) -> Self {
        Self(Mutex::new(Pace { since: Instant::now(), at_ms, speed: 1 }))
    }

    fn pace(&self) -> Pace {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Milliseconds since 1970 UTC.
    pub fn now_ms(&self) -> i64 {
        self.pace().now_ms()
    }

    /// Runs this many times as fast as the machine's clock from now on.
    pub fn run_at(&self, speed: u32) {
        let mut pace = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *pace = Pace { since: Instant::now(), at_ms: pace.now_ms(), speed: speed.max(1) };
    }

    /// Lets time pass at once: everybody slept.
    pub fn skip(&self, ms: i64) {
        let mut pace = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pace.at_ms = pace.at_ms.saturating_add(ms);
    }

    /// How long the machine takes for so much of the day.
    pub fn real(&self, ms: i64) -> Duration {
        Duration::from_millis(ms.unsigned_abs() / u64::from(self.pace().speed))
    }
}

/// A phone's view of the day's clock: its wall clock may be wrong.
#[derive(Debug)]
pub struct PhoneClock {
    /// The day's clock.
    pub day: std::sync::Arc<DayClock>,
    /// How far the wall clock is ahead, milliseconds; may be negative.
    pub ahead_ms: i64,
}

impl Clock for PhoneClock {
    fn now(&self) -> Now {
        let now_ms = self.day.now_ms();
        Now { wall_ms: now_ms.saturating_add(self.ahead_ms), mono_ms: now_ms, boot_id: BOOT_ID.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_at_the_speed_that_was_asked_for_and_never_falls() {
        let clock = DayClock::new(1_000_000);
        clock.run_at(1_000);
        std::thread::sleep(Duration::from_millis(20));
        let later_ms = clock.now_ms();
        assert!(later_ms >= 1_020_000, "{later_ms}");
        clock.run_at(1);
        assert!(clock.now_ms() >= later_ms);
        clock.skip(60_000);
        assert!(clock.now_ms() >= later_ms + 60_000);
        clock.run_at(120);
        assert_eq!(clock.real(60_000), Duration::from_millis(500));
    }

    #[test]
    fn a_wrong_wall_clock_leaves_the_monotonic_one_alone() {
        let phone = PhoneClock { day: std::sync::Arc::new(DayClock::new(5_000_000)), ahead_ms: -420_000 };
        let now = phone.now();
        assert_eq!(now.wall_ms - now.mono_ms, -420_000);
    }
}
