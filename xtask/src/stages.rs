//! What `test`, `test --full` and `soak` run, as data, and the runner.
//!
//! To add a stage, put it into the lists below; what it may be is [`Work`]. A part that doesn't exist yet is no stage.

use crate::coverage::{self, Passed, Platform};
use crate::tally::Tally;
use crate::verbs::{self, Simulate};
use crate::workspace::{Profile, Workspace};
use crate::{child, fresh_seeds, fuzz, report, setup};
use anyhow::{Context, Result};
use std::fs;
use std::time::Instant;

/// One step of a run.
#[derive(Clone, Copy)]
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    work: Work,
}

#[derive(Clone, Copy)]
enum Work {
    /// What a bare machine lacks.
    Setup,
    /// A Cargo command that passes or fails as a whole.
    Cargo(&'static [&'static str]),
    /// A `cargo test` whose tests are counted one by one.
    Tests(&'static [&'static str]),
    /// The simulator over so many seeds, the same in every run.
    Simulate { seeds: u64 },
    /// The simulator for hours, over seeds that nobody has run.
    SimulateFresh { seeds: u64 },
    /// Every fault at every write of a fixed day; an even sample of them, unless all are asked for.
    Crash { all: bool },
    /// A program of `truckroll-tests`.
    Program(&'static str, &'static [&'static str]),
    /// The benches, whole.
    Bench,
    /// libFuzzer over every decoder, so many seconds each.
    Fuzz { seconds: u64 },
    /// A platform's own script, which ends in `N passed, N failed`.
    Script(&'static str),
    /// Licences and bans by cargo-deny; where it is not installed, installed and with advisories, or left out.
    Deny { install: bool },
    /// docs/coverage.md against the names that passed in this run; with all of them asked for, a named test of a platform
    /// that did not run fails too.
    Coverage { all: bool },
}

const fn stage(name: &'static str, work: Work) -> Stage {
    Stage { name, work }
}

pub(crate) const SETUP: Stage = stage("set-up", Work::Setup);
const FORMAT: Stage = stage("format", Work::Cargo(&["fmt", "--all", "--check"]));
const LINTS: Stage =
    stage("lints", Work::Cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]));
// Tests that cross folders start the real command.
const BUILD: Stage = stage("build", Work::Cargo(verbs::EVERYTHING));
const TESTS: Stage =
    stage("tests", Work::Tests(&["test", "--workspace", "--no-fail-fast", "--lib", "--bins", "--tests", "--examples"]));
const DOC_TESTS: Stage = stage("doc tests", Work::Tests(&["test", "--workspace", "--no-fail-fast", "--doc"]));
const DENY: Stage = stage("licences and bans", Work::Deny { install: false });

/// The mistakes that the simulator must find, compiled in for this stage alone.
const SEEDED_BUGS: Stage = stage(
    "seeded bugs",
    Work::Tests(&["test", "--workspace", "--features", "truckroll-tests/seeded-bugs", "--test", "seeded_bugs"]),
);
const KILL: Stage = stage("kill", Work::Program("kill", &["--rounds", "200"]));
const ANDROID: Stage = stage("android", Work::Script("android/test.sh"));
const IOS: Stage = stage("ios", Work::Script("ios/test.sh"));
const BOARD: Stage = stage("board", Work::Script("server/board/test.sh"));
const DEMO: Stage = stage("demo", Work::Program("demo", &["--speed", "240", "--for", "60"]));

const SCHEMATHESIS: Stage = stage("schemathesis", Work::Script("server/schemathesis.sh"));

const fn coverage(all: bool) -> Stage {
    stage("coverage", Work::Coverage { all })
}

const fn simulate(seeds: u64) -> Stage {
    stage("simulate", Work::Simulate { seeds })
}

const fn crash(all: bool) -> Stage {
    stage("crash", Work::Crash { all })
}

/// `cargo xtask test`: minutes.
pub(crate) const QUICK: &[Stage] =
    &[SETUP, FORMAT, LINTS, BUILD, TESTS, DOC_TESTS, simulate(50), DEMO, DENY, coverage(false)];

/// `cargo xtask test --full`: what continuous integration asks.
pub(crate) const FULL: &[Stage] = &[
    SETUP,
    FORMAT,
    LINTS,
    BUILD,
    TESTS,
    DOC_TESTS,
    simulate(500),
    crash(true),
    KILL,
    SEEDED_BUGS,
    DEMO,
    SCHEMATHESIS,
    BOARD,
    IOS,
    ANDROID,
    DENY,
    coverage(true),
];

