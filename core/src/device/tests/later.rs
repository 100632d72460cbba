//! Visits of a far day: counted, shown when asked for, and not read before that.

use super::office::{Office, Phone};
use super::visit::{note, set};
use crate::device::Intent;
use crate::id::VisitId;
use crate::lifecycle::Status;
use crate::plan::{Lane, OfficeMessage};
use chrono::Days;

/// A visit so many days ahead that nobody has worked on.
fn ahead(office: &mut Office, number: u8, days: u64) -> VisitId {
    let visit = office.add_visit(number);
    office.change(visit, |held| {
        held.day = held.day + Days::new(days);
        held.progress_rev = 0;
    });
    visit
}

fn listed(phone: &Phone) -> Vec<VisitId> {
    let today = phone.engine().today_view(&phone.now);
    today.sections.into_iter().flat_map(|section| section.visits).map(|card| card.visit).collect()
}

fn later(phone: &Phone) -> Option<String> {
    phone.engine().today_view(&phone.now).later.map(|action| action.label)
}

fn is_read(phone: &Phone, visit: VisitId) -> bool {
    phone.engine().visits[&visit].held().is_some()
}

#[test]
fn later_visits_are_counted_and_shown_two_weeks_at_a_time() {
    let mut office = Office::new();
    let today = office.add_visit(1);
    let soon = ahead(&mut office, 2, 14);
    let spring = ahead(&mut office, 3, 120);
    let summer = ahead(&mut office, 4, 135);
    let mut phone = Phone::enrolled(&mut office);
    assert_eq!(listed(&phone), [today, soon]);
    assert_eq!(later(&phone).unwrap(), "Show later visits (2)");
    phone.act(Intent::ShowLater).unwrap();
    assert_eq!(listed(&phone), [today, soon, spring]);
    assert_eq!(later(&phone).unwrap(), "Show later visits (1)");
    phone.act(Intent::ShowLater).unwrap();
    assert_eq!(listed(&phone), [today, soon, spring, summer]);
    assert_eq!(later(&phone), None);
    phone.act(Intent::ShowLater).unwrap();
    assert_eq!(listed(&phone).len(), 4);
}

#[test]
fn an_opening_reads_no_far_visit_and_any_can_be_opened_and_worked_on() {
    let mut office = Office::new();
    let today = office.add_visit(1);
    let far = [ahead(&mut office, 2, 30), ahead(&mut office, 3, 60), ahead(&mut office, 4, 90)];
    let mut phone = Phone::enrolled(&mut office);
    phone.offline();
    phone.kill();
    assert!(is_read(&phone, today));
    assert!(far.iter().all(|visit| !is_read(&phone, *visit)));
    assert_eq!(phone.engine().revisions().len(), 4, "all count for the digest");

    let view = phone.engine().visit_view(far[0], &phone.now).unwrap();
    assert_eq!(view.number, "WO-2");
    phone.act(note(far[1], "Called ahead, key is with the neighbor")).unwrap();
    phone.act(set(far[2], Status::Traveling)).unwrap();
    // What is under way is listed however far its day is; looking at a visit changes no list.
    assert_eq!(listed(&phone), [far[2], today, far[1]]);
    phone.kill();
    assert!(!is_read(&phone, far[0]));
    assert_eq!(listed(&phone), [far[2], today, far[1]]);
    phone.online(&mut office);
    assert_eq!(listed(&phone), [far[2], today, far[1]], "the office has it now, and it is still under way");
}

#[test]
fn a_message_on_a_far_visit_is_not_missed() {
    let mut office = Office::new();
    let far = ahead(&mut office, 1, 50);
    office.change(far, |held| {
        held.plan.messages = vec![OfficeMessage {
            id: crate::id::OpId::from_parts(1, [1; 10]).0,
            lane: Lane::Urgent,
            by_name: "Dana".into(),
            at_ms: super::office::START_MS,
            text: "The boiler is recalled".into(),
        }];
    });
    let mut phone = Phone::enrolled(&mut office);
    phone.kill();
    assert_eq!(phone.engine().today_view(&phone.now).unread, 1);
    assert_eq!(phone.engine().messages_view(&phone.now).urgent.len(), 1);
    phone.act(Intent::MarkSeen { visit: far }).unwrap();
    assert_eq!(phone.engine().today_view(&phone.now).unread, 0);
}
