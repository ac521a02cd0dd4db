//! Replay and compare.

use std::sync::Arc;
use std::time::{Duration, Instant};

use agents::privacy_guardian::PrivacyGuardian;
use agents::{
    ContextCoordinator, CoordinatorOptions, LiveSessions, MemoryManager, MemoryManagerOptions, SessionFeeds,
    StartedTurn, TurnEvent, TurnRequest,
};
use anyhow::bail;
use domain::memory::Memory;
use domain::message::Role;
use domain::profile::ProfileFields;
use domain::{Clock, Optimizations, PrivacyMode, SessionId, Timestamp};
use jiff::tz::TimeZone;
use llm::chat::ChatModels;
use llm::embedding::EmbeddingModel;
use memory::{ConsolidationRules, Memories, MemoryOptions};
use privacy::Outbound;
use store::{Caller, MemoryPage, ProfileScope, Store, StoreOptions};
use tokio::sync::Notify;

use super::data::{Conversation, Statement};
use super::matching::{is, is_when};
use super::report::{Counts, Report};

/// RAM for the indexes of all conversations.
const INDEX_BYTES_MAX: usize = 4 << 30;
const TURN_TIMEOUT: Duration = Duration::from_secs(300);
/// A job that fails is tried again; the replay's clock makes the pause short.
const TRIES_MAX: usize = 8;

pub struct ReplayOptions {
    pub models: ChatModels,
    pub embeddings: Arc<EmbeddingModel>,
    /// Extract by rules, whatever the model can.
    pub rules: bool,
    /// Conversations of which to show what went wrong.
    pub show: usize,
}

/// The product's turns and jobs, without its HTTP, at the conversations' own times.
struct Replay {
    clock: Clock,
    store: Store,
    coordinator: Arc<ContextCoordinator>,
    manager: Arc<MemoryManager>,
    job_ms: Vec<f64>,
    _folder: tempfile::TempDir,
}

impl Replay {
    async fn new(options: &ReplayOptions, start: Timestamp) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = Clock::manual(start);
        let path = folder.path().join("eval.db");
        let store = Store::open(StoreOptions::new(path, clock.clone())).await?;
        let memories = Arc::new(Memories::new(
            store.clone(),
            options.embeddings.clone(),
            MemoryOptions { index_bytes_max: INDEX_BYTES_MAX, ..MemoryOptions::default() },
            clock.clone(),
        ));
        let manager = Arc::new(MemoryManager::new(
            store.clone(),
            memories.clone(),
            options.models.clone(),
            Arc::new(SessionFeeds::default()),
            PrivacyGuardian::new(Outbound::Allow, None),
            MemoryManagerOptions {
                timeout: TURN_TIMEOUT,
                combined_calls: true,
                rules_only: options.rules,
                consolidation: ConsolidationRules { fade_after: None, fade_importance_max: 0.0 },
            },
            clock.clone(),
        ));
        let coordinator = Arc::new(ContextCoordinator::new(
            store.clone(),
            Arc::new(LiveSessions::default()),
            PrivacyGuardian::new(Outbound::Allow, None),
            memories,
            options.models.clone(),
            CoordinatorOptions {
                message_bytes_max: 1 << 20,
                guardian_timeout: TURN_TIMEOUT,
                retrieval_timeout: TURN_TIMEOUT,
                turn_timeout: TURN_TIMEOUT,
                time_zone: TimeZone::UTC,
                optimizations: Optimizations::default(),
                slow_turn: TURN_TIMEOUT,
                prompt_tokens_max: 8_000,
                memory_tokens_max: 800,
            },
            clock.clone(),
            Arc::new(Notify::new()),
            manager.clone(),
        ));
        Ok(Self { clock, store, coordinator, manager, job_ms: Vec::new(), _folder: folder })
    }

    async fn live(&mut self, scope: ProfileScope, conversation: &Conversation) -> anyhow::Result<usize> {
        let mut turns = 0;
        for session in &conversation.sessions {
            let Some(first) = session.messages.first() else { continue };
            let new = store::new_session(scope, PrivacyMode::Normal, String::new(), first.at);
            let session_id = new.id;
            self.store.insert_session(scope, new).await?;
            for said in session.messages.iter().filter(|said| said.role == Role::User) {
                self.clock.advance(said.at.duration_since(self.clock.now()));
                self.say(session_id, &said.text).await?;
                turns += 1;
            }
        }
        Ok(turns)
    }

    async fn say(&mut self, session_id: SessionId, text: &str) -> anyhow::Result<()> {
        let request = TurnRequest { session_id, message: text.to_owned(), idempotency_key: None };
        let StartedTurn::New(turn) = self.coordinator.start_turn(Caller::Operator, request).await? else {
            bail!("a turn was taken for a repeated one");
        };
        if let TurnEvent::Failed(failed) = &*turn.finished().await {
            bail!("a turn failed: {}", failed.problem.detail);
        }
        let started = Instant::now();
        for _ in 0..TRIES_MAX {
            let jobs = self.store.claim_jobs(10, TURN_TIMEOUT.as_millis() as i64).await?;
            if jobs.is_empty() {
                self.job_ms.push(started.elapsed().as_secs_f64() * 1e3);
                return Ok(());
            }
            for job in jobs {
                if let Err(error) = self.manager.execute(job.clone()).await {
                    self.store.fail_job(job, error.code().to_owned(), Some(self.clock.now())).await?;
                }
            }
        }
        bail!("a job failed {TRIES_MAX} times");
    }
}

