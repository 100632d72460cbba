//! One snapshot for every serialised type: a shape that changes unseen would strand phones in the field.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use super::*;
use crate::fact::{BaseRev, Body};
use crate::plan::fixture;
use serde_json::json;

fn visit() -> VisitId {
    VisitId::from_parts(1, [1; 10])
}

fn op() -> OpId {
    OpId::from_parts(2, [2; 10])
}

fn epoch() -> EpochId {
    EpochId::from_parts(3, [3; 10])
}

#[test]
fn plan_document() {
    insta::assert_json_snapshot!(fixture::plan());
}

#[test]
fn identity_messages() {
    insta::assert_json_snapshot!(json!({
        "enrol": EnrolRequest {
            code: "K7QW-2M9X".into(), public_key: "BASE64".into(), device_name: "Ana's phone".into(), platform: "android".into(), app_version: "1.0.0".into(),
        },
        "enrolled": EnrolReply {
            device_id: DeviceId::from_parts(4, [4; 10]), company_id: CompanyId::from_parts(5, [5; 10]), company_name: "Falls City".into(),
            technician_id: TechnicianId::from_parts(6, [6; 10]), technician_name: "Ana".into(), epoch: epoch(),
        },
        "ask_challenge": ChallengeRequest { device_id: DeviceId::from_parts(4, [4; 10]) },
        "challenge": ChallengeReply { challenge: "once".into() },
        "ask_token": TokenRequest { device_id: DeviceId::from_parts(4, [4; 10]), challenge: "once".into(), signature: "DER".into() },
        "token": TokenReply { access_token: "t".into(), expires_in_ms: ACCESS_TOKEN_MS, epoch: Some(epoch()) },
        "signed": String::from_utf8(signed_bytes(DeviceId::from_parts(4, [4; 10]), "once")).unwrap(),
    }));
}

#[test]
fn push_messages() {
    let fact = Fact {
        op_id: op(),
        dev_seq: 1,
        visit: visit(),
        kind: "note.add@1".into(),
        base_rev: BaseRev { epoch: epoch(), plan: 7, progress: 8 },
        deps: vec![OpId::from_parts(9, [9; 10])],
        payload: json!({ "text": "flame sensor was dirty" }),
        captured: crate::clock::Now { wall_ms: 1, mono_ms: 2, boot_id: "b".into() },
        app_version: "1.0.0".into(),
    };
    let result = |state| FactResult { op_id: op(), state, original: None, seq: Some(9), code: None, retry_in_ms: None };
    insta::assert_json_snapshot!(json!({
        "push": PushRequest { anchors: vec![crate::clock::anchor("b", 0, 10, 5, 5)], facts: vec![fact] },
        "reply": PushReply {
            epoch: epoch(), received_ms: 1, sent_ms: 2,
            results: vec![
                result(ResultState::Applied),
                FactResult { code: Some("merged.already_there".into()), ..result(ResultState::Merged) },
                FactResult { original: Some(ResultState::Applied), ..result(ResultState::Duplicate) },
                FactResult { code: Some("attention.broken_chain".into()), ..result(ResultState::Attention) },
                FactResult { seq: None, retry_in_ms: Some(500), ..result(ResultState::Later) },
            ],
        },
    }));
}

#[test]
fn pull_messages() {
    let day = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
    insta::assert_json_snapshot!(json!({
        "page": PullPage {
            epoch: epoch(),
            items: vec![
                PullItem::Visit {
                    visit: visit(), day, open: true, plan: Some(Document { rev: 7, body: json!({ "visit": visit() }) }), progress: None,
                },
                PullItem::Revoke { visit: visit(), rev: 8, code: "revoked.reassigned".into(), to_name: "Ana".into(), at_ms: 9 },
                PullItem::Result(FactResult {
                    op_id: op(), state: ResultState::Applied, original: None, seq: Some(9), code: None, retry_in_ms: None,
                }),
                PullItem::GateCode { visit: visit(), rev: 10, code: Some("#4407".into()) },
            ],
            cursor: "opaque".into(),
            checkpoint: Some(Checkpoint { seq: 10, from_day: day, to_day: day, visits: 1, digest: "00".into(), position_every_ms: None }),
            received_ms: 1,
            sent_ms: 2,
        },
        "repair": RepairRequest { cursor: "opaque".into(), held: vec![Held { visit: visit(), plan_rev: 7, progress_rev: 0 }] },
    }));
}

