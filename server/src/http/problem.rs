//! Every refusal as an RFC 9457 problem, and requests whose errors name the field.

use super::Server;
use crate::dispatch::Error;
use crate::dispatch::problem::problem;
use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use std::any::Any;
use std::time::Duration;
use truckroll_core::wire::Problem;

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A refusal, ready to be answered.
#[derive(Debug)]
pub struct Refusal {
    problem: Box<Problem>,
    /// After how long it is worth another try.
    wait: Option<Duration>,
}

impl Refusal {
    /// 500: what happened is in the log, not in the answer.
    pub fn internal() -> Self {
        problem(500, "internal", "The server failed", "Nothing was stored. Try again later.").into()
    }

    /// 429: asked too often; good again after `wait`, which phones keep to.
    pub(super) fn too_many(wait: Duration) -> Self {
        // Rounded up: a second too early would be refused again.
        let wait = Duration::from_secs(wait.as_secs() + 1);
        let detail = format!("Try again in {} s.", wait.as_secs());
        Self { wait: Some(wait), ..problem(429, "too-many-tries", "Too many tries", detail).into() }
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), wait: None }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Problem(problem) => Self { problem, wait: None },
            error @ (Error::Store(_) | Error::File(_)) => {
                tracing::error!(%error, "a request failed inside");
                Self::internal()
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.problem)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, MEDIA_TYPE);
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(wait) = self.wait {
            response.headers_mut().insert(RETRY_AFTER, wait.as_secs().into());
        }
        response
    }
}

/// 503: there is no room for it now.
pub(super) fn busy(detail: &str) -> Refusal {
    problem(503, "busy", "The server is busy", detail).into()
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

/// 400 with the place of what doesn't fit.
fn unfit(field: String, what: &str, detail: String) -> Refusal {
    Problem { field: Some(field), ..problem(400, "invalid", what, detail) }.into()
}

/// A JSON body. What doesn't fit its type is refused with the field's JSON pointer.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned> FromRequest<Server> for Body<T> {
    type Rejection = Response;

    async fn from_request(request: Request, server: &Server) -> Result<Self, Response> {
        let bytes = Bytes::from_request(request, server).await.map_err(IntoResponse::into_response)?;
        read(&bytes).map(Self).map_err(IntoResponse::into_response)
    }
}

/// Reads JSON to its end.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Refusal> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let refuse = |field: String, error: serde_json::Error| unfit(field, "The body doesn't fit", error.to_string());
    let value = serde_path_to_error::deserialize(&mut json)
        .map_err(|error| refuse(pointer(error.path()), error.into_inner()))?;
    json.end().map_err(|error| refuse("/".to_owned(), error))?;
    Ok(value)
}

/// A place in a document as a JSON pointer (RFC 6901), the whole as `/`.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let segments = path.iter().map(|segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } | Segment::Enum { variant: key } => {
            format!("/{}", key.replace('~', "~0").replace('/', "~1"))
        }
        Segment::Unknown => String::new(),
    });
    let pointer: String = segments.collect();
    if pointer.is_empty() { "/".to_owned() } else { pointer }
}

/// Parameters of the query. What doesn't fit is refused with the parameter's name.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Server> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let found: Result<axum::extract::Query<T>, QueryRejection> =
            axum::extract::Query::from_request_parts(parts, server).await;
        found.map(|query| Self(query.0)).map_err(|rejection| unfit_parameter(&rejection.body_text()))
    }
}

/// Parameters of the path. What doesn't fit is refused with the parameter's name.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Server> for Path<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, server: &Server) -> Result<Self, Refusal> {
        let found: Result<axum::extract::Path<T>, PathRejection> =
            axum::extract::Path::from_request_parts(parts, server).await;
        found.map(|path| Self(path.0)).map_err(|rejection| unfit_parameter(&rejection.body_text()))
    }
}

/// axum's words are `Failed to …: NAME: what`, or the whole without a name, or the name in quotes.
fn unfit_parameter(text: &str) -> Refusal {
    let detail = text.split_once(": ").map_or(text, |(_, detail)| detail);
    let is_name =
        |name: &&str| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let before_colon = detail.split_once(": ").map(|(name, _)| name).filter(is_name);
    let in_quotes = detail.split(['`', '"']).nth(1).filter(is_name);
    let field = before_colon.or(in_quotes).unwrap_or_default();
    unfit(field.to_owned(), "A parameter doesn't fit", detail.to_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a panic is a failed test")]
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Push {
        #[expect(dead_code, reason = "only the errors matter")]
        facts: Vec<Fact>,
    }

    #[derive(Debug, Deserialize)]
    struct Fact {
        #[expect(dead_code, reason = "only the errors matter")]
        dev_seq: u64,
    }

    fn field(json: &str) -> Option<String> {
        read::<Push>(json.as_bytes()).unwrap_err().problem.field
    }

    #[test]
    fn what_does_not_fit_is_named_by_its_pointer() {
        assert_eq!(field(r#"{"facts":[{"dev_seq":1},{"dev_seq":-1}]}"#).as_deref(), Some("/facts/1/dev_seq"));
        assert_eq!(field(r#"{"facts":{}}"#).as_deref(), Some("/facts"));
        assert_eq!(field("{}").as_deref(), Some("/"));
        assert_eq!(field(r#"{"facts":[]} more"#).as_deref(), Some("/"));
    }

    #[test]
    fn a_parameter_is_named_where_axum_names_it() {
        let field = |text| unfit_parameter(text).problem.field.unwrap();
        assert_eq!(field("Failed to deserialize query string: after: invalid digit found in string"), "after");
        assert_eq!(field("Failed to deserialize query string: missing field `day`"), "day");
        assert_eq!(field("Invalid URL: Cannot parse `part` with value `x`: invalid digit found in string"), "part");
    }
}
