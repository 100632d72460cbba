//! Technicians and their phones.

use super::run;
use crate::dispatch::OfferedCode;
use crate::dispatch::office::devices::{DeviceStateRequest, DeviceView};
use crate::http::{Body, Office as Token, Path, Refusal, Server};
use crate::store::Technician;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use truckroll_core::id::DeviceId;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(technicians))
        .routes(routes!(enrolment_code))
        .routes(routes!(devices))
        .routes(routes!(device_state))
}

/// Technicians, by their codes.
#[utoipa::path(
    get, path = "/v1/office/technicians", tag = "office", security(("office" = [])),
    responses((status = 200, description = "The technicians", body = Vec<Technician>))
)]
async fn technicians(State(server): State<Server>, token: Token) -> Result<Json<Vec<Technician>>, Refusal> {
    run(&server, token, |office, _| office.technicians()).await
}

/// Gives a one-time code with which a technician's phone enrols.
#[utoipa::path(
    post, path = "/v1/office/technicians/{technician}/code", tag = "office", params(("technician" = String, Path)),
    security(("office" = [])),
    responses((status = 200, description = "The code, shown this once", body = OfferedCode), (status = 404, description = "No such technician", body = Problem))
)]
async fn enrolment_code(
    State(server): State<Server>,
    token: Token,
    Path(technician): Path<String>,
) -> Result<Json<OfferedCode>, Refusal> {
    run(&server, token, move |office, now_ms| office.enrolment_code(now_ms, &technician)).await
}

/// Phones, the newest first.
#[utoipa::path(
    get, path = "/v1/office/devices", tag = "office", security(("office" = [])),
    responses((status = 200, description = "The phones", body = Vec<DeviceView>))
)]
async fn devices(State(server): State<Server>, token: Token) -> Result<Json<Vec<DeviceView>>, Refusal> {
    run(&server, token, |office, _| office.devices()).await
}

/// Changes what a phone may still do.
#[utoipa::path(
    put, path = "/v1/office/devices/{device}/state", tag = "office", request_body = DeviceStateRequest,
    params(("device" = DeviceId, Path)), security(("office" = [])),
    responses((status = 204, description = "Changed"), (status = 409, description = "Wiped for ever", body = Problem))
)]
async fn device_state(
    State(server): State<Server>,
    token: Token,
    Path(device): Path<DeviceId>,
    Body(request): Body<DeviceStateRequest>,
) -> Result<StatusCode, Refusal> {
    let Json(()) =
        run(&server, token, move |office, now_ms| office.set_device_state(now_ms, device, request.state)).await?;
    Ok(StatusCode::NO_CONTENT)
}
