//! Finds, compares with the labels, measures.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Instant;

use anyhow::Context as _;
use llm::names::{NamesModel, TEXT_BYTES_MAX};
use privacy::{Finding, Kind, codes, inspect, with_names};

use super::data::LabelledText;
use super::report::{Characters, KindCounts, Report, Times};

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detectors {
    Rules,
    /// The names model alone.
    Model,
    Both,
}

#[derive(Debug)]
pub struct PrivacyOptions<'a> {
    pub detectors: Detectors,
    /// Needed by all but the rules.
    pub names: Option<&'a NamesModel>,
    /// Show of this many texts what was missed or wrong.
    pub show: usize,
}

pub fn evaluate(texts: &[LabelledText], options: &PrivacyOptions<'_>) -> anyhow::Result<Report> {
    privacy::warm_up();
    let mut report = Report { texts: texts.len(), ..Report::default() };
    let labels = || texts.iter().flat_map(|text| &text.spans);
    let addresses_apart = labels().any(|label| label.kind == Some(Kind::PostalAddress));
    let mut times_us = Vec::with_capacity(texts.len());
    for text in texts {
        let started = Instant::now();
        let mut found = find(&text.text, options)?;
        times_us.push(started.elapsed().as_secs_f64() * 1e6);
        count_as_the_data_does(&mut found, addresses_apart);
        count_kinds(text, &found, &mut report.kinds);
        count_characters(text, &found, &mut report.characters);
        for span in text.spans.iter().filter(|span| span.kind.is_none()) {
            *report.unknown_labels.entry(span.label.clone()).or_default() += 1;
        }
        if report.shown.len() < options.show
            && let Some(shown) = mistakes(text, &found)
        {
            report.shown.push(shown);
        }
    }
    report.times = Times::of(times_us);
    Ok(report)
}

fn find(text: &str, options: &PrivacyOptions<'_>) -> anyhow::Result<Vec<Finding>> {
    let by_rules = || inspect(text);
    let by_model = |codes: &[Range<usize>]| {
        let names = options.names.context("the names model is not there: run `make weights`")?;
        anyhow::Ok(agents::privacy_guardian::named_findings(&names.find_here(text, codes)?))
    };
    Ok(match options.detectors {
        Detectors::Rules => by_rules(),
        Detectors::Model => by_model(&[])?,
        Detectors::Both => {
            let rules = by_rules();
            let named = by_model(&codes(&rules))?;
            with_names(text, TEXT_BYTES_MAX, rules, named)
        }
    })
}

/// Nobody's data has local IP addresses apart, and some calls addresses places.
fn count_as_the_data_does(found: &mut [Finding], addresses_apart: bool) {
    for one in found {
        match one.kind {
            Kind::LocalIp => one.kind = Kind::Ip,
            Kind::PostalAddress if !addresses_apart => one.kind = Kind::Place,
            _ => {}
        }
    }
}

/// A finding is right if it shares at least half of the longer span with a label of its kind.
fn overlap(a: &Range<usize>, b: &Range<usize>) -> f64 {
    let shared = a.end.min(b.end).saturating_sub(a.start.max(b.start));
    shared as f64 / a.len().max(b.len()).max(1) as f64
}

fn count_kinds(text: &LabelledText, found: &[Finding], kinds: &mut BTreeMap<Kind, KindCounts>) {
    for label in &text.spans {
        let Some(kind) = label.kind else { continue };
        let counts = kinds.entry(kind).or_default();
        let same = || found.iter().filter(|one| one.kind == kind).map(|one| one.start..one.end);
        counts.labelled += 1;
        counts.recalled += usize::from(same().any(|span| overlap(&span, &label.span) >= 0.5));
        counts.recalled_exactly += usize::from(same().any(|span| span == label.span));
    }
    for one in found {
        let span = one.start..one.end;
        // What the data has no name for is no mistake to have found.
        let unnamed = text.spans.iter().filter(|label| label.kind.is_none());
        if unnamed.into_iter().any(|label| overlap(&label.span, &span) > 0.0) {
            continue;
        }
        let counts = kinds.entry(one.kind).or_default();
        let labels = || text.spans.iter().filter(|label| label.kind == Some(one.kind));
        counts.found += 1;
        counts.right += usize::from(labels().any(|label| overlap(&span, &label.span) >= 0.5));
        counts.right_exactly += usize::from(labels().any(|label| label.span == span));
    }
}

/// Whatever the kind: which characters are sensitive.
fn count_characters(text: &LabelledText, found: &[Finding], characters: &mut Characters) {
    let labelled =
        |at: usize| text.spans.iter().any(|label| label.kind.is_some() && label.span.contains(&at));
    let unnamed = |at: usize| text.spans.iter().any(|label| label.kind.is_none() && label.span.contains(&at));
    let marked = |at: usize| found.iter().any(|one| (one.start..one.end).contains(&at));
    for (at, c) in text.text.char_indices() {
        if c.is_whitespace() || unnamed(at) {
            continue;
        }
        match (labelled(at), marked(at)) {
            (true, true) => characters.both += 1,
            (true, false) => characters.missed += 1,
            (false, true) => characters.wrong += 1,
            (false, false) => {}
        }
    }
}

fn mistakes(text: &LabelledText, found: &[Finding]) -> Option<String> {
    let mut lines = Vec::new();
    for label in text.spans.iter().filter(|label| label.kind.is_some()) {
        let hit = found
            .iter()
            .any(|one| Some(one.kind) == label.kind && overlap(&(one.start..one.end), &label.span) >= 0.5);
        if !hit {
            lines.push(format!("  missed {}: {:?}", label.label, &text.text[label.span.clone()]));
        }
    }
    for one in found {
        let span = one.start..one.end;
        let named = |label: &super::data::LabelledSpan| label.kind.is_none_or(|kind| kind == one.kind);
        if !text.spans.iter().any(|label| named(label) && overlap(&span, &label.span) >= 0.5) {
            lines.push(format!("  wrong {} ({}): {:?}", one.kind.as_str(), one.rule, &text.text[span]));
        }
    }
    (!lines.is_empty()).then(|| format!("{}\n{}", text.text, lines.join("\n")))
}
