//! Where in a text something sensitive is: one file per kind, and what happens when two claim the same characters.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;
use serde::Serialize;
use utoipa::ToSchema;

use crate::context::View;
use crate::normalise::Normalised;
use crate::{Kind, Severity};

mod address;
mod api_key;
mod bank_salary;
mod card;
mod date_of_birth;
mod email;
mod health;
mod iban;
mod ip;
mod mac;
mod names;
mod national_id;
mod passport_licence;
mod password;
mod phone;
mod places;
mod ssn;
mod url_credentials;

#[cfg(test)]
mod tests;

/// A sensitive span. It holds no text, so it may be logged, cached and sent.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Finding {
    pub kind: Kind,
    /// In bytes of the text, on a character boundary.
    pub start: usize,
    /// In bytes of the text, on a character boundary; the first that is not part of it.
    pub end: usize,
    pub severity: Severity,
    /// From 0 to 1.
    pub confidence: f32,
    /// The rule that found it.
    #[schema(value_type = String)]
    pub rule: &'static str,
}

impl Finding {
    fn new(kind: Kind, span: std::ops::Range<usize>, confidence: f32, rule: &'static str) -> Self {
        Self { kind, start: span.start, end: span.end, severity: kind.severity(), confidence, rule }
    }

    /// What another detector than the rules has found.
    pub fn of_model(kind: Kind, span: std::ops::Range<usize>, confidence: f32) -> Self {
        Self::new(kind, span, confidence, "names_model")
    }

    fn len(&self) -> usize {
        self.end - self.start
    }
}

/// Everything sensitive in `text`, from left to right, without overlaps. Takes time in proportion to the text.
pub fn inspect(text: &str) -> Vec<Finding> {
    let normalised = Normalised::new(text);
    let view = View::new(normalised.text());
    let mut found = Vec::new();
    for detect in DETECTORS {
        detect(&view, &mut found);
    }
    for finding in &mut found {
        (finding.start, finding.end) = normalised.original_span(finding.start, finding.end);
    }
    settle(found)
}

/// Where codes stand, such as cards and e-mail addresses: nobody needs to look for names there.
pub fn codes(findings: &[Finding]) -> Vec<Range<usize>> {
    findings
        .iter()
        .filter(|finding| finding.kind.is_code())
        .map(|finding| finding.start..finding.end)
        .collect()
}

/// The rules' findings with those of a model that knows names better: its people take the place of the rules' guesses, its
/// places and addresses are added, and everything else stays with the rules. Behind `read`, in bytes of the text, the model has seen
/// nothing.
pub fn with_names(text: &str, read: usize, rules: Vec<Finding>, named: Vec<Finding>) -> Vec<Finding> {
    let overlaps = |one: &Finding, other: &Finding| one.start < other.end && other.start < one.end;
    let stays = |finding: &Finding| match finding.kind {
        Kind::PersonName => finding.start >= read,
        Kind::Place => !named.iter().any(|name| name.kind == Kind::PersonName && overlaps(name, finding)),
        _ => true,
    };
    let mut found: Vec<Finding> = rules.into_iter().filter(stays).collect();
    let new = |finding: &Finding| {
        let joins = |rule: &Finding| finding.kind.is_about_places() && rule.kind.is_about_places();
        found.iter().all(|rule| joins(rule) || !overlaps(rule, finding))
    };
    let new: Vec<Finding> = named.iter().filter(|finding| new(finding)).cloned().collect();
    found.extend(new);
    found.extend(again(text, &found));
    whole_addresses(text, settle(found))
}

