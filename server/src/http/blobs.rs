//! Photos and files in parts.

use super::auth::bearer;
use super::{Body, Office, Path, Phone, Refusal, Server};
use crate::store::Role;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::IntoResponse;
use truckroll_core::wire::{BlobReply, BlobRequest, PART_MAX_BYTES, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Largest body of a part, bytes: its own largest size with room for nothing.
pub(super) const PART_BODY_MAX_BYTES: usize = PART_MAX_BYTES as usize;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new()
        .routes(routes!(announce))
        .routes(routes!(read))
        .merge(OpenApiRouter::new().routes(routes!(put_part)).layer(DefaultBodyLimit::max(PART_BODY_MAX_BYTES)))
}

/// Announces a photo or file; says which parts are missing.
#[utoipa::path(
    post, path = "/v1/blobs", tag = "phone", request_body = BlobRequest, security(("phone" = [])),
    responses(
        (status = 200, description = "What is missing, and a token for it", body = BlobReply),
        (status = 400, description = "A size is out of bounds", body = Problem),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 403, description = "The phone may not push", body = Problem),
        (status = 409, description = "The hash was announced with another size", body = Problem),
    )
)]
async fn announce(
    State(server): State<Server>,
    Phone(session): Phone,
    Body(request): Body<BlobRequest>,
) -> Result<Json<BlobReply>, Refusal> {
    server.run(move |dispatch, now_ms| dispatch.announce_blob(now_ms, &session, &request)).await.map(Json)
}

/// Takes one part, with the upload token. The same part twice changes nothing; the last one verifies the whole.
#[utoipa::path(
    put, path = "/v1/blobs/{sha256}/{part}", tag = "phone", security(("upload" = [])),
    params(("sha256" = String, Path, description = "Of the whole, lower-case hex"), ("part" = u32, Path, description = "From 0")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses(
        (status = 200, description = "What is still missing", body = BlobReply),
        (status = 401, description = "The token isn't good for this blob", body = Problem),
        (status = 404, description = "There is no such part", body = Problem),
        (status = 413, description = "Larger than any part", body = Problem),
        (status = 422, description = "The part has the wrong size, or the whole isn't what was announced", body = Problem),
    )
)]
async fn put_part(
    State(server): State<Server>,
    Path((sha256, part)): Path<(String, u32)>,
    parts: Parts,
    bytes: Bytes,
) -> Result<Json<BlobReply>, Refusal> {
    let token = bearer(&parts)?;
    server.run(move |dispatch, now_ms| dispatch.put_part(now_ms, &token, &sha256, part, &bytes)).await.map(Json)
}

/// Gives a verified photo or file to the office.
#[utoipa::path(
    get, path = "/v1/blobs/{sha256}", tag = "office", security(("office" = [])),
    params(("sha256" = String, Path, description = "Lower-case hex")),
    responses(
        (status = 200, description = "The bytes", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 401, description = "The token isn't good", body = Problem),
        (status = 404, description = "The company doesn't have it whole", body = Problem),
    )
)]
async fn read(
    State(server): State<Server>,
    Office(session): Office,
    Path(sha256): Path<String>,
) -> Result<impl IntoResponse, Refusal> {
    let (media_type, bytes) = server
        .run(move |dispatch, _| {
            session.require(Role::Viewer)?;
            dispatch.read_blob(session.company, &sha256)
        })
        .await?;
    // A phone names the media type: only pictures are shown, anything else is for keeping.
    let shown = matches!(media_type.as_str(), "image/jpeg" | "image/png" | "image/webp");
    let (media_type, disposition) =
        if shown { (media_type, "inline") } else { ("application/octet-stream".to_owned(), "attachment") };
    let headers = [
        (CONTENT_TYPE, media_type),
        (CONTENT_DISPOSITION, disposition.to_owned()),
        // The address is the content's hash.
        (CACHE_CONTROL, "private, max-age=31536000, immutable".to_owned()),
    ];
    // A picture that is opened by itself may do nothing, whatever it really is. `nosniff` is on every answer.
    Ok((headers, [(CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox")], bytes))
}
