//! The server: configuration, HTTP, background jobs, commands. `main.rs` only reads the command line.

mod app; // the parts, wired together
pub mod command; // one file per command
pub mod config; // file, environment, flags
mod export; // everything held about a user, for people to read
pub mod http; // the API
mod import; // archives of other systems, and exports of our own
mod jobs; // the background worker
mod models; // which models are used, and what is said about it
pub mod monitoring; // logs and metrics
mod running; // a server from its start to its end

pub use app::{App, Parts};
pub use http::Access;
pub use models::{Models, choose_models};
pub use running::{RunningServer, start};
