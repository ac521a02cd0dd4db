//! What a text says word by word.

use domain::clock::from_micros;
use domain::message::Role;
use domain::{MessageId, SessionId};
use jiff::tz::TimeZone;
use llm::embedding::{WORD_NUMBERS, WordVector};
use memory::retrieval::{
    AskedWords, Feature, Hit, Intent, PastMessage, ProfileIndex, Query, Recalled, Relevance, Strategy,
    Weights,
};
use store::{Embedding, WORD_BYTES};

/// A word in the direction of `axis`: 7 there, 0 elsewhere.
fn word(axis: usize) -> WordVector {
    WordVector { place: 0..6, numbers: std::array::from_fn(|at| if at == axis { 7 } else { 0 }) }
}

/// The same, two numbers a byte.
fn packed(axis: usize) -> Vec<u8> {
    let number = |at: usize| if at == axis { 15 } else { 8 };
    (0..WORD_BYTES).map(|at| number(at) | number(at + WORD_NUMBERS / 2) << 4).collect()
}

fn said(number: i64, content: &str, words: Vec<u8>) -> (Recalled, Option<Embedding>) {
    let said_at = from_micros(number * 1_000_000);
    let message = PastMessage {
        id: MessageId::new(said_at),
        session_id: SessionId::new(said_at),
        role: Role::User,
        speaker: None,
        content: content.to_owned(),
        said_at,
    };
    (Recalled::Message(message), Some(Embedding { vector: vec![0.6, 0.8], words }))
}

/// What is found for one word, and what its words add to each.
fn found(index: &ProfileIndex, strategies: &[Strategy]) -> Vec<(String, f32)> {
    found_by(index, strategies, &AskedWords::of("kitten", &[word(30)]))
}

fn found_by(index: &ProfileIndex, strategies: &[Strategy], words: &AskedWords) -> Vec<(String, f32)> {
    let told =
        |hit: &Hit| (hit.recalled.content().to_owned(), hit.features[Feature::LateInteraction as usize]);
    search(index, strategies, words).0.iter().map(told).collect()
}

fn search(index: &ProfileIndex, strategies: &[Strategy], words: &AskedWords) -> (Vec<Hit>, Relevance) {
    let now = from_micros(60_000_000);
    let intent = Intent::read("kitten", &now.to_zoned(TimeZone::UTC));
    let query = Query {
        text: "kitten",
        message: "kitten",
        vector: Some(&[0.6, 0.8]),
        words: Some(words),
        intent: &intent,
        count: 5,
        memories: true,
        messages: true,
        strategies,
        silence: false,
        parallel: false,
        now,
    };
    index.search(&query, &Weights::default())
}

#[test]
fn of_texts_with_the_same_vector_the_one_with_the_closest_word_is_first() {
    let rows = vec![
        said(1, "We saw a cloud.", packed(2)),
        said(2, "We saw a storm.", Vec::new()),
        said(3, "We saw a tabby.", packed(30)),
        said(4, "We saw a tower.", packed(3)),
    ];
    let mut index = ProfileIndex::build(rows.clone(), 2, TimeZone::UTC);
    let check = |index: &ProfileIndex| {
        let found = found(index, &Strategy::ALL);
        assert_eq!(found[0].0, "We saw a tabby.", "{found:?}");
        assert_eq!(found[1], ("We saw a storm.".to_owned(), 0.0), "neither better nor worse");
        assert!(found[0].1 > 0.0 && found[2].1 < 0.0 && found[3].1 < 0.0, "{found:?}");
    };
    check(&index);
    check(&index.compacted());
    // Put again without an embedding it keeps the one that it had.
    index.put(rows[2].0.clone(), None);
    check(&index);
    assert!(found(&index, &[Strategy::Keyword]).iter().all(|(_, added)| *added == 0.0));
}

