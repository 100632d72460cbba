//! The screens as text.

use super::value;
use crate::table::{Column, lines, table};
use serde_json::Value;
use truckroll_core::device::screens::{
    AttentionView, CloseoutView, MessagesView, NoticeView, SyncView, TodayView, VisitView,
};

const VISITS: &[Column] = &[
    ("JOB", "/number"),
    ("DAY", "/day"),
    ("WINDOW", "/window"),
    ("STATUS", "/status_label"),
    ("CUSTOMER", "/customer"),
    ("ADDRESS", "/address"),
    ("UNSENT", "/unsent"),
];
const ATTENTION: &[Column] =
    &[("FACT", "/op_id"), ("JOB", "/number"), ("WHAT", "/what"), ("AT", "/at/time"), ("REASON", "/reason")];
const MESSAGES: &[Column] =
    &[("JOB", "/number"), ("AT", "/at/time"), ("BY", "/by"), ("LANE", "/lane"), ("TEXT", "/text")];
const TIMELINE: &[Column] = &[("AT", "/at/time"), ("WHAT", "/text"), ("BY", "/by")];

fn notices(notices: &[NoticeView]) -> String {
    notices.iter().map(|notice| format!("! {}\n", notice.text)).collect()
}

/// What still waits, if anything does.
pub(super) fn waiting(sync: &SyncView) -> String {
    match (sync.unsent, sync.attention) {
        (0, 0) => String::new(),
        (unsent, 0) => format!("{unsent} not sent yet\n"),
        (unsent, attention) => format!("{unsent} not sent yet, {attention} need attention\n"),
    }
}

pub(super) fn sync(view: &SyncView) -> String {
    let mut out = format!("{}\n{}", view.headline, notices(&view.notices));
    if !view.age.is_empty() {
        out.push_str(&format!("{}\n", view.age));
    }
    out + &waiting(view)
}

pub(super) fn today(view: &TodayView) -> String {
    let mut out = format!("{}  {}\n{}", view.date, view.technician_name, notices(&view.notices));
    for section in &view.sections {
        let rows: Vec<Value> = section.visits.iter().map(value).collect();
        out.push_str(&format!("\n{}\n{}", section.title, table(VISITS, &rows)));
    }
    if view.sections.iter().all(|section| section.visits.is_empty()) && !view.empty.is_empty() {
        out.push_str(&format!("{}\n", view.empty));
    }
    for moved in &view.moved {
        out.push_str(&format!("{}  {}\n", moved.number, moved.text));
    }
    out
}

pub(super) fn visit(view: &VisitView) -> String {
    let mut out = format!("{}  {}\n{}\n{}", view.number, view.title, view.status_label, notices(&view.notices));
    out.push_str(&lines(
        &[
            ("customer", "/contact/name"),
            ("phone", "/contact/phone"),
            ("address", "/contact/address"),
            ("window", "/window"),
        ],
        &value(view),
    ));
    for section in &view.packet {
        out.push_str(&format!("\n{}\n", section.title));
        for row in &section.rows {
            let values = if row.missing { "missing".to_owned() } else { row.values.join("; ") };
            out.push_str(&format!("  {}: {values}\n", row.label));
        }
    }
    if let Some(check_in) = &view.check_in {
        out.push_str(&format!("\n{}  {}\n", check_in.label, check_in.distance));
    }
    let timeline: Vec<Value> = view.timeline.iter().map(value).collect();
    if !timeline.is_empty() {
        out.push_str(&format!("\n{}", table(TIMELINE, &timeline)));
    }
    let possible: Vec<&str> =
        view.actions.iter().filter(|action| action.enabled).map(|action| action.label.as_str()).collect();
    if !possible.is_empty() {
        out.push_str(&format!("\nnext: {}\n", possible.join(", ")));
    }
    out
}

pub(super) fn closeout(view: &CloseoutView) -> String {
    let mut out = format!("{}  {}\n{}", view.number, view.summary, notices(&view.notices));
    for item in &view.items {
        out.push_str(&format!("  [{}] {}  ({})\n", if item.met { "x" } else { " " }, item.label, item.key));
    }
    out
}

pub(super) fn attention(view: &AttentionView) -> String {
    if view.items.is_empty() {
        return format!("{}\n", view.empty);
    }
    table(ATTENTION, &view.items.iter().map(value).collect::<Vec<_>>())
}

pub(super) fn messages(view: &MessagesView) -> String {
    let all: Vec<Value> = view.urgent.iter().chain(&view.routine).map(value).collect();
    if all.is_empty() { format!("{}\n", view.empty) } else { table(MESSAGES, &all) }
}
