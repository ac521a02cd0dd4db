//! How long a search takes in profiles of different sizes, embedding excluded; building the index, and what each document
//! costs in RAM, are printed first.
//!
//!     cargo bench -p memory --bench search

use std::time::Instant;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use domain::clock::from_micros;
use domain::message::Role;
use domain::{MessageId, SessionId};
use jiff::tz::TimeZone;
use llm::embedding::{WORD_NUMBERS, WordVector};
use memory::retrieval::{AskedWords, Intent, PastMessage, ProfileIndex, Query, Recalled, Strategy, Weights};
use mimalloc::MiMalloc;
use store::{Embedding, WORD_BYTES};

/// As in the server.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const DIMENSIONS: usize = 384;
const WORDS: usize = 25;
/// Of those, the words that carry meaning and so have vectors.
const MEANINGFUL: usize = 12;
const VOCABULARY: u64 = 20_000;

criterion_group!(benches, search);
criterion_main!(benches);

fn search(criterion: &mut Criterion) {
    for count in [100, 1_000, 10_000, 100_000] {
        let mut random = Random(7);
        let index = build(count, &mut random);
        let now = from_micros(count as i64 * 60_000_000);
        let ask =
            |random: &mut Random| (format!("When did Anna see the {}?", sentence(4, random)), unit(random));
        let answer = |(text, vector): (String, Vec<f32>)| {
            let intent = Intent::read(&text, &now.to_zoned(TimeZone::UTC));
            let words = AskedWords::of(&text, &word_vectors(&text));
            let query = Query {
                text: &text,
                message: &text,
                vector: Some(&vector),
                words: Some(&words),
                intent: &intent,
                count: 12,
                memories: true,
                messages: true,
                strategies: &Strategy::ALL,
                silence: false,
                parallel: true,
                now,
            };
            index.search(&query, &Weights::default()).0.len()
        };
        criterion.bench_function(&format!("search/{count}"), |bencher| {
            bencher.iter_batched(|| ask(&mut random), answer, BatchSize::SmallInput);
        });
    }
}

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
fn build(count: usize, random: &mut Random) -> ProfileIndex {
    let sessions: Vec<SessionId> = (0..=count / 20).map(|_| SessionId::new(from_micros(0))).collect();
    let rows = (0..count).map(|at| document(at, sessions[at / 20], random)).collect();
    let started = Instant::now();
    let index = ProfileIndex::build(rows, DIMENSIONS, TimeZone::UTC);
    let beyond_vector = index.bytes() as f64 / count as f64 - 4.0 * DIMENSIONS as f64;
    println!(
        "{count} documents: built in {:.2} s; {beyond_vector:.0} bytes each beyond the vector",
        started.elapsed().as_secs_f64()
    );
    index
}

fn document(at: usize, session_id: SessionId, random: &mut Random) -> (Recalled, Option<Embedding>) {
    let said_at = from_micros(at as i64 * 60_000_000);
    let message = PastMessage {
        id: MessageId::new(said_at),
        session_id,
        role: Role::User,
        speaker: Some(if at.is_multiple_of(2) { "Anna" } else { "Ben" }.to_owned()),
        content: format!("I {}.", sentence(WORDS, random)),
        said_at,
    };
    let words = (0..MEANINGFUL * WORD_BYTES).map(|_| 17 + (random.number() * 238.0) as u8).collect();
    (Recalled::Message(message), Some(Embedding { vector: unit(random), words }))
}

/// Of every word the same one: what is compared does not change how long it takes.
fn word_vectors(text: &str) -> Vec<WordVector> {
    let place = |word: &str| {
        let start = word.as_ptr() as usize - text.as_ptr() as usize;
        start..start + word.len()
    };
    let words = text.trim_end_matches('?').split(' ');
    words.map(|word| WordVector { place: place(word), numbers: [1; WORD_NUMBERS] }).collect()
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
