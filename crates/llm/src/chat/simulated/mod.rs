//! No model at all: seeded latency, answers that echo the prompt's memories, faults on demand.
//!
//! Tests, benchmarks and load tests run on it. The same seed and request give the same answer and the same latency,
//! so two configurations of the server meet the same model; faults follow from the seed and the number of the call, so
//! that another try may succeed.

mod dice; // chance with a seed
mod echo; // answers that repeat memories
mod json; // answers that fit a schema
mod play; // plans to events, in time
mod script; // answers written down beforehand
mod statements; // what a user says about themselves
mod words; // words that carry meaning

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::{CallTimeouts, CompletionRequest, CompletionStream, FinishReason, OutputFormat};
use crate::ModelError;
use crate::tokens::{estimate, estimate_messages};
use dice::Dice;
use echo::Prompt;
use play::{Ending, Plan};
use script::Script;

pub use script::ScriptedReply;

/// Spread of the time to the first token, as the standard deviation of its logarithm: one call in twenty takes 1.8
/// times the median, or longer.
const FIRST_TOKEN_SPREAD: f64 = 0.35;
/// Spread of the pace from answer to answer.
const PACE_SPREAD: f64 = 0.2;
/// Deltas of an instant answer: all of them fit into the stream, so none has to wait.
const INSTANT_DELTAS_MAX: usize = 32;

#[derive(Clone, Debug, PartialEq)]
pub struct SimulatedOptions {
    pub name: String,
    pub seed: u64,
    pub class: ModelClass,
    /// Tokens of a prompt that the model takes. A longer one is refused, as endpoints do.
    pub context_tokens: u32,
    /// Acts as if text sent to it left this machine.
    pub remote: bool,
    pub faults: Faults,
}

impl Default for SimulatedOptions {
    fn default() -> Self {
        Self {
            name: "simulated".to_owned(),
            seed: 1,
            class: ModelClass::Chat,
            context_tokens: 16_000,
            remote: false,
            faults: Faults::default(),
        }
    }
}

/// How fast the model is, at the median.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelClass {
    /// 0.6 s to the first token, 25 ms a token.
    Chat,
    /// 0.3 s, 10 ms.
    Fast,
    /// No time at all, and no timer either.
    Instant,
}

impl ModelClass {
    fn first_token(self) -> Duration {
        Duration::from_millis(match self {
            Self::Chat => 600,
            Self::Fast => 300,
            Self::Instant => 0,
        })
    }

    fn per_token(self) -> Duration {
        Duration::from_millis(match self {
            Self::Chat => 25,
            Self::Fast => 10,
            Self::Instant => 0,
        })
    }
}

/// Shares of calls, from 0 to 1, that fail in each way. The first four exclude each other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Faults {
    pub error_rate: f64,
    pub rate_limit_rate: f64,
    /// What a rate-limited call is told.
    pub retry_after: Option<Duration>,
    pub hang_rate: f64,
    pub cut_rate: f64,
    /// Of the calls that ask for JSON.
    pub malformed_json_rate: f64,
}

pub struct SimulatedChat {
    options: SimulatedOptions,
    script: Option<Mutex<Script>>,
    calls: AtomicU64,
}

impl SimulatedChat {
    pub fn new(options: SimulatedOptions) -> Self {
        Self { options, script: None, calls: AtomicU64::new(0) }
    }

    /// An instant model that gives these replies in turn, the last again and again, and keeps the requests. Without
    /// replies it answers as the ordinary one.
    pub fn scripted(replies: Vec<ScriptedReply>) -> Self {
        let options = SimulatedOptions { class: ModelClass::Instant, ..SimulatedOptions::default() };
        Self::new(options).with_script(replies)
    }

    /// The same model with a script, as [`Self::scripted`] says.
    #[must_use]
    pub fn with_script(self, replies: Vec<ScriptedReply>) -> Self {
        Self { script: Some(Mutex::new(Script::new(replies))), ..self }
    }

    pub fn name(&self) -> &str {
        &self.options.name
    }

    pub fn is_remote(&self) -> bool {
        self.options.remote
    }

    pub fn context_tokens(&self) -> u32 {
        self.options.context_tokens
    }

    /// The requests that a scripted model was given, oldest first. Any other keeps none.
    pub fn requests(&self) -> Vec<CompletionRequest> {
        let script = self.script.as_ref().map(|script| script.lock().unwrap_or_else(PoisonError::into_inner));
        script.map(|script| script.requests()).unwrap_or_default()
    }

    #[expect(clippy::unused_async, reason = "the same shape as the other providers")]
    pub async fn stream(
        &self,
        request: &CompletionRequest,
        timeouts: &CallTimeouts,
    ) -> Result<CompletionStream, ModelError> {
        let plan = self.plan(request)?;
        Ok(plan.play(*timeouts))
    }

    fn plan(&self, request: &CompletionRequest) -> Result<Plan, ModelError> {
        let scripted = self.script.as_ref().and_then(|script| {
            let mut script = script.lock().unwrap_or_else(PoisonError::into_inner);
            script.next(request)
        });
        let prompt_tokens = estimate_messages(&request.messages);
        let (deltas, ending) = match scripted {
            Some(reply) => self.scripted_answer(reply)?,
            None => self.answer(request, prompt_tokens)?,
        };
        let mut dice = Dice::new(self.options.seed, fingerprint(request));
        let class = self.options.class;
        Ok(Plan {
            deltas,
            ending,
            prompt_tokens,
            first_token: dice.around(class.first_token(), FIRST_TOKEN_SPREAD),
            per_token: dice.around(class.per_token(), PACE_SPREAD),
        })
    }

