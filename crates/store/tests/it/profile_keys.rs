//! What of a profile is text is sealed with the profile's key, and cannot be read once that is destroyed.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use domain::analytics::Analysis;
use domain::memory::{Actor, MemoryAction};
use domain::message::{Message, Role};
use domain::profile::ProfileFields;
use domain::session::Session;
use domain::{Clock, MessageId, PrivacyMode, ProfileId};
use futures_util::TryStreamExt as _;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _, SqliteConnection};
use store::{
    Caller, Embedding, EncryptionKey, ImportedRows, MemoryPage, MemoryWrite, ProfileScope, RecallableMessage,
    Store, StoreError, StoredEmbedding, forget_old_key, new_session, plan_encryption,
};

use crate::encryption::{Folder, encrypt};
use crate::writes::{addition, demo, said};

/// A word for everything that is text of a profile.
const WORDS: [&str; 10] = [
    "contentword",
    "tagword",
    "entityword",
    "attributeword",
    "evidenceword",
    "messageword",
    "speakerword",
    "titleword",
    "promptword",
    "summaryword",
];

struct Filled {
    scope: ProfileScope,
    session: Session,
}

fn memory(scope: ProfileScope) -> MemoryWrite {
    let mut write = addition(scope, "The user said contentword.");
    write.evidence = Some("I said evidenceword.".to_owned());
    write.after.tags = vec!["tagword".to_owned()];
    write.after.entities = vec!["entityword".to_owned()];
    write.after.attribute = Some("user.attributeword".to_owned());
    write
}

/// A profile with a row in every table that has text.
async fn fill(store: &Store, name: &str) -> Filled {
    let user = demo(store).await.user_id();
    let fields = ProfileFields {
        description: Some("promptword".to_owned()),
        system_prompt: Some("promptword".to_owned()),
        ..ProfileFields::default()
    };
    let profile = store.create_profile(Caller::Operator, user, name.to_owned(), fields).await.unwrap();
    let scope = store.open_profile(Caller::Operator, profile.id).await.unwrap();
    let now = Clock::system().now();
    let session = new_session(scope, PrivacyMode::Normal, "titleword".to_owned(), now);
    let message = Message {
        speaker: Some("speakerword".to_owned()),
        content: "messageword".to_owned(),
        ..said(session.id)
    };
    // An answer has a vector without numbers.
    let answer = Message { id: MessageId::new(now), role: Role::Assistant, ..message.clone() };
    let recallable = |message: &Message, vector: Vec<f32>| RecallableMessage {
        message: message.clone(),
        embedding: Some(StoredEmbedding {
            model: "m".to_owned(),
            embedding: Embedding { vector, words: vec![9; store::WORD_BYTES] },
        }),
    };
    let first = memory(scope);
    let again = MemoryWrite {
        action: MemoryAction::Update,
        actor: Actor::User,
        before: Some(first.after.clone()),
        embedding: None,
        ..memory(scope)
    };
    let again = MemoryWrite { after: first.after.clone(), ..again };
    let imported = ImportedRows {
        recallable: vec![recallable(&message, vec![0.25, -1.0]), recallable(&answer, Vec::new())],
        messages: vec![message, answer],
        writes: vec![first],
    };
    store.import_messages(scope, session.clone(), imported).await.unwrap();
    store.write_memories(scope, vec![again]).await.unwrap();
    let analysis = Analysis { summary: "summaryword".to_owned(), ..Analysis::default() };
    store.store_analysis(scope, session.id, analysis).await.unwrap();
    Filled { scope, session }
}

/// Everything that the rows of a database say to whoever has its key, as one text.
async fn rows(folder: &Folder, key: Option<&str>) -> String {
    let mut connection = raw(folder, key).await;
    let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    let mut found = String::new();
    for table in tables {
        let all = format!("SELECT * FROM {table}");
        for row in sqlx::query(AssertSqlSafe(all)).fetch_all(&mut connection).await.unwrap() {
            for column in 0..row.len() {
                let bytes = row.try_get_unchecked::<Option<Vec<u8>>, _>(column).unwrap();
                found += &String::from_utf8_lossy(&bytes.unwrap_or_default());
                found.push('\n');
            }
        }
    }
    connection.close().await.unwrap();
    found
}

