//! Runs a turn, from the message to the final answer.
//!
//! Guardian, retrieval and the storing of the user's message run at the same time; then the model is called, once;
//! then the answer, the record and the background job are stored in one transaction, and only then is the client told
//! that the turn is over. A turn runs as its own task: clients that follow it may come and go.

mod commands; // what the message asks of the memory
mod ending; // how a turn ends: what is stored, what its followers are told
mod pipeline; // a turn's way from the message to the model's answer

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::message::{Message, MessageStatus, Role};
use domain::profile::Profile;
use domain::turn::ModelCall;
use domain::user::valid_time_zone;
use domain::{Clock, Invalid, MessageId, Optimizations, PrivacyMode, SessionId, TurnId};
use jiff::tz::TimeZone;
use llm::chat::ChatModels;
use memory::Memories;
use store::{Caller, ProfileScope, SessionContext, Store, StoreError};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;
use tracing::{Instrument as _, Span};

use self::commands::Done;
use crate::conversation::Conversation;
use crate::live_session::{LiveSession, LiveSessions};
use crate::live_turn::{Ending, LiveTurn, LiveTurns};
use crate::memory_manager::MemoryManager;
use crate::memory_retrieval::MemoryRetrieval;
use crate::privacy_guardian::PrivacyGuardian;
use crate::runner::Runner;

/// Messages of the conversation that the model sees at least, and how many more until the oldest of them go.
pub const HISTORY_MESSAGES: u32 = 10;
const HISTORY_SPARE: usize = 20;
/// The analyst looks at every so many turns.
const ANALYSE_EVERY: u32 = 5;
/// Turns that may wait for the one before them in the same session.
const QUEUED_MAX: usize = 16;

#[derive(Clone, Debug)]
pub struct CoordinatorOptions {
    pub message_bytes_max: usize,
    pub guardian_timeout: Duration,
    pub retrieval_timeout: Duration,
    pub turn_timeout: Duration,
    pub prompt_tokens_max: u32,
    pub memory_tokens_max: u32,
    /// Of users who have set none.
    pub time_zone: TimeZone,
    pub optimizations: Optimizations,
    /// A turn that takes longer without the model is logged with its stages.
    pub slow_turn: Duration,
}

#[derive(Clone, Debug)]
pub struct TurnRequest {
    pub session_id: SessionId,
    pub message: String,
    /// The same key in the same session means the same turn.
    pub idempotency_key: Option<String>,
}

#[derive(Debug)]
pub enum StartedTurn {
    New(Arc<LiveTurn>),
    /// A request with the same Idempotency-Key started this turn before.
    Repeated(TurnId),
}

/// Why a turn was not started. Nothing of it was stored.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Invalid(#[from] Invalid),
    #[error("the message has {bytes} bytes; at most {bytes_max} are allowed")]
    TooLong { bytes: usize, bytes_max: usize },
    #[error("{QUEUED_MAX} messages of this session are waiting already; send the next when one is answered")]
    Busy,
    #[error("this Idempotency-Key was used for another message; take a new one")]
    KeyReused,
    #[error("the server is shutting down")]
    ShuttingDown,
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub struct ContextCoordinator {
    store: Store,
    sessions: Arc<LiveSessions>,
    turns: LiveTurns,
    guardian: PrivacyGuardian,
    memories: Arc<Memories>,
    retrieval: MemoryRetrieval,
    conversation: Conversation,
    models: ChatModels,
    options: CoordinatorOptions,
    clock: Clock,
    /// Told when a turn has left a job.
    jobs_waiting: Arc<Notify>,
    /// Remembers a turn before its answer is final, where that is wanted.
    memory_manager: Arc<MemoryManager>,
    tasks: TaskTracker,
}

/// What a turn knows before it runs.
struct TurnContext {
    scope: ProfileScope,
    profile: Profile,
    mode: PrivacyMode,
    /// Where the user's days begin.
    time_zone: TimeZone,
    /// Of what was said before the history. Not for incognito: it is made of what is stored.
    summary: String,
    /// Oldest first.
    history: Vec<Message>,
}

