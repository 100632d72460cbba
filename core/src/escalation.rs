//! Who decides about an exception, and by when: policy as data, so that action never waits on hunting for an answer (S-038).

use crate::judge::Severity;
use crate::plan::words_enum;

words_enum! {
    /// Who in the office owns a decision. Its words have the key `owner.OWNER`.
    Owner {
        /// Whoever runs the desk.
        Dispatcher = "dispatcher",
        /// Somebody who may bind the company.
        Manager = "manager",
    }
}

/// Kinds that only a manager decides about, whatever their severity.
const MANAGERS: &[&str] =
    &["manager_sign_off", "financing_question", "unusual_scope", "customer_escalation", "lost_plan"];

/// Who decides about a kind of exception first.
pub fn owner(kind: &str) -> Owner {
    if MANAGERS.contains(&kind) { Owner::Manager } else { Owner::Dispatcher }
}

/// How long a decision may take, milliseconds: while a technician stands and waits, within the hour, within the shift.
pub const fn allowed_ms(severity: Severity) -> i64 {
    const MINUTE_MS: i64 = 60_000;
    match severity {
        Severity::High => 15 * MINUTE_MS,
        Severity::Normal => 60 * MINUTE_MS,
        Severity::Low => 8 * 60 * MINUTE_MS,
    }
}

/// When the decision is due, milliseconds since 1970 UTC. From then on a manager owns it whoever did before.
pub const fn due_ms(severity: Severity, opened_ms: i64) -> i64 {
    opened_ms.saturating_add(allowed_ms(severity))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_and_due_times() {
        let cases = [
            ("manager_sign_off", Owner::Manager),
            ("financing_question", Owner::Manager),
            ("access_problem", Owner::Dispatcher),
            ("a_newer_servers_kind", Owner::Dispatcher),
        ];
        for (kind, expected) in cases {
            assert_eq!(owner(kind), expected, "{kind}");
        }
        assert_eq!(due_ms(Severity::High, 1_000), 901_000);
        assert!(due_ms(Severity::Normal, 0) < due_ms(Severity::Low, 0));
        assert_eq!(due_ms(Severity::Low, i64::MAX), i64::MAX);
    }

    #[test]
    fn every_owner_has_words() {
        for owner in Owner::ALL {
            assert!(crate::words::knows(&format!("owner.{owner}")), "{owner}");
        }
    }
}