async fn raw(folder: &Folder, key: Option<&str>) -> SqliteConnection {
    let mut options = SqliteConnectOptions::new().filename(folder.database());
    if let Some(key) = key {
        options = options.pragma("key", format!("\"x'{key}'\""));
    }
    options.connect().await.unwrap()
}

/// The key files of profiles in the folder, marks left out.
fn key_files(folder: &Folder) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("profile-keys-") {
            files.extend(std::fs::read_dir(path).unwrap().map(|file| file.unwrap().path()));
        }
    }
    files.retain(|path| path.extension().is_none());
    files
}

fn key_file(folder: &Folder, profile: ProfileId) -> Option<PathBuf> {
    key_files(folder).into_iter().find(|path| path.ends_with(profile.to_string()))
}

async fn contents(store: &Store, scope: ProfileScope) -> Result<Vec<String>, StoreError> {
    let page = store.list_memories(scope, MemoryPage { limit: 10, ..MemoryPage::default() }).await?;
    Ok(page.items.into_iter().map(|memory| memory.content).collect())
}

/// All that is read of a profile comes back as it was written.
async fn assert_readable(store: &Store, filled: &Filled) {
    let Filled { scope, session } = filled;
    assert_eq!(contents(store, *scope).await.unwrap(), ["The user said contentword."]);
    assert_eq!(store.list_attributes(*scope).await.unwrap(), ["user.attributeword"]);
    let profile = store.get_profile(Caller::Operator, scope.profile_id()).await.unwrap();
    assert_eq!(profile.system_prompt, "promptword");
    let context = store.find_session_context(Caller::Operator, session.id, 1).await.unwrap().unwrap();
    assert_eq!((context.session.title.as_str(), context.summary.as_str()), ("titleword", "summaryword"));
    assert_eq!(context.recent_messages[0].content, "messageword");
    assert_eq!(context.recent_messages[0].speaker.as_deref(), Some("speakerword"));
    let recallable = store.recallable_messages(*scope, "m").try_collect::<Vec<_>>().await.unwrap();
    let vectors: Vec<_> = recallable.iter().map(|(_, made)| &*made.as_ref().unwrap().vector).collect();
    assert_eq!(vectors, [[0.25, -1.0].as_slice(), [].as_slice()]);
    let now = Clock::system().now();
    let then = store.load_memories_as_of(*scope, "m", now).await.unwrap();
    assert_eq!(then[0].0.content, "The user said contentword.");
    assert_eq!(then[0].1.as_ref().unwrap().vector, [0.5, -1.0]);
    let history = store.list_memory_history(*scope, then[0].0.id).await.unwrap();
    assert_eq!(history[1].evidence.as_deref(), Some("I said evidenceword."));
    assert_eq!(history[1].before.as_ref().unwrap().tags, ["tagword"]);
}

#[tokio::test]
async fn rows_hold_no_text_of_profiles() {
    let plain = Folder::new();
    let filled = fill(&plain.open(None).await.unwrap(), "work").await;
    assert_readable(&plain.open(None).await.unwrap(), &filled).await;
    let said = rows(&plain, None).await;
    for word in WORDS {
        assert!(said.contains(word), "{word} would be found");
    }
    let folder = Folder::new();
    let key = folder.key(1);
    let store = folder.open(Some(&key)).await.unwrap();
    let filled = fill(&store, "work").await;
    let said = rows(&folder, Some(&"01".repeat(32))).await;
    assert!(said.contains("work") && said.contains("demo"), "rows are read");
    for word in WORDS {
        assert!(!said.contains(word), "{word}");
    }
    assert_readable(&store, &filled).await;
    drop(store);
    assert_readable(&folder.open(Some(&key)).await.unwrap(), &filled).await;
}

