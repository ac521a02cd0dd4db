//! A server whose database is encrypted.

use std::path::Path;
use std::process::{Command, Output};

use confidant::config::Config;

use crate::test_app::{TestApp, echoing, files_with};

const CANARY: &str = "Zanzibarella";

#[tokio::test]
async fn nothing_on_disk_can_be_read_and_the_next_start_remembers() {
    let keys = tempfile::tempdir().unwrap();
    let key_file = keys.path().join("key");
    let made = confidant(keys.path(), Some(&key_file), &["encrypt", "--make-key"]);
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let config = || {
        let mut config = Config::default();
        config.database.encryption_key_file = Some(key_file.clone());
        config
    };
    let mut app = TestApp::in_folder(tempfile::tempdir().unwrap(), echoing(), config()).await;
    remember_the_dog(&app).await;
    assert_eq!(files_with(&app.data_dir(), CANARY), Vec::<String>::new(), "while it runs");
    app.stop().await;
    assert_eq!(files_with(&app.data_dir(), CANARY), Vec::<String>::new(), "after it ended");

    let refused = serve(&app.data_dir(), None);
    assert!(!refused.status.success());
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("encryption_key_file"), "{said}");

    let app = TestApp::in_folder(app.folder, echoing(), config()).await;
    assert_eq!(app.memories().await, [format!("The user's dog is called {CANARY}.")]);
    let session = app.session("normal").await;
    let completed = app.say(&session, "What is my dog called?").await;
    assert!(completed.to_string().contains(CANARY), "{completed}");
}

#[tokio::test]
async fn a_database_that_was_plain_is_encrypted_by_one_command() {
    let mut app = TestApp::start().await;
    remember_the_dog(&app).await;
    app.stop().await;
    assert!(!files_with(&app.data_dir(), CANARY).is_empty(), "it was plain");

    let keys = tempfile::tempdir().unwrap();
    let key_file = keys.path().join("key");
    let done = confidant(&app.data_dir(), Some(&key_file), &["encrypt", "--make-key"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert_eq!(files_with(&app.data_dir(), CANARY), Vec::<String>::new());

    let mut config = Config::default();
    config.database.encryption_key_file = Some(key_file);
    let app = TestApp::in_folder(app.folder, echoing(), config).await;
    assert_eq!(app.memories().await.len(), 1);
}

async fn remember_the_dog(app: &TestApp) {
    let session = app.session("normal").await;
    app.say(&session, &format!("My dog is called {CANARY}.")).await;
    app.jobs_done().await;
}

fn serve(data_dir: &Path, key_file: Option<&Path>) -> Output {
    confidant(data_dir, key_file, &["serve", "--addr", "127.0.0.1:0", "--provider", "simulated"])
}

fn confidant(data_dir: &Path, key_file: Option<&Path>, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_confidant"));
    command.args(args).env("CONFIDANT_DATA_DIR", data_dir);
    command.env("CONFIDANT_EMBEDDINGS__PROVIDER", "simulated");
    if let Some(file) = key_file {
        command.env("CONFIDANT_DATABASE__ENCRYPTION_KEY_FILE", file);
    }
    command.output().unwrap()
}
