//! All chance of one run, from its seed.

use rand::{Rng, RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A source of chance. ChaCha8 gives the same numbers on every machine and with every version of the generator's crate.
pub struct Dice(ChaCha8Rng);

impl Dice {
    /// The chance of a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// The chance of one operation of a seed: the same whatever happened in the operations before it.
    pub fn of_operation(seed: u64, operation: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        chance.set_stream(operation);
        Self(chance)
    }

    /// Chance of its own for a part of the run, so that a part that asks more often doesn't disturb the others.
    pub fn fork(&mut self) -> Self {
        Self(ChaCha8Rng::seed_from_u64(self.0.next_u64()))
    }

    /// A seed for a generator that a part of the product keeps itself.
    pub fn seed(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// Random bytes.
    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }

    /// True so many times in a thousand.
    pub fn in_thousand(&mut self, times: u32) -> bool {
        self.0.random_range(0..1_000) < times
    }

    /// A number from `low` to `high`, both possible.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high)
    }

    /// A place in a list of this length, which isn't 0.
    pub fn place(&mut self, length: usize) -> usize {
        self.0.random_range(0..length)
    }

    /// One of these; `None` of an empty list.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        if from.is_empty() { None } else { from.get(self.place(from.len())) }
    }

    /// One of these, each as likely as its weight says.
    pub fn weighted<T: Copy>(&mut self, choices: &[(u32, T)]) -> Option<T> {
        let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
        if total == 0 {
            return None;
        }
        let mut left = self.0.random_range(0..total);
        for (weight, choice) in choices {
            if left < *weight {
                return Some(*choice);
            }
            left -= weight;
        }
        None
    }
}
