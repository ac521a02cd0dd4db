//! How the tables of the detectors are read: what should be found stands between « and ».

use proptest::prelude::*;

use super::*;
use crate::{Policy, Pseudonyms, redact};

/// Each text holds what `kind` should find, marked, and nothing else of that kind.
pub(super) fn check(kind: Kind, marked: &[&str]) {
    let different: Vec<String> = marked
        .iter()
        .filter_map(|expected| {
            let text = expected.replace(['«', '»'], "");
            let got = render(&text, kind);
            (got != **expected)
                .then(|| format!("expected {expected}\n     got {got} {:?}", of_kind(kind, &text)))
        })
        .collect();
    assert!(different.is_empty(), "\n{}", different.join("\n"));
}

/// `kind` finds nothing in these texts.
pub(super) fn check_none(kind: Kind, texts: &[&str]) {
    for text in texts {
        assert!(!text.contains('«'), "{text}");
    }
    check(kind, texts);
}

fn of_kind(kind: Kind, text: &str) -> Vec<String> {
    inspect(text)
        .into_iter()
        .filter(|finding| finding.kind == kind)
        .map(|finding| format!("{}: {}", finding.rule, &text[finding.start..finding.end]))
        .collect()
}

fn render(text: &str, kind: Kind) -> String {
    let mut out = String::new();
    let mut done = 0;
    for finding in inspect(text).iter().filter(|finding| finding.kind == kind) {
        out.push_str(&text[done..finding.start]);
        out.push('«');
        out.push_str(&text[finding.start..finding.end]);
        out.push('»');
        done = finding.end;
    }
    out + &text[done..]
}

/// What is found where a model has read these words as people, places and addresses.
fn read_by_a_model(text: &str, named: &[(Kind, &str)]) -> Vec<(Kind, String)> {
    let of_model = |(kind, words): &(Kind, &str)| {
        let start = text.find(words).unwrap();
        Finding::of_model(*kind, start..start + words.len(), 0.9)
    };
    let found = with_names(text, text.len(), inspect(text), named.iter().map(of_model).collect());
    found.into_iter().map(|one| (one.kind, text[one.start..one.end].to_owned())).collect()
}

#[test]
fn a_street_and_the_places_behind_it_are_one_address() {
    let text = "at 88, Furong Middle Road, Kaifu District, Changsha City, in spring";
    let named =
        [(Kind::PostalAddress, "88, Furong Middle Road"), (Kind::Place, "Kaifu"), (Kind::Place, "City")];
    let whole = "88, Furong Middle Road, Kaifu District, Changsha City".to_owned();
    assert_eq!(read_by_a_model(text, &named), [(Kind::PostalAddress, whole)]);
}

#[test]
fn a_full_name_is_found_wherever_it_stands() {
    let text = "Xie Yutong called. I like Xie Yutong, not Xie Yutongs.";
    let name = (Kind::PersonName, "Xie Yutong".to_owned());
    assert_eq!(read_by_a_model(text, &[(Kind::PersonName, "Xie Yutong")]), [name.clone(), name]);
    let text = "Xie Yutong called. I like Xie Yutong.";
    let half = text.rfind("Yutong").unwrap();
    let named = [0..10, half..half + 6].map(|span| Finding::of_model(Kind::PersonName, span, 0.9));
    let found = with_names(text, text.len(), Vec::new(), named.to_vec());
    assert_eq!(found.iter().map(Finding::len).collect::<Vec<_>>(), [10, 10], "not half of it");
    let one = read_by_a_model("Will came, and he will stay. Will left.", &[(Kind::PersonName, "Will")]);
    assert_eq!(one.len(), 1, "a single name may be a word");
}

#[test]
fn what_the_rules_find_stays_where_the_model_has_not_read() {
    let text = "a city called Lisbon, and Maria Fernandez";
    let found = with_names(text, 30, inspect(text), Vec::new());
    let found: Vec<(Kind, &str)> = found.iter().map(|one| (one.kind, &text[one.start..one.end])).collect();
    assert_eq!(found, [(Kind::Place, "Lisbon")], "the model has read the name's beginning");
    let found = with_names(text, 20, inspect(text), Vec::new());
    assert_eq!(found.len(), 2);
}

#[test]
fn ordinary_talk_has_nothing_sensitive() {
    for text in [
        "In my opinion protein is overrated, said the doctor.",
        "What is the capital of Australia?",
        "Please rewrite this paragraph in a friendlier tone.",
        "We met at 10:30 on 12 May 2024 and paid $45.90 for two.",
        "The pinned pastor recalled a cellar in Hotel California.",
        "Rust 1.95.0 was released; see https://blog.rust-lang.org/2026/03/21/a.html#key",
        "for i in 0..10 { println!(\"{i:>4}: {:08x}\", i * 0xdead_beef); }",
        "SELECT id, key FROM t WHERE token_count > 4000 ORDER BY created_at",
        "The population of Tokyo is 37 274 000 and grows by 0.1 %.",
        "Psalm 119:105, page 1234, ISBN 978-3-16-148410-0, doi 10.1000/182",
        "git rebase -i 3f2504e04f8911d39a0c0305e82c3301aabbccdd",
        "My flight LH 4711 leaves gate B22 at 06:45, seat 12A, booking ABC123.",
        "Call the function with 1000000 and it returns 42.",
        "Mix 250 g flour, 3 eggs and 1/2 l milk; bake 45 min at 180 °C.",
        "Sie wohnt seit 2019 in Berlin und ihre Meinung ist klar.",
        "今日は東京で会議があります。資料は12ページです。",
        "thanks!",
        "",
    ] {
        let told: Vec<_> = inspect(text).into_iter().filter(|found| found.kind.is_worth_telling()).collect();
        assert_eq!(told, [], "{text}");
    }
}

