//! The order of the day, who could take a visit, and giving it to somebody.

use super::{change, run};
use crate::dispatch::office::planner::{CandidateView, DayView, PlaceRequest};
use crate::dispatch::office::view::VisitRow;
use crate::dispatch::problem::invalid;
use crate::http::{Body, Office as Token, Path, Refusal, Server};
use axum::Json;
use axum::extract::State;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(day)).routes(routes!(candidates)).routes(routes!(place))
}

/// Gives a day with everybody's visits in their probable order.
#[utoipa::path(
    get, path = "/v1/board/days/{day}", tag = "office", security(("office" = [])),
    params(("day" = String, Path, description = "The day: `2026-11-23`")),
    responses(
        (status = 200, description = "The day", body = DayView),
        (status = 400, description = "That is no day", body = Problem),
        (status = 401, description = "The token isn't good", body = Problem),
    )
)]
async fn day(State(server): State<Server>, token: Token, Path(day): Path<String>) -> Result<Json<DayView>, Refusal> {
    let day = day.parse().map_err(|_| invalid("day", "That is no day like 2026-11-23."))?;
    run(&server, token, move |office, now_ms| office.day(now_ms, day)).await
}

/// Gives every technician for a visit, the best first, with what speaks against each.
#[utoipa::path(
    get, path = "/v1/board/visits/{visit}/candidates", tag = "office", security(("office" = [])),
    params(("visit" = String, Path, description = "The visit's id, or its job's number")),
    responses(
        (status = 200, description = "Candidates", body = [CandidateView]),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 404, description = "No such visit", body = Problem),
    )
)]
async fn candidates(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
) -> Result<Json<Vec<CandidateView>>, Refusal> {
    run(&server, token, move |office, _| office.candidates(&visit)).await
}

/// Gives a visit to somebody. Hard conflicts must be accepted by name, with a reason.
#[utoipa::path(
    post, path = "/v1/board/visits/{visit}/place", tag = "office", security(("office" = [])), request_body = PlaceRequest,
    params(("visit" = String, Path, description = "The visit's id, or its job's number")),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 400, description = "The body doesn't fit", body = Problem),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The role isn't enough", body = Problem),
        (status = 404, description = "No such visit or technician", body = Problem),
        (status = 409, description = "Hard conflicts that aren't accepted, in `items`; or it isn't possible now", body = Problem),
        (status = 422, description = "A reason is needed", body = Problem),
    )
)]
async fn place(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<PlaceRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.place(now_ms, &visit, request)).await
}
