//! What the phone knows of the server's clock, and deadlines that survive no reboot.

use crate::clock::{Anchor, Moment, Now, correct};
use serde::{Deserialize, Serialize};

/// Boots whose anchors are kept: a fact's boot must be known until the fact is sent, and phones reboot rarely.
const BOOTS_KEPT: usize = 16;
/// A later anchor replaces one that is at least this much less exact, milliseconds: a write per reply would wear the flash.
const BETTER_BY_MS: i64 = 50;

/// Anchors learnt from replies, the tightest of each boot, oldest boot first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Clocks(Vec<Anchor>);

impl Clocks {
    /// Takes in an anchor; `true` when it is worth keeping.
    pub(crate) fn learn(&mut self, anchor: Anchor) -> bool {
        let known = self.0.iter().find(|known| known.boot_id == anchor.boot_id);
        if known.is_some_and(|known| error_at(known, &anchor) < anchor.error_ms.saturating_add(BETTER_BY_MS)) {
            return false;
        }
        self.0.retain(|known| known.boot_id != anchor.boot_id);
        self.0.push(anchor);
        let surplus = self.0.len().saturating_sub(BOOTS_KEPT);
        self.0.drain(..surplus);
        true
    }

    /// The moment of a reading by the best clock known.
    pub(crate) fn moment(&self, reading: &Now) -> Moment {
        correct(reading, &self.0)
    }

    /// The anchors of some boots.
    pub(crate) fn of_boots(&self, boots: &[&str]) -> Vec<Anchor> {
        self.0.iter().filter(|anchor| boots.contains(&anchor.boot_id.as_str())).cloned().collect()
    }

    /// How far the wall clock is ahead of the server's, milliseconds; `None` while this boot has no anchor.
    pub(crate) fn wall_error_ms(&self, now: &Now) -> Option<i64> {
        let moment = self.moment(now);
        moment.error_ms.map(|_| now.wall_ms.saturating_sub(moment.at_ms))
    }
}

/// How far off a known anchor is by the time of another.
fn error_at(known: &Anchor, other: &Anchor) -> i64 {
    let reading = Now { wall_ms: 0, mono_ms: other.mono_ms, boot_id: known.boot_id.clone() };
    correct(&reading, std::slice::from_ref(known)).error_ms.unwrap_or(i64::MAX)
}

/// A moment of this boot's monotonic clock. After a reboot it counts as past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Deadline {
    boot_id: String,
    mono_ms: i64,
}

impl Deadline {
    /// So many milliseconds from now.
    pub(crate) fn after(now: &Now, in_ms: i64) -> Self {
        Self { boot_id: now.boot_id.clone(), mono_ms: now.mono_ms.saturating_add(in_ms) }
    }

    /// How long until then, milliseconds; 0 when it is past.
    pub(crate) fn left_ms(&self, now: &Now) -> i64 {
        if self.boot_id == now.boot_id { self.mono_ms.saturating_sub(now.mono_ms).max(0) } else { 0 }
    }

    /// Whether it is past.
    pub(crate) fn is_due(&self, now: &Now) -> bool {
        self.left_ms(now) == 0
    }
}

/// Days since 1970 of a moment, UTC: what retention counts in.
pub(crate) fn day_number(at_ms: i64) -> i64 {
    at_ms.div_euclid(86_400_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::anchor;

    #[test]
    fn the_tightest_anchor_of_a_boot_stays_until_drift_spoils_it() {
        let mut clocks = Clocks::default();
        assert!(clocks.learn(anchor("b", 0, 40, 1_000, 1_000)));
        assert!(!clocks.learn(anchor("b", 1_000, 1_030, 2_000, 2_000)), "hardly better");
        assert!(clocks.learn(anchor("b", 3_600_000, 3_600_010, 9_000, 9_000)), "an hour drifts by 360 ms");
        assert!(clocks.learn(anchor("c", 0, 9_000, 0, 0)), "another boot needs its own, however rough");
        assert_eq!(clocks.of_boots(&["b", "c", "d"]).len(), 2);
    }

    #[test]
    fn a_deadline_is_past_after_a_reboot() {
        let now = |boot: &str, mono_ms| Now { wall_ms: 0, mono_ms, boot_id: boot.to_owned() };
        let deadline = Deadline::after(&now("a", 100), 50);
        assert_eq!(deadline.left_ms(&now("a", 120)), 30);
        assert!(!deadline.is_due(&now("a", 149)) && deadline.is_due(&now("a", 150)) && deadline.is_due(&now("b", 0)));
    }
}
