//! A phone's exchange: push, pull, repair, and the stream that pokes it.

use super::auth::bearer;
use super::{Body, Phone, Query, Refusal, Server};
use crate::dispatch::Dispatch;
use crate::push::Awake;
use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::watch;
use truckroll_core::id::{CompanyId, EpochId};
use truckroll_core::wire::{Problem, PullPage, PushReply, PushRequest, RepairRequest};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How often a quiet stream says that it lives.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(push)).routes(routes!(pull)).routes(routes!(repair)).routes(routes!(stream))
}

/// Takes facts. Every one that the reply names is stored; one that it doesn't name keeps its state on the phone.
#[utoipa::path(
    post, path = "/v1/sync/facts", tag = "phone", request_body = PushRequest, security(("phone" = [])),
    responses(
        (status = 200, description = "What became of each fact", body = PushReply),
        (status = 400, description = "The push is out of bounds; nothing was stored", body = Problem),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The phone may not push", body = Problem),
        (status = 413, description = "Over 256 KiB; nothing was stored", body = Problem),
    )
)]
async fn push(
    State(server): State<Server>,
    Phone(session): Phone,
    Body(request): Body<PushRequest>,
) -> Result<Json<PushReply>, Refusal> {
    let mut reply = server.run(move |dispatch, now_ms| dispatch.push(now_ms, &session, request)).await?;
    reply.sent_ms = server.now_ms();
    Ok(Json(reply))
}

/// Where a pull begins.
#[derive(Deserialize)]
struct From {
    cursor: Option<String>,
    /// A phone that says nothing speaks the first one.
    #[serde(default = "first")]
    protocol: u32,
}

fn first() -> u32 {
    1
}

/// Gives a page of what changed since the cursor; without one, from the beginning.
#[utoipa::path(
    get, path = "/v1/sync", tag = "phone", security(("phone" = [])),
    params(
        ("cursor" = Option<String>, Query, description = "From the page before. Opaque."),
        ("once" = Option<String>, Query, description = "What was never sent before, so that no cache on the way has an answer"),
        ("protocol" = Option<u32>, Query, description = "What the phone speaks; 1 if it doesn't say"),
    ),
    responses(
        (status = 200, description = "A page; the last one has a checkpoint", body = PullPage),
        (status = 400, description = "The cursor isn't this phone's", body = Problem),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The phone may not pull", body = Problem),
        (status = 426, description = "The app is too old to read it; what it pushes is taken all the same", body = Problem),
    )
)]
async fn pull(
    State(server): State<Server>,
    Phone(session): Phone,
    Query(from): Query<From>,
) -> Result<Json<PullPage>, Refusal> {
    Dispatch::must_read(from.protocol)?;
    let device = session.device.id;
    let mut page = server.run(move |dispatch, now_ms| dispatch.pull(now_ms, &session, from.cursor.as_deref())).await?;
    if let Some(checkpoint) = &page.checkpoint {
        server.postman().given(device, checkpoint.seq);
    }
    page.sent_ms = server.now_ms();
    Ok(Json(page))
}

/// Gives what differs from what the phone holds, after a wrong digest.
#[utoipa::path(
    post, path = "/v1/sync/repair", tag = "phone", request_body = RepairRequest, security(("phone" = [])),
    responses(
        (status = 200, description = "What differs, and a checkpoint", body = PullPage),
        (status = 400, description = "The cursor isn't this phone's", body = Problem),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The phone may not pull", body = Problem),
    )
)]
async fn repair(
    State(server): State<Server>,
    Phone(session): Phone,
    Body(request): Body<RepairRequest>,
) -> Result<Json<PullPage>, Refusal> {
    let mut page = server.run(move |dispatch, now_ms| dispatch.repair(now_ms, &session, &request)).await?;
    page.sent_ms = server.now_ms();
    Ok(Json(page))
}

/// Pokes the phone when there is something to pull. Holds no data; ends with the access token.
#[utoipa::path(
    get, path = "/v1/sync/stream", tag = "phone", security(("phone" = [])),
    responses(
        (status = 200, description = "Server-sent events `poke`", content_type = "text/event-stream", body = super::live::StreamEvent),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The phone may not pull", body = Problem),
    )
)]
async fn stream(
    State(server): State<Server>,
    Phone(session): Phone,
    parts: Parts,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Refusal> {
    session.may_pull()?;
    let pokes = Pokes {
        token: bearer(&parts)?,
        _awake: server.postman().awake(session.company, session.device.id),
        heads: server.dispatch().company(session.company).watch(),
        stopping: server.stopping.clone(),
        company: session.company,
        told: None,
        server,
    };
    let events = unfold(pokes, |mut pokes| async move { pokes.next().await.map(|event| (Ok(event), pokes)) });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// A phone's stream.
struct Pokes {
    server: Server,
    token: String,
    /// As long as the stream is open, it is where the phone is poked.
    _awake: Awake,
    company: CompanyId,
    heads: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    /// The newest change that the phone was poked for.
    told: Option<(EpochId, u64)>,
}

impl Pokes {
    /// The next poke: now if there is something new, else when there is. `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            // Marked before the look: what is committed after it wakes the next round.
            self.heads.borrow_and_update();
            let token = self.token.clone();
            let looked = self.server.run(move |dispatch, now_ms| {
                let session = dispatch.device_session(now_ms, &token)?;
                session.may_pull()?;
                dispatch.feed_head(&session)
            });
            let head = looked.await.ok()?;
            if self.told != Some(head) {
                self.told = Some(head);
                tracing::debug!(company = %self.company, "poke");
                return Some(Event::default().event("poke").data("{}"));
            }
            tokio::select! {
                changed = self.heads.changed() => changed.ok()?,
                _ = self.stopping.wait_for(|stopping| *stopping) => return None,
            }
        }
    }
}
