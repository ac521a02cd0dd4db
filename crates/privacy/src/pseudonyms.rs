//! Placeholders for sensitive spans: `[EMAIL_1]` for a value, and back again, also in a stream.
//!
//! A placeholder is exact: `[`, the kind's label, `_`, a number without leading zeros, `]`. Since brackets are at its
//! ends only, the text around a replaced span can never join with it into another placeholder.

use std::borrow::Borrow;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Bound;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::policy::Label;
use crate::{Finding, Kind, Policy, inspect};

/// Numbers per kind and session. Beyond that a span becomes a placeholder without a number, which nothing turns back.
const NUMBER_MAX: u32 = 99_999;

/// The longest placeholder is `[DATE_OF_BIRTH_99999]`.
const PLACEHOLDER_BYTES_MAX: usize = 24;

/// The placeholders of one session: the same value has the same one all session long. The values live in RAM only and
/// are overwritten when the session goes.
#[derive(Default)]
pub struct Pseudonyms {
    placeholders: HashMap<Value, String>,
    values: Arc<BTreeMap<String, (Kind, Value)>>,
    /// What looks like a placeholder in the user's own text. It is never given to a value.
    taken: HashSet<String>,
    last_numbers: HashMap<Kind, u32>,
}

impl Pseudonyms {
    pub fn new() -> Self {
        Self::default()
    }

    /// How many values have a placeholder.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// `text` with each finding replaced by its placeholder, with the labels of `policy`. `findings` are sorted and disjoint, as
    /// [`inspect`](crate::inspect) returns them for this text.
    pub fn replace(&mut self, text: &str, findings: &[Finding], policy: &Policy) -> String {
        self.reserve_own_placeholders(text);
        let mut out = String::with_capacity(text.len());
        let mut done = 0;
        for finding in findings {
            // Findings of another text would be a mistake of the caller: rather hide a character too many than panic.
            let start = text.floor_char_boundary(finding.start).max(done);
            let end = text.ceil_char_boundary(finding.end).max(start);
            self.keep(&text[done..start], policy, &mut out);
            if start < end {
                out.push_str(&self.placeholder(finding.kind, &text[start..end], policy));
            }
            done = end;
        }
        self.keep(&text[done..], policy, &mut out);
        out
    }

    /// The kinds of what this session's placeholders in `text` stand for.
    pub fn placeholders_in<'a>(&'a self, text: &'a str) -> impl Iterator<Item = Kind> + 'a {
        own_placeholders(text).filter_map(|own| self.values.get(own)).map(|(kind, _)| *kind)
    }

    /// `text` with every placeholder of this session turned back into its value.
    pub fn restore(&self, text: &str) -> String {
        restored(self.stream_restorer(), text)
    }

    /// The same for JSON: a value with a quotation mark in it does not end the string it is put into.
    pub fn restore_in_json(&self, text: &str) -> String {
        restored(StreamRestorer { in_json: true, ..self.stream_restorer() }, text)
    }

    /// Turns back the placeholders known now in an answer that arrives in pieces.
    pub fn stream_restorer(&self) -> StreamRestorer {
        StreamRestorer { values: Arc::clone(&self.values), held: String::new(), in_json: false }
    }

    /// Numbers that the user's own text uses must be known before any is given out.
    fn reserve_own_placeholders(&mut self, text: &str) {
        for own in own_placeholders(text) {
            if !self.values.contains_key(own) {
                self.taken.insert(own.to_owned());
            }
        }
    }

    /// Copies text without findings. A placeholder that the user wrote and that stands for a value of this session
    /// becomes a value itself: otherwise the answer would turn it into something the user did not write.
    fn keep(&mut self, text: &str, policy: &Policy, out: &mut String) {
        let mut done = 0;
        for own in own_placeholders(text) {
            if let Some((kind, _)) = self.values.get(own) {
                let kind = *kind;
                let start = own.as_ptr() as usize - text.as_ptr() as usize;
                out.push_str(&text[done..start]);
                out.push_str(&self.placeholder(kind, own, policy));
                done = start + own.len();
            }
        }
        out.push_str(&text[done..]);
    }

    fn placeholder(&mut self, kind: Kind, value: &str, policy: &Policy) -> String {
        if let Some(placeholder) = self.placeholders.get(value) {
            return placeholder.clone();
        }
        let last = self.last_numbers.entry(kind).or_default();
        while *last < NUMBER_MAX {
            *last += 1;
            let placeholder = format!("[{}_{last}]", policy.label(kind));
            if !self.taken.contains(&placeholder) {
                let value = Value(Arc::new(Zeroizing::new(value.to_owned())));
                Arc::make_mut(&mut self.values).insert(placeholder.clone(), (kind, value.clone()));
                self.placeholders.insert(value, placeholder.clone());
                return placeholder;
            }
        }
        format!("[{}]", policy.label(kind))
    }
}

