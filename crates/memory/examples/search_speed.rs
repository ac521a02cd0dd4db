//! How long a search takes in profiles of different sizes, embedding excluded, and what each document costs in RAM.
//!
//!     cargo run --release -p memory --example search_speed

use std::time::Instant;

use domain::clock::from_micros;
use domain::message::Role;
use domain::{MessageId, SessionId};
use jiff::tz::TimeZone;
use memory::retrieval::{Intent, PastMessage, ProfileIndex, Query, Recalled, Strategy, Weights};

const DIMENSIONS: usize = 384;
const SEARCHES: usize = 300;
const WORDS: usize = 25;
const VOCABULARY: u64 = 20_000;

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn main() {
    for count in [100, 1_000, 10_000, 100_000] {
        let mut random = Random(7);
        let sessions: Vec<SessionId> = (0..=count / 20).map(|_| SessionId::new(from_micros(0))).collect();
        let rows = (0..count).map(|at| document(at, sessions[at / 20], &mut random)).collect();
        let started = Instant::now();
        let index = ProfileIndex::build(rows, DIMENSIONS);
        let built = started.elapsed();
        let mut times: Vec<f64> = (0..SEARCHES)
            .map(|_| {
                let text = format!("When did Anna see the {}?", sentence(4, &mut random));
                let vector = unit(&mut random);
                let now = from_micros(count as i64 * 60_000_000);
                let started = Instant::now();
                let intent = Intent::read(&text, &now.to_zoned(TimeZone::UTC));
                let query = Query {
                    text: &text,
                    message: &text,
                    vector: Some(&vector),
                    intent: &intent,
                    count: 12,
                    memories: true,
                    messages: true,
                    strategies: &Strategy::ALL,
                    silence: false,
                    now,
                };
                assert_eq!(index.search(&query, &Weights::default()).0.len(), 12);
                started.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[(SEARCHES as f64 * share) as usize];
        let beyond_vector = index.bytes() as f64 / count as f64 - 4.0 * DIMENSIONS as f64;
        println!(
            "{count:7} documents: search p50 {:.3} ms, p99 {:.3} ms; built in {:.2} s; {beyond_vector:.0} bytes each beyond the vector",
            at(0.5),
            at(0.99),
            built.as_secs_f64(),
        );
    }
}

fn document(at: usize, session_id: SessionId, random: &mut Random) -> (Recalled, Option<Vec<f32>>) {
    let said_at = from_micros(at as i64 * 60_000_000);
    let message = PastMessage {
        id: MessageId::new(said_at),
        session_id,
        role: Role::User,
        speaker: Some(if at.is_multiple_of(2) { "Anna" } else { "Ben" }.to_owned()),
        content: format!("I {}.", sentence(WORDS, random)),
        said_at,
    };
    (Recalled::Message(message), Some(unit(random)))
}

/// Words as frequent as in a language: the square favours low numbers.
fn sentence(words: usize, random: &mut Random) -> String {
    let word = |random: &mut Random| {
        let share = random.number();
        format!("w{:x}", (share * share * share * VOCABULARY as f64) as u64)
    };
    (0..words).map(|_| word(random)).collect::<Vec<_>>().join(" ")
}

fn unit(random: &mut Random) -> Vec<f32> {
    let numbers: Vec<f32> = (0..DIMENSIONS).map(|_| random.number() as f32 - 0.5).collect();
    let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
    numbers.into_iter().map(|number| number / length).collect()
}

/// xorshift64*
struct Random(u64);

impl Random {
    fn number(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}
