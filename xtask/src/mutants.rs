//! Mutants of the code that must not be wrong: does a test notice each?
//!
//! Each part is tried with the tests beside it, which takes seconds a mutant; what those miss, again with the tests that cross
//! folders. A survivor's reason is written into the dated result by hand.

use crate::workspace::Workspace;
use crate::{child, dated};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Code, and the tests that are asked first.
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
        tests: &["--test-package", "truckroll-core", "--", "--features", "device", "--lib"],
    },
    Part {
        files: &["server/src/dispatch/facts/*.rs"],
        tests: &["--test-package", "truckroll-server", "--", "--lib", "--test", "sync"],
    },
];
/// The tests that cross folders: every pair of status, operation and role, and histories that once broke.
const WIDER: &[&str] =
    &["--test-package", "truckroll-tests", "--", "--test", "exhaustive", "--test", "seeds", "--test", "seeded_bugs"];
/// So many of a hundred must be caught.
const CAUGHT_PERCENT: usize = 90;
/// A test that hangs has caught its mutant; it isn't waited for longer, seconds. The tests that are asked first take seconds, the
/// wider ones a minute.
const TIMEOUT_SECONDS: &str = "240";

/// What a part's mutants came to.
#[derive(Default)]
struct Outcome {
    caught: Vec<String>,
    missed: Vec<String>,
    timed_out: Vec<String>,
    unviable: Vec<String>,
}

/// Runs cargo-mutants and writes the dated result; `true` when enough are caught.
pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    let root = &workspace.root;
    if !child::answers("cargo", &["mutants", "--version"])
        && !child::run(root, "cargo", &["install", "--locked", "cargo-mutants"], &[])?.success
    {
        return Ok(false);
    }
    let mut all = Outcome::default();
    for (number, part) in PARTS.iter().enumerate() {
        let outcome = of_part(workspace, part, &format!("mutants-{number}"))?;
        all.caught.extend(outcome.caught);
        all.missed.extend(outcome.missed);
        all.timed_out.extend(outcome.timed_out);
        all.unviable.extend(outcome.unviable);
    }
    let tried = all.caught.len() + all.missed.len() + all.timed_out.len();
    let noticed = all.caught.len() + all.timed_out.len();
    let percent = (noticed * 100).checked_div(tried).unwrap_or(0);
    dated::write(workspace, "mutants", "Mutants", &report(&all, percent))?;
    println!("mutants: {noticed} of {tried} caught, {percent} %");
    Ok(tried > 0 && percent >= CAUGHT_PERCENT)
}

/// Tries a part's mutants with its own tests, and what those miss with the wider ones.
fn of_part(workspace: &Workspace, part: &Part, name: &str) -> Result<Outcome> {
    let output = workspace.target.join(name);
    if output.exists() {
        fs::remove_dir_all(&output)?;
    }
    let place = output.to_string_lossy().into_owned();
    let mut first = Outcome::default();
    for tests in [part.tests, WIDER] {
        let mut arguments = vec!["mutants", "--output", &place, "--timeout", TIMEOUT_SECONDS, "--no-shuffle"];
        if !first.missed.is_empty() {
            arguments.push("--iterate");
        }
        for file in part.files {
            arguments.extend(["--file", file]);
        }
        arguments.extend(tests);
        // It ends with another code when a mutant was missed: its lists say more.
        // Nobody reads a mutant's backtrace.
        child::run(&workspace.root, "cargo", &arguments, &[("CARGO_PROFILE_DEV_DEBUG", Path::new("0"))])?;
        let now = read(&output.join("mutants.out"))?;
        first.caught.extend(now.caught);
        first.timed_out.extend(now.timed_out);
        first.unviable.extend(now.unviable);
        first.missed = now.missed;
        if first.missed.is_empty() {
            break;
        }
    }
    Ok(first)
}

fn report(all: &Outcome, percent: usize) -> String {
    let files: Vec<String> = PARTS.iter().flat_map(|part| part.files).map(|file| format!("`{file}`")).collect();
    let mut body = format!(
        "Mutants of {}: {} caught, {} ran into the time limit (which is caught too), {} missed, {} did not compile. \
         {percent} % caught; at least {CAUGHT_PERCENT} % must be.\n\n",
        files.join(", "),
        all.caught.len(),
        all.timed_out.len(),
        all.missed.len(),
        all.unviable.len()
    );
    if !all.missed.is_empty() {
        body.push_str("| Survivor | Why |\n|---|---|\n");
        for mutant in &all.missed {
            body.push_str(&format!("| `{mutant}` | |\n"));
        }
    }
    body
}

fn read(lists: &Path) -> Result<Outcome> {
    let list = |name: &str| -> Result<Vec<String>> {
        let path = lists.join(format!("{name}.txt"));
        let text = fs::read_to_string(&path).with_context(|| format!("cargo-mutants left no {}", path.display()))?;
        Ok(text.lines().map(str::to_owned).collect())
    };
    Ok(Outcome {
        caught: list("caught")?,
        missed: list("missed")?,
        timed_out: list("timeout")?,
        unviable: list("unviable")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_names_each_survivor_with_a_place_for_its_reason() {
        let all =
            Outcome { caught: vec!["a".into(); 9], missed: vec!["apply.rs:7: delete !".into()], ..Outcome::default() };
        let text = report(&all, 90);
        assert!(text.contains("9 caught, 0 ran into the time limit (which is caught too), 1 missed"), "{text}");
        assert!(text.ends_with("| Survivor | Why |\n|---|---|\n| `apply.rs:7: delete !` | |\n"), "{text}");
    }
}
