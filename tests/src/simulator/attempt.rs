//! A run in which a panic is a broken promise like any other.

use super::course::Course;
use super::ledger::Broken;
use super::log::Keep;
use super::world::{Outcome, run};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a course to its end, whatever happens in it.
pub fn attempt(course: &Course, keep: Keep) -> Outcome {
    catch_unwind(AssertUnwindSafe(|| run(course, keep))).unwrap_or_else(|panic| {
        let what = panic.downcast_ref::<String>().cloned();
        let what = what.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        let broken = Broken { invariant: "panic", what };
        Outcome { course: course.clone(), operations: 0, facts: 0, broken: Some((broken, 0)), lines: Vec::new() }
    })
}
