//! The server from outside: real HTTP, a real database, scripted models.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod api; // shapes, errors, lists, documents
mod archives; // import and export from the command line
mod bench; // the benchmark, in little
mod chat; // turns: streaming, failures, resuming, stopping
#[cfg(feature = "encryption")]
mod encryption; // a database that cannot be read without its key
mod hygiene; // limits, timeouts, headers, injections
mod incognito; // a server that had an incognito conversation, beside one that had none
mod isolation; // random users at once: nothing of one ever reaches another
mod keys; // what a key may do
mod life; // memories changed, traced, taken back, consolidated, forgotten
mod logs; // what is said in any test is in no log
mod memories; // from a message to a memory and back
mod performance; // figures, samples, alerts, reports
mod privacy; // the three modes, and what is left on disk
mod recall; // past messages, found where they may be
mod recovery; // crashes, shutdown, what an earlier process left
mod statements; // statements a request
mod test_app; // a server for a test
