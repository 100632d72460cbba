//! The board: every card, and the stream of the changed ones.

use super::auth::bearer;
use super::sync::HEARTBEAT;
use super::{Office, Refusal, Server};
use crate::dispatch::BoardCard;
use crate::store::Role;
use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use std::collections::VecDeque;
use std::convert::Infallible;
use tokio::sync::watch;
use truckroll_core::card::Card;
use truckroll_core::id::CompanyId;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(board)).routes(routes!(stream))
}

/// Gives every visit's card.
#[utoipa::path(
    get, path = "/v1/board", tag = "office", security(("office" = [])),
    responses(
        (status = 200, description = "Cards, by their latest changes", body = [Card]),
        (status = 401, description = "The token isn't good", body = Problem),
    )
)]
async fn board(State(server): State<Server>, Office(session): Office) -> Result<Json<Vec<Card>>, Refusal> {
    server.run(move |dispatch, _| dispatch.board(&session)).await.map(Json)
}

/// Streams the newest card of each visit that changed: first those since `Last-Event-ID` (all without one), then live.
///
/// Events have the name `card`, the card as data, and an opaque id that only rises. A watcher that reads slowly gets the
/// newest state of each visit, never a queue of old ones.
#[utoipa::path(
    get, path = "/v1/board/stream", tag = "office", security(("office" = [])),
    params(("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that arrived")),
    responses(
        (status = 200, description = "Server-sent events `card`", content_type = "text/event-stream", body = String),
        (status = 401, description = "The token isn't good", body = Problem),
    )
)]
async fn stream(
    State(server): State<Server>,
    Office(session): Office,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    session.require(Role::Viewer).map_err(Refusal::from)?;
    let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let watcher = Watcher {
        token: bearer(&parts)?,
        company: session.company,
        heads: server.dispatch().company(session.company).watch(),
        stopping: server.stopping.clone(),
        last,
        ready: VecDeque::new(),
        server,
    };
    let events = unfold(watcher, |mut watcher| async move { watcher.next().await.map(|event| (Ok(event), watcher)) });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// One watcher's place. It holds a few cards at most, however far it lags.
struct Watcher {
    server: Server,
    token: String,
    company: CompanyId,
    heads: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    /// The id of the last event that was handed over.
    last: Option<String>,
    ready: VecDeque<BoardCard>,
}

impl Watcher {
    /// The next card: now if one is newer than the watcher's place, else when there is one. `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(card) = self.ready.pop_front() {
                let event = Event::default().event("card").id(&card.id).data(&*card.json);
                self.last = Some(card.id);
                return Some(event);
            }
            // Marked before the look: what is committed after it wakes the next round.
            self.heads.borrow_and_update();
            let (token, company, last) = (self.token.clone(), self.company, self.last.clone());
            let looked = self.server.run(move |dispatch, now_ms| {
                // Asked each time: a revoked token ends its streams.
                let session = dispatch.office_session(now_ms, &token, Some(company))?;
                dispatch.cards_after(&session, last.as_deref())
            });
            self.ready = looked.await.ok()?.into();
            if self.ready.is_empty() {
                tokio::select! {
                    changed = self.heads.changed() => changed.ok()?,
                    _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                }
            }
        }
    }
}
