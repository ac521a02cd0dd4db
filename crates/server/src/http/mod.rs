//! HTTP: one table of routes, one file per group of endpoints.

mod analytics; // what was found in sessions and profiles
mod auth; // who calls
mod chat; // messages and turns
mod completion; // what was begun is carried out
pub(crate) mod connections; // how many, and how long each may take to say what it wants
mod consolidations; // near-duplicates merged, what nobody needs faded, and back
mod docs; // the OpenAPI document and its page
pub mod error; // problems, as RFC 9457 has them
mod extract; // bodies, paths and queries, with clear rejections
mod idempotency; // the same request twice, done once
mod imports; // conversations and memories of another time
mod limits; // how much may be asked at once, and by whom
mod memories; // memories, their history and search
mod operation; // health, readiness, metrics
mod page; // lists by cursor
mod performance; // how the server does
mod profiles; // memory profiles
mod receipts; // what became of a turn
mod request_id; // a name for each request, and its span
mod router; // the table of routes
mod sessions; // conversations
mod sse; // server-sent events
mod users; // the people

pub(crate) use auth::watch_keys;
pub use auth::{Access, hash_key};
pub(crate) use idempotency::Replays;
pub(crate) use imports::ImportDone;
pub(crate) use limits::Asked;
pub use router::{openapi, router};
