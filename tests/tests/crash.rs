//! The fast part of `cargo xtask crash`: an even sample of all cases.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use truckroll_tests::crash::disk::{Fault, Keep};
use truckroll_tests::crash::run::Side;
use truckroll_tests::crash::{Reference, Upgrade};

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

/// A phone whose battery dies in the first start of a new version, and a server likewise, start again with all they had.
#[test]
fn an_upgrade_survives_every_fault_at_every_write() {
    for (side, database) in [(Side::Phone, "phone.db"), (Side::Server, "server-after.db")] {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/v1").join(database);
        let upgrade = Upgrade::new(side, std::fs::read(path).unwrap()).unwrap();
        let cases: Vec<_> = upgrade.cases().collect();
        assert!(cases.len() > 100, "{side:?}: an upgrade writes more: {} cases", cases.len());
        let failed: Vec<String> = cases
            .into_iter()
            .filter_map(|(point, fault)| {
                let error = upgrade.run(point, fault).err()?;
                Some(format!("{side:?}, point {point}, {fault:?}: {error:#}"))
            })
            .collect();
        assert!(failed.is_empty(), "{}", failed.join("\n"));
    }
}
