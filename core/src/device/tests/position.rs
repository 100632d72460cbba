//! The coarse position: sent while traveling, when the company asks, and never otherwise.

use super::office::{Office, Phone};
use super::visit::{fix, set};
use crate::device::{Effect, Input};
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
