//! `cut-golden NAME`: records a day as this version stores and says it, into `tests/golden/NAME`. When to cut a new set
//! stands in `tests/golden/README.md`.
#![allow(clippy::print_stdout, reason = "standard output is what this program is for")]

use anyhow::{Result, ensure};
use clap::Parser;
use std::path::Path;
use truckroll_tests::golden::{self, Recording};

#[derive(Parser)]
#[command(about = "Records a day's databases and wire traffic for the tests of later versions")]
struct Arguments {
    /// The set's name: `v1`.
    name: String,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(&arguments.name);
    ensure!(!folder.exists(), "{} exists: what was released is never cut again", arguments.name);
    std::fs::create_dir_all(&folder)?;
    let recording: Recording = golden::record(&folder)?;
    println!("cut {}: {} exchanges, {} facts", arguments.name, recording.exchanges.len(), recording.facts.len());
    Ok(())
}
