//! The coarse position: sent while traveling, when the company asks, and never otherwise.

use super::office::{Office, Phone};
use super::visit::{fix, set};
use crate::device::{Effect, Input, Intent, Screen};
use crate::lifecycle::Status;
use crate::wire::PositionReport;

/// Takes the positions that are on their way.
fn sent(phone: &mut Phone) -> Vec<PositionReport> {
    let (positions, others) = std::mem::take(&mut phone.waiting)
        .into_iter()
        .partition(|effect| matches!(effect, Effect::Send { request, .. } if request.path == "/v1/position"));
    phone.waiting = others;
    let body = |effect: Effect| match effect {
        Effect::Send { request, .. } => serde_json::from_slice(&request.body).unwrap(),
        other => panic!("{other:?}"),
    };
    Vec::into_iter(positions).map(body).collect()
}

#[test]
fn a_position_goes_out_coarse_and_at_the_companys_pace_while_traveling_only() {
    let mut office = Office::new();
    office.position_every_ms = Some(90_000);
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.settle(&mut office);
    phone.input(Input::Position(fix())).unwrap();
    assert_eq!((sent(&mut phone).len(), phone.engine().position_every_ms()), (0, None), "nobody travels");

    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.settle(&mut office);
    assert_eq!(phone.engine().position_every_ms(), Some(90_000));
    phone.input(Input::Position(fix())).unwrap();
    let positions = sent(&mut phone);
    let [position] = positions.as_slice() else { panic!("{positions:?}") };
    assert_eq!((position.visit, position.lat, position.lon, position.accuracy_m), (visit, 38.24, -85.72, 20.0));
    assert_eq!(position.age_ms, 900);

    phone.pass(60_000);
    phone.input(Input::Position(fix())).unwrap();
    assert!(sent(&mut phone).is_empty(), "too soon");
    phone.pass(30_000);
    phone.input(Input::Position(fix())).unwrap();
    assert_eq!(sent(&mut phone).len(), 1);

    phone.act(set(visit, Status::OnSite)).unwrap();
    phone.settle(&mut office);
    phone.pass(90_000);
    phone.input(Input::Position(fix())).unwrap();
    assert!(sent(&mut phone).is_empty(), "whoever is there isn't followed");
}

#[test]
fn the_first_position_waits_until_the_office_knows_of_the_departure() {
    let mut office = Office::new();
    office.position_every_ms = Some(60_000);
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.input(Input::Position(fix())).unwrap();
    assert!(sent(&mut phone).is_empty(), "the departure is still on its way");
    let mut positions = Vec::new();
    for _ in 0..20 {
        if phone.waiting.is_empty() {
            break;
        }
        phone.step(&mut office);
        let is_known = office.kinds().contains(&"status.set@1");
        positions.extend(sent(&mut phone));
        assert!(is_known || positions.is_empty());
    }
    assert_eq!(positions.len(), 1, "and then it goes by itself");
}

/// Whether the notices above the lists say that the office sees the phone's position.
fn is_said(phone: &Phone) -> bool {
    let (today, sync) = (phone.engine().today_view(&phone.now), phone.engine().sync_view(&phone.now));
    let [in_today, in_sync] =
        [today.notices, sync.notices].map(|notices| notices.iter().any(|notice| notice.key == "position_told"));
    assert_eq!(in_today, in_sync);
    in_today
}

/// Whether the list of the day was said to have changed since the last question.
fn has_changed(phone: &mut Phone) -> bool {
    std::mem::take(&mut phone.changed).contains(&Screen::Today)
}

#[test]
fn whoever_is_followed_is_told_so_from_the_start_of_the_way_to_its_end() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.settle(&mut office);
    assert!(!is_said(&phone), "the company doesn't ask");

    has_changed(&mut phone);
    office.position_every_ms = Some(60_000);
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    assert!(has_changed(&mut phone) && is_said(&phone), "it asks from now on");

    phone.offline();
    has_changed(&mut phone);
    phone.act(set(visit, Status::OnSite)).unwrap();
    assert!(has_changed(&mut phone) && !is_said(&phone), "at once, without the office's word");
    phone.act(Intent::Undo { visit }).unwrap();
    assert!(has_changed(&mut phone) && is_said(&phone), "on the way again");
}

#[test]
fn without_the_companys_word_or_a_signal_nothing_leaves_and_only_the_latest_waits() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.settle(&mut office);
    phone.input(Input::Position(fix())).unwrap();
    assert!(sent(&mut phone).is_empty(), "the company doesn't ask");

    office.position_every_ms = Some(60_000);
    phone.input(Input::Poke).unwrap();
    phone.settle(&mut office);
    phone.offline();
    for _ in 0..3 {
        phone.pass(60_000);
        phone.input(Input::Position(fix())).unwrap();
    }
    assert!(sent(&mut phone).is_empty());
    phone.input(Input::Network(crate::device::Network::Mobile)).unwrap();
    phone.pass(5_000);
    let mut positions = Vec::new();
    for _ in 0..20 {
        positions.extend(sent(&mut phone));
        if phone.waiting.is_empty() {
            break;
        }
        phone.step(&mut office);
    }
    positions.extend(sent(&mut phone));
    assert_eq!(positions.len(), 1, "the way there is nobody's business");
    assert!(phone.engine().outbox().unwrap().iter().all(|entry| !entry.kind.contains("position")));
}
