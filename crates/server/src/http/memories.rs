//! Memories, their history and search.

use std::sync::Arc;

use agents::memory_manager::has_secret;
use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use domain::clock::moment_of_saying;
use domain::invalid::required_text;
use domain::memory::{
    CONTENT_CHARS_MAX, Memory, MemoryChange, MemoryState, MemoryType, NewMemory, valid_importance, valid_tags,
};
use domain::message::Role;
use domain::turn::RecalledKind;
use domain::{Invalid, MemoryId, MessageId, ProfileId, SessionId, Timestamp};
use memory::EditedMemory;
use memory::SearchOptions;
use memory::retrieval::{Feature, Found, Hit, PastMessage, Recalled, Strategy, Weights};
use serde::{Deserialize, Serialize};
use store::MemoryPage;
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, ApiResult, ProblemDetails};
use super::extract::{Id, Json, Query};
use super::page::{List, PageQuery};
use crate::App;

/// Memories that one request may add.
const ADDED_MAX: usize = 1_000;
const SEARCH_LIMIT_MAX: usize = 100;

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct MemoryFilter {
    /// Only memories of this type.
    #[serde(rename = "type", default)]
    kind: Option<String>,
    /// `active` (the default), `superseded`, `merged`, `faded`, `retracted` or `all`.
    #[serde(default)]
    state: Option<String>,
    /// How many items, from 1 to 200; 50 if absent.
    #[serde(default)]
    limit: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    after: Option<String>,
}

/// Lists a profile's memories, newest first.
#[utoipa::path(get, path = "/api/profiles/{id}/memories", tag = "memories",
    params(("id" = ProfileId, Path), MemoryFilter),
    responses((status = 200, body = List<Memory>), (status = 404, body = ProblemDetails)))]
