//! Where a phone takes pokes while its app is asleep.

use super::{Body, Phone, Refusal, Server};
use crate::dispatch::problem::invalid;
use axum::Json;
use axum::extract::State;
use truckroll_core::wire::{Problem, PushRegistration};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(register))
}

/// Registers where this phone is poked when no stream of it is open: its push service's address, replacing the one
/// before; `null` takes it back. A poke says nothing but "pull".
#[utoipa::path(
    put, path = "/v1/push", tag = "phone", request_body = PushRegistration, security(("phone" = [])),
    responses(
        (status = 200, description = "What holds from now on", body = PushRegistration),
        (status = 400, description = "The server doesn't send there; `detail` says why", body = Problem),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The phone may not pull", body = Problem),
    )
)]
async fn register(
    State(server): State<Server>,
    Phone(session): Phone,
    Body(registration): Body<PushRegistration>,
) -> Result<Json<PushRegistration>, Refusal> {
    if let Some(endpoint) = &registration.endpoint {
        server.postman().check(registration.service, endpoint).map_err(|reason| invalid("/endpoint", reason))?;
    }
    let company = session.company;
    let kept = server.run(move |dispatch, now_ms| dispatch.register_push(now_ms, &session, registration)).await?;
    server.poke_asleep(company);
    Ok(Json(kept))
}
