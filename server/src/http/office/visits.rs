//! Reading visits, and setting fields of their packets.

use super::{change, page, run};
use crate::dispatch::office::view::{Packet, VisitRow};
use crate::dispatch::office::visits::FieldRequest;
use crate::http::{Body, Office as Token, Path, Query, Refusal, Server};
use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use truckroll_core::id::VisitId;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(visits))
        .routes(routes!(packet))
        .routes(routes!(set_field))
        .routes(routes!(gate_code))
}

/// Which visits.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// The site-local day; by default every day.
    day: Option<chrono::NaiveDate>,
    /// The last visit of the page before; by default from the beginning.
    after: Option<VisitId>,
    /// At most so many; 500 by default and at most.
    limit: Option<usize>,
}

/// The visits of a day, or of every day, by their jobs' numbers. A page that isn't full is the last.
#[utoipa::path(
    get, path = "/v1/office/visits", tag = "office", params(Which), security(("office" = [])),
    responses((status = 200, description = "The visits", body = Vec<VisitRow>))
)]
async fn visits(
    State(server): State<Server>,
    token: Token,
    Query(query): Query<Which>,
) -> Result<Json<Vec<VisitRow>>, Refusal> {
    run(&server, token, move |office, _| office.visits(query.day, page(query.after, query.limit))).await
}

/// A visit whole: both documents and what follows from them.
#[utoipa::path(
    get, path = "/v1/office/visits/{visit}", tag = "office", params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "The packet", body = Packet), (status = 404, description = "No such visit", body = Problem))
)]
async fn packet(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
) -> Result<Json<Packet>, Refusal> {
    run(&server, token, move |office, _| office.packet(&visit)).await
}

/// Sets a field of the packet; an empty value clears it. What is missing or blocking is computed again.
#[utoipa::path(
    put, path = "/v1/office/visits/{visit}/fields/{field}", tag = "office", request_body = FieldRequest,
    params(("visit" = String, Path), ("field" = String, Path, description = "The field's key: `scope`, `coordinates`, `gate_code` …")),
    security(("office" = [])),
    responses(
        (status = 200, description = "The visit", body = VisitRow),
        (status = 400, description = "The value can't be; `field` names it", body = Problem),
    )
)]
async fn set_field(
    State(server): State<Server>,
    token: Token,
    Path((visit, field)): Path<(String, String)>,
    Body(request): Body<FieldRequest>,
) -> Result<Json<VisitRow>, Refusal> {
    change(&server, token, move |office, now_ms| office.set_field(now_ms, &visit, &field, &request.value)).await
}

/// A gate code.
#[derive(Serialize, Deserialize, utoipa::ToSchema)]
struct GateCode {
    /// The code; `null` if the visit has none.
    gate_code: Option<String>,
}

/// Shows the gate code. Who looked is on record.
#[utoipa::path(
    get, path = "/v1/office/visits/{visit}/gate-code", tag = "office", params(("visit" = String, Path)), security(("office" = [])),
    responses((status = 200, description = "The code", body = GateCode))
)]
async fn gate_code(
    State(server): State<Server>,
    token: Token,
    Path(visit): Path<String>,
) -> Result<Json<GateCode>, Refusal> {
    run(&server, token, move |office, now_ms| Ok(GateCode { gate_code: office.gate_code(now_ms, &visit)? })).await
}
