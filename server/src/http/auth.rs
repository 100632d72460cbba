//! Who asks, from the bearer token.

use super::{Refusal, Server};
use crate::dispatch::problem::{not_found, unauthorised};
use crate::dispatch::{DeviceSession, UserSession};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use truckroll_core::id::CompanyId;
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};

/// A phone with a good access token.
#[derive(Clone, Debug)]
pub struct Phone(pub DeviceSession);

/// Somebody in the office with a good API token or a signed-in browser, in the company that [`COMPANY`] names.
#[derive(Clone, Debug)]
pub struct Office(pub UserSession);

/// The query parameter that names the company in which a request works; without it, the one where the browser signed
/// in. A parameter, because pictures and streams can't send headers.
pub(super) const COMPANY: &str = "company";

/// The company that a request names.
pub(super) fn company(parts: &Parts) -> Result<Option<CompanyId>, Refusal> {
    let query = parts.uri.query().unwrap_or_default();
    let mut named = query.split('&').filter_map(|pair| pair.split_once('=')).filter(|(name, _)| *name == COMPANY);
    match named.next() {
        None => Ok(None),
        // Nothing but a company's id names one: what isn't an id is a company that isn't there.
        Some((_, id)) => Ok(Some(id.parse().map_err(|_| not_found("company"))?)),
    }
}

/// The bearer token of a request.
pub(super) fn bearer(parts: &Parts) -> Result<String, Refusal> {
    let token = bearer_of(&parts.headers).ok_or_else(|| unauthorised("A bearer token is needed."))?;
    Ok(token.to_owned())
}

/// The bearer token among headers.
pub(super) fn bearer_of(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
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
        let (token, company) = (bearer(parts)?, company(parts)?);
        server.run(move |dispatch, now_ms| dispatch.office_session(now_ms, &token, company)).await.map(Self)
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

/// Says of every operation of the office that it takes [`COMPANY`].
pub(super) fn with_company(mut document: utoipa::openapi::OpenApi) -> utoipa::openapi::OpenApi {
    for item in document.paths.paths.values_mut() {
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        for operation in operations.into_iter().flatten().filter(|operation| is_office(operation)) {
            operation.parameters.get_or_insert_default().push(RefOr::T(company_parameter()));
        }
    }
    document
}

fn is_office(operation: &Operation) -> bool {
    let needs = serde_json::to_value(&operation.security).unwrap_or_default();
    needs.as_array().is_some_and(|needs| needs.iter().any(|need| need.get("office").is_some()))
}

fn company_parameter() -> Parameter {
    ParameterBuilder::new()
        .name(COMPANY)
        .parameter_in(ParameterIn::Query)
        .description(Some("The company to work in, of those in `GET /v1/session`; by default the one signed in to"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
        .build()
}
