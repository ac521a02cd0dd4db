//! The one HTTP client, and endpoints reached through it.
