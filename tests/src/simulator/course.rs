//! Which run: a seed and how long; for a shortened history also what of it is left out.

use std::collections::BTreeSet;

/// One run's course. Each operation has chance of its own, so that leaving one out changes nothing in the choices of
/// the others, only in the world that they meet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Where all chance comes from.
    pub seed: u64,
    /// How many operations people and fate have.
    pub operations: u64,
    /// Only these operations happen, counted from 1; all of them without a list. Their times stay what they were.
    pub only: Option<BTreeSet<u64>>,
    /// The network loses, repeats and delays nothing.
    pub good_weather: bool,
}

impl Course {
    /// Everything that a seed holds.
    pub fn new(seed: u64, operations: u64) -> Self {
        Self { seed, operations, only: None, good_weather: false }
    }

    /// Whether an operation happens.
    pub fn has(&self, operation: u64) -> bool {
        self.only.as_ref().is_none_or(|only| only.contains(&operation))
    }

    /// The arguments of `simulate` that run it again.
    pub fn arguments(&self) -> String {
        let mut text = format!("--from {} --seeds 1 --operations {}", self.seed, self.operations);
        if let Some(only) = &self.only {
            let numbers: Vec<String> = only.iter().map(u64::to_string).collect();
            text.push_str(" --only ");
            text.push_str(&numbers.join(","));
        }
        if self.good_weather {
            text.push_str(" --good-weather");
        }
        text
    }
}