/// A turn under way.
struct RunningTurn {
    live: Arc<LiveTurn>,
    session: Arc<LiveSession>,
    context: TurnContext,
    message: Message,
    idempotency_key: Option<String>,
    runner: Runner,
    /// What was done because the message asked for it.
    done: Option<Done>,
    /// Model calls before the answer's own.
    calls: Vec<ModelCall>,
    started: Instant,
    timings_ms: BTreeMap<String, f64>,
}

impl ContextCoordinator {
    #[expect(clippy::too_many_arguments, reason = "the parts are wired together once, at start")]
    pub fn new(
        store: Store,
        sessions: Arc<LiveSessions>,
        guardian: PrivacyGuardian,
        memories: Arc<Memories>,
        models: ChatModels,
        options: CoordinatorOptions,
        clock: Clock,
        jobs_waiting: Arc<Notify>,
        memory_manager: Arc<MemoryManager>,
    ) -> Self {
        // Asked only where the rules are turned off.
        let intent_model = (!options.optimizations.rule_intent).then(|| models.intent.clone());
        Self {
            store,
            sessions,
            turns: LiveTurns::default(),
            guardian,
            retrieval: MemoryRetrieval::new(memories.clone(), intent_model),
            memories,
            conversation: Conversation::new(models.clone()),
            models,
            options,
            clock,
            jobs_waiting,
            memory_manager,
            tasks: TaskTracker::new(),
        }
    }

    /// Starts a turn and returns at once; the turn goes on by itself.
    pub async fn start_turn(
        self: &Arc<Self>,
        caller: Caller,
        request: TurnRequest,
    ) -> Result<StartedTurn, StartError> {
        let started = Instant::now();
        if self.tasks.is_closed() {
            return Err(StartError::ShuttingDown);
        }
        let content = self.valid_message(request.message)?;
        let context = self.load(caller, request.session_id).await?;
        if let Some(key) = &request.idempotency_key
            && let Some(id) = self.find_repeated(request.session_id, key).await?
        {
            if self.was_said(caller, id).await?.is_some_and(|said| said != content) {
                return Err(StartError::KeyReused);
            }
            return Ok(StartedTurn::Repeated(id));
        }
        let now = self.clock.now();
        let session = self.sessions.enter(request.session_id, now);
        if session.queued.fetch_add(1, Ordering::SeqCst) >= QUEUED_MAX {
            session.queued.fetch_sub(1, Ordering::SeqCst);
            return Err(StartError::Busy);
        }
        let turn_id = TurnId::new(now);
        let user_id = context.scope.user_id();
        let live =
            Arc::new(LiveTurn::new(turn_id, request.session_id, user_id, request.idempotency_key.clone()));
        self.turns.insert(live.clone());
        let message = Message {
            id: MessageId::new(now),
            session_id: request.session_id,
            turn_id,
            role: Role::User,
            speaker: None,
            content,
            status: MessageStatus::Complete,
            created_at: now,
        };
        let turn = RunningTurn {
            runner: Runner::new(turn_id, request.session_id, self.clock.clone()),
            live: live.clone(),
            session,
            context,
            message,
            idempotency_key: request.idempotency_key,
            done: None,
            calls: Vec::new(),
            started,
            timings_ms: BTreeMap::from([("load".to_owned(), ms_since(started))]),
        };
        self.run_in_order(caller, turn).await;
        Ok(StartedTurn::New(live))
    }