#[test]
fn a_text_that_says_something_else_has_nothing_of_the_words_before() {
    let (before, embedding) = said(1, "We saw a tabby.", packed(30));
    let Recalled::Message(message) = before.clone() else { unreachable!() };
    let rows = vec![(before, embedding), said(2, "We saw a cloud.", packed(2))];
    let mut index = ProfileIndex::build(rows, 2, TimeZone::UTC);
    index.put(Recalled::Message(PastMessage { content: "We saw a tower.".to_owned(), ..message }), None);
    let found = found(&index, &Strategy::ALL);
    let tower = found.iter().find(|(content, _)| content == "We saw a tower.");
    assert_eq!(tower.map(|(_, added)| *added), Some(0.0), "{found:?}");
}

#[test]
fn words_said_before_the_question_count_less_than_its_own() {
    let rows = vec![
        said(1, "We saw a cloud.", packed(2)),
        said(2, "We saw a storm.", packed(3)),
        said(3, "We saw a tabby.", packed(30)),
    ];
    let index = ProfileIndex::build(rows, 2, TimeZone::UTC);
    let added = |share: f32| {
        // No document has either word: both are as rare.
        let mut words = AskedWords::of("kitten", &[word(30)]);
        words.add_before("vapour", &[word(2)], share);
        let found = found_by(&index, &Strategy::ALL, &words);
        ["tabby", "cloud", "storm"].map(|word| {
            found.iter().find(|(content, _)| content.contains(word)).map_or(f32::NAN, |(_, added)| *added)
        })
    };
    let [tabby, cloud, storm] = added(0.5);
    assert!(tabby > cloud && cloud > storm, "{tabby} {cloud} {storm}");
    let [tabby, cloud, _] = added(1.0);
    assert!((tabby - cloud).abs() < 1e-6, "{tabby} {cloud}");
}

#[test]
fn a_long_message_before_the_question_counts_no_more_than_a_short_one() {
    let rows = vec![said(1, "We saw a cloud.", packed(2)), said(2, "We saw a tabby.", packed(30))];
    let index = ProfileIndex::build(rows, 2, TimeZone::UTC);
    let at = |place: usize| WordVector { place: place..place + 6, ..word(2) };
    let added = |text: &str, before: &[WordVector]| {
        let mut words = AskedWords::of("kitten", &[word(30)]);
        words.add_before(text, before, 0.5);
        found_by(&index, &Strategy::ALL, &words)[0].clone()
    };
    let (short, long) = (added("vapour", &[at(0)]), added("vapour vapour", &[at(0), at(7)]));
    assert_eq!(short.0, "We saw a tabby.");
    assert!((short.1 - long.1).abs() < 1e-6, "{short:?} {long:?}");
}

#[test]
fn an_answer_is_as_near_to_the_question_as_what_was_asked_before_it() {
    let session_id = SessionId::new(from_micros(0));
    let told = |number: i64, role: Role, content: &str, vector: Vec<f32>| {
        let (recalled, _) = said(number, content, Vec::new());
        let Recalled::Message(message) = recalled else { unreachable!() };
        let message = PastMessage { session_id, role, ..message };
        (Recalled::Message(message), Some(Embedding { vector, words: Vec::new() }))
    };
    let rows = |asked: Vec<f32>| {
        vec![
            told(1, Role::User, "Which one?", asked),
            told(2, Role::Assistant, "The kitten by the door.", Vec::new()),
        ]
    };
    let cosine = |asked: Vec<f32>| {
        let index = ProfileIndex::build(rows(asked), 2, TimeZone::UTC);
        let only_answers = |hit: &Hit| hit.recalled.content().starts_with("The");
        let (hits, relevance) = search(&index, &Strategy::ALL, &AskedWords::of("kitten", &[word(30)]));
        assert!(hits.iter().any(only_answers));
        relevance.cosine
    };
    assert!(cosine(vec![0.6, 0.8]) > 0.95);
    assert!(cosine(vec![0.8, -0.6]) < 0.05);
}
