//! Scores the detectors on labelled texts: `score FILE.jsonl… [--errors KIND]`.
//!
//! Each line is `{"text", "spans": [{"start", "end", "type"}]}` with offsets in characters. A found span is right when
//! it shares at least half of the union with a labelled span of the same kind. Only kinds that have a label in the
//! file are scored.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a command for developers")]

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use privacy::inspect;
use serde_json::Value;

fn main() {
    let mut files = Vec::new();
    let mut errors_of = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        if arg == "--errors" { errors_of = args.next() } else { files.push(arg) }
    }
    inspect("warm up: 1 @ a"); // patterns are compiled when first needed
    for file in files {
        score(&file, errors_of.as_deref());
    }
}

#[derive(Default)]
struct Counts {
    right: usize,
    missed: usize,
    wrong: usize,
}

type Span = (usize, usize);

fn score(file: &str, errors_of: Option<&str>) {
    let lines = std::fs::read_to_string(file).expect("a readable file");
    let texts: Vec<(String, BTreeMap<String, Vec<Span>>)> =
        lines.lines().filter(|line| !line.is_empty()).map(labelled).collect();
    let kinds: BTreeSet<&String> = texts.iter().flat_map(|(_, labels)| labels.keys()).collect();
    let started = Instant::now();
    let found: Vec<_> = texts.iter().map(|(text, _)| inspect(text)).collect();
    let took_us = started.elapsed().as_secs_f64() * 1e6;

    let mut counts: BTreeMap<&str, Counts> = BTreeMap::new();
    for ((text, labels), findings) in texts.iter().zip(&found) {
        let chars = |byte: usize| text[..byte].chars().count();
        for kind in &kinds {
            let of_kind: Vec<Span> = findings
                .iter()
                .filter(|finding| finding.kind.as_str() == kind.as_str())
                .map(|finding| (chars(finding.start), chars(finding.end)))
                .collect();
            let labels = labels.get(*kind).map_or(&[][..], Vec::as_slice);
            let counts = counts.entry(kind).or_default();
            for found in &of_kind {
                let right = labels.iter().any(|label| overlap(*label, *found) >= 0.5);
                counts.right += usize::from(right);
                counts.wrong += usize::from(!right);
                if !right && errors_of == Some(kind) {
                    println!("wrong  {:?} in {text:?}", slice(text, *found));
                }
            }
            for label in labels {
                let missed = !of_kind.iter().any(|found| overlap(*label, *found) >= 0.5);
                counts.missed += usize::from(missed);
                if missed && errors_of == Some(kind) {
                    println!("missed {:?} in {text:?}", slice(text, *label));
                }
            }
        }
    }
    println!("{file}: {} texts, {:.1} µs a text", texts.len(), took_us / texts.len() as f64);
    for (kind, Counts { right, missed, wrong }) in counts {
        let precision = right as f64 / (right + wrong).max(1) as f64;
        let recall = right as f64 / (right + missed).max(1) as f64;
        let f1 = 2.0 * precision * recall / (precision + recall).max(f64::MIN_POSITIVE);
        println!(
            "  {kind:16} precision {precision:.3} recall {recall:.3} F1 {f1:.3}  ({right} right, {wrong} wrong, {missed} missed)"
        );
    }
}

fn labelled(line: &str) -> (String, BTreeMap<String, Vec<Span>>) {
    let line: Value = serde_json::from_str(line).expect("a line of JSON");
    let mut labels: BTreeMap<String, Vec<Span>> = BTreeMap::new();
    for span in line["spans"].as_array().expect("spans") {
        let at = |field: &str| span[field].as_u64().expect("an offset") as usize;
        if let Some(kind) = kind_of(span["type"].as_str().expect("a type")) {
            labels.entry(kind.to_owned()).or_default().push((at("start"), at("end")));
        }
    }
    (line["text"].as_str().expect("a text").to_owned(), labels)
}

/// Our name for a label of the data sets in use.
fn kind_of(label: &str) -> Option<&'static str> {
    Some(match label {
        "EMAIL_ADDRESS" | "EMAIL" => "email",
        "PHONE_NUMBER" | "PHONE" => "phone",
        "CREDIT_CARD" => "card",
        "IBAN_CODE" => "iban",
        "US_SSN" => "ssn",
        "IP_ADDRESS" => "ip",
        "MAC_ADDRESS" => "mac",
        "ADDRESS" | "STREET_ADDRESS" => "postal_address",
        "US_DRIVER_LICENSE" => "driving_licence",
        "US_PASSPORT" => "passport",
        _ => return None,
    })
}

fn overlap(one: Span, other: Span) -> f64 {
    let shared = one.1.min(other.1).saturating_sub(one.0.max(other.0));
    let union = one.1.max(other.1) - one.0.min(other.0);
    shared as f64 / union.max(1) as f64
}

fn slice(text: &str, span: Span) -> String {
    text.chars().skip(span.0).take(span.1 - span.0).collect()
}
