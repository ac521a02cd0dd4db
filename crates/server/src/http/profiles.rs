//! Memory profiles.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use domain::profile::{Profile, ProfileFields};
use domain::{Invalid, ProfileId, UserId};

use super::auth::Caller;
use super::error::{ApiError, ApiResult, ProblemDetails};
use super::extract::{Id, Json, Query};
use super::page::{List, PageQuery};
use crate::App;

#[utoipa::path(get, path = "/api/users/{id}/profiles", tag = "profiles", params(("id" = UserId, Path), PageQuery),
    responses((status = 200, body = List<Profile>), (status = 404, body = ProblemDetails)))]
pub(super) async fn list_profiles(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(user_id): Id<UserId>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Answer<List<Profile>>> {
    Ok(Answer(app.store.list_profiles(caller, user_id, page.after()?, page.limit()?).await?.into()))
}

/// Makes a profile; `name` is required.
#[utoipa::path(post, path = "/api/users/{id}/profiles", tag = "profiles", params(("id" = UserId, Path)),
    request_body = ProfileFields,
    responses((status = 201, body = Profile), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails),
        (status = 422, body = ProblemDetails)))]
pub(super) async fn create_profile(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(user_id): Id<UserId>,
    Json(fields): Json<ProfileFields>,
) -> ApiResult<(StatusCode, Answer<Profile>)> {
    let mut fields = fields.validated().map_err(|invalid| ApiError::invalid(&invalid))?;
    let name = fields.name.take().ok_or_else(|| ApiError::invalid(&Invalid::new("name", "is required")))?;
    Ok((StatusCode::CREATED, Answer(app.store.create_profile(caller, user_id, name, fields).await?)))
}

#[utoipa::path(get, path = "/api/profiles/{id}", tag = "profiles", params(("id" = ProfileId, Path)),
    responses((status = 200, body = Profile), (status = 404, body = ProblemDetails)))]
pub(super) async fn get_profile(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<ProfileId>,
) -> ApiResult<Answer<Profile>> {
    Ok(Answer(app.store.get_profile(caller, id).await?))
}

/// Sets the given fields; those that are absent stay as they are.
#[utoipa::path(put, path = "/api/profiles/{id}", tag = "profiles", params(("id" = ProfileId, Path)),
    request_body = ProfileFields,
    responses((status = 200, body = Profile), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails),
        (status = 422, body = ProblemDetails)))]
pub(super) async fn update_profile(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<ProfileId>,
    Json(fields): Json<ProfileFields>,
) -> ApiResult<Answer<Profile>> {
    let fields = fields.validated().map_err(|invalid| ApiError::invalid(&invalid))?;
    let scope = app.store.open_profile(caller, id).await?;
    app.store.update_profile(scope, fields).await?;
    app.sessions.forget_contexts();
    Ok(Answer(app.store.get_profile(caller, id).await?))
}

/// Deletes a profile with its sessions, memories and jobs. A user's last profile stays.
#[utoipa::path(delete, path = "/api/profiles/{id}", tag = "profiles", params(("id" = ProfileId, Path)),
    responses((status = 204), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(super) async fn delete_profile(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<ProfileId>,
) -> ApiResult<StatusCode> {
    let scope = app.store.open_profile(caller, id).await?;
    app.delete_profile(scope).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[utoipa::path(post, path = "/api/profiles/{id}/set-default", tag = "profiles", params(("id" = ProfileId, Path)),
    responses((status = 200, body = Profile), (status = 404, body = ProblemDetails)))]
pub(super) async fn set_default_profile(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<ProfileId>,
) -> ApiResult<Answer<Profile>> {
    let scope = app.store.open_profile(caller, id).await?;
    let fields = ProfileFields { is_default: Some(true), ..ProfileFields::default() };
    app.store.update_profile(scope, fields).await?;
    app.sessions.forget_contexts();
    Ok(Answer(app.store.get_profile(caller, id).await?))
}
