//! The event log.

use super::run;
use crate::dispatch::office::view::{Audit, EventRow};
use crate::http::{Office as Token, Query, Refusal, Server};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(events)).routes(routes!(audit))
}

/// Which events.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct EventsQuery {
    /// Sequence number to begin after.
    #[serde(default)]
    after: u64,
    /// A visit's id or its job's number; by default all.
    visit: Option<String>,
    /// At most so many; 1,000 by default and at most.
    limit: Option<usize>,
}

/// The event log, oldest first.
#[utoipa::path(
    get, path = "/v1/office/events", tag = "office", params(EventsQuery), security(("office" = [])),
    responses((status = 200, description = "The events", body = Vec<EventRow>))
)]
async fn events(
    State(server): State<Server>,
    token: Token,
    Query(query): Query<EventsQuery>,
) -> Result<Json<Vec<EventRow>>, Refusal> {
    let limit = query.limit.unwrap_or(EVENTS_MAX).min(EVENTS_MAX);
    run(&server, token, move |office, _| office.events(query.after, query.visit.as_deref(), limit)).await
}

/// Walks the whole log and says whether every event is as it was written.
#[utoipa::path(
    get, path = "/v1/office/audit", tag = "office", security(("office" = [])),
    responses(
        (status = 200, description = "What became of it", body = Audit),
        (status = 403, description = "Takes a manager", body = Problem),
    )
)]
async fn audit(State(server): State<Server>, token: Token) -> Result<Json<Audit>, Refusal> {
    run(&server, token, |office, _| office.audit()).await
}

/// Most events of one answer.
const EVENTS_MAX: usize = 1_000;
