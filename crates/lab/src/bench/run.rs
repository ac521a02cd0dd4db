//! A scenario, from an empty folder to figures.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::client::{Client, Turn};
use super::delay::delayed;
use super::report::{Measured, Samples};
use super::scenario::Scenario;
use super::server::{ServerProcess, ServerSetup};
use super::stats::Summary;
use super::workload::{Questions, memory};

/// Memories that one request brings.
const SEEDED_AT_ONCE: usize = 500;
const WRITTEN_BESIDE_AT_ONCE: usize = 20;

/// Runs scenarios, each on a server of its own.
pub(super) struct Bench {
    setup: ServerSetup,
    seed: u64,
    folder: TempDir,
    /// Data folders with so many users of so many memories each, to be copied.
    seeded: HashMap<(usize, usize), PathBuf>,
    copies: usize,
}

/// A user with a profile to talk to.
struct Person {
    user: String,
    profile: String,
}

impl Bench {
    pub(super) fn new(setup: ServerSetup, seed: u64) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir().context("no folder for the benchmark's databases")?;
        Ok(Self { setup, seed, folder, seeded: HashMap::new(), copies: 0 })
    }

    /// `settings` come on top of the scenario's own.
    pub(super) async fn measure(
        &mut self,
        scenario: &Scenario,
        settings: &[(String, String)],
    ) -> anyhow::Result<Measured> {
        let data_dir = self.data(scenario.users, scenario.memories).await?;
        let mut setup = self.setup.clone();
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        setup.settings.extend(scenario.settings.iter().map(own));
        setup.settings.push(("CONFIDANT_MODELS__SIMULATED__CLASS".to_owned(), scenario.model.to_owned()));
        setup.settings.extend_from_slice(settings);
        let server = ServerProcess::start(&setup, &data_dir).await?;
        let direct = Client::new(server.url.clone())?;
        let client = match scenario.delay_ms {
            0 => direct.clone(),
            delay_ms => Client::new(delayed(&server.url, Duration::from_millis(delay_ms) / 2).await?)?,
        };
        let people = people(&direct, scenario.users).await?;
        let beside = CancellationToken::new();
        let writing =
            scenario.writes_beside.then(|| tokio::spawn(write_beside(direct.clone(), beside.clone())));

        let (started, before) = (Instant::now(), server.usage()?);
        let users = people.iter().enumerate().map(|(n, person)| {
            let questions = Questions::new(self.seed.wrapping_add(n as u64), scenario.memories, 0.0);
            talk(&client, scenario, person, questions)
        });
        let talked = try_join_all(users).await?;
        let ended = Instant::now();
        let first_counted = talked.iter().map(|talk| talk.counted_from).min().unwrap_or(started);
        let seconds = ended.duration_since(first_counted).as_secs_f64();
        beside.cancel();
        if let Some(writing) = writing {
            writing.await??;
        }
        let drained = direct.wait_for_jobs().await?;
        let job = direct.job_ms("extract_memories").await?;
        let after = server.usage()?;
        let start_ms = server.start_ms;
        server.stop().await?;
        std::fs::remove_dir_all(&data_dir)?;
        let turns: Vec<Turn> = talked.into_iter().flat_map(|talk| talk.turns).collect();
        let mut measured = summarise(scenario, &turns, seconds);
        // Over all turns: what warming up leaves to the background is done while the others are counted.
        let all_turns = scenario.users * (scenario.warm_up + scenario.turns);
        measured.cpu_ms_per_turn = (after.cpu_ms - before.cpu_ms) / all_turns.max(1) as f64;
        measured.drain_ms = drained.as_secs_f64() * 1_000.0;
        [measured.job_p50_ms, measured.job_p95_ms, _] = job;
        measured.job_ms_per_turn = job[2] / all_turns.max(1) as f64;
        measured.start_ms = start_ms;
        measured.resident_mib = after.resident_mib;
        measured.peak_mib = after.peak_mib;
        Ok(measured)
    }

    /// A fresh copy of a data folder with so much in it.
    async fn data(&mut self, users: usize, memories: usize) -> anyhow::Result<PathBuf> {
        if !self.seeded.contains_key(&(users, memories)) {
            let folder = self.folder.path().join(format!("seeded-{users}-{memories}"));
            std::fs::create_dir(&folder)?;
            self.fill(&folder, users, memories).await?;
            self.seeded.insert((users, memories), folder);
        }
        self.copies += 1;
        let copy = self.folder.path().join(format!("data-{}", self.copies));
        std::fs::create_dir(&copy)?;
        for file in std::fs::read_dir(&self.seeded[&(users, memories)])? {
            let file = file?;
            std::fs::copy(file.path(), copy.join(file.file_name()))?;
        }
        Ok(copy)
    }

    async fn fill(&self, folder: &Path, users: usize, memories: usize) -> anyhow::Result<()> {
        let mut setup = self.setup.clone();
        setup.settings.push(("CONFIDANT_MODELS__SIMULATED__CLASS".to_owned(), "instant".to_owned()));
        let server = ServerProcess::start(&setup, folder).await?;
        let client = Client::new(server.url.clone())?;
        for n in 0..users {
            let (_, profile) = client.create_user(&format!("Person {n}")).await?;
            let all: Vec<Value> = (0..memories).map(|n| json!({ "content": memory(n) })).collect();
            for some in all.chunks(SEEDED_AT_ONCE) {
                client.post(&format!("/api/profiles/{profile}/memories"), &json!(some)).await?;
            }
        }
        client.wait_for_jobs().await?;
        server.stop().await
    }
}

