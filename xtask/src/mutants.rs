//! Mutants of the code that must not be wrong: does a test notice each?
//!
//! Each part is tried with the tests of its own crate, which takes seconds a mutant: what only the simulator notices counts as
//! missed. A survivor's reason is written into the dated result by hand.

use crate::workspace::Workspace;
use crate::{child, dated, notes};
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Code, and the tests that are asked: for the build, too, so that nothing else is built with every mutant.
struct Part {
    files: &'static [&'static str],
    tests: &'static [&'static str],
}

/// The reducer and the outbox, and the server's decision.
const PARTS: &[Part] = &[
    Part {
        files: &[
            "core/src/apply.rs",
            "core/src/judge.rs",
            "core/src/device/push.rs",
            "core/src/device/store/outbox.rs",
        ],
        // Without the driver: its runtime would be built with every mutant, and decides nothing here.
        tests: &["--test-package", "truckroll-core", "--features", "device", "--cargo-arg=--lib"],
    },
    Part {
        files: &["server/src/dispatch/facts/*.rs"],
        tests: &[
            "--test-package",
            "truckroll-server",
            "--cargo-arg=--test=decision",
            "--cargo-arg=--test=sync",
            "--cargo-arg=--test=handover",
        ],
    },
];
/// So many of a hundred must be caught.
const CAUGHT_PERCENT: usize = 90;
/// A test that hangs has caught its mutant; it isn't waited for longer, seconds. The tests take a few.
const TIMEOUT_SECONDS: &str = "60";

/// What became of a mutant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Caught,
    TimedOut,
    Missed,
    Unviable,
}

/// Every fate with the list that cargo-mutants keeps of it.
const LISTS: [(Fate, &str); 4] =
    [(Fate::Caught, "caught"), (Fate::TimedOut, "timeout"), (Fate::Missed, "missed"), (Fate::Unviable, "unviable")];

/// Mutants by name, with the last word about each.
type Fates = BTreeMap<String, Fate>;

/// Runs cargo-mutants and writes the dated result; `true` when enough are caught.
///
/// What was caught once isn't tried again: a run that was cut off goes on, and one after new tests takes what was missed.
/// `anew` begins from nothing.
pub(crate) fn run(workspace: &Workspace, anew: bool) -> Result<bool> {
    let root = &workspace.root;
    if !child::answers("cargo", &["mutants", "--version"])
        && !child::run(root, "cargo", &["install", "--locked", "cargo-mutants"], &[])?.success
    {
        return Ok(false);
    }
    let mut all = Fates::new();
    for (number, part) in PARTS.iter().enumerate() {
        let output = workspace.target.join(format!("mutants-{number}"));
        let known = workspace.soak()?.join(format!("mutants-{number}.txt"));
        if anew {
            for old in [&output, &known] {
                remove(old)?;
            }
        }
        all.extend(of_part(workspace, part, &output, &known)?);
    }
    let noticed = count(&all, Fate::Caught) + count(&all, Fate::TimedOut);
    let tried = noticed + count(&all, Fate::Missed);
    let percent = (noticed * 100).checked_div(tried).unwrap_or(0);
    dated::write(workspace, "mutants", "Mutants", &report(&all, percent))?;
    println!("mutants: {noticed} of {tried} caught, {percent} %");
    Ok(tried > 0 && percent >= CAUGHT_PERCENT)
}

/// Tries a part's mutants.
fn of_part(workspace: &Workspace, part: &Part, output: &Path, known: &Path) -> Result<Fates> {
    let place = output.to_string_lossy().into_owned();
    let files: Vec<&str> = part.files.iter().flat_map(|file| ["--file", file]).collect();
    let lists = output.join("mutants.out");
    fs::create_dir_all(&lists)?;
    let mut fates: Fates = notes::read(known, read_note)?.into_iter().collect();
    // What a run that was cut off had found: cargo-mutants begins its lists anew.
    fates.extend(read_lists(&lists)?);
    fs::write(known, write_notes(&fates))?;
    // What `--iterate` leaves out: what another machine found, and what runs into the limit, too.
    fs::write(lists.join("previously_caught.txt"), settled(&fates))?;
    let arguments = ["mutants", "--output", &place, "--timeout", TIMEOUT_SECONDS, "--no-shuffle", "--iterate"];
    let arguments = [&arguments[..], &files, part.tests].concat();
    // Nobody reads a mutant's backtrace, and building it costs more than running it; what is no mutant is built once, not anew
    // in each run's copy of the code.
    let built = workspace.target.join("mutants-built");
    let environment = [
        ("CARGO_PROFILE_DEV_DEBUG", Path::new("0")),
        ("CARGO_PROFILE_DEV_OPT_LEVEL", Path::new("0")),
        ("CARGO_TARGET_DIR", built.as_path()),
    ];
    // It ends with another code when a mutant was missed: its lists say more.
    child::run(&workspace.root, "cargo", &arguments, &environment)?;
    fates.extend(read_lists(&lists)?);
    fs::write(known, write_notes(&fates))?;
    // The code may have moved since the first of them were tried.
    let listed = child::run(&workspace.root, "cargo", &[&["mutants", "--list"][..], &files].concat(), &[])?;
    anyhow::ensure!(listed.success, "cargo-mutants lists no mutants");
    let listed: BTreeSet<&str> = listed.output.lines().filter(|line| line.contains(": ")).collect();
    fates.retain(|name, _| listed.contains(name.as_str()));
    // The tests may fail without a mutant, or one may have been cut off.
    let untried = listed.len() - fates.len();
    anyhow::ensure!(untried == 0, "{untried} of {} mutants of {} were not tried", listed.len(), part.files.join(", "));
    Ok(fates)
}

