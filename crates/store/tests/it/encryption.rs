//! An encrypted database: nothing of it can be read without its key, and each wrong key is told apart.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::Clock;
use store::{
    Caller, DatabaseForm, EncryptionKey, EncryptionPlan, MemoryPage, Store, StoreError, StoreOptions,
    encrypt_database, plan_encryption,
};

use crate::writes::{addition, demo};

const WORD: &str = "Xylophonbauer";

pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.path().join("test.db")
    }

    pub(crate) fn key(&self, number: u8) -> EncryptionKey {
        let path = self.0.path().join(format!("key{number}"));
        if path.exists() {
            return EncryptionKey::read(&path).unwrap();
        }
        EncryptionKey::create(&path, &[number; 32]).unwrap()
    }

    pub(crate) async fn open(&self, key: Option<&EncryptionKey>) -> Result<Store, StoreError> {
        self.open_file(&self.database(), key).await
    }

    pub(crate) async fn open_file(
        &self,
        path: &Path,
        key: Option<&EncryptionKey>,
    ) -> Result<Store, StoreError> {
        let mut options = StoreOptions::new(path.to_owned(), Clock::system());
        options.key = key.cloned();
        Store::open(options).await
    }

    async fn open_error(&self, key: Option<&EncryptionKey>) -> String {
        self.open(key).await.unwrap_err().to_string()
    }

    /// Everything of the database that is on disk, the log too.
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for ending in ["", "-wal", "-shm", "-journal", ".encrypting"] {
            let path = self.0.path().join(format!("test.db{ending}"));
            bytes.extend(std::fs::read(path).unwrap_or_default());
        }
        bytes
    }
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|window| window == word.as_bytes())
}

async fn fill(store: &Store) {
    let scope = demo(store).await;
    let writes = (0..50).map(|n| addition(scope, &format!("The user knows {WORD} number {n}."))).collect();
    store.write_memories(scope, writes).await.unwrap();
}

async fn contents(store: &Store) -> Vec<String> {
    let scope = demo(store).await;
    let page = MemoryPage { limit: 100, ..MemoryPage::default() };
    let memories = store.list_memories(scope, page).await.unwrap().items;
    memories.into_iter().map(|memory| memory.content).collect()
}

/// Encrypts the database as soon as the stores that were dropped have let go of it.
pub(crate) async fn encrypt(folder: &Folder, old: Option<&EncryptionKey>, key: &EncryptionKey) {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        match encrypt_database(&folder.database(), old, key).await {
            Err(error) if error.to_string().contains("another process") && Instant::now() < patience => {}
            done => return done.unwrap(),
        }
    }
}

#[tokio::test]
async fn neither_the_file_nor_its_log_can_be_read() {
    let folder = Folder::new();
    let key = folder.key(1);
    let store = folder.open(Some(&key)).await.unwrap();
    fill(&store).await;
    assert!(std::fs::metadata(folder.0.path().join("test.db-wal")).unwrap().len() > 4_096);
    for written in ["in the log", "in the file"] {
        let bytes = folder.bytes();
        assert!(bytes.len() > 8_192, "{written}: only {} bytes", bytes.len());
        assert!(!holds(&bytes, WORD), "{written}");
        assert!(!holds(&bytes, "CREATE TABLE"), "{written}");
        assert!(!holds(&bytes, "SQLite format 3"), "{written}");
        store.scrub_log().await.unwrap();
    }
    assert_eq!(DatabaseForm::of(&folder.database()).unwrap(), DatabaseForm::Encrypted);
    drop(store);
    let again = folder.open(Some(&folder.key(1))).await.unwrap();
    assert_eq!(contents(&again).await.len(), 50);
}

#[tokio::test]
async fn a_plain_database_holds_what_an_encrypted_one_hides() {
    let folder = Folder::new();
    let store = folder.open(None).await.unwrap();
    fill(&store).await;
    assert!(holds(&folder.bytes(), WORD), "the test above would find it");
}

#[tokio::test]
async fn wrong_keys_are_told_apart() {
    let folder = Folder::new();
    let (right, wrong) = (folder.key(1), folder.key(2));
    fill(&folder.open(Some(&right)).await.unwrap()).await;
    let error = folder.open_error(Some(&wrong)).await;
    assert!(error.contains("another key, or is damaged"), "{error}");
    let error = folder.open_error(None).await;
    assert!(error.contains("it is encrypted, or no database: name its key"), "{error}");

    let folder = Folder::new();
    fill(&folder.open(None).await.unwrap()).await;
    let error = folder.open_error(Some(&folder.key(1))).await;
    assert!(error.contains("not encrypted, and a key is set: `confidant encrypt`"), "{error}");
    assert_eq!(contents(&folder.open(None).await.unwrap()).await.len(), 50, "it was left as it was");
}

#[test]
fn wrong_key_files_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let problem = |path: &Path| EncryptionKey::read(path).unwrap_err().to_string();
    assert!(problem(&path).contains("it is not there"), "{}", problem(&path));
    let digits = "0123456789abcdefABCDEF0123456789".repeat(2);
    for wrong in ["", "secret", &digits[1..], &format!("{digits}0"), &"ä".repeat(32), &"xy".repeat(32)] {
        std::fs::write(&path, wrong).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        assert!(problem(&path).contains("64 hexadecimal digits"), "{wrong}: {}", problem(&path));
        assert!(wrong.is_empty() || !problem(&path).contains(wrong), "the key is in the error");
    }
    std::fs::write(&path, format!("{digits}\n")).unwrap();
    let key = EncryptionKey::read(&path).unwrap();
    assert!(!format!("{key:?}").contains("0123"));
    for mode in [0o640, 0o604, 0o660] {
        std::fs::set_permissions(&path, PermissionsExt::from_mode(mode)).unwrap();
        assert!(problem(&path).contains("chmod 600"), "{}", problem(&path));
    }
    let taken = EncryptionKey::create(&path, &[1; 32]).unwrap_err().to_string();
    assert!(taken.contains("cannot be made"), "{taken}");
}

