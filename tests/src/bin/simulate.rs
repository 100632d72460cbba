//! `simulate`: runs seeds of the simulator over all cores. The last line is the figures.
#![allow(clippy::print_stdout, reason = "standard output is what this program is for")]

use clap::Parser;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use truckroll_tests::simulator::attempt::attempt;
use truckroll_tests::simulator::ledger::Broken;
use truckroll_tests::simulator::shrink::shrink;
use truckroll_tests::simulator::{Course, Keep, Outcome};

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
    /// Cut the failing history of this seed to what it needs to fail, and print it.
    #[arg(long, value_name = "SEED")]
    shrink: Option<u64>,
    /// Turn a seeded bug on and find it; needs the feature `seeded-bugs`.
    #[arg(long, value_name = "NAME")]
    bug: Option<String>,
    /// Find every seeded bug from five independent beginnings, within so many seeds each, and print the table.
    #[arg(long)]
    medians: bool,
}

impl Arguments {
    fn course(&self, seed: u64) -> Course {
        let only = self.only.as_ref().map(|only| only.iter().copied().collect());
        Course { only, good_weather: self.good_weather, ..Course::new(seed, self.operations) }
    }

    const fn keep(&self) -> Keep {
        if self.log { Keep::Printed } else { Keep::Nothing }
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
    work(&arguments).unwrap_or_else(|problem| {
        println!("{problem}");
        ExitCode::FAILURE
    })
}

fn work(arguments: &Arguments) -> Result<ExitCode, String> {
    if let Some(seed) = arguments.shrink {
        arguments.bug.as_deref().map_or(Ok(()), seeded::turn_on)?;
        return Ok(print_shrunk(&arguments.course(seed)));
    }
    if arguments.medians {
        return seeded::medians(arguments);
    }
    if let Some(name) = &arguments.bug {
        return seeded::find(name, arguments);
    }
    let begun = Instant::now();
    let sum = simulate(arguments);
    let seconds = begun.elapsed().as_secs_f64().max(0.001);
    let (lost, twice, wedged) = (sum.count(&["I1", "I4"]), sum.count(&["I2"]), sum.count(&["I11"]));
    let speed = sum.operations as f64 / seconds;
    println!(
        "simulated: {} seeds, {} operations, {lost} lost, {twice} twice, {wedged} wedged, {speed:.0} op/s",
        sum.seeds, sum.operations
    );
    Ok(if sum.failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the seeds, on all cores unless their histories are printed.
fn simulate(arguments: &Arguments) -> Sum {
    let sum = Mutex::new(Sum::default());
    let next = AtomicU64::new(arguments.from);
    let end = arguments.from.saturating_add(arguments.seeds);
    let cores = if arguments.log { 1 } else { std::thread::available_parallelism().map_or(1, usize::from) };
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= end {
                break;
            }
            if arguments.log {
                println!("seed {seed}");
            }
            let outcome = attempt(&arguments.course(seed), arguments.keep());
            if let Some((broken, operation)) = &outcome.broken {
                // At once: a run of hours may be cut off.
                println!("seed {seed} broke {} at operation {operation}: {}", broken.invariant, broken.what);
                println!("  replay: simulate {} --log", outcome.course.arguments());
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

#[cfg(feature = "seeded-bugs")]
mod seeded {
    use super::Arguments;
    use std::process::ExitCode;
    use truckroll_core::bugs::{Bug, select};
    use truckroll_tests::simulator::hunt::{Find, Ground, hunt, median};

    /// Independent beginnings for the medians.
    const STARTS: u64 = 5;
    /// How far they are apart.
    const APART: u64 = 1_000;

    fn parse(name: &str) -> Result<Bug, String> {
        Bug::parse(name).ok_or_else(|| {
            let known: Vec<&str> = Bug::ALL.iter().map(|bug| bug.as_str()).collect();
            format!("there is no bug {name:?}; there are {}", known.join(", "))
        })
    }

    /// Turns a bug on for the rest of the process.
    pub(super) fn turn_on(name: &str) -> Result<(), String> {
        parse(name).map(|bug| select(Some(bug)))
    }

    /// Finds one bug.
    pub(super) fn find(name: &str, arguments: &Arguments) -> Result<ExitCode, String> {
        let bug = parse(name)?;
        let finds = hunt(bug, &[ground(arguments, arguments.from)])?;
        let Some(Find { seed, seeds, broken }) = finds.into_iter().flatten().next() else {
            return Err(format!("not found: {bug} after {} seeds", arguments.seeds));
        };
        println!("seed {seed} broke {}: {}; without the bug it breaks nothing", broken.invariant, broken.what);
        println!("found: {bug} by {} at seed {seed} after {seeds} seeds", broken.invariant);
        Ok(ExitCode::SUCCESS)
    }

    /// Finds every bug from several beginnings, and prints the table.
    pub(super) fn medians(arguments: &Arguments) -> Result<ExitCode, String> {
        let starts: Vec<u64> = (0..STARTS).map(|start| arguments.from + start * APART).collect();
        let grounds: Vec<Ground> = starts.iter().map(|from| ground(arguments, *from)).collect();
        println!("| Bug | Promises | Seeds from {starts:?} | Median |");
        println!("|---|---|---|---|");
        let mut all = true;
        for bug in Bug::ALL {
            match hunt(*bug, &grounds) {
                Ok(finds) => {
                    let mut promises: Vec<&str> = finds.iter().flatten().map(|find| find.broken.invariant).collect();
                    promises.sort_unstable();
                    promises.dedup();
                    let often =
                        |find: &Option<Find>| find.as_ref().map_or("none".to_owned(), |find| find.seeds.to_string());
                    let each: Vec<String> = finds.iter().map(often).collect();
                    let middle = median(&finds).map_or("none".to_owned(), |seeds| seeds.to_string());
                    println!("| `{bug}` | {} | {} | {middle} |", promises.join(", "), each.join(", "));
                    all &= finds.iter().all(Option::is_some);
                }
                Err(doubt) => {
                    println!("| `{bug}` | {doubt} | | |");
                    all = false;
                }
            }
        }
        Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn ground(arguments: &Arguments, from: u64) -> Ground {
        Ground { from, seeds: arguments.seeds, operations: arguments.operations, keep: arguments.keep() }
    }
}

#[cfg(not(feature = "seeded-bugs"))]
mod seeded {
    use super::Arguments;
    use std::process::ExitCode;

    const NONE: &str =
        "bugs are compiled in only by the feature seeded-bugs: cargo xtask simulate --bug NAME builds with it";

    pub(super) fn turn_on(_name: &str) -> Result<(), String> {
        Err(NONE.to_owned())
    }

    pub(super) fn find(_name: &str, _arguments: &Arguments) -> Result<ExitCode, String> {
        Err(NONE.to_owned())
    }

    pub(super) fn medians(_arguments: &Arguments) -> Result<ExitCode, String> {
        Err(NONE.to_owned())
    }
}
