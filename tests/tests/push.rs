//! A poke from the real server, through a push server on this machine, to a phone on the real engine.
#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use axum::Router;
use axum::http::{StatusCode, Uri};
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use truckroll_core::wire::PushService;
use truckroll_server::Dispatch;
use truckroll_server::push::Reach;
use truckroll_server::serve::{Options, serve_with};
use truckroll_tests::demo::api::Api;
use truckroll_tests::demo::clock::DayClock;
use truckroll_tests::demo::dispatcher::Dispatcher;
use truckroll_tests::demo::phone::Phone;
use truckroll_tests::demo::roster::Roster;
use truckroll_tests::demo::technician::Day;

/// Long enough for anything on a loaded machine.
const SOON: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_hands_its_address_over_is_poked_while_it_sleeps_and_is_forgotten_when_it_signs_out() {
    let (said, mut pokes) = mpsc::unbounded_channel();
    let take = async move |uri: Uri| {
        said.send(uri.path().to_owned()).unwrap();
        StatusCode::CREATED
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/up/ana", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, Router::new().fallback(take)).into_future());

    let folder = tempfile::tempdir().unwrap();
    let roster = Roster::made(1, 1, "2026-11-23".parse().unwrap()).unwrap();
    let clock = Arc::new(DayClock::new(roster.at_ms(6, 45).unwrap()));
    let time = Arc::clone(&clock);
    let options = Options { clock: Arc::new(move || time.now_ms()), reach: Reach::Private, ..Options::default() };
    let listen = (Ipv4Addr::LOCALHOST, 0).into();
    let server = serve_with(&folder.path().join("server"), listen, options).await.unwrap();
    let token = server.first.as_ref().unwrap().owner_token.clone();
    let api = Api::new(format!("http://{}", server.address), token).unwrap();
    api.import("technicians", &roster.technicians_csv).await.unwrap();
    api.import("jobs", &roster.jobs_csv).await.unwrap();
    let people = api.get("/v1/office/technicians").await.unwrap();
    let text = |key: &str| people[0][key].as_str().unwrap().to_owned();
    let phone = Phone::enrolled(folder.path(), &api, &text("code"), &clock, 0).await.unwrap();

    phone.driver.register_push(PushService::UnifiedPush, Some(endpoint)).await.unwrap();
    phone.deliver_all().await.unwrap();
    phone.driver.suspend().await.unwrap();

    let day = Day {
        clock: Arc::clone(&clock),
        ledger: Arc::default(),
        over: watch::channel(false).1,
        without_signal: Arc::default(),
        home_ms: roster.at_ms(17, 0).unwrap(),
    };
    let crew = BTreeMap::from([(text("id"), (text("code"), text("name")))]);
    Dispatcher::new(api.clone(), roster, day, crew, mpsc::unbounded_channel().0).plan().await.unwrap();
    let poked = tokio::time::timeout(SOON, pokes.recv()).await;
    assert_eq!(poked.expect("no poke came").unwrap(), "/up/ana");

    phone.driver.resume().await.unwrap();
    phone.deliver_all().await.unwrap();
    assert!(!phone.driver.today().await.unwrap().sections.is_empty(), "it fetched what it was poked for");
    phone.driver.sign_out(false).await.unwrap();
    phone.driver.close().await;
    server.stop().await.unwrap();
    let dispatch = Dispatch::open(&folder.path().join("server")).unwrap();
    let company = dispatch.store().companies().unwrap()[0];
    assert_eq!(dispatch.push_phones(company).unwrap(), []);
}
