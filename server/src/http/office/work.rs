//! What is done for technicians and with what they have done.

use super::{change, run};
use crate::dispatch::office::follow_up::FollowUpRequest;
use crate::dispatch::office::on_behalf::{StatusRequest, UndoRequest};
use crate::dispatch::office::view::VisitRow;
use crate::dispatch::office::visits::{MessageRequest, ReviewRequest};
use crate::http::{Body, Office as Token, Path, Refusal, Server};
use axum::Json;
use axum::extract::State;
use truckroll_core::wire::{FactResult, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(status))
        .routes(routes!(undo))
        .routes(routes!(review))
        .routes(routes!(follow_up))
        .routes(routes!(message))
        .routes(routes!(erase))
}

/// Sets a technician's status for them: a fact by the office on their behalf.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/status", tag = "office", request_body = StatusRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "What became of it", body = FactResult), (status = 409, description = "Not a step", body = Problem))
)]
async fn status(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<StatusRequest>,
) -> Result<Json<FactResult>, Refusal> {
    run(&server, token, move |office, now_ms| office.set_status(now_ms, &visit, &request)).await
}

/// Takes a technician's latest status back: a dispatcher the same day, a manager later.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/undo", tag = "office", request_body = UndoRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "What became of it", body = FactResult), (status = 403, description = "Takes a manager now", body = Problem))
)]
async fn undo(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<UndoRequest>,
) -> Result<Json<FactResult>, Refusal> {
    run(&server, token, move |office, now_ms| office.undo_status(now_ms, &visit, &request)).await
}

/// Approves or returns a closeout.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/review", tag = "office", request_body = ReviewRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn review(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<ReviewRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.review(now_ms, &visit, request)).await
}

/// Creates a linked order for more work; answers with its visit.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/follow-up", tag = "office", request_body = FollowUpRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "The new order's visit", body = VisitRow), (status = 400, description = "A field is invalid", body = Problem))
)]
async fn follow_up(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<FollowUpRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.follow_up(now_ms, &visit, request)).await
}

/// Writes to the technicians on the visit.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/message", tag = "office", request_body = MessageRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn message(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<MessageRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.message(now_ms, &visit, request)).await
}

/// Erases the personal data of the job's visits for ever: customer, address, words, positions, photos, signatures. Ids,
/// statuses, times, amounts and quantities stay. Backups from before still hold it.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/erase", tag = "office",
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit as it is now", body = VisitRow),
        (status = 403, description = "Takes a manager", body = Problem),
        (status = 409, description = "A visit of the job is open, or somebody must decide about it", body = Problem),
    )
)]
async fn erase(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.erase(now_ms, &visit)).await
}
