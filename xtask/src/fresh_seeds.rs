//! The soak's seeds. They take hours, so each block of them that held is noted, and a run that was cut off goes on after it.

use crate::verbs::{self, Simulate};
use crate::workspace::Workspace;
use crate::{child, dated, notes};
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs::{self, OpenOptions};
use std::path::PathBuf;

/// Seeds of one block: minutes, which is what a cut costs.
const BLOCK: u64 = 250;

/// A block of seeds that held.
#[derive(Debug, PartialEq, Eq)]
struct Block {
    /// The commit whose seeds they are, and that was tried with them.
    commit: String,
    from: u64,
    seeds: u64,
    operations: u64,
}

impl Block {
    /// A line of the notes: commit, first seed, seeds, operations.
    fn read(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let commit = words.next()?.to_owned();
        let mut number = || words.next()?.parse().ok();
        Some(Self { commit, from: number()?, seeds: number()?, operations: number()? })
    }
}

fn place(workspace: &Workspace) -> Result<PathBuf> {
    Ok(workspace.soak()?.join("seeds.txt"))
}

/// Runs blocks until so many seeds have held; the last line of what it says is the sum. A block with a seed that fails isn't
/// noted: after the mend as many others are tried, and the seed itself is a named test from then on.
pub(crate) fn run(workspace: &Workspace, seeds: u64) -> Result<child::Finished> {
    let (commit, path) = (dated::commit(workspace)?, place(workspace)?);
    loop {
        let blocks = notes::read(&path, Block::read)?;
        if blocks.iter().map(|block| block.seeds).sum::<u64>() >= seeds {
            let sum = sum(&blocks);
            println!("{sum}");
            return Ok(child::Finished { success: true, output: sum });
        }
        let from = next_seed(&blocks, &commit)?;
        let simulate = Simulate { seeds: BLOCK, from, ..Simulate::default() };
        let finished = verbs::simulate_long(workspace, &simulate)?;
        if !finished.success {
            return Ok(finished);
        }
        let said = finished.output.lines().last().unwrap_or_default();
        let operations = operations(said).with_context(|| format!("not the simulator's figures: {said}"))?;
        let mut notes = OpenOptions::new().create(true).append(true).open(&path)?;
        std::io::Write::write_all(&mut notes, format!("{commit} {from} {BLOCK} {operations}\n").as_bytes())?;
    }
}

/// The next soak takes all of its seeds anew.
pub(crate) fn forget(workspace: &Workspace) -> Result<()> {
    let path = place(workspace)?;
    if path.exists() {
        fs::remove_file(&path).with_context(|| format!("can't remove {}", path.display()))?;
    }
    Ok(())
}

/// The first seed that this commit hasn't been tried with.
fn next_seed(blocks: &[Block], commit: &str) -> Result<u64> {
    let after = blocks.iter().filter(|block| block.commit == commit).map(|block| block.from + block.seeds).max();
    after.map_or_else(|| dated::fresh_seed(commit), Ok)
}

/// The operations in `simulated: N seeds, N operations, …`.
fn operations(said: &str) -> Option<u64> {
    said.strip_prefix("simulated: ")?.split(", ").find_map(|part| part.strip_suffix(" operations"))?.parse().ok()
}

/// All blocks in one line, by commit: a block that lost, doubled or wedged something would not be here.
fn sum(blocks: &[Block]) -> String {
    let mut commits: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for block in blocks {
        let (from, seeds) = commits.entry(&block.commit).or_insert((block.from, 0));
        *from = block.from.min(*from);
        *seeds += block.seeds;
    }
    let seeds: u64 = blocks.iter().map(|block| block.seeds).sum();
    let operations: u64 = blocks.iter().map(|block| block.operations).sum();
    let mut line = format!("simulated: {seeds} seeds, {operations} operations, 0 lost, 0 twice, 0 wedged");
    for (commit, (from, seeds)) in commits {
        // Writing into a string can't fail.
        let _ = write!(line, "; {seeds} from {from} at {}", commit.get(..10).unwrap_or(commit));
    }
    line
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn a_cut_run_goes_on_after_its_last_block() {
        let blocks: Vec<Block> =
            ["00000000ff29 255 250 250000", "00000000ff29 505 250 250000", "0000000001ab 1 250 249000"]
                .map(|line| Block::read(line).unwrap())
                .into();
        assert_eq!(next_seed(&blocks, "00000000ff29").unwrap(), 755);
        assert_eq!(next_seed(&blocks, "0000000002ab").unwrap(), 2);
        assert_eq!(
            sum(&blocks),
            "simulated: 750 seeds, 749000 operations, 0 lost, 0 twice, 0 wedged; 250 from 1 at 0000000001; 500 from 255 at 00000000ff"
        );
        assert_eq!(Block::read("00000000ff29 255 x 250000"), None);
    }

    #[test]
    fn figures_are_read_from_the_simulators_last_line() {
        let said = "simulated: 250 seeds, 250000 operations, 0 lost, 0 twice, 0 wedged, 541 op/s";
        assert_eq!(operations(said), Some(250_000));
        assert_eq!(operations("error: no"), None);
    }
}