/// A full name that was found once is a name wherever it stands: what is replaced in one sentence must not be left in the next.
fn again(text: &str, found: &[Finding]) -> Vec<Finding> {
    let is_full = |name: &&str| name.contains(' ') && name.chars().any(char::is_uppercase);
    let people = found.iter().filter(|finding| finding.kind == Kind::PersonName);
    let names: BTreeSet<&str> =
        people.map(|finding| &text[finding.start..finding.end]).filter(is_full).collect();
    let touches = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let codes = codes(found);
    let mut more = Vec::new();
    for name in names {
        for (start, _) in text.match_indices(name) {
            let end = start + name.len();
            let alone = !touches(text[..start].chars().next_back()) && !touches(text[end..].chars().next());
            let in_a_code = codes.iter().any(|code| code.start < end && start < code.end);
            if alone && !in_a_code {
                more.push(Finding::new(Kind::PersonName, start..end, 0.8, "person_name.again"));
            }
        }
    }
    more
}

/// A street with the places behind it, parted by commas, is one address: "12 High Street, Leeds, Yorkshire".
fn whole_addresses(text: &str, found: Vec<Finding>) -> Vec<Finding> {
    let mut whole: Vec<Finding> = Vec::with_capacity(found.len());
    for finding in found {
        match whole.last_mut() {
            Some(last)
                if last.kind == Kind::PostalAddress
                    && finding.kind.is_about_places()
                    && matches!(&text[last.end..finding.start], ", " | ",") =>
            {
                last.end = finding.end;
            }
            _ => whole.push(finding),
        }
    }
    whole
}

/// Compiles every pattern. Otherwise the first messages do, which takes some ten milliseconds of theirs.
pub fn warm_up() {
    // One text that has a little of everything a detector looks for before it compiles.
    inspect(
        "a at b dot com [at] @ user.name at b.org use abcd1234 as my password: x password is y set password to z 1-2 pin",
    );
    inspect(
        "I have asthma, I take insulin, my salary is $1, account number 123456, born on 1 May 1990, passport A1234567",
    );
    inspect(
        "My name is Anna Lee in Rome. national id 12345678, driving licence 12345678, token a, api key sk-1, 1 Main Street, 1 rue X, Via Roma 1, zip 12345, 00:11:22:33:44:55",
    );
}

type Detector = fn(&View<'_>, &mut Vec<Finding>);

const DETECTORS: [Detector; 18] = [
    email::detect,
    phone::detect,
    card::detect,
    iban::detect,
    ssn::detect,
    ip::detect,
    mac::detect,
    url_credentials::detect,
    api_key::detect,
    password::detect,
    date_of_birth::detect,
    passport_licence::detect,
    bank_salary::detect,
    health::detect,
    address::detect,
    national_id::detect,
    // Before names: what both claim is a place.
    places::detect,
    names::detect,
];

/// One finding for each stretch of characters that findings claim. All claimed characters stay covered, so that
/// nothing sensitive is left standing beside the winner.
fn settle(mut found: Vec<Finding>) -> Vec<Finding> {
    found.sort_by_key(|finding| finding.start);
    let mut settled: Vec<Finding> = Vec::with_capacity(found.len());
    for finding in found {
        match settled.last_mut() {
            Some(last) if finding.start < last.end => {
                let (start, end) = (last.start, last.end.max(finding.end));
                if outranks(&finding, last) {
                    *last = finding;
                }
                (last.start, last.end) = (start, end);
            }
            _ => settled.push(finding),
        }
    }
    settled
}

/// A secret wins over what may be remembered; then the longer, then the surer.
fn outranks(one: &Finding, other: &Finding) -> bool {
    let is_critical = |finding: &Finding| finding.severity == Severity::Critical;
    (is_critical(one), one.len())
        .cmp(&(is_critical(other), other.len()))
        .then(one.confidence.total_cmp(&other.confidence))
        .is_gt()
}

/// A compiled constant pattern. Patterns avoid Unicode word boundaries, which the fast matchers do not know:
/// [`View::stands_alone`] checks them.
#[expect(clippy::expect_used, reason = "the patterns are constants; a test compiles each of them")]
fn pattern(source: &str) -> Regex {
    Regex::new(source).expect("a constant pattern compiles")
}

/// A pattern that is compiled when it is first needed.
type Pattern = LazyLock<Regex>;
