//! `cargo xtask kill --rounds N`: whole visits in real processes until N processes were killed.
#![expect(clippy::print_stdout, reason = "a program prints")]

use clap::Parser;
use std::process::ExitCode;
use truckroll_tests::kill::{Killed, round};

#[derive(Parser)]
struct Arguments {
    /// How many kills at least.
    #[arg(long, default_value_t = 100)]
    rounds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut total = Killed::default();
    let mut seed = arguments.from;
    while total.kills < arguments.rounds {
        match round(seed) {
            Ok(killed) => {
                total.visits += killed.visits;
                total.kills += killed.kills;
                total.facts += killed.facts;
                println!("visit {}: {} kills, {} facts", total.visits, total.kills, total.facts);
            }
            Err(error) => {
                println!("{error:#}");
                println!("again: kill --rounds 1 --from {seed}");
                return ExitCode::FAILURE;
            }
        }
        seed += 1;
    }
    println!("killed: {} rounds, {} facts, 0 lost, 0 twice", total.kills, total.facts);
    ExitCode::SUCCESS
}
