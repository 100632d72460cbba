//! Every refusal as an RFC 9457 problem, and bodies whose errors name the field.

use super::Server;
use crate::dispatch::Error;
use crate::dispatch::problem::problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::any::Any;
use truckroll_core::wire::Problem;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A refusal, ready to be answered.
#[derive(Debug)]
pub struct Refusal(Box<Problem>);

impl Refusal {
    /// 500: what happened is in the log, not in the answer.
    pub fn internal() -> Self {
        problem(500, "internal", "The server failed", "Nothing was stored. Try again later.").into()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(Box::new(problem))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Problem(problem) => Self(problem),
            error @ (Error::Store(_) | Error::File(_)) => {
                tracing::error!(%error, "a request failed inside");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.0)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, MEDIA_TYPE);
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if status == StatusCode::TOO_MANY_REQUESTS {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

/// What a panic is answered with.
pub(super) fn panicked(_: Box<dyn Any + Send + 'static>) -> Response {
    Refusal::internal().into_response()
}

/// Turns refusals of the layers below (too large, too slow, wrong method) into problems too.
pub(super) async fn as_problem(response: Response) -> Response {
    let status = response.status();
    let is_problem = response.headers().get(CONTENT_TYPE) == Some(&MEDIA_TYPE);
    if is_problem || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let title = status.canonical_reason().unwrap_or("Refused");
    let kind = title.to_ascii_lowercase().replace(' ', "-");
    Refusal::from(problem(status.as_u16(), &kind, title, "")).into_response()
}

/// A JSON body. What doesn't fit its type is refused with the place.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Server> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Response> {
        let bytes = Bytes::from_request(request, server).await.map_err(IntoResponse::into_response)?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            let place = format!("Line {}, column {}: {error}", error.line(), error.column());
            let refused =
                Problem { field: Some("/".to_owned()), ..problem(400, "invalid", "The body doesn't fit", place) };
            Refusal::from(refused).into_response()
        })
    }
}
