//! A turn's way from the message to the model's answer.

use std::time::Instant;

use domain::PrivacyMode;
use domain::turn::{Disclosed, MemoryUse, ModelCall, RecalledKind};
use llm::ModelError;
use llm::chat::{CompletionRequest, RoleModel};
use memory::MemoryError;
use memory::retrieval::{Found, Hit, RecalledId};
use privacy::{Destination, Outbound, Verdict};
use store::{StoreError, TurnStart};
use tokio::task::yield_now;

use super::ending::{Outcome, Said};
use super::{ContextCoordinator, RunningTurn, ms_since};
use crate::conversation::Exchange;
use crate::live_turn::Ending;
use crate::privacy_guardian::disclosed;
use crate::prompt::{self, PromptInput, PromptLimits, build_prompt};
use crate::runner::{Agent, Failed};
use crate::{FoundMemory, TurnEvent};

/// A result with what its stages took.
type Timed<T> = (T, Vec<(String, f64)>);

impl ContextCoordinator {
    pub(super) async fn run(&self, mut turn: RunningTurn) {
        turn.live.publish(TurnEvent::Started {
            turn_id: turn.live.id,
            session_id: turn.live.session_id,
            message_id: turn.message.id,
        });
        // Before the search: what is forgotten now must not be found.
        turn.done = self.obey(&turn).await;
        // A message that cannot be stored ends the turn at once; guardian and search only ever fail safely.
        let storing = self.store_message(&turn);
        let inspecting = async { Ok(self.inspect(&turn).await) };
        let retrieving = async { Ok(self.retrieve(&turn).await) };
        let done = if self.options.optimizations.parallel_agents {
            // The message is on its way to the database before this thread computes; its writer would wait for it.
            let computing = async {
                yield_now().await;
                tokio::try_join!(inspecting, retrieving)
            };
            tokio::try_join!(storing, computing).map(|(stored, (verdict, found))| (stored, verdict, found))
        } else {
            async { Ok((storing.await?, inspecting.await?, retrieving.await?)) }.await
        };
        let (stored, verdict, found) = match done {
            Ok(done) => done,
            Err(error) => return self.fail_unstored(&turn, &error),
        };
        for timings in [stored.1, verdict.1, found.1] {
            turn.timings_ms.extend(timings);
        }
        let (turn_count, (verdict, asked), (found, also_asked)) = (stored.0, verdict.0, found.0);
        turn.calls.extend(asked.into_iter().chain(also_asked));
        let hits = found.as_ref().map_or(&[][..], |found| found.hits.as_slice());
        turn.live.publish(TurnEvent::PrivacyChecked {
            warnings: verdict.warnings.clone(),
            findings: verdict.findings.clone(),
            mode: turn.context.mode,
            safe_mode: verdict.decision.safe_mode,
        });

        let prompt_started = Instant::now();
        let (mut request, used) = self.prompt(&turn, hits);
        if self.destination() == Destination::Remote {
            let (mode, session) = (turn.context.mode, &turn.session);
            let safe_mode = verdict.decision.safe_mode;
            let messages = &mut request.messages;
            self.guardian.disguise(messages, mode, safe_mode, &session.pseudonyms, &session.findings).await;
        }
        turn.timings_ms.insert("prompt".to_owned(), ms_since(prompt_started));
        turn.live.publish(memories_retrieved(&turn, found.as_ref(), &used));
        let memories_used = used.iter().map(|hit| memory_use(hit)).collect();

        let mut exchange = Exchange::default();
        let mut shown = String::new();
        let outcome = if verdict.decision.outbound == Outbound::Block {
            let blocking = self.guardian.policy().blocking(&verdict.findings, turn.context.mode);
            Outcome::Refused { holds: privacy::in_words(&blocking) }
        } else {
            self.converse(&mut turn, &request, &mut exchange, &mut shown).await
        };
        // Counted off the way to the answer.
        let disclosed = if exchange.calls.iter().any(|call| call.remote) {
            disclosed(&request.messages, &turn.session.pseudonyms())
        } else {
            Disclosed::default()
        };
        let said = Said { outcome, memories_used, disclosed, exchange, shown };
        self.finish(turn, turn_count, verdict, said).await;
    }

    /// Commits the user's message before the model is called. Returns the number of the turn in its session.
    async fn store_message(&self, turn: &RunningTurn) -> Result<Timed<u32>, StoreError> {
        let started = Instant::now();
        let turn_count = if turn.context.mode.stores_messages() {
            let start = TurnStart {
                scope: turn.context.scope,
                privacy_mode: turn.context.mode,
                user_message: turn.message.clone(),
                idempotency_key: turn.idempotency_key.clone(),
            };
            self.store.start_turn(start).await?.turn_count
        } else {
            let mut incognito = turn.session.incognito();
            let held = incognito.as_mut().ok_or(StoreError::NotFound("session"))?;
            held.push_message(turn.message.clone());
            0
        };
        Ok((turn_count, vec![("store_message".to_owned(), ms_since(started))]))
    }

