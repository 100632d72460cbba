//! Who decides about an exception, and by when: policy as data, so that action never waits on hunting for an answer
//! (S-038, S-056).

use crate::judge::Severity;
use crate::plan::words_enum;
use serde::{Deserialize, Serialize};

words_enum! {
    /// Who in the office owns a decision. Its words have the key `owner.OWNER`.
    Owner {
        /// Whoever runs the desk.
        Dispatcher = "dispatcher",
        /// Somebody who may bind the company.
        Manager = "manager",
    }
}

/// Longest time that a policy may give a decision, minutes: a week.
pub const ALLOWED_MAX_MINUTES: u32 = 7 * 24 * 60;

/// Who decides first, and after how long the next does. Each company has its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EscalationPolicy {
    /// Kinds of exception that a manager decides about from the beginning, whatever their severity.
    pub managers: Vec<String>,
    /// How long a decision of high severity may take, minutes; then a manager owns it.
    pub high_minutes: u32,
    /// The same of normal severity.
    pub normal_minutes: u32,
    /// The same of low severity.
    pub low_minutes: u32,
}

impl Default for EscalationPolicy {
    /// What binds the company goes to a manager. A quarter of an hour while a technician stands and waits, within the
    /// hour, within the shift.
    fn default() -> Self {
        let managers = ["manager_sign_off", "financing_question", "unusual_scope", "customer_escalation", "lost_plan"];
        Self {
            managers: managers.map(str::to_owned).to_vec(),
            high_minutes: 15,
            normal_minutes: 60,
            low_minutes: 8 * 60,
        }
    }
}

impl EscalationPolicy {
    /// Who decides about a kind of exception first.
    pub fn owner(&self, kind: &str) -> Owner {
        if self.managers.iter().any(|manager| manager == kind) { Owner::Manager } else { Owner::Dispatcher }
    }

    /// How long a decision may take, milliseconds.
    pub fn allowed_ms(&self, severity: Severity) -> i64 {
        let minutes = match severity {
            Severity::High => self.high_minutes,
            Severity::Normal => self.normal_minutes,
            Severity::Low => self.low_minutes,
        };
        i64::from(minutes) * 60_000
    }

    /// When the decision is due, milliseconds since 1970 UTC.
    pub fn due_ms(&self, severity: Severity, opened_ms: i64) -> i64 {
        opened_ms.saturating_add(self.allowed_ms(severity))
    }

    /// Who owns the decision now: from its due time on a manager, whoever did before.
    pub fn owner_at(&self, kind: &str, severity: Severity, opened_ms: i64, now_ms: i64) -> Owner {
        if now_ms >= self.due_ms(severity, opened_ms) { Owner::Manager } else { self.owner(kind) }
    }

    /// The first time that can't be, by its field: nothing is due at once, and nothing waits for ever.
    pub fn impossible_field(&self) -> Option<&'static str> {
        let times = [
            ("high_minutes", self.high_minutes),
            ("normal_minutes", self.normal_minutes),
            ("low_minutes", self.low_minutes),
        ];
        times.into_iter().find(|(_, minutes)| !(1..=ALLOWED_MAX_MINUTES).contains(minutes)).map(|(field, _)| field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE_MS: i64 = 60_000;

    #[test]
    fn owners_and_due_times() {
        let policy = EscalationPolicy::default();
        // Kind, severity, minutes since it was opened, who owns it then.
        let cases = [
            ("manager_sign_off", Severity::Low, 0, Owner::Manager),
            ("financing_question", Severity::Normal, 0, Owner::Manager),
            ("access_problem", Severity::High, 14, Owner::Dispatcher),
            ("access_problem", Severity::High, 15, Owner::Manager),
            ("access_problem", Severity::Normal, 59, Owner::Dispatcher),
            ("access_problem", Severity::Normal, 60, Owner::Manager),
            ("access_problem", Severity::Low, 479, Owner::Dispatcher),
            ("access_problem", Severity::Low, 480, Owner::Manager),
            ("a_newer_servers_kind", Severity::Normal, 0, Owner::Dispatcher),
        ];
        for (kind, severity, minutes, expected) in cases {
            let found = policy.owner_at(kind, severity, 1_000, 1_000 + minutes * MINUTE_MS);
            assert_eq!(found, expected, "{kind} {severity} after {minutes} minutes");
        }
        assert_eq!(policy.due_ms(Severity::High, 1_000), 901_000);
        assert_eq!(policy.due_ms(Severity::Low, i64::MAX), i64::MAX);
    }

    #[test]
    fn a_company_decides_who_and_after_how_long() {
        let strict = EscalationPolicy {
            managers: vec!["access_problem".to_owned()],
            normal_minutes: 5,
            ..EscalationPolicy::default()
        };
        assert_eq!(strict.owner("access_problem"), Owner::Manager);
        assert_eq!(strict.owner("manager_sign_off"), Owner::Dispatcher);
        assert_eq!(strict.due_ms(Severity::Normal, 0), 5 * MINUTE_MS);
        assert_eq!(strict.impossible_field(), None);
        let never = EscalationPolicy { low_minutes: ALLOWED_MAX_MINUTES + 1, ..strict.clone() };
        let at_once = EscalationPolicy { high_minutes: 0, ..strict };
        assert_eq!((never.impossible_field(), at_once.impossible_field()), (Some("low_minutes"), Some("high_minutes")));
    }

    #[test]
    fn every_owner_has_words() {
        for owner in Owner::ALL {
            assert!(crate::words::knows(&format!("owner.{owner}")), "{owner}");
        }
    }
}
