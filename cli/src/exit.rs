//! How a command ends: exit codes for scripts, words for people.

use std::process::ExitCode;
use truckroll_core::device::ActError;
use truckroll_core::wire::Problem;
use truckroll_core::words::{self, Language};

/// Why a command didn't do what it was told. The exit codes stand in `docs/cli.md`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Exit 3: the server's rules say no.
    #[error("{}: {}", .0.title, .0.detail)]
    Refused(Box<Problem>),
    /// Exit 3: the engine's rules say no. Nothing was saved.
    #[error("{}", in_words(.0))]
    NotDone(ActError),
    /// Exit 4: the server doesn't answer.
    #[error("the server can't be reached: {0}")]
    Unreachable(String),
    /// Exit 5: the token isn't good.
    #[error("{}: {}", .0.title, .0.detail)]
    SignIn(Box<Problem>),
    /// Exit 1: anything else.
    #[error("{0:#}")]
    Failed(#[from] anyhow::Error),
}

impl Failure {
    /// A failure in words.
    pub(crate) fn because(words: impl std::fmt::Display) -> Self {
        Self::Failed(anyhow::anyhow!("{words}"))
    }

    /// The failure that a problem is.
    pub(crate) fn of(problem: Problem) -> Self {
        if problem.status == 401 { Self::SignIn(Box::new(problem)) } else { Self::Refused(Box::new(problem)) }
    }

    pub(crate) fn code(&self) -> u8 {
        match self {
            Self::Failed(_) => 1,
            Self::Refused(_) | Self::NotDone(_) => 3,
            Self::Unreachable(_) => 4,
            Self::SignIn(_) => 5,
        }
    }

    /// The problem as programs read it.
    fn problem(&self) -> Problem {
        match self {
            Self::Refused(problem) | Self::SignIn(problem) => (**problem).clone(),
            Self::NotDone(error) => {
                let (kind, items) = match error {
                    ActError::NotPossible { reason } => ("not-possible", vec![reason.clone()]),
                    ActError::NeedsReason => ("needs-reason", Vec::new()),
                    ActError::Gaps { items } => ("gaps", items.clone()),
                    ActError::WrongValue { field } => ("wrong-value", vec![field.clone()]),
                    ActError::NoSuchVisit | ActError::NoSuchItem => ("not-found", Vec::new()),
                    ActError::NotEnrolled => ("not-enrolled", Vec::new()),
                    ActError::AlreadyEnrolled => ("already-enrolled", Vec::new()),
                    ActError::TooLarge { .. } => ("too-large", Vec::new()),
                    ActError::StorageFull => ("storage-full", Vec::new()),
                    ActError::Locked => ("locked", Vec::new()),
                    ActError::Suspended | ActError::Cancelled | ActError::Failed { .. } => ("failed", Vec::new()),
                };
                Problem { items, ..local_problem(kind, "Not done", &self.to_string()) }
            }
            Self::Unreachable(_) => local_problem("unreachable", "Unreachable", &self.to_string()),
            Self::Failed(_) => local_problem("failed", "Failed", &self.to_string()),
        }
    }

    /// Tells the failure on standard error, as JSON for programs.
    pub(crate) fn tell(&self, json: bool) -> ExitCode {
        if json {
            eprintln!("{}", serde_json::to_string(&self.problem()).unwrap_or_else(|error| error.to_string()));
        } else {
            eprintln!("truckroll: {self}");
        }
        ExitCode::from(self.code())
    }
}

/// The engine's refusal, its reason in words.
fn in_words(error: &ActError) -> String {
    match error {
        ActError::NotPossible { reason } => words::text(reason, Language::En, &[]),
        other => other.to_string(),
    }
}

/// A problem that no server named: status 0.
fn local_problem(kind: &str, title: &str, detail: &str) -> Problem {
    Problem {
        kind: format!("/problems/{kind}"),
        title: title.to_owned(),
        status: 0,
        detail: detail.to_owned(),
        field: None,
        items: Vec::new(),
    }
}

impl From<ActError> for Failure {
    fn from(error: ActError) -> Self {
        Self::NotDone(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Failed(error.into())
    }
}

impl From<serde_json::Error> for Failure {
    fn from(error: serde_json::Error) -> Self {
        Self::Failed(error.into())
    }
}
