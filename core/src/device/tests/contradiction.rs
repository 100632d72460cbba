//! The office changed its mind while the phone was offline.

use super::office::{GATE_CODE, Office, Phone};
use super::visit::{fix, note, set};
use crate::device::{ActError, Input, Intent};
use crate::lifecycle::Status;

#[test]
fn a_visit_given_to_somebody_else_leaves_a_stub_when_nothing_is_pending() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    office.reassign(visit, "Ben Cole");
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    assert!(phone.engine().documents(visit).is_none());
    let today = phone.engine().today_view(&phone.now);
    assert_eq!(today.moved.len(), 1);
    assert_eq!(today.moved[0].text, "Moved to Ben Cole, Sat 21 Nov, 10:02");
    assert_eq!(phone.act(note(visit, "x")), Err(ActError::NoSuchVisit));
    phone.pass(31 * 86_400_000);
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    assert!(phone.engine().today_view(&phone.now).moved.is_empty());
}

#[test]
fn a_visit_given_away_under_way_turns_read_only_and_loses_nothing() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.act(note(visit, "on my way")).unwrap();
    office.reassign(visit, "Ben Cole");
    // The pull comes through, the push doesn't yet.
    phone.input(Input::Network(crate::device::Network::Wifi)).unwrap();
    while !office.facts.is_empty() || phone.engine().handed_over().is_empty() {
        let pushes = |effect: &crate::device::Effect| matches!(effect, crate::device::Effect::Send { request, .. } if request.path == "/v1/sync/facts");
        if phone.waiting.iter().any(pushes) {
            phone.pass(300_000);
            let (id, _) = phone.take_request();
            phone.complete(id, crate::device::EffectResult::Failed("cut".into()));
            // Facts wait alone for a while, the pull goes.
            break;
        }
        phone.step(&mut office);
    }
    phone.settle(&mut office);
    assert_eq!(office.kinds(), ["status.set@1", "note.add@1"]);
    assert!(office.facts.values().all(|(_, result)| result.code.is_none()));
    let marks: Vec<_> = office.visits[&visit].progress.records.values().map(|record| record.marks.clone()).collect();
    assert!(marks.iter().all(|marks| marks.contains(&"after_handover".to_owned())), "{marks:?}");
    assert_eq!(phone.states(), ["archived", "archived"]);
    assert!(phone.engine().documents(visit).is_none(), "purged after the confirmation");
    assert_eq!(phone.engine().today_view(&phone.now).moved.len(), 1);
}

#[test]
fn a_photo_on_its_way_keeps_a_handed_over_packet_read_only() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    let photo = super::photos::add_photo(visit, 400);
    phone.act(photo).unwrap();
    office.reassign(visit, "Ben Cole");
    // On the phone plan the original waits for Wi-Fi.
    phone.input(Input::Network(crate::device::Network::Mobile)).unwrap();
    phone.settle(&mut office);
    assert_eq!(phone.engine().handed_over(), [visit]);
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    assert!(view.read_only && view.notices.iter().any(|notice| notice.key == "handed_over"));
    assert!(view.actions.iter().all(|action| !action.enabled && action.why_not.is_some()));
    // What was sent is still shown, and what waits can be sent although it would wait for Wi-Fi.
    assert_eq!(view.photos.len(), 1);
    assert!(view.photos[0].can_send_now);
    phone.kill();
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    assert_eq!(view.photos.len(), 1, "nor does the next process forget it");
    assert_eq!(phone.act(note(visit, "x")), Err(ActError::not_possible("why_not.handed_over")));
    phone.online(&mut office);
    assert!(phone.engine().documents(visit).is_none());
}

#[test]
fn a_refused_fact_waits_for_a_decision_and_blocks_nothing_else() {
    for decision in ["resend", "late_note", "discard"] {
        let mut office = Office::new();
        office.unknown_kind = Some("part.use@1");
        let visit = office.add_visit(1);
        let mut phone = Phone::enrolled(&mut office);
        phone.offline();
        let part = Intent::UsePart {
            visit,
            name: "igniter".into(),
            quantity: 1.0,
            stock: "truck".into(),
            serial: String::new(),
        };
        let refused = phone.act(part).unwrap().saved[0];
        phone.act(note(visit, "goes through")).unwrap();
        phone.online(&mut office);
        assert_eq!(phone.states(), ["attention", "archived"]);
        phone.kill();
        let view = phone.engine().attention_view(&phone.now);
        assert_eq!((view.items.len(), view.items[0].code.as_str()), (1, "attention.unknown_kind"));
        assert_eq!((view.items[0].number.as_str(), view.items[0].what.as_str()), ("WO-1", "Part used: 1 × igniter"));
        assert!(!view.items[0].reason.contains("attention."), "{}", view.items[0].reason);
        assert!(
            phone.engine().visit_view(visit, &phone.now).unwrap().parts.is_empty(),
            "what was refused isn't shown as done"
        );
        // The office is upgraded meanwhile.
        office.unknown_kind = None;
        phone.online(&mut office);
        let decided = match decision {
            "resend" => Intent::Resend { op_id: refused },
            "late_note" => Intent::LateNote { op_id: refused, text: "it is in".into() },
            _ => Intent::Discard { op_id: refused },
        };
        let made = phone.act(decided.clone()).unwrap().saved[0];
        phone.settle(&mut office);
        assert_eq!(phone.states(), ["resolved", "archived", "archived"], "{decision}");
        assert_eq!(office.facts[&made].0.deps, [refused]);
        assert_eq!(phone.act(decided), Err(ActError::NoSuchItem));
        phone.kill();
        assert!(phone.engine().attention_view(&phone.now).items.is_empty());
        let view = phone.engine().visit_view(visit, &phone.now).unwrap();
        assert_eq!(view.parts.len(), usize::from(decision == "resend"));
        assert_eq!(view.notes.iter().any(|note| note.text.contains("Part used: 1 × igniter")), decision == "late_note");
    }
}

