//! A phone's clocks as they are in the field: hours or years off, drifting, set by hand, new after a reboot.

use super::dice::Dice;
use truckroll_core::clock::Now;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const YEAR_MS: i64 = 365 * 24 * HOUR_MS;

/// The clocks of one phone. The true time is the simulation's own.
pub struct PhoneClock {
    /// What the wall clock shows beyond the true time.
    wall_offset_ms: i64,
    /// How fast the monotonic clock runs beyond the true one, parts per million; the engine allows for 100.
    drift_ppm: i64,
    /// The true time of the last boot.
    booted_ms: i64,
    /// What the monotonic clock showed then.
    mono_base_ms: i64,
    boots: u32,
    name: String,
}

impl PhoneClock {
    /// Clocks that are somehow wrong.
    pub fn new(name: &str, true_ms: i64, dice: &mut Dice) -> Self {
        let mut clock = Self {
            wall_offset_ms: 0,
            drift_ppm: dice.between(-80, 80),
            booted_ms: true_ms - dice.between(0, 72 * HOUR_MS),
            mono_base_ms: dice.between(0, 5_000),
            boots: 1,
            name: name.to_owned(),
        };
        if dice.in_thousand(500) {
            clock.set_by_hand(dice);
        }
        clock
    }

    /// What the phone's clocks show at a true time.
    pub fn now(&self, true_ms: i64) -> Now {
        let awake_ms = true_ms - self.booted_ms;
        Now {
            wall_ms: true_ms + self.wall_offset_ms,
            mono_ms: self.mono_base_ms + awake_ms + awake_ms * self.drift_ppm / 1_000_000,
            boot_id: format!("{}-boot-{}", self.name, self.boots),
        }
    }

    /// Somebody, or a carrier, sets the wall clock.
    pub fn set_by_hand(&mut self, dice: &mut Dice) {
        let off_ms = match dice.between(0, 9) {
            0..=4 => dice.between(-10 * MINUTE_MS, 10 * MINUTE_MS),
            5..=7 => dice.between(-12 * HOUR_MS, 12 * HOUR_MS),
            _ => dice.between(-2 * YEAR_MS, 2 * YEAR_MS),
        };
        self.wall_offset_ms = off_ms;
    }

    /// The phone restarts: the monotonic clock begins again, under a new boot's name.
    pub fn reboot(&mut self, true_ms: i64, dice: &mut Dice) {
        self.boots += 1;
        self.booted_ms = true_ms;
        self.mono_base_ms = dice.between(0, 5_000);
        if dice.in_thousand(300) {
            self.set_by_hand(dice);
        }
    }

    /// How far the wall clock is off, milliseconds.
    pub fn wall_offset_ms(&self) -> i64 {
        self.wall_offset_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_monotonic_clock_rises_within_a_boot_and_begins_again_after_one() {
        let mut dice = Dice::new(1);
        let mut clock = PhoneClock::new("p", 1_000_000, &mut dice);
        let before = clock.now(1_000_000);
        clock.set_by_hand(&mut dice);
        let after = clock.now(1_060_000);
        assert_eq!(before.boot_id, after.boot_id);
        assert!((after.mono_ms - before.mono_ms - 60_000).abs() <= 60);
        clock.reboot(2_000_000, &mut dice);
        assert_ne!(clock.now(2_000_000).boot_id, after.boot_id);
        assert!(clock.now(2_000_000).mono_ms <= 5_000);
    }
}