/// `cargo xtask soak`: as long as it takes, see [`crate::soak`].
pub(crate) const SOAK: &[Stage] = &[
    stage("licences and bans", Work::Deny { install: true }),
    stage("simulate", Work::SimulateFresh { seeds: 10_000 }),
    crash(true),
    stage("kill", Work::Program("kill", &["--rounds", "1000"])),
    stage("fuzz", Work::Fuzz { seconds: 60 }),
    SCHEMATHESIS,
    stage("bench", Work::Bench),
    stage("board under load", Work::Script("server/board/load.sh")),
];

/// What a run has come to so far.
struct Run<'a> {
    workspace: &'a Workspace,
    /// A skipped test is a failed one: nobody reads the log of a green run.
    strict: bool,
    passed: Passed,
    /// The last line of each program: its figures.
    figures: Vec<String>,
}

/// How many checks of one stage passed and failed.
#[derive(Clone, Copy, Default)]
struct Counts {
    passed: u64,
    failed: u64,
}

impl Counts {
    fn one(passed: bool) -> Self {
        Self { passed: u64::from(passed), failed: u64::from(!passed) }
    }
}

/// Runs the stages, all of them whatever fails, save that nothing runs on a machine that lacks its tools.
/// Ends with the line `N passed, N failed`; `true` when nothing failed.
pub(crate) fn run(workspace: &Workspace, stages: &[Stage]) -> Result<bool> {
    run_for_figures(workspace, stages).map(|(success, _)| success)
}

/// [`run`], with the last line of each program.
pub(crate) fn run_for_figures(workspace: &Workspace, stages: &[Stage]) -> Result<(bool, Vec<String>)> {
    let strict = std::env::var("CI").is_ok_and(|value| value == "true");
    let mut run = Run { workspace, strict, passed: Passed::new(), figures: Vec::new() };
    let reports = workspace.reports();
    if reports.exists() {
        // Yesterday's reports must not vouch for today.
        fs::remove_dir_all(&reports).with_context(|| format!("can't remove {}", reports.display()))?;
    }
    let mut done = Vec::new();
    for stage in stages {
        println!("\n== {}", stage.name);
        let started = Instant::now();
        let counts = run.work(&stage.work).unwrap_or_else(|error| {
            println!("{error:#}");
            Counts::one(false)
        });
        done.push((stage.name, counts, started.elapsed()));
        if matches!(stage.work, Work::Setup) && counts.failed > 0 {
            break;
        }
    }
    println!();
    let mut total = Counts::default();
    for (name, counts, elapsed) in done {
        total.passed += counts.passed;
        total.failed += counts.failed;
        let minutes = elapsed.as_secs_f64() / 60.0;
        println!("{name:<18} {minutes:>6.1} min {:>6} passed {:>4} failed", counts.passed, counts.failed);
    }
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok((total.failed == 0, run.figures))
}

