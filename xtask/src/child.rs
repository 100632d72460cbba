//! Running other programs: their output goes on to the terminal as it comes, and is kept for reading.

use anyhow::{Context, Result};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// What a program did.
pub(crate) struct Finished {
    /// It ended with exit code 0.
    pub(crate) success: bool,
    /// All that it said, both streams in the order in which it said it.
    pub(crate) output: String,
}

/// Runs a program to its end in `folder`, streaming what it says.
///
/// Both streams share one pipe: Cargo names a test binary on standard error and the binary's tests come on standard
/// output, so only their order tells whose tests they are.
pub(crate) fn run(folder: &Path, program: &str, arguments: &[&str], variables: &[(&str, &Path)]) -> Result<Finished> {
    println!("$ {program} {}", arguments.join(" "));
    let (reader, writer) = std::io::pipe()?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .envs(variables.iter().copied())
        // Colours would stand inside the lines that are read here.
        .env("CARGO_TERM_COLOR", "never")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer);
    let mut child = command.spawn().with_context(|| format!("can't start {program}"))?;
    // The command still holds the pipe's writing end: the reading end would wait for it forever.
    drop(command);
    let mut output = String::new();
    let mut lines = BufReader::new(reader);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        std::io::stdout().write_all(&line)?;
        std::io::stdout().flush()?;
        output.push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
    Ok(Finished { success: child.wait()?.success(), output })
}

/// Whether a program is there and answers.
pub(crate) fn answers(program: &str, arguments: &[&str]) -> bool {
    Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
