//! Where the phone is poked: told once, again until the server has said so, and never in the way of facts.

use super::office::{Office, Phone};
use super::visit::set;
use crate::device::{Effect, EffectResult, Input, Reply};
use crate::lifecycle::Status;
use crate::wire::{PushRegistration, PushService};

fn registration(endpoint: &str) -> PushRegistration {
    PushRegistration { service: PushService::UnifiedPush, endpoint: Some(endpoint.to_owned()) }
}

/// The phone's words about pokes, each answered with this.
fn settle(phone: &mut Phone, office: &mut Office, status: u16, body: &str) -> Vec<PushRegistration> {
    let mut said = Vec::new();
    phone.input(Input::Tick).unwrap();
    for _ in 0..50 {
        let (told, others): (Vec<_>, Vec<_>) = std::mem::take(&mut phone.waiting)
            .into_iter()
            .partition(|effect| matches!(effect, Effect::Send { request, .. } if request.path == "/v1/push"));
        phone.waiting = others;
        for effect in told {
            let Effect::Send { id, request } = effect else { panic!("{effect:?}") };
            said.push(serde_json::from_slice::<PushRegistration>(&request.body).unwrap());
            let body = if body.is_empty() { request.body } else { body.as_bytes().to_vec() };
            let result = EffectResult::Replied(Reply { status, headers: Vec::new(), body });
            phone.input(Input::Completed { effect: id, result }).unwrap();
        }
        if phone.waiting.is_empty() {
            break;
        }
        phone.step(office);
    }
    said
}

#[test]
fn an_address_is_told_after_the_facts_and_until_the_server_has_it() {
    let mut office = Office::new();
    let visit = office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.settle(&mut office);

    phone.offline();
    phone.act(set(visit, Status::Traveling)).unwrap();
    phone.input(Input::Registration(registration("https://push.example.com/old"))).unwrap();
    phone.input(Input::Registration(registration("https://push.example.com/up"))).unwrap();
    assert!(phone.waiting.iter().all(|effect| !matches!(effect, Effect::Send { .. })));

    phone.input(Input::Network(crate::device::Network::Mobile)).unwrap();
    let said = settle(&mut phone, &mut office, 503, "<html>busy</html>");
    assert_eq!(said, [registration("https://push.example.com/up")], "the latest");
    assert!(phone.engine().outbox().unwrap().iter().all(|entry| entry.seq.is_some()), "the facts went first");

    phone.pass(600_000);
    assert_eq!(settle(&mut phone, &mut office, 200, "").len(), 1, "no answer, so again");
    phone.pass(600_000);
    assert_eq!(settle(&mut phone, &mut office, 200, ""), [], "told once");

    phone.input(Input::Registration(registration("https://push.example.com/up"))).unwrap();
    assert_eq!(settle(&mut phone, &mut office, 200, "").len(), 1, "the next start says it again");
}

#[test]
fn a_server_that_doesnt_send_there_isnt_asked_again_and_pulling_goes_on() {
    let mut office = Office::new();
    office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.settle(&mut office);
    for (status, kind) in [(400, "invalid"), (404, "no-route")] {
        phone.input(Input::Registration(registration("https://10.0.0.1/"))).unwrap();
        let problem = format!(r#"{{"type":"/problems/{kind}","title":"No","status":{status},"detail":"No."}}"#);
        assert_eq!(settle(&mut phone, &mut office, status, &problem).len(), 1);
        let pulls = office.pulls.len();
        phone.input(Input::Poke).unwrap();
        assert_eq!(settle(&mut phone, &mut office, status, &problem), []);
        assert!(office.pulls.len() > pulls);
    }
}
