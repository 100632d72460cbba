//! The verbs that run one program.

use crate::workspace::{Profile, Workspace};
use crate::{child, report, setup, stages};
use anyhow::{Result, bail};
use clap::Args;
use std::process::Command;

/// All of the workspace with its tests, as `test` builds it: a narrower selection has other features, and Cargo would
/// build most dependencies once more.
pub(crate) const EVERYTHING: &[&str] = &["build", "--workspace", "--all-targets"];
/// Programs as they are shipped, each with nothing that only tests need: for what is measured, and what runs for hours.
const RELEASE: &[&str] = &["build", "--release", "--workspace"];

/// Which days to simulate.
#[derive(Args)]
pub(crate) struct Simulate {
    /// How many seeds.
    #[arg(long, default_value_t = 50)]
    pub(crate) seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 0)]
    pub(crate) from: u64,
    /// Every step of every seed.
    #[arg(long)]
    pub(crate) log: bool,
    /// With this seeded bug compiled in, which has to be found.
    #[arg(long, value_name = "NAME")]
    pub(crate) bug: Option<String>,
    /// Find every seeded bug from five beginnings, and print how many seeds that took.
    #[arg(long)]
    pub(crate) medians: bool,
    /// Cut the failing history of this seed to the few lines that it needs to fail.
    #[arg(long, value_name = "SEED")]
    pub(crate) shrink: Option<u64>,
}

impl Default for Simulate {
    fn default() -> Self {
        Self { seeds: 50, from: 0, log: false, bug: None, medians: false, shrink: None }
    }
}

impl Simulate {
    fn arguments(&self) -> Vec<String> {
        let mut arguments =
            vec!["--seeds".to_owned(), self.seeds.to_string(), "--from".to_owned(), self.from.to_string()];
        if self.log {
            arguments.push("--log".to_owned());
        }
        if let Some(bug) = &self.bug {
            arguments.extend(["--bug".to_owned(), bug.clone()]);
        }
        if self.medians {
            arguments.push("--medians".to_owned());
        }
        if let Some(seed) = self.shrink {
            arguments.extend(["--shrink".to_owned(), seed.to_string()]);
        }
        arguments
    }
}

/// Runs the simulator; its last line is the figures.
pub(crate) fn simulate(workspace: &Workspace, simulate: &Simulate) -> Result<child::Finished> {
    let with_bugs = simulate.bug.is_some() || simulate.medians;
    let features: &[&str] = if with_bugs { &["--features", "truckroll-tests/seeded-bugs"] } else { &[] };
    run_simulate(workspace, Profile::Dev, &[EVERYTHING, features].concat(), simulate)
}

/// [`simulate`], for hours: on a program built for release, which is twice as fast and takes minutes to build.
pub(crate) fn simulate_long(workspace: &Workspace, simulate: &Simulate) -> Result<child::Finished> {
    let build = [RELEASE, &["--bin", "simulate"]].concat();
    run_simulate(workspace, Profile::Release, &build, simulate)
}

fn run_simulate(
    workspace: &Workspace,
    profile: Profile,
    build: &[&str],
    simulate: &Simulate,
) -> Result<child::Finished> {
    let arguments = simulate.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run_built(workspace, profile, build, "simulate", &arguments)
}

/// Runs a program of `truckroll-tests`; its last line is the figures.
pub(crate) fn program(workspace: &Workspace, name: &str, arguments: &[&str]) -> Result<child::Finished> {
    run_built(workspace, Profile::Dev, EVERYTHING, name, arguments)
}

/// Runs the benches on what is shipped: `bench` and the command, each with nothing that only tests need; the last line is
/// how many figures there are.
pub(crate) fn bench(workspace: &Workspace, arguments: &[&str]) -> Result<child::Finished> {
    let build = [RELEASE, &["--bin", "bench", "--bin", "truckroll"]].concat();
    run_built(workspace, Profile::Release, &build, "bench", arguments)
}

