//! The history of a run, line by line. The same seed gives the same lines in any process.

/// Which lines are kept, and where they go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// None: they aren't even made.
    Nothing,
    /// What people and fate did, into memory: what a person reads of a shortened history.
    Deeds,
    /// All of them, into memory.
    Lines,
    /// All of them, to standard output as they come, so that a run that never ends shows where it is.
    Printed,
}

/// The lines of one run.
pub struct Log {
    keep: Keep,
    lines: Vec<String>,
}

impl Log {
    /// An empty one.
    pub fn new(keep: Keep) -> Self {
        Self { keep, lines: Vec::new() }
    }

    /// Adds a line about what somebody did or what befell them: when, since the run's begin, who, and what. `what` runs
    /// only if somebody reads it.
    pub fn deed(&mut self, elapsed_ms: i64, who: &str, what: impl FnOnce() -> String) {
        if self.keep == Keep::Nothing {
            return;
        }
        let line = format!("{:>9}.{:03} {who:<9} {}", elapsed_ms / 1_000, elapsed_ms % 1_000, what());
        match self.keep {
            Keep::Nothing => {}
            Keep::Deeds | Keep::Lines => self.lines.push(line),
            Keep::Printed => print_line(&line),
        }
    }

    /// Adds a line about what machines did because of it.
    pub fn detail(&mut self, elapsed_ms: i64, who: &str, what: impl FnOnce() -> String) {
        if self.keep != Keep::Deeds {
            self.deed(elapsed_ms, who, what);
        }
    }

    /// The lines that were kept.
    pub fn into_lines(self) -> Vec<String> {
        self.lines
    }
}

#[allow(clippy::print_stdout, reason = "a printed history is what --log asks for")]
fn print_line(line: &str) {
    println!("{line}");
}
