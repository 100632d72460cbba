//! What the screens say.

use super::office::{Office, Phone, START_MS};
use super::visit::{because, fix, note, set};
use crate::device::Intent;
use crate::device::screens::{Delivery, Tone};
use crate::fact::{EstimateLine, FlagKind, MissKind, TimeKind};
use crate::id::VisitId;
use crate::lifecycle::Status;
use crate::plan::{Asset, Lane, OfficeMessage, PastVisit};
use crate::words::Language;
use serde::Serialize;
use serde_json::Value;

/// A visit with one of everything on it.
fn busy() -> (Office, Phone, VisitId) {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    office.add_visit(2);
    office.change(visit, |held| {
        held.plan.missing = vec!["warranty".into()];
        let message = |lane, text: &str, n: u8| OfficeMessage {
            id: crate::id::OpId::from_parts(1, [n; 10]).0,
            lane,
            by_name: "Dana".into(),
            at_ms: START_MS,
            text: text.into(),
        };
        held.plan.messages = vec![message(Lane::Urgent, "Call me", 1), message(Lane::Routine, "Timesheet", 2)];
    });
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    let intents = [
        set(visit, Status::Traveling),
        Intent::Arrive { visit, fix: Some(fix()), reason: String::new(), stated_at_ms: None },
        set(visit, Status::InProgress),
        note(visit, "Flame sensor cleaned"),
        super::photos::add_photo(visit, 120),
        Intent::UsePart { visit, name: "igniter".into(), quantity: 2.0, stock: "truck".into(), serial: String::new() },
        Intent::ReturnPart {
            visit,
            name: "igniter".into(),
            quantity: 1.0,
            stock: "truck".into(),
            serial: String::new(),
        },
        Intent::Answer { visit, item: "site.safe".into(), value: "yes".into() },
        Intent::StartTime { visit, time_kind: TimeKind::Break },
        Intent::RaiseFlag {
            visit,
            flag: FlagKind::Delay,
            text: "traffic".into(),
            new_eta_ms: Some(START_MS + 3_600_000),
        },
        Intent::MarkHandoff {
            visit,
            field: "warranty".into(),
            miss: MissKind::Missing,
            text: String::new(),
            minutes_lost: None,
        },
        Intent::SendMessage { visit, lane: Lane::Routine, text: "on it".into() },
        Intent::ProposeEstimate {
            visit,
            title: "New burner".into(),
            lines: vec![EstimateLine { text: "Burner".into(), quantity: 1.5, unit_cents: 10_000 }],
        },
        Intent::ProposeFollowUp { visit, reason: "no part".into(), next_step: "Fit it".into(), due_ms: Some(START_MS) },
        Intent::ProposePin { visit, fix: fix() },
        because(visit, Status::Paused, "lunch"),
    ];
    for intent in intents {
        phone.pass(60_000);
        phone.act(intent).unwrap();
    }
    (office, phone, visit)
}