/// It waits for its technician's decision with its own words: the visit needn't stay for it.
#[test]
fn a_refused_fact_keeps_no_visit_that_was_given_away() {
    let mut office = Office::new();
    office.unknown_kind = Some("note.add@1");
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.act(note(visit, "refused")).unwrap();
    phone.settle(&mut office);
    assert_eq!(phone.states(), ["attention"]);
    office.reassign(visit, "Ben Cole");
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    assert!(phone.engine().documents(visit).is_none());
    assert_eq!(phone.engine().attention_view(&phone.now).items.len(), 1);
}

/// After a reboot the phone has only its wall clock until it hears from the office.
#[test]
fn what_was_settled_with_a_clock_years_behind_stays_as_long_as_anything_else() {
    const DAY_MS: i64 = 86_400_000;
    let mut office = Office::new();
    office.unknown_kind = Some("note.add@1");
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    let refused = phone.act(note(visit, "refused")).unwrap().saved[0];
    phone.settle(&mut office);
    phone.offline();
    phone.wall_ahead_ms = -500 * DAY_MS;
    phone.now.wall_ms += phone.wall_ahead_ms;
    phone.now.boot_id = "boot-2".to_owned();
    phone.now.mono_ms = 5_000;
    phone.kill();
    phone.act(Intent::Discard { op_id: refused }).unwrap();
    phone.online(&mut office);
    assert_eq!(phone.states(), ["resolved", "archived"], "a restored server may want it for fourteen days");
    phone.pass(15 * DAY_MS);
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    assert!(phone.states().is_empty(), "and then both go: {:?}", phone.states());
}

#[test]
fn what_needs_a_refused_fact_waits_with_it() {
    let mut office = Office::new();
    office.unknown_kind = Some("status.set@1");
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.act(set(visit, Status::Traveling)).unwrap();
    // Undone while the step is on its way; the office refuses the step.
    phone.act(Intent::Undo { visit }).unwrap();
    phone.act(note(visit, "not held up")).unwrap();
    for _ in 0..20 {
        phone.step(&mut office);
        phone.pass(1_000);
        phone.input(Input::Tick).unwrap();
    }
    assert_eq!(phone.states(), ["attention", "pending", "archived"]);
    let view = phone.engine().attention_view(&phone.now);
    assert_eq!(view.items.len(), 2);
    assert_eq!(view.items[1].blocked_by, Some(view.items[0].op_id));
    phone.act(Intent::Discard { op_id: view.items[0].op_id }).unwrap();
    phone.settle(&mut office);
    assert_eq!(phone.states(), ["resolved", "attention", "archived", "archived"], "then the office judges it");
}

#[test]
fn a_gate_code_is_shown_on_a_tap_that_says_so_and_goes_with_the_visit() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    assert!(view.gate_code.unwrap().available);
    assert!(!format!("{:?}", phone.engine().today_view(&phone.now)).contains(GATE_CODE));
    let done = phone.act(Intent::ViewGateCode { visit }).unwrap();
    assert_eq!(done.gate_code.as_deref(), Some(GATE_CODE));
    phone.act(Intent::Arrive { visit, fix: Some(fix()), reason: String::new(), stated_at_ms: None }).unwrap();
    let ended = Intent::SetStatus {
        visit,
        to: Status::CannotComplete,
        reason: "nobody there".into(),
        stated_at_ms: None,
        outcome: None,
        gaps: Vec::new(),
    };
    phone.act(ended).unwrap();
    assert_eq!(phone.act(Intent::ViewGateCode { visit }), Err(ActError::not_possible("why_not.finished")));
    phone.online(&mut office);
    assert_eq!(office.kinds()[0], "secret.viewed@1");
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    assert!(!view.gate_code.unwrap().available, "purged");
}

#[test]
fn what_changed_since_it_was_opened_is_shown() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    assert!(!phone.engine().visit_view(visit, &phone.now).unwrap().badges.iter().any(|badge| badge.key == "changed"));
    phone.act(Intent::MarkSeen { visit }).unwrap();
    office.change(visit, |held| held.plan.site.access_notes = "Use the back door".to_owned());
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    phone.kill();
    let view = phone.engine().visit_view(visit, &phone.now).unwrap();
    assert_eq!(view.changes.len(), 1);
    assert_eq!(
        (view.changes[0].before.as_str(), view.changes[0].after.as_str()),
        ("Dog in the yard, ring first", "Use the back door")
    );
    assert!(view.packet.iter().flat_map(|section| &section.rows).any(|row| row.field == "access_notes" && row.changed));
    phone.act(Intent::MarkSeen { visit }).unwrap();
    assert!(phone.engine().visit_view(visit, &phone.now).unwrap().changes.is_empty());
}
