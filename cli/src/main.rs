//! The `truckroll` command: serve, import, office, tech.
//!
//! Exit codes, JSON shapes and HTTP paths stand in `docs/cli.md`.

#![expect(clippy::print_stdout, reason = "a command prints")]

mod audit;
mod backup;
mod client;
mod exit;
mod gpx;
mod import;
mod office;
#[cfg(test)]
mod page;
mod serve;
mod table;
mod tech;

use clap::{Parser, Subcommand};
use std::io::IsTerminal;
use std::process::ExitCode;

/// Truckroll: a dispatch server, and a technician's app that works in the basement.
#[derive(Parser, Debug)]
#[command(name = "truckroll", version, about)]
struct Arguments {
    /// Print JSON for programs instead of tables for people.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Run the dispatch server on a data folder.
    Serve(serve::ServeArgs),
    /// Import technicians and jobs from CSV files.
    Import(import::ImportArgs),
    /// The dispatcher's commands.
    Office(office::OfficeArgs),
    /// Check the event log.
    Audit(audit::AuditArgs),
    /// The technician's app at the command line, on the real engine.
    Tech(tech::TechArgs),
    /// Copy a data folder while it is served, and check the copy.
    Backup(backup::BackupArgs),
    /// Make a data folder of a backup.
    Restore(backup::RestoreArgs),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let json = arguments.json;
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_env_filter(tracing_subscriber::EnvFilter::try_from_env("TRUCKROLL_LOG").unwrap_or_else(|_| "warn".into()))
        .init();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return exit::Failure::from(error).tell(json),
    };
    let ended = runtime.block_on(async {
        match arguments.command {
            Command::Serve(args) => serve::run(args, json).await,
            Command::Import(args) => import::run(args, json).await,
            Command::Office(args) => office::run(args, json).await,
            Command::Audit(args) => audit::run(args, json).await,
            Command::Tech(args) => tech::run(args, json).await,
            Command::Backup(args) => backup::run_backup(args, json).await,
            Command::Restore(args) => backup::run_restore(args, json).await,
        }
    });
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(json),
    }
}
