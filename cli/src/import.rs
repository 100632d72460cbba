//! `truckroll import`: technicians and jobs from CSV files.

use crate::client::Connection;
use crate::exit::Failure;
use serde_json::Value;
use std::path::PathBuf;

/// Imports CSV files. With two files the first holds technicians and the second jobs; a single file holds jobs.
#[derive(clap::Args, Debug)]
pub(crate) struct ImportArgs {
    #[command(flatten)]
    connection: Connection,
    /// The single file holds technicians.
    #[arg(long)]
    technicians: bool,
    /// [TECHNICIANS.CSV] JOBS.CSV
    #[arg(required = true, num_args = 1..=2, value_name = "FILE")]
    files: Vec<PathBuf>,
}

/// Imports the files and prints what became of them.
pub(crate) async fn run(args: ImportArgs, json: bool) -> Result<(), Failure> {
    let client = args.connection.open()?;
    let (technicians, jobs) = match args.files.as_slice() {
        [only] if args.technicians => (Some(only), None),
        [only] => (None, Some(only)),
        [technicians, jobs, ..] => (Some(technicians), Some(jobs)),
        [] => (None, None),
    };
    if let Some(file) = technicians {
        let report = client.post_csv("/v1/office/import/technicians", file).await?;
        match (json, jobs) {
            (true, None) => println!("{report}"),
            // One object is promised on standard output, and it is about the jobs.
            (true, Some(_)) => tell_refused(&report, "technician"),
            (false, _) => {
                println!("technicians: {} new, {} brought up to date", report["imported"], count(&report["updated"]));
                tell_refused(&report, "technician");
            }
        }
    }
    if let Some(file) = jobs {
        let report = client.post_csv("/v1/office/import/jobs", file).await?;
        if json {
            println!("{report}");
        } else {
            print!("{}", summary(&report));
            tell_refused(&report, "job");
        }
    }
    Ok(())
}

/// How many entries a list or map has.
fn count(value: &Value) -> usize {
    value.as_array().map_or_else(|| value.as_object().map_or(0, serde_json::Map::len), Vec::len)
}

fn summary(report: &Value) -> String {
    let mut out = format!(
        "jobs: {} new; {} field-ready, {} blocked, {} need info, {} rows refused, {} repeated\n",
        report["imported"],
        count(&report["field_ready"]),
        count(&report["blocked"]),
        count(&report["needs_info"]),
        count(&report["refused"]),
        count(&report["repeated"]),
    );
    for (heading, key) in [("blocked", "blocked"), ("needs info", "needs_info")] {
        for (job, reasons) in report[key].as_object().into_iter().flatten() {
            let reasons: Vec<&str> = reasons.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            out.push_str(&format!("  {job}  {heading}: {}\n", reasons.join(", ")));
        }
    }
    if count(&report["unknown_columns"]) > 0 {
        let columns: Vec<&str> =
            report["unknown_columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        out.push_str(&format!("  kept, but not understood: {}\n", columns.join(", ")));
    }
    out
}

/// Tells refused rows on standard error.
fn tell_refused(report: &Value, name: &str) {
    for refusal in report["refused"].as_array().into_iter().flatten() {
        let text = |key: &str| refusal[key].as_str().unwrap_or_default().to_owned();
        eprintln!("line {}: {} refused at {}: {}", refusal["line"], text(name), text("column"), text("reason"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_summary_counts_and_names() {
        let report = json!({
            "imported": 2, "field_ready": ["A"], "blocked": { "B": ["unusual_scope"] }, "needs_info": { "C": ["scope", "window"] },
            "refused": [], "repeated": [], "unknown_columns": ["roof"],
        });
        assert_eq!(
            summary(&report),
            "jobs: 2 new; 1 field-ready, 1 blocked, 1 need info, 0 rows refused, 0 repeated\n  B  blocked: unusual_scope\n  C  needs info: scope, window\n  kept, but not understood: roof\n"
        );
    }
}
