//! Who goes when: commands that change a plan, and taking them back.

use super::change;
use crate::dispatch::office::undo::UndoChangeRequest;
use crate::dispatch::office::view::VisitRow;
use crate::dispatch::office::visits::{
    AssignRequest, DispatchRequest, ReasonRequest, ReassignRequest, RecallRequest, RescheduleRequest,
};
use crate::http::{Body, Office as Token, Path, Refusal, Server};
use axum::Json;
use axum::extract::State;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(assign))
        .routes(routes!(dispatch))
        .routes(routes!(override_gate))
        .routes(routes!(recall))
        .routes(routes!(reassign))
        .routes(routes!(reschedule))
        .routes(routes!(cancel))
        .routes(routes!(undo_change))
}

/// Puts a technician on the visit.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/assign", tag = "office", request_body = AssignRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn assign(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<AssignRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.assign(now_ms, &visit, request)).await
}

/// Sends the visit to its technicians. `/problems/not-field-ready` lists what is missing or blocks.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/dispatch", tag = "office", request_body = DispatchRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 403, description = "An override takes a manager", body = Problem),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn dispatch(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<DispatchRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.dispatch(now_ms, &visit, request)).await
}

/// Opens the dispatch gate by a manager's decision; who, why and which fields are kept.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/override", tag = "office", request_body = ReasonRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 403, description = "Takes a higher role; `items` names it", body = Problem),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn override_gate(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<ReasonRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.override_gate(now_ms, &visit, &request.reason)).await
}

/// Takes the visit back.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/recall", tag = "office", request_body = RecallRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn recall(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<RecallRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.recall(now_ms, &visit, request)).await
}

/// Gives the visit to somebody else.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/reassign", tag = "office", request_body = ReassignRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn reassign(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<ReassignRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.reassign(now_ms, &visit, request)).await
}

/// Promises another window.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/reschedule", tag = "office", request_body = RescheduleRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn reschedule(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<RescheduleRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.reschedule(now_ms, &visit, request)).await
}

/// Calls the visit off; when somebody has arrived, only a manager can.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/cancel", tag = "office", request_body = ReasonRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 403, description = "Takes a higher role; `items` names it", body = Problem),
        (status = 409, description = "Not possible now", body = Problem),
    )
)]
async fn cancel(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<ReasonRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.cancel(now_ms, &visit, &request.reason)).await
}

/// Takes a change of the plan back, as long as nothing else has happened to the visit since.
#[utoipa::path(
    post, path = "/v1/office/visits/{visit}/undo-change", tag = "office", request_body = UndoChangeRequest,
    params(("visit" = String, Path)), security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 403, description = "Takes the role that the change took", body = Problem),
        (status = 409, description = "Not the latest, or it can't be taken back", body = Problem),
    )
)]
async fn undo_change(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
    Body(request): Body<UndoChangeRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.undo_change(now_ms, &visit, request.change)).await
}
