//! Pokes for phones whose app is asleep: from the real service to a push server on this machine.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

mod support;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::{MONDAY_MS, Phone, World};
use tokio::sync::{mpsc, watch};
use tower::ServiceExt;
use truckroll_core::id::TechnicianId;
use truckroll_server::http::Server;
use truckroll_server::push::Reach;
use truckroll_server::store::DeviceState;

/// Long enough for a poke on a loaded machine.
const SOON: Duration = Duration::from_secs(60);
/// A poke that isn't sent after this long isn't sent: changes are gathered for two seconds.
const QUIET: Duration = Duration::from_secs(6);

/// What arrived at the push server.
struct Poke {
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Bytes,
}

/// A push server: it takes everything but what comes to `/gone`, sends on what comes to `/moved`, and is silent at `/stall`.
async fn push_server() -> (String, mpsc::UnboundedReceiver<Poke>) {
    let (said, pokes) = mpsc::unbounded_channel();
    let take = async move |method: Method, uri: Uri, headers: HeaderMap, body: Bytes| -> Response {
        let path = uri.path().to_owned();
        said.send(Poke { method, path: path.clone(), headers, body }).unwrap();
        match path.as_str() {
            "/gone" => StatusCode::GONE.into_response(),
            "/moved" => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]).into_response(),
            "/stall" => std::future::pending().await,
            _ => StatusCode::CREATED.into_response(),
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().fallback(take)).into_future());
    (url, pokes)
}

struct Service {
    world: World,
    app: Router,
    ana: TechnicianId,
    phone: Phone,
    push_url: String,
    pokes: mpsc::UnboundedReceiver<Poke>,
    _stop: watch::Sender<bool>,
}

impl Service {
    async fn new(reach: Reach) -> Self {
        let world = World::new();
        let (stop, stopping) = watch::channel(false);
        let server = Server::new(world.dispatch.clone(), Arc::new(|| MONDAY_MS), stopping).poking(reach);
        let ana = world.technician("T01", "Ana Ruiz");
        let phone = world.phone(ana, MONDAY_MS);
        let (push_url, pokes) = push_server().await;
        Self { world, app: truckroll_server::app(server), ana, phone, push_url, pokes, _stop: stop }
    }

