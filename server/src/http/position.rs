//! Coarse positions: one in from a phone that travels, all out to the board's map.

use super::{Body, Office, Phone, Refusal, Server};
use crate::dispatch::position::Positions;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use truckroll_core::wire::{PositionReport, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(report)).routes(routes!(positions))
}

/// Takes where somebody who travels is. Replaces what was known; gone after a day.
#[utoipa::path(
    post, path = "/v1/position", tag = "phone", request_body = PositionReport, security(("phone" = [])),
    responses(
        (status = 204, description = "Kept"),
        (status = 400, description = "That is no position; `field` names what is wrong", body = Problem),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The phone may not push", body = Problem),
        (status = 404, description = "No such visit", body = Problem),
        (status = 409, description = "The company doesn't ask, or nobody travels there", body = Problem),
    )
)]
async fn report(
    State(server): State<Server>,
    Phone(session): Phone,
    Body(report): Body<PositionReport>,
) -> Result<StatusCode, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.report_position(now_ms, &session, report)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives the last position of everybody who travels.
#[utoipa::path(
    get, path = "/v1/board/positions", tag = "office", security(("office" = [])),
    responses(
        (status = 200, description = "The positions", body = Positions),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The role isn't enough", body = Problem),
    )
)]
async fn positions(State(server): State<Server>, Office(session): Office) -> Result<Json<Positions>, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.positions(now_ms, &session)).await.map(Json)
}