impl fmt::Debug for Pseudonyms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pseudonyms").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

/// Turns placeholders back in an answer that arrives in pieces, wherever the pieces are cut. It holds back text only
/// while that may still become a placeholder of this session.
pub struct StreamRestorer {
    values: Arc<BTreeMap<String, (Kind, Value)>>,
    held: String,
    /// Values are put into JSON strings.
    in_json: bool,
}

impl StreamRestorer {
    /// What can be shown after this piece.
    pub fn push(&mut self, delta: &str) -> String {
        self.held.push_str(delta);
        let text = std::mem::take(&mut self.held);
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        while let Some(open) = rest.find('[') {
            out.push_str(&rest[..open]);
            rest = &rest[open..];
            match self.look_up(rest) {
                Found::Placeholder { value, bytes } => {
                    if self.in_json {
                        push_escaped(value, &mut out);
                    } else {
                        out.push_str(value);
                    }
                    rest = &rest[bytes..];
                }
                Found::Beginning => {
                    rest.clone_into(&mut self.held);
                    return out;
                }
                Found::Nothing => {
                    out.push('[');
                    rest = &rest[1..];
                }
            }
        }
        out.push_str(rest);
        out
    }

    /// What was still held back when the answer ended.
    pub fn finish(self) -> String {
        self.held
    }

    /// What `text`, which opens with a bracket, begins with.
    fn look_up(&self, text: &str) -> Found<'_> {
        if let Some(close) = text.bytes().take(PLACEHOLDER_BYTES_MAX).position(|byte| byte == b']') {
            let bytes = close + 1;
            return match self.values.get(&text[..bytes]) {
                Some((_, value)) => Found::Placeholder { value: value.borrow(), bytes },
                None => Found::Nothing,
            };
        }
        let mut from_here = self.values.range::<str, _>((Bound::Included(text), Bound::Unbounded));
        match from_here.next() {
            Some((placeholder, _)) if placeholder.starts_with(text) => Found::Beginning,
            _ => Found::Nothing,
        }
    }
}

impl fmt::Debug for StreamRestorer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRestorer").field("values", &self.values.len()).finish_non_exhaustive()
    }
}

enum Found<'a> {
    Placeholder { value: &'a str, bytes: usize },
    Beginning,
    Nothing,
}

fn restored(mut restorer: StreamRestorer, text: &str) -> String {
    let mut out = restorer.push(text);
    out.push_str(&restorer.finish());
    out
}

/// As it stands in a JSON string (RFC 8259, section 7).
fn push_escaped(value: &str, out: &mut String) {
    for c in value.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
}

/// `text` with each finding replaced by a placeholder that nothing turns back.
pub fn redact(text: &str, findings: &[Finding], policy: &Policy) -> String {
    Pseudonyms::new().replace(text, findings, policy)
}

/// `text` without what must never be remembered ([`Policy::is_secret`]): what memories may be made of.
pub fn redact_secrets(text: &str, policy: &Policy) -> String {
    let is_secret = |finding: &Finding| policy.is_secret(finding.kind);
    let secrets: Vec<Finding> = inspect(text).into_iter().filter(is_secret).collect();
    redact(text, &secrets, policy)
}

/// A value behind a placeholder: overwritten in RAM when the last owner goes, and never printed.
#[derive(Clone)]
struct Value(Arc<Zeroizing<String>>);

impl Borrow<str> for Value {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Eq for Value {}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.as_str().hash(state);
    }
}

