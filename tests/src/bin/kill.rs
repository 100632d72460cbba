//! `cargo xtask kill --rounds N`: whole visits in real processes until N processes were killed.
#![expect(clippy::print_stdout, reason = "a program prints")]

use clap::Parser;
use std::process::ExitCode;
use truckroll_tests::kill::{Killed, round};
use truckroll_tests::whole_visit::Kills;

/// Of so many kills one must have come in the middle of a call or a push, or the moments are chosen badly.
const ONE_INSIDE_OF: u64 = 4;

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
    while total.kills.all < arguments.rounds {
        match round(seed) {
            Ok(killed) => {
                total += killed;
                let Kills { all, inside } = total.kills;
                let Killed { visits, cuts, facts, .. } = total;
                println!(
                    "visit {visits}: {all} kills, {inside} of them in the middle, {cuts} cuts of the line, {facts} facts"
                );
            }
            Err(error) => {
                println!("{error:#}");
                println!("again: kill --rounds 1 --from {seed}");
                return ExitCode::FAILURE;
            }
        }
        seed += 1;
    }
    let Kills { all, inside } = total.kills;
    println!("in the middle of a call or a push: {inside} of {all} kills; the line was cut {} times", total.cuts);
    if inside * ONE_INSIDE_OF < all {
        println!("too few: less than one of {ONE_INSIDE_OF}");
        return ExitCode::FAILURE;
    }
    println!("killed: {all} rounds, {} facts, 0 lost, 0 twice", total.facts);
    ExitCode::SUCCESS
}