    /// Does beforehand what a turn with this message will have to do first, so that it finds that done. Nothing of the
    /// draft is kept but a hash, and nothing at all in an incognito conversation.
    pub async fn prefetch(&self, caller: Caller, id: SessionId, draft: String) -> Result<(), StartError> {
        let draft = self.valid_message(draft)?;
        let context = self.load(caller, id).await?;
        let Optimizations { caching, rule_intent, .. } = self.options.optimizations;
        // A draft that was never sent leaves this process for no endpoint.
        let stays_here = rule_intent && !self.memories.embedding_model().is_remote();
        if context.mode.reads_memories() && caching && stays_here {
            // What fails now is tried again by the turn, and told there.
            let found = self.retrieval.execute(context.scope, &draft, &context.history, false);
            let _ = tokio::time::timeout(self.options.retrieval_timeout, found).await;
        }
        Ok(())
    }

    /// A turn that runs or ended a short while ago, if `caller` may see it.
    pub fn find_live_turn(&self, caller: Caller, id: TurnId) -> Option<Arc<LiveTurn>> {
        self.turns.find(id).filter(|turn| caller.may_act_for(turn.user_id))
    }

    /// Drops what is held in RAM of turns and sessions that are over.
    pub fn tidy(&self) {
        let now = self.clock.now();
        self.turns.tidy(now);
        self.sessions.tidy(now);
    }

    /// Drops an incognito conversation, with the events of its turns: what was said in it is gone.
    pub fn end_incognito(&self, id: SessionId) {
        if self.sessions.end_incognito(id).is_some() {
            self.turns.forget_session(id);
        }
    }

    /// Forgets a session that is gone; turns of it that still run end, and leave nothing.
    pub fn forget_session(&self, id: SessionId) {
        for turn in self.turns.running() {
            if turn.session_id == id {
                turn.end(Ending::Stopped);
            }
        }
        self.sessions.remove(id);
        self.turns.forget_session(id);
    }

