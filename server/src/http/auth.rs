//! Who asks, from the bearer token.

use super::{Refusal, Server};
use crate::dispatch::problem::unauthorised;
use crate::dispatch::{DeviceSession, UserSession};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

/// A phone with a good access token.
#[derive(Clone, Debug)]
pub struct Phone(pub DeviceSession);

/// Somebody in the office with a good API token.
#[derive(Clone, Debug)]
pub struct Office(pub UserSession);

/// The bearer token of a request.
pub(super) fn bearer(parts: &Parts) -> Result<String, Refusal> {
    let value = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() => Ok(token.to_owned()),
        _ => Err(unauthorised("A bearer token is needed.").into()),
    }
}

impl FromRequestParts<Server> for Phone {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let token = bearer(parts)?;
        server.run(move |dispatch, now_ms| dispatch.device_session(now_ms, &token)).await.map(Self)
    }
}

impl FromRequestParts<Server> for Office {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        // Only this process can have put it there: see `crate::local`.
        if let Some(session) = parts.extensions.get::<UserSession>() {
            return Ok(Self(session.clone()));
        }
        let token = bearer(parts)?;
        server.run(move |dispatch, now_ms| dispatch.office_session(now_ms, &token)).await.map(Self)
    }
}

/// The schemes of the OpenAPI document.
pub(super) struct Schemes;

impl utoipa::Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_with(Default::default);
        for (name, what) in [
            ("phone", "A phone's access token, from `POST /v1/token`."),
            ("office", "An API token of somebody in the office."),
            ("upload", "A blob's upload token, from `POST /v1/blobs`."),
        ] {
            let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(what)).build();
            components.add_security_scheme(name, SecurityScheme::Http(scheme));
        }
    }
}
