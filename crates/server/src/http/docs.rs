//! The OpenAPI document and its page, from files in the binary.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{Html, IntoResponse as _, Response};

static DOCUMENT: LazyLock<String> = LazyLock::new(|| super::openapi().to_json().unwrap_or_default());

pub(super) async fn document() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], DOCUMENT.as_str()).into_response()
}

pub(super) async fn page() -> Html<&'static str> {
    Html(include_str!("docs.html"))
}

pub(super) async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], include_str!("docs.js")).into_response()
}
