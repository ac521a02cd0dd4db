//! Numbers as people say them.

const WORDS: &[(&str, i64)] = &[
    ("a", 1),
    ("an", 1),
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("fifteen", 15),
    ("twenty", 20),
    ("thirty", 30),
    ("fifty", 50),
    ("several", 4),
];

/// What a count may be: "a few" is nearer to three than to two or to five.
const FEW: i64 = 3;

/// A count at the start of `words`, and how many words it takes.
pub(super) fn read_count(words: &[&str]) -> Option<(i64, usize)> {
    match words {
        ["a", "couple", "of", ..] => Some((2, 3)),
        ["couple", "of", ..] | ["a", "couple", ..] => Some((2, 2)),
        ["a", "few" | "handful", ..] => Some((FEW, 2)),
        ["few", ..] => Some((FEW, 1)),
        [word, ..] => number(word).map(|count| (count, 1)),
        [] => None,
    }
}

fn number(word: &str) -> Option<i64> {
    if let Some((_, count)) = WORDS.iter().find(|(name, _)| *name == word) {
        return Some(*count);
    }
    word.parse().ok().filter(|count| (0..=1_000).contains(count))
}

const ORDINALS: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];

/// "first" to "fifth", from 1.
pub(super) fn ordinal(word: &str) -> Option<i64> {
    ORDINALS.iter().position(|name| *name == word).map(|place| place as i64 + 1)
}

/// The day of a month: "7", "7th", "21st".
pub(super) fn day_of_month(word: &str) -> Option<i8> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let suffix = &word[digits.len()..];
    if !matches!(suffix, "" | "st" | "nd" | "rd" | "th") || digits.len() > 2 {
        return None;
    }
    digits.parse().ok().filter(|day| (1..=31).contains(day))
}

/// A year that a person can mean.
pub(super) fn year(word: &str) -> Option<i16> {
    let plausible = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    word.parse().ok().filter(|year| plausible && (1900..2100).contains(year))
}
