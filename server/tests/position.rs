//! Coarse positions through the routes: only when the company asks, only of those who travel, the latest, for a day.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use support::{MONDAY_MS, Phone, World};
use tokio::sync::watch;
use tower::ServiceExt;
use truckroll_core::lifecycle::Status;
use truckroll_server::http::Server;
use truckroll_server::store::{Settings, Visit};

/// The service with a clock that a test moves.
struct Service {
    world: World,
    app: Router,
    now_ms: Arc<AtomicI64>,
    _stop: watch::Sender<bool>,
}

impl Service {
    fn new() -> Self {
        let world = World::new();
        let now_ms = Arc::new(AtomicI64::new(MONDAY_MS));
        let clock = Arc::clone(&now_ms);
        let (stop, stopping) = watch::channel(false);
        let server = Server::new(world.dispatch.clone(), Arc::new(move || clock.load(Ordering::Relaxed)), stopping);
        Self { world, app: truckroll_server::app(server), now_ms, _stop: stop }
    }

    async fn json(&self, method: Method, path: &str, token: &str, body: Option<Value>) -> (StatusCode, Value) {
        let builder = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {token}"))
            .header("content-type", "application/json");
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        let response = self.app.clone().oneshot(builder.body(body).unwrap()).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn ask_every(&self, seconds: Value) -> (StatusCode, Value) {
        let owner = &self.world.owner_token;
        let (_, mut settings) = self.json(Method::GET, "/v1/office/settings", owner, None).await;
        settings["travel_position_s"] = seconds;
        self.json(Method::PUT, "/v1/office/settings", owner, Some(settings)).await
    }

    async fn report(&self, phone: &Phone, visit: &Visit, lat: f64, age_ms: i64) -> (StatusCode, Value) {
        let token = self.world.token(self.now_ms.load(Ordering::Relaxed), phone.id, &phone.key).unwrap();
        let body = json!({ "visit": visit.id, "lat": lat, "lon": -85.7, "accuracy_m": 30.0, "age_ms": age_ms });
        self.json(Method::POST, "/v1/position", &token, Some(body)).await
    }

    async fn positions(&self) -> Vec<Value> {
        let (status, body) = self.json(Method::GET, "/v1/board/positions", &self.world.owner_token, None).await;
        assert_eq!(status, StatusCode::OK);
        body["positions"].as_array().unwrap().clone()
    }

    fn oldest_ms(&self) -> Option<i64> {
        let company = self.world.dispatch.company(self.world.company);
        company.read(|reader| reader.oldest_position_ms()).unwrap()
    }

    /// A technician on the way.
    fn traveler(&self) -> (Phone, Visit) {
        let ana = self.world.technician("T01", "Ana Ruiz");
        let mut phone = self.world.phone(ana, MONDAY_MS);
        let visit = self.world.visit("WO-1", &[ana]);
        let step = self.world.step(&mut phone, &visit, Status::Dispatched, Status::Traveling, MONDAY_MS);
        self.world.push(MONDAY_MS, &phone, vec![step]);
        (phone, visit)
    }
}

#[tokio::test]
async fn the_map_shows_the_latest_position_of_who_travels_and_forgets_it_after_a_day() {
    let service = Service::new();
    let (phone, visit) = service.traveler();
    assert_eq!(service.ask_every(json!(90)).await.0, StatusCode::OK);
    let (_, page) = service.world.pull_all(MONDAY_MS, &phone, None);
    assert_eq!(page.checkpoint.unwrap().position_every_ms, Some(90_000));

    assert_eq!(service.report(&phone, &visit, 38.240_44, 1_000).await.0, StatusCode::NO_CONTENT);
    // An older one that comes later changes nothing.
    assert_eq!(service.report(&phone, &visit, 38.2, 50_000).await.0, StatusCode::NO_CONTENT);
    let positions = service.positions().await;
    assert_eq!(positions.len(), 1, "the latest only");
    assert_eq!(positions[0]["name"], "Ana Ruiz");
    assert_eq!(positions[0]["number"], "WO-1");
    assert_eq!((&positions[0]["lat"], &positions[0]["at_ms"]), (&json!(38.24), &json!(MONDAY_MS - 1_000)));

    let head = || service.world.dispatch.company(service.world.company).read(|reader| reader.head()).unwrap();
    let before = head();
    assert_eq!(service.report(&phone, &visit, 38.25, 0).await.0, StatusCode::NO_CONTENT);
    assert_eq!(head(), before, "a position is no fact: the log doesn't know it");

    let later_ms = MONDAY_MS + 24 * 3_600_000 + 1;
    service.now_ms.store(later_ms, Ordering::Relaxed);
    assert!(service.positions().await.is_empty());
    service.world.dispatch.forget_old_positions(later_ms).unwrap();
    assert_eq!(service.oldest_ms(), None, "and no trace of it stays");
}

#[tokio::test]
async fn another_company_sees_nobody_and_a_company_that_asks_no_more_knows_nothing() {
    let service = Service::new();
    let (phone, visit) = service.traveler();
    service.ask_every(json!(90)).await;
    assert_eq!(service.report(&phone, &visit, 38.24, 0).await.0, StatusCode::NO_CONTENT);

    let other = service.world.dispatch.create_company(MONDAY_MS, &Settings::new("Another", support::ZONE)).unwrap();
    let (_, mut settings) = service.json(Method::GET, "/v1/office/settings", &other.owner_token, None).await;
    settings["travel_position_s"] = json!(60);
    service.json(Method::PUT, "/v1/office/settings", &other.owner_token, Some(settings)).await;
    let (status, seen) = service.json(Method::GET, "/v1/board/positions", &other.owner_token, None).await;
    assert_eq!((status, &seen["positions"]), (StatusCode::OK, &json!([])));
    let path = format!("/v1/board/positions?company={}", service.world.company);
    assert_eq!(service.json(Method::GET, &path, &other.owner_token, None).await.0, StatusCode::NOT_FOUND);
    let (status, _) = service.json(Method::GET, "/v1/board/positions", &phone.token, None).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED, "a phone doesn't see where the others are");
    let colleague = json!({ "name": "Ben Ode", "role": "technician" });
    let owner = &service.world.owner_token;
    let (status, new) = service.json(Method::POST, "/v1/office/users", owner, Some(colleague)).await;
    assert!(status.is_success(), "{new}");
    let token = new["token"].as_str().unwrap();
    let (status, _) = service.json(Method::GET, "/v1/board/positions", token, None).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "nor does a technician at a desk");

    assert_eq!(service.positions().await.len(), 1);
    service.ask_every(Value::Null).await;
    assert!(service.positions().await.is_empty());
    assert_eq!(service.oldest_ms(), None);
}

