//! What is acknowledged is there, what failed is not.

use domain::job::{ClaimedJob, JobPayload};
use domain::memory::{Actor, MemoryAction, MemoryType, NewMemory};
use domain::message::{Message, MessageStatus, Role};
use domain::profile::ProfileFields;
use domain::{Clock, MemoryId, MessageId, PrivacyMode, SessionId, TurnId};
use futures_util::{StreamExt as _, TryStreamExt as _};
use store::{
    Caller, Embedding, ImportedRows, MemoryPage, MemoryWrite, ProfileScope, RecallableMessage, Store,
    StoreError, StoredEmbedding, new_session,
};

use crate::open;

pub(crate) async fn demo(store: &Store) -> ProfileScope {
    store.ensure_demo_user().await.unwrap();
    store.list_profile_scopes().await.unwrap()[0]
}

pub(crate) fn said(session_id: SessionId) -> Message {
    let now = Clock::system().now();
    Message {
        id: MessageId::new(now),
        session_id,
        turn_id: TurnId::new(now),
        role: Role::User,
        speaker: None,
        content: "said".to_owned(),
        status: MessageStatus::Complete,
        created_at: now,
    }
}

pub(crate) fn addition(scope: ProfileScope, content: &str) -> MemoryWrite {
    let now = Clock::system().now();
    let after = NewMemory {
        content: content.to_owned(),
        kind: MemoryType::Fact,
        importance: 0.5,
        tags: vec!["tag".to_owned()],
        entities: Vec::new(),
        attribute: None,
        said_at: now,
        valid_from: None,
        valid_to: None,
    }
    .into_memory(MemoryId::new(now), scope.profile_id(), now);
    let embedding = Some(StoredEmbedding { model: "m".to_owned(), embedding: embedding() });
    MemoryWrite {
        action: MemoryAction::Add,
        actor: Actor::User,
        source_message_id: None,
        run_id: None,
        evidence: None,
        before: None,
        after,
        embedding,
    }
}

fn embedding() -> Embedding {
    Embedding { vector: vec![0.5, -1.0], words: vec![7; 2 * store::WORD_BYTES] }
}

