//! The long checks: hours, so what a stage came to is noted with its commit, and a run that was cut off goes on after it.

use crate::stages::{self, SETUP, SOAK};
use crate::workspace::Workspace;
use crate::{dated, fresh_seeds, notes};
use anyhow::{Result, bail};
use std::fs;

/// What a stage came to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note {
    stage: String,
    /// What was tried.
    commit: String,
    held: bool,
    /// The program's last line.
    figures: String,
}

impl Note {
    /// A line of the notes, its parts between tabs.
    fn write(&self) -> String {
        let outcome = if self.held { "held" } else { "broke" };
        format!("{}\t{}\t{outcome}\t{}\n", self.stage, self.commit, self.figures)
    }

    fn read(line: &str) -> Option<Self> {
        let [stage, commit, outcome, figures] = line.split('\t').collect::<Vec<_>>().try_into().ok()?;
        let held = match outcome {
            "held" => true,
            "broke" => false,
            _ => return None,
        };
        Some(Self { stage: stage.to_owned(), commit: commit.to_owned(), held, figures: figures.to_owned() })
    }
}

/// Runs the stages of these names, or without names those that have not held yet. When all have, they are the dated result
/// in docs/soak, and the next soak begins anew. `true` when nothing broke.
pub(crate) fn run(workspace: &Workspace, names: &[String]) -> Result<bool> {
    if let Some(unknown) = names.iter().find(|name| !SOAK.iter().any(|stage| stage.name == **name)) {
        let known: Vec<&str> = SOAK.iter().map(|stage| stage.name).collect();
        bail!("no stage of the soak is called {unknown:?}; there are: {}", known.join(", "));
    }
    let path = workspace.soak()?.join("stages.txt");
    let mut notes = notes::read(&path, Note::read)?;
    if !stages::run(workspace, &[SETUP])? {
        return Ok(false);
    }
    let mut success = true;
    for stage in SOAK {
        let named = names.iter().any(|name| name == stage.name);
        let has_held = notes.iter().any(|note| note.stage == stage.name && note.held);
        if !named && (has_held || !names.is_empty()) {
            continue;
        }
        let (held, figures) = stages::run_for_figures(workspace, &[*stage])?;
        let commit = dated::commit(workspace)?;
        let note = Note { stage: stage.name.to_owned(), commit, held, figures: figures.join("; ") };
        // Another run may have noted a stage meanwhile.
        notes = notes::read(&path, Note::read)?;
        notes.retain(|old| old.stage != note.stage);
        notes.push(note);
        fs::write(&path, notes.iter().map(Note::write).collect::<String>())?;
        success &= held;
    }
    let held: Vec<&Note> =
        SOAK.iter().filter_map(|stage| notes.iter().find(|note| note.held && note.stage == stage.name)).collect();
    if held.len() == SOAK.len() {
        dated::write(workspace, "soak", "Soak", &report(&held))?;
        fresh_seeds::forget(workspace)?;
        fs::remove_file(&path)?;
    }
    println!("soaked: {} of {} stages held", held.len(), SOAK.len());
    Ok(success)
}

fn report(held: &[&Note]) -> String {
    let mut body = "Everything held.\n\n| Stage | Commit | Figures |\n|---|---|---|\n".to_owned();
    for Note { stage, commit, figures, .. } in held {
        body.push_str(&format!("| {stage} | {} | {figures} |\n", commit.get(..10).unwrap_or(commit)));
    }
    body
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    fn note() -> Note {
        let figures = "killed: 1007 rounds, 1323 facts, 0 lost, 0 twice".to_owned();
        Note { stage: "kill".into(), commit: "442f2dee53afebb8".into(), held: true, figures }
    }

    #[test]
    fn a_cut_soak_knows_what_its_stages_came_to() {
        assert_eq!(Note::read(note().write().trim_end()), Some(note()));
        assert_eq!(Note::read("kill\t442f2dee53\tsank\tnone"), None);
    }

    #[test]
    fn the_result_names_each_stage_with_the_commit_that_it_tried() {
        let text = report(&[&note()]);
        assert!(text.ends_with("| kill | 442f2dee53 | killed: 1007 rounds, 1323 facts, 0 lost, 0 twice |\n"), "{text}");
    }
}
