//! From a request to the tokens of its answer.

use domain::usage::Usage;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;

use super::EmbeddedOptions;
use super::context::Context;
use super::kept::{Cells, KeptPrompts};
use super::template::Template;
use super::utf8::Utf8Stream;
use crate::ModelError;
use crate::chat::{CompletionEvent, CompletionRequest, EventSender, FinishReason};

/// Below this a prompt of a system message and a question may not fit.
const CONTEXT_TOKENS_MIN: usize = 256;
/// llama.cpp holds 256 sequences.
const PROMPTS_KEPT_MAX: usize = 64;
const SHARED_PREFIXES_MAX: usize = 16;
/// Sampling when the temperature is above 0. Tiny models put much weight on nonsense: cut the tail twice, and make them
/// repeat themselves a little less. The prompt does not count as repeated: answers are made of its words.
const TOP_P: f32 = 0.95;
const MIN_P: f32 = 0.05;
const REPEAT_PENALTY: f32 = 1.1;
const REPEAT_WINDOW_TOKENS: i32 = 64;

pub(super) struct Engine<'model> {
    model: &'model LlamaModel,
    template: Template<'model>,
    context: Context<'model>,
    kept: KeptPrompts<LlamaToken>,
    context_tokens: usize,
    seed: Option<u32>,
}

/// A prompt and what has been answered so far.
struct Draft {
    /// Prompt and answer.
    tokens: Vec<LlamaToken>,
    /// Leading tokens that are in the KV cache.
    computed: usize,
    answered: usize,
    text: Utf8Stream,
}

impl<'model> Engine<'model> {
    pub(super) fn new(model: &'model LlamaModel, options: &EmbeddedOptions) -> Result<Self, ModelError> {
        let trained = model.n_ctx_train() as usize;
        let context_tokens = (options.context_tokens as usize).max(CONTEXT_TOKENS_MIN).min(trained);
        let template = Template::of(model)?;
        // A recurrent state cannot be cut back to where two prompts part.
        let (prompts_max, prefixes) = if model.is_recurrent() || model.is_hybrid() {
            (0, [].as_slice())
        } else {
            (options.prompts_kept_max.min(PROMPTS_KEPT_MAX), options.shared_prefixes.as_slice())
        };
        let shared: Vec<_> = prefixes
            .iter()
            .take(SHARED_PREFIXES_MAX)
            .map(|one| template.prefix(one))
            .collect::<Result<_, _>>()?;
        // Room for the longest prompt beside the shared prefixes. Kept prompts share it with the one that runs, and
        // give way.
        let cells = context_tokens + shared.iter().map(Vec::len).sum::<usize>();
        let kept = KeptPrompts::new(prompts_max, cells, shared);
        let context = Context::new(model, cells, kept.sequences(), options.threads)?;
        Ok(Self { model, template, context, kept, context_tokens, seed: options.seed })
    }

    pub(super) fn context_tokens(&self) -> usize {
        self.context_tokens
    }

    /// Fills the cache with the shared prefixes. Gives them up if it is cancelled or they cannot be computed.
    pub(super) fn compute_shared_prefixes(&mut self, cancelled: &impl Fn() -> bool) {
        let filled = self.kept.shared().try_for_each(|(sequence, tokens)| {
            let computed = self.context.compute(sequence, tokens, 0, cancelled)?;
            if computed < tokens.len() { Err(ModelError::CutOff) } else { self.context.save(sequence) }
        });
        if filled.is_err() {
            self.kept.give_up_shared();
            self.context.wipe();
        }
    }

    /// Answers into `events`. After it, the prompt is in the cache if the request has a key and `may_keep` allows it.
    pub(super) fn answer(
        &mut self,
        request: &CompletionRequest,
        events: &EventSender,
        cancelled: &impl Fn() -> bool,
        may_keep: impl FnOnce() -> bool,
    ) {
        let last = match self.try_answer(request, events, cancelled, may_keep) {
            Ok(Some(done)) => Ok(done),
            Ok(None) => return,
            Err(error) => Err(error),
        };
        // A listener that has left needs no end.
        let _ = events.blocking_send(last);
    }

