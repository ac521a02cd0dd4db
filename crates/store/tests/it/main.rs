//! The store from outside, on a real database file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

#[cfg(feature = "encryption")]
mod encryption; // what is on disk says nothing without its key
mod plans; // every statement uses a key or an index
mod writes; // what is acknowledged is there, what failed is not

use domain::Clock;
use store::{Store, StoreOptions};

struct TestStore {
    store: Store,
    folder: tempfile::TempDir,
}

async fn open() -> TestStore {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions::new(folder.path().join("test.db"), Clock::system());
    TestStore { store: Store::open(options).await.unwrap(), folder }
}
