//! Consolidations of a profile: what one would change, doing it, and taking a run back.

use std::sync::Arc;

use axum::extract::State;
use domain::memory::{ConsolidationRun, Memory};
use domain::{ProfileId, RunId};
use memory::lifecycle::Merge;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiResult, ProblemDetails};
use super::extract::{Id, Ids, Json};
use super::page::List;
use crate::App;
use axum::Json as Answer;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConsolidationRequest {
    /// Only tell what would be changed.
    #[serde(default)]
    dry_run: bool,
}

/// What a consolidation changes, or would change.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Consolidation {
    /// Absent for a dry run. Pass it to undo.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<RunId>,
    merges: Vec<MergedMemories>,
    /// Neither said again nor used for long, and of little importance.
    fades: Vec<Memory>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct MergedMemories {
    /// It counts for all.
    kept: Memory,
    /// They say the same; they stay, with their sources and histories, out of the searches.
    merged: Vec<Memory>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct UndoneConsolidation {
    /// Memories that are as they were before.
    restored: u64,
}

/// Merges near-duplicates and fades what nobody needs, or tells what that would change. Nothing is deleted.
#[utoipa::path(post, path = "/api/profiles/{id}/consolidations", tag = "memories", params(("id" = ProfileId, Path)),
    request_body = ConsolidationRequest,
    responses((status = 200, body = Consolidation), (status = 404, body = ProblemDetails)))]
pub(super) async fn consolidate(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(profile_id): Id<ProfileId>,
    Json(request): Json<ConsolidationRequest>,
) -> ApiResult<Answer<Consolidation>> {
    let scope = app.store.open_profile(caller, profile_id).await?;
    let rules = app.config.memory.consolidation();
    let run_id = (!request.dry_run).then(|| RunId::new(app.clock.now()));
    let plan = app.memories.consolidate_all(scope, rules, run_id).await?;
    let merges = plan.merges.into_iter().map(|Merge { kept, merged }| MergedMemories { kept, merged });
    Ok(Answer(Consolidation { id: run_id, merges: merges.collect(), fades: plan.fades }))
}

/// The consolidations that changed something, newest first.
#[utoipa::path(get, path = "/api/profiles/{id}/consolidations", tag = "memories", params(("id" = ProfileId, Path)),
    responses((status = 200, body = List<ConsolidationRun>), (status = 404, body = ProblemDetails)))]
pub(super) async fn list_consolidations(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(profile_id): Id<ProfileId>,
) -> ApiResult<Answer<List<ConsolidationRun>>> {
    let scope = app.store.open_profile(caller, profile_id).await?;
    Ok(Answer(List { items: app.memories.list_consolidation_runs(scope).await?, next: None }))
}

/// Takes a whole consolidation back. Memories that were changed since stay as they are.
#[utoipa::path(post, path = "/api/profiles/{id}/consolidations/{run_id}/undo", tag = "memories",
    params(("id" = ProfileId, Path), ("run_id" = RunId, Path)),
    responses((status = 200, body = UndoneConsolidation), (status = 404, body = ProblemDetails)))]
pub(super) async fn undo_consolidation(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Ids(profile_id, run_id): Ids<ProfileId, RunId>,
) -> ApiResult<Answer<UndoneConsolidation>> {
    let scope = app.store.open_profile(caller, profile_id).await?;
    let restored = app.memories.undo_run(scope, run_id).await?;
    Ok(Answer(UndoneConsolidation { restored }))
}
