//! Bodies, paths and queries, with rejections that name the field and say what would be right.

use std::str::FromStr;

use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use bytes::Bytes;
use domain::Invalid;
use serde::de::DeserializeOwned;

use super::error::ApiError;

/// A JSON body.
pub(super) struct Json<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim();
        if !kind.eq_ignore_ascii_case("application/json") && !kind.ends_with("+json") {
            return Err(ApiError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "Send the body as application/json, and say so in the Content-Type header.",
            ));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| {
            match axum::response::IntoResponse::into_response(rejection).status() {
                StatusCode::PAYLOAD_TOO_LARGE => ApiError::body_too_large(),
                status => ApiError::new(status, "body_unreadable", "The request's body could not be read."),
            }
        })?;
        from_json(&body).map(Self)
    }
}

fn from_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let field = error.path().to_string();
        let inner = error.inner();
        if inner.is_data() {
            // serde quotes the value it did not like; the value may be private, so only its rule is told.
            let rule = rule_of(&inner.to_string());
            let error = ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid_field",
                format!("The body does not fit: {rule}."),
            );
            // "." is the body as a whole.
            if field == "." { error } else { error.with_field(&field) }
        } else {
            let place = format!("line {}, column {}", inner.line(), inner.column());
            ApiError::new(
                StatusCode::BAD_REQUEST,
                "malformed_json",
                format!("The body is not valid JSON at {place}."),
            )
        }
    })?;
    json.end().map_err(|_| {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "malformed_json",
            "There is something after the end of the JSON body.",
        )
    })?;
    Ok(value)
}

/// The part of serde's words that does not repeat the value.
fn rule_of(words: &str) -> String {
    let words = words.split(" at line ").next().unwrap_or(words);
    if words.starts_with("unknown field")
        || words.starts_with("unknown variant")
        || words.starts_with("missing field")
    {
        return words.to_owned();
    }
    match words.rsplit_once("expected ") {
        Some((_, expected)) => format!("expected {}", named(expected)),
        None => "a value has the wrong form; an id is a UUID such as 01938f6e-7c1a-7b5e-9d6a-2f1c3b4a5d6e, a moment is \
                 RFC 3339 such as 2026-03-14T09:30:00Z"
            .to_owned(),
    }
}

/// What serde expected, without the names of Rust's types.
fn named(expected: &str) -> &str {
    match expected {
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number of at least 0",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        other if other == "a map" || other.starts_with("struct ") => "an object",
        other => other,
    }
}

/// One id in the path.
pub(super) struct Id<T>(pub(super) T);

impl<S: Send + Sync, T: FromStr<Err = Invalid>> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let axum::extract::Path(text) = axum::extract::Path::<String>::from_request_parts(parts, state)
            .await
            .map_err(|_| ApiError::bad_parameter(&Invalid::new("id", "is missing in the path")))?;
        text.parse().map(Self).map_err(|invalid| ApiError::bad_parameter(&invalid))
    }
}

/// Two ids in the path, in their order.
pub(super) struct Ids<A, B>(pub(super) A, pub(super) B);

impl<S, A, B> FromRequestParts<S> for Ids<A, B>
where
    S: Send + Sync,
    A: FromStr<Err = Invalid>,
    B: FromStr<Err = Invalid>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let axum::extract::Path((first, second)) =
            axum::extract::Path::<(String, String)>::from_request_parts(parts, state)
                .await
                .map_err(|_| ApiError::bad_parameter(&Invalid::new("id", "is missing in the path")))?;
        let wrong = |invalid: Invalid| ApiError::bad_parameter(&invalid);
        Ok(Self(first.parse().map_err(wrong)?, second.parse().map_err(wrong)?))
    }
}

/// The query string.
pub(super) struct Query<T>(pub(super) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query =
            axum::extract::Query::<T>::from_request_parts(parts, state).await.map_err(|rejection| {
                let words = rejection.body_text();
                let words = words.rsplit("query string: ").next().unwrap_or_default();
                let (field, words) = words.split_once(": ").unwrap_or(("query", words));
                ApiError::bad_parameter(&Invalid::new(
                    field,
                    format!("in the query is wrong: {}", rule_of(words)),
                ))
            })?;
        Ok(Self(query.0))
    }
}
