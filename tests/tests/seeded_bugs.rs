//! Each seeded bug is found within a thousand seeds, the simulator says by which promise, and shows how.
#![cfg(feature = "seeded-bugs")]
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::process::Command;
use truckroll_core::bugs::{Bug, select};
use truckroll_tests::simulator::Course;
use truckroll_tests::simulator::shrink::shrink;

#[test]
fn every_seeded_bug_is_found_within_a_thousand_seeds() {
    for bug in Bug::ALL {
        let output = Command::new(env!("CARGO_BIN_EXE_simulate"))
            .args(["--seeds", "1000", "--bug", bug.as_str()])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let last = text.lines().last().unwrap_or_default();
        assert!(output.status.success() && last.starts_with(&format!("found: {bug} by I")), "{bug}: {last}");
    }
}

/// What a person can read at a glance.
const FEW: usize = 12;

#[test]
fn a_failing_history_is_cut_to_what_a_person_can_read() {
    select(Some(Bug::UndoKeepsTheStatus));
    let shrunk = (0..200).find_map(|seed| shrink(&Course::new(seed, 150))).unwrap();
    let left = shrunk.course.only.unwrap();
    assert!(left.len() <= FEW, "{left:?}");
    assert!(shrunk.outcome.lines.iter().any(|line| line.contains("undo")), "{:#?}", shrunk.outcome.lines);
    assert_eq!(shrunk.outcome.broken.unwrap().0.invariant, "I7");
}
