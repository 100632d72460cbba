//! Refusals of the office's commands, as RFC 9457 problems.

use super::permission::Operation;
use crate::dispatch::problem::problem;
use truckroll_core::gate::Readiness;
use truckroll_core::wire::Problem;

/// There is no such thing.
pub fn not_found(what: &str) -> Problem {
    problem(404, "not-found", "Not found", format!("There is no such {what}."))
}

/// The role isn't enough.
pub fn forbidden(operation: Operation) -> Problem {
    let least = operation.least_role().as_str();
    let detail = format!("To {} takes the role {least}.", operation.words());
    Problem { items: vec![least.to_owned()], ..problem(403, "forbidden", "Not allowed", detail) }
}

/// A value can't be.
pub fn invalid(field: &str, detail: impl Into<String>) -> Problem {
    Problem { field: Some(field.to_owned()), ..problem(400, "invalid", "A field is invalid", detail) }
}

/// The visit doesn't stand where the command could follow.
pub fn not_possible(detail: impl Into<String>) -> Problem {
    problem(409, "not-possible", "Not possible now", detail)
}

/// The gate is closed; `None` when it is open.
pub fn not_field_ready(readiness: &Readiness) -> Option<Problem> {
    let (what, items) = match readiness {
        Readiness::FieldReady => return None,
        Readiness::NeedsInfo { fields } => ("Required context is missing", fields),
        Readiness::Blocked { exceptions } => ("Somebody must decide first", exceptions),
    };
    let detail = format!("{what}: {}. A manager can override it.", items.join(", "));
    Some(Problem { items: items.clone(), ..problem(409, "not-field-ready", "Not field-ready", detail) })
}
