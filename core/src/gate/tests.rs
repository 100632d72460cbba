#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use crate::id::{ExceptionId, UserId};
use crate::plan::{BlockingException, GateOverride, PlannedPart, fixture};

fn blocking(kind: &str) -> BlockingException {
    BlockingException { id: ExceptionId::from_parts(1, [1; 10]), kind: kind.into() }
}

#[test]
fn a_complete_packet_misses_nothing() {
    let plan = fixture::plan();
    assert!(missing(&plan, &GatePolicy::default()).is_empty());
    assert_eq!(readiness(&plan), Readiness::FieldReady);
}

#[test]
fn each_required_field_is_missed_by_its_name() {
    type Break = fn(&mut Plan);
    let table: &[(Break, &[&str])] = &[
        (|plan| plan.scope = "  ".into(), &["scope"]),
        (|plan| plan.site.address.clear(), &["address"]),
        (|plan| plan.site.access_notes.clear(), &["access_notes"]),
        (|plan| plan.site.pin = None, &["coordinates"]),
        (|plan| plan.window = None, &["window"]),
        (|plan| plan.customer.phone.clear(), &[]),
        (
            |plan| {
                plan.customer.phone.clear();
                plan.customer.email.clear();
            },
            &["phone", "email"],
        ),
    ];
    for (change, expected) in table {
        let mut plan = fixture::plan();
        change(&mut plan);
        assert_eq!(missing(&plan, &GatePolicy::default()), *expected);
    }
}

#[test]
fn a_company_decides_per_job_type() {
    let mut policy = GatePolicy::default();
    policy.by_job_type.insert(JobType::Repair, vec![vec!["warranty".into()]]);
    let mut plan = fixture::plan();
    plan.scope.clear();
    assert_eq!(missing(&plan, &policy), ["warranty"]);
    plan.job_type = JobType::Install;
    assert_eq!(missing(&plan, &policy), ["scope"]);
    policy.default = vec![vec!["shoe_size".into()]];
    assert_eq!(policy.unknown_field(), Some("shoe_size"));
    assert_eq!(GatePolicy::default().unknown_field(), None);
}

#[test]
fn every_field_can_be_required() {
    let plan = fixture::plan();
    let present: Vec<&str> = FIELDS.iter().copied().filter(|field| has(&plan, field)).collect();
    assert!(present.len() > 12, "{present:?}");
    assert!(!has(&plan, "shoe_size"));
}

#[test]
fn parts_that_nobody_confirmed_are_an_exception() {
    let mut plan = fixture::plan();
    plan.escalation_flags = vec!["financing_question".into(), "financing_question".into()];
    for (status, expected) in [
        (PartStatus::OnTruck, vec!["financing_question"]),
        (PartStatus::Confirmed, vec!["financing_question"]),
        (PartStatus::Ordered, vec!["financing_question", "parts_unconfirmed"]),
        (PartStatus::Unknown, vec!["financing_question", "parts_unconfirmed"]),
    ] {
        plan.parts = vec![PlannedPart { name: "board".into(), status }];
        assert_eq!(detected(&plan), expected);
    }
}

#[test]
fn missing_fields_come_before_exceptions_and_an_override_covers_only_what_it_names() {
    let mut plan = fixture::plan();
    plan.missing = vec!["scope".into(), "window".into()];
    plan.blocking = vec![blocking("scope_check"), blocking("scope_check")];
    assert_eq!(readiness(&plan), Readiness::NeedsInfo { fields: vec!["scope".into(), "window".into()] });
    let mut decision = GateOverride {
        by: UserId::from_parts(1, [1; 10]),
        by_name: "Mo".into(),
        reason: "the owner is on site".into(),
        bypassed: vec!["scope".into()],
        at_ms: 1,
    };
    plan.gate_override = Some(decision.clone());
    assert_eq!(readiness(&plan), Readiness::NeedsInfo { fields: vec!["window".into()] });
    decision.bypassed = vec!["scope".into(), "window".into()];
    plan.gate_override = Some(decision.clone());
    assert_eq!(readiness(&plan), Readiness::Blocked { exceptions: vec!["scope_check".into()] });
    decision.bypassed.push("scope_check".into());
    plan.gate_override = Some(decision);
    assert_eq!(readiness(&plan), Readiness::FieldReady);
}
