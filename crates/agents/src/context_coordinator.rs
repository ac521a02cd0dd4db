//! Runs a turn, from the message to the final answer.
//!
//! Guardian, retrieval and the storing of the user's message run at the same time; then the model is called, once;
//! then the answer, the record and the background job are stored in one transaction, and only then is the client told
//! that the turn is over. A turn runs as its own task: clients that follow it may come and go.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::job::JobPayload;
use domain::message::{Message, MessageStatus, Role};
use domain::profile::Profile;
use domain::turn::{MemoryUse, Turn, TurnRecord, TurnStatus};
use domain::{Clock, Invalid, JobId, MessageId, PrivacyMode, SessionId, Timestamp, TurnId};
use llm::ModelError;
use llm::chat::{ChatModels, CompletionRequest};
use memory::MemoryError;
use memory::retrieval::{Found, Hit};
use privacy::{Destination, Outbound, Verdict};
use store::{Caller, FinishedTurn, ProfileScope, Store, StoreError, TurnStart};
use tokio::sync::Notify;
use tokio_util::task::TaskTracker;

use crate::conversation::{Conversation, Exchange};
use crate::live_session::{LiveSession, LiveSessions};
use crate::live_turn::{Ending, LiveTurn, LiveTurns};
use crate::memory_retrieval::MemoryRetrieval;
use crate::privacy_guardian::{PrivacyGuardian, pseudonymise};
use crate::prompt::{PromptLimits, build_prompt};
use crate::runner::{Agent, Failed, Runner};
use crate::{FoundMemory, Problem, TurnCompleted, TurnEvent, TurnFailed};

/// Messages of the conversation that the model sees.
pub const HISTORY_MESSAGES: u32 = 10;
/// The analyst looks at every so many turns.
const ANALYSE_EVERY: u32 = 5;
/// Turns that may wait for the one before them in the same session.
const QUEUED_MAX: usize = 16;

#[derive(Clone, Copy, Debug)]
pub struct CoordinatorOptions {
    pub message_bytes_max: usize,
    pub guardian_timeout: Duration,
    pub retrieval_timeout: Duration,
    pub turn_timeout: Duration,
    pub prompt_tokens_max: u32,
    pub memory_tokens_max: u32,
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
    retrieval: MemoryRetrieval,
    conversation: Conversation,
    models: ChatModels,
    options: CoordinatorOptions,
    clock: Clock,
    /// Told when a turn has left a job.
    jobs_waiting: Arc<Notify>,
    tasks: TaskTracker,
}

/// What a turn knows before it runs.
struct TurnContext {
    scope: ProfileScope,
    profile: Profile,
    mode: PrivacyMode,
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
    started: Instant,
    timings_ms: BTreeMap<String, f64>,
}