/// Builds, and runs a program of `truckroll-tests` that was built, with the command beside it.
fn run_built(
    workspace: &Workspace,
    profile: Profile,
    build: &[&str],
    name: &str,
    arguments: &[&str],
) -> Result<child::Finished> {
    if !workspace.has_program(name) {
        bail!("{name}: this part does not exist yet (no program `{name}` in truckroll-tests)");
    }
    if !setup::prepare(&workspace.root)? {
        bail!("the machine lacks what the build needs");
    }
    if !child::run(&workspace.root, "cargo", build, &[])?.success {
        bail!("it doesn't build");
    }
    let (program, truckroll) = (workspace.program(profile, name), workspace.program(profile, "truckroll"));
    let variables = [("TRUCKROLL_BIN", truckroll.as_path())];
    child::run(&workspace.root, &program.to_string_lossy(), arguments, &variables)
}

/// Builds the board where Node is there, then everything, and becomes the demo: Ctrl-C is the demo's own to end cleanly.
pub(crate) fn demo(workspace: &Workspace, arguments: &[String]) -> Result<bool> {
    if !setup::prepare(&workspace.root)? || !board(workspace)? {
        return Ok(false);
    }
    if !child::run(&workspace.root, "cargo", EVERYTHING, &[])?.success {
        return Ok(false);
    }
    let mut command = Command::new(workspace.program(Profile::Dev, "demo"));
    command
        .args(arguments)
        .env("TRUCKROLL_BIN", workspace.program(Profile::Dev, "truckroll"))
        .current_dir(&workspace.root);
    become_program(&mut command)
}

/// The board's page is part of the server: made once, unless there is no Node to make it with.
fn board(workspace: &Workspace) -> Result<bool> {
    let folder = workspace.root.join("server/board");
    if folder.join("dist/index.html").exists() {
        return Ok(true);
    }
    if !child::answers("npm", &["--version"]) {
        println!("left out: the board's page, for want of Node; the API is served all the same");
        return Ok(true);
    }
    Ok(child::run(&folder, "npm", &["ci", "--no-audit", "--no-fund", "--loglevel=error"], &[])?.success
        && child::run(&folder, "npm", &["run", "--silent", "build"], &[])?.success)
}

/// Returns only where a process can't become another: then the program has ended.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<bool> {
    use std::os::unix::process::CommandExt;
    Err(command.exec().into())
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<bool> {
    Ok(command.status()?.success())
}

/// Holds docs/coverage.md and docs/security.md against the last `cargo xtask test`.
pub(crate) fn coverage(workspace: &Workspace) -> Result<bool> {
    let reports = workspace.reports();
    let Some(names) = report::read_cargo(&reports)? else {
        bail!("coverage: no tests have run yet: `cargo xtask test` runs them, and checks the coverage too");
    };
    let mut passed = report::read_platforms(&reports)?;
    passed.insert(crate::coverage::Platform::Cargo, names);
    stages::check_coverage(workspace, &passed)
}

/// Runs a folder's own script with the command's path in `TRUCKROLL_BIN`. The scripts of tests end in `N passed, N failed`.
pub(crate) fn script(workspace: &Workspace, path: &str) -> Result<child::Finished> {
    let script = workspace.root.join(path);
    if !script.exists() {
        bail!("{path} does not exist: this part is not there yet");
    }
    if !setup::prepare(&workspace.root)? || !child::run(&workspace.root, "cargo", EVERYTHING, &[])?.success {
        bail!("the command that {path} runs against could not be built");
    }
    let truckroll = workspace.program(Profile::Dev, "truckroll");
    child::run(&workspace.root, "bash", &[path], &[("TRUCKROLL_BIN", &truckroll)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_simulator_is_given_what_the_verb_was_given() {
        let all = Simulate { seeds: 7, from: 9, log: true, bug: Some("ack".into()), medians: false, shrink: Some(3) };
        assert_eq!(all.arguments(), ["--seeds", "7", "--from", "9", "--log", "--bug", "ack", "--shrink", "3"]);
        assert_eq!(Simulate::default().arguments(), ["--seeds", "50", "--from", "0"]);
    }
}
