//! The store from outside, on a real database file.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

#[cfg(feature = "encryption")]
mod encryption; // what is on disk says nothing without its key
#[cfg(not(feature = "encryption"))]
mod no_encryption; // a build without it says so
mod plans; // every statement uses a key or an index
#[cfg(feature = "encryption")]
mod profile_keys; // texts of a profile, and what is left of them without its key
mod writes; // what is acknowledged is there, what failed is not

use domain::Clock;
use store::{Store, StoreOptions};

struct TestStore {
    store: Store,
    folder: tempfile::TempDir,
}

/// A store as this build makes it: with the feature `encryption`, all that is tested is tested encrypted.
async fn open() -> TestStore {
    #[cfg(feature = "encryption")]
    {
        let folder = tempfile::tempdir().unwrap();
        let mut options = StoreOptions::new(folder.path().join("test.db"), Clock::system());
        options.key = Some(store::EncryptionKey::create(&folder.path().join("key"), &[7; 32]).unwrap());
        TestStore { store: Store::open(options).await.unwrap(), folder }
    }
    #[cfg(not(feature = "encryption"))]
    open_plain().await
}

async fn open_plain() -> TestStore {
    let folder = tempfile::tempdir().unwrap();
    let options = StoreOptions::new(folder.path().join("test.db"), Clock::system());
    TestStore { store: Store::open(options).await.unwrap(), folder }
}
