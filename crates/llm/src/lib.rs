//! Everything that calls a model: chat models behind [`chat::ChatModel`], embedding models behind
//! [`embedding::EmbeddingModel`].

mod bert; // a small BERT in this process
mod breaker; // stops calling an endpoint that keeps failing
pub mod chat; // completions: the providers and the router by role
pub mod embedding; // texts to vectors
mod error; // what went wrong with a call, by what the caller can do
mod hedge; // a second call beside a slow one
mod http; // the one HTTP client
pub mod names; // people, places and addresses in a text
mod retry; // back-off that honours Retry-After
pub mod tokens; // estimates of a text's tokens

pub use error::{ModelError, TimeoutStage};
