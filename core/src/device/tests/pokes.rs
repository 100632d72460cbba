//! A poke is never lost, whenever it comes.

use super::office::{Office, Phone};
use super::visit::note;
use crate::device::{Effect, EffectResult, Input};

/// More effects than a sync with a fact to send has.
const EFFECTS_MAX: usize = 12;

/// Lets the phone do everything that needs no time to pass.
fn at_once(phone: &mut Phone, office: &mut Office) {
    while !phone.waiting.is_empty() {
        phone.step(office);
    }
}

#[test]
fn a_poke_at_any_moment_of_a_sync_is_followed_by_a_pull_that_sees_what_it_is_about() {
    let mut moments = 0;
    for moment in 0..EFFECTS_MAX {
        let mut office = Office::new();
        let visit = office.add_visit(1);
        let mut phone = Phone::enrolled(&mut office);
        phone.settle(&mut office);
        // The token has run out, there is a fact to send and something to fetch: the longest sync.
        phone.pass(3_600_000);
        phone.act(note(visit, "here")).unwrap();
        for _ in 0..moment {
            if !phone.waiting.is_empty() {
                phone.step(&mut office);
            }
        }
        let Some(effect) = phone.waiting.pop() else { break };
        moments += 1;
        // What is on its way is answered before the change, and arrives after the poke.
        let (id, result) = match effect {
            Effect::Send { id, request } => {
                let at_ms = phone.office_ms() + 10;
                (id, EffectResult::Replied(office.answer(&request, at_ms)))
            }
            Effect::Sign { id, .. } => (id, EffectResult::Signed(vec![1, 2, 3])),
            other => panic!("unexpected {other:?}"),
        };
        let news = office.add_visit(2);
        phone.input(Input::Poke).unwrap();
        phone.pass(20);
        phone.complete(id, result);
        at_once(&mut phone, &mut office);
        assert!(phone.engine().documents(news).is_some(), "poked at moment {moment}, and nothing came of it");
    }
    assert!(moments >= 4, "only {moments} moments were tried");
}

#[test]
fn a_poke_while_the_app_sleeps_is_made_good_when_it_is_back() {
    let mut office = Office::new();
    office.add_visit(1);
    let mut phone = Phone::enrolled(&mut office);
    phone.settle(&mut office);
    phone.input(Input::Suspend).unwrap();
    let news = office.add_visit(2);
    phone.input(Input::Poke).unwrap();
    assert!(phone.waiting.is_empty(), "nothing starts in an app that sleeps: {:?}", phone.waiting);
    phone.input(Input::Resume).unwrap();
    at_once(&mut phone, &mut office);
    assert!(phone.engine().documents(news).is_some());
}
