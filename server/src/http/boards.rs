//! The boards of several companies in one, for whoever works for several.

use super::auth::bearer;
use super::sync::HEARTBEAT;
use super::{Office, Refusal, Server};
use crate::dispatch::{BoardCard, CompanyBoard};
use crate::store::Role;
use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::future::select_all;
use futures_util::stream::{Stream, unfold};
use std::collections::{BTreeMap, VecDeque};
use std::convert::Infallible;
use tokio::sync::watch;
use truckroll_core::id::CompanyId;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(boards)).routes(routes!(stream))
}

/// Gives the cards of every company that the session works for.
#[utoipa::path(
    get, path = "/v1/boards", tag = "office", security(("office" = [])),
    responses(
        (status = 200, description = "Companies with their cards", body = [CompanyBoard]),
        (status = 401, description = "The token isn't good", body = Problem),
    )
)]
async fn boards(State(server): State<Server>, _: Office, parts: Parts) -> Result<Json<Vec<CompanyBoard>>, Refusal> {
    let token = bearer(&parts)?;
    server
        .run(move |dispatch, now_ms| {
            let sessions = dispatch.office_sessions(now_ms, &token)?;
            dispatch.boards(&sessions)
        })
        .await
        .map(Json)
}

/// Streams the cards of every company that the session works for, as `/v1/board/stream` does for one.
///
/// Events have the name `card` and the data `{"company": …, "card": …}`; their opaque ids name a place in each company.
#[utoipa::path(
    get, path = "/v1/boards/stream", tag = "office", security(("office" = [])),
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that arrived")),
    responses(
        (status = 200, description = "Server-sent events `card`", content_type = "text/event-stream", body = super::live::StreamEvent),
        (status = 401, description = "The token isn't good", body = Problem),
    )
)]
async fn stream(
    State(server): State<Server>,
    _: Office,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let watcher = Watcher {
        token: bearer(&parts)?,
        heads: BTreeMap::new(),
        stopping: server.stopping.clone(),
        places: places(last),
        ready: VecDeque::new(),
        server,
    };
    let events = unfold(watcher, |mut watcher| async move { watcher.next().await.map(|event| (Ok(event), watcher)) });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// Places by company, as an event's id names them: `COMPANY=PLACE`, separated by commas. Each place is authenticated.
fn places(id: &str) -> BTreeMap<CompanyId, String> {
    let pairs = id.split(',').filter_map(|pair| pair.split_once('='));
    pairs.filter_map(|(company, place)| Some((company.parse().ok()?, place.to_owned()))).collect()
}

fn id(places: &BTreeMap<CompanyId, String>) -> String {
    let pairs: Vec<String> = places.iter().map(|(company, place)| format!("{company}={place}")).collect();
    pairs.join(",")
}

/// One watcher's places. It holds a few cards of each company at most, however far it lags.
struct Watcher {
    server: Server,
    token: String,
    heads: BTreeMap<CompanyId, watch::Receiver<u64>>,
    stopping: watch::Receiver<bool>,
    /// The last card of each company that was handed over.
    places: BTreeMap<CompanyId, String>,
    ready: VecDeque<(CompanyId, BoardCard)>,
}

impl Watcher {
    /// The next card of any company: now if one is newer than the watcher's place there, else when there is one. `None`
    /// ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((company, card)) = self.ready.pop_front() {
                self.places.insert(company, card.id);
                let data = format!(r#"{{"company":"{company}","card":{}}}"#, card.json);
                return Some(Event::default().event("card").id(id(&self.places)).data(data));
            }
            // Marked before the look: what is committed after it wakes the next round.
            for head in self.heads.values_mut() {
                head.borrow_and_update();
            }
            let (token, places) = (self.token.clone(), self.places.clone());
            let looked = self.server.run(move |dispatch, now_ms| {
                // Asked each time: a revoked token ends its streams, and a company that was left says no more.
                let sessions = dispatch.office_sessions(now_ms, &token)?;
                let looking = sessions.into_iter().filter(|session| session.require(Role::Viewer).is_ok());
                looking
                    .map(|session| {
                        let place = places.get(&session.company).map(String::as_str);
                        Ok((session.company, dispatch.cards_after(&session, place)?))
                    })
                    .collect::<Result<Vec<_>, _>>()
            });
            let found = looked.await.ok()?;
            let known = self.heads.len();
            self.heads.retain(|company, _| found.iter().any(|(found, _)| found == company));
            for (company, _) in &found {
                let server = &self.server;
                self.heads.entry(*company).or_insert_with(|| server.dispatch().company(*company).watch());
            }
            let is_new = self.heads.len() > known;
            self.ready = found
                .into_iter()
                .flat_map(|(company, cards)| cards.into_iter().map(move |card| (company, card)))
                .collect();
            if !self.ready.is_empty() || is_new {
                // A company that is watched only now may have moved before it was.
                continue;
            }
            if self.heads.is_empty() {
                return None;
            }
            let changed = select_all(self.heads.values_mut().map(|head| Box::pin(head.changed())));
            tokio::select! {
                (changed, ..) = changed => changed.ok()?,
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
            }
        }
    }
}
