//! The real server in a process of its own, on a clock that whoever started it moves: `truckroll_tests::fleet` measures
//! its memory. Each line on standard input is a number of milliseconds to let pass, answered with a line; it ends with
//! its input.
#![expect(clippy::print_stdout, reason = "a program prints")]

use anyhow::{Context, Result};
use clap::Parser;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use truckroll_server::serve::{Options, serve_with};
use truckroll_tests::demo::clock::DayClock;

/// A few minutes of a day that is over in two minutes.
const GIVE_BACK_EVERY: Duration = Duration::from_millis(500);

#[derive(Parser)]
struct Arguments {
    /// The data folder, new.
    #[arg(long)]
    data: PathBuf,
    /// What the clock shows at first, milliseconds since 1970 UTC.
    #[arg(long)]
    at_ms: i64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let clock = Arc::new(DayClock::new(arguments.at_ms));
    let server_clock = Arc::clone(&clock);
    let options = Options {
        clock: Arc::new(move || server_clock.now_ms()),
        give_back_every: GIVE_BACK_EVERY,
        ..Options::default()
    };
    let server = serve_with(&arguments.data, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), options).await?;
    println!("http://{}", server.address);
    println!("{}", server.first.as_ref().context("the data folder isn't new")?.owner_token);
    tokio::task::spawn_blocking(move || -> Result<()> {
        for line in std::io::stdin().lines() {
            clock.skip(line?.parse()?);
            println!("{}", clock.now_ms());
        }
        Ok(())
    })
    .await??;
    Ok(server.stop().await?)
}