#[tokio::test]
async fn a_deleted_profile_cannot_be_read_from_a_backup() {
    let folder = Folder::new();
    let key = folder.key(1);
    let store = folder.open(Some(&key)).await.unwrap();
    let (doomed, other) = (fill(&store, "doomed").await, fill(&store, "other").await);
    let file = key_file(&folder, doomed.scope.profile_id()).unwrap();
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::metadata(file.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
    let kept = folder.path().join("kept");
    std::fs::hard_link(&file, &kept).unwrap();
    store.scrub_log().await.unwrap();
    let backup = folder.path().join("backup");
    std::fs::copy(folder.database(), &backup).unwrap();

    store.delete_profile(doomed.scope).await.unwrap();
    assert!(!file.exists() && !file.with_extension("deleting").exists());
    assert!(std::fs::read(&kept).unwrap().iter().all(|byte| *byte == 0), "the key was overwritten");
    drop(store);

    let restored = folder.open_file(&backup, Some(&key)).await.unwrap();
    assert_readable(&restored, &other).await;
    let scope = restored.open_profile(Caller::Operator, doomed.scope.profile_id()).await.unwrap();
    let error = contents(&restored, scope).await.unwrap_err();
    let (text, id) = (error.to_string(), scope.profile_id().to_string());
    assert!(matches!(error, StoreError::ProfileKey { .. }) && text.contains(&id), "{text}");
    assert!(text.contains("destroyed with the profile, or left behind"), "{text}");
    for error in [
        restored.get_profile(Caller::Operator, scope.profile_id()).await.map(|_| ()).unwrap_err(),
        restored.find_session(Caller::Operator, doomed.session.id).await.map(|_| ()).unwrap_err(),
        restored.list_messages(doomed.session.id, None, 1).await.map(|_| ()).unwrap_err(),
        restored.find_analysis(doomed.session.id).await.map(|_| ()).unwrap_err(),
        restored.recallable_messages(scope, "m").try_collect::<Vec<_>>().await.map(|_| ()).unwrap_err(),
    ] {
        assert!(matches!(error, StoreError::ProfileKey { .. }), "{error}");
    }
    // What is left of it can be deleted.
    restored.delete_profile(scope).await.unwrap();
}

#[tokio::test]
async fn deleting_a_user_destroys_the_keys_of_all_profiles() {
    let folder = Folder::new();
    let store = folder.open(Some(&folder.key(1))).await.unwrap();
    let filled = fill(&store, "work").await;
    store.create_user("anna".to_owned(), None).await.unwrap();
    assert_eq!(key_files(&folder).len(), 3);
    store.delete_user(Caller::Operator, filled.scope.user_id()).await.unwrap();
    assert_eq!(key_files(&folder).len(), 1, "anna's is left");
}

#[tokio::test]
async fn a_key_is_destroyed_also_if_who_asked_goes_away() {
    let folder = Folder::new();
    let store = folder.open(Some(&folder.key(1))).await.unwrap();
    let filled = fill(&store, "work").await;
    let file = key_file(&folder, filled.scope.profile_id()).unwrap();
    // Polled once and dropped.
    assert!(futures_util::FutureExt::now_or_never(store.delete_profile(filled.scope)).is_none());
    let patience = Instant::now() + Duration::from_secs(20);
    while file.exists() {
        assert!(Instant::now() < patience, "the key is still there");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a_profile_that_is_refused_leaves_no_key() {
    let folder = Folder::new();
    let store = folder.open(Some(&folder.key(1))).await.unwrap();
    let user = fill(&store, "work").await.scope.user_id();
    let before = key_files(&folder);
    let again =
        store.create_profile(Caller::Operator, user, "work".to_owned(), ProfileFields::default()).await;
    assert!(matches!(again, Err(StoreError::Conflict(_))));
    assert!(matches!(store.create_user("demo".to_owned(), None).await, Err(StoreError::Conflict(_))));
    assert_eq!(key_files(&folder), before);
}

#[tokio::test]
async fn a_deletion_that_was_cut_off_is_finished() {
    let folder = Folder::new();
    let key = folder.key(1);
    let store = folder.open(Some(&key)).await.unwrap();
    let (gone, kept) = (fill(&store, "gone").await, fill(&store, "kept").await);
    // Both were about to be deleted; the process ended after the one deletion, and before the other.
    let files = [&gone, &kept].map(|filled| key_file(&folder, filled.scope.profile_id()).unwrap());
    for file in &files {
        std::fs::write(file.with_extension("deleting"), "").unwrap();
    }
    let mut connection = raw(&folder, Some(&"01".repeat(32))).await;
    sqlx::query("DELETE FROM profiles WHERE id = $1")
        .bind(gone.scope.profile_id().0)
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    assert_eq!(store.destroy_keys_of_deleted_profiles().await.unwrap(), 1);
    assert_eq!(files.each_ref().map(|file| file.exists()), [false, true]);
    assert_eq!(store.destroy_keys_of_deleted_profiles().await.unwrap(), 0);
    assert_readable(&store, &kept).await;
}

#[tokio::test]
async fn a_value_that_was_moved_is_refused() {
    let folder = Folder::new();
    let store = folder.open(Some(&folder.key(1))).await.unwrap();
    let filled = fill(&store, "work").await;
    store.write_memories(filled.scope, vec![memory(filled.scope)]).await.unwrap();
    assert_eq!(contents(&store, filled.scope).await.unwrap().len(), 2);
    let mut connection = raw(&folder, Some(&"01".repeat(32))).await;
    for (moved, column) in [
        (
            "UPDATE memories SET content = (SELECT o.content FROM memories o WHERE o.id <> memories.id)",
            "content",
        ),
        ("UPDATE memories SET content = entities", "content"),
        ("UPDATE memories SET content = 'as it is'", "content"),
        ("UPDATE memories SET content = x'01'", "content"),
        ("UPDATE memories SET content = x''", "content"),
    ] {
        sqlx::raw_sql("SAVEPOINT before").execute(&mut connection).await.unwrap();
        let before: Vec<(Vec<u8>, Vec<u8>)> =
            sqlx::query_as("SELECT id, content FROM memories").fetch_all(&mut connection).await.unwrap();
        sqlx::raw_sql(moved).execute(&mut connection).await.unwrap();
        sqlx::raw_sql("RELEASE before").execute(&mut connection).await.unwrap();
        let error = contents(&store, filled.scope).await.unwrap_err();
        assert!(matches!(error, StoreError::Unsealable("memories.content")), "{column}: {error}");
        for (id, content) in before {
            let back = sqlx::query("UPDATE memories SET content = $2 WHERE id = $1").bind(id).bind(content);
            back.execute(&mut connection).await.unwrap();
        }
    }
    connection.close().await.unwrap();
    assert_eq!(contents(&store, filled.scope).await.unwrap().len(), 2);
}

#[tokio::test]
async fn the_first_key_seals_what_is_there() {
    let folder = Folder::new();
    let store = folder.open(None).await.unwrap();
    let filled = fill(&store, "work").await;
    let before = store.export_user(Caller::Operator, filled.scope.user_id()).await.unwrap();
    drop(store);
    let key = folder.key(1);
    encrypt(&folder, None, &key).await;
    let said = rows(&folder, Some(&"01".repeat(32))).await;
    for word in WORDS {
        assert!(!said.contains(word), "{word}");
    }
    let store = folder.open(Some(&key)).await.unwrap();
    assert_readable(&store, &filled).await;
    assert_eq!(store.export_user(Caller::Operator, filled.scope.user_id()).await.unwrap(), before);
}

#[tokio::test]
async fn a_changed_key_takes_the_keys_of_profiles_along() {
    let folder = Folder::new();
    let (old, new) = (folder.key(1), folder.key(2));
    let store = folder.open(Some(&old)).await.unwrap();
    let filled = fill(&store, "work").await;
    drop(store);
    let files = key_files(&folder);
    assert_eq!(files.len(), 2);
    encrypt(&folder, Some(&old), &new).await;
    assert!(files.iter().all(|file| !file.exists()), "none is left that the old key opens");
    assert_eq!(key_files(&folder).len(), 2);
    let store = folder.open(Some(&new)).await.unwrap();
    assert_readable(&store, &filled).await;
    drop(store);
    // Done again, as after an interruption, and with the key that it has: nothing is lost.
    plan_encryption(&folder.database(), Some(&old), &new).await.unwrap();
    forget_old_key(&folder.database(), &old, &new).await.unwrap();
    forget_old_key(&folder.database(), &EncryptionKey::clone(&new), &new).await.unwrap();
    let store = folder.open(Some(&new)).await.unwrap();
    assert_readable(&store, &filled).await;
    store.delete_profile(filled.scope).await.unwrap();
    assert_eq!(key_files(&folder).len(), 1);
}

/// Columns that say nothing but ids, times, names of kinds and counts; and the names by which users and profiles are known.
const OPEN: [&str; 33] = [
    "users.id",
    "users.name",
    "users.time_zone",
    "profiles.id",
    "profiles.user_id",
    "profiles.name",
    "sessions.id",
    "sessions.user_id",
    "sessions.profile_id",
    "sessions.privacy_mode",
    "messages.id",
    "messages.session_id",
    "messages.turn_id",
    "messages.role",
    "messages.status",
    "memories.id",
    "memories.profile_id",
    "memories.kind",
    "memories.state",
    "memories.source_message_id",
    "memories.source_session_id",
    "memories.superseded_by",
    "memory_embeddings.memory_id",
    "memory_embeddings.model",
    "memory_history.id",
    "memory_history.memory_id",
    "memory_history.action",
    "memory_history.actor",
    "memory_history.source_message_id",
    "memory_history.run_id",
    "message_embeddings.message_id",
    "message_embeddings.model",
    "session_analytics.session_id",
];
/// Tables whose rows are of no profile's text.
const WITHOUT_TEXT: [&str; 6] =
    ["turns", "agent_logs", "jobs", "api_keys", "metrics_samples", "_sqlx_migrations"];

#[tokio::test]
async fn every_column_is_sealed_or_known_to_be_open() {
    let folder = Folder::new();
    let store = folder.open(Some(&folder.key(1))).await.unwrap();
    let filled = fill(&store, "work").await;
    let mut connection = raw(&folder, Some(&"01".repeat(32))).await;
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
         WHERE t.type = 'table' AND c.type IN ('TEXT', 'BLOB')",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let mut sealed = 0;
    for (table, column) in columns {
        if OPEN.contains(&format!("{table}.{column}").as_str()) || WITHOUT_TEXT.contains(&table.as_str()) {
            continue;
        }
        // Only a vector without numbers is nothing to seal.
        let sealable = if column == "vector" { "length(vector) > 0" } else { "TRUE" };
        let all = format!("SELECT {column} FROM {table} WHERE {column} IS NOT NULL AND {sealable}");
        let values: Vec<Vec<u8>> =
            sqlx::query_scalar(AssertSqlSafe(all)).fetch_all(&mut connection).await.unwrap();
        assert!(!values.is_empty(), "{table}.{column} is new: seal it, or say here that it holds no text");
        sealed += 1;
        let ours = filled.scope.profile_id();
        assert!(values.iter().any(|value| value[..17] == [&[1], ours.0.as_bytes().as_slice()].concat()));
        assert!(values.iter().all(|value| value[0] == 1 && value.len() >= 45), "{table}.{column}");
    }
    assert_eq!(sealed, 16);
}