impl Run<'_> {
    fn work(&mut self, work: &Work) -> Result<Counts> {
        match work {
            Work::Setup => Ok(Counts::one(setup::prepare_tests(&self.workspace.root)?)),
            Work::Cargo(arguments) => {
                Ok(Counts::one(child::run(&self.workspace.root, "cargo", arguments, &[])?.success))
            }
            Work::Tests(arguments) => self.tests(arguments),
            Work::Simulate { seeds } => {
                let simulate = Simulate { seeds: *seeds, ..Simulate::default() };
                Ok(self.program(&verbs::simulate(self.workspace, &simulate)?))
            }
            Work::SimulateFresh { seeds } => Ok(self.program(&fresh_seeds::run(self.workspace, *seeds)?)),
            Work::Bench => Ok(self.program(&verbs::bench(self.workspace, &[])?)),
            Work::Crash { all } => {
                let arguments: &[&str] = if *all { &["--all"] } else { &[] };
                Ok(self.program(&verbs::program(self.workspace, "crash", arguments)?))
            }
            Work::Program(name, arguments) => Ok(self.program(&verbs::program(self.workspace, name, arguments)?)),
            Work::Fuzz { seconds } => Ok(self.program(&fuzz::run(self.workspace, *seconds)?)),
            Work::Script(path) => self.script(path),
            Work::Deny { install } => self.deny(*install),
            Work::Coverage { all } => self.coverage(*all),
        }
    }

    /// A program's success, and its last line for the result.
    fn program(&mut self, finished: &child::Finished) -> Counts {
        self.figures.extend(finished.output.lines().last().map(str::to_owned));
        Counts::one(finished.success)
    }

    fn tests(&mut self, arguments: &[&str]) -> Result<Counts> {
        let truckroll = self.workspace.program(Profile::Dev, "truckroll");
        let finished = child::run(&self.workspace.root, "cargo", arguments, &[("TRUCKROLL_BIN", &truckroll)])?;
        let tally = Tally::read(&finished.output);
        let mut counts = Counts { passed: tally.passed, failed: tally.failed };
        if !finished.success && counts.failed == 0 {
            // It didn't compile, or a test took its whole process down.
            counts.failed = 1;
        }
        for skipped in &tally.skipped {
            println!("skipped: {} ({})", skipped.name, skipped.reason);
        }
        if self.strict {
            let unforgiven = tally.unforgiven(self.workspace.has_shared_data());
            counts.failed += unforgiven.len() as u64;
            for skipped in unforgiven {
                println!("a skipped test fails here: {}", skipped.name);
            }
        }
        self.passed.entry(Platform::Cargo).or_default().extend(tally.names);
        if let Some(names) = self.passed.get(&Platform::Cargo) {
            report::write_cargo(&self.workspace.reports(), names)?;
        }
        Ok(counts)
    }

    fn script(&mut self, path: &str) -> Result<Counts> {
        let finished = verbs::script(self.workspace, path)?;
        self.figures.extend(finished.output.lines().last().map(str::to_owned));
        let (passed, failed) = finished.output.lines().rev().find_map(closing_line).unwrap_or((0, 1));
        // A script that failed, or that ran nothing, has failed whatever it counted.
        let broken = (!finished.success && failed == 0) || passed + failed == 0;
        Ok(Counts { passed, failed: failed + u64::from(broken) })
    }

    fn deny(&mut self, install: bool) -> Result<Counts> {
        let root = &self.workspace.root;
        if !child::answers("cargo", &["deny", "--version"]) {
            if !install {
                println!("left out: cargo-deny is not installed; `cargo xtask soak` installs it");
                return Ok(Counts::default());
            }
            child::run(root, "cargo", &["install", "--locked", "cargo-deny"], &[])?;
        }
        let mut arguments = vec!["deny", "check", "licenses", "bans", "sources"];
        // Not in a test run, which must come to the same tomorrow.
        if install && child::run(root, "cargo", &["deny", "fetch", "db"], &[])?.success {
            arguments.push("advisories");
        } else {
            println!("left out: advisories, which `cargo xtask soak` checks where their database can be reached");
        }
        // A dated result says what was asked for: advisories may be left out.
        self.figures.push(format!("checked: {}", arguments[2..].join(", ")));
        Ok(Counts::one(child::run(root, "cargo", &arguments, &[])?.success))
    }

    fn coverage(&mut self, all: bool) -> Result<Counts> {
        self.passed.extend(report::read_platforms(&self.workspace.reports())?);
        if all {
            for platform in Platform::REPORTING {
                self.passed.entry(platform).or_default();
            }
        }
        check_coverage(self.workspace, &self.passed).map(Counts::one)
    }
}

/// The counts of a line `N passed, N failed`.
fn closing_line(line: &str) -> Option<(u64, u64)> {
    let (passed, failed) = line.trim().strip_suffix(" failed")?.split_once(" passed, ")?;
    Some((passed.parse().ok()?, failed.parse().ok()?))
}

/// Holds docs/coverage.md and docs/security.md against what passed, and says what it found.
pub(crate) fn check_coverage(workspace: &Workspace, passed: &Passed) -> Result<bool> {
    let read = |page: &str| {
        let path = workspace.root.join(page);
        fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))
    };
    let coverage = coverage::check(&read("docs/coverage.md")?, passed);
    for problem in &coverage.problems {
        println!("docs/coverage.md: {problem}");
    }
    let unshown = coverage::unshown(&read("docs/security.md")?, passed);
    for problem in &unshown {
        println!("docs/security.md: {problem}");
    }
    println!(
        "coverage: {} requirements shown, {} not yet, {} tests of platforms that did not run, {} problems",
        coverage.shown,
        coverage.not_yet,
        coverage.unchecked,
        coverage.problems.len() + unshown.len()
    );
    Ok(coverage.problems.is_empty() && unshown.is_empty())
}

#[cfg(test)]
mod tests {
    use super::closing_line;

    #[test]
    fn only_a_plain_closing_line_counts() {
        assert_eq!(closing_line("12 passed, 3 failed"), Some((12, 3)));
        assert_eq!(closing_line(" 12 passed, 0 failed "), Some((12, 0)));
        assert_eq!(closing_line("about 12 passed, 3 failed"), None);
        assert_eq!(closing_line("12 passed, 3 failed, 1 skipped"), None);
    }
}
