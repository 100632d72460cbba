//! The boards of several companies in one, for whoever works for several.

use super::auth::bearer;
use super::board::Reads;
use super::live::{Feed, Frame};
use super::sync::HEARTBEAT;
use super::{Office, Query, Refusal, Server};
use crate::dispatch::CompanyBoard;
use crate::store::Role;
use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::future::select_all;
use futures_util::stream::{Stream, unfold};
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior, interval_at};
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
/// Events have the name `card` and the data `{"company": …, "card": …}`, or `change` and `{"company": …, "change": …}`;
/// their opaque ids name a place in each company.
#[utoipa::path(
    get, path = "/v1/boards/stream", tag = "office", security(("office" = [])),
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
    _: Office,
    Query(reads): Query<Reads>,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    let last = parts.headers.get("last-event-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    let mut heartbeat = interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let watcher = Watcher {
        token: bearer(&parts)?,
        feeds: BTreeMap::new(),
        stopping: server.stopping.clone(),
        places: places(last),
        ready: VecDeque::new(),
        heartbeat,
        reads,
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

/// One watcher of several boards. Their cards are shared with everybody who watches one of them; only what names the
/// company and the place is made for this one.
struct Watcher {
    server: Server,
    token: String,
    feeds: BTreeMap<CompanyId, Feed>,
    stopping: watch::Receiver<bool>,
    heartbeat: Interval,
    reads: Reads,
    /// The id of the last card of each company that was handed over.
    places: BTreeMap<CompanyId, String>,
    ready: VecDeque<(CompanyId, Arc<Frame>)>,
}

impl Watcher {
    /// The next card of any company: now if one is newer than the watcher's place there, else when there is one. `None`
    /// ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            let has_access_changed =
                self.feeds.values_mut().fold(false, |changed, feed| feed.notice_access() | changed);
            if has_access_changed || self.feeds.is_empty() {
                self.ask_where().await?;
            }
            if let Some((company, frame)) = self.ready.pop_front() {
                // Cards of a company that was left since are nobody's here.
                let Some(feed) = self.feeds.get_mut(&company) else { continue };
                feed.take(&frame);
                self.places.insert(company, frame.card.id.clone());
                let (name, shown) = frame.event(self.reads.form(feed, &frame));
                let data = format!(r#"{{"company":"{company}","{name}":{shown}}}"#);
                return Some(Event::default().event(name).id(id(&self.places)).data(data));
            }
            for (company, feed) in &mut self.feeds {
                let frames = feed.next(&self.server).await?;
                self.ready.extend(frames.into_iter().map(|frame| (*company, frame)));
            }
            if !self.ready.is_empty() {
                continue;
            }
            let changed = select_all(self.feeds.values_mut().map(|feed| Box::pin(feed.changed())));
            let is_heartbeat = tokio::select! {
                (changed, ..) = changed => changed.map(|()| false)?,
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
                _ = self.heartbeat.tick() => true,
            };
            if is_heartbeat {
                // Sessions end by time too, and another company's invitation is no event of these.
                self.ask_where().await?;
            }
        }
    }

    /// Follows exactly the companies where the token's owner may look now. `None` when that is nowhere, or the token isn't
    /// good any more.
    async fn ask_where(&mut self) -> Option<()> {
        let token = self.token.clone();
        let sessions = self.server.run(move |dispatch, now_ms| dispatch.office_sessions(now_ms, &token)).await.ok()?;
        let looking = sessions.iter().filter(|session| session.require(Role::Viewer).is_ok());
        let companies: BTreeSet<CompanyId> = looking.map(|session| session.company).collect();
        self.feeds.retain(|company, _| companies.contains(company));
        for company in companies {
            if let Entry::Vacant(entry) = self.feeds.entry(company) {
                let place = self.places.get(&company).cloned();
                entry.insert(Feed::open(&self.server, company, place).await.ok()?);
            }
        }
        (!self.feeds.is_empty()).then_some(())
    }
}
