//! The words of the rules, for pages that show them.

use super::{Query, Server};
use axum::Json;
use serde::Deserialize;
use std::collections::BTreeMap;
use truckroll_core::words::{self, Language};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn router() -> OpenApiRouter<Server> {
    OpenApiRouter::new().routes(routes!(table))
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// A language tag: `en`, `es-MX`. English for one that isn't known.
    #[serde(default)]
    lang: String,
}

/// Gives every word of the rules by its key, in a language. `{name}` stands for a value.
#[utoipa::path(
    get, path = "/v1/words", tag = "service", params(Asked),
    responses((status = 200, description = "Words by key", body = BTreeMap<String, String>))
)]
async fn table(Query(asked): Query<Asked>) -> Json<&'static BTreeMap<String, String>> {
    Json(words::all(Language::from_tag(&asked.lang)))
}
