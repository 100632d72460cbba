//! The fast part of `cargo xtask crash`: an even sample of all cases.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use truckroll_tests::crash::Reference;
use truckroll_tests::crash::disk::{Fault, Keep};
use truckroll_tests::crash::run::Side;

/// Prime, so that the sample meets every fault at every kind of point.
const STRIDE: usize = 97;

#[test]
fn a_day_survives_every_fault_that_is_tried() {
    let reference = Reference::new().unwrap();
    let cases = reference.cases();
    assert!(reference.points() > 500, "the script writes more than {} times", reference.points());
    let failed: Vec<String> = cases
        .iter()
        .enumerate()
        .step_by(STRIDE)
        .filter_map(|(number, case)| {
            let error = reference.run(*case).err()?;
            Some(format!("case {number}, {case:?}: {error:#}"))
        })
        .collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// The check is checked: what would be a forgotten sync in the stores is found, on both sides.
#[test]
fn a_disk_that_only_says_that_it_synced_is_found_out() {
    let reference = Reference::new().unwrap();
    for side in [Side::Phone, Side::Server] {
        let cuts: Vec<_> = reference
            .cases()
            .into_iter()
            .filter(|case| case.side == side && case.fault == Fault::PowerCut(Keep::Nothing))
            .collect();
        let found = cuts.iter().step_by(cuts.len().div_ceil(12)).find_map(|case| {
            let error = reference.run_on_a_lying_disk(*case).err()?;
            Some(format!("{error:#}"))
        });
        assert!(found.is_some(), "{side:?}: nothing was lost on a disk that keeps nothing");
    }
}
