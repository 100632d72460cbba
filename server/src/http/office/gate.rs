//! What another dispatch gate would do.

use super::run;
use crate::dispatch::office::gate::GateEffect;
use crate::http::{Body, Office as Token, Refusal, Server};
use axum::Json;
use axum::extract::State;
use truckroll_core::gate::GatePolicy;
use truckroll_core::wire::Problem;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(gate_effect))
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
    token: Token,
    Body(gate): Body<GatePolicy>,
) -> Result<Json<Vec<GateEffect>>, Refusal> {
    run(&server, token, move |office, _| office.gate_effect(&gate)).await
}