    fn scripted_answer(&self, reply: ScriptedReply) -> Result<(Vec<String>, Ending), ModelError> {
        let done = Ending::Done(FinishReason::Stop);
        Ok(match reply {
            ScriptedReply::Text(text) => (self.deltas(&text), done),
            ScriptedReply::Deltas(deltas) => (deltas, done),
            ScriptedReply::RawJson(text) => (vec![text], done),
            ScriptedReply::CutAfter(deltas) => (deltas, Ending::CutOff),
            ScriptedReply::HangAfter(deltas) => (deltas, Ending::Hang),
            ScriptedReply::Hang => (Vec::new(), Ending::Hang),
            ScriptedReply::Error(error) => return Err(error),
        })
    }

    fn answer(
        &self,
        request: &CompletionRequest,
        prompt_tokens: u32,
    ) -> Result<(Vec<String>, Ending), ModelError> {
        if prompt_tokens > self.options.context_tokens {
            return Err(ModelError::Refused { status: 400, code: "context_length_exceeded".to_owned() });
        }
        let mut dice = Dice::new(self.options.seed, self.calls.fetch_add(1, Ordering::Relaxed));
        let fault = self.options.faults.roll(&mut dice)?;
        let text = match &request.format {
            OutputFormat::Text => Prompt::read(&request.messages).answer(),
            OutputFormat::Json { schema, .. } => {
                let text = json::answer(schema, Prompt::read(&request.messages).message).to_string();
                if fault.malformed_json { broken(&text, &mut dice) } else { text }
            }
        };
        let (text, finish) = shortened(&text, request.max_tokens);
        let mut deltas = self.deltas(text);
        Ok(match fault.stream {
            StreamFault::None => (deltas, Ending::Done(finish)),
            StreamFault::Hang => (Vec::new(), Ending::Hang),
            StreamFault::Cut => {
                deltas.truncate(dice.below(deltas.len()));
                (deltas, Ending::CutOff)
            }
        })
    }

    /// Word by word; an instant model in fewer pieces.
    fn deltas(&self, text: &str) -> Vec<String> {
        let words: Vec<&str> = pieces(text).collect();
        let words_each = match self.options.class {
            ModelClass::Instant => words.len().div_ceil(INSTANT_DELTAS_MAX).max(1),
            ModelClass::Chat | ModelClass::Fast => 1,
        };
        words.chunks(words_each).map(<[&str]>::concat).collect()
    }
}

/// Shows no request: they hold text.
impl std::fmt::Debug for SimulatedChat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SimulatedChat")
            .field("options", &self.options)
            .field("scripted", &self.script.is_some())
            .finish_non_exhaustive()
    }
}

/// What is to go wrong after a call has been accepted.
struct Fault {
    stream: StreamFault,
    malformed_json: bool,
}

#[derive(Clone, Copy)]
enum StreamFault {
    None,
    Hang,
    Cut,
}

impl Faults {
    fn roll(&self, dice: &mut Dice) -> Result<Fault, ModelError> {
        let rolled = dice.share();
        let rates = [self.error_rate, self.rate_limit_rate, self.hang_rate, self.cut_rate];
        let mut end = 0.0;
        let hit = rates.into_iter().position(|rate| {
            end += rate;
            rolled < end
        });
        let stream = match hit {
            Some(0) => return Err(ModelError::Unavailable { reason: "simulated".to_owned() }),
            Some(1) => return Err(ModelError::RateLimited { retry_after: self.retry_after }),
            Some(2) => StreamFault::Hang,
            Some(_) => StreamFault::Cut,
            None => StreamFault::None,
        };
        Ok(Fault { stream, malformed_json: dice.share() < self.malformed_json_rate })
    }
}

/// What makes two requests the same.
fn fingerprint(request: &CompletionRequest) -> u64 {
    let mut hasher = blake3::Hasher::new();
    for message in &request.messages {
        hasher.update(message.role.as_str().as_bytes());
        hasher.update(&(message.content.len() as u64).to_le_bytes());
        hasher.update(message.content.as_bytes());
    }
    if let OutputFormat::Json { name, .. } = &request.format {
        hasher.update(name.as_bytes());
    }
    let hash = hasher.finalize();
    hash.as_bytes().iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A word with the space before it is about what a model says at a time.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let end = rest
            .char_indices()
            .skip(1)
            .find(|(_, character)| *character == ' ')
            .map_or(rest.len(), |(at, _)| at);
        let (piece, after) = rest.split_at(end);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

/// The text as far as `max_tokens` go.
fn shortened(text: &str, max_tokens: u32) -> (&str, FinishReason) {
    if estimate(text) <= max_tokens {
        return (text, FinishReason::Stop);
    }
    let mut end = 0;
    for piece in pieces(text) {
        if estimate(&text[..end + piece.len()]) > max_tokens {
            break;
        }
        end += piece.len();
    }
    (&text[..end], FinishReason::Length)
}

/// Cut somewhere inside, as when a model loses the thread.
fn broken(json: &str, dice: &mut Dice) -> String {
    let end = json.floor_char_boundary(dice.below(json.len()));
    json[..end].to_owned()
}

#[cfg(test)]
mod tests;
