//! `truckroll backup` and `truckroll restore`.

use crate::exit::Failure;
use serde_json::json;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use truckroll_server::backup::{Manifest, backup, restore};

/// Copies a data folder while it is served, and checks the copy.
#[derive(clap::Args, Debug)]
pub(crate) struct BackupArgs {
    /// Data folder of the server; it may be running.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The backup: a folder that is new or empty.
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
}

/// Makes a data folder of a backup. Phones send it the last 14 days again.
#[derive(clap::Args, Debug)]
pub(crate) struct RestoreArgs {
    /// The backup.
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// Data folder of the new server: one that is new or empty.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
}

/// Backs up.
pub(crate) async fn run_backup(args: BackupArgs, json: bool) -> Result<(), Failure> {
    let to = args.to.display().to_string();
    let manifest = blocking(move || backup(&args.data, &args.to, now_ms())).await?;
    tell("backed up to", &to, &manifest, json);
    Ok(())
}

/// Restores.
pub(crate) async fn run_restore(args: RestoreArgs, json: bool) -> Result<(), Failure> {
    let data = args.data.display().to_string();
    let manifest = blocking(move || restore(&args.from, &args.data, now_ms())).await?;
    tell("restored to", &data, &manifest, json);
    Ok(())
}

async fn blocking(
    work: impl FnOnce() -> Result<Manifest, truckroll_server::backup::Error> + Send + 'static,
) -> Result<Manifest, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(Failure::because)?.map_err(Failure::because)
}

fn tell(what: &str, folder: &str, manifest: &Manifest, json: bool) {
    if json {
        println!("{}", json!(manifest));
        return;
    }
    let events: u64 = manifest.companies.iter().map(|company| company.head).sum();
    println!(
        "{what} {folder}: {} companies, {events} events, {} photos ({} bytes), verified",
        manifest.companies.len(),
        manifest.photos,
        manifest.photo_bytes
    );
}

fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
