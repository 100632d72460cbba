//! The board: every card, and the stream of the changed ones.

use super::auth::bearer;
use super::live::{Feed, Form, Frame, GZIP_HEAD, piece};
use super::sync::HEARTBEAT;
use super::{Office, Query, Refusal, Server};
use crate::store::Role;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use futures_util::stream::unfold;
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, LazyLock};
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval_at};
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

/// What a watcher can read.
#[derive(Default, Deserialize)]
pub(super) struct Reads {
    /// Changes too, not only whole cards.
    #[serde(default)]
    pub(super) changes: bool,
}

impl Reads {
    /// The form in which this watcher gets an event.
    pub(super) fn form(&self, feed: &Feed, frame: &Frame) -> Form {
        if self.changes { feed.form(frame) } else { Form::Card }
    }
}

/// Streams the newest card of each visit that changed: first those since `Last-Event-ID` (all without one), then live.
///
/// Events have the name `card`, the card as data, and an opaque id that only rises. A watcher that reads slowly gets the
/// newest state of each visit, never a queue of old ones. With `changes=true`, a watcher who got a card on this connection
/// hears of its next state by an event `change` whose data is a `Change` of it: a tenth of the bytes. Whoever has no card
/// with the number `from` has missed something, and connects again without `Last-Event-ID`.
#[utoipa::path(
    get, path = "/v1/board/stream", tag = "office", security(("office" = [])),
    params(
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that arrived"),
        ("changes" = Option<bool>, Query, description = "Whether events `change` may come too; false if it isn't said"),
    ),
    responses(
        (status = 200, description = "Server-sent events `card` and `change`", content_type = "text/event-stream", body = super::live::StreamEvent),
        (status = 401, description = "The token isn't good", body = Problem),
    )
)]
async fn stream(
    State(server): State<Server>,
    Office(session): Office,
    Query(reads): Query<Reads>,
    parts: Parts,
) -> Result<Response, Refusal> {
    session.require(Role::Viewer).map_err(Refusal::from)?;
    let token = bearer(&parts)?;
    let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let compressed = takes_gzip(&parts.headers);
    // Nothing of the request is kept while its stream lasts.
    drop(parts);
    let company = session.company;
    let feed = Feed::open(&server, company, last).await?;
    let mut heartbeat = interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watcher = Watcher {
        stopping: server.stopping.clone(),
        ready: VecDeque::new(),
        begun: !compressed,
        heartbeat,
        compressed,
        reads,
        company,
        token,
        feed,
        server,
    };
    let bytes = unfold(watcher, |mut watcher| async move {
        let bytes = watcher.next().await?;
        Some((Ok::<_, Infallible>(bytes), watcher))
    });
    let mut response = ([(CONTENT_TYPE, "text/event-stream")], Body::from_stream(bytes)).into_response();
    if compressed {
        response.headers_mut().insert(CONTENT_ENCODING, axum::http::HeaderValue::from_static("gzip"));
    }
    response.headers_mut().insert(VARY, axum::http::HeaderValue::from_static("accept-encoding"));
    Ok(response)
}

/// Whether the client says that it takes gzip.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = quality.trim().strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// A comment: the stream lives.
const COMMENT: &str = ":\n\n";
static COMMENT_GZIP: LazyLock<Bytes> = LazyLock::new(|| piece(COMMENT.as_bytes()));

/// One watcher.
struct Watcher {
    server: Server,
    company: CompanyId,
    token: String,
    feed: Feed,
    stopping: watch::Receiver<bool>,
    heartbeat: Interval,
    compressed: bool,
    reads: Reads,
    /// The stream has its head.
    begun: bool,
    ready: VecDeque<Arc<Frame>>,
}

impl Watcher {
    /// The next bytes: now if there is something after the watcher's place, else when there is. `None` ends the stream.
    async fn next(&mut self) -> Option<Bytes> {
        if !std::mem::replace(&mut self.begun, true) {
            return Some(Bytes::from_static(GZIP_HEAD));
        }
        loop {
            // Asked whenever it may have changed who may watch: a revoked token ends its streams.
            if self.feed.notice_access() {
                self.still_may().await?;
            }
            if let Some(frame) = self.ready.pop_front() {
                self.feed.take(&frame);
                return Some(frame.bytes(self.reads.form(&self.feed, &frame), self.compressed));
            }
            self.ready = self.feed.next(&self.server).await?.into();
            if self.ready.is_empty() {
                let is_heartbeat = tokio::select! {
                    changed = self.feed.changed() => changed.map(|()| false)?,
                    _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                    _ = self.heartbeat.tick() => true,
                };
                if is_heartbeat {
                    // Sessions end by time too.
                    self.still_may().await?;
                    return Some(if self.compressed {
                        COMMENT_GZIP.clone()
                    } else {
                        Bytes::from_static(COMMENT.as_bytes())
                    });
                }
            }
        }
    }

    /// Whether the token is still good; `None` if not.
    async fn still_may(&self) -> Option<()> {
        let (token, company) = (self.token.clone(), self.company);
        let asked = self
            .server
            .run(move |dispatch, now_ms| dispatch.office_session(now_ms, &token, Some(company))?.require(Role::Viewer));
        asked.await.ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        let of = |text: &'static str| {
            takes_gzip(&HeaderMap::from_iter([(ACCEPT_ENCODING, axum::http::HeaderValue::from_static(text))]))
        };
        assert!(of("gzip") && of("br, GZIP;q=0.5") && of("deflate,gzip"));
        assert!(!of("br") && !of("gzip;q=0") && !of("gzipped") && !takes_gzip(&HeaderMap::new()));
    }
}