#[test]
fn a_new_key_file_is_its_owners_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    EncryptionKey::create(&path, &[0xab; 32]).unwrap();
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{}\n", "ab".repeat(32)));
    EncryptionKey::read(&path).unwrap();
}

#[tokio::test]
async fn a_plain_database_is_encrypted_with_all_its_rows() {
    let folder = Folder::new();
    let (path, key) = (folder.database(), folder.key(1));
    assert_eq!(plan_encryption(&path, None, &key).await.unwrap(), EncryptionPlan::Absent);
    let store = folder.open(None).await.unwrap();
    fill(&store).await;
    let before = store.export_user(Caller::Operator, demo(&store).await.user_id()).await.unwrap();
    drop(store);
    // What an interrupted run left is no obstacle.
    std::fs::write(folder.0.path().join("test.db.encrypting"), "half a copy").unwrap();

    let plan = plan_encryption(&path, None, &key).await.unwrap();
    assert!(matches!(plan, EncryptionPlan::Encrypt { bytes } if bytes > 0), "{plan:?}");
    encrypt(&folder, None, &key).await;

    assert_eq!(DatabaseForm::of(&path).unwrap(), DatabaseForm::Encrypted);
    assert_eq!(plan_encryption(&path, None, &key).await.unwrap(), EncryptionPlan::Done);
    assert!(!holds(&folder.bytes(), WORD));
    assert!(!folder.0.path().join("test.db.encrypting").exists());
    let store = folder.open(Some(&key)).await.unwrap();
    let after = store.export_user(Caller::Operator, demo(&store).await.user_id()).await.unwrap();
    assert_eq!(before, after);
    assert_eq!(contents(&store).await.len(), 50);
}

#[tokio::test]
async fn what_was_plain_is_overwritten() {
    let folder = Folder::new();
    let store = folder.open(None).await.unwrap();
    fill(&store).await;
    store.scrub_log().await.unwrap();
    drop(store);
    // A second name keeps the file that is replaced.
    let kept = folder.0.path().join("kept");
    std::fs::hard_link(folder.database(), &kept).unwrap();
    assert!(holds(&std::fs::read(&kept).unwrap(), WORD));
    encrypt(&folder, None, &folder.key(1)).await;
    let kept = std::fs::read(&kept).unwrap();
    assert!(kept.len() > 8_192 && kept.iter().all(|byte| *byte == 0));
}

#[tokio::test]
async fn a_key_is_changed() {
    let folder = Folder::new();
    let (path, old, new) = (folder.database(), folder.key(1), folder.key(2));
    let store = folder.open(Some(&old)).await.unwrap();
    fill(&store).await;
    drop(store);
    let error = plan_encryption(&path, None, &new).await.unwrap_err().to_string();
    assert!(error.contains("another key"), "{error}");
    let error = plan_encryption(&path, Some(&folder.key(3)), &new).await.unwrap_err().to_string();
    assert!(error.contains("another key"), "{error}");
    let plan = plan_encryption(&path, Some(&old), &new).await.unwrap();
    assert!(matches!(plan, EncryptionPlan::ChangeKey { .. }), "{plan:?}");
    encrypt(&folder, Some(&old), &new).await;
    folder.open_error(Some(&old)).await;
    assert_eq!(contents(&folder.open(Some(&new)).await.unwrap()).await.len(), 50);
    assert_eq!(plan_encryption(&path, Some(&old), &new).await.unwrap(), EncryptionPlan::Done);
}

#[tokio::test]
async fn a_database_in_use_is_left_alone() {
    let folder = Folder::new();
    let store = folder.open(None).await.unwrap();
    fill(&store).await;
    let error = encrypt_database(&folder.database(), None, &folder.key(1)).await.unwrap_err().to_string();
    assert!(error.contains("another process uses it"), "{error}");
    assert_eq!(DatabaseForm::of(&folder.database()).unwrap(), DatabaseForm::Plain);
    assert_eq!(contents(&store).await.len(), 50);
    assert!(!folder.0.path().join("test.db.encrypting").exists());
}

/// Everything that is logged in this process, at level `trace`.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn the_key_is_in_no_log() {
    let log = Log::default();
    let writer = log.clone();
    // For the whole process: the database's threads are not this one.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    let folder = Folder::new();
    let (old, new) = (folder.key(0xab), folder.key(0xcd));
    let mut options = StoreOptions::new(folder.database(), Clock::system());
    options.key = Some(old.clone());
    // Every statement is slow.
    options.slow = Duration::ZERO;
    let store = Store::open(options).await.unwrap();
    fill(&store).await;
    assert_eq!(contents(&store).await.len(), 50);
    drop(store);
    encrypt(&folder, Some(&old), &new).await;
    folder.open_error(Some(&old)).await;
    let logged = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("PRAGMA journal_mode = WAL"), "statements are logged");
    assert!(logged.contains("ATTACH DATABASE"), "statements are logged");
    for part in ["abababab", "cdcdcdcd"] {
        assert!(!logged.contains(part), "a key was logged");
    }
}
