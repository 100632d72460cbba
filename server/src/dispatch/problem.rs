//! Refusals: RFC 9457 problems that a caller can act on, and what went wrong inside.

use crate::store;
use truckroll_core::wire::Problem;

/// Why a request isn't done.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller's to mend; ready to be sent.
    #[error("{}: {}", .0.title, .0.detail)]
    Problem(Box<Problem>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A file couldn't be read or written.
    #[error("file: {0}")]
    File(#[from] std::io::Error),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(problem))
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A problem of a kind: the last part of its URI reference, e.g. `not-found`.
pub fn problem(status: u16, kind: &str, title: &str, detail: impl Into<String>) -> Problem {
    Problem {
        kind: format!("/problems/{kind}"),
        title: title.to_owned(),
        status,
        detail: detail.into(),
        field: None,
        items: Vec::new(),
    }
}

/// 400: a field isn't what it must be. `field` is a JSON pointer or a parameter's name.
pub fn invalid(field: &str, detail: impl Into<String>) -> Error {
    Problem { field: Some(field.to_owned()), ..problem(400, "invalid", "A field is invalid", detail) }.into()
}

/// 401: no token, or none that is good. Discards nothing on the phone.
pub fn unauthorised(detail: &str) -> Error {
    problem(401, "unauthorised", "Sign in again", detail).into()
}

/// 403: the caller is known and may not do this.
pub fn forbidden(detail: impl Into<String>) -> Error {
    problem(403, "forbidden", "Not allowed", detail).into()
}

/// 404: there is no such thing, or none that this caller may know of.
pub fn not_found(what: &str) -> Error {
    problem(404, "not-found", "Not found", format!("There is no such {what}.")).into()
}

/// 409: what is there contradicts the request.
pub fn conflict(kind: &str, title: &str, detail: impl Into<String>) -> Error {
    problem(409, kind, title, detail).into()
}
