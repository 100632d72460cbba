//! The log to read, and what another dispatch gate would do.

use super::{Body, Office as Token, Query, Refusal, Server};
use crate::dispatch::Dispatch;
use crate::dispatch::office::gate::GateEffect;
use crate::dispatch::office::log::LogLine;
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use truckroll_core::gate::GatePolicy;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Most lines of one answer.
const LINES_MAX: usize = 500;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(log)).routes(routes!(gate_effect))
}

/// Which lines.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct LogQuery {
    /// Sequence number to end before; by default the newest lines.
    before: Option<u64>,
    /// A visit's id or its job's number; by default all.
    visit: Option<String>,
    /// At most so many; 500 by default and at most.
    limit: Option<usize>,
}

/// The log as people read it: newest first, with names.
#[utoipa::path(
    get, path = "/v1/office/log", tag = "office", params(LogQuery), security(("office" = [])),
    responses((status = 200, description = "The lines", body = Vec<LogLine>))
)]
async fn log(
    State(server): State<Server>,
    Token(session): Token,
    Query(query): Query<LogQuery>,
) -> Result<Json<Vec<LogLine>>, Refusal> {
    let limit = query.limit.unwrap_or(LINES_MAX).min(LINES_MAX);
    let look = move |dispatch: &Dispatch, _| dispatch.office(session).log(query.before, query.visit.as_deref(), limit);
    server.run(look).await.map(Json)
}

/// Says which visits another gate would judge otherwise. It changes nothing.
#[utoipa::path(
    post, path = "/v1/office/gate/effect", tag = "office", request_body = GatePolicy, security(("office" = [])),
    responses(
        (status = 200, description = "The visits whose missing fields would differ", body = Vec<GateEffect>),
        (status = 400, description = "A field is unknown", body = Problem),
        (status = 403, description = "Takes an owner", body = Problem),
    )
)]
async fn gate_effect(
    State(server): State<Server>,
    Token(session): Token,
    Body(gate): Body<GatePolicy>,
) -> Result<Json<Vec<GateEffect>>, Refusal> {
    server.run(move |dispatch, _| dispatch.office(session).gate_effect(&gate)).await.map(Json)
}