    async fn ask(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let builder = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.phone.token))
            .header("content-type", "application/json");
        let body = body.map_or(Body::empty(), |body| Body::from(body.to_string()));
        self.app.clone().oneshot(builder.body(body).unwrap()).await.unwrap()
    }

    async fn json(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let response = self.ask(method, path, body).await;
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    async fn register(&self, endpoint: Option<&str>) -> (StatusCode, Value) {
        let body = json!({ "service": "unified_push", "endpoint": endpoint });
        self.json(Method::PUT, "/v1/push", Some(body)).await
    }

    /// The phone pulls until it has everything.
    async fn pull(&self) {
        let mut path = "/v1/sync".to_owned();
        loop {
            let (status, page) = self.json(Method::GET, &path, None).await;
            assert_eq!(status, StatusCode::OK);
            if !page["checkpoint"].is_null() {
                return;
            }
            path = format!("/v1/sync?cursor={}", page["cursor"].as_str().unwrap());
        }
    }

    async fn poke(&mut self) -> Poke {
        tokio::time::timeout(SOON, self.pokes.recv()).await.expect("no poke came").unwrap()
    }

    async fn is_quiet(&mut self) -> bool {
        tokio::time::timeout(QUIET, self.pokes.recv()).await.is_err()
    }

    fn registered(&self) -> usize {
        self.world.dispatch.push_phones(self.world.company).unwrap().len()
    }

    async fn until_nobody_is_registered(&self) {
        let began = Instant::now();
        while self.registered() > 0 {
            assert!(began.elapsed() < SOON, "the address is still there");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

#[tokio::test]
async fn a_phone_whose_app_sleeps_is_poked_once_for_what_is_new_and_the_poke_says_nothing() {
    let mut service = Service::new(Reach::Private).await;
    let endpoint = format!("{}/up/ana", service.push_url);
    service.world.visit("WO-1", &[service.ana]);
    service.pull().await;
    let (status, kept) = service.register(Some(&endpoint)).await;
    assert_eq!((status, &kept["endpoint"]), (StatusCode::OK, &json!(endpoint)));
    assert!(service.is_quiet().await, "it has everything");

    let bob = service.world.technician("T02", "Bob Stone");
    service.world.visit("WO-2", &[bob]);
    assert!(service.is_quiet().await, "that was for somebody else");

    for number in ["WO-3", "WO-4", "WO-5"] {
        service.world.visit(number, &[service.ana]);
    }
    let poke = service.poke().await;
    assert_eq!((poke.method, poke.path.as_str()), (Method::POST, "/up/ana"));
    assert!(poke.body.is_empty());
    assert_eq!(poke.headers["topic"], "truckroll", "pokes that wait collapse into one");
    assert_eq!(poke.headers["ttl"], "86400");
    assert!(!poke.headers.contains_key(header::AUTHORIZATION));
    assert!(service.is_quiet().await, "three changes are one poke");
}

#[tokio::test]
async fn an_open_stream_is_poke_enough_and_its_end_is_noticed() {
    let mut service = Service::new(Reach::Private).await;
    let endpoint = format!("{}/up/ana", service.push_url);
    service.pull().await;
    service.register(Some(&endpoint)).await;
    let stream = service.ask(Method::GET, "/v1/sync/stream", None).await;
    assert_eq!(stream.status(), StatusCode::OK);
    service.world.visit("WO-1", &[service.ana]);
    assert!(service.is_quiet().await);

    // What went into a stream that nobody read any more is poked for when that shows.
    drop(stream);
    assert_eq!(service.poke().await.path, "/up/ana");
    service.pull().await;
    assert!(service.is_quiet().await);
}

#[tokio::test]
async fn an_address_goes_with_its_phone_and_when_the_push_service_says_so() {
    let mut service = Service::new(Reach::Private).await;
    service.register(Some(&format!("{}/gone", service.push_url))).await;
    service.world.visit("WO-1", &[service.ana]);
    assert_eq!(service.poke().await.path, "/gone");
    service.until_nobody_is_registered().await;

    service.register(Some(&format!("{}/up/ana", service.push_url))).await;
    assert_eq!(service.poke().await.path, "/up/ana", "what it wasn't told of");
    assert_eq!(service.register(None).await, (StatusCode::OK, json!({ "service": "unified_push" })));
    assert_eq!(service.registered(), 0, "signed out");

    // Two phones can't have one address: whoever brought it last has it.
    let endpoint = format!("{}/up/ana", service.push_url);
    service.register(Some(&endpoint)).await;
    let old = std::mem::replace(&mut service.phone, service.world.phone(service.ana, MONDAY_MS));
    service.register(Some(&endpoint)).await;
    let phones = service.world.dispatch.push_phones(service.world.company).unwrap();
    assert_eq!(phones.iter().map(|phone| phone.device).collect::<Vec<_>>(), [service.phone.id]);
    assert_ne!(old.id, service.phone.id);
    service.pull().await;
    while !service.is_quiet().await {}

    let office = service.world.dispatch.office(service.world.owner());
    office.set_device_state(MONDAY_MS, service.phone.id, DeviceState::Wiped).unwrap();
    assert_eq!(service.poke().await.path, "/up/ana", "the last one: it asks, and hears that it must destroy its key");
    service.until_nobody_is_registered().await;
    assert_eq!(service.register(Some(&endpoint)).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_redirect_leads_nowhere_and_a_silent_push_server_holds_nobody_up() {
    let mut service = Service::new(Reach::Private).await;
    service.register(Some(&format!("{}/moved", service.push_url))).await;
    service.world.visit("WO-1", &[service.ana]);
    assert_eq!(service.poke().await.path, "/moved");
    assert!(service.is_quiet().await, "nothing went to /elsewhere");
    assert_eq!(service.registered(), 1, "a failure forgets nothing");

    // Another phone, another line: the first one's is paused.
    service.phone = service.world.phone(service.ana, MONDAY_MS);
    service.register(Some(&format!("{}/stall", service.push_url))).await;
    while service.poke().await.path != "/stall" {}
    let began = Instant::now();
    service.world.visit("WO-2", &[service.ana]);
    service.pull().await;
    // The push server never answers; it is given up after ten seconds, which nobody here waited for.
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_phone_cant_send_the_server_to_what_only_the_server_reaches() {
    let mut service = Service::new(Reach::Public).await;
    for endpoint in [format!("{}/up", service.push_url), "https://10.0.0.1/".into(), "http://push.example.com/".into()]
    {
        let (status, problem) = service.register(Some(&endpoint)).await;
        assert_eq!((status, &problem["field"]), (StatusCode::BAD_REQUEST, &json!("/endpoint")), "{endpoint}");
    }
    assert_eq!(service.registered(), 0);

    // A name is looked at when it is connected to: this one means this machine.
    let endpoint = service.push_url.replace("http://127.0.0.1", "https://localhost");
    assert_eq!(service.register(Some(&endpoint)).await.0, StatusCode::OK);
    service.world.visit("WO-1", &[service.ana]);
    assert!(service.is_quiet().await);
    assert_eq!(service.registered(), 1);
}