impl ContextCoordinator {
    #[expect(clippy::too_many_arguments, reason = "the parts are wired together once, at start")]
    pub fn new(
        store: Store,
        sessions: Arc<LiveSessions>,
        guardian: PrivacyGuardian,
        retrieval: MemoryRetrieval,
        models: ChatModels,
        options: CoordinatorOptions,
        clock: Clock,
        jobs_waiting: Arc<Notify>,
    ) -> Self {
        Self {
            store,
            sessions,
            turns: LiveTurns::default(),
            guardian,
            retrieval,
            conversation: Conversation::new(models.clone()),
            models,
            options,
            clock,
            jobs_waiting,
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
            started,
            timings_ms: BTreeMap::from([("load".to_owned(), ms_since(started))]),
        };
        self.run_in_order(caller, turn).await;
        Ok(StartedTurn::New(live))
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

    /// The session, its profile and its newest messages: one query, or one for the profile alone when the session is
    /// incognito and has no row.
    async fn load(&self, caller: Caller, id: SessionId) -> Result<TurnContext, StoreError> {
        let held = self.sessions.find_incognito(caller, id);
        if let Some(held) = held.as_ref().filter(|held| held.only_here) {
            let profile = self.store.get_profile(caller, held.session.profile_id).await?;
            let history = newest(&[], &held.messages);
            return Ok(TurnContext { scope: held.scope, profile, mode: PrivacyMode::Incognito, history });
        }
        let stored = self.store.find_session_context(caller, id, HISTORY_MESSAGES).await?;
        let stored = stored.ok_or(StoreError::NotFound("session"))?;
        let mode = stored.session.privacy_mode;
        if mode == PrivacyMode::Incognito && held.is_none() {
            self.sessions.start_incognito(stored.session, stored.scope, false, self.clock.now());
        }
        let unstored =
            held.filter(|_| mode == PrivacyMode::Incognito).map(|held| held.messages).unwrap_or_default();
        let history = newest(&stored.recent_messages, &unstored);
        Ok(TurnContext { scope: stored.scope, profile: stored.profile, mode, history })
    }

    /// Runs the turn as a task of its own, after the turns of its session that came before it.
    async fn run_in_order(self: &Arc<Self>, caller: Caller, mut turn: RunningTurn) {
        let mut place = Box::pin(turn.session.turns.clone().lock_owned());
        // Polled here once, so that turns queue in the order they were started, not in the order their tasks happen
        // to run.
        let free = futures_util::poll!(&mut place);
        let coordinator = self.clone();
        self.tasks.spawn(async move {
            let _place = match free {
                std::task::Poll::Ready(place) => place,
                std::task::Poll::Pending => {
                    let place = place.await;
                    // The turn before has added to the conversation, and comes before this message in it. A mode change
                    // since then does not count.
                    turn.message.id = MessageId::new(coordinator.clock.now());
                    if let Ok(context) = coordinator.load(caller, turn.live.session_id).await {
                        turn.context.history = context.history;
                    }
                    place
                }
            };
            let (live, session) = (turn.live.clone(), turn.session.clone());
            coordinator.run(turn).await;
            session.queued.fetch_sub(1, Ordering::SeqCst);
            coordinator.turns.mark_ended(live.id, coordinator.clock.now());
        });
    }

    async fn run(&self, mut turn: RunningTurn) {
        turn.live.publish(TurnEvent::Started {
            turn_id: turn.live.id,
            session_id: turn.live.session_id,
            message_id: turn.message.id,
        });
        let (stored, verdict, found) =
            tokio::join!(self.store_message(&turn), self.inspect(&turn), self.retrieve(&turn));
        turn.timings_ms.extend(stored.1);
        turn.timings_ms.extend(verdict.1);
        turn.timings_ms.extend(found.1);
        let (verdict, found) = (verdict.0, found.0);
        let turn_count = match stored.0 {
            Ok(turn_count) => turn_count,
            Err(error) => return self.fail_unstored(&turn, &error),
        };
        let hits = found.as_ref().map_or(&[][..], |found| found.hits.as_slice());
        turn.live.publish(TurnEvent::PrivacyChecked {
            warnings: verdict.warnings.clone(),
            findings: verdict.findings.clone(),
            mode: turn.context.mode,
            safe_mode: verdict.decision.safe_mode,
        });

        let prompt_started = Instant::now();
        let (request, used) = self.prompt(&turn, hits, &verdict);
        turn.timings_ms.insert("prompt".to_owned(), ms_since(prompt_started));
        turn.live.publish(memories_retrieved(&turn, found.as_ref(), &used));
        let memories_used = used.iter().map(|hit| memory_use(hit)).collect();

        let mut exchange = Exchange::default();
        let mut shown = String::new();
        let outcome = if verdict.decision.outbound == Outbound::Block {
            Outcome::Refused
        } else {
            self.converse(&mut turn, &request, &mut exchange, &mut shown).await
        };
        self.finish(turn, turn_count, outcome, verdict, memories_used, exchange, shown).await;
    }

    /// Commits the user's message before the model is called. Returns the number of the turn in its session.
    async fn store_message(&self, turn: &RunningTurn) -> Timed<Result<u32, StoreError>> {
        let started = Instant::now();
        let result = if turn.context.mode.stores_messages() {
            let start = TurnStart {
                privacy_mode: turn.context.mode,
                user_message: turn.message.clone(),
                idempotency_key: turn.idempotency_key.clone(),
            };
            self.store.start_turn(start).await.map(|started| started.turn_count)
        } else {
            match turn.session.incognito().as_mut() {
                Some(held) => {
                    held.push_message(turn.message.clone());
                    Ok(0)
                }
                None => Err(StoreError::NotFound("session")),
            }
        };
        (result, vec![("store_message".to_owned(), ms_since(started))])
    }

    async fn inspect(&self, turn: &RunningTurn) -> Timed<Verdict> {
        let started = Instant::now();
        let destination = self.destination();
        let mode = turn.context.mode;
        let work = self.guardian.execute(&turn.message.content, mode, destination);
        let result = turn
            .runner
            .run(Agent::PrivacyGuardian, self.options.guardian_timeout, work, |never| match *never {})
            .await;
        let verdict = result.unwrap_or_else(|_| self.guardian.safe_mode(mode, destination));
        (verdict, vec![("guardian".to_owned(), ms_since(started))])
    }

    /// `None` when the search failed: the turn goes on without memories. Nothing is found where nothing may be read.
    async fn retrieve(&self, turn: &RunningTurn) -> Timed<Option<Found>> {
        if !turn.context.mode.reads_memories() {
            return (Some(Found::default()), Vec::new());
        }
        let started = Instant::now();
        let work = self.retrieval.execute(turn.context.scope, &turn.message.content);
        let code = |error: &MemoryError| match error {
            MemoryError::Model(error) => error.code(),
            _ => "store_failed",
        };
        let found =
            turn.runner.run(Agent::MemoryRetrieval, self.options.retrieval_timeout, work, code).await.ok();
        let mut timings = vec![("retrieval".to_owned(), ms_since(started))];
        if let Some(found) = &found {
            timings.push(("embed".to_owned(), found.embed_us as f64 / 1_000.0));
            timings.push(("search".to_owned(), found.search_us as f64 / 1_000.0));
        }
        (found, timings)
    }

    /// The request for the model, with sensitive spans replaced where the guardian says so.
    fn prompt<'a>(
        &self,
        turn: &RunningTurn,
        hits: &'a [Hit],
        verdict: &Verdict,
    ) -> (CompletionRequest, Vec<&'a Hit>) {
        let role = &self.models.conversation;
        let context_tokens = role.model.context_tokens();
        let limits = PromptLimits {
            prompt_tokens_max: self
                .options
                .prompt_tokens_max
                .min(context_tokens.saturating_sub(role.max_tokens)),
            memory_tokens_max: self.options.memory_tokens_max.min(context_tokens / 4),
            answer_tokens_max: role.max_tokens,
            temperature: role.temperature,
            tiny: role.model.is_tiny(),
        };
        // No key for what is incognito: a provider in this process keeps nothing of a conversation without one.
        let cache_key = turn.context.mode.stores_messages().then(|| turn.live.session_id.to_string());
        let context = &turn.context;
        let (mut request, used) =
            build_prompt(&context.profile, &context.history, hits, &turn.message.content, &limits, cache_key);
        if self.guardian.replaces(context.mode, self.destination(), verdict) {
            let mut pseudonyms = turn.session.pseudonyms();
            for message in &mut request.messages {
                message.content = pseudonymise(&message.content, &mut pseudonyms);
            }
        }
        (request, used)
    }

