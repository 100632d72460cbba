//! What long runs write down, a line each, so that one that was cut off goes on.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Reads every line of a file of notes; nothing where nobody has written one yet.
pub(crate) fn read<T>(path: &Path, note: impl Fn(&str) -> Option<T>) -> Result<Vec<T>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let text = fs::read_to_string(path).with_context(|| format!("can't read {}", path.display()))?;
    text.lines()
        .map(|line| note(line).with_context(|| format!("this is no note of {}: {line}", path.display())))
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

    #[test]
    fn a_line_that_is_no_note_is_named_with_its_file() {
        let number = |line: &str| line.parse::<u64>().ok();
        let path = std::env::temp_dir().join(format!("notes-{}", std::process::id()));
        assert_eq!(super::read(&path, number).unwrap(), Vec::<u64>::new());
        std::fs::write(&path, "7\n8\n").unwrap();
        assert_eq!(super::read(&path, number).unwrap(), [7, 8]);
        std::fs::write(&path, "7\nseven\n").unwrap();
        let said = super::read(&path, number).unwrap_err().to_string();
        std::fs::remove_file(&path).unwrap();
        assert!(said.ends_with(&format!("{}: seven", path.display())), "{said}");
    }
}
