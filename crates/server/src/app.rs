//! The parts, wired together; and the changes that touch several of them.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use agents::privacy_guardian::PrivacyGuardian;
use agents::{
    ContextCoordinator, CoordinatorOptions, IncognitoSession, LiveSessions, MemoryManager,
    MemoryManagerOptions, SessionFeeds,
};
use domain::message::Message;
use domain::session::Session;
use domain::user::User;
use domain::{Clock, PrivacyMode, ProfileId, SessionId, UserId};
use llm::chat::ChatModels;
use llm::embedding::EmbeddingModel;
use llm::names::NamesModel;
use memory::{Memories, MemoryOptions};
use store::{Caller, Page, ProfileScope, Store, StoreError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::config::{Config, Extractor};
use crate::http::Access;
use crate::monitoring::{Alerts, Metrics};

/// What a server is made of. Handlers, jobs and commands share it.
pub struct App {
    pub config: Config,
    pub clock: Clock,
    pub store: Store,
    pub models: ChatModels,
    pub memories: Arc<Memories>,
    pub sessions: Arc<LiveSessions>,
    pub feeds: Arc<SessionFeeds>,
    pub coordinator: Arc<ContextCoordinator>,
    pub memory_manager: Arc<MemoryManager>,
    pub(crate) access: Access,
    /// A key was made since the start: from then on there is no access without one.
    pub(crate) key_was_made: AtomicBool,
    pub(crate) replays: crate::http::Replays,
    pub(crate) asked: crate::http::Asked,
    pub(crate) metrics: Metrics,
    pub(crate) alerts: Alerts,
    /// Told when there may be a job to do.
    pub(crate) jobs_waiting: Arc<Notify>,
    /// Cancelled when the server begins to stop.
    pub(crate) stopping: CancellationToken,
    pub(crate) started: Instant,
}

/// What an [`App`] is made from.
pub struct Parts {
    pub config: Config,
    pub clock: Clock,
    pub store: Store,
    pub models: ChatModels,
    pub embeddings: Arc<EmbeddingModel>,
    pub names: Option<Arc<NamesModel>>,
    pub access: Access,
    pub metrics: Metrics,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        let Parts { config, clock, store, models, embeddings, names, access, metrics } = parts;
        let memories = Arc::new(new_memories(&config, store.clone(), embeddings, clock.clone()));
        let alerts = Alerts::new(&config.monitoring.alerts);
        let asked = crate::http::Asked::new(&config.limits);
        let sessions = Arc::new(LiveSessions::default());
        let feeds = Arc::new(SessionFeeds::default());
        let jobs_waiting = Arc::new(Notify::new());
        let guardian = PrivacyGuardian::new(config.privacy.policy(), names);
        let memory_manager = Arc::new(MemoryManager::new(
            store.clone(),
            memories.clone(),
            models.clone(),
            feeds.clone(),
            guardian.clone(),
            MemoryManagerOptions {
                timeout: Duration::from_millis(config.jobs.timeout_ms),
                combined_calls: config.optimizations.combined_calls,
                rules_only: config.memory.extractor == Extractor::Rules,
                consolidation: config.memory.consolidation(),
            },
            clock.clone(),
        ));
        let coordinator = Arc::new(ContextCoordinator::new(
            store.clone(),
            sessions.clone(),
            guardian,
            memories.clone(),
            models.clone(),
            CoordinatorOptions {
                message_bytes_max: config.limits.message_bytes_max,
                guardian_timeout: Duration::from_millis(config.privacy.guardian_timeout_ms),
                retrieval_timeout: Duration::from_millis(config.retrieval.timeout_ms),
                turn_timeout: Duration::from_millis(config.limits.turn_timeout_ms),
                prompt_tokens_max: config.limits.prompt_tokens_max,
                memory_tokens_max: config.limits.memory_tokens_max,
                time_zone: config.server.time_zone(),
                optimizations: config.optimizations,
                slow_turn: Duration::from_millis(config.monitoring.slow_turn_ms),
            },
            clock.clone(),
            jobs_waiting.clone(),
            memory_manager.clone(),
        ));
        Self {
            config,
            clock,
            store,
            models,
            memories,
            sessions,
            feeds,
            coordinator,
            memory_manager,
            access,
            key_was_made: AtomicBool::new(false),
            replays: crate::http::Replays::default(),
            asked,
            metrics,
            alerts,
            jobs_waiting,
            stopping: CancellationToken::new(),
            started: Instant::now(),
        }
    }

    /// Starts a conversation: in RAM if it is incognito, otherwise in the database.
    pub(crate) async fn create_session(
        &self,
        caller: Caller,
        user_id: UserId,
        profile_id: Option<ProfileId>,
        mode: PrivacyMode,
        title: String,
    ) -> Result<Session, StoreError> {
        let scope = self.open_profile_of_user(caller, user_id, profile_id).await?;
        let session = store::new_session(scope, mode, title, self.clock.now());
        if mode == PrivacyMode::Incognito {
            self.sessions.start_incognito(session.clone(), scope, true, self.clock.now());
        } else {
            self.store.insert_session(scope, session.clone()).await?;
        }
        Ok(session)
    }

    pub(crate) async fn get_session(&self, caller: Caller, id: SessionId) -> Result<Session, StoreError> {
        if let Some(held) = self.sessions.find_incognito(caller, id).filter(|held| held.only_here) {
            return Ok(held.session.clone());
        }
        self.store.find_session(caller, id).await?.ok_or(StoreError::NotFound("session"))
    }

    /// Changes a conversation. Leaving incognito drops what was said in it; a conversation that began incognito is
    /// stored from then on, empty.
    pub(crate) async fn update_session(
        &self,
        caller: Caller,
        id: SessionId,
        title: Option<String>,
        mode: Option<PrivacyMode>,
    ) -> Result<Session, StoreError> {
        let mut session = self.get_session(caller, id).await?;
        let before = session.privacy_mode;
        session.privacy_mode = mode.unwrap_or(before);
        session.updated_at = self.clock.now();
        if let Some(title) = &title {
            session.title.clone_from(title);
        }
        let held = self.sessions.find_incognito(caller, id);
        match held {
            Some(IncognitoSession { scope, only_here: true, .. })
                if session.privacy_mode != PrivacyMode::Incognito =>
            {
                self.store.insert_session(scope, session.clone()).await?;
                self.coordinator.end_incognito(id);
            }
            Some(IncognitoSession { only_here: true, .. }) => {
                let changed = session.clone();
                self.sessions.with_incognito(caller, id, |held| held.session = changed);
            }
            _ => {
                self.store.update_session(id, title, mode).await?;
                self.sessions.forget_context(id);
                if session.privacy_mode != PrivacyMode::Incognito {
                    self.coordinator.end_incognito(id);
                }
            }
        }
        Ok(session)
    }

    /// A page of a conversation's messages. Incognito ones are in RAM and come last; they are on the first page.
    pub(crate) async fn list_messages(
        &self,
        caller: Caller,
        id: SessionId,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Page<Message>, StoreError> {
        let held = self.sessions.find_incognito(caller, id);
        if let Some(held) = held.as_ref().filter(|held| held.only_here) {
            return Ok(page_of(&held.messages, before, limit));
        }
        self.get_session(caller, id).await?;
        let mut page = self.store.list_messages(id, before, limit).await?;
        if before.is_none()
            && let Some(mut held) = held
        {
            page.items.extend(std::mem::take(&mut held.messages));
        }
        Ok(page)
    }

    pub(crate) async fn delete_messages(&self, caller: Caller, id: SessionId) -> Result<(), StoreError> {
        let forget = |held: &mut IncognitoSession| {
            held.messages.clear();
            held.turns.clear();
            held.only_here
        };
        if self.sessions.with_incognito(caller, id, forget) == Some(true) {
            return Ok(());
        }
        let session = self.get_session(caller, id).await?;
        self.store.delete_messages(id).await?;
        self.sessions.forget_context(id);
        self.memories.forget_profile(session.profile_id).await;
        self.store.scrub_log().await
    }

    pub(crate) async fn delete_session(&self, caller: Caller, id: SessionId) -> Result<(), StoreError> {
        let session = self.get_session(caller, id).await?;
        let only_here = self.sessions.find_incognito(caller, id).is_some_and(|held| held.only_here);
        self.coordinator.forget_session(id);
        if !only_here {
            self.store.delete_session(id).await?;
            self.memories.forget_profile(session.profile_id).await;
            self.store.scrub_log().await?;
        }
        Ok(())
    }

    pub(crate) async fn delete_profile(&self, scope: ProfileScope) -> Result<(), StoreError> {
        self.store.delete_profile(scope).await?;
        self.sessions.forget_contexts();
        self.memories.forget_profile(scope.profile_id()).await;
        self.sessions.remove_profile(scope.profile_id());
        self.store.scrub_log().await
    }

    /// What is loaded of the user's profiles was read with their old days.
    pub(crate) async fn set_time_zone(
        &self,
        caller: Caller,
        id: UserId,
        time_zone: Option<String>,
    ) -> Result<User, StoreError> {
        self.store.set_time_zone(caller, id, time_zone).await?;
        self.sessions.forget_contexts();
        for profile in self.store.list_profiles(caller, id, None, u32::MAX).await?.items {
            self.memories.forget_profile(profile.id).await;
        }
        self.store.get_user(caller, id).await
    }

    pub(crate) async fn delete_user(&self, caller: Caller, id: UserId) -> Result<(), StoreError> {
        let profiles = self.store.list_profiles(caller, id, None, u32::MAX).await?;
        self.store.delete_user(caller, id).await?;
        self.sessions.forget_contexts();
        for profile in profiles.items {
            self.memories.forget_profile(profile.id).await;
        }
        self.sessions.remove_user(id);
        self.store.scrub_log().await
    }

    async fn open_profile_of_user(
        &self,
        caller: Caller,
        user_id: UserId,
        profile_id: Option<ProfileId>,
    ) -> Result<ProfileScope, StoreError> {
        self.store.get_user(caller, user_id).await?;
        match profile_id {
            // Opened as that user: a profile of somebody else is not theirs to start a conversation in.
            Some(profile_id) => self.store.open_profile(Caller::User(user_id), profile_id).await,
            None => self.store.open_default_profile(user_id).await,
        }
    }
}

/// The memories in a database, as the configuration wants them.
pub(crate) fn new_memories(
    config: &Config,
    store: Store,
    embeddings: Arc<EmbeddingModel>,
    clock: Clock,
) -> Memories {
    let options = MemoryOptions {
        index_bytes_max: config.retrieval.index_bytes_max,
        vector_cache_bytes_max: config.retrieval.embedding_cache_bytes_max,
        search_cache_bytes_max: config.retrieval.search_cache_bytes_max,
        time_zone: config.server.time_zone(),
        optimizations: config.optimizations,
    };
    Memories::new(store, embeddings, options, clock)
}

/// The newest `limit` messages before the cursor, oldest first.
fn page_of(messages: &[Message], before: Option<Uuid>, limit: u32) -> Page<Message> {
    let earlier: Vec<&Message> =
        messages.iter().filter(|message| before.is_none_or(|before| message.id.0 < before)).collect();
    let skip = earlier.len().saturating_sub(limit as usize);
    let items: Vec<Message> = earlier[skip..].iter().map(|message| (*message).clone()).collect();
    let next = if skip > 0 { items.first().map(|message| message.id.0) } else { None };
    Page { items, next }
}
