//! When to try again: full jitter, and the server's own word before ours.

use super::clocks::Deadline;
use crate::clock::Now;
use rand::Rng;
use rand::rngs::StdRng;

/// Longest pause, milliseconds.
const LONGEST_MS: i64 = 300_000;
/// First pause's upper bound, milliseconds.
const FIRST_MS: i64 = 1_000;
/// Longest `Retry-After` that is obeyed, seconds: a day. A broken proxy must not silence a phone for a year.
const RETRY_AFTER_MAX_S: i64 = 86_400;

/// Failures in a row and the pause that follows from them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
    own: Option<Deadline>,
    asked: Option<Deadline>,
}

impl Backoff {
    /// It failed: a random pause of up to `min(300 s, 1 s · 2ⁿ)`, and at least what the server asked for.
    pub(crate) fn failed(&mut self, now: &Now, retry_after: Option<&str>, random: &mut StdRng) {
        let bound_ms =
            FIRST_MS.saturating_mul(1_i64.checked_shl(self.failures.min(20)).unwrap_or(i64::MAX)).min(LONGEST_MS);
        self.failures = self.failures.saturating_add(1);
        self.own = Some(Deadline::after(now, random.random_range(0..=bound_ms)));
        // Only the form in seconds: a date would need a clock that may be wrong.
        let asked_s = retry_after.and_then(|value| value.trim().parse::<i64>().ok()).filter(|seconds| *seconds > 0);
        if let Some(seconds) = asked_s {
            self.asked = Some(Deadline::after(now, seconds.min(RETRY_AFTER_MAX_S) * 1_000));
        }
    }

    /// It worked.
    pub(crate) fn worked(&mut self) {
        *self = Self::default();
    }

    /// A connection, a poke or a tap: try now, unless the server asked for a pause.
    pub(crate) fn hurry(&mut self) {
        self.failures = 0;
        self.own = None;
    }

    /// How long still, milliseconds.
    pub(crate) fn left_ms(&self, now: &Now) -> i64 {
        let left = |deadline: &Option<Deadline>| deadline.as_ref().map_or(0, |deadline| deadline.left_ms(now));
        left(&self.own).max(left(&self.asked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rand::SeedableRng;

    fn now(mono_ms: i64) -> Now {
        Now { wall_ms: 0, mono_ms, boot_id: "b".to_owned() }
    }

    #[test]
    fn pauses_grow_to_five_minutes_and_are_spread() {
        let mut random = StdRng::from_seed([3; 32]);
        let mut longest = [0_i64; 12];
        for _ in 0..400 {
            let mut backoff = Backoff::default();
            for longest in &mut longest {
                backoff.failed(&now(0), None, &mut random);
                *longest = (*longest).max(backoff.left_ms(&now(0)));
            }
        }
        for (failures, longest_ms) in longest.iter().enumerate() {
            let bound_ms = (1_000_i64 << failures).min(300_000);
            assert!(*longest_ms <= bound_ms && *longest_ms > bound_ms * 9 / 10, "{failures}: {longest_ms}");
        }
    }

    proptest! {
        /// Whatever stands in the header, and whoever put it there: never longer than a day.
        #[test]
        fn no_header_silences_a_phone_for_more_than_a_day(header in "[ +-]?[0-9]{0,30}( ?[a-zA-Z,;:. ]{0,10})?|\\PC{0,40}") {
            let mut backoff = Backoff::default();
            backoff.failed(&now(0), Some(&header), &mut StdRng::from_seed([3; 32]));
            prop_assert!((0..=RETRY_AFTER_MAX_S * 1_000).contains(&backoff.left_ms(&now(0))));
        }
    }

    #[test]
    fn the_servers_word_outlasts_a_tap() {
        let mut backoff = Backoff::default();
        backoff.failed(&now(0), Some("30"), &mut StdRng::from_seed([3; 32]));
        backoff.hurry();
        assert_eq!(backoff.left_ms(&now(0)), 30_000);
        assert_eq!(backoff.left_ms(&now(30_000)), 0);
        backoff.failed(&now(0), Some("Wed, 21 Oct 2026 07:28:00 GMT"), &mut StdRng::from_seed([3; 32]));
        assert!(backoff.left_ms(&now(0)) <= 30_000);
        backoff.worked();
        assert_eq!(backoff.left_ms(&now(0)), 0);
    }
}
