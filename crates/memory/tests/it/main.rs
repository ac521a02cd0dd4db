//! Memories over a real database, from outside the crate.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

mod fading; // what nobody needs, gone from the searches and back
mod isolation;
mod loading; // a large profile, while it is being loaded // no profile ever sees another's memories, whatever happens at the same time
