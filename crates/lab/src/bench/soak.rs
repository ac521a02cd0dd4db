//! A long load: does anything grow?

use std::path::PathBuf;
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;

use super::client::Client;
use super::server::{ServerProcess, ServerSetup, Usage};
use super::workload::Questions;

/// Turns after which a user begins a new conversation, in a profile of its own: what is remembered grows in the database,
/// and not in what a search has to hold.
const TURNS_A_SESSION: usize = 50;
const SAMPLES: u32 = 20;
/// Caches and indexes are small, so that they are full soon: what grows after that is not theirs.
const SETTINGS: [(&str, &str); 4] = [
    ("CONFIDANT_MODELS__SIMULATED__CLASS", "instant"),
    ("CONFIDANT_RETRIEVAL__INDEX_BYTES_MAX", "4194304"),
    ("CONFIDANT_RETRIEVAL__EMBEDDING_CACHE_BYTES_MAX", "1048576"),
    ("CONFIDANT_RETRIEVAL__SEARCH_CACHE_BYTES_MAX", "1048576"),
];

#[derive(Clone, Debug)]
pub struct SoakOptions {
    pub program: PathBuf,
    pub weights_dir: PathBuf,
    pub minutes: f64,
    pub users: usize,
}

/// Talks for so long, and returns a Markdown table of what the server used on the way.
pub async fn soak(options: &SoakOptions, progress: impl Fn(&str)) -> anyhow::Result<String> {
    let folder = tempfile::tempdir()?;
    let setup = ServerSetup {
        program: options.program.clone(),
        weights_dir: options.weights_dir.clone(),
        settings: SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec(),
    };
    let server = ServerProcess::start(&setup, folder.path()).await?;
    let client = Client::new(server.url.clone())?;
    let started = Instant::now();
    let each = Duration::from_secs_f64(options.minutes * 60.0) / SAMPLES;
    let mut turns = 0;
    let mut table =
        "| minutes | turns | MiB resident | handles | threads |\n| --- | --- | --- | --- | --- |\n"
            .to_owned();
    let mut people = Vec::new();
    for n in 0..options.users {
        let (user, _) = client.create_user(&format!("Person {n}")).await?;
        people.push((user, Questions::new(n as u64, 1_000, 0.3), 0));
    }
    for sample in 1..=SAMPLES {
        let until = started + each * sample;
        if Instant::now() >= until {
            // The background work of the last sample took as long.
            continue;
        }
        let talks = people
            .iter_mut()
            .map(|(user, questions, sessions)| talk(&client, user, questions, sessions, until));
        turns += try_join_all(talks).await?.into_iter().sum::<usize>();
        client.wait_for_jobs().await?;
        let Usage { resident_mib, handles, threads, .. } = server.usage()?;
        let minutes = started.elapsed().as_secs_f64() / 60.0;
        let row = format!("| {minutes:.1} | {turns} | {resident_mib:.0} | {handles} | {threads} |");
        progress(&row);
        table += &(row + "\n");
    }
    server.stop().await?;
    Ok(table)
}

/// Returns how many turns there were.
async fn talk(
    client: &Client,
    user: &str,
    questions: &mut Questions,
    sessions: &mut usize,
    until: Instant,
) -> anyhow::Result<usize> {
    let mut turns = 0;
    while Instant::now() < until {
        *sessions += 1;
        let profile = client.create_profile(user, &format!("Profile {sessions}")).await?;
        let session = client.create_session(user, &profile, "normal").await?;
        for _ in 0..TURNS_A_SESSION {
            client.turn(&session, &questions.next()).await?;
            turns += 1;
            if Instant::now() >= until {
                break;
            }
        }
    }
    Ok(turns)
}
