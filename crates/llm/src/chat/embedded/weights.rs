//! The model's file, and a copy of it that computes faster.
//!
//! SmolLM2-135M is shipped as Q4_1. llama.cpp has matrix kernels for Q8_0 and none for Q4_1, so that a Q8_0 copy reads
//! a prompt faster and answers as fast, for 50 MB more. It is made once, beside the shipped file.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::ModelError;

const SHIPPED: &str = "model.gguf";
const PREPARED: &str = "model-q8_0.gguf";
/// Answering reads all weights for each token: above this size, smaller weights win what the kernels lose.
const REQUANTISED_BYTES_MAX: u64 = 300_000_000;
/// Calls of `requantise` in this process.
static CALLS: AtomicU32 = AtomicU32::new(0);

/// The file to load from a folder of weights: its `model-q8_0.gguf`, which is made from `model.gguf` if it is missing
/// or older. Where it cannot be made (a read-only or full disk) and where it would not pay, the shipped file.
///
/// Takes about a second the first time and blocks meanwhile. Answers `Unusable` if there is no file at all.
pub fn prepared_gguf(folder: &Path) -> Result<PathBuf, ModelError> {
    let shipped = folder.join(SHIPPED);
    let prepared = folder.join(PREPARED);
    let Ok(shipped_file) = fs::metadata(&shipped) else {
        return if prepared.is_file() { Ok(prepared) } else { Err(missing(&shipped)) };
    };
    if is_newer(&prepared, &shipped_file) {
        return Ok(prepared);
    }
    if shipped_file.len() > REQUANTISED_BYTES_MAX {
        return Ok(shipped);
    }
    match requantise(&shipped, &prepared) {
        Ok(()) => Ok(prepared),
        Err(error) => {
            tracing::warn!(%error, "no faster copy of the embedded chat model: the shipped one is used");
            Ok(shipped)
        }
    }
}

fn is_newer(prepared: &Path, shipped: &fs::Metadata) -> bool {
    let times = fs::metadata(prepared).and_then(|prepared| Ok((prepared.modified()?, shipped.modified()?)));
    prepared.is_file() && times.is_ok_and(|(prepared, shipped)| prepared >= shipped)
}

/// Writes the model in `from` to `to` with its weights as Q8_0. `to` appears when it is whole.
pub fn requantise(from: &Path, to: &Path) -> Result<(), ModelError> {
    if !from.is_file() {
        return Err(missing(from));
    }
    // A name of its own for each call: two may be at work on one folder.
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let unfinished = to.with_extension(format!("gguf.{}-{call}.part", std::process::id()));
    let done = quantise_to(from, &unfinished).and_then(|()| {
        let moved = fs::File::open(&unfinished)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&unfinished, to));
        moved.map_err(|error| unusable(format!("`{}` could not be written: {error}", to.display())))
    });
    if done.is_err() {
        // May not exist; and there is nothing more to do about it.
        let _ = fs::remove_file(&unfinished);
    }
    done
}

#[cfg(feature = "embedded-chat")]
fn quantise_to(from: &Path, to: &Path) -> Result<(), ModelError> {
    use std::ffi::CString;

    super::context::backend()?;
    let c_path = |path: &Path| {
        let path = path.to_str().and_then(|path| CString::new(path).ok());
        path.ok_or_else(|| unusable("llama.cpp can only open files with UTF-8 names".to_owned()))
    };
    let (c_from, c_to) = (c_path(from)?, c_path(to)?);
    // SAFETY: has no preconditions; it returns a plain struct.
    let mut options = unsafe { llama_cpp_sys_2::llama_model_quantize_default_params() };
    options.ftype = llama_cpp_sys_2::LLAMA_FTYPE_MOSTLY_Q8_0;
    options.allow_requantize = true;
    // SAFETY: both paths are NUL-terminated and live until the call returns; the options hold no pointers of ours.
    // llama.cpp catches its own exceptions and answers them with a number.
    let status = unsafe {
        llama_cpp_sys_2::llama_model_quantize(c_from.as_ptr(), c_to.as_ptr(), std::ptr::from_ref(&options))
    };
    if status == 0 {
        Ok(())
    } else {
        Err(unusable(format!("`{}` could not be converted to `{}`", from.display(), to.display())))
    }
}

#[cfg(not(feature = "embedded-chat"))]
fn quantise_to(_from: &Path, _to: &Path) -> Result<(), ModelError> {
    Err(no_llama_cpp())
}

#[cfg(not(feature = "embedded-chat"))]
pub(super) fn no_llama_cpp() -> ModelError {
    unusable("this build has no embedded chat model: build with the cargo feature `embedded-chat`".to_owned())
}

pub(super) fn missing(file: &Path) -> ModelError {
    unusable(format!("the embedded chat model's file `{}` is missing: run `make weights`", file.display()))
}

fn unusable(reason: String) -> ModelError {
    ModelError::Unusable { reason }
}
