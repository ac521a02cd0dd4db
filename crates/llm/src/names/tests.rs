//! The model against onnxruntime, whose labels are stored in `tests/data`.

use std::path::PathBuf;

use serde::Deserialize;

use super::*;

#[derive(Deserialize)]
struct Case {
    text: String,
    labels: Vec<usize>,
    chances: Vec<f32>,
}

fn folder() -> PathBuf {
    let given = std::env::var_os("CONFIDANT_WEIGHTS_DIR").map(PathBuf::from);
    let root = given.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights")));
    let folder = root.join("rampart");
    assert!(folder.is_dir(), "{} is missing: run `make weights`", folder.display());
    folder
}

/// The share of tokens with the reference's label, and the largest difference of its probability.
fn agreement(precision: Precision) -> (f32, f32) {
    let model = Model::load(&folder(), precision, Cpu::detect()).unwrap();
    let cases: Vec<Case> =
        serde_json::from_str(include_str!("../../tests/data/names_reference.json")).unwrap();
    let (mut same, mut all, mut apart) = (0, 0, 0.0_f32);
    for case in &cases {
        let (ids, _) = model.tokenizer.encode_with_places(&case.text).unwrap();
        let mut scratch = Scratch::default();
        let hidden = model.encoder.encode(&[ids], &mut scratch, &mut || {});
        let rows = hidden.chunks_exact(HIDDEN).skip(1).zip(&case.labels).zip(&case.chances);
        for ((row, label), chance) in rows {
            let scores = model.scores(row);
            let best = (0..LABELS.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap();
            same += usize::from(best == *label);
            all += 1;
            apart = apart.max((scores[*label] - chance).abs());
        }
    }
    (same as f32 / all as f32, apart)
}

#[test]
fn the_exact_path_is_the_reference() {
    let (same, apart) = agreement(Precision::F32);
    println!("f32: {same} the same, at most {apart} apart");
    assert!(same > 0.995 && apart < 0.1, "{same} the same, {apart} apart");
}

#[test]
fn the_fast_path_is_close_to_the_reference() {
    let (same, apart) = agreement(Precision::Int8);
    println!("int8: {same} the same, at most {apart} apart");
    assert!(same > 0.97, "{same} the same, {apart} apart");
}

#[test]
fn names_and_places_are_found_also_far_into_a_long_text() {
    let model = NamesModel::load(&folder()).unwrap();
    let filler = "It was a quiet day and nothing of note happened at all. ".repeat(60);
    let text = format!("{filler}Hello, my name is Maria Fernandez and I live in Lisbon. {filler}");
    let found = model.find_here(&text, &[]).unwrap();
    let named: Vec<(Named, &str)> = found.iter().map(|one| (one.named, &text[one.span.clone()])).collect();
    assert_eq!(named, [(Named::Person, "Maria Fernandez"), (Named::Place, "Lisbon")]);
    assert!(model.find_here("", &[]).unwrap().is_empty());
}
