//! Memories over a real database, from outside the crate.

#![allow(

mod isolation; // no profile ever sees another's memories, whatever happens at the same time
