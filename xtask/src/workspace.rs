//! Where things are, as Cargo says.

use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::path::PathBuf;
use std::process::Command;

/// How Cargo builds a program.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// `cargo build`: what tests and tools run.
    Dev,
    /// `cargo build --release`.
    Release,
}

/// The repository on this machine.
pub(crate) struct Workspace {
    /// The repository's folder.
    pub(crate) root: PathBuf,
    /// Where Cargo builds.
    pub(crate) target: PathBuf,
    /// Programs of `truckroll-tests`.
    programs: Vec<String>,
}

impl Workspace {
    /// Asks Cargo, from wherever in the repository the verb was called.
    pub(crate) fn find() -> Result<Self> {
        let arguments = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
        let output = Command::new("cargo").args(arguments).output().context("can't start cargo")?;
        if !output.status.success() {
            bail!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr).trim());
        }
        Self::from_metadata(&serde_json::from_slice(&output.stdout)?)
    }

    fn from_metadata(metadata: &Value) -> Result<Self> {
        let folder =
            |key: &str| metadata[key].as_str().map(PathBuf::from).with_context(|| format!("cargo says no {key}"));
        let targets = metadata["packages"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|package| package["name"] == "truckroll-tests")
            .flat_map(|package| package["targets"].as_array().into_iter().flatten())
            .filter(|target| target["kind"].as_array().is_some_and(|kinds| kinds.contains(&Value::from("bin"))));
        Ok(Self {
            root: folder("workspace_root")?,
            target: folder("target_directory")?,
            programs: targets.filter_map(|target| target["name"].as_str().map(str::to_owned)).collect(),
        })
    }

    /// Whether `truckroll-tests` has a program of this name.
    pub(crate) fn has_program(&self, name: &str) -> bool {
        self.programs.iter().any(|program| program == name)
    }

    /// A program that Cargo makes; the `truckroll` command is handed to children as `TRUCKROLL_BIN`.
    pub(crate) fn program(&self, profile: Profile, name: &str) -> PathBuf {
        let folder = match profile {
            Profile::Dev => "debug",
            Profile::Release => "release",
        };
        self.target.join(folder).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Where a run leaves what the coverage check reads.
    pub(crate) fn reports(&self) -> PathBuf {
        self.target.join("reports")
    }

    /// Where long runs that were cut off left their notes; made if it isn't there. Not below `target`: they can be committed,
    /// and another machine goes on.
    pub(crate) fn soak(&self) -> Result<PathBuf> {
        let folder = self.root.join("docs/soak/notes");
        std::fs::create_dir_all(&folder)?;
        Ok(folder)
    }

    /// Recorded data beside the repository, which a clone doesn't bring.
    pub(crate) fn has_shared_data(&self) -> bool {
        self.root.join("../shared/data").is_dir()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn only_programs_of_the_tests_package_count() {
        let metadata = serde_json::json!({
            "workspace_root": "/r", "target_directory": "/t",
            "packages": [
                {"name": "truckroll-cli", "targets": [{"name": "truckroll", "kind": ["bin"]}]},
                {"name": "truckroll-tests", "targets": [
                    {"name": "truckroll_tests", "kind": ["lib"]}, {"name": "simulate", "kind": ["bin"]}]},
            ],
        });
        let workspace = Workspace::from_metadata(&metadata).unwrap();
        assert!(workspace.has_program("simulate"));
        assert!(!workspace.has_program("truckroll") && !workspace.has_program("truckroll_tests"));
        assert!(Workspace::from_metadata(&serde_json::json!({})).is_err());
    }
}
