//! `cargo xtask demo`: a server, a day, and one technician's visit on the real engine, told step by step.
#![expect(clippy::print_stdout, reason = "a program prints")]

use anyhow::{Context, Result};
use clap::Parser;
use serde_json::Value;
use std::path::PathBuf;
use std::time::Duration;
use truckroll_tests::process::truckroll;
use truckroll_tests::whole_visit::{JOB, Stage};

#[derive(Parser)]
struct Arguments {
    /// Where the server and the phone keep their data; a new folder by default, thrown away afterwards.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Go on serving for so many seconds after the visit, to look around.
    #[arg(long = "for", default_value_t = 0, value_name = "SECONDS")]
    stay_s: u64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let scratch = tempfile::tempdir()?;
    let folder = arguments.data.unwrap_or_else(|| scratch.path().to_owned());
    std::fs::create_dir_all(&folder)?;
    let mut stage = Stage::set(&folder)?;
    let (url, token) = (stage.server.url.clone(), stage.server.token.clone());
    println!("The dispatch server listens on {url}");
    println!("  watch:  open {url} and sign in with the token {token}");
    println!("  or:     {} office --server {url} --token {token} list", truckroll()?.display());
    let code = stage.server.office(&["enrol", "T02"])?;
    println!(
        "  join:   {} tech --home FOLDER enrol {url} {}",
        truckroll()?.display(),
        code["code"].as_str().unwrap_or_default()
    );
    println!("\nAna has {JOB} on her phone, and the server goes away. Her clock is three hours slow.\n");
    stage.server.kill()?;
    stage.work(None)?;
    let view = stage.view()?;
    for step in view["timeline"].as_array().context("no timeline")?.iter().rev() {
        println!(
            "  {}  {}",
            step["at"]["time"].as_str().unwrap_or_default(),
            step["text"].as_str().unwrap_or_default()
        );
    }
    println!("\n{}", view["save"]["text"].as_str().unwrap_or_default());
    println!("The line comes back.\n");
    stage.server.again()?;
    let mut sync = Value::Null;
    for _ in 0..20 {
        sync = stage.phone.tech(&["--wait", "10", "sync"])?;
        if sync["settled"] == true && sync["photos_waiting"] == 0 {
            break;
        }
    }
    println!("{}", sync["headline"].as_str().unwrap_or_default());
    stage.check()?;
    let facts = stage.recorded()?.len();
    let exceptions = stage.server.office(&["exceptions"])?.as_array().map_or(0, Vec::len);
    if arguments.stay_s > 0 {
        println!("Serving on {url} for {} seconds more; Ctrl-C ends it.", arguments.stay_s);
        std::thread::sleep(Duration::from_secs(arguments.stay_s));
    }
    println!(
        "demo: 1 visits closed, {facts} facts, 4 photos, {exceptions} exceptions; the server's log and the ledger agree"
    );
    Ok(())
}
