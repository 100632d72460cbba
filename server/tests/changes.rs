//! Watchers who ask for changes hold the same cards as those who read whole ones, whatever their pace.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use axum::Router;
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use futures_util::StreamExt;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{MONDAY_MS, World};
use tokio::sync::watch;
use tower::ServiceExt;
use truckroll_core::change::Change;
use truckroll_core::id::VisitId;
use truckroll_core::judge::Severity;
use truckroll_core::plan::NextAction;
use truckroll_server::http::Server;
use truckroll_server::store::{Actor, Error, NewException};

/// Nothing more comes after so long without anything.
const QUIET: Duration = Duration::from_millis(150);
/// Longer than a loaded machine needs.
const PATIENT: Duration = Duration::from_secs(30);

/// A watcher's connection and what it holds.
struct Watcher {
    app: Router,
    path: &'static str,
    token: String,
    body: BodyDataStream,
    text: String,
    last: Option<String>,
    cards: BTreeMap<String, Value>,
    /// Events `card` and `change` so far.
    seen: [usize; 2],
}

async fn connected(app: &Router, path: &str, token: &str, last: Option<&str>) -> BodyDataStream {
    let mut request = Request::get(path).header("authorization", format!("Bearer {token}"));
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_body().into_data_stream()
}

impl Watcher {
    async fn new(app: &Router, path: &'static str, token: &str) -> Self {
        let body = connected(app, path, token, None).await;
        let (cards, seen) = (BTreeMap::new(), [0; 2]);
        Self { app: app.clone(), path, token: token.to_owned(), body, text: String::new(), last: None, cards, seen }
    }

    /// Connects again from the last whole event, with the cards that it has.
    async fn again(&mut self) {
        self.body = connected(&self.app, self.path, &self.token, self.last.as_deref()).await;
        self.text.clear();
    }

    /// Reads up to so many pieces of the stream, or until it is quiet.
    async fn read(&mut self, pieces: usize) {
        for _ in 0..pieces {
            let Ok(Some(piece)) = tokio::time::timeout(QUIET, self.body.next()).await else { break };
            self.text.push_str(std::str::from_utf8(&piece.unwrap()).unwrap());
            while let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.to_owned();
                self.text = rest.to_owned();
                self.take(&event);
            }
        }
    }

    fn take(&mut self, event: &str) {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let (Some(name), Some(data)) = (field("event:"), field("data:")) else { return };
        self.last = Some(field("id:").unwrap().to_owned());
        let data: Value = serde_json::from_str(data).unwrap();
        // That of several companies wraps what it shows.
        let shown = data.get(name).unwrap_or(&data);
        let card = if name == "change" {
            self.seen[1] += 1;
            let change: Change = serde_json::from_value(shown.clone()).unwrap();
            let held = self.cards.values().find(|card| card["seq"] == change.from);
            change.apply(held.expect("the watcher has the card that changes")).unwrap()
        } else {
            self.seen[0] += 1;
            shown.clone()
        };
        self.cards.insert(card["visit"].to_string(), card);
    }
}

/// Changes something that shows, or doesn't, on a visit's card.
fn change(world: &World, random: &mut StdRng, visit: VisitId) {
    let (what, number) = (random.random_range(0..6), random.random_range(0..3));
    world.plan(MONDAY_MS, visit, move |plan| match what {
        0 => plan.customer.name = format!("Customer {number}"),
        1 => plan.order.next_action = None,
        2 => {
            let due_ms = (number > 0).then_some(MONDAY_MS + number);
            plan.order.next_action =
                Some(NextAction { what: "Call".to_owned(), owner: format!("Desk {number}"), due_ms });
        }
        3 => plan.assignments.truncate(1),
        4 => plan.scope.push('!'),
        _ => plan.assignments.iter_mut().for_each(|one| one.technician_name = format!("Name {number}")),
    });
}

/// Something about no visit that shows on cards: whom an exception belongs to, and until when.
fn change_settings(world: &World, minutes: u32) {
    let company = world.dispatch.company(world.company);
    company
        .commit(MONDAY_MS, move |tx| {
            let mut settings = tx.settings()?;
            settings.escalation.normal_minutes = minutes;
            tx.save_settings(Actor::System, &settings)?;
            Ok::<_, Error>(())
        })
        .unwrap();
}

async fn run(seed: u64, path: &'static str) -> [usize; 2] {
    let world = World::new();
    let (_stop, stopping) = watch::channel(false);
    let app = truckroll_server::app(Server::new(world.dispatch.clone(), Arc::new(|| MONDAY_MS), stopping));
    let mut random = StdRng::seed_from_u64(seed);
    let crew = [world.technician("T01", "Ada"), world.technician("T02", "Bo")];
    let visits: Vec<VisitId> = (0..100).map(|number| world.visit(&format!("WO-{number}"), &crew).id).collect();
    let visit = visits[0];
    let company = world.dispatch.company(world.company);
    company
        .commit(MONDAY_MS, move |tx| {
            let new = NewException {
                visit,
                kind: "no_access",
                severity: Severity::Normal,
                detail: "Nobody there",
                technician: None,
                cause: None,
                blocks: false,
            };
            tx.open_exception(Actor::System, &new)?;
            Ok::<_, Error>(())
        })
        .unwrap();
    let mut watchers = Vec::new();
    for _ in 0..4 {
        watchers.push(Watcher::new(&app, path, &world.owner_token).await);
    }
    for round in 0..12 {
        // Mostly a few visits that change often; now and then more at once than a watcher takes in one step.
        let (count, among) = if round == 6 { (180, visits.len()) } else { (random.random_range(1..8), 5) };
        for _ in 0..count {
            let visit = visits[random.random_range(0..among)];
            change(&world, &mut random, visit);
        }
        if random.random_bool(0.15) {
            change_settings(&world, random.random_range(10..500));
        }
        for (number, watcher) in watchers.iter_mut().enumerate() {
            match random.random_range(0..10) {
                // The first always keeps up.
                _ if number == 0 => watcher.read(usize::MAX).await,
                0..=5 => watcher.read(random.random_range(0..100)).await,
                6 => watcher.again().await,
                _ => {}
            }
        }
    }
    // Settings that changed show with a visit's next change: everybody's last cards are of the present ones.
    for visit in &visits {
        world.plan(MONDAY_MS, *visit, |plan| plan.scope.push('.'));
    }
    let board = world.dispatch.board(&world.owner()).unwrap();
    let board: BTreeMap<String, Value> = board
        .iter()
        .map(|card| serde_json::to_value(card).unwrap())
        .map(|card| (card["visit"].to_string(), card))
        .collect();
    let until = Instant::now() + PATIENT;
    for (number, watcher) in watchers.iter_mut().enumerate() {
        while watcher.cards != board {
            assert!(Instant::now() < until, "seed {seed}: watcher {number} never has the board's cards");
            watcher.read(usize::MAX).await;
        }
    }
    watchers[0].seen
}

#[tokio::test]
async fn cards_through_changes_equal_the_whole_ones_at_any_pace() {
    let mut changes = 0;
    for seed in 0..4 {
        changes += run(seed, "/v1/board/stream?changes=true").await[1];
    }
    assert!(changes > 60, "only {changes} events were changes");
    let [_, changes] = run(7, "/v1/boards/stream?changes=true").await;
    assert!(changes > 10, "only {changes} events of several companies were changes");
}

#[tokio::test]
async fn who_does_not_ask_for_changes_gets_whole_cards() {
    let [cards, changes] = run(8, "/v1/board/stream").await;
    assert!(cards > 100 && changes == 0, "{cards} cards and {changes} changes");
}
