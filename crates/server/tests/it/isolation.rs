//! Random users at once, each with a word of their own in everything they write: no answer to one ever holds a word or an
//! id of another, and what belongs to another is answered like what does not exist.
//!
//! `CONFIDANT_ISOLATION_STEPS` sets the number of steps, of one to twenty requests each.

use std::sync::{Arc, Mutex};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::KeyScope;

use crate::test_app::TestApp;

const USERS: usize = 3;
const STEPS: usize = 400;
/// Of a user; then the oldest goes. Without that exports would grow with every step.
const PROFILES_MAX: usize = 4;

/// What a user has made so far.
#[derive(Clone, Debug, Default)]
struct Owned {
    profiles: Vec<String>,
    sessions: Vec<String>,
    memories: Vec<String>,
    turns: Vec<String>,
}

struct Person {
    app: Arc<TestApp>,
    number: usize,
    id: String,
    key: String,
    /// Of everybody, by number of the user.
    all: Arc<Mutex<Vec<Owned>>>,
    dice: StdRng,
}

/// A word that one user writes into everything.
fn word(number: usize) -> String {
    format!("quagga{number}zyx")
}

impl Person {
    fn owned(&self, number: usize) -> Owned {
        self.all.lock().unwrap()[number].clone()
    }

    fn note(&self, note: impl FnOnce(&mut Owned)) {
        note(&mut self.all.lock().unwrap()[self.number]);
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> (StatusCode, String) {
        let request = self.app.request_as(&self.key, method.clone(), path).json(body);
        let answer = request.send().await.unwrap();
        let (status, text) = (answer.status(), answer.text().await.unwrap());
        for other in (0..USERS).filter(|other| *other != self.number) {
            assert!(
                !text.contains(&word(other)),
                "{method} {path} of user {} shows {other}: {text}",
                self.number
            );
        }
        (status, text)
    }

    async fn step(&mut self) {
        let own = self.owned(self.number);
        let profile = own.profiles.choose(&mut self.dice).cloned().unwrap_or_default();
        let session = own.sessions.choose(&mut self.dice).cloned();
        let memory = own.memories.choose(&mut self.dice).cloned();
        let number = self.number;
        match self.dice.random_range(0..14) {
            0 => self.make_session(&profile).await,
            1..4 => self.say(session).await,
            4 => self.make_memory(&profile).await,
            5 => {
                let body = json!({"profile_id": profile, "query": format!("{} animals", word((number + 1) % USERS))});
                self.send(Method::POST, "/api/memories/search", &body).await;
            }
            6 => self.change_mode(session).await,
            7 if own.profiles.len() >= PROFILES_MAX => self.delete_profile(&own.profiles[0]).await,
            7 => self.make_profile().await,
            8 => {
                let Some(memory) = memory else { return };
                let path = format!("/api/memories/{memory}");
                self.send(Method::PUT, &path, &json!({"content": format!("{} twice", word(number))})).await;
                self.send(Method::GET, &format!("{path}/history"), &json!({})).await;
            }
            9 => {
                let Some(memory) = memory else { return };
                self.send(Method::DELETE, &format!("/api/memories/{memory}"), &json!({})).await;
            }
            10 => {
                let path = format!("/api/users/{}/export", self.id);
                assert_eq!(self.send(Method::GET, &path, &json!({})).await.0, StatusCode::OK);
            }
            11 => self.list_everything(&profile, session.as_deref()).await,
            12 => {
                let Some(session) = session else { return };
                self.send(Method::DELETE, &format!("/api/sessions/{session}"), &json!({})).await;
                self.note(|own| own.sessions.retain(|one| *one != session));
            }
            _ => self.trespass().await,
        }
    }

    async fn make_profile(&mut self) {
        let name = format!("{} {}", word(self.number), self.dice.random::<u32>());
        let path = format!("/api/users/{}/profiles", self.id);
        let (_, text) = self.send(Method::POST, &path, &json!({"name": name})).await;
        self.note(|own| own.profiles.push(id_in(&text, "id")));
    }

    async fn delete_profile(&mut self, profile: &str) {
        let (status, text) = self.send(Method::DELETE, &format!("/api/profiles/{profile}"), &json!({})).await;
        assert_eq!(status, StatusCode::NO_CONTENT, "{text}");
        self.note(|own| own.profiles.retain(|one| one != profile));
    }

    async fn make_session(&mut self, profile: &str) {
        let mode = ["normal", "pause_memory", "incognito"][self.dice.random_range(0..3)];
        let body = json!({"profile_id": profile, "privacy_mode": mode});
        let (_, text) = self.send(Method::POST, &format!("/api/users/{}/sessions", self.id), &body).await;
        self.note(|own| own.sessions.push(id_in(&text, "id")));
    }

    async fn say(&mut self, session: Option<String>) {
        let Some(session) = session else { return };
        let animal = ["dog", "cat", "horse", "parrot"][self.dice.random_range(0..4)];
        let message =
            format!("My {animal} is called {}. What do you know of my {animal}?", word(self.number));
        let body = json!({"session_id": session, "message": message, "stream": self.dice.random::<bool>()});
        let (status, text) = self.send(Method::POST, "/api/chat/message", &body).await;
        if status == StatusCode::NOT_FOUND {
            // It went with its profile.
            self.note(|own| own.sessions.retain(|one| *one != session));
        }
        let turn = text.split("\"turn_id\":\"").nth(1).and_then(|rest| rest.split('"').next());
        if let Some(turn) = turn {
            self.note(|own| own.turns.push(turn.to_owned()));
        }
    }

    async fn make_memory(&mut self, profile: &str) {
        let content = format!("The user feeds {} number {}.", word(self.number), self.dice.random::<u16>());
        let path = format!("/api/profiles/{profile}/memories");
        let (_, text) = self.send(Method::POST, &path, &json!({"content": content})).await;
        self.note(|own| own.memories.push(id_in(&text, "id")));
    }

    async fn change_mode(&mut self, session: Option<String>) {
        let Some(session) = session else { return };
        let mode = ["normal", "pause_memory", "incognito"][self.dice.random_range(0..3)];
        let path = format!("/api/sessions/{session}/privacy-mode");
        self.send(Method::PUT, &path, &json!({"privacy_mode": mode})).await;
    }

    async fn list_everything(&self, profile: &str, session: Option<&str>) {
        let mut paths = vec![
            "/api/users".to_owned(),
            format!("/api/users/{}/profiles", self.id),
            format!("/api/users/{}/sessions", self.id),
            format!("/api/profiles/{profile}/memories?state=all"),
            format!("/api/profiles/{profile}/analytics"),
        ];
        if let Some(session) = session {
            paths.push(format!("/api/sessions/{session}/messages"));
            paths.push(format!("/api/sessions/{session}/context?query=animals"));
            paths.push(format!("/api/sessions/{session}/analytics"));
        }
        for path in paths {
            self.send(Method::GET, &path, &json!({})).await;
        }
    }

    /// Everything that names something of another user is answered as if it did not exist.
    async fn trespass(&mut self) {
        let other = (self.number + self.dice.random_range(1..USERS)) % USERS;
        let theirs = self.owned(other);
        let mut one_of = |ids: &[String]| ids.choose(&mut self.dice).cloned();
        let targets = [
            (Method::GET, "/api/profiles/{}", one_of(&theirs.profiles)),
            (Method::GET, "/api/profiles/{}/memories", one_of(&theirs.profiles)),
            (Method::DELETE, "/api/profiles/{}", one_of(&theirs.profiles)),
            (Method::GET, "/api/sessions/{}", one_of(&theirs.sessions)),
            (Method::GET, "/api/sessions/{}/messages", one_of(&theirs.sessions)),
            (Method::DELETE, "/api/sessions/{}", one_of(&theirs.sessions)),
            (Method::GET, "/api/memories/{}", one_of(&theirs.memories)),
            (Method::DELETE, "/api/memories/{}", one_of(&theirs.memories)),
            (Method::GET, "/api/turns/{}", one_of(&theirs.turns)),
            (Method::GET, "/api/turns/{}/receipt", one_of(&theirs.turns)),
        ];
        let nobodys = domain::MemoryId::new(domain::Clock::system().now()).to_string();
        for (method, path, id) in targets {
            let Some(id) = id else { continue };
            let asked = self.send(method.clone(), &path.replace("{}", &id), &json!({})).await;
            let unknown = self.send(method.clone(), &path.replace("{}", &nobodys), &json!({})).await;
            assert_eq!(asked.0, StatusCode::NOT_FOUND, "{method} {path}: {}", asked.1);
            assert_eq!(without_request_id(&asked.1), without_request_id(&unknown.1), "{method} {path}");
        }
        for (path, body) in [
            ("/api/chat/message", json!({"session_id": theirs.sessions.first(), "message": "hello"})),
            ("/api/memories/search", json!({"profile_id": theirs.profiles.first(), "query": "animals"})),
        ] {
            let (status, text) = self.send(Method::POST, path, &body).await;
            assert!(status.is_client_error(), "{path}: {status} {text}");
        }
    }
}

fn id_in(text: &str, field: &str) -> String {
    let value: Value = serde_json::from_str(text).unwrap();
    value[field].as_str().unwrap_or_else(|| panic!("no {field} in {text}")).to_owned()
}

fn without_request_id(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).unwrap();
    value["request_id"] = Value::Null;
    value["instance"] = Value::Null;
    value
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_of_one_user_ever_reaches_another() {
    let steps: usize =
        std::env::var("CONFIDANT_ISOLATION_STEPS").ok().and_then(|text| text.parse().ok()).unwrap_or(STEPS);
    let app = Arc::new(TestApp::with_keys().await);
    let all = Arc::new(Mutex::new(vec![Owned::default(); USERS]));
    let mut people = Vec::new();
    for number in 0..USERS {
        let id = id_in(&app.post("/api/users", &json!({"name": word(number)})).await.to_string(), "id");
        let key = app.make_key(Some(&id), KeyScope::User).await;
        let dice = StdRng::seed_from_u64(number as u64 + 1);
        let mut person = Person { app: app.clone(), number, id, key, all: all.clone(), dice };
        person.make_profile().await;
        people.push(person);
    }
    let walks = people.into_iter().map(|mut person| {
        tokio::spawn(async move {
            for _ in 0..steps / USERS {
                person.step().await;
            }
        })
    });
    for walk in walks.collect::<Vec<_>>() {
        walk.await.unwrap();
    }
}
