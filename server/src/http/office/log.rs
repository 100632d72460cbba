//! The log to read.

use super::run;
use crate::dispatch::office::log::LogLine;
use crate::http::{Office as Token, Query, Refusal, Server};
use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Most lines of one answer.
const LINES_MAX: usize = 500;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(log))
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
    token: Token,
    Query(query): Query<LogQuery>,
) -> Result<Json<Vec<LogLine>>, Refusal> {
    let limit = query.limit.unwrap_or(LINES_MAX).min(LINES_MAX);
    run(&server, token, move |office, _| office.log(query.before, query.visit.as_deref(), limit)).await
}
