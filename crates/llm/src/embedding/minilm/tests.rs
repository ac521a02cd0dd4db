//! The encoder against the reference implementation, whose vectors are stored in `tests/data`.

use std::path::PathBuf;

use super::*;
use crate::bert::file_of;
use crate::embedding::WORD_NUMBERS;

fn weights() -> PathBuf {
    let given = std::env::var_os("CONFIDANT_WEIGHTS_DIR").map(PathBuf::from);
    let root = given.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights")));
    let folder = root.join("all-MiniLM-L6-v2");
    assert!(folder.is_dir(), "{} is missing: run `make weights`", folder.display());
    folder
}

fn texts() -> Vec<String> {
    serde_json::from_str(include_str!("../../../tests/data/minilm_texts.json")).unwrap()
}

fn reference() -> Vec<Vec<f32>> {
    let (numbers, _) = include_bytes!("../../../tests/data/minilm_vectors.f32").as_chunks::<4>();
    let numbers: Vec<f32> = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
    numbers.chunks_exact(HIDDEN).map(<[f32]>::to_vec).collect()
}

fn cosine(a: &[f32], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum()
}

/// For the published model, without what was fitted on top of it.
fn published(folder: &tempfile::TempDir) -> MiniLmOptions {
    let nothing = file_of(&[
        ("words.directions", &[HIDDEN, WORD_NUMBERS], &vec![0.0; HIDDEN * WORD_NUMBERS]),
        ("words.taken_off", &[WORD_NUMBERS], &[0.0; WORD_NUMBERS]),
    ]);
    let file = folder.path().join("fitted.safetensors");
    std::fs::write(&file, nothing).unwrap();
    MiniLmOptions { fitted: Some(file), ..MiniLmOptions::default() }
}

/// The least and the mean cosine with the reference.
async fn agreement(precision: Precision, cpu: Cpu) -> (f64, f64) {
    let folder = tempfile::tempdir().unwrap();
    let options = MiniLmOptions { precision, ..published(&folder) };
    let model = MiniLm::load_for(&weights(), options, cpu).unwrap();
    let texts = texts();
    let vectors = model.embed(texts.clone()).await.unwrap();
    let cosines: Vec<f64> =
        vectors.iter().zip(reference()).map(|(found, exact)| cosine(&found.vector, &exact)).collect();
    assert_eq!(cosines.len(), texts.len());
    assert!(cosines.len() >= 60);
    (cosines.iter().copied().fold(1.0, f64::min), cosines.iter().sum::<f64>() / cosines.len() as f64)
}

#[tokio::test]
async fn the_exact_path_is_the_reference() {
    for cpu in Cpu::all() {
        let (least, mean) = agreement(Precision::F32, cpu).await;
        println!("f32 on {cpu:?}: least {least:.6}, mean {mean:.6}");
        assert!(least > 0.9999, "{cpu:?}: {least}");
    }
}

#[tokio::test]
async fn the_fast_path_is_close_to_the_reference() {
    for cpu in Cpu::all() {
        let (least, mean) = agreement(Precision::Int8, cpu).await;
        println!("int8 on {cpu:?}: least {least:.6}, mean {mean:.6}");
        assert!(least > 0.99, "{cpu:?}: {least}");
        assert!(mean > 0.998, "{cpu:?}: {mean}");
    }
}

#[tokio::test]
async fn a_text_has_the_same_vector_alone_and_in_a_batch() {
    let model = MiniLm::load(&weights(), MiniLmOptions::default()).unwrap();
    let texts = texts();
    let batch = model.embed(texts.clone()).await.unwrap();
    for (text, together) in texts.iter().zip(&batch) {
        let alone = model.embed(vec![text.clone()]).await.unwrap().remove(0);
        assert!(cosine(&alone.vector, &together.vector) > 0.999_999);
        assert!((cosine(&alone.vector, &alone.vector) - 1.0).abs() < 1e-5, "the length is 1");
    }
    assert!(model.embed(Vec::new()).await.unwrap().is_empty());
}

