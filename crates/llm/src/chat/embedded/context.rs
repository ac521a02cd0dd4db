//! llama.cpp itself: its start, the weights, and a context that computes tokens.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::OnceLock;

use llama_cpp_2::context::LlamaContext;
use llama_cpp_2::context::params::LlamaContextParams;
use llama_cpp_2::context::session::{LlamaStateSeqFlags, SeqState};
use llama_cpp_2::llama_backend::LlamaBackend;
use llama_cpp_2::llama_batch::LlamaBatch;
use llama_cpp_2::model::LlamaModel;
use llama_cpp_2::model::params::LlamaModelParams;
use llama_cpp_2::sampling::LlamaSampler;
use llama_cpp_2::token::LlamaToken;
use llama_cpp_2::{LogOptions, send_logs_to_tracing};

use super::kept::Cells;
use super::weights::missing;
use crate::ModelError;

/// Prompt tokens that are computed at once. Between two pieces a cancelled request is noticed: a quarter of a second
/// with SmolLM2-135M. Larger pieces are hardly faster.
const PIECE_TOKENS: usize = 64;

/// Starts llama.cpp once in the process, silenced: its log may show text of prompts.
pub(super) fn backend() -> Result<&'static LlamaBackend, ModelError> {
    static BACKEND: OnceLock<Result<LlamaBackend, ModelError>> = OnceLock::new();
    let backend = BACKEND.get_or_init(|| {
        refuse_older_processor()?;
        send_logs_to_tracing(LogOptions::default().with_logs_enabled(false));
        LlamaBackend::init().map_err(|_| unusable("llama.cpp could not be started".to_owned()))
    });
    backend.as_ref().map_err(Clone::clone)
}

/// llama.cpp is built for processors with AVX2, whatever the machine that builds it. On others it would end the process
/// at the first token.
#[cfg(target_arch = "x86_64")]
fn refuse_older_processor() -> Result<(), ModelError> {
    // SAFETY: no arguments, no state: answers how the library was compiled.
    let compiled_for_avx2 = unsafe { llama_cpp_sys_2::ggml_cpu_has_avx2() } != 0;
    let present = is_x86_feature_detected!("avx2")
        && is_x86_feature_detected!("fma")
        && is_x86_feature_detected!("f16c");
    if compiled_for_avx2 && !present {
        return Err(unusable("the embedded chat model needs a processor with AVX2, FMA and F16C".to_owned()));
    }
    Ok(())
}

#[cfg(not(target_arch = "x86_64"))]
fn refuse_older_processor() -> Result<(), ModelError> {
    Ok(())
}

pub(super) fn load_model(gguf: &Path) -> Result<LlamaModel, ModelError> {
    let backend = backend()?;
    if !gguf.is_file() {
        return Err(missing(gguf));
    }
    LlamaModel::load_from_file(backend, gguf, &LlamaModelParams::default()).map_err(|_| {
        unusable(format!(
            "the embedded chat model's file `{}` is damaged or not a GGUF chat model: run `make weights`",
            gguf.display()
        ))
    })
}

/// A KV cache and the means to fill it.
pub(super) struct Context<'model> {
    llama: LlamaContext<'model>,
    batch: LlamaBatch<'static>,
    /// Sequences to be put back after a wipe.
    saved: Vec<(i32, SeqState)>,
}

impl<'model> Context<'model> {
    /// `cells` tokens for `sequences` sequences together.
    pub(super) fn new(
        model: &'model LlamaModel,
        cells: usize,
        sequences: usize,
        threads: usize,
    ) -> Result<Self, ModelError> {
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(cells as u32))
            .with_n_seq_max(sequences as u32)
            .with_kv_unified(true)
            .with_n_batch(PIECE_TOKENS as u32)
            .with_n_ubatch(PIECE_TOKENS as u32)
            .with_n_threads(threads as i32)
            .with_n_threads_batch(threads as i32)
            .with_no_perf(true);
        let llama = model
            .new_context(backend()?, params)
            .map_err(|_| unusable("there is not enough memory for the embedded chat model".to_owned()))?;
        Ok(Self { llama, batch: LlamaBatch::new(PIECE_TOKENS, 1), saved: Vec::new() })
    }

    /// Computes `tokens[from..]` at the end of `sequence`, in pieces. Gives the number of tokens the sequence holds:
    /// fewer than all if `cancelled` said so before.
    pub(super) fn compute(
        &mut self,
        sequence: i32,
        tokens: &[LlamaToken],
        from: usize,
        cancelled: impl Fn() -> bool,
    ) -> Result<usize, ModelError> {
        let mut held = from;
        for piece in tokens[from..].chunks(PIECE_TOKENS) {
            if cancelled() {
                break;
            }
            self.batch.clear();
            for (token, position) in piece.iter().zip(held..) {
                let is_last = position + 1 == tokens.len();
                self.batch.add(*token, position as i32, &[sequence], is_last).map_err(|_| failed())?;
            }
            self.llama.decode(&mut self.batch).map_err(|_| failed())?;
            held += piece.len();
        }
        Ok(held)
    }

    /// Chooses the token that follows the last one computed, which must have been the last of its `tokens`.
    pub(super) fn sample(&self, sampler: &mut LlamaSampler) -> LlamaToken {
        sampler.sample(&self.llama, -1)
    }

    /// From now on `sequence` survives wipes as it is now.
    pub(super) fn save(&mut self, sequence: i32) -> Result<(), ModelError> {
        let state = self.llama.state_seq_get(sequence, LlamaStateSeqFlags::empty()).map_err(|_| failed())?;
        self.saved.push((sequence, state));
        Ok(())
    }
}

impl Cells for Context<'_> {
    fn remove(&mut self, sequence: i32, from: usize) {
        // Cutting an end off fails for models with a recurrent state only; of those no prompt is kept.
        self.llama.kv_cache_seq_rm(sequence, Some(from as u32), None).ok();
    }

    fn borrow(&mut self, from: i32, to: i32, tokens: usize) {
        // Fails for positions above 2³¹ only.
        self.llama.kv_cache_seq_cp(from, to, Some(0), Some(tokens as u32)).ok();
    }

    fn wipe(&mut self) -> bool {
        self.llama.clear_kv_cache();
        self.saved.iter().all(|(sequence, state)| self.llama.state_seq_set(state, *sequence).is_ok())
    }
}

fn failed() -> ModelError {
    ModelError::Unavailable { reason: "the embedded chat model could not compute the prompt".to_owned() }
}

fn unusable(reason: String) -> ModelError {
    ModelError::Unusable { reason }
}
