//! The background worker: claims jobs, runs them, retries those that fail.

mod worker;

pub(crate) use worker::work;