#[tokio::test]
async fn writes_at_the_same_time_fail_alone() {
    let test = open().await;
    test.store.create_user("anna".to_owned(), None).await.unwrap();
    // They wait together, so they share a transaction; every second one breaks a rule.
    let writes = (0..40).map(|n| {
        let store = test.store.clone();
        let name = if n % 2 == 0 { format!("user {n}") } else { "anna".to_owned() };
        tokio::spawn(async move { store.create_user(name, None).await })
    });
    let (mut done, mut refused) = (0, 0);
    for write in writes.collect::<Vec<_>>() {
        match write.await.unwrap() {
            Ok(_) => done += 1,
            Err(StoreError::Conflict(_)) => refused += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!((done, refused), (20, 20));
    let users = test.store.list_users(Caller::Operator, None, 100).await.unwrap();
    assert_eq!(users.items.len(), 21);
    assert_eq!(
        test.store.list_profile_scopes().await.unwrap().len(),
        21,
        "each with its profile, and no other"
    );
}

#[tokio::test]
async fn memories_come_back_as_they_were_with_vector_and_history() {
    let test = open().await;
    let scope = demo(&test.store).await;
    let writes: Vec<MemoryWrite> = (0..1_200).map(|n| addition(scope, &format!("fact {n}"))).collect();
    test.store.write_memories(scope, writes.clone()).await.unwrap();
    let loaded = test.store.active_memories(scope, "m").try_collect::<Vec<_>>().await.unwrap();
    assert_eq!(loaded.len(), 1_200);
    assert_eq!(loaded[7], (writes[7].after.clone(), Some(embedding())));
    let other = test.store.active_memories(scope, "another model").try_collect::<Vec<_>>().await.unwrap();
    assert!(other.iter().all(|(_, vector)| vector.is_none()), "vectors of models are not mixed");
    let history = test.store.list_memory_history(scope, writes[7].after.id).await.unwrap();
    assert_eq!(*history[0].after, writes[7].after);
    let page = MemoryPage { limit: 5, ..MemoryPage::default() };
    let page = test.store.list_memories(scope, page).await.unwrap();
    assert_eq!(page.items[0].content, "fact 1199", "the newest first");
}

#[tokio::test]
async fn a_profile_opens_only_for_its_owner() {
    let test = open().await;
    let scope = demo(&test.store).await;
    let stranger = test.store.create_user("stranger".to_owned(), None).await.unwrap();
    let refused = test.store.open_profile(Caller::User(stranger.id), scope.profile_id()).await;
    assert!(matches!(refused, Err(StoreError::NotFound("profile"))));
    let write = addition(scope, "private");
    test.store.write_memories(scope, vec![write.clone()]).await.unwrap();
    let refused = test.store.get_memory(Caller::User(stranger.id), write.after.id).await;
    assert!(matches!(refused, Err(StoreError::NotFound("memory"))));
    assert!(test.store.get_memory(Caller::User(scope.user_id()), write.after.id).await.is_ok());
}

#[tokio::test]
async fn deleting_a_profile_deletes_all_that_is_its() {
    let test = open().await;
    let first = demo(&test.store).await;
    let fields = ProfileFields::default();
    let second =
        test.store.create_profile(Caller::Operator, first.user_id(), "Second".into(), fields).await.unwrap();
    let second = test.store.open_profile(Caller::Operator, second.id).await.unwrap();
    test.store.write_memories(second, vec![addition(second, "gone soon")]).await.unwrap();
    let payload = JobPayload::EmbedMemories { user_id: second.user_id(), profile_id: second.profile_id() };
    test.store.enqueue_once(payload.clone()).await.unwrap();
    test.store.enqueue_once(payload).await.unwrap();
    assert_eq!(test.store.count_jobs().await.unwrap().pending, 1, "the same job waits once");
    test.store.delete_profile(second).await.unwrap();
    assert_eq!(test.store.count_jobs().await.unwrap().pending, 0);
    assert!(test.store.active_memories(second, "m").next().await.is_none());
    assert!(
        matches!(test.store.delete_profile(first).await, Err(StoreError::Conflict(_))),
        "the last one stays"
    );
}

#[tokio::test]
async fn a_failed_job_comes_back_and_dies_in_the_end() {
    let test = open().await;
    test.store.enqueue(JobPayload::PruneSessions).await.unwrap();
    let job = test.store.claim_jobs(10, 60_000).await.unwrap().remove(0);
    assert!(test.store.claim_jobs(10, 60_000).await.unwrap().is_empty(), "it is held");
    test.store.fail_job(job, "down".into(), Some(Clock::system().now())).await.unwrap();
    let job = test.store.claim_jobs(10, 60_000).await.unwrap().remove(0);
    assert_eq!(job.attempts, 2);
    test.store.release_job(job).await.unwrap();
    let job = test.store.claim_jobs(10, 60_000).await.unwrap().remove(0);
    assert_eq!(job.attempts, 2, "a released try does not count");
    test.store.fail_job(job, "down".into(), None).await.unwrap();
    let counts = test.store.count_jobs().await.unwrap();
    assert_eq!((counts.pending, counts.running, counts.dead), (0, 0, 1));
    let dead = test.store.list_jobs(Some("dead"), 10).await.unwrap();
    assert_eq!((dead[0].attempts, dead[0].error_code.as_deref()), (2, Some("down")));
    assert_eq!(test.store.retry_dead_jobs(None).await.unwrap(), 1);
    let job = test.store.claim_jobs(10, 60_000).await.unwrap().remove(0);
    assert_eq!(job.attempts, 1, "it begins anew");
    let id = job.id;
    test.store.fail_job(job, "down".into(), None).await.unwrap();
    assert_eq!(test.store.purge_dead_jobs(Some(id)).await.unwrap(), 1);
    assert!(test.store.list_jobs(None, 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_a_job_learned_is_stored_once_and_only_while_it_is_held() {
    let test = open().await;
    let scope = demo(&test.store).await;
    let now = Clock::system().now();
    let session = new_session(scope, PrivacyMode::Normal, "title".to_owned(), now);
    let message = said(session.id);
    let imported = ImportedRows { messages: vec![message.clone()], ..ImportedRows::default() };
    test.store.import_messages(scope, session.clone(), imported).await.unwrap();
    let learned = || {
        let embedding = StoredEmbedding { model: "m".to_owned(), embedding: embedding() };
        vec![RecallableMessage { message: message.clone(), embedding: Some(embedding) }]
    };
    let recalled = async || test.store.recallable_messages(scope, "m").count().await;
    test.store.enqueue(JobPayload::PruneSessions).await.unwrap();
    let job = test.store.claim_jobs(1, 60_000).await.unwrap().remove(0);
    let complete = async |job: &ClaimedJob| {
        test.store.complete_extraction(scope, job.clone(), Vec::new(), learned(), None).await
    };
    let lost = ClaimedJob { attempts: 7, ..job.clone() };
    assert!(matches!(complete(&lost).await, Err(StoreError::LeaseLost)));
    assert_eq!(recalled().await, 0, "what somebody else's try found is not stored");
    complete(&job).await.unwrap();
    assert_eq!(recalled().await, 1);
    assert!(matches!(complete(&job).await, Err(StoreError::LeaseLost)), "it is done");
    // Of a session that is gone nothing is left, and nothing comes back.
    test.store.enqueue(JobPayload::PruneSessions).await.unwrap();
    let job = test.store.claim_jobs(1, 60_000).await.unwrap().remove(0);
    test.store.delete_session(session.id).await.unwrap();
    assert!(matches!(complete(&job).await, Err(StoreError::LeaseLost)));
    assert_eq!(recalled().await, 0);
}

#[tokio::test]
async fn samples_thin_out_with_age() {
    let test = open().await;
    let minute = 60_000_000;
    let day = 24 * 60;
    // Three hours, and then the time in which they come of age, a minute at a time.
    for at in 0..180 {
        test.store
            .insert_metrics_sample(domain::clock::from_micros(at * minute), "{}".to_owned())
            .await
            .unwrap();
    }
    let left = async |now: i64| {
        for at in (now - 200)..=now {
            test.store
                .insert_metrics_sample(domain::clock::from_micros(at * minute), "{}".to_owned())
                .await
                .unwrap();
        }
        let (from, until) = (domain::clock::from_micros(0), domain::clock::from_micros(180 * minute));
        test.store.list_metrics_samples(from, until, 1_000).await.unwrap().len()
    };
    assert_eq!(left(day).await, 180);
    assert_eq!(left(2 * day + 180).await, 18, "one in ten minutes after two days");
    assert_eq!(left(7 * day + 180).await, 3, "one an hour after a week");
    assert_eq!(left(30 * day + 181).await, 0, "none after a month");
}

#[tokio::test]
async fn what_was_written_reaches_the_database_beside_the_writer() {
    let test = open().await;
    let scope = demo(&test.store).await;
    let path = test.folder.path().join("test.db");
    let size = || std::fs::metadata(&path).unwrap().len();
    let before = size();
    let writes: Vec<_> = (0..200).map(|n| addition(scope, &format!("{n} {}", "long ".repeat(100)))).collect();
    test.store.write_memories(scope, writes).await.unwrap();
    // No connection was closed, and the log is far from the length at which the writer would move it itself.
    let mut waited = 0;
    while size() == before {
        waited += 1;
        assert!(waited < 300, "nothing was moved out of the log in 30 s");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
}
