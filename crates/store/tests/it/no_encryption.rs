//! A build without encryption says so, and leaves what is encrypted alone.

use domain::Clock;
use store::{EncryptionKey, Store, StoreOptions};

const REASON: &str = "this build has no encryption: build it with `--features encryption`";

#[test]
fn no_key_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let error = EncryptionKey::create(&path, &[1; 32]).unwrap_err().to_string();
    assert!(error.contains(REASON) && !path.exists(), "{error}");
    std::fs::write(&path, "01".repeat(32)).unwrap();
    let error = EncryptionKey::read(&path).unwrap_err().to_string();
    assert!(error.contains(REASON), "{error}");
}

#[tokio::test]
async fn an_encrypted_database_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    // As good as encrypted: no byte of it says that it is a database.
    let bytes: Vec<u8> = (0..8_192_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    std::fs::write(&path, &bytes).unwrap();
    let error = Store::open(StoreOptions::new(path.clone(), Clock::system())).await.unwrap_err().to_string();
    assert!(error.contains("it is encrypted, or no database") && error.contains(REASON), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}