    /// Leaves no prompt in the cache.
    pub(super) fn forget(&mut self) {
        self.kept.forget(&mut self.context);
    }

    /// `None` if it was cancelled.
    fn try_answer(
        &mut self,
        request: &CompletionRequest,
        events: &EventSender,
        cancelled: &impl Fn() -> bool,
        may_keep: impl FnOnce() -> bool,
    ) -> Result<Option<CompletionEvent>, ModelError> {
        let wanted = request.max_tokens as usize;
        let prompt_max = self.context_tokens - wanted.min(self.context_tokens / 2);
        let prompt = self.template.prompt(&request.messages, prompt_max)?;
        let prompt_tokens = prompt.len();
        let Some(room) = self.context_tokens.checked_sub(prompt_tokens) else { return Err(too_long()) };
        let answer_max = wanted.min(room);

        let seat = self.kept.take(&mut self.context, request.cache_key.as_deref(), &prompt, answer_max);
        let cached_tokens = seat.reused;
        let mut draft =
            Draft { tokens: prompt, computed: seat.reused, answered: 0, text: Utf8Stream::default() };
        let mut sampler = self.sampler(request.temperature);
        let finish = self.write(&mut draft, seat.sequence, answer_max, &mut sampler, events, cancelled);

        if finish.is_ok() && may_keep() {
            draft.tokens.truncate(draft.computed);
            self.kept.keep(&mut self.context, seat, draft.tokens);
        } else {
            seat.discard(&mut self.context);
        }
        let usage = Usage {
            prompt_tokens: prompt_tokens as u32,
            completion_tokens: draft.answered as u32,
            cached_tokens: cached_tokens as u32,
            exact: true,
        };
        Ok(finish?.map(|finish| CompletionEvent::Done { finish, usage, computed: None }))
    }

    /// Writes the answer, token by token. `None` if it was cancelled.
    fn write(
        &mut self,
        draft: &mut Draft,
        sequence: i32,
        answer_max: usize,
        sampler: &mut LlamaSampler,
        events: &EventSender,
        cancelled: &impl Fn() -> bool,
    ) -> Result<Option<FinishReason>, ModelError> {
        let vocabulary = self.model.vocab();
        while draft.answered < answer_max {
            draft.computed = self.context.compute(sequence, &draft.tokens, draft.computed, cancelled)?;
            if draft.computed < draft.tokens.len() {
                return Ok(None);
            }
            let token = self.context.sample(sampler);
            // Markup ends an answer even where the model means to go on: as the user, say.
            if vocabulary.is_eog(token) || vocabulary.is_control(token) {
                return Ok(Some(FinishReason::Stop));
            }
            draft.tokens.push(token);
            draft.answered += 1;
            let text = draft.text.push(&vocabulary.token_to_piece(token, false, None));
            if !text.is_empty() && events.blocking_send(Ok(CompletionEvent::Delta(text))).is_err() {
                return Ok(None);
            }
        }
        Ok(Some(FinishReason::Length))
    }

    /// How the next token is chosen: the likeliest at temperature 0, drawn otherwise.
    fn sampler(&self, temperature: f32) -> LlamaSampler {
        let vocabulary = self.model.vocab().n_tokens();
        let penalty = LlamaSampler::penalties(vocabulary, REPEAT_WINDOW_TOKENS, REPEAT_PENALTY, 0.0, 0.0);
        if temperature <= 0.0 {
            return LlamaSampler::chain_simple([penalty, LlamaSampler::greedy()]);
        }
        let seed = self.seed.unwrap_or_else(rand::random);
        LlamaSampler::chain_simple([
            penalty,
            LlamaSampler::top_p(TOP_P, 1),
            LlamaSampler::min_p(MIN_P, 1),
            LlamaSampler::temp(temperature),
            LlamaSampler::dist(seed),
        ])
    }
}

fn too_long() -> ModelError {
    ModelError::Refused { status: 400, code: "context_length_exceeded".to_owned() }
}
