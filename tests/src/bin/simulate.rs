//! `simulate`: runs seeds of the simulator over all cores. The last line is the figures.
#![allow(clippy::print_stdout, reason = "standard output is what this program is for")]

use clap::Parser;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;
use truckroll_tests::simulator::ledger::Broken;
use truckroll_tests::simulator::shrink::shrink;
use truckroll_tests::simulator::{Course, Keep, Outcome, run};

#[derive(Parser)]
#[command(about = "Whole fleets against one server in virtual time, from seeds")]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 50)]
    seeds: u64,
    /// The first one.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// Operations of each seed.
    #[arg(long, default_value_t = 1_000)]
    operations: u64,
    /// Print the history of each seed, one after the other.
    #[arg(long)]
    log: bool,
    /// Only these operations of the first seed, as a shortened history says.
    #[arg(long, value_name = "N,N,…", value_delimiter = ',')]
    only: Option<Vec<u64>>,
    /// Without the network's faults.
    #[arg(long)]
    good_weather: bool,
    /// Some seeds also restore the server from a backup.
    #[arg(long)]
    restores: bool,
    /// Cut the failing history of this seed to what it needs to fail, and print it.
    #[arg(long, value_name = "SEED")]
    shrink: Option<u64>,
    /// Turn a seeded bug on and find it; needs the feature `seeded-bugs`.
    #[arg(long, value_name = "NAME")]
    bug: Option<String>,
}

impl Arguments {
    fn course(&self, seed: u64) -> Course {
        let only = self.only.as_ref().map(|only| only.iter().copied().collect());
        Course {
            only,
            good_weather: self.good_weather,
            restores: self.restores || self.bug.is_some(),
            ..Course::new(seed, self.operations)
        }
    }
}

/// Prints a failing history as short as it can be.
fn print_shrunk(course: &Course) -> ExitCode {
    let Some(shrunk) = shrink(course) else {
        println!("seed {} breaks no promise", course.seed);
        return ExitCode::FAILURE;
    };
    for line in &shrunk.outcome.lines {
        println!("{line}");
    }
    let left = shrunk.course.only.as_ref().map_or(shrunk.course.operations, |only| only.len() as u64);
    println!("replay: simulate {} --log", shrunk.course.arguments());
    println!("shrunk: {left} of {} operations are left after {} runs", course.operations, shrunk.runs);
    ExitCode::SUCCESS
}

/// What all seeds came to.
#[derive(Default)]
struct Sum {
    seeds: u64,
    operations: u64,
    failed: Vec<(u64, Broken)>,
}

impl Sum {
    fn add(&mut self, outcome: Outcome) {
        self.seeds += 1;
        self.operations += outcome.operations;
        if let Some((broken, _)) = outcome.broken {
            self.failed.push((outcome.course.seed, broken));
            self.failed.sort_by_key(|(seed, _)| *seed);
        }
    }

    fn count(&self, invariants: &[&str]) -> usize {
        self.failed.iter().filter(|(_, broken)| invariants.contains(&broken.invariant)).count()
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(name) = &arguments.bug
        && let Err(problem) = select(name)
    {
        println!("{problem}");
        return ExitCode::FAILURE;
    }
    if let Some(seed) = arguments.shrink {
        return print_shrunk(&arguments.course(seed));
    }
    let begun = Instant::now();
    let sum = simulate(&arguments);
    let seconds = begun.elapsed().as_secs_f64().max(0.001);
    match (&arguments.bug, sum.failed.first()) {
        (Some(bug), Some((seed, broken))) => {
            println!("found: {bug} by {} at seed {seed} after {} seeds", broken.invariant, sum.seeds);
            ExitCode::SUCCESS
        }
        (Some(bug), None) => {
            println!("not found: {bug} after {} seeds", sum.seeds);
            ExitCode::FAILURE
        }
        (None, first) => {
            let (lost, twice, wedged) = (sum.count(&["I1", "I4"]), sum.count(&["I2"]), sum.count(&["I11"]));
            let speed = sum.operations as f64 / seconds;
            println!(
                "simulated: {} seeds, {} operations, {lost} lost, {twice} twice, {wedged} wedged, {speed:.0} op/s",
                sum.seeds, sum.operations
            );
            if first.is_some() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
        }
    }
}

/// Runs the seeds, on all cores unless their histories are printed.
fn simulate(arguments: &Arguments) -> Sum {
    let sum = Mutex::new(Sum::default());
    let next = AtomicU64::new(arguments.from);
    let found = AtomicBool::new(false);
    let end = arguments.from.saturating_add(arguments.seeds);
    let cores = if arguments.log { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let work = || {
        // With a bug the first find is the end; without one every seed counts.
        while !(arguments.bug.is_some() && found.load(Ordering::Relaxed)) {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                break;
            }
            if arguments.log {
                println!("seed {seed}");
            }
            let outcome = one(seed, arguments);
            if let Some((broken, operation)) = &outcome.broken {
                // At once: a run of hours may be cut off.
                println!("seed {seed} broke {} at operation {operation}: {}", broken.invariant, broken.what);
                if arguments.bug.is_none() {
                    println!("  replay: simulate {} --log", outcome.course.arguments());
                }
                found.store(true, Ordering::Relaxed);
            }
            if let Ok(mut sum) = sum.lock() {
                sum.add(outcome);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..cores {
            scope.spawn(work);
        }
        work();
    });
    sum.into_inner().unwrap_or_default()
}

/// One seed; a panic in it is a broken promise like any other.
fn one(seed: u64, arguments: &Arguments) -> Outcome {
    let keep = if arguments.log { Keep::Printed } else { Keep::Nothing };
    let course = arguments.course(seed);
    catch_unwind(AssertUnwindSafe(|| run(&course, keep))).unwrap_or_else(|panic| {
        let what = panic.downcast_ref::<String>().cloned();
        let what = what.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default();
        let broken = Broken { invariant: "panic", what };
        Outcome { course, operations: 0, facts: 0, broken: Some((broken, 0)), lines: Vec::new() }
    })
}

#[cfg(feature = "seeded-bugs")]
fn select(name: &str) -> Result<(), String> {
    use truckroll_core::bugs::{Bug, select};
    let bug = Bug::parse(name).ok_or_else(|| {
        let known: Vec<&str> = Bug::ALL.iter().map(|bug| bug.as_str()).collect();
        format!("there is no bug {name:?}; there are {}", known.join(", "))
    })?;
    select(Some(bug));
    Ok(())
}

#[cfg(not(feature = "seeded-bugs"))]
fn select(_name: &str) -> Result<(), String> {
    Err("bugs are compiled in only by the feature seeded-bugs: cargo run -p truckroll-tests --features seeded-bugs …"
        .to_owned())
}
