//! What was found in sessions and profiles.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use domain::analytics::{Analysis, Topic};
use domain::{ProfileId, SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiResult, ProblemDetails};
use super::extract::Id;
use crate::App;

/// Sessions that a profile's summary looks at: the newest.
const SESSIONS_MAX: u32 = 50;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionAnalytics {
    session_id: SessionId,
    turn_count: u32,
    /// Absent until the fifth turn; never there for incognito.
    analysis: Option<Analysis>,
    updated_at: Option<Timestamp>,
}

/// What the analyst found in a conversation. It looks at every fifth turn.
#[utoipa::path(get, path = "/api/sessions/{id}/analytics", tag = "analytics", params(("id" = SessionId, Path)),
    responses((status = 200, body = SessionAnalytics), (status = 404, body = ProblemDetails)))]
pub(super) async fn session_analytics(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
) -> ApiResult<Answer<SessionAnalytics>> {
    let session = app.get_session(caller, id).await?;
    let (analysis, updated_at) = app.store.find_analysis(id).await?.unzip();
    Ok(Answer(SessionAnalytics { session_id: id, turn_count: session.turn_count, analysis, updated_at }))
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ProfileAnalytics {
    profile_id: ProfileId,
    sessions: u64,
    messages: u64,
    /// Active memories by type.
    memories: BTreeMap<String, u64>,
    /// Memories that are not active any more, by state.
    inactive_memories: BTreeMap<String, u64>,
    /// Mean over the analysed sessions, from -1 to 1; absent if there are none.
    sentiment: Option<f32>,
    /// Over the analysed sessions, with shares of the whole.
    topics: Vec<Topic>,
}

/// Counts of a profile, and what its newest sessions have in common.
#[utoipa::path(get, path = "/api/profiles/{id}/analytics", tag = "analytics", params(("id" = ProfileId, Path)),
    responses((status = 200, body = ProfileAnalytics), (status = 404, body = ProblemDetails)))]
pub(super) async fn profile_analytics(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<ProfileId>,
) -> ApiResult<Answer<ProfileAnalytics>> {
    let scope = app.store.open_profile(caller, id).await?;
    let (counts, sessions, messages, analyses) = tokio::try_join!(
        app.store.count_memories(scope),
        app.store.count_sessions(scope),
        app.store.count_messages(id),
        app.store.list_analyses(scope, SESSIONS_MAX),
    )?;
    let (mut memories, mut inactive_memories) = (BTreeMap::new(), BTreeMap::new());
    for (kind, state, count) in counts {
        if state == "active" {
            memories.insert(kind, count);
        } else {
            *inactive_memories.entry(state).or_default() += count;
        }
    }
    let analyses: Vec<Analysis> = analyses.into_iter().map(|(_, analysis)| analysis).collect();
    let sum: f32 = analyses.iter().map(|analysis| analysis.sentiment).sum();
    Ok(Answer(ProfileAnalytics {
        profile_id: id,
        sessions,
        messages,
        memories,
        inactive_memories,
        sentiment: (!analyses.is_empty()).then(|| sum / analyses.len() as f32),
        topics: common_topics(&analyses),
    }))
}

fn common_topics(analyses: &[Analysis]) -> Vec<Topic> {
    let mut shares: BTreeMap<&str, f32> = BTreeMap::new();
    for topic in analyses.iter().flat_map(|analysis| &analysis.topics) {
        *shares.entry(&topic.name).or_default() += topic.share;
    }
    let total: f32 = shares.values().sum();
    let mut topics: Vec<Topic> = shares
        .into_iter()
        .map(|(name, share)| Topic { name: name.to_owned(), share: share / total.max(f32::EPSILON) })
        .collect();
    topics.sort_by(|a, b| b.share.total_cmp(&a.share));
    topics.truncate(10);
    topics
}