#[tokio::test]
async fn missing_and_damaged_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let problem = |folder: &Path| MiniLm::load(folder, MiniLmOptions::default()).unwrap_err().to_string();
    assert!(problem(folder.path()).contains("tokenizer.json is missing: run `make weights`"));
    std::fs::copy(weights().join("tokenizer.json"), folder.path().join("tokenizer.json")).unwrap();
    assert!(problem(folder.path()).contains("model.safetensors is missing"));
    let whole = std::fs::read(weights().join("model.safetensors")).unwrap();
    std::fs::write(folder.path().join("model.safetensors"), &whole[..whole.len() / 2]).unwrap();
    assert!(problem(folder.path()).contains("model.safetensors is damaged"));
    std::fs::write(folder.path().join("tokenizer.json"), "{}").unwrap();
    assert!(problem(folder.path()).contains("tokenizer.json is damaged"));
}

#[tokio::test]
async fn words_mean_what_they_mean_where_they_stand() {
    let model = MiniLm::load(&weights(), MiniLmOptions::default()).unwrap();
    let texts =
        ["We sat down on the river bank.", "The bank gave me a loan.", "Paddling along the riverbanks"];
    let found = model.embed(texts.map(str::to_owned).to_vec()).await.unwrap();
    let word = |text: usize, word: &str| {
        let place = texts[text].find(word).unwrap();
        let found = found[text].words.iter().find(|found| found.place == (place..place + word.len()));
        found.unwrap_or_else(|| panic!("{word} is no word of {:?}", texts[text])).numbers.map(f32::from)
    };
    // "riverbanks" is of several tokens and has one vector.
    let shore = word(2, "riverbanks");
    assert!(cosine(&word(0, "bank"), &shore) > cosine(&word(1, "bank"), &shore) + 20.0);
    let words: Vec<&str> = found[1].words.iter().map(|word| &texts[1][word.place.clone()]).collect();
    assert_eq!(words, ["The", "bank", "gave", "me", "a", "loan", "."]);
    let length = cosine(&shore, &shore).sqrt();
    assert!((11.0..15.0).contains(&length), "{length} steps are about 1");
}

#[tokio::test]
async fn what_was_fitted_brings_questions_nearer_to_what_answers_them_and_has_an_id_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let published = MiniLm::load(&weights(), published(&folder)).unwrap();
    let fitted = MiniLm::load(&weights(), MiniLmOptions::default()).unwrap();
    assert_ne!(published.id(), fitted.id());
    let texts = ["where does the user live?", "The user lives in Lyon.", "The user likes the Lyon opera."];
    let mut lead = Vec::new();
    for model in [&published, &fitted] {
        let found = model.embed(texts.map(str::to_owned).to_vec()).await.unwrap();
        let of = |at: usize| cosine(&found[0].vector, &found[at].vector);
        lead.push(of(1) - of(2));
    }
    assert!(lead[1] > lead[0] && lead[0] > 0.0, "{lead:?}");
}

#[test]
fn a_fit_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("own.safetensors");
    let problem = |bytes: Option<&[u8]>| {
        if let Some(bytes) = bytes {
            std::fs::write(&file, bytes).unwrap();
        }
        let options = MiniLmOptions { fitted: Some(file.clone()), ..MiniLmOptions::default() };
        MiniLm::load(&weights(), options).unwrap_err().to_string()
    };
    let of_another = file_of(&[("base_model.layer.0.lora_A.weight", &[1, 1], &[0.0])]);
    let without_words = file_of(&[("encoder.layer.0.lora_A.weight", &[1, 1], &[0.0])]);
    for (bytes, expected) in [
        (None, "own.safetensors cannot be read"),
        (Some(&b"{}"[..]), "own.safetensors is damaged"),
        (
            Some(&of_another),
            "own.safetensors changes \"base_model.layer.0.lora_A.weight\", which is no layer",
        ),
        (Some(&without_words), "own.safetensors has no directions of words"),
    ] {
        let problem = problem(bytes);
        assert!(problem.contains(expected), "{problem}");
        assert!(problem.ends_with("it takes what `scripts/fit-embeddings` writes"), "{problem}");
    }
}