    /// Streams the answer to those who follow the turn, until it is final or the turn is ended early.
    async fn converse(
        &self,
        turn: &mut RunningTurn,
        request: &CompletionRequest,
        exchange: &mut Exchange,
        shown: &mut String,
    ) -> Outcome {
        turn.timings_ms.insert("own".to_owned(), ms_since(turn.started));
        let model_started = Instant::now();
        let mut restorer = turn.session.pseudonyms().stream_restorer();
        let live = turn.live.clone();
        let publish = |delta: &str| {
            let text = restorer.push(delta);
            if !text.is_empty() {
                shown.push_str(&text);
                live.publish(TurnEvent::AnswerDelta { text });
            }
        };
        let work = self.conversation.execute(request, exchange, publish);
        let answered =
            turn.runner.run(Agent::Conversation, self.options.turn_timeout, work, ModelError::code);
        let outcome = tokio::select! {
            result = answered => match result {
                Ok(()) => Outcome::Completed,
                Err(Failed::With(error)) => Outcome::Failed(error),
                Err(Failed::TimedOut) => Outcome::Failed(ModelError::TimedOut {
                    stage: llm::TimeoutStage::Finish,
                    limit: self.options.turn_timeout,
                }),
                Err(Failed::Panicked) => Outcome::Broken,
            },
            ending = live.ended_early() => match ending {
                Ending::Stopped => Outcome::Stopped,
                Ending::Interrupted => Outcome::Interrupted,
            },
        };
        let rest = restorer.finish();
        if !rest.is_empty() {
            shown.push_str(&rest);
            live.publish(TurnEvent::AnswerDelta { text: rest });
        }
        let outcome = match outcome {
            Outcome::Completed if shown.trim().is_empty() => {
                Outcome::Failed(ModelError::Malformed { reason: "it is empty".to_owned() })
            }
            outcome => outcome,
        };
        turn.runner.add_tokens(Agent::Conversation, exchange.usage.total());
        turn.timings_ms.insert("model".to_owned(), ms_since(model_started));
        if let Some(first_token_ms) = exchange.first_token_ms {
            turn.timings_ms.insert("first_token".to_owned(), first_token_ms);
        }
        outcome
    }

