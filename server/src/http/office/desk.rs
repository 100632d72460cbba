//! Desks: who looks after what, and handing a desk over.

use super::run;
use crate::dispatch::office::desk::{Desk, DeskItem, DeskRequest, HandOverRequest, HandOverView};
use crate::http::{Body, Office as Token, Path, Refusal, Server};
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use truckroll_core::id::HandOverId;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(desks))
        .routes(routes!(put))
        .routes(routes!(hand_over))
        .routes(routes!(take_back))
}

/// Lists everybody's desk with what lies on it: how the load is spread, and who could cover.
#[utoipa::path(
    get, path = "/v1/office/desks", tag = "office", security(("office" = [])),
    responses((status = 200, description = "Desks, by name", body = [Desk]))
)]
async fn desks(State(server): State<Server>, token: Token) -> Result<Json<Vec<Desk>>, Refusal> {
    run(&server, token, move |office, now_ms| office.desks(now_ms)).await
}

/// Puts a visit on a desk, by default on one's own.
#[utoipa::path(
    put, path = "/v1/office/visits/{visit}/desk", tag = "office", security(("office" = [])), request_body = DeskRequest,
    params(("visit" = String, Path)),
    responses(
        (status = 204, description = "Done"),
        (status = 403, description = "The role isn't enough", body = Problem),
        (status = 404, description = "No such visit or user", body = Problem),
        (status = 409, description = "The user can't keep a desk", body = Problem),
    )
)]
async fn put(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<DeskRequest>,
) -> Result<StatusCode, Refusal> {
    run(&server, token, move |office, now_ms| office.put_on_desk(now_ms, &visit, &request))
        .await
        .map(|_| StatusCode::NO_CONTENT)
}

/// Gives a whole desk to a cover, and lists what is open on it.
#[utoipa::path(
    post, path = "/v1/office/hand-overs", tag = "office", security(("office" = [])), request_body = HandOverRequest,
    responses(
        (status = 200, description = "What was handed over", body = HandOverView),
        (status = 403, description = "Somebody else's desk takes a lead", body = Problem),
        (status = 404, description = "No such user", body = Problem),
        (status = 409, description = "Nothing lies on it, or the cover can't keep a desk", body = Problem),
    )
)]
async fn hand_over(
    State(server): State<Server>,
    token: Token,
    Body(request): Body<HandOverRequest>,
) -> Result<Json<HandOverView>, Refusal> {
    run(&server, token, move |office, now_ms| office.hand_over(now_ms, request)).await
}

/// Takes a hand-over back: what still lies on the cover's desk goes home.
#[utoipa::path(
    post, path = "/v1/office/hand-overs/{hand_over}/undo", tag = "office", security(("office" = [])),
    params(("hand_over" = HandOverId, Path)),
    responses(
        (status = 200, description = "What went home", body = [DeskItem]),
        (status = 403, description = "Somebody else's takes a lead", body = Problem),
        (status = 404, description = "No such hand-over", body = Problem),
        (status = 409, description = "It was taken back already", body = Problem),
    )
)]
async fn take_back(
    State(server): State<Server>,
    token: Token,
    Path(hand_over): Path<HandOverId>,
) -> Result<Json<Vec<DeskItem>>, Refusal> {
    run(&server, token, move |office, now_ms| office.take_back(now_ms, hand_over)).await
}