/// The names that need no other try.
fn settled(fates: &Fates) -> String {
    fates.iter().filter(|(_, fate)| **fate != Fate::Missed).map(|(name, _)| format!("{name}\n")).collect()
}

fn remove(path: &Path) -> Result<()> {
    if path.is_dir() {
        fs::remove_dir_all(path)?;
    } else if path.exists() {
        fs::remove_file(path)?;
    }
    Ok(())
}

fn count(fates: &Fates, wanted: Fate) -> usize {
    fates.values().filter(|fate| **fate == wanted).count()
}

fn report(all: &Fates, percent: usize) -> String {
    let files: Vec<String> = PARTS.iter().flat_map(|part| part.files).map(|file| format!("`{file}`")).collect();
    let mut body = format!(
        "Mutants of {}: {} caught, {} ran into the time limit (which is caught too), {} missed, {} did not compile. \
         {percent} % caught; at least {CAUGHT_PERCENT} % must be.\n\n",
        files.join(", "),
        count(all, Fate::Caught),
        count(all, Fate::TimedOut),
        count(all, Fate::Missed),
        count(all, Fate::Unviable)
    );
    if count(all, Fate::Missed) > 0 {
        body.push_str("| Survivor | Why |\n|---|---|\n");
        for (mutant, _) in all.iter().filter(|(_, fate)| **fate == Fate::Missed) {
            body.push_str(&format!("| `{mutant}` | |\n"));
        }
    }
    body
}

/// What cargo-mutants has found so far; nothing before its first run.
fn read_lists(lists: &Path) -> Result<Fates> {
    let mut fates = Fates::new();
    for (fate, list) in LISTS {
        let path = lists.join(format!("{list}.txt"));
        if path.exists() {
            let text = fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
            fates.extend(text.lines().map(|name| (name.to_owned(), fate)));
        }
    }
    Ok(fates)
}

/// A line a mutant: the list that it is on, and its name.
fn write_notes(fates: &Fates) -> String {
    let list = |wanted: Fate| LISTS.iter().find(|(fate, _)| *fate == wanted).map_or("", |(_, list)| list);
    fates.iter().map(|(name, fate)| format!("{} {name}\n", list(*fate))).collect()
}

fn read_note(line: &str) -> Option<(String, Fate)> {
    let (list, name) = line.split_once(' ')?;
    LISTS.iter().find(|(_, known)| *known == list).map(|(fate, _)| (name.to_owned(), *fate))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    fn fates() -> Fates {
        let caught = (0..9).map(|line| (format!("apply.rs:{line}: delete !"), Fate::Caught));
        caught.chain([("apply.rs:97: delete !".to_owned(), Fate::Missed)]).collect()
    }

    #[test]
    fn the_result_names_each_survivor_with_a_place_for_its_reason() {
        let text = report(&fates(), 90);
        assert!(text.contains("9 caught, 0 ran into the time limit (which is caught too), 1 missed"), "{text}");
        assert!(text.ends_with("| Survivor | Why |\n|---|---|\n| `apply.rs:97: delete !` | |\n"), "{text}");
    }

    #[test]
    fn a_run_that_was_cut_off_knows_what_it_had_found() {
        let read: Fates = write_notes(&fates()).lines().map(|line| read_note(line).unwrap()).collect();
        assert_eq!(read, fates());
        assert_eq!(read_note("sunk apply.rs:1"), None);
    }
}
