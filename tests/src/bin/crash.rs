//! `crash`: the fixed day with every fault at every write, over all cores. The last line is the figures.
#![allow(clippy::print_stdout, reason = "standard output is what this program is for")]

use anyhow::{Error, Result, bail};
use clap::Parser;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use truckroll_tests::crash::{Case, Reference};

#[derive(Parser)]
#[command(about = "Every fault at every write of a fixed day, for the phone's store and the server's")]
struct Arguments {
    /// Every case, instead of an even sample.
    #[arg(long)]
    all: bool,
    /// How large the sample is: by default what two cores do in some two minutes.
    #[arg(long, value_name = "N", default_value_t = 3_000)]
    sample: usize,
    /// Only this case: its number in the list of all.
    #[arg(long, value_name = "N")]
    case: Option<usize>,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let reference = Reference::new()?;
    let all = reference.cases();
    let stride = if arguments.all { 1 } else { all.len().div_ceil(arguments.sample.max(1)) };
    let cases: Vec<(usize, Case)> = match arguments.case {
        Some(number) => all.iter().copied().enumerate().skip(number).take(1).collect(),
        None => all.iter().copied().enumerate().step_by(stride).collect(),
    };
    let failures = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some((number, case)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let ran = catch_unwind(AssertUnwindSafe(|| reference.run(*case)));
                    let failed = match ran {
                        Ok(Ok(())) => continue,
                        Ok(Err(error)) => error,
                        Err(_) => Error::msg("damaged: it panicked"),
                    };
                    if let Ok(mut failures) = failures.lock() {
                        failures.push((*number, *case, format!("{failed:#}")));
                    }
                }
            });
        }
    });
    let failures = failures.into_inner().unwrap_or_default();
    for (number, case, text) in &failures {
        println!("{case:?}: {text}\n  again: crash --case {number}");
    }
    let lost = failures.iter().filter(|(_, _, text)| text.contains("lost:")).count();
    println!(
        "crashed: {} points, {} faults, {lost} lost, {} damaged",
        reference.points(),
        cases.len(),
        failures.len() - lost
    );
    if !failures.is_empty() {
        bail!("{} of {} cases failed", failures.len(), cases.len());
    }
    Ok(())
}