/// Every text of a view that looks like a key of the word table: a text that nobody wrote.
fn raw_keys(view: &impl Serialize) -> Vec<String> {
    fn walk(value: &Value, name: &str, found: &mut Vec<String>) {
        match value {
            Value::String(text) => {
                let shown = !matches!(
                    name,
                    "key"
                        | "why_not_key"
                        | "code"
                        | "field"
                        | "item"
                        | "items"
                        | "gaps"
                        | "upload"
                        | "closeout_required"
                );
                let group = text.split('.').next().unwrap_or_default();
                let known_group = [
                    "status",
                    "field",
                    "action",
                    "why_not",
                    "attention",
                    "photo",
                    "time",
                    "flag",
                    "grade",
                    "grade_reason",
                    "packet",
                    "today",
                    "sync",
                    "save",
                    "notice",
                    "badge",
                    "fact",
                    "mark",
                    "job",
                    "call",
                    "promise",
                    "trade",
                    "month",
                    "weekday",
                    "closeout",
                    "outcome",
                    "exception",
                    "quote",
                    "part",
                    "upload",
                    "crew",
                    "gate_code",
                    "answer",
                    "age",
                ];
                let is_key = text.contains('.') && !text.contains(' ') && known_group.contains(&group);
                if shown && (is_key || text.contains('{')) {
                    found.push(format!("{name}: {text}"));
                }
            }
            Value::Array(values) => values.iter().for_each(|value| walk(value, name, found)),
            Value::Object(fields) => fields.iter().for_each(|(name, value)| walk(value, name, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
        }
    }
    let mut found = Vec::new();
    walk(&serde_json::to_value(view).unwrap(), "", &mut found);
    found
}

#[test]
fn every_text_of_every_screen_is_words_in_both_languages() {
    let (mut office, mut phone, visit) = busy();
    for language in [Language::En, Language::Es] {
        phone.act(Intent::SetLanguage { language }).unwrap();
        let (engine, now) = (phone.engine(), &phone.now);
        assert_eq!(raw_keys(&engine.today_view(now)), [""; 0]);
        assert_eq!(raw_keys(&engine.visit_view(visit, now).unwrap()), [""; 0]);
        assert_eq!(raw_keys(&engine.closeout_view(visit, now).unwrap()), [""; 0]);
        assert_eq!(raw_keys(&engine.attention_view(now)), [""; 0]);
        assert_eq!(raw_keys(&engine.sync_view(now)), [""; 0]);
        assert_eq!(raw_keys(&engine.settings_view(now)), [""; 0]);
        assert_eq!(raw_keys(&engine.messages_view(now)), [""; 0]);
    }
    phone.online(&mut office);
    assert_eq!(raw_keys(&phone.engine().sync_view(&phone.now)), [""; 0]);
    let empty = Phone::new();
    assert_eq!(raw_keys(&empty.engine().today_view(&empty.now)), [""; 0]);
    assert!(!empty.engine().today_view(&empty.now).enrolled);
}

#[test]
fn a_visits_screen_shows_everything_that_was_done() {
    let (mut office, mut phone, visit) = busy();
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    assert_eq!(
        (view.status, view.status_label.as_str(), view.title.as_str()),
        (Status::Paused, "Paused", "Repair · HVAC")
    );
    assert_eq!((view.window.as_str(), view.contact.call_uri.as_str()), ("Sat 21 Nov, 10:00–12:00", "tel:+15025550117"));
    let main = &view.actions[0];
    assert_eq!(
        (main.key.as_str(), main.label.as_str(), main.main, main.enabled),
        ("resume", "Resume work", true, true)
    );
    let check_in = view.check_in.unwrap();
    assert_eq!((check_in.label.as_str(), check_in.tone, check_in.accuracy.as_str()), ("Verified", Tone::Good, "±20 m"));
    assert!(
        check_in.distance.ends_with("m from the door") && check_in.certainty.ends_with("% inside 125 m"),
        "{check_in:?}"
    );
    let undo = view.undo.unwrap();
    assert_eq!((undo.label.as_str(), undo.left_ms), ("Undo “Paused”", 300_000));
    assert_eq!(view.packet[0].key, "call");
    assert_eq!(view.packet[0].rows[0].values, ["No heat upstairs"]);
    assert_eq!(view.packet[1].key, "access");
    let warranty = view.packet.iter().flat_map(|section| &section.rows).find(|row| row.field == "warranty").unwrap();
    assert!(warranty.missing && warranty.marked);
    assert_eq!((view.parts[0].text.as_str(), view.parts[0].negative), ("1 × igniter", false));
    assert_eq!((view.checklist[0].value_label.as_str(), view.notes[0].delivery), ("Yes", Delivery::Saved));
    assert_eq!(view.running.as_ref().map(|entry| entry.time_kind), Some(TimeKind::Break));
    assert_eq!(view.times.iter().map(|entry| entry.label.as_str()).collect::<Vec<_>>(), ["Travel", "Work", "Break"]);
    assert_eq!(view.proposals[0].total, "$150.00");
    assert_eq!(view.flags[0].new_eta.as_ref().map(|eta| eta.time.as_str()), Some("11:00"));
    assert_eq!(view.timeline.len(), 17);
    assert_eq!(view.timeline[0].text, "Paused: lunch");
    assert_eq!(
        (view.save.key.as_str(), view.save.unsent, view.save.text.as_str()),
        ("unsent", 17, "17 saved, not sent yet")
    );
    phone.online(&mut office);
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    assert_eq!((view.save.key.as_str(), view.photos[0].upload.as_str()), ("all_sent", "verified"));
    assert!(view.timeline.iter().all(|row| row.delivery == Delivery::Delivered));
}

#[test]
fn today_puts_what_runs_first_and_messages_wait_while_he_works() {
    let (_, mut phone, visit) = busy();
    let today = phone.engine().today_view(&phone.now);
    assert_eq!(today.sections.iter().map(|section| section.key.as_str()).collect::<Vec<_>>(), ["now", "today"]);
    assert_eq!(today.sections[0].visits[0].visit, visit);
    assert_eq!(today.sections[0].visits[0].window, "10:00–12:00");
    assert!(today.sections[0].visits[0].badges.iter().any(|badge| badge.key == "emergency"));
    assert_eq!(today.notices[0].key, "offline");
    assert_eq!(today.unread, 2);
    let messages = phone.engine().messages_view(&phone.now);
    assert_eq!((messages.urgent.len(), messages.routine.len(), messages.quiet, messages.unread), (1, 2, false, 2));
    phone.act(set(visit, Status::InProgress)).unwrap();
    let messages = phone.engine().messages_view(&phone.now);
    assert_eq!((messages.quiet, messages.unread), (true, 1), "routine ones wait");
    phone.act(Intent::MarkSeen { visit }).unwrap();
    assert_eq!(phone.engine().messages_view(&phone.now).unread, 0);
}

#[test]
fn the_offer_to_undo_ends_on_time() {
    let (_, mut phone, visit) = busy();
    phone.pass(299_999);
    assert_eq!(phone.engine().visit_view(visit, &phone.now).unwrap().undo.unwrap().left_ms, 1);
    phone.pass(2);
    assert!(phone.engine().visit_view(visit, &phone.now).unwrap().undo.is_none());
}

#[test]
fn a_closeout_names_its_gaps_before_he_leaves() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    let view = phone.engine().closeout_view(visit, &phone.now).unwrap();
    assert_eq!(view.gaps, ["notes", "checklist:site.safe"]);
    assert_eq!(view.summary, "2 things are missing.");
    assert_eq!(view.items[1].label, "Site left safe");
    phone.act(note(visit, "done")).unwrap();
    phone.act(Intent::Answer { visit, item: "site.safe".into(), value: "yes".into() }).unwrap();
    let view = phone.engine().closeout_view(visit, &phone.now).unwrap();
    assert!(view.gaps.is_empty());
    assert_eq!(view.outcomes.len(), 5);
}

#[test]
fn the_packet_shows_what_the_service_agreement_asks_for() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    office.change(visit, |held| held.plan.agreement = Some("Gold: change the filter, 10 % off parts".to_owned()));
    let phone = Phone::enrolled(&mut office);
    let shown = serde_json::to_string(&phone.engine().visit_view(visit, &phone.now).unwrap()).unwrap();
    assert!(shown.contains("Gold: change the filter, 10 % off parts"), "{shown}");
    assert!(shown.contains("Service agreement"), "{shown}");
}

#[test]
fn the_packet_shows_what_was_done_at_the_site_before_and_the_equipment() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    office.change(visit, |held| {
        let past = |at_ms, number: &str, summary: &str| PastVisit {
            at_ms,
            number: number.to_owned(),
            summary: summary.to_owned(),
        };
        held.plan.history = vec![
            past(1_731_600_000_000, "WO-77", "New igniter"), // 14 November 2024, 11:00 in Louisville
            past(1_763_136_000_000, "WO-98", "Yearly check, flame sensor worn"),
        ];
        let (model, serial) = ("Carrier 59TP6".to_owned(), "2318A04417".to_owned());
        held.plan.assets = vec![Asset { kind: "gas furnace".to_owned(), model, serial }];
    });
    let phone = Phone::enrolled(&mut office);
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    let shown = serde_json::to_string(&view).unwrap();
    for text in
        ["WO-77 · New igniter", "WO-98 · Yearly check, flame sensor worn", "gas furnace · Carrier 59TP6 · 2318A04417"]
    {
        assert!(shown.contains(text), "{text:?} in {shown}");
    }
}
