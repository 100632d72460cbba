//! What every service has: whether it lives, what it can do, and what it says of paths that it hasn't.

use super::{Refusal, Server};
use crate::dispatch::problem::problem;
use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;
use axum::routing::get;
use std::sync::Arc;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(healthz))
}

/// Whether the server answers and its database can be read.
#[utoipa::path(get, path = "/healthz", tag = "service", responses((status = 200, description = "It does", body = String)))]
async fn healthz(axum::extract::State(server): axum::extract::State<Server>) -> Result<&'static str, Refusal> {
    server.run(|dispatch, _| Ok(dispatch.store().companies()?)).await?;
    Ok("ok\n")
}

/// The document that describes the other routes; it doesn't describe itself.
pub(super) fn document(json: Arc<str>) -> Router<Server> {
    let answer = move || {
        let json = json.to_string();
        async move { ([(CONTENT_TYPE, "application/json")], json) }
    };
    Router::new().route("/v1/openapi.json", get(answer))
}

pub(super) async fn no_route() -> impl IntoResponse {
    Refusal::from(problem(404, "no-route", "No such route", "See /v1/openapi.json."))
}
