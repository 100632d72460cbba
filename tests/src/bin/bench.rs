//! `cargo xtask bench`: how fast and how small, each figure with something bare beside it.
#![expect(clippy::print_stdout, reason = "a program prints")]

use anyhow::{Context, Result};
use clap::Parser;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use truckroll_tests::bench::report::Report;
use truckroll_tests::bench::{Size, board, echo, phone, sync};

#[derive(Parser)]
struct Arguments {
    /// A tenth of everything, for a look while working.
    #[arg(long)]
    quick: bool,
    /// Only these: tap, photo, opening, first, flush, watchers, stalled.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Where the figures go as JSON.
    #[arg(long, default_value = "target/bench.json")]
    json: PathBuf,
    /// Writes the table into this page, between its marks.
    #[arg(long)]
    page: Option<PathBuf>,
    /// Is the bare echo, on this file. The bench starts it by itself.
    #[arg(long, hide = true)]
    echo: Option<PathBuf>,
}

/// The table's place in a page.
const MARKS: [&str; 2] = ["<!-- bench -->\n", "<!-- /bench -->"];

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(file) = &arguments.echo {
        echo::serve(file).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let size = if arguments.quick { Size::QUICK } else { Size::FULL };
    let scratch = tempfile::tempdir()?;
    let (folder, mut report) = (scratch.path(), Report::new());
    let wanted = |name: &str| arguments.only.is_empty() || arguments.only.iter().any(|only| only == name);
    if wanted("tap") {
        phone::tap(folder, size, &mut report).context("tap")?;
        tell(&report);
    }
    if wanted("photo") {
        phone::photo(folder, &mut report).context("photo")?;
        tell(&report);
    }
    if wanted("opening") {
        phone::opening(folder, size, &mut report).context("opening")?;
        tell(&report);
    }
    if wanted("first") {
        sync::first(folder, size, &mut report).await.context("first sync")?;
        tell(&report);
    }
    if wanted("flush") {
        sync::flush(folder, size, &mut report).await.context("flush")?;
        tell(&report);
    }
    if wanted("watchers") {
        board::watchers(folder, size, &mut report).await.context("watchers")?;
        tell(&report);
    }
    if wanted("stalled") {
        board::stalled(folder, size, &mut report).await.context("stalled")?;
        tell(&report);
    }
    std::fs::create_dir_all(arguments.json.parent().unwrap_or(Path::new(".")))?;
    std::fs::write(&arguments.json, serde_json::to_string_pretty(&report)?)?;
    let table = report.table();
    if let Some(page) = &arguments.page {
        let text = std::fs::read_to_string(page)?;
        let (head, rest) = text.split_once(MARKS[0]).context("the page has no mark")?;
        let (_, tail) = rest.split_once(MARKS[1]).context("the page has no second mark")?;
        std::fs::write(page, [head, MARKS[0], &table, MARKS[1], tail].concat())?;
    }
    println!("\n{table}");
    let (failures, measured) = (report.failures(), report.figures.len());
    for name in &failures {
        println!("more than three times its target: {name}");
    }
    println!("bench: {measured} figures, {} failed", failures.len());
    Ok(if failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The latest figures, while the next ones are measured.
fn tell(report: &Report) {
    for figure in report.figures.iter().rev().take(6).rev() {
        println!("{}: {} {}", figure.name, figure.measured, figure.beside);
    }
}
