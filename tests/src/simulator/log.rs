//! The history of a run, line by line. The same seed gives the same lines in any process.

/// Where the lines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nowhere: they aren't even made.
    Nothing,
    /// Into memory.
    Lines,
    /// To standard output as they come, so that a run that never ends shows where it is.
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

    /// Adds a line: when, since the run's begin, who, and what. `what` runs only if somebody reads it.
    pub fn line(&mut self, elapsed_ms: i64, who: &str, what: impl FnOnce() -> String) {
        if self.keep == Keep::Nothing {
            return;
        }
        let line = format!("{:>9}.{:03} {who:<9} {}", elapsed_ms / 1_000, elapsed_ms % 1_000, what());
        match self.keep {
            Keep::Nothing => {}
            Keep::Lines => self.lines.push(line),
            Keep::Printed => print_line(&line),
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