#[test]
fn blob_messages_and_problems() {
    insta::assert_json_snapshot!(json!({
        "ask": BlobRequest { sha256: "ab".into(), size_bytes: 5, media_type: "image/jpeg".into(), part_bytes: PART_MIN_BYTES },
        "answer": BlobReply { verified: false, missing: vec![0, 2], part_bytes: PART_MIN_BYTES, upload_token: "t".into() },
        "problem": Problem {
            kind: "/problems/not-field-ready".into(), title: "Not field-ready".into(), status: 409, detail: "scope is missing".into(),
            field: Some("scope".into()), items: vec!["scope".into()],
        },
    }));
}

#[test]
fn every_fact_body() {
    let assignment = "00000000-0001-7000-8000-000000000003";
    let hash = "a".repeat(64);
    let payloads = [
        (
            "status.set@1",
            json!({ "assignment": assignment, "from": "in_progress", "to": "completed", "reason": "r", "stated_at_ms": 1, "outcome": "fixed", "gaps": ["signature"] }),
        ),
        ("status.undo@1", json!({ "assignment": assignment, "target": op() })),
        (
            "check_in.add@1",
            json!({ "assignment": assignment, "verdict": crate::checkin::verdict(None, &fixture::plan().site, &crate::checkin::Policy::default()), "reason": "r" }),
        ),
        ("note.add@1", json!({ "text": "t", "revises": op(), "late_for": op() })),
        (
            "photo.add@1",
            json!({ "sha256": hash, "size_bytes": 1, "media_type": "image/jpeg", "photo_kind": "before", "thumbnail_sha256": hash, "thumbnail_size_bytes": 1, "caption": "c" }),
        ),
        ("part.use@1", json!({ "name": "n", "quantity": 1.0, "stock": "truck", "serial": "s" })),
        ("part.return@1", json!({ "name": "n", "quantity": 1.0 })),
        ("checklist.answer@1", json!({ "item": "site.safe", "value": "yes", "replaces": op() })),
        ("time.start@1", json!({ "assignment": assignment, "time_kind": "break" })),
        ("time.stop@1", json!({ "start": op() })),
        ("time.adjust@1", json!({ "target": op(), "at_ms": 1, "reason": "r" })),
        (
            "signature.add@1",
            json!({ "signer": "s", "sha256": hash, "size_bytes": 1, "document_sha256": hash, "plan_rev": 1 }),
        ),
        ("site_pin.propose@1", json!({ "lat": 1.0, "lon": 2.0, "accuracy_m": 3.0 })),
        ("estimate.propose@1", json!({ "title": "t", "lines": [{ "text": "t", "quantity": 1.0, "unit_cents": 5 }] })),
        ("follow_up.propose@1", json!({ "reason": "r", "next_step": "n", "due_ms": 1 })),
        ("flag.raise@1", json!({ "flag": "delay", "text": "t", "new_eta_ms": 1 })),
        ("handoff.mark@1", json!({ "field": "gate_code", "miss": "wrong", "text": "t", "minutes_lost": 5 })),
        ("message.send@1", json!({ "lane": "urgent", "text": "t" })),
        ("secret.viewed@1", json!({ "secret": "gate_code" })),
        ("attention.discard@1", json!({ "target": op() })),
    ];
    assert_eq!(payloads.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), Body::KINDS, "a kind without a snapshot");
    let decoded: Vec<Body> = payloads.iter().map(|(kind, payload)| Body::decode(kind, payload).unwrap()).collect();
    for (body, (kind, payload)) in decoded.iter().zip(&payloads) {
        assert_eq!((body.kind(), &body.payload()), (*kind, payload), "a field got lost");
    }
    insta::assert_json_snapshot!(decoded);
}

#[test]
fn a_duplicate_counts_as_what_it_was_the_first_time() {
    let result = FactResult {
        op_id: op(),
        state: ResultState::Duplicate,
        original: Some(ResultState::Attention),
        seq: None,
        code: None,
        retry_in_ms: None,
    };
    assert_eq!(result.effective(), ResultState::Attention);
}
