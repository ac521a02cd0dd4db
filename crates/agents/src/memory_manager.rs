//! From a turn to memories, in the background.
//!
//! Where there is a model that can write JSON it extracts and, when due, analyses in the same call; the rules do it for
//! a model that is too small, and when the model's answer stays unusable. What the guardian finds secret is dropped.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use domain::analytics::Analysis;
use domain::job::{ClaimedJob, JobPayload};
use domain::memory::Memory;
use domain::message::{Message, Role};
use domain::{Clock, MessageId, PrivacyMode, SessionId, Timestamp, TurnId};
use llm::chat::{ChatModels, RoleModel};
use memory::lifecycle::Extracted;
use memory::lifecycle::extract::{self, Background, Extraction, ExtractionInput, Read};
use memory::lifecycle::rules::{self, Reading, RuleContext};
use memory::{ConsolidationRules, Lesson, Memories, MemoryError, SearchOptions};
use privacy::{Kind, Policy};
use store::{Caller, ProfileScope, Store, StoreError};

use crate::background_model::BackgroundModel;
use crate::conversation_analyst::{self, AnalystInput};
use crate::feed::{SessionEvent, SessionFeeds};
use crate::privacy_guardian::PrivacyGuardian;
use crate::runner::{Agent, Failed, Runner};

/// Messages before the user's that an extraction sees, to resolve words like "she".
const CONTEXT_MESSAGES: u32 = 4;
/// The same where the analysis is due in the same call, what was said since the last one, and for the rules, to which a
/// message more costs nothing.
const ANALYSIS_CONTEXT: u32 = 10;
/// Turns of a session that one extraction learns from, when they wait.
const TOGETHER_MAX: u32 = 5;
/// Known memories that an extraction sees, to say which of them are not so any more.
const KNOWN_SHOWN: usize = 5;
/// Tries in which the model is asked; after them the rules have to do.
const ASKED_MAX: u32 = 3;
/// Messages that an analysis by rules sees.
const ANALYSED_MESSAGES: u32 = 40;
/// Other conversations, profiles and topics that an analysis knows of.
const ANALYSES_COMPARED: u32 = 50;
const PROFILES_COMPARED: u32 = 50;
const TOPICS_COMPARED: usize = 30;

#[derive(Debug)]
pub struct MemoryManager {
    store: Store,
    memories: Arc<Memories>,
    models: ChatModels,
    feeds: Arc<SessionFeeds>,
    guardian: PrivacyGuardian,
    options: MemoryManagerOptions,
    clock: Clock,
}

#[derive(Clone, Copy, Debug)]
pub struct MemoryManagerOptions {
    /// Of one job.
    pub timeout: Duration,
    /// Extract by rules, whatever the model can.
    pub rules_only: bool,
    /// Memories and analysis come from one model call where both are due.
    pub combined_calls: bool,
    pub consolidation: ConsolidationRules,
}

/// Why a job did not get done.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error(transparent)]
    Memory(#[from] MemoryError),
    #[error("the job took longer than {} ms", .0.as_millis())]
    TimedOut(Duration),
    #[error("the model's answer was not usable, twice")]
    UnusableAnswer,
    #[error("the job panicked")]
    Panicked,
}

impl JobError {
    /// A stable name for the job's row and the metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Memory(MemoryError::Model(error)) => error.code(),
            Self::Memory(MemoryError::Store(_)) => "store_failed",
            Self::Memory(_) => "invalid",
            Self::TimedOut(_) => "timed_out",
            Self::UnusableAnswer => "unusable_answer",
            Self::Panicked => "panicked",
        }
    }
}

impl From<StoreError> for JobError {
    fn from(error: StoreError) -> Self {
        Self::Memory(error.into())
    }
}

/// A turn to learn from, and the job that says so.
struct Turn {
    job: ClaimedJob,
    session_id: SessionId,
    turn_id: TurnId,
    message_id: MessageId,
    analyse: bool,
}

impl Turn {
    fn of(job: ClaimedJob) -> Option<Self> {
        let JobPayload::ExtractMemories { session_id, turn_id, user_message_id, analyse, .. } = job.payload
        else {
            return None;
        };
        Some(Self { job, session_id, turn_id, message_id: user_message_id, analyse })
    }
}

impl MemoryManager {
    pub fn new(
        store: Store,
        memories: Arc<Memories>,
        models: ChatModels,
        feeds: Arc<SessionFeeds>,
        guardian: PrivacyGuardian,
        options: MemoryManagerOptions,
        clock: Clock,
    ) -> Self {
        Self { store, memories, models, feeds, guardian, options, clock }
    }

