//! Fuzzing by coverage: libFuzzer over every reader of outside bytes, so many seconds each.
//!
//! The compiler's own flags put the counters in, so the stable compiler does; libFuzzer itself is C++ and is built from the
//! crate's sources. Addresses aren't sanitised: that needs a nightly compiler, and the readers are safe Rust.

use crate::workspace::Workspace;
use crate::{child, setup};
use anyhow::{Result, bail};
use std::fs;
use std::path::Path;

/// Names of the decoders (`truckroll_tests::decoders::Decoder` and the command line's GPX), each a folder of `tests/corpus`,
/// with the longest input that is tried, bytes: what the readers do with more is the corpora's to show.
const DECODERS: &[(&str, u32)] = &[
    ("wire", 16_384),
    ("reply", 16_384),
    ("csv", 16_384),
    ("cursor", 1_024),
    ("picture", 16_384),
    ("compressed", 16_384),
    ("gpx", 16_384),
];
/// As cargo-fuzz does without a sanitizer: counters on every edge, and what comparisons compare.
const FLAGS: &str = "-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
-Cllvm-args=-sanitizer-coverage-trace-compares --cfg fuzzing";
/// Build scripts and macros run on the machine and aren't counted: a named target keeps the flags from them.
const TARGET: &str = "x86_64-unknown-linux-gnu";
/// One input that takes longer hangs, seconds.
const INPUT_SECONDS: u32 = 20;

/// Fuzzes each decoder; `true` when none broke. What broke one lies in `target/fuzz/found` and belongs into its corpus.
pub(crate) fn run(workspace: &Workspace, seconds: u64) -> Result<child::Finished> {
    let root = &workspace.root;
    if !setup::prepare_fuzzing(root)? {
        bail!("the machine lacks what the fuzzer's build needs");
    }
    let folder = workspace.target.join("fuzz");
    let built = folder.join("build");
    let variables = [("RUSTFLAGS", Path::new(FLAGS)), ("CARGO_TARGET_DIR", built.as_path())];
    let build = ["build", "--release", "--target", TARGET, "--manifest-path", "tests/fuzz/Cargo.toml"];
    if !child::run(root, "cargo", &build, &variables)?.success {
        bail!("the fuzzer doesn't build");
    }
    let program = built.join(TARGET).join("release/truckroll-fuzz");
    let found = folder.join("found");
    fs::create_dir_all(&found)?;
    let mut lines = Vec::new();
    let mut broken = Vec::new();
    for (name, longest) in DECODERS {
        let grown = folder.join("corpus").join(name);
        fs::create_dir_all(&grown)?;
        let arguments = [
            format!("-max_total_time={seconds}"),
            format!("-max_len={longest}"),
            format!("-timeout={INPUT_SECONDS}"),
            format!("-artifact_prefix={}/{name}-", found.display()),
            "-print_final_stats=1".to_owned(),
            "-verbosity=0".to_owned(),
            // What is found new goes into the first folder; the kept corpus is only read.
            grown.to_string_lossy().into_owned(),
            root.join("tests/corpus").join(name).to_string_lossy().into_owned(),
        ];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let ran = child::run(root, &program.to_string_lossy(), &arguments, &[("TRUCKROLL_DECODER", Path::new(name))])?;
        let inputs = statistic(&ran.output, "stat::number_of_executed_units:");
        lines.push(format!("{name} {inputs}"));
        if !ran.success {
            broken.push(*name);
        }
    }
    let success = broken.is_empty();
    if !success {
        println!("broken: {}; the inputs are in target/fuzz/found and belong into tests/corpus", broken.join(", "));
    }
    let last = format!("fuzzed: {seconds} s each, inputs: {}; {} broken", lines.join(", "), broken.len());
    println!("{last}");
    Ok(child::Finished { success, output: last })
}

/// A figure of libFuzzer's closing lines, as it printed it.
fn statistic<'a>(output: &'a str, name: &str) -> &'a str {
    output.lines().rev().find_map(|line| line.strip_prefix(name)).map_or("?", str::trim)
}

#[cfg(test)]
mod tests {
    use super::statistic;

    #[test]
    fn figures_are_read_from_the_closing_lines() {
        let output =
            "INFO: seed corpus\nstat::number_of_executed_units: 208853\nstat::average_exec_per_sec:     6737\n";
        assert_eq!(statistic(output, "stat::number_of_executed_units:"), "208853");
        assert_eq!(statistic(output, "stat::slowest_unit_time_sec:"), "?");
    }
}