#[tokio::test]
async fn nobody_is_followed_unasked_or_on_site() {
    let service = Service::new();
    let (mut phone, visit) = service.traveler();
    let (status, problem) = service.report(&phone, &visit, 38.24, 0).await;
    assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("/problems/not-asked")));
    let (_, page) = service.world.pull_all(MONDAY_MS, &phone, None);
    assert_eq!(page.checkpoint.unwrap().position_every_ms, None);

    for wrong in [json!(5), json!(121)] {
        let (status, problem) = service.ask_every(wrong).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("travel_position_s")));
    }
    service.ask_every(json!(60)).await;
    assert_eq!(service.report(&phone, &visit, 138.0, 0).await.1["field"], "/lat");
    assert_eq!(service.report(&phone, &visit, 38.24, 0).await.0, StatusCode::NO_CONTENT);

    let stored = service.world.stored(visit.id);
    let arrival = service.world.step(&mut phone, &stored, Status::Traveling, Status::OnSite, MONDAY_MS);
    service.world.push(MONDAY_MS, &phone, vec![arrival]);
    assert!(service.positions().await.is_empty(), "whoever has arrived isn't on the way any more");
    let (status, problem) = service.report(&phone, &visit, 38.24, 0).await;
    assert_eq!((status, &problem["type"]), (StatusCode::CONFLICT, &json!("/problems/not-traveling")));
}
