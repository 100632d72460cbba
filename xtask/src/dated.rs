//! Dated results: what a long run came to, on which commit and machine, for docs/soak/.

use crate::workspace::Workspace;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What some command says in its first line.
fn says(workspace: &Workspace, program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).current_dir(&workspace.root).output()?;
    anyhow::ensure!(output.status.success(), "{program} {arguments:?} failed");
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned())
}

/// The commit that is checked out.
pub(crate) fn commit(workspace: &Workspace) -> Result<String> {
    says(workspace, "git", &["rev-parse", "HEAD"])
}

/// A seed that each commit has for itself: nobody has run the seeds from here on.
pub(crate) fn fresh_seed(commit: &str) -> Result<u64> {
    let digits = commit.get(..10).context("a commit's name is longer")?;
    Ok(u64::from_str_radix(digits, 16)?)
}

/// Writes a result to `docs/soak/DATE-NAME.md` and says where.
pub(crate) fn write(workspace: &Workspace, name: &str, title: &str, body: &str) -> Result<PathBuf> {
    let date = says(workspace, "date", &["-u", "+%Y-%m-%d"])?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    // Its own notes are no change of what was tried.
    let changed = says(workspace, "git", &["status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/soak"])?;
    let state = if changed.is_empty() { "" } else { ", with changes that are not committed" };
    let text = format!(
        "# {title}, {date}\n\nCommit {}{state}; {cores} cores; `cargo xtask {name}`.\n\n{body}",
        commit(workspace)?
    );
    let folder = workspace.root.join("docs/soak");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{date}-{name}.md"));
    fs::write(&path, text).with_context(|| format!("can't write {}", path.display()))?;
    println!("written: docs/soak/{date}-{name}.md");
    Ok(path)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::fresh_seed;

    #[test]
    fn each_commit_has_seeds_of_its_own() {
        assert_eq!(fresh_seed("00000000ff29f9e0429f").unwrap(), 255);
        assert_ne!(fresh_seed("29f9e04aaa01").unwrap(), fresh_seed("29f9e04aab01").unwrap());
        assert!(fresh_seed("short").is_err());
    }
}