    async fn inspect(&self, turn: &RunningTurn) -> Timed<(Verdict, Option<ModelCall>)> {
        let started = Instant::now();
        let destination = self.destination();
        let mode = turn.context.mode;
        let content = &turn.message.content;
        let work = async {
            let model = Some(&self.models.privacy).filter(|model| self.may_be_asked(model, mode));
            let model = model.filter(|_| !self.options.optimizations.rule_privacy);
            self.guardian.execute(content, mode, destination, &turn.session.findings, model).await
        };
        let result = turn
            .runner
            .run(Agent::PrivacyGuardian, self.options.guardian_timeout, work, |never| match *never {})
            .await;
        let judged = result.unwrap_or_else(|_| (self.guardian.safe_mode(mode, destination), None));
        (judged, vec![("guardian".to_owned(), ms_since(started))])
    }

    /// `None` when the search failed: the turn goes on without memories. Nothing is found where nothing may be read.
    async fn retrieve(&self, turn: &RunningTurn) -> Timed<(Option<Found>, Option<ModelCall>)> {
        if !turn.context.mode.reads_memories() {
            return ((Some(Found::default()), None), Vec::new());
        }
        let started = Instant::now();
        let context = &turn.context;
        let may_ask = self.may_be_asked(&self.models.intent, context.mode);
        let work = self.retrieval.execute(context.scope, &turn.message.content, &context.history, may_ask);
        let code = |error: &MemoryError| match error {
            MemoryError::Model(error) => error.code(),
            _ => "store_failed",
        };
        let result =
            turn.runner.run(Agent::MemoryRetrieval, self.options.retrieval_timeout, work, code).await;
        let (mut found, call) = result.map_or((None, None), |(found, call)| (Some(found), call));
        if let Some(found) = &mut found {
            // What was said a moment ago is in the prompt as it is.
            let history = &turn.context.history;
            found.hits.retain(|hit| {
                !history.iter().any(|message| hit.recalled.id() == RecalledId::Message(message.id))
            });
        }
        let mut timings = vec![("retrieval".to_owned(), ms_since(started))];
        if let Some(found) = &found {
            timings.push(("embed".to_owned(), found.embed_us as f64 / 1_000.0));
            timings.push(("search".to_owned(), found.search_us as f64 / 1_000.0));
        }
        ((found, call), timings)
    }

    /// The request for the model, as if everything might leave the machine.
    fn prompt<'a>(&self, turn: &RunningTurn, hits: &'a [Hit]) -> (CompletionRequest, Vec<&'a Hit>) {
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
        let input = PromptInput {
            profile: &context.profile,
            summary: &context.summary,
            history: &context.history,
            hits,
            message: &turn.message.content,
            said_at: turn.message.created_at,
            time_zone: &context.time_zone,
            done: turn
                .done
                .as_ref()
                .map(|done| prompt::Done { told: &done.told, deleted: !done.forgotten.is_empty() }),
        };
        let (request, used) = build_prompt(&input, &limits, cache_key);
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
        let streams = self.options.optimizations.streaming;
        let publish = |delta: &str| {
            let text = restorer.push(delta);
            if !text.is_empty() {
                shown.push_str(&text);
                if streams {
                    live.publish(TurnEvent::AnswerDelta { text });
                }
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
        shown.push_str(&rest);
        let unseen = if streams { rest } else { shown.clone() };
        if !unseen.is_empty() {
            live.publish(TurnEvent::AnswerDelta { text: unseen });
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
        // Of the last call: what one that failed took is not told by the model.
        if let Some(ModelCall { computed_ms: Some(total), computed_first_token_ms, .. }) =
            exchange.calls.last()
        {
            turn.timings_ms.insert("computed".to_owned(), *total);
            turn.timings_ms
                .insert("computed_first_token".to_owned(), computed_first_token_ms.unwrap_or_default());
        }
        outcome
    }

    /// Whether a model may see a message as it is.
    fn may_be_asked(&self, role: &RoleModel, mode: PrivacyMode) -> bool {
        !role.model.is_remote() || !self.guardian.policy().holds_back(mode)
    }

    fn destination(&self) -> Destination {
        let fallback = self.models.fallback.as_ref();
        let remote =
            self.models.conversation.model.is_remote() || fallback.is_some_and(|role| role.model.is_remote());
        if remote { Destination::Remote } else { Destination::Local }
    }
}

fn memories_retrieved(turn: &RunningTurn, found: Option<&Found>, used: &[&Hit]) -> TurnEvent {
    TurnEvent::MemoriesRetrieved {
        memories: used.iter().map(|hit| found_memory(hit)).collect(),
        cached: found.is_some_and(|found| found.cached),
        took_ms: turn.timings_ms.get("retrieval").copied().unwrap_or(0.0),
        degraded: found.is_none_or(|found| found.partial || found.keyword_only && !found.hits.is_empty()),
    }
}

fn found_memory(hit: &Hit) -> FoundMemory {
    let MemoryUse { id, kind, score, strategies } = memory_use(hit);
    FoundMemory { id, kind, content: hit.recalled.content().to_owned(), score, strategies }
}

fn memory_use(hit: &Hit) -> MemoryUse {
    let strategies = hit.found_by.iter().map(|evidence| evidence.strategy.as_str().to_owned()).collect();
    let (id, kind) = match hit.recalled.id() {
        RecalledId::Memory(id) => (id.0, RecalledKind::Memory),
        RecalledId::Message(id) => (id.0, RecalledKind::Message),
    };
    MemoryUse { id, kind, score: hit.score, strategies }
}
