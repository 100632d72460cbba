//! The project's verbs: `cargo xtask VERB`. Each does its own set-up, says what it does, and ends with one line of
//! figures. The list of what `test` runs is data in [`stages`].
#![allow(clippy::print_stdout, reason = "standard output is what these verbs are for")]

mod child;
mod coverage;
mod dated;
mod fresh_seeds;
mod fuzz;
mod mutants;
mod notes;
mod report;
mod setup;
mod soak;
mod stages;
mod tally;
mod verbs;
mod workspace;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(name = "cargo xtask", about = "The project's verbs")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Format, lints, every test, coverage and 50 simulated days; minutes.
    Test {
        /// All that continuous integration asks: 500 seeds and the other platforms.
        #[arg(long)]
        full: bool,
    },
    /// A whole day, live: serve on loopback, ten simulated technicians on the real engine, a dispatcher in between.
    #[command(disable_help_flag = true)]
    Demo {
        /// What the demo takes; `cargo xtask demo --help` lists it.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Whole fleets against one server in one thread, from seeds.
    Simulate(verbs::Simulate),
    /// Power cuts, full disks, I/O errors and other processes at the writes of a fixed day, for phone and server.
    Crash {
        /// Every case, instead of an even sample.
        #[arg(long)]
        all: bool,
    },
    /// `kill -9` real processes at random moments.
    Kill {
        /// How many kills.
        #[arg(long, default_value_t = 100)]
        rounds: u64,
    },
    /// The long checks: licences and bans, thousands of fresh seeds, a thousand kills; hours. Leaves its dated result in
    /// docs/soak when all of them have held; a run that was cut off goes on.
    Soak {
        /// Only these, whether they have held or not: `simulate`, `kill`, ….
        stages: Vec<String>,
    },
    /// libFuzzer over every reader of bytes from outside.
    Fuzz {
        /// How long for each, seconds.
        #[arg(long, default_value_t = 60)]
        seconds: u64,
    },
    /// Whether a test notices each small change of the reducer, the outbox and the server's decision; hours. Leaves its
    /// dated result in docs/soak.
    Mutants {
        /// From nothing; otherwise what was caught in an earlier run isn't tried again.
        #[arg(long)]
        anew: bool,
    },
    /// The tests of the Android app.
    AndroidTest,
    /// The tests of the iOS app.
    IosTest,
    /// The tests of the dispatcher's board in a browser.
    BoardTest,
    /// The Android package.
    Apk,
    /// How fast, with figures.
    Bench {
        /// A tenth of everything, for a look while working.
        #[arg(long)]
        quick: bool,
        /// Writes the table into docs/performance.md.
        #[arg(long)]
        write: bool,
    },
    /// That every test named in docs/coverage.md ran in the last `cargo xtask test`.
    Coverage,
}

fn succeeded(finished: child::Finished) -> bool {
    finished.success
}

fn main() -> ExitCode {
    let outcome = workspace::Workspace::find().and_then(|workspace| match Arguments::parse().verb {
        Verb::Test { full } => stages::run(&workspace, if full { stages::FULL } else { stages::QUICK }),
        Verb::Soak { stages } => soak::run(&workspace, &stages),
        Verb::Fuzz { seconds } => fuzz::run(&workspace, seconds).map(succeeded),
        Verb::Mutants { anew } => mutants::run(&workspace, anew),
        Verb::Coverage => verbs::coverage(&workspace),
        Verb::Simulate(arguments) => verbs::simulate(&workspace, &arguments).map(succeeded),
        Verb::Kill { rounds } => verbs::program(&workspace, "kill", &["--rounds", &rounds.to_string()]).map(succeeded),
        Verb::Demo { arguments } => verbs::demo(&workspace, &arguments),
        Verb::Crash { all } => verbs::program(&workspace, "crash", if all { &["--all"] } else { &[] }).map(succeeded),
        Verb::Bench { quick, write } => {
            let quick: &[&str] = if quick { &["--quick"] } else { &[] };
            let write: &[&str] = if write { &["--page", "docs/performance.md"] } else { &[] };
            verbs::bench(&workspace, &[quick, write].concat()).map(succeeded)
        }
        Verb::AndroidTest => verbs::script(&workspace, "android/test.sh").map(succeeded),
        Verb::IosTest => verbs::script(&workspace, "ios/test.sh").map(succeeded),
        Verb::BoardTest => verbs::script(&workspace, "server/board/test.sh").map(succeeded),
        Verb::Apk => verbs::script(&workspace, "android/apk.sh").map(succeeded),
    });
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            println!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
