//! `cargo xtask demo`: a server on loopback, a day, and technicians who live it on the real engine.
#![expect(clippy::print_stdout, reason = "a program prints")]

use anyhow::{Context, Result};
use chrono::DateTime;
use clap::Parser;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use tokio::sync::watch;
use truckroll_server::http::system_clock;
use truckroll_tests::demo::city;
use truckroll_tests::demo::roster::{GUEST, Roster};
use truckroll_tests::demo::run::{Demo, Options, Summary};
use truckroll_tests::demo::window::{self, Window};
use truckroll_tests::process::truckroll;

/// What shells say of a program that a Ctrl-C ended.
const INTERRUPTED: i32 = 130;

#[derive(Parser)]
#[command(name = "demo", about = "A whole day, live")]
struct Arguments {
    /// How many times faster than the wall clock.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    speed: u32,
    /// How many technicians are simulated.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=100))]
    technicians: u16,
    /// End after so many seconds; otherwise with the day.
    #[arg(long = "for", value_name = "SECONDS")]
    for_s: Option<u64>,
    /// Live this day: a folder with technicians.csv and jobs.csv. Otherwise one is made.
    #[arg(long, value_name = "FOLDER")]
    day: Option<PathBuf>,
    /// A new folder for everything, kept; otherwise a temporary one.
    #[arg(long, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// Where to serve; any free port by default.
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Another day, other people.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Open the technician's app in a window, for the guest of the day.
    #[arg(long)]
    app: bool,
}

fn main() -> ExitCode {
    match demo(Arguments::parse()) {
        Ok(None) => {
            println!("demo: interrupted before the day began");
            ExitCode::FAILURE
        }
        Ok(Some(summary)) => {
            for difference in &summary.differences {
                println!("  {difference}");
            }
            if summary.of_guests > 0 {
                println!("{} facts came from whoever joined.", summary.of_guests);
            }
            println!("{summary}");
            if summary.differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            println!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Runs the day; nothing came of it when it was interrupted before it began.
#[tokio::main]
async fn demo(arguments: Arguments) -> Result<Option<Summary>> {
    let mut interrupted = interrupts();
    let scratch = tempfile::tempdir()?;
    let technicians = usize::from(arguments.technicians);
    let roster = match &arguments.day {
        Some(folder) => Roster::read(folder)?,
        None => {
            let zone: chrono_tz::Tz = city::TIME_ZONE.parse().map_err(|_| anyhow::anyhow!("no such time zone"))?;
            let now = DateTime::from_timestamp_millis(system_clock()()).context("no such time")?;
            Roster::made(arguments.seed, technicians, now.with_timezone(&zone).date_naive())?
        }
    };
    println!("Setting the day up: {technicians} technicians get their phones, every visit finds somebody …");
    let folder = arguments.data.unwrap_or_else(|| scratch.path().to_owned());
    let set_up = Demo::set_up(Options {
        folder: folder.clone(),
        listen: arguments.listen,
        speed: arguments.speed,
        technicians,
        within: arguments.for_s.map(Duration::from_secs),
        seed: arguments.seed,
        roster,
    });
    let demo = tokio::select! {
        demo = set_up => demo?,
        _ = interrupted.wait_for(|interrupted| *interrupted) => return Ok(None),
    };
    let api = demo.api();
    let command = truckroll().map_or_else(|_| "truckroll".to_owned(), |path| path.display().to_string());
    println!("\n  watch    {}   sign in with the token {}", api.url, api.token);
    println!("  command  {command} office --server {} --token {} list", api.url, api.token);
    println!("  join     {command} tech --home guest enrol {} \\", api.url);
    println!("             $({command} --json office --server {} --token {} enrol {GUEST} \\", api.url, api.token);
    println!(
        "             | grep -oE '[0-9A-Z]{{4}}-[0-9A-Z]{{4}}')   # a code is good for {} s here\n",
        900 / arguments.speed
    );
    if arguments.app {
        println!("The technician's app opens in a window, and the day begins when it is enrolled …");
        let mut window = Window::open(&window::script(), &folder.join("phones/window"), api).await?;
        tokio::select! {
            // The day's clock still runs like any other: the code is good for a quarter of an hour.
            enrolled = window.enrolled(api) => enrolled?,
            _ = interrupted.wait_for(|interrupted| *interrupted) => return Ok(None),
        }
    }
    let stop = async move {
        // The sender lives as long as the program.
        drop(interrupted.wait_for(|interrupted| *interrupted).await);
    };
    demo.run(stop, |line| println!("{line}")).await.map(Some)
}

/// Turns true at the first Ctrl-C, which ends the day; the second ends the program as it stands.
fn interrupts() -> watch::Receiver<bool> {
    let (interrupted, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_err() {
            // Nobody can interrupt it then.
            std::future::pending::<()>().await;
        }
        interrupted.send_replace(true);
        drop(tokio::signal::ctrl_c().await);
        std::process::exit(INTERRUPTED);
    });
    receiver
}
