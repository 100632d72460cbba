//! What happens on the day of the crashes, one step after the other.

use crate::day::picture;
use anyhow::{Context, Result};
use truckroll_core::checkin::Fix;
use truckroll_core::device::{Engine, FactState, Intent};
use truckroll_core::fact::{MissKind, PhotoKind, TimeKind, WorkOutcome};
use truckroll_core::id::{OpId, VisitId};
use truckroll_core::lifecycle::Status;
use truckroll_core::plan::Lane;
use truckroll_server::dispatch::office::Office;
use truckroll_server::dispatch::office::visits::{
    AssignRequest, DispatchRequest, MessageRequest, ReassignRequest, ReviewRequest,
};

/// One step.
pub enum Deed {
    /// The company is founded and its jobs are imported.
    Found,
    /// The office does something.
    Office(fn(&Office, i64) -> Result<()>),
    /// The phone becomes Ana's.
    Enrol,
    /// The phone has a connection, and everything arrives.
    Online,
    /// It has none.
    Offline,
    /// The technician taps. What it saves is on the phone when the tap is confirmed.
    Tap(fn(&Engine) -> Result<Intent>),
}

/// The whole script.
pub const STEPS: &[(&str, Deed)] = &[
    ("found and import", Deed::Found),
    ("send the first job", Deed::Office(|office, now_ms| send(office, now_ms, "WO-1"))),
    ("enrol and pull", Deed::Enrol),
    ("offline", Deed::Offline),
    ("look at the visit", Deed::Tap(|engine| Ok(Intent::MarkSeen { visit: visit(engine, "WO-1")? }))),
    ("originals on any connection", Deed::Tap(|_| Ok(Intent::SetWifiOnly { on: false }))),
    ("travel", Deed::Tap(|engine| set(engine, "WO-1", Status::Traveling, ""))),
    (
        "arrive",
        Deed::Tap(|engine| {
            Ok(Intent::Arrive {
                visit: visit(engine, "WO-1")?,
                fix: Some(fix()),
                reason: String::new(),
                stated_at_ms: None,
            })
        }),
    ),
    ("look at the gate code", Deed::Tap(|engine| Ok(Intent::ViewGateCode { visit: visit(engine, "WO-1")? }))),
    ("begin", Deed::Tap(|engine| set(engine, "WO-1", Status::InProgress, ""))),
    ("note", Deed::Tap(|engine| note(engine, "WO-1", "Flame sensor cleaned"))),
    (
        "photo",
        Deed::Tap(|engine| {
            Ok(Intent::AddPhoto {
                visit: visit(engine, "WO-1")?,
                bytes: picture([1, 2, 3]),
                photo_kind: PhotoKind::Before,
                caption: "Burner".to_owned(),
            })
        }),
    ),
    (
        "part",
        Deed::Tap(|engine| {
            Ok(Intent::UsePart {
                visit: visit(engine, "WO-1")?,
                name: "flame sensor".to_owned(),
                quantity: 1.0,
                stock: "truck".to_owned(),
                serial: String::new(),
            })
        }),
    ),
    ("send the second job", Deed::Office(|office, now_ms| send(office, now_ms, "WO-2"))),
    ("push, upload and pull", Deed::Online),
    ("offline again", Deed::Offline),
    ("wait", Deed::Tap(|engine| Ok(Intent::StartTime { visit: visit(engine, "WO-1")?, time_kind: TimeKind::Wait }))),
    ("pause", Deed::Tap(|engine| set(engine, "WO-1", Status::Paused, "the owner is out"))),
    ("undo the pause", Deed::Tap(|engine| Ok(Intent::Undo { visit: visit(engine, "WO-1")? }))),
    (
        "what the packet lacked",
        Deed::Tap(|engine| {
            Ok(Intent::MarkHandoff {
                visit: visit(engine, "WO-1")?,
                field: "access_notes".to_owned(),
                miss: MissKind::Wrong,
                text: "No dog".to_owned(),
                minutes_lost: Some(5),
            })
        }),
    ),
    (
        "message",
        Deed::Tap(|engine| {
            Ok(Intent::SendMessage {
                visit: visit(engine, "WO-1")?,
                lane: Lane::Routine,
                text: "Done by noon".to_owned(),
            })
        }),
    ),
    (
        "second photo",
        Deed::Tap(|engine| {
            Ok(Intent::AddPhoto {
                visit: visit(engine, "WO-1")?,
                bytes: picture([4, 5, 6]),
                photo_kind: PhotoKind::After,
                caption: String::new(),
            })
        }),
    ),
    ("complete", Deed::Tap(complete)),
    ("travel to the second", Deed::Tap(|engine| set(engine, "WO-2", Status::Traveling, ""))),
    ("note on the second", Deed::Tap(|engine| note(engine, "WO-2", "On my way"))),
    (
        "a message from the office",
        Deed::Office(|office, now_ms| {
            office.message(now_ms, "WO-1", MessageRequest { lane: Lane::Routine, text: "Well done".to_owned() })?;
            Ok(())
        }),
    ),
    (
        "the second job goes to Bo",
        Deed::Office(|office, now_ms| {
            office.reassign(
                now_ms,
                "WO-2",
                ReassignRequest { from: "T01".to_owned(), to: "T02".to_owned(), reason: "closer".to_owned() },
            )?;
            Ok(())
        }),
    ),
    ("push, and give up the second", Deed::Online),
    ("offline for the last time", Deed::Offline),
    (
        "approve",
        Deed::Office(|office, now_ms| {
            office.review(now_ms, "WO-1", ReviewRequest::Approve)?;
            Ok(())
        }),
    ),
    (
        "correct a frozen time",
        Deed::Tap(|engine| {
            let target = first_of(engine, "status.set@1")?;
            Ok(Intent::AdjustTime {
                visit: visit(engine, "WO-1")?,
                target,
                at_ms: crate::day::START_MS,
                reason: "forgot".to_owned(),
            })
        }),
    ),
    ("push what needs attention", Deed::Online),
    (
        "keep it as a note",
        Deed::Tap(|engine| {
            let item = engine
                .outbox()?
                .into_iter()
                .find(|entry| entry.state == FactState::Attention)
                .context("nothing needs attention")?;
            Ok(Intent::LateNote { op_id: item.op_id, text: "please correct".to_owned() })
        }),
    ),
    ("push the rest", Deed::Online),
];

