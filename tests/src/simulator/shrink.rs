//! Cuts a failing history to what is needed for it to fail, so that a person can read it.

use super::course::Course;
use super::log::Keep;
use super::world::{Outcome, run};
use std::collections::BTreeSet;

/// A failing history, shortened.
#[derive(Debug)]
pub struct Shrunk {
    /// What is left of it.
    pub course: Course,
    /// How it went, with what people and fate did.
    pub outcome: Outcome,
    /// How many runs it took.
    pub runs: u32,
}

/// Shortens a course whose run breaks a promise, so that the rest still breaks the same one; `None` when it breaks none.
///
/// Delta debugging (Zeller, Hildebrandt 2002): the operations are left out in ever smaller pieces.
pub fn shrink(course: &Course) -> Option<Shrunk> {
    let mut shrinker = Shrinker { course: course.clone(), invariant: "", runs: 0 };
    let (broken, operation) = shrinker.run(course, Keep::Nothing).broken?;
    shrinker.invariant = broken.invariant;
    shrinker.try_it(Course { operations: operation, ..course.clone() });
    shrinker.try_it(Course { good_weather: true, ..shrinker.course.clone() });
    shrinker.leave_out_operations();
    let course = shrinker.course.clone();
    let outcome = shrinker.run(&course, Keep::Deeds);
    Some(Shrunk { course, outcome, runs: shrinker.runs })
}

struct Shrinker {
    /// The shortest that still fails.
    course: Course,
    invariant: &'static str,
    runs: u32,
}

impl Shrinker {
    fn run(&mut self, course: &Course, keep: Keep) -> Outcome {
        self.runs += 1;
        run(course, keep)
    }

    /// Takes a course if it fails in the same way.
    fn try_it(&mut self, course: Course) -> bool {
        let fails =
            self.run(&course, Keep::Nothing).broken.is_some_and(|(broken, _)| broken.invariant == self.invariant);
        if fails {
            self.course = course;
        }
        fails
    }

    fn leave_out_operations(&mut self) {
        let mut kept: Vec<u64> = (1..=self.course.operations).filter(|number| self.course.has(*number)).collect();
        let mut size = kept.len().div_ceil(2);
        while size > 0 {
            let mut from = 0;
            while from < kept.len() {
                let to = (from + size).min(kept.len());
                let rest: Vec<u64> = kept[..from].iter().chain(&kept[to..]).copied().collect();
                let only: BTreeSet<u64> = rest.iter().copied().collect();
                if self.try_it(Course { only: Some(only), ..self.course.clone() }) {
                    kept = rest;
                } else {
                    from = to;
                }
            }
            size = if size == 1 { 0 } else { size.div_ceil(2) };
        }
    }
}