    /// Stores how the turn ended, then tells those who follow it.
    #[expect(clippy::too_many_arguments, reason = "everything a turn has come to")]
    async fn finish(
        &self,
        mut turn: RunningTurn,
        turn_count: u32,
        outcome: Outcome,
        verdict: Verdict,
        memories_used: Vec<MemoryUse>,
        exchange: Exchange,
        shown: String,
    ) {
        let finish_started = Instant::now();
        let now = self.clock.now();
        let answer = answer_message(&turn, &outcome, shown, now);
        let job = self.job(&turn, turn_count, &verdict);
        let mut record = TurnRecord {
            memories_used,
            warnings: verdict.warnings,
            usage: exchange.usage,
            model_calls: exchange.calls.iter().map(|call| call.attempts).sum(),
            calls: exchange.calls,
            timings_ms: std::mem::take(&mut turn.timings_ms),
            job_id: job.as_ref().map(|_| JobId::new(now)),
            failure: outcome.problem().map(|problem| problem.code),
        };
        record.timings_ms.insert("total".to_owned(), ms_since(turn.started));
        if let Err(error) = self.store_ending(&turn, &outcome, answer.clone(), record.clone(), job, now).await
        {
            return self.fail_unstored(&turn, &error);
        }
        record.timings_ms.insert("finish".to_owned(), ms_since(finish_started));
        record.timings_ms.insert("total".to_owned(), ms_since(turn.started));
        let total_ms = record.timings_ms["total"];
        let own_ms = total_ms - record.timings_ms.get("model").copied().unwrap_or(0.0);
        metrics::histogram!("confidant_turn_seconds", "status" => outcome.status().as_str())
            .record(total_ms / 1e3);
        metrics::histogram!("confidant_turn_own_seconds").record(own_ms / 1e3);
        if turn.context.mode.stores_messages() {
            tracing::info!(
                turn.id = %turn.live.id, status = outcome.status().as_str(), total_ms, own_ms, "turn finished"
            );
        }
        let last = match (outcome.problem(), answer) {
            (None, Some(message)) => TurnEvent::Completed(Box::new(TurnCompleted::new(
                turn.live.id,
                outcome.status(),
                message,
                record,
            ))),
            (problem, partial) => {
                let problem = problem.unwrap_or_else(Problem::broken);
                TurnEvent::Failed(Box::new(TurnFailed { turn_id: turn.live.id, problem, partial }))
            }
        };
        turn.live.publish(last);
        self.jobs_waiting.notify_one();
    }

    async fn store_ending(
        &self,
        turn: &RunningTurn,
        outcome: &Outcome,
        answer: Option<Message>,
        record: TurnRecord,
        job: Option<JobPayload>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if turn.context.mode.stores_messages() {
            let agent_logs = turn.runner.logs();
            let finished = FinishedTurn {
                turn_id: turn.live.id,
                status: outcome.status(),
                answer,
                record,
                job,
                agent_logs,
            };
            return self.store.finish_turn(finished).await;
        }
        // The conversation may have left incognito, and be gone, while the model answered. Then so is the answer.
        if let Some(held) = turn.session.incognito().as_mut() {
            held.turns.push(Turn {
                id: turn.live.id,
                session_id: turn.live.session_id,
                status: outcome.status(),
                privacy_mode: turn.context.mode,
                user_message_id: turn.message.id,
                assistant_message_id: answer.as_ref().map(|answer| answer.id),
                record,
                started_at: turn.message.created_at,
                finished_at: Some(now),
            });
            if let Some(answer) = answer {
                held.push_message(answer);
            }
        }
        Ok(())
    }