    /// Takes no new turns and waits for those that run; after `patience` they are ended, and what they streamed is
    /// kept, marked incomplete.
    pub async fn shut_down(&self, patience: Duration) {
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            for turn in self.turns.running() {
                turn.end(Ending::Interrupted);
            }
            self.tasks.wait().await;
        }
    }

    fn valid_message(&self, message: String) -> Result<String, StartError> {
        let bytes_max = self.options.message_bytes_max;
        if message.len() > bytes_max {
            return Err(StartError::TooLong { bytes: message.len(), bytes_max });
        }
        if message.trim().is_empty() {
            return Err(Invalid::new("message", "must not be empty").into());
        }
        Ok(message)
    }

    async fn find_repeated(&self, session_id: SessionId, key: &str) -> Result<Option<TurnId>, StoreError> {
        match self.turns.find_by_key(session_id, key) {
            Some(id) => Ok(Some(id)),
            None => self.store.find_turn_by_key(session_id, key).await,
        }
    }

    /// The user's message of a turn, if it is stored by now.
    async fn was_said(&self, caller: Caller, id: TurnId) -> Result<Option<String>, StoreError> {
        let Some(turn) = self.store.find_turn(caller, id).await? else { return Ok(None) };
        let messages = self.store.list_messages_of_turn(turn.session_id, turn.user_message_id).await?;
        Ok(messages.into_iter().next().map(|message| message.content))
    }

    /// The session, its profile and its newest messages: one query, or one for the profile alone when the session is
    /// incognito and has no row.
    async fn load(&self, caller: Caller, id: SessionId) -> Result<TurnContext, StoreError> {
        let held = self.sessions.find_incognito(caller, id);
        if let Some(held) = held.as_ref().filter(|held| held.only_here) {
            let profile = self.store.get_profile(caller, held.session.profile_id).await?;
            let history = newest(&[], &held.messages);
            return Ok(TurnContext {
                scope: held.scope,
                profile,
                mode: PrivacyMode::Incognito,
                // It only dates memories, and none is read.
                time_zone: self.options.time_zone.clone(),
                summary: String::new(),
                history,
            });
        }
        let stored = self.load_stored(caller, id).await?;
        let mode = stored.session.privacy_mode;
        if mode == PrivacyMode::Incognito && held.is_none() {
            let session = stored.session.clone();
            self.sessions.start_incognito(session, stored.scope, false, self.clock.now());
        }
        let unstored = held
            .filter(|_| mode == PrivacyMode::Incognito)
            .map(|mut held| std::mem::take(&mut held.messages))
            .unwrap_or_default();
        let history = newest(&stored.recent_messages, &unstored);
        let summary = if mode == PrivacyMode::Incognito { String::new() } else { stored.summary.clone() };
        let time_zone = stored.time_zone.as_ref().and_then(|name| valid_time_zone(name).ok());
        Ok(TurnContext {
            scope: stored.scope,
            profile: stored.profile.clone(),
            mode,
            time_zone: time_zone.unwrap_or_else(|| self.options.time_zone.clone()),
            summary,
            history,
        })
    }

    /// What is stored of a session, from the database or as the last turn has left it.
    async fn load_stored(&self, caller: Caller, id: SessionId) -> Result<Arc<SessionContext>, StoreError> {
        let find = || self.store.find_session_context(caller, id, HISTORY_MESSAGES);
        if !self.options.optimizations.caching {
            return Ok(Arc::new(find().await?.ok_or(StoreError::NotFound("session"))?));
        }
        let kept = self.sessions.kept_context(id, self.clock.now());
        let outcome = if kept.is_ok() { "hit" } else { "miss" };
        metrics::counter!("confidant_cache_requests_total", "cache" => "sessions", "outcome" => outcome)
            .increment(1);
        let version = match kept {
            Ok(kept) if caller.may_act_for(kept.scope.user_id()) => return Ok(kept),
            Ok(_) => return Err(StoreError::NotFound("session")),
            Err(version) => version,
        };
        let stored = Arc::new(find().await?.ok_or(StoreError::NotFound("session"))?);
        // Nothing of an incognito conversation is kept, not even what was said before it.
        if stored.session.privacy_mode != PrivacyMode::Incognito {
            self.sessions.keep_context(stored.clone(), version, self.clock.now());
        }
        Ok(stored)
    }

    /// Runs the turn as a task of its own, after the turns of its session that came before it.
    async fn run_in_order(self: &Arc<Self>, caller: Caller, mut turn: RunningTurn) {
        let mut place = Box::pin(turn.session.turns.clone().lock_owned());
        // Polled here once, so that turns queue in the order they were started, not in the order their tasks happen
        // to run.
        let free = futures_util::poll!(&mut place);
        let coordinator = self.clone();
        let span = match turn.context.mode {
            // Of what is incognito there is no trace, not even without text.
            PrivacyMode::Incognito => Span::none(),
            mode => tracing::info_span!("turn", turn.id = %turn.live.id, privacy_mode = mode.as_str()),
        };
        let run = async move {
            let _place = match free {
                std::task::Poll::Ready(place) => place,
                std::task::Poll::Pending => {
                    let place = place.await;
                    // The turn before has added to the conversation, and comes before this message in it. A mode change
                    // since then does not count.
                    turn.message.id = MessageId::new(coordinator.clock.now());
                    if let Ok(context) = coordinator.load(caller, turn.live.session_id).await {
                        turn.context.history = context.history;
                        turn.context.summary = context.summary;
                    }
                    place
                }
            };
            let (live, session) = (turn.live.clone(), turn.session.clone());
            coordinator.run(turn).await;
            session.queued.fetch_sub(1, Ordering::SeqCst);
            coordinator.turns.mark_ended(live.id, coordinator.clock.now());
        };
        self.tasks.spawn(run.instrument(span));
    }
}

/// The end of a conversation, of which one part is stored and the rest is not.
fn newest(stored: &[Message], unstored: &[Message]) -> Vec<Message> {
    let skip = (stored.len() + unstored.len()).saturating_sub(HISTORY_MESSAGES as usize + HISTORY_SPARE);
    stored.iter().chain(unstored).skip(skip).cloned().collect()
}

fn ms_since(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1_000.0
}