#[test]
fn one_message_can_hold_many_kinds() {
    let text = "I'm Jane, jane@example.com, +1 415 555 0132. Card 4111 1111 1111 1111, IBAN GB29 NWBK 6016 1331 9268 19, \
                SSN 123-45-6789. Server 10.4.4.7, token ghp_16C7e42F292c6912E7710c838347Ae178B4a.";
    let kinds: Vec<Kind> = inspect(text).into_iter().map(|finding| finding.kind).collect();
    let expected = [
        Kind::PersonName,
        Kind::Email,
        Kind::Phone,
        Kind::Card,
        Kind::Iban,
        Kind::Ssn,
        Kind::Ip,
        Kind::ApiKey,
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn time_grows_with_the_text_only() {
    // Repetition is where patterns that look back or far ahead show it. Nothing is timed: a quadratic rule would take
    // minutes here.
    for unit in [
        "1 ",
        "a@",
        "I have asthma and ",
        "://a:b@",
        "password: ",
        "key = ",
        "[EMAIL_1",
        "12 Main ",
        "::",
        "é1",
        "Aa ",
        "Aa.",
        "Aa Bb Park ",
    ] {
        inspect(&unit.repeat(40_000 / unit.len()));
    }
}

#[test]
fn every_pattern_compiles() {
    warm_up();
}

fn sensitive() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("jane@example.com".to_owned()),
        Just("+1 415 555 0132".to_owned()),
        Just("4111 1111 1111 1111".to_owned()),
        Just("GB29 NWBK 6016 1331 9268 19".to_owned()),
        Just("123-45-6789".to_owned()),
        Just("192.168.1.7".to_owned()),
        Just("password: hunter2!".to_owned()),
        Just("https://u:p4ss@h.io/x".to_owned()),
        Just("００４９ ３０ １２３４５６７".to_owned()),
        "[0-9 .()/+-]{0,30}",
        "[a-z]{1,6} at [a-z.@ ]{1,12}",
        "(call|password|born|passport|salary|account|I have|street) (is|:|on)? ?\\PC{0,12}",
        "\\PC{0,20}",
        "[\\x00-\\x7f]{0,20}",
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn spans_are_sorted_disjoint_and_on_character_boundaries(parts in prop::collection::vec(sensitive(), 0..8)) {
        let text = parts.concat();
        let findings = inspect(&text);
        let mut last_end = 0;
        for finding in &findings {
            prop_assert!(finding.start >= last_end && finding.start < finding.end && finding.end <= text.len());
            prop_assert!(text.is_char_boundary(finding.start) && text.is_char_boundary(finding.end));
            prop_assert!((0.0..=1.0).contains(&finding.confidence));
            prop_assert_eq!(finding.severity, finding.kind.severity());
            last_end = finding.end;
        }
        let mut pseudonyms = Pseudonyms::new();
        let sent = pseudonyms.replace(&text, &findings, &Policy::default());
        prop_assert_eq!(pseudonyms.restore(&sent), text.clone());
        prop_assert_eq!(redact(&text, &[], &Policy::default()), text);
    }
}

fn finding(kind: Kind, span: std::ops::Range<usize>, confidence: f32) -> Finding {
    Finding::new(kind, span, confidence, "test")
}

#[test]
fn the_longer_finding_wins_and_then_the_surer() {
    let settled = settle(vec![
        finding(Kind::Phone, 5..9, 0.9),
        finding(Kind::Email, 0..20, 0.5),
        finding(Kind::Ip, 30..40, 0.5),
        finding(Kind::Mac, 30..40, 0.6),
    ]);
    assert_eq!(settled, [finding(Kind::Email, 0..20, 0.5), finding(Kind::Mac, 30..40, 0.6)]);
}

#[test]
fn a_secret_wins_over_what_may_be_remembered() {
    let settled = settle(vec![finding(Kind::PostalAddress, 0..30, 0.9), finding(Kind::Card, 10..26, 0.6)]);
    assert_eq!(settled, [finding(Kind::Card, 0..30, 0.6)]);
}

#[test]
fn all_that_is_claimed_stays_covered() {
    let settled = settle(vec![
        finding(Kind::Email, 0..10, 0.9),
        finding(Kind::Phone, 8..14, 0.9),
        finding(Kind::Ip, 14..15, 0.9),
    ]);
    assert_eq!(settled, [finding(Kind::Email, 0..14, 0.9), finding(Kind::Ip, 14..15, 0.9)]);
}
