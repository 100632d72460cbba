//! What waits for a decision: exceptions, and facts that need attention.

use super::{change, page, run};
use crate::dispatch::office::attention::{AttentionRow, SettleRequest};
use crate::dispatch::office::exceptions::{ExceptionView, ResolveRequest};
use crate::dispatch::office::view::VisitRow;
use crate::http::{Body, Office as Token, Path, Query, Refusal, Server};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use truckroll_core::id::{ExceptionId, OpId};
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(exceptions))
        .routes(routes!(resolve))
        .routes(routes!(reopen))
        .routes(routes!(attention))
        .routes(routes!(settle))
}

/// Which exceptions.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// A visit's id or its job's number; by default all.
    visit: Option<String>,
    /// The last exception of the page before; by default from the beginning.
    after: Option<ExceptionId>,
    /// At most so many; 500 by default and at most.
    limit: Option<usize>,
}

/// Open exceptions, oldest first. A page that isn't full is the last.
#[utoipa::path(
    get, path = "/v1/office/exceptions", tag = "office", params(Which), security(("office" = [])),
    responses((status = 200, description = "The exceptions", body = Vec<ExceptionView>))
)]
async fn exceptions(
    State(server): State<Server>,
    token: Token,
    Query(query): Query<Which>,
) -> Result<Json<Vec<ExceptionView>>, Refusal> {
    let slice = page(query.after, query.limit);
    run(&server, token, move |office, _| office.exceptions(query.visit.as_deref(), slice)).await
}

/// Decides about an exception; answers with its visit.
#[utoipa::path(
    post, path = "/v1/office/exceptions/{exception}/resolve", tag = "office", request_body = ResolveRequest,
    params(("exception" = ExceptionId, Path)), security(("office" = [])),
    responses((status = 200, description = "The visit", body = VisitRow), (status = 409, description = "Closed already", body = Problem))
)]
async fn resolve(
    State(server): State<Server>,
    token: Token,
    Path(exception): Path<ExceptionId>,
    Body(request): Body<ResolveRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.resolve_exception(now_ms, exception, request)).await
}

/// Opens an exception again: what was decided about it doesn't hold.
#[utoipa::path(
    post, path = "/v1/office/exceptions/{exception}/reopen", tag = "office", params(("exception" = ExceptionId, Path)),
    security(("office" = [])),
    responses((status = 200, description = "Its visit", body = VisitRow), (status = 409, description = "Open already", body = Problem))
)]
async fn reopen(
    State(server): State<Server>,
    token: Token,
    Path(exception): Path<ExceptionId>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.reopen_exception(now_ms, exception)).await
}

/// Facts that need a decision, oldest first.
#[utoipa::path(
    get, path = "/v1/office/attention", tag = "office", security(("office" = [])),
    responses((status = 200, description = "The facts", body = Vec<AttentionRow>))
)]
async fn attention(State(server): State<Server>, token: Token) -> Result<Json<Vec<AttentionRow>>, Refusal> {
    run(&server, token, |office, _| office.attention()).await
}

/// Settles a fact that needs attention, on both sides.
#[utoipa::path(
    post, path = "/v1/office/attention/{fact}", tag = "office", request_body = SettleRequest,
    params(("fact" = OpId, Path)), security(("office" = [])),
    responses((status = 204, description = "Settled"), (status = 409, description = "Settled already", body = Problem))
)]
async fn settle(
    State(server): State<Server>,
    token: Token,
    Path(fact): Path<OpId>,
    Body(request): Body<SettleRequest>,
) -> Result<StatusCode, Refusal> {
    let Json(()) = run(&server, token, move |office, now_ms| office.settle(now_ms, fact, request)).await?;
    Ok(StatusCode::NO_CONTENT)
}