/// Repeated after a crash, its first half or all of it may be done already.
fn send(office: &Office, now_ms: i64, number: &str) -> Result<()> {
    let assigned = office.assign(now_ms, number, AssignRequest { technician: "T01".to_owned(), role: None });
    let sent = office.dispatch(now_ms, number, DispatchRequest::default());
    match (assigned, sent) {
        (_, Ok(_)) => Ok(()),
        (Err(error), Err(_)) | (Ok(_), Err(error)) => Err(error.into()),
    }
}

fn visit(engine: &Engine, number: &str) -> Result<VisitId> {
    let held = engine.revisions().into_iter().map(|held| held.visit);
    held.chain(engine.handed_over())
        .find(|visit| engine.documents(*visit).is_some_and(|(plan, _)| plan.order.number == number))
        .with_context(|| format!("the phone doesn't hold {number}"))
}

fn set(engine: &Engine, number: &str, to: Status, reason: &str) -> Result<Intent> {
    let visit = visit(engine, number)?;
    Ok(Intent::SetStatus { visit, to, reason: reason.to_owned(), stated_at_ms: None, outcome: None, gaps: Vec::new() })
}

fn note(engine: &Engine, number: &str, text: &str) -> Result<Intent> {
    Ok(Intent::AddNote { visit: visit(engine, number)?, text: text.to_owned(), revises: None })
}

/// Completes with everything declared that the closeout still asks for.
fn complete(engine: &Engine) -> Result<Intent> {
    let visit = visit(engine, "WO-1")?;
    let (plan, _) = engine.documents(visit).context("no documents")?;
    let mut gaps = plan.closeout_required.clone();
    gaps.extend(plan.checklist.iter().map(|item| format!("checklist:{}", item.key)));
    let outcome = Some(WorkOutcome::Fixed);
    Ok(Intent::SetStatus { visit, to: Status::Completed, reason: String::new(), stated_at_ms: None, outcome, gaps })
}

fn first_of(engine: &Engine, kind: &str) -> Result<OpId> {
    Ok(engine.outbox()?.into_iter().find(|entry| entry.kind == kind).context("no such fact")?.op_id)
}

fn fix() -> Fix {
    Fix {
        lat: 38.2402,
        lon: -85.7202,
        accuracy_m: 20.0,
        age_ms: 900,
        mono_ms: 1_000_000,
        wall_ms: crate::day::START_MS,
        provider: "gps".to_owned(),
        mock: false,
    }
}