    /// The background work that the turn makes necessary.
    fn job(&self, turn: &RunningTurn, turn_count: u32, verdict: &Verdict) -> Option<JobPayload> {
        let (user_id, profile_id) = (turn.context.scope.user_id(), turn.context.scope.profile_id());
        let session_id = turn.live.session_id;
        let analyse = turn_count > 0 && turn_count.is_multiple_of(ANALYSE_EVERY);
        if turn.context.mode.writes_memories() && verdict.decision.remember {
            return Some(JobPayload::ExtractMemories {
                user_id,
                profile_id,
                session_id,
                turn_id: turn.live.id,
                user_message_id: turn.message.id,
                analyse,
            });
        }
        (turn.context.mode.stores_messages() && analyse).then_some(JobPayload::AnalyseSession {
            user_id,
            profile_id,
            session_id,
        })
    }

    /// Ends a turn whose message or ending could not be stored.
    fn fail_unstored(&self, turn: &RunningTurn, error: &StoreError) {
        tracing::error!(turn.id = %turn.live.id, error = %error, "a turn could not be stored");
        let problem = Problem::unstored(error);
        turn.live.publish(TurnEvent::Failed(Box::new(TurnFailed {
            turn_id: turn.live.id,
            problem,
            partial: None,
        })));
    }

    fn destination(&self) -> Destination {
        let fallback = self.models.fallback.as_ref();
        let remote =
            self.models.conversation.model.is_remote() || fallback.is_some_and(|role| role.model.is_remote());
        if remote { Destination::Remote } else { Destination::Local }
    }
}

/// A result with what its stages took.
type Timed<T> = (T, Vec<(String, f64)>);

/// How a turn's conversation with the model ended.
enum Outcome {
    Completed,
    Stopped,
    Interrupted,
    Failed(ModelError),
    /// A defect of ours.
    Broken,
    /// The message may not leave the machine.
    Refused,
}

impl Outcome {
    fn status(&self) -> TurnStatus {
        match self {
            Self::Completed => TurnStatus::Completed,
            Self::Stopped => TurnStatus::Stopped,
            Self::Interrupted => TurnStatus::Interrupted,
            Self::Failed(_) | Self::Broken | Self::Refused => TurnStatus::Failed,
        }
    }

    fn problem(&self) -> Option<Problem> {
        match self {
            Self::Completed | Self::Stopped => None,
            Self::Interrupted => Some(Problem::interrupted()),
            Self::Failed(error) => Some(Problem::model(error)),
            Self::Broken => Some(Problem::broken()),
            Self::Refused => Some(Problem::outbound_blocked()),
        }
    }
}

fn answer_message(turn: &RunningTurn, outcome: &Outcome, shown: String, now: Timestamp) -> Option<Message> {
    let complete = matches!(outcome, Outcome::Completed);
    // A stopped turn has an answer even if nothing was said yet; a failed one only if something was.
    let is_answer = complete || matches!(outcome, Outcome::Stopped) || !shown.is_empty();
    is_answer.then(|| Message {
        id: MessageId::new(now),
        session_id: turn.live.session_id,
        turn_id: turn.live.id,
        role: Role::Assistant,
        content: shown,
        status: if complete { MessageStatus::Complete } else { MessageStatus::Incomplete },
        created_at: now,
    })
}

fn memories_retrieved(turn: &RunningTurn, found: Option<&Found>, used: &[&Hit]) -> TurnEvent {
    TurnEvent::MemoriesRetrieved {
        memories: used.iter().map(|hit| found_memory(hit)).collect(),
        cached: false,
        took_ms: turn.timings_ms.get("retrieval").copied().unwrap_or(0.0),
        degraded: found.is_none_or(|found| found.keyword_only && !found.hits.is_empty()),
    }
}

fn found_memory(hit: &Hit) -> FoundMemory {
    let MemoryUse { id, score, strategies } = memory_use(hit);
    FoundMemory { id, content: hit.memory.content.clone(), score, strategies }
}

fn memory_use(hit: &Hit) -> MemoryUse {
    let strategies = hit.found_by.iter().map(|evidence| evidence.strategy.as_str().to_owned()).collect();
    MemoryUse { id: hit.memory.id, score: hit.score, strategies }
}

/// The end of a conversation, of which one part is stored and the rest is not.
fn newest(stored: &[Message], unstored: &[Message]) -> Vec<Message> {
    let skip = (stored.len() + unstored.len()).saturating_sub(HISTORY_MESSAGES as usize);
    stored.iter().chain(unstored).skip(skip).cloned().collect()
}

fn ms_since(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1_000.0
}