/// Replays the conversations and compares what is active in the end with what should be.
pub async fn evaluate(conversations: &[Conversation], options: &ReplayOptions) -> anyhow::Result<Report> {
    let mut report = Report::default();
    let mut job_ms = Vec::new();
    let mut longest = Vec::new();
    for conversation in conversations {
        let first = conversation.sessions.iter().flat_map(|session| &session.messages).next();
        let Some(first) = first else { continue };
        // The conversations are of different times, and no clock goes back.
        let mut replay = Replay::new(options, first.at).await?;
        let user = replay.store.create_user("evaluation".to_owned(), None).await?;
        let name = conversation.id.clone();
        let profile =
            replay.store.create_profile(Caller::Operator, user.id, name, ProfileFields::default()).await?;
        let scope = replay.store.open_profile(Caller::Operator, profile.id).await?;
        let turns = replay.live(scope, conversation).await?;
        let page = MemoryPage {
            limit: 10_000,
            state: Some(domain::memory::MemoryState::Active),
            ..MemoryPage::default()
        };
        let active = replay.store.list_memories(scope, page).await?.items;
        let (counts, problems) = compare(conversation, &active, turns);
        let of_kind = if conversation.hard { &mut report.hard } else { &mut report.easy };
        *of_kind = of_kind.sum(counts);
        if !problems.is_empty() && report.shown.len() < options.show {
            report.shown.push(format!(
                "{} ({})\n  {}",
                conversation.id,
                conversation.about,
                problems.join("\n  ")
            ));
        }
        if replay.job_ms.len() > longest.len() {
            longest.clone_from(&replay.job_ms);
        }
        job_ms.append(&mut replay.job_ms);
    }
    report.job_ms = (quantile(&job_ms, 0.5), quantile(&job_ms, 0.99));
    let tenth = longest.len().div_ceil(10);
    let (first, last) = (&longest[..tenth], &longest[longest.len() - tenth..]);
    report.growth = quantile(last, 0.5) / quantile(first, 0.5).max(f64::MIN_POSITIVE);
    Ok(report)
}

fn quantile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get((sorted.len() as f64 * share) as usize).copied().unwrap_or(0.0)
}

