//! Each seeded bug is found within a thousand seeds, and the simulator says by which promise.
#![cfg(feature = "seeded-bugs")]
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::process::Command;
use truckroll_core::bugs::Bug;

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