pub(super) async fn list_memories(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(profile_id): Id<ProfileId>,
    Query(filter): Query<MemoryFilter>,
) -> ApiResult<Answer<List<Memory>>> {
    let state = match filter.state.as_deref() {
        None | Some("active") => Some(MemoryState::Active),
        Some("superseded") => Some(MemoryState::Superseded),
        Some("merged") => Some(MemoryState::Merged),
        Some("faded") => Some(MemoryState::Faded),
        Some("retracted") => Some(MemoryState::Retracted),
        Some("all") => None,
        Some(_) => {
            let rule = "must be one of active, superseded, merged, faded, retracted, all";
            let invalid = Invalid::new("state", rule);
            return Err(ApiError::bad_parameter(&invalid));
        }
    };
    let kind = filter.kind.as_deref().map(|text| MemoryType::parse("type", text)).transpose();
    let kind = kind.map_err(|invalid| ApiError::bad_parameter(&invalid))?;
    let scope = app.store.open_profile(caller, profile_id).await?;
    let page = PageQuery { limit: filter.limit, after: filter.after };
    let page = MemoryPage { before: page.after()?, limit: page.limit()?, kind, state };
    Ok(Answer(app.store.list_memories(scope, page).await?.into()))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct GivenMemory {
    content: String,
    /// `fact`, `preference`, `event`, `relationship` or `other`; `other` if absent.
    #[serde(rename = "type", default)]
    kind: Option<String>,
    /// From 0 to 1; 0.5 if absent.
    #[serde(default)]
    importance: Option<f32>,
    #[serde(default)]
    tags: Vec<String>,
    #[serde(default)]
    entities: Vec<String>,
    /// When it was said; now if absent.
    #[serde(default)]
    said_at: Option<Timestamp>,
    #[serde(default)]
    valid_from: Option<Timestamp>,
    #[serde(default)]
    valid_to: Option<Timestamp>,
}

/// One memory or a list of them.
#[derive(Debug, ToSchema)]
#[schema(as = GivenMemories)]
pub(super) enum GivenMemories {
    One(GivenMemory),
    Many(Vec<GivenMemory>),
}

impl<'de> Deserialize<'de> for GivenMemories {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error as _;
        // By hand, because serde's untagged enums do not tell which field was wrong.
        let value = serde_json::Value::deserialize(deserializer)?;
        let read = if value.is_array() {
            serde_json::from_value(value).map(Self::Many)
        } else {
            serde_json::from_value(value).map(Self::One)
        };
        read.map_err(|error| D::Error::custom(error.to_string()))
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum AddedMemories {
    One(Box<Memory>),
    Many(List<Memory>),
}

/// Adds one memory, or a list of up to 1,000 in one transaction. A text that is known word for word is counted, not
/// stored again. The answer has the form of the request: a memory, or a list.
#[utoipa::path(post, path = "/api/profiles/{id}/memories", tag = "memories", params(("id" = ProfileId, Path)),
    request_body = GivenMemory,
    responses((status = 201, body = AddedMemories), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn add_memories(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(profile_id): Id<ProfileId>,
    Json(given): Json<GivenMemories>,
) -> ApiResult<(StatusCode, Answer<AddedMemories>)> {
    let scope = app.store.open_profile(caller, profile_id).await?;
    let now = app.clock.now();
    let (one, given) = match given {
        GivenMemories::One(memory) => (true, vec![memory]),
        GivenMemories::Many(memories) => (false, memories),
    };
    if given.is_empty() || given.len() > ADDED_MAX {
        let rule = format!("must have 1 to {ADDED_MAX} memories, not {}", given.len());
        return Err(ApiError::invalid(&Invalid::new("the list", rule)));
    }
    let new = given
        .into_iter()
        .enumerate()
        .map(|(at, memory)| memory.validated(now).map_err(|invalid| located(invalid, (!one).then_some(at))))
        .collect::<ApiResult<Vec<_>>>()?;
    let policy = app.config.privacy.policy();
    if let Some(at) = new.iter().position(|memory| has_secret(&memory.content, &policy)) {
        return Err(located(secret(), (!one).then_some(at)));
    }
    let mut added = app.memories.add(scope, new).await?;
    let answer = match added.len() {
        1 if one => AddedMemories::One(Box::new(added.remove(0))),
        _ => AddedMemories::Many(List { items: added, next: None }),
    };
    Ok((StatusCode::CREATED, Answer(answer)))
}

#[utoipa::path(get, path = "/api/memories/{id}", tag = "memories", params(("id" = MemoryId, Path)),
    responses((status = 200, body = Memory), (status = 404, body = ProblemDetails)))]
pub(super) async fn get_memory(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<MemoryId>,
) -> ApiResult<Answer<Memory>> {
    Ok(Answer(app.store.get_memory(caller, id).await?.1))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MemoryChanges {
    content: Option<String>,
    #[serde(rename = "type", default)]
    kind: Option<String>,
    importance: Option<f32>,
    tags: Option<Vec<String>>,
}

/// Changes a memory; fields that are absent stay as they are. The history keeps what it was.
#[utoipa::path(put, path = "/api/memories/{id}", tag = "memories", params(("id" = MemoryId, Path)),
    request_body = MemoryChanges,
    responses((status = 200, body = Memory), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn update_memory(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<MemoryId>,
    Json(changes): Json<MemoryChanges>,
) -> ApiResult<Answer<Memory>> {
    let edited = changes.validated().map_err(|invalid| ApiError::invalid(&invalid))?;
    if edited.content.as_ref().is_some_and(|content| has_secret(content, &app.config.privacy.policy())) {
        return Err(ApiError::invalid(&secret()));
    }
    Ok(Answer(app.memories.edit(caller, id, edited).await?))
}

/// Deletes a memory with its vector and its history.
#[utoipa::path(delete, path = "/api/memories/{id}", tag = "memories", params(("id" = MemoryId, Path)),
    responses((status = 204), (status = 404, body = ProblemDetails)))]
pub(super) async fn delete_memory(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<MemoryId>,
) -> ApiResult<StatusCode> {
    let (scope, _) = app.store.get_memory(caller, id).await?;
    app.memories.delete(scope, vec![id]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Every change of a memory, oldest first: who made it, from which message, before and after.
#[utoipa::path(get, path = "/api/memories/{id}/history", tag = "memories", params(("id" = MemoryId, Path)),
    responses((status = 200, body = List<MemoryChange>), (status = 404, body = ProblemDetails)))]
pub(super) async fn list_history(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<MemoryId>,
) -> ApiResult<Answer<List<MemoryChange>>> {
    Ok(Answer(List { items: app.memories.history(caller, id).await?, next: None }))
}

/// Takes back the last change that stands. Undoing the first change retracts the memory, and what it took the place of
/// holds again.
#[utoipa::path(post, path = "/api/memories/{id}/undo", tag = "memories", params(("id" = MemoryId, Path)),
    responses((status = 200, body = Memory), (status = 404, body = ProblemDetails), (status = 409, body = ProblemDetails)))]
