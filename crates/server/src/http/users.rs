//! The people.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use domain::UserId;
use domain::user::{User, valid_time_zone, valid_user_name};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::auth::{Caller, Operator};
use super::error::{ApiError, ApiResult, ProblemDetails};
use super::extract::{Id, Json, Query};
use super::page::{List, PageQuery};
use crate::{App, export};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewUser {
    name: String,
    /// An IANA name, such as `Europe/Lisbon`: where the user's days begin [default: the server's].
    time_zone: Option<String>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct UserFields {
    /// An IANA name, such as `Europe/Lisbon`; null: the server's.
    time_zone: Option<String>,
}

/// Makes a user with a default profile. Only the operator may.
#[utoipa::path(post, path = "/api/users", tag = "users", request_body = NewUser,
    responses((status = 201, body = User), (status = 409, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn create_user(
    State(app): State<Arc<App>>,
    _: Operator,
    Json(new): Json<NewUser>,
) -> ApiResult<(StatusCode, Answer<User>)> {
    let name = valid_user_name(&new.name).map_err(|invalid| ApiError::invalid(&invalid))?;
    let time_zone = valid_zone_name(new.time_zone)?;
    Ok((StatusCode::CREATED, Answer(app.store.create_user(name, time_zone).await?)))
}

/// Sets where a user's days begin.
#[utoipa::path(patch, path = "/api/users/{id}", tag = "users", params(("id" = UserId, Path)), request_body = UserFields,
    responses((status = 200, body = User), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn update_user(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<UserId>,
    Json(fields): Json<UserFields>,
) -> ApiResult<Answer<User>> {
    Ok(Answer(app.set_time_zone(caller, id, valid_zone_name(fields.time_zone)?).await?))
}

fn valid_zone_name(name: Option<String>) -> ApiResult<Option<String>> {
    if let Some(name) = &name {
        valid_time_zone(name).map_err(|invalid| ApiError::invalid(&invalid))?;
    }
    Ok(name)
}

/// Lists users: all for the operator, otherwise only the caller.
#[utoipa::path(get, path = "/api/users", tag = "users", params(PageQuery), responses((status = 200, body = List<User>)))]
pub(super) async fn list_users(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Query(page): Query<PageQuery>,
) -> ApiResult<Answer<List<User>>> {
    Ok(Answer(app.store.list_users(caller, page.after()?, page.limit()?).await?.into()))
}

#[utoipa::path(get, path = "/api/users/{id}", tag = "users", params(("id" = UserId, Path)),
    responses((status = 200, body = User), (status = 404, body = ProblemDetails)))]
pub(super) async fn get_user(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<UserId>,
) -> ApiResult<Answer<User>> {
    Ok(Answer(app.store.get_user(caller, id).await?))
}

/// Deletes a user with their profiles, sessions, memories, jobs and keys.
#[utoipa::path(delete, path = "/api/users/{id}", tag = "users", params(("id" = UserId, Path)),
    responses((status = 204), (status = 404, body = ProblemDetails)))]
pub(super) async fn delete_user(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<UserId>,
) -> ApiResult<StatusCode> {
    app.delete_user(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportQuery {
    /// `json` (the default) or `markdown`.
    #[serde(default)]
    format: Option<String>,
}

/// Everything held about a user.
#[utoipa::path(get, path = "/api/users/{id}/export", tag = "users", params(("id" = UserId, Path), ExportQuery),
    responses((status = 200, description = "JSON, or Markdown when asked for"), (status = 404, body = ProblemDetails)))]
pub(super) async fn export_user(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<UserId>,
    Query(query): Query<ExportQuery>,
) -> ApiResult<Response> {
    let as_markdown = match query.format.as_deref() {
        None | Some("json") => false,
        Some("markdown") => true,
        Some(_) => {
            return Err(ApiError::bad_parameter(&domain::Invalid::new("format", "must be json or markdown")));
        }
    };
    let held = app.store.export_user(caller, id).await?;
    if as_markdown {
        let kind = [(header::CONTENT_TYPE, "text/markdown; charset=utf-8")];
        return Ok((kind, export::markdown(&held)).into_response());
    }
    Ok(Answer(held).into_response())
}
