#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use crate::plan::fixture;
use crate::progress::FieldState;
use std::collections::BTreeSet;

/// Stands in everything that somebody may have written.
const WORD: &str = "Bramwell";
const ID: &str = "00000000-0001-7000-8000-000000000003";

/// Puts the word in place of every text of a document, but for the keys whose texts must be of a form or are kept.
fn fill(value: &mut Value, kept: &[&str]) {
    match value {
        Value::String(text) => WORD.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, kept)),
        Value::Object(fields) => {
            for (_, field) in fields.iter_mut().filter(|(key, _)| !kept.contains(&key.as_str())) {
                fill(field, kept);
            }
        }
        _ => {}
    }
}

#[test]
fn nothing_that_somebody_wrote_stays_in_a_plan() {
    let kept = [
        "visit",
        "id",
        "number",
        "parent",
        "call_type",
        "job_type",
        "trade",
        "state",
        "time_zone",
        "promise",
        "status",
        "key",
        "answer",
        "closeout_required",
        "technician",
        "technician_name",
        "role",
        "intent",
        "review",
        "lane",
        "by",
        "by_name",
        "bypassed",
        "skills_required",
        "certifications_required",
        "warranty_until",
        "blocking",
    ];
    let mut whole = serde_json::to_value(fixture::plan()).unwrap();
    whole["promises"] = json!(["x"]);
    whole["agreement"] = json!("x");
    whole["other"] = json!({ "their_column": "x" });
    whole["of_a_newer_server"] = json!("x");
    whole["history"] = json!([{ "at_ms": 1, "number": "WO-1", "summary": "x" }]);
    whole["messages"] = json!([{ "id": ID, "lane": "routine", "by_name": "Dee", "at_ms": 1, "text": "x" }]);
    whole["gate_override"] = json!({ "by": ID, "by_name": "Dee", "reason": "x", "bypassed": ["scope"], "at_ms": 1 });
    whole["order"]["next_action"] = json!({ "what": "x", "owner": "x", "due_ms": 1 });
    fill(&mut whole, &kept);
    let before: Plan = serde_json::from_value(whole).unwrap();
    assert!(serde_json::to_string(&before).unwrap().matches(WORD).count() > 20);

    let after = plan(&before);
    assert_eq!(after.customer.name, "erased");
    assert_eq!((&after.site.pin, after.site.has_gate_code), (&None, false));
    assert_eq!((&after.order.number, after.window, &after.quote), (&before.order.number, before.window, &before.quote));
    assert_eq!(after.assignments[0].technician_name, before.assignments[0].technician_name);
    let said = serde_json::to_string(&after).unwrap();
    assert!(!said.contains(WORD), "{said}");
    assert_eq!(plan(&after), after, "once more changes nothing");
}

/// A payload of every kind, with the word wherever words may stand.
fn payloads() -> Vec<(&'static str, Value)> {
    let verdict = json!({
        "grade": "outside", "reason": "beyond_fence", "distance_m": 4210.0, "probability": 0.0, "fence_radius_m": 125.0,
        "site_pin_version": 1, "mock": false, "needs_reason": true, "offers_photo": true,
        "offers_pin_correction": false, "needs_review": true,
    });
    let fix = json!({
        "lat": 38.2857, "lon": -85.5023, "accuracy_m": 10.0, "age_ms": 0, "mono_ms": 1, "wall_ms": 1, "provider": WORD,
    });
    let part = json!({ "name": WORD, "quantity": 2.0, "stock": WORD, "serial": WORD });
    vec![
        ("status.set@1", json!({ "assignment": ID, "from": "in_progress", "to": "paused", "reason": WORD })),
        ("status.undo@1", json!({ "assignment": ID, "target": ID })),
        ("check_in.add@1", json!({ "assignment": ID, "fix": fix, "verdict": verdict, "reason": WORD })),
        ("note.add@1", json!({ "text": WORD })),
        (
            "photo.add@1",
            json!({
                "sha256": "ab", "size_bytes": 9, "media_type": "image/jpeg", "photo_kind": "before",
                "thumbnail_sha256": "cd", "thumbnail_size_bytes": 3, "caption": WORD,
            }),
        ),
        ("part.use@1", part.clone()),
        ("part.return@1", part),
        ("checklist.answer@1", json!({ "item": "site.safe", "value": WORD })),
        ("time.start@1", json!({ "assignment": ID, "time_kind": "break" })),
        ("time.stop@1", json!({ "start": ID })),
        ("time.adjust@1", json!({ "target": ID, "at_ms": 5, "reason": WORD })),
        (
            "signature.add@1",
            json!({ "signer": WORD, "sha256": "ef", "size_bytes": 7, "document_sha256": "01", "plan_rev": 3 }),
        ),
        ("site_pin.propose@1", json!({ "lat": 38.2857, "lon": -85.5023, "accuracy_m": 5.0 })),
        (
            "estimate.propose@1",
            json!({ "title": WORD, "lines": [{ "text": WORD, "quantity": 1.0, "unit_cents": 12_000 }] }),
        ),
        ("follow_up.propose@1", json!({ "reason": WORD, "next_step": WORD, "due_ms": 9 })),
        ("flag.raise@1", json!({ "flag": "delay", "text": WORD, "new_eta_ms": 9 })),
        ("handoff.mark@1", json!({ "field": "scope", "miss": "wrong", "text": WORD, "minutes_lost": 5 })),
        ("message.send@1", json!({ "lane": "routine", "text": WORD })),
        ("secret.viewed@1", json!({ "secret": "gate_code" })),
        ("attention.discard@1", json!({ "target": ID })),
    ]
}