/// The users that [`Bench::fill`] made.
async fn people(client: &Client, count: usize) -> anyhow::Result<Vec<Person>> {
    let mut people = Vec::with_capacity(count);
    let users = client.get("/api/users?limit=100").await?;
    let made = |user: &&Value| user["name"].as_str().is_some_and(|name| name.starts_with("Person "));
    for user in users["items"].as_array().into_iter().flatten().filter(made) {
        let user = user["id"].as_str().unwrap_or_default().to_owned();
        let profiles = client.get(&format!("/api/users/{user}/profiles")).await?;
        let mut profiles = profiles["items"].as_array().into_iter().flatten();
        let profile =
            profiles.find(|profile| profile["name"] == "Benchmark").context("a seeded profile is gone")?;
        people.push(Person { user, profile: profile["id"].as_str().unwrap_or_default().to_owned() });
    }
    Ok(people)
}

struct Talk {
    turns: Vec<Turn>,
    counted_from: Instant,
}

async fn talk(
    client: &Client,
    scenario: &Scenario,
    person: &Person,
    mut questions: Questions,
) -> anyhow::Result<Talk> {
    let session = client.create_session(&person.user, &person.profile, scenario.mode).await?;
    for _ in 0..scenario.warm_up {
        client.turn(&session, &questions.next()).await?;
    }
    questions.recur(scenario.recurring);
    let counted_from = Instant::now();
    let mut turns = Vec::with_capacity(scenario.turns);
    for _ in 0..scenario.turns {
        turns.push(client.turn(&session, &questions.next()).await?);
    }
    Ok(Talk { turns, counted_from })
}

async fn write_beside(client: Client, end: CancellationToken) -> anyhow::Result<()> {
    let (_, profile) = client.create_user("Busy").await?;
    let mut n = 0;
    while !end.is_cancelled() {
        let some: Vec<Value> =
            (n..n + WRITTEN_BESIDE_AT_ONCE).map(|n| json!({ "content": memory(n) })).collect();
        client.post(&format!("/api/profiles/{profile}/memories"), &json!(some)).await?;
        n += WRITTEN_BESIDE_AT_ONCE;
    }
    Ok(())
}

fn summarise(scenario: &Scenario, turns: &[Turn], seconds: f64) -> Measured {
    let answered: Vec<&Turn> = turns.iter().filter(|turn| turn.failure.is_none()).collect();
    let of =
        |figure: &dyn Fn(&Turn) -> Option<f64>| Summary::of(answered.iter().filter_map(|turn| figure(turn)));
    let mean = |figure: &dyn Fn(&Turn) -> f64| of(&|turn| Some(figure(turn))).mean;
    let mut failures = BTreeMap::new();
    for code in turns.iter().filter_map(|turn| turn.failure.clone()) {
        *failures.entry(code).or_default() += 1;
    }
    let mut stages: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (stage, ms) in answered.iter().flat_map(|turn| &turn.stages_ms) {
        stages.entry(stage.clone()).or_default().push(*ms);
    }
    Measured {
        scenario: scenario.name.to_owned(),
        about: scenario.about.to_owned(),
        turns: turns.len(),
        failures,
        seconds,
        turns_per_second: turns.len() as f64 / seconds,
        first_words_ms: of(&|turn| turn.first_words_ms),
        own_first_words_ms: of(&Turn::own_first_words_ms),
        total_ms: of(&|turn| Some(turn.total_ms)),
        own_total_ms: of(&|turn| Some(turn.own_total_ms())),
        stages_ms: stages.into_iter().map(|(stage, ms)| (stage, Summary::of(ms))).collect(),
        model_calls: mean(&|turn| turn.model_calls as f64),
        prompt_tokens: mean(&|turn| turn.prompt_tokens as f64),
        cached_share: mean(&|turn| f64::from(u8::from(turn.cached))),
        samples: Samples {
            own_first_words_ms: answered.iter().filter_map(|turn| turn.own_first_words_ms()).collect(),
            total_ms: answered.iter().map(|turn| turn.total_ms).collect(),
        },
        ..Measured::default()
    }
}