/// What is right and wrong about the active memories, in numbers and in words.
fn compare(conversation: &Conversation, active: &[Memory], turns: usize) -> (Counts, Vec<String>) {
    let mut counts = Counts { conversations: 1, turns, active: active.len(), ..Counts::default() };
    let mut problems = Vec::new();
    let stands = |statement: &Statement| active.iter().find(|memory| is(memory, statement));
    for memory in active {
        if conversation.expected.iter().any(|expected| is(memory, &expected.statement())) {
            counts.right += 1;
        } else {
            problems.push(format!("junk:      {}", memory.content));
        }
    }
    for expected in &conversation.expected {
        let statement = expected.statement();
        let found: Vec<&Memory> = active.iter().filter(|memory| is(memory, &statement)).collect();
        if !expected.optional {
            counts.required += 1;
            counts.found += usize::from(!found.is_empty());
            counts.duplicates += found.len().saturating_sub(1);
            if found.is_empty() {
                problems.push(format!("missing:   {}", expected.text));
            }
            for twin in found.iter().skip(1) {
                problems.push(format!("duplicate: {}", twin.content));
            }
        }
        if let Some(when) = expected.when.filter(|_| !found.is_empty()) {
            counts.dated += 1;
            let right = found.iter().any(|memory| is_when(memory, when));
            counts.dated_right += usize::from(right);
            if !right {
                problems.push(format!("time:      {} is not of {} to {}", expected.text, when.0, when.1));
            }
        }
        for old in &expected.replaces {
            counts.replaced += 1;
            let stale = active.iter().any(|memory| is(memory, old) && !is(memory, &statement));
            counts.stale += usize::from(stale);
            counts.resolved += usize::from(!stale && !found.is_empty());
            if stale {
                problems.push(format!("stale:     {}", old.text));
            }
        }
    }
    for gone in &conversation.gone {
        counts.forbidden += 1;
        if let Some(memory) = stands(gone) {
            counts.kept += 1;
            problems.push(format!("forbidden: {}", memory.content));
        }
    }
    (counts, problems)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use domain::clock::from_micros;
    use domain::memory::{MemoryType, NewMemory};
    use domain::{MemoryId, ProfileId};
    use llm::chat::simulated::{ModelClass, SimulatedChat, SimulatedOptions};
    use llm::chat::{CallTimeouts, ChatModel, RetryPolicy, RoleModel};
    use llm::embedding::simulated::SimulatedEmbedding;

    pub(crate) fn memory(content: &str) -> Memory {
        let now = from_micros(0);
        NewMemory {
            content: content.to_owned(),
            kind: MemoryType::Fact,
            importance: 0.5,
            tags: Vec::new(),
            entities: Vec::new(),
            attribute: None,
            said_at: now,
            valid_from: None,
            valid_to: None,
        }
        .into_memory(MemoryId::new(now), ProfileId::new(now), now)
    }

    /// The figures of the development set must not get worse. They are worth nothing as a measure of the rules: those were
    /// made with it in sight.
    #[tokio::test]
    async fn the_development_set_stays_as_good_as_it_was() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/conversations.jsonl");
        let conversations = crate::memory::read_conversations(std::path::Path::new(path)).unwrap();
        let (hard, all) = (conversations.iter().filter(|one| one.hard).count(), conversations.len());
        assert!(all >= 60 && hard * 3 >= all, "{hard} of {all}");
        let options = SimulatedOptions { class: ModelClass::Instant, ..SimulatedOptions::default() };
        let model = Arc::new(ChatModel::Simulated(SimulatedChat::new(options)));
        let role = || RoleModel {
            model: model.clone(),
            temperature: 0.0,
            max_tokens: 200,
            timeouts: CallTimeouts {
                first_token: TURN_TIMEOUT,
                next_token: TURN_TIMEOUT,
                total: TURN_TIMEOUT,
            },
            retry: RetryPolicy::default(),
            hedge_after: None,
        };
        let options = ReplayOptions {
            models: ChatModels {
                conversation: role(),
                fallback: None,
                memory: role(),
                intent: role(),
                privacy: role(),
                analysis: role(),
            },
            embeddings: Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default())),
            rules: true,
            show: all,
        };
        let report = evaluate(&conversations, &options).await.unwrap();
        let overall = &report.to_json()["overall"];
        let of = |name: &str| overall[name].as_f64().unwrap();
        assert!(of("precision") >= 0.96 && of("recall") >= 0.9 && of("duplicates") <= 0.01, "{report}");
        assert!(of("contradictions_resolved") >= 0.99 && of("forbidden_kept") <= 1.0, "{report}");
    }

    #[test]
    fn everything_that_can_be_wrong_is_counted() {
        let conversation: Conversation = serde_json::from_value(serde_json::json!({
            "id": "x",
            "sessions": [],
            "expected": [
                {"text": "The user lives in Oslo.", "must": ["oslo"],
                 "replaces": [{"text": "The user lives in Lyon.", "must": ["lyon"]}]},
                {"text": "The user has a dog.", "must": ["dog"]},
                {"text": "The user has a cat.", "must": ["cat"], "optional": true},
                {"text": "The user is a nurse.", "must": ["nurse"]}
            ],
            "gone": [{"text": "The user is a pirate.", "must": ["pirate"]}]
        }))
        .unwrap();
        let active: Vec<Memory> = [
            "The user lives in Oslo.",
            "The user lives in Lyon.",
            "The user has a dog.",
            "The user owns a dog.",
            "The user is a pirate.",
        ]
        .into_iter()
        .map(memory)
        .collect();
        let (counts, problems) = compare(&conversation, &active, 3);
        assert_eq!((counts.required, counts.found), (3, 2));
        assert_eq!((counts.right, counts.active, counts.duplicates), (3, 5, 1));
        assert_eq!((counts.replaced, counts.resolved, counts.stale), (1, 0, 1));
        assert_eq!((counts.forbidden, counts.kept), (1, 1));
        assert_eq!(problems.len(), 6, "{problems:?}");
    }
}