pub(super) async fn undo_change(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<MemoryId>,
) -> ApiResult<Answer<Memory>> {
    Ok(Answer(app.memories.undo(caller, id).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SearchRequest {
    profile_id: ProfileId,
    query: String,
    /// From 1 to 100; 10 if absent.
    #[serde(default)]
    limit: Option<usize>,
    /// What to search: `memory`, `message` (what was said, word for word) or both, as it is if absent.
    #[serde(default)]
    kinds: Option<Vec<RecalledKind>>,
    /// Search what was believed at that moment, of what had been said by then.
    #[serde(default)]
    as_of: Option<Timestamp>,
    /// Say for each hit what every strategy found, and what each feature added to its score.
    #[serde(default)]
    explain: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchAnswer {
    /// Best first. Empty when nothing that is known answers the query.
    items: Vec<SearchHit>,
    /// How likely the best item answers the query, from 0 to 1.
    relevance: f32,
    /// The embedding model failed: the words alone were searched.
    keyword_only: bool,
    /// A large profile is being loaded: only its newest memories and messages were searched.
    partial: bool,
    /// Milliseconds for the query's embedding and for the search.
    timings_ms: SearchTimings,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchTimings {
    embed: f64,
    search: f64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SearchHit {
    kind: RecalledKind,
    /// There if `kind` is `memory`.
    #[serde(skip_serializing_if = "Option::is_none")]
    memory: Option<Memory>,
    /// There if `kind` is `message`.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<FoundMessage>,
    score: f32,
    strategies: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
}

/// A message of an earlier conversation.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundMessage {
    id: MessageId,
    session_id: SessionId,
    role: Role,
    #[serde(skip_serializing_if = "Option::is_none")]
    speaker: Option<String>,
    content: String,
    said_at: Timestamp,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Explanation {
    rank: usize,
    /// By strategy: the raw score, and how many standard deviations it stands out.
    found_by: Vec<FoundBy>,
    /// What each feature added to the score, greatest first.
    score_parts: Vec<ScorePart>,
    /// The same in words.
    summary: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ScorePart {
    feature: &'static str,
    value: f32,
    added: f32,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FoundBy {
    strategy: String,
    raw: f32,
    normalised: f32,
}

/// Searches a profile's memories.
#[utoipa::path(post, path = "/api/memories/search", tag = "memories", request_body = SearchRequest,
    responses((status = 200, body = SearchAnswer), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn search_memories(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Json(request): Json<SearchRequest>,
) -> ApiResult<Answer<SearchAnswer>> {
    let query =
        required_text("query", &request.query, 2_000).map_err(|invalid| ApiError::invalid(&invalid))?;
    let limit = request.limit.unwrap_or(10);
    if !(1..=SEARCH_LIMIT_MAX).contains(&limit) {
        let rule = format!("must be a number from 1 to {SEARCH_LIMIT_MAX}");
        return Err(ApiError::invalid(&Invalid::new("limit", rule)));
    }
    if request.kinds.as_ref().is_some_and(Vec::is_empty) {
        let rule = "must name `memory`, `message` or both, or be absent";
        return Err(ApiError::invalid(&Invalid::new("kinds", rule)));
    }
    let scope = app.store.open_profile(caller, request.profile_id).await?;
    let wanted = |kind: RecalledKind| request.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind));
    let options = SearchOptions {
        count: limit,
        memories: wanted(RecalledKind::Memory),
        messages: wanted(RecalledKind::Message),
        as_of: request.as_of,
        ..SearchOptions::default()
    };
    let found = app.memories.search(scope, &query, &options).await?;
    Ok(Answer(search_answer(found, request.explain)))
}

fn search_answer(found: Found, explain: bool) -> SearchAnswer {
    let weights = Weights::default();
    let items = found.hits.into_iter().enumerate().map(|(at, hit)| {
        let strategies = hit.found_by.iter().map(|evidence| evidence.strategy.as_str().to_owned()).collect();
        let explanation = explain.then(|| explanation(at + 1, &hit, &weights));
        let score = hit.score;
        let (kind, memory, message) = match Arc::unwrap_or_clone(hit.recalled) {
            Recalled::Memory(memory) => (RecalledKind::Memory, Some(*memory), None),
            Recalled::Message(message) => (RecalledKind::Message, None, Some(message.into())),
        };
        SearchHit { kind, memory, message, score, strategies, explanation }
    });
    SearchAnswer {
        items: items.collect(),
        relevance: found.relevance.probability(),
        keyword_only: found.keyword_only,
        partial: found.partial,
        timings_ms: SearchTimings {
            embed: found.embed_us as f64 / 1e3,
            search: found.search_us as f64 / 1e3,
        },
    }
}

impl From<PastMessage> for FoundMessage {
    fn from(message: PastMessage) -> Self {
        Self {
            id: message.id,
            session_id: message.session_id,
            role: message.role,
            speaker: message.speaker,
            content: message.content,
            said_at: message.said_at,
        }
    }
}

fn explanation(rank: usize, hit: &Hit, weights: &Weights) -> Explanation {
    let found_by = hit.found_by.iter().map(|evidence| FoundBy {
        strategy: evidence.strategy.as_str().to_owned(),
        raw: evidence.raw,
        normalised: evidence.normalised,
    });
    let mut score_parts: Vec<ScorePart> = Feature::ALL
        .into_iter()
        .map(|feature| {
            let value = hit.features[feature as usize];
            ScorePart { feature: feature.name(), value, added: value * weights.of(feature) }
        })
        .filter(|part| part.added != 0.0)
        .collect();
    score_parts.sort_by(|a, b| b.added.total_cmp(&a.added));
    let reasons: Vec<String> = hit
        .found_by
        .iter()
        .map(|evidence| match evidence.strategy {
            Strategy::Semantic => format!("close in meaning (cosine {:.2})", evidence.raw),
            Strategy::Keyword => {
                format!("has the words (covers {:.0} % of their weight)", evidence.raw * 100.0)
            }
            Strategy::Temporal => "is of the time asked about".to_owned(),
            Strategy::Entity => "has the names asked about".to_owned(),
        })
        .collect();
    let summary = if reasons.is_empty() { "stands next to what fits".to_owned() } else { reasons.join("; ") };
    Explanation { rank, found_by: found_by.collect(), score_parts, summary }
}

fn secret() -> Invalid {
    let rule =
        "must not hold secrets such as keys, passwords, card and identity numbers: they are never remembered";
    Invalid::new("content", rule)
}

/// A wrong field of the list's entry `at`.
fn located(invalid: Invalid, at: Option<usize>) -> ApiError {
    let field = at.map_or_else(|| invalid.field.clone(), |at| format!("[{at}].{}", invalid.field));
    ApiError::invalid(&Invalid::new(field, invalid.reason))
}

impl GivenMemory {
    pub(super) fn validated(self, now: Timestamp) -> Result<NewMemory, Invalid> {
        NewMemory {
            content: self.content,
            kind: self
                .kind
                .as_deref()
                .map(|text| MemoryType::parse("type", text))
                .transpose()?
                .unwrap_or_default(),
            importance: self.importance.unwrap_or(0.5),
            tags: self.tags,
            entities: valid_tags(&self.entities)?,
            attribute: None,
            said_at: moment_of_saying("said_at", self.said_at.unwrap_or(now), now)?,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
        }
        .validated()
    }
}

impl MemoryChanges {
    fn validated(self) -> Result<EditedMemory, Invalid> {
        Ok(EditedMemory {
            content: self
                .content
                .map(|text| required_text("content", &text, CONTENT_CHARS_MAX))
                .transpose()?,
            kind: self.kind.as_deref().map(|text| MemoryType::parse("type", text)).transpose()?,
            importance: self.importance.map(valid_importance).transpose()?,
            tags: self.tags.map(|tags| valid_tags(&tags)).transpose()?,
        })
    }
}