/// What has the form of a placeholder in a text, from left to right.
fn own_placeholders(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('[').filter_map(|(open, _)| {
        let rest = &text[open..];
        let close = rest.bytes().take(PLACEHOLDER_BYTES_MAX).position(|byte| byte == b']')?;
        let (label, number) = rest[1..close].rsplit_once('_')?;
        let is_number = !number.is_empty()
            && !number.starts_with('0')
            && number.len() <= 5
            && number.bytes().all(|byte| byte.is_ascii_digit());
        (Label::is_valid(label) && is_number).then_some(&rest[..=close])
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_with_quotation_marks_fits_into_json() {
        let mut pseudonyms = Pseudonyms::new();
        let value = "\"The Old Mill\"\nLeeds";
        let text = format!("Send it to {value}.");
        let sent = pseudonyms.replace(&text, &[find(&text, value, Kind::PostalAddress)], &Policy::default());
        assert_eq!(sent, "Send it to [ADDRESS_1].");
        let json = pseudonyms.restore_in_json(r#"{"content": "lives at [ADDRESS_1]"}"#);
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["content"], format!("lives at {value}"));
        assert_eq!(pseudonyms.placeholders_in(&sent).collect::<Vec<_>>(), [Kind::PostalAddress]);
    }

    fn find(text: &str, value: &str, kind: Kind) -> Finding {
        let start = text.find(value).unwrap();
        Finding {
            kind,
            start,
            end: start + value.len(),
            severity: kind.severity(),
            confidence: 1.0,
            rule: "test",
        }
    }

    fn session(values: &[(Kind, &str)]) -> Pseudonyms {
        let mut pseudonyms = Pseudonyms::new();
        for (kind, value) in values {
            pseudonyms.replace(value, &[find(value, value, *kind)], &Policy::default());
        }
        pseudonyms
    }

    #[test]
    fn the_same_value_has_the_same_placeholder_all_session_long() {
        let mut pseudonyms = Pseudonyms::new();
        let first = "a@x.org and b@x.org";
        let findings = [find(first, "a@x.org", Kind::Email), find(first, "b@x.org", Kind::Email)];
        assert_eq!(pseudonyms.replace(first, &findings, &Policy::default()), "[EMAIL_1] and [EMAIL_2]");
        let second = "b@x.org, call 555-123-4567";
        let findings = [find(second, "b@x.org", Kind::Email), find(second, "555-123-4567", Kind::Phone)];
        assert_eq!(pseudonyms.replace(second, &findings, &Policy::default()), "[EMAIL_2], call [PHONE_1]");
        assert_eq!(pseudonyms.restore("[PHONE_1] [EMAIL_1]"), "555-123-4567 a@x.org");
        assert_eq!(pseudonyms.len(), 3);
    }

    #[test]
    fn a_number_that_the_users_text_holds_is_skipped() {
        let mut pseudonyms = Pseudonyms::new();
        let text = "What does [EMAIL_1] mean, and who is a@x.org?";
        let sent = pseudonyms.replace(text, &[find(text, "a@x.org", Kind::Email)], &Policy::default());
        assert_eq!(sent, "What does [EMAIL_1] mean, and who is [EMAIL_2]?");
        assert_eq!(pseudonyms.restore(&sent), text);
    }

    #[test]
    fn a_placeholder_that_the_user_writes_later_comes_back_as_it_was_written() {
        let mut pseudonyms = session(&[(Kind::Email, "a@x.org")]);
        let text = "Why did you say [EMAIL_1]?";
        let sent = pseudonyms.replace(text, &[], &Policy::default());
        assert_eq!(sent, "Why did you say [EMAIL_2]?");
        assert_eq!(pseudonyms.restore(&sent), text);
    }

    #[test]
    fn only_exact_placeholders_of_the_session_are_turned_back() {
        let pseudonyms = session(&[(Kind::Email, "a@x.org"), (Kind::ApiKey, "sk-1")]);
        for (text, expected) in [
            ("[EMAIL_1]", "a@x.org"),
            ("[[EMAIL_1]]", "[a@x.org]"),
            ("[EMAIL_1", "[EMAIL_1"),
            ("[EMAIL_[EMAIL_1]", "[EMAIL_a@x.org"),
            (
                "[EMAIL_2] [EMAIL_10] [EMAIL_01] [email_1] EMAIL_1]",
                "[EMAIL_2] [EMAIL_10] [EMAIL_01] [email_1] EMAIL_1]",
            ),
            ("[API_KEY_1][EMAIL_1](mailto:[EMAIL_1])", "sk-1a@x.org(mailto:a@x.org)"),
            ("[a](b) [1] [x] é[EMAIL_1]é [ü", "[a](b) [1] [x] éa@x.orgé [ü"),
            ("", ""),
        ] {
            assert_eq!(pseudonyms.restore(text), expected, "{text}");
        }
    }

    #[test]
    fn a_stream_holds_back_only_what_may_become_a_placeholder() {
        let pseudonyms = session(&[(Kind::Email, "a@x.org")]);
        let mut restorer = pseudonyms.stream_restorer();
        for (delta, shown) in [
            ("Hello ", "Hello "),
            ("[", ""),
            ("1] see [EM", "[1] see "),
            ("AIL", ""),
            ("_1", ""),
            ("], [P", "a@x.org, [P"),
            ("[EMAIL_2", "[EMAIL_2"),
            ("] [EMAIL", "] "),
        ] {
            assert_eq!(restorer.push(delta), shown, "{delta}");
        }
        assert_eq!(restorer.finish(), "[EMAIL");
    }

    #[test]
    fn debug_shows_counts_only() {
        let pseudonyms = session(&[(Kind::Email, "a@x.org")]);
        assert_eq!(format!("{pseudonyms:?}"), "Pseudonyms { values: 1, .. }");
        assert_eq!(format!("{:?}", pseudonyms.stream_restorer()), "StreamRestorer { values: 1, .. }");
    }

    #[test]
    fn findings_of_another_text_hide_too_much_rather_than_panic() {
        let finding = |start, end| Finding { start, end, ..find("x", "x", Kind::Email) };
        assert_eq!(redact("äöü", &[finding(1, 3)], &Policy::default()), "[EMAIL_1]ü");
        assert_eq!(redact("äöü", &[finding(2, 99), finding(50, 60)], &Policy::default()), "ä[EMAIL_1]");
        assert_eq!(redact("äöü", &[finding(0, 4), finding(2, 6)], &Policy::default()), "[EMAIL_1][EMAIL_2]");
    }

    #[test]
    fn secrets_alone_are_taken_out_for_memory() {
        let text = "a@x.org pays with 4111111111111111";
        let findings = [find(text, "a@x.org", Kind::Email), find(text, "4111111111111111", Kind::Card)];
        assert_eq!(redact_secrets(text, &Policy::default()), "a@x.org pays with [CARD_1]");
        assert_eq!(redact(text, &findings, &Policy::default()), "[EMAIL_1] pays with [CARD_1]");
    }

    #[test]
    fn numbers_run_out_without_reuse() {
        let mut pseudonyms = session(&[(Kind::Email, "a@x.org")]);
        pseudonyms.last_numbers.insert(Kind::Email, NUMBER_MAX);
        assert_eq!(redact_in(&mut pseudonyms, "b@x.org"), "[EMAIL]");
        assert_eq!(redact_in(&mut pseudonyms, "a@x.org"), "[EMAIL_1]");
    }

    fn redact_in(pseudonyms: &mut Pseudonyms, value: &str) -> String {
        pseudonyms.replace(value, &[find(value, value, Kind::Email)], &Policy::default())
    }

    /// Pieces from which text with placeholders, near-placeholders and plain text is put together.
    fn piece() -> impl Strategy<Value = String> {
        prop_oneof![
            Just("[EMAIL_1]".to_owned()),
            Just("[EMAIL_2]".to_owned()),
            Just("[DATE_OF_BIRTH_1]".to_owned()),
            Just("[EMAIL_".to_owned()),
            Just("[".to_owned()),
            Just("]".to_owned()),
            Just("1]".to_owned()),
            Just("💡é".to_owned()),
            ".{0,6}",
        ]
    }

    proptest! {
        #[test]
        fn any_split_of_any_text_gives_what_the_whole_gives(
            pieces in prop::collection::vec(piece(), 0..12),
            cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let pseudonyms = session(&[(Kind::Email, "a@x.org"), (Kind::Email, "[b]"), (Kind::DateOfBirth, "1.2.1990")]);
            let text = pieces.concat();
            let expected = ["[EMAIL_1]", "[EMAIL_2]", "[DATE_OF_BIRTH_1]"]
                .iter()
                .zip(["\u{1}", "\u{2}", "\u{3}"])
                .fold(text.clone(), |text, (from, to)| text.replace(from, to))
                .replace('\u{1}', "a@x.org")
                .replace('\u{2}', "[b]")
                .replace('\u{3}', "1.2.1990");
            prop_assume!(!text.contains(['\u{1}', '\u{2}', '\u{3}']));
            let mut at: Vec<usize> =
                cuts.iter().map(|cut| text.floor_char_boundary(cut.index(text.len() + 1))).collect();
            at.sort_unstable();
            let mut restorer = pseudonyms.stream_restorer();
            let (mut out, mut done) = (String::new(), 0);
            for cut in at {
                out.push_str(&restorer.push(&text[done..cut]));
                done = cut;
            }
            out.push_str(&restorer.push(&text[done..]));
            out.push_str(&restorer.finish());
            prop_assert_eq!(&out, &expected);
            prop_assert_eq!(pseudonyms.restore(&text), expected);
        }

        #[test]
        fn what_is_replaced_comes_back_in_every_later_turn(
            turns in prop::collection::vec(prop::collection::vec((piece(), any::<bool>()), 0..6), 1..5),
        ) {
            let mut pseudonyms = Pseudonyms::new();
            for turn in turns {
                let mut text = String::new();
                let mut findings = Vec::new();
                for (piece, sensitive) in turn {
                    let start = text.len();
                    text.push_str(&piece);
                    if sensitive && !piece.is_empty() {
                        findings.push(Finding { start, end: text.len(), ..find("x", "x", Kind::Email) });
                    }
                }
                let sent = pseudonyms.replace(&text, &findings, &Policy::default());
                prop_assert_eq!(pseudonyms.restore(&sent), text);
            }
        }
    }
}
