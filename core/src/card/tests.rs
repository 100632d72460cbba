#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use crate::apply::{Entry, Outcome, apply};
use crate::clock::{Moment, Now};
use crate::fact::Author;
use crate::id::OpId;
use crate::plan::fixture;
use chrono::NaiveDate;
use serde_json::json;

/// 2026-11-23, midnight in Louisville.
const DAY_MS: i64 = 1_795_410_000_000;
const HOUR_MS: i64 = 3_600_000;

/// A visit whose one technician took these steps, at these hours of the day.
fn after(steps: &[(Status, Status, i64)]) -> (Plan, Progress) {
    let plan = fixture::plan();
    let mut progress = Progress::new(plan.visit);
    for (number, (from, to, hour)) in (1..).zip(steps) {
        let at_ms = DAY_MS + hour * HOUR_MS;
        let who = &plan.assignments[0];
        let entry = Entry {
            op_id: OpId::from_parts(at_ms, [number; 10]),
            kind: "status.set@1".into(),
            payload: json!({ "assignment": who.id, "from": from, "to": to, "reason": "because" }),
            by: Author::Technician { id: who.technician, name: "Ana".into() },
            captured: Now { wall_ms: at_ms, mono_ms: at_ms, boot_id: "b".into() },
            moment: Moment { at_ms, error_ms: Some(1) },
        };
        assert_eq!(apply(&mut progress, &entry), Outcome::Applied, "{to}");
    }
    (plan, progress)
}

fn day(text: &str) -> Option<NaiveDate> {
    Some(text.parse().unwrap())
}

#[test]
fn a_finished_visit_is_to_be_closed_on_the_day_on_which_it_was_finished_at_the_site() {
    use Status::{CannotComplete, Completed, Dispatched, InProgress, OnSite, Traveling};
    let begun = [(Dispatched, Traveling, 8), (Traveling, OnSite, 9), (OnSite, InProgress, 10)];
    let ended = |last| [begun.as_slice(), &[last]].concat();
    for (name, steps, review, expected) in [
        ("nothing happened", vec![], Review::None, None),
        ("under way", begun.to_vec(), Review::None, None),
        ("done", ended((InProgress, Completed, 12)), Review::None, day("2026-11-23")),
        ("not to be done", ended((InProgress, CannotComplete, 12)), Review::None, day("2026-11-23")),
        // 04:30 on the 24th in UTC, 23:30 on the 23rd at the site.
        ("late in the evening", ended((InProgress, Completed, 23)), Review::None, day("2026-11-23")),
        ("after midnight", ended((InProgress, Completed, 25)), Review::None, day("2026-11-24")),
        ("approved", ended((InProgress, Completed, 12)), Review::Approved, None),
        ("returned", ended((InProgress, Completed, 12)), Review::Returned, None),
    ] {
        let (mut plan, progress) = after(&steps);
        plan.review = review;
        let shown = card(&plan, &progress, Vec::new(), &BTreeMap::new(), day("2026-11-23").unwrap(), 1);
        assert_eq!(shown.close_on, expected, "{name}: {:?}", shown.status);
    }
}
