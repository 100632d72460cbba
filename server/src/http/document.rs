//! What every route of a sort may answer besides what it says itself, so that the document misses nothing.
//!
//! A route describes what it alone decides. What the layers around it and the extractors before it decide is the same for
//! all routes with a body, a token or parameters, and stands here once.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, ResponseBuilder};

const PROBLEM: &str = "application/problem+json";
const JSON: &str = "application/json";

/// Completes the answers of every operation.
pub(super) fn complete(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for operation in [&mut item.put, &mut item.post, &mut item.delete, &mut item.patch].into_iter().flatten() {
            complete_operation(operation, false);
        }
        if let Some(operation) = &mut item.get {
            complete_operation(operation, true);
        }
    }
}

fn complete_operation(operation: &mut Operation, is_read: bool) {
    let parameters = operation.parameters.iter().flatten();
    let places: Vec<&ParameterIn> = parameters
        .filter_map(|parameter| match parameter {
            RefOr::T(parameter) => Some(&parameter.parameter_in),
            RefOr::Ref(_) => None,
        })
        .collect();
    let in_path = places.iter().any(|place| matches!(place, ParameterIn::Path));
    let in_query = places.iter().any(|place| matches!(place, ParameterIn::Query));
    let has_body = operation.request_body.is_some();
    let needs_token = operation.security.as_ref().is_some_and(|security| !security.is_empty());
    let answers_json = matches!(operation.responses.responses.get("200"),
        Some(RefOr::T(answer)) if answer.content.contains_key(JSON));

    if is_read && answers_json {
        let unchanged =
            ResponseBuilder::new().description("Nothing changed since the `ETag` in `If-None-Match`").build();
        operation.responses.responses.entry("304".to_owned()).or_insert(RefOr::T(unchanged));
    }
    let common = [
        (has_body || in_path || in_query, 400, "The request doesn't fit; `field` names what doesn't"),
        (needs_token, 401, "The token isn't good"),
        (needs_token, 403, "The caller may not do this"),
        (in_path || (in_query && needs_token), 404, "There is no such thing"),
        (!is_read && needs_token, 409, "What is there contradicts the request"),
        (has_body, 413, "The body is too large; nothing was stored"),
        (has_body, 415, "The body's `Content-Encoding` isn't known"),
        (has_body, 422, "The request can be read and makes no sense"),
        (true, 429, "Too many requests of this phone or address; `Retry-After` says when to go on"),
        (true, 500, "The server failed; nothing was stored"),
        (true, 503, "The request took too long; send it again"),
    ];
    for (_, status, description) in common.into_iter().filter(|(applies, ..)| *applies) {
        let answer = ResponseBuilder::new()
            .description(description)
            .content(PROBLEM, Content::new(Some(Ref::from_schema_name("Problem"))))
            .build();
        operation.responses.responses.entry(status.to_string()).or_insert(RefOr::T(answer));
    }
    for (status, answer) in &mut operation.responses.responses {
        // Problems have a media type of their own (RFC 9457).
        if let RefOr::T(answer) = answer
            && status.starts_with(['4', '5'])
            && let Some(content) = answer.content.shift_remove(JSON)
        {
            answer.content.insert(PROBLEM.to_owned(), content);
        }
    }
}
