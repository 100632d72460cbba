//! Mutants of the code that must not be wrong: does a test notice each?

use crate::workspace::Workspace;
use crate::{child, dated};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The reducer, the outbox, and the server's decision.
const FILES: &[&str] = &[
    "core/src/apply.rs",
    "core/src/judge.rs",
    "core/src/device/push.rs",
    "core/src/device/swap.rs",
    "core/src/device/store/outbox.rs",
    "server/src/dispatch/facts/*.rs",
];
/// So many of a hundred must be caught.
const CAUGHT_PERCENT: usize = 90;
/// A test that hangs has caught its mutant; it isn't waited for longer, seconds.
const TIMEOUT_SECONDS: &str = "600";

/// Runs cargo-mutants and writes the dated result; `true` when enough are caught.
pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    let root = &workspace.root;
    if !child::answers("cargo", &["mutants", "--version"])
        && !child::run(root, "cargo", &["install", "--locked", "cargo-mutants"], &[])?.success
    {
        return Ok(false);
    }
    let output = workspace.target.join("mutants");
    let output_text = output.to_string_lossy().into_owned();
    let mut arguments = vec!["mutants", "--output", &output_text, "--timeout", TIMEOUT_SECONDS, "--no-shuffle"];
    for file in FILES {
        arguments.extend(["--file", file]);
    }
    // Doc tests and platforms decide nothing here; the simulator's seeds do.
    arguments.extend(["--test-workspace", "true", "--", "--lib", "--tests"]);
    // It ends with another code when a mutant was missed: its lists say more.
    child::run(root, "cargo", &arguments, &[])?;
    let lists = output.join("mutants.out");
    let (caught, missed) = (list(&lists, "caught")?, list(&lists, "missed")?);
    let (timed_out, unviable) = (list(&lists, "timeout")?, list(&lists, "unviable")?);
    let tried = caught.len() + missed.len() + timed_out.len();
    let noticed = caught.len() + timed_out.len();
    let percent = (noticed * 100).checked_div(tried).unwrap_or(0);
    let mut body = format!(
        "{tried} mutants of {}: {} caught, {} ran into the time limit (which is caught too), {} missed, {} did not compile. \
         {percent} % caught; at least {CAUGHT_PERCENT} % must be.\n\n",
        FILES.iter().map(|file| format!("`{file}`")).collect::<Vec<_>>().join(", "),
        caught.len(),
        timed_out.len(),
        missed.len(),
        unviable.len()
    );
    if !missed.is_empty() {
        body.push_str("| Survivor | Why |\n|---|---|\n");
        for mutant in &missed {
            body.push_str(&format!("| `{mutant}` | |\n"));
        }
    }
    dated::write(workspace, "mutants", "Mutants", &body)?;
    println!("mutants: {noticed} of {tried} caught, {percent} %");
    Ok(tried > 0 && percent >= CAUGHT_PERCENT)
}

fn list(folder: &Path, name: &str) -> Result<Vec<String>> {
    let path = folder.join(format!("{name}.txt"));
    let text = fs::read_to_string(&path).with_context(|| format!("cargo-mutants left no {}", path.display()))?;
    Ok(text.lines().map(str::to_owned).collect())
}
