//! docs/operations.md, done as it is written.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use truckroll_tests::day::office::{JOBS_CSV, TECHNICIANS_CSV};

/// The command line, if it was built: `cargo xtask test` builds it and says where it is.
fn truckroll() -> Option<PathBuf> {
    let named = std::env::var_os("TRUCKROLL_BIN").map(PathBuf::from);
    let beside = std::env::current_exe().ok()?.parent()?.parent()?.join("truckroll");
    named.or(Some(beside)).filter(|path| path.exists())
}

/// A server that ends with the test.
struct Running(Child);

impl Running {
    fn start(program: &Path, folder: &Path, arguments: &[&str]) -> Self {
        let mut child =
            Command::new(program).args(arguments).current_dir(folder).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.starts_with("listening on "), "{line}");
        Self(child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// The commands of a section, as they stand there: indented lines that begin with `truckroll`.
fn commands(page: &str, section: &str) -> Vec<Vec<String>> {
    let begin = page.find(&format!("## {section}")).unwrap();
    let text = &page[begin + 3..];
    let text = &text[..text.find("\n## ").unwrap_or(text.len())];
    text.lines()
        .filter_map(|line| line.strip_prefix("    truckroll "))
        .map(|line| line.split_whitespace().map(str::to_owned).collect())
        .collect()
}

#[test]
fn the_runbook_works_as_it_is_written() {
    let Some(program) = truckroll() else {
        let reason = "the command `truckroll` is not built";
        writeln!(std::io::stderr(), "SKIPPED runbook::the_runbook_works_as_it_is_written: {reason}").unwrap();
        return;
    };
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/operations.md");
    let commands = commands(&std::fs::read_to_string(page).unwrap(), "Backup and restore");
    let verbs: Vec<&str> = commands.iter().map(|words| words[0].as_str()).collect();
    assert_eq!(verbs, ["backup", "restore", "office", "serve"]);

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("technicians.csv"), TECHNICIANS_CSV).unwrap();
    std::fs::write(folder.path().join("jobs.csv"), JOBS_CSV).unwrap();
    let run = |words: &[&str]| {
        let output = Command::new(&program).args(words).current_dir(folder.path()).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    run(&["import", "--data", "data", "technicians.csv", "jobs.csv"]);
    let served = Running::start(&program, folder.path(), &["serve", "--data", "data", "--listen", "127.0.0.1:0"]);
    for words in &commands {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words[0] {
            "serve" => {
                // The port that the page names may be somebody else's here.
                let (port, words) = words.split_last().unwrap();
                assert!(port.starts_with("127.0.0.1:"));
                drop(Running::start(&program, folder.path(), &[words, &["127.0.0.1:0"]].concat()));
            }
            "backup" => assert!(run(&words).contains("verified")),
            "office" => assert!(run(&words).contains("WO-2"), "the restored server has the jobs"),
            _ => drop(run(&words)),
        }
    }
    drop(served);
}
