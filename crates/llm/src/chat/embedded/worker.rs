//! The one thread that owns the model. llama.cpp computes for seconds at a time, which no async thread may.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use super::EmbeddedOptions;
use super::context::load_model;
use super::engine::Engine;
use crate::ModelError;
use crate::chat::{CompletionRequest, EventSender};

/// Requests that may wait. The last of more would wait past any sensible time limit.
const QUEUED_MAX: usize = 16;

#[derive(Debug)]
pub(super) struct Worker {
    /// `None` only while it is dropped.
    commands: Option<SyncSender<Command>>,
    signals: Arc<Signals>,
    thread: Option<JoinHandle<()>>,
    context_tokens: u32,
}

/// What the thread looks at while it computes.
#[derive(Debug, Default)]
struct Signals {
    stop: AtomicBool,
    /// How often kept prompts were to be forgotten.
    forgotten: AtomicU64,
}

enum Command {
    Answer(Job),
    /// Wakes the thread so that it sees `Signals::forgotten`.
    Forget,
}

struct Job {
    request: CompletionRequest,
    events: EventSender,
    /// `Signals::forgotten` when the request came: its prompt is not kept if it has grown since.
    forgotten: u64,
}

impl Worker {
    /// Returns when the model is loaded.
    pub(super) fn start(options: EmbeddedOptions) -> Result<Self, ModelError> {
        let (commands, queue) = sync_channel(QUEUED_MAX);
        let (ready, loaded) = sync_channel(1);
        let signals = Arc::new(Signals::default());
        let thread_signals = Arc::clone(&signals);
        let thread = std::thread::Builder::new()
            .name("embedded-chat".to_owned())
            .spawn(move || run(&options, &queue, &thread_signals, &ready))
            .map_err(|error| ModelError::Unusable {
                reason: format!("no thread for the embedded chat model: {error}"),
            })?;
        let context_tokens = loaded.recv().unwrap_or_else(|_| Err(ended()))?;
        Ok(Self { commands: Some(commands), signals, thread: Some(thread), context_tokens })
    }

    pub(super) fn context_tokens(&self) -> u32 {
        self.context_tokens
    }

    pub(super) fn submit(&self, request: CompletionRequest, events: EventSender) -> Result<(), ModelError> {
        let Some(commands) = &self.commands else { return Err(ended()) };
        let forgotten = self.signals.forgotten.load(Ordering::SeqCst);
        commands.try_send(Command::Answer(Job { request, events, forgotten })).map_err(|error| match error {
            TrySendError::Full(_) => ModelError::Unavailable {
                reason: format!("{QUEUED_MAX} requests already wait for the embedded chat model"),
            },
            TrySendError::Disconnected(_) => ended(),
        })
    }

    pub(super) fn forget_prompts(&self) {
        self.signals.forgotten.fetch_add(1, Ordering::SeqCst);
        if let Some(commands) = &self.commands {
            // A full queue needs no wake-up: the thread looks at the signal before each request.
            let _ = commands.try_send(Command::Forget);
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.signals.stop.store(true, Ordering::SeqCst);
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A thread that panicked is as good as ended.
            let _ = thread.join();
        }
    }
}

fn run(
    options: &EmbeddedOptions,
    queue: &Receiver<Command>,
    signals: &Signals,
    ready: &SyncSender<Result<u32, ModelError>>,
) {
    let model = match load_model(&options.gguf) {
        Ok(model) => model,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    match Engine::new(&model, options) {
        Ok(engine) => {
            let _ = ready.send(Ok(engine.context_tokens() as u32));
            serve(engine, queue, signals);
        }
        Err(error) => {
            let _ = ready.send(Err(error));
        }
    }
}

fn serve(mut engine: Engine<'_>, queue: &Receiver<Command>, signals: &Signals) {
    let stopped = || signals.stop.load(Ordering::SeqCst);
    let forgotten_now = || signals.forgotten.load(Ordering::SeqCst);
    engine.compute_shared_prefixes(&stopped);
    let mut forgotten = 0;
    while let Ok(command) = queue.recv() {
        if stopped() {
            return;
        }
        if let Command::Answer(job) = command {
            forget_if_told(&mut engine, &mut forgotten, forgotten_now());
            let cancelled = || stopped() || job.events.is_closed();
            engine.answer(&job.request, &job.events, &cancelled, || forgotten_now() == job.forgotten);
        }
        forget_if_told(&mut engine, &mut forgotten, forgotten_now());
    }
}

fn forget_if_told(engine: &mut Engine<'_>, forgotten: &mut u64, now: u64) {
    if *forgotten != now {
        *forgotten = now;
        engine.forget();
    }
}

fn ended() -> ModelError {
    ModelError::Unavailable { reason: "the embedded chat model has ended".to_owned() }
}