    /// Does a job of this agent and ends it. A job whose profile or message is gone has nothing to do.
    pub async fn execute(&self, job: ClaimedJob) -> Result<(), JobError> {
        match job.payload.clone() {
            JobPayload::ExtractMemories {
                profile_id,
                session_id,
                turn_id,
                user_message_id: message_id,
                analyse,
                ..
            } => {
                let Some(scope) = self.open(profile_id).await? else { return self.drop_job(job).await };
                let turn = Turn { job, session_id, turn_id, message_id, analyse };
                let runner = Runner::new(turn_id, session_id, self.clock.clone());
                let code = |error: &JobError| error.code();
                // Boxed: it is by far the largest of the jobs.
                let work = Box::pin(self.learn(scope, turn));
                contained(
                    runner.run(Agent::MemoryManager, self.options.timeout, work, code).await,
                    self.options.timeout,
                )
            }
            JobPayload::AnalyseSession { profile_id, session_id, .. } => {
                let Some(scope) = self.open(profile_id).await? else { return self.drop_job(job).await };
                let runner = Runner::new(TurnId::new(self.clock.now()), session_id, self.clock.clone());
                let code = |error: &JobError| error.code();
                let work = self.analyse(scope, job, session_id);
                contained(
                    runner.run(Agent::ConversationAnalyst, self.options.timeout, work, code).await,
                    self.options.timeout,
                )
            }
            JobPayload::EmbedMemories { profile_id, .. } => {
                if let Some(scope) = self.open(profile_id).await? {
                    self.memories.embed_missing(scope).await?;
                }
                self.drop_job(job).await
            }
            JobPayload::ConsolidateProfile { profile_id, run_id, after, .. } => {
                let Some(scope) = self.open(profile_id).await? else { return self.drop_job(job).await };
                let work =
                    self.memories.consolidate(scope, self.options.consolidation, run_id, after, Some(job));
                let step = tokio::time::timeout(self.options.timeout, work)
                    .await
                    .map_err(|_| JobError::TimedOut(self.options.timeout))??;
                let (merges, fades) = (step.plan.merges.len(), step.plan.fades.len());
                tracing::info!(run.id = %run_id, merges, fades, "a profile was consolidated");
                Ok(())
            }
            // The server's own.
            JobPayload::DailyReport { .. } | JobPayload::PruneSessions => self.drop_job(job).await,
        }
    }

