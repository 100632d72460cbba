//! What will happen when: one queue in virtual time.

use std::collections::BTreeMap;

/// Coming events. Those of the same moment come in the order in which they were planned.
pub struct Schedule<E> {
    coming: BTreeMap<(i64, u64), E>,
    planned: u64,
}

impl<E> Default for Schedule<E> {
    fn default() -> Self {
        Self { coming: BTreeMap::new(), planned: 0 }
    }
}

impl<E> Schedule<E> {
    /// Plans an event.
    pub fn at(&mut self, at_ms: i64, event: E) {
        self.planned += 1;
        self.coming.insert((at_ms, self.planned), event);
    }

    /// The next event that is due up to a time, with its own time.
    pub fn next_until(&mut self, until_ms: i64) -> Option<(i64, E)> {
        let entry = self.coming.first_entry()?;
        if entry.key().0 > until_ms {
            return None;
        }
        let ((at_ms, _), event) = entry.remove_entry();
        Some((at_ms, event))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn events_come_in_time_and_those_of_one_moment_in_the_order_of_planning() {
        let mut schedule = Schedule::default();
        schedule.at(5, "late");
        schedule.at(1, "first");
        schedule.at(1, "second");
        assert_eq!(schedule.next_until(4), Some((1, "first")));
        assert_eq!(schedule.next_until(4), Some((1, "second")));
        assert_eq!(schedule.next_until(4), None);
        assert_eq!(schedule.next_until(5).unwrap().1, "late");
    }
}
