//! Memories over a real database, from outside the crate.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod answers; // what the assistant said, found without a vector
mod fading; // what nobody needs, gone from the searches and back
mod isolation; // no profile ever sees another's memories, whatever happens at the same time
mod loading; // a large profile, while it is being loaded
mod names_and_days; // other forms of a name, and where days begin