    async fn open(&self, profile_id: domain::ProfileId) -> Result<Option<ProfileScope>, JobError> {
        match self.store.open_profile(store::Caller::Operator, profile_id).await {
            Ok(scope) => Ok(Some(scope)),
            Err(StoreError::NotFound(_)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn drop_job(&self, job: ClaimedJob) -> Result<(), JobError> {
        Ok(self.store.complete_job(job).await?)
    }

    /// Learns from a turn, and in the same model call from those of its session that wait behind it.
    async fn learn(&self, scope: ProfileScope, turn: Turn) -> Result<(), JobError> {
        let id = turn.job.id;
        let mut turns = self.waiting_with(scope, &turn).await?;
        turns.push(turn);
        turns.sort_by_key(|turn| turn.message_id);
        let others: Vec<ClaimedJob> =
            turns.iter().map(|turn| turn.job.clone()).filter(|job| job.id != id).collect();
        let learned = self.learn_together(scope, turns).await;
        if learned.is_err() {
            // Each gets its own try. One that was learned from already is not there any more.
            for job in others {
                self.store.release_job(job).await?;
            }
        }
        learned
    }

    /// What waits of a turn's session when the queue is long. The rules take no longer for many turns one by one.
    async fn waiting_with(&self, scope: ProfileScope, turn: &Turn) -> Result<Vec<Turn>, JobError> {
        if self.is_by_rules() || turn.job.attempts > 1 {
            return Ok(Vec::new());
        }
        // As long as the job that they go with may take, and some more.
        let lease_ms = 2 * self.options.timeout.as_millis() as i64;
        let jobs = self.store.claim_extractions(scope, turn.session_id, TOGETHER_MAX - 1, lease_ms).await?;
        Ok(jobs.into_iter().filter_map(Turn::of).collect())
    }

    /// Turns of one session, oldest first.
    async fn learn_together(&self, scope: ProfileScope, turns: Vec<Turn>) -> Result<(), JobError> {
        let (Some(first), Some(last)) = (turns.first(), turns.last()) else { return Ok(()) };
        let (session_id, first_id) = (last.session_id, first.message_id);
        let analyse = turns.iter().any(|turn| turn.analyse);
        let seen = if analyse || self.is_by_rules() { ANALYSIS_CONTEXT } else { CONTEXT_MESSAGES };
        let (several, said) = (turns.len() > 1, 2 * turns.len() as u32 - 1);
        let heard = self.store.list_messages_for_extraction(scope, last.message_id, seen + said).await?;
        let before: Vec<Message> = heard.iter().take_while(|one| one.id < first_id).cloned().collect();
        let (mut messages, mut known_turns) = (Vec::new(), Vec::new());
        for turn in turns {
            match heard.iter().find(|message| message.id == turn.message_id) {
                Some(message) => {
                    messages.push(message);
                    known_turns.push(turn);
                }
                // Turns that others have learned from lie between: it was said too long before the last one.
                None if several => Box::pin(self.learn_together(scope, vec![turn])).await?,
                None => self.drop_job(turn.job).await?,
            }
        }
        let Some(last) = known_turns.last() else { return Ok(()) };
        if messages.len() > 1 && !self.may_be_read_together(scope, &messages).await? {
            for turn in known_turns {
                Box::pin(self.learn_together(scope, vec![turn])).await?;
            }
            return Ok(());
        }
        let analyst = if analyse {
            Some(self.analyst_input(scope, session_id, Some(last.turn_id)).await?)
        } else {
            None
        };
        let (last_id, attempt) = (last.message_id, last.job.attempts);
        let mut extraction = self.extract(scope, &messages, &before, analyst.as_ref(), attempt).await?;
        if let Some(input) = &analyst {
            extraction.analysis.get_or_insert_with(|| conversation_analyst::analyse(input));
        }
        let mut statements = by_message(extraction.statements, &messages);
        for turn in known_turns {
            let statements = statements.remove(&turn.message_id).unwrap_or_default();
            let analysis = extraction.analysis.take_if(|_| turn.message_id == last_id);
            self.remember(scope, turn, statements, analysis).await?;
        }
        Ok(())
    }

    /// "Tomorrow" is the same day in all of them, and the model may see them all.
    async fn may_be_read_together(
        &self,
        scope: ProfileScope,
        messages: &[&Message],
    ) -> Result<bool, JobError> {
        let time_zone = self.memories.time_zone(scope).await?;
        let day = |message: &Message| message.created_at.to_zoned(time_zone.clone()).date();
        let model = self.background_model(&self.models.memory, "memory", Vec::new());
        Ok(messages.iter().all(|one| day(one) == day(messages[0]) && model.may_see(&one.content)))
    }

    async fn remember(
        &self,
        scope: ProfileScope,
        turn: Turn,
        statements: Vec<Extracted>,
        analysis: Option<Analysis>,
    ) -> Result<(), JobError> {
        let said = self.store.list_messages_of_turn(turn.session_id, turn.message_id).await?;
        let policy = self.guardian.policy();
        let lesson = Lesson {
            job: turn.job,
            statements: without_secrets(statements, policy),
            messages: said
                .into_iter()
                .filter(|one| one.turn_id == turn.turn_id && is_recallable(&one.content, policy))
                .collect(),
            message_id: turn.message_id,
            session_id: turn.session_id,
            analysis: analysis.clone(),
        };
        let learned = self.memories.learn(scope, lesson).await?;
        tracing::info!(turn.id = %turn.turn_id, memories = learned.len(), "a turn was remembered");
        let events = learned
            .into_iter()
            .map(|one| SessionEvent::Memory { action: one.action, memory: Box::new(one.memory) });
        self.feeds.publish(turn.session_id, events);
        if let Some(analysis) = analysis {
            self.tell_analysis(turn.session_id, analysis);
        }
        Ok(())
    }

    async fn extract(
        &self,
        scope: ProfileScope,
        messages: &[&Message],
        before: &[Message],
        analyst: Option<&AnalystInput>,
        attempt: u32,
    ) -> Result<Extraction, JobError> {
        let turn_ids = messages.iter().map(|message| message.turn_id).collect();
        let model = self.background_model(&self.models.memory, "memory", turn_ids);
        if self.is_by_rules() || !messages.iter().all(|message| model.may_see(&message.content)) {
            return self.by_rules(scope, messages, before).await;
        }
        // What is secret does not go into a prompt to find memories in: none of it may become one.
        let redacted = |message: &&Message| privacy::redact_secrets(&message.content, self.guardian.policy());
        let texts: Vec<String> = messages.iter().map(redacted).collect();
        let text = texts.join("\n\n");
        let said_at = messages.last().map_or_else(|| self.clock.now(), |message| message.created_at);
        let background = analyst.filter(|_| self.options.combined_calls).map(background);
        let known = self.known(scope, &texts).await?;
        let time_zone = self.memories.time_zone(scope).await?;
        let input = ExtractionInput {
            message: &text,
            said_at,
            time_zone: &time_zone,
            before,
            known: &known,
            analyse: background.as_ref(),
        };
        match ask(&model, &input).await? {
            Asked::Answered(mut extraction) => {
                if let (Some(input), false) = (analyst, self.options.combined_calls) {
                    extraction.analysis = self.ask_for_analysis(input).await?;
                }
                Ok(extraction)
            }
            // The next try may go better, and nothing is lost meanwhile.
            Asked::Unusable if attempt < ASKED_MAX => Err(JobError::UnusableAnswer),
            Asked::Unusable => self.by_rules(scope, messages, before).await,
        }
    }

    fn is_by_rules(&self) -> bool {
        !self.may_ask(&self.models.memory)
    }

    /// Whether a model can do it, and may see anything at all.
    fn may_ask(&self, role: &RoleModel) -> bool {
        let blocked = role.model.is_remote() && self.guardian.policy().blocks_all(PrivacyMode::Normal);
        !self.options.rules_only && role.model.writes_json() && !blocked
    }

    fn background_model<'a>(
        &'a self,
        role: &'a RoleModel,
        name: &'static str,
        turn_ids: Vec<TurnId>,
    ) -> BackgroundModel<'a> {
        BackgroundModel { role, name, guardian: &self.guardian, store: &self.store, turn_ids }
    }

    async fn by_rules(
        &self,
        scope: ProfileScope,
        messages: &[&Message],
        before: &[Message],
    ) -> Result<Extraction, JobError> {
        let mut context = self.memories.background(scope).await?;
        let said_before = before.iter().rev().filter(|message| message.role == Role::User);
        context.before = said_before.map(|message| message.content.clone()).collect();
        let mut read = Vec::with_capacity(messages.len());
        for message in messages {
            let text = message.content.as_str();
            read.push((read_by_rules(text, message.created_at, &context, self.guardian.policy()), text));
            context.before.insert(0, message.content.clone());
        }
        let statements = self.memories.judge(read).await.concat();
        Ok(Extraction { statements, analysis: None })
    }

    /// What is known that the messages may be about. Each is searched for by itself, as its turn has done already: the
    /// vectors are there.
    async fn known(&self, scope: ProfileScope, texts: &[String]) -> Result<Vec<Memory>, JobError> {
        let options = SearchOptions { count: KNOWN_SHOWN, messages: false, ..SearchOptions::default() };
        let mut known: Vec<Memory> = Vec::new();
        for text in texts {
            let found = self.memories.search(scope, text, &options).await?;
            for memory in found.hits.iter().filter_map(|hit| hit.recalled.as_memory()) {
                if !known.iter().any(|one| one.id == memory.id) {
                    known.push(memory.clone());
                }
            }
        }
        Ok(known)
    }

    async fn analyse(
        &self,
        scope: ProfileScope,
        job: ClaimedJob,
        session_id: SessionId,
    ) -> Result<(), JobError> {
        let input = self.analyst_input(scope, session_id, None).await?;
        let analysis = self.ask_for_analysis(&input).await?;
        let analysis = analysis.unwrap_or_else(|| conversation_analyst::analyse(&input));
        self.store
            .complete_extraction(scope, job, Vec::new(), Vec::new(), Some((session_id, analysis.clone())))
            .await?;
        self.tell_analysis(session_id, analysis);
        Ok(())
    }

    fn tell_analysis(&self, session_id: SessionId, analysis: Analysis) {
        self.feeds.publish(session_id, [SessionEvent::Analysis { analysis: Box::new(analysis) }]);
    }

    /// The analysis by itself, where there is a model to make one.
    async fn ask_for_analysis(&self, input: &AnalystInput) -> Result<Option<Analysis>, JobError> {
        let role = &self.models.analysis;
        if !self.may_ask(role) {
            return Ok(None);
        }
        let request = extract::analysis_request(&input.messages, &background(input), role.max_tokens);
        let turn_ids = input.messages.last().map(|message| message.turn_id).into_iter().collect();
        let answer = self.background_model(role, "analysis", turn_ids).ask(&request).await?;
        Ok(extract::read_analysis(&answer))
    }

    /// What an analysis looks at. `last` is the turn that made it due.
    async fn analyst_input(
        &self,
        scope: ProfileScope,
        session_id: SessionId,
        last: Option<TurnId>,
    ) -> Result<AnalystInput, JobError> {
        let caller = Caller::User(scope.user_id());
        let (messages, analyses, profiles, known) = tokio::try_join!(
            self.store.list_messages_for_analysis(scope, session_id, last, ANALYSED_MESSAGES),
            self.store.list_analyses(scope, ANALYSES_COMPARED),
            self.store.list_profiles(caller, scope.user_id(), None, PROFILES_COMPARED),
            self.store.list_attributes(scope),
        )?;
        let (own, others): (Vec<_>, Vec<_>) = analyses.into_iter().partition(|(id, _)| *id == session_id);
        let (profile, other_profiles): (Vec<_>, Vec<_>) =
            profiles.items.into_iter().partition(|profile| profile.id == scope.profile_id());
        Ok(AnalystInput {
            messages,
            summary: own.into_iter().next().map(|(_, analysis)| analysis.summary).unwrap_or_default(),
            others: others.into_iter().map(|(_, analysis)| analysis).collect(),
            known,
            profile: profile.into_iter().next(),
            other_profiles,
        })
    }
}

/// The statements by the message that says them, and as old as that is.
fn by_message(statements: Vec<Extracted>, messages: &[&Message]) -> HashMap<MessageId, Vec<Extracted>> {
    let mut by_message: HashMap<MessageId, Vec<Extracted>> = HashMap::new();
    for mut statement in statements {
        let source = extract::source_of(&statement.evidence, messages.iter().map(|one| one.content.as_str()));
        let message = messages[source.unwrap_or(messages.len() - 1)];
        statement.memory.said_at = message.created_at;
        by_message.entry(message.id).or_default().push(statement);
    }
    by_message
}

/// What the model is told of the same.
fn background(input: &AnalystInput) -> Background {
    let topics = input.others.iter().flat_map(|analysis| &analysis.topics).map(|topic| topic.name.clone());
    let mut earlier_topics: Vec<String> = topics.collect();
    earlier_topics.sort();
    earlier_topics.dedup();
    earlier_topics.truncate(TOPICS_COMPARED);
    let profiles = input.other_profiles.iter().map(|profile| profile.name.clone()).collect();
    Background { summary: input.summary.clone(), profiles, earlier_topics }
}

/// One call, and one more with what was wrong.
async fn ask(model: &BackgroundModel<'_>, input: &ExtractionInput<'_>) -> Result<Asked, MemoryError> {
    let request = extract::request(input, model.role.max_tokens);
    let problem = match extract::read_answer(&model.ask(&request).await?, input) {
        Read::Whole(extraction) => return Ok(Asked::Answered(extraction)),
        Read::Cut(_) => "it was cut off before its end",
        Read::Unusable(problem) => problem,
    };
    let again = extract::repair_request(&request, problem);
    Ok(match extract::read_answer(&model.ask(&again).await?, input) {
        Read::Whole(extraction) => Asked::Answered(extraction),
        Read::Cut(_) | Read::Unusable(_) => Asked::Unusable,
    })
}

enum Asked {
    Answered(Extraction),
    Unusable,
}

/// What a message of the user says that may be remembered, without a model.
pub fn read_by_rules(message: &str, said_at: Timestamp, context: &RuleContext, policy: &Policy) -> Reading {
    let mut reading = rules::read(message, said_at, context);
    reading.retain(message, |text| is_clean(text, policy));
    reading
}

fn without_secrets(mut statements: Vec<Extracted>, policy: &Policy) -> Vec<Extracted> {
    statements.retain(|one| is_clean(&one.memory.content, policy) && is_clean(&one.evidence, policy));
    statements
}

/// Cards, keys, identity numbers and the like are never remembered, whatever an extractor says. A placeholder left by the
/// redaction is no memory either.
fn is_clean(text: &str, policy: &Policy) -> bool {
    let mut secrets = Kind::ALL.into_iter().filter(|kind| policy.is_secret(*kind));
    !has_secret(text, policy) && !secrets.any(|kind| text.contains(&format!("[{}", policy.label(kind))))
}

/// Whether a message may be found again as it was said: not what has secrets in it.
pub fn is_recallable(text: &str, policy: &Policy) -> bool {
    !text.trim().is_empty() && !has_secret(text, policy)
}

/// Whether a text has what no memory may hold, whoever states it: a card, a key, a password.
pub fn has_secret(text: &str, policy: &Policy) -> bool {
    privacy::inspect(text).iter().any(|found| policy.is_secret(found.kind))
}

fn contained(result: Result<(), Failed<JobError>>, timeout: Duration) -> Result<(), JobError> {
    result.map_err(|failed| match failed {
        Failed::With(error) => error,
        Failed::TimedOut => JobError::TimedOut(timeout),
        Failed::Panicked => JobError::Panicked,
    })
}