#[test]
fn of_every_kind_of_fact_words_and_places_go_and_numbers_stay() {
    let tried: BTreeSet<&str> = payloads().iter().map(|(kind, _)| *kind).collect();
    assert_eq!(tried, Body::KINDS.iter().copied().collect());
    for (kind, whole) in payloads() {
        assert!(Body::decode(kind, &whole).is_ok(), "{kind}: {:?}", Body::decode(kind, &whole));
        let erased = payload(kind, &whole);
        let said = erased.to_string();
        for gone in [WORD, "38.2857", "85.5023", "4210"] {
            assert!(!said.contains(gone), "{kind}: {said}");
        }
        assert!(kind == "site_pin.propose@1" || Body::decode(kind, &erased).is_ok(), "{kind} is still read: {said}");
    }
    assert_eq!(payload("part.use@1", &payloads()[5].1)["quantity"], 2.0);
    assert_eq!(payload("checklist.answer@1", &json!({ "item": "a", "value": "yes" }))["value"], "yes");
    assert_eq!(payload("of.a.newer.app@7", &json!({ "text": WORD })), json!({}));
}

#[test]
fn a_progress_keeps_its_steps_and_times_and_its_pictures_are_named() {
    let captured = crate::clock::Now { wall_ms: 5, mono_ms: 5, boot_id: "b".into() };
    let by =
        crate::fact::Author::Technician { id: crate::id::TechnicianId::from_parts(1, [1; 10]), name: "Ana".into() };
    let mut before = Progress::new(fixture::plan().visit);
    before.assignments.insert(fixture::plan().assignments[0].id, FieldState::default());
    for (number, (kind, payload)) in (0_u8..).zip(payloads()) {
        let (by, captured) = (by.clone(), captured.clone());
        let record = Record { kind: kind.into(), payload, by, at_ms: 5, error_ms: None, captured, marks: Vec::new() };
        before.records.insert(crate::id::OpId::from_parts(i64::from(number), [number; 10]), record);
    }
    let after = progress(&before);
    assert!(!serde_json::to_string(&after).unwrap().contains(WORD));
    assert_eq!(after.assignments, before.assignments);
    assert!(after.records.iter().all(|(op_id, record)| record.at_ms == 5 && record.kind == before.records[op_id].kind));
    let of = |progress: &Progress| {
        let named = progress.records.values().flat_map(|record| pictures(&record.kind, &record.payload));
        named.map(|picture| (picture.sha256, picture.size_bytes)).collect::<BTreeSet<_>>()
    };
    let three = [("ab".to_owned(), 9), ("cd".to_owned(), 3), ("ef".to_owned(), 7)];
    assert_eq!((of(&before), of(&after)), (BTreeSet::from(three.clone()), BTreeSet::from(three)));
}
