//! The forms of phone numbers: lengths of groups, separators and first digits, by country.

use std::ops::Range;

use super::{DIGITS_MAX, Row};

/// What a form is worth by itself.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Proof {
    /// Nothing else is written like this.
    Form,
    /// It needs words around it that say phone.
    Words,
    /// It needs words in front that say phone.
    WordsBefore,
}

pub(super) struct Form {
    pub(super) rule: &'static str,
    pub(super) proof: Proof,
}

pub(super) fn form(row: &Row<'_>) -> Option<Form> {
    if is_date(row) {
        return None;
    }
    let by_form = |rule| Some(Form { rule, proof: Proof::Form });
    let lengths = row.lengths;
    if row.plus {
        return if international(row.digits, row) { by_form("phone.international") } else { None };
    }
    if let Some(rest) = row.digits.strip_prefix(b"00")
        && lengths[0] <= 5
        && international(rest, row)
    {
        return by_form("phone.international_00");
    }
    if let Some(proof) = north_american(row, lengths) {
        return Some(Form { rule: "phone.north_american", proof });
    }
    if trunk_zero(row, lengths) || trunk_zero_apart(row, lengths) {
        return by_form("phone.trunk_zero");
    }
    if without_trunk_zero(row, lengths) {
        return by_form("phone.national");
    }
    // From here on the words around have to say that it is a phone number.
    let sensible = lengths[1..].iter().all(|length| *length >= 2) && !ends_in_a_price(row);
    let enough = match lengths.len() {
        1 => 7..=DIGITS_MAX,
        2 => 7..=13,
        _ => 6..=13,
    };
    if !sensible || !enough.contains(&row.digits.len()) {
        return None;
    }
    let proof = if row.is_even() { Proof::Words } else { Proof::WordsBefore };
    Some(Form { rule: "phone.in_context", proof })
}

/// `digits` after the `+`: a country code that exists and a length that the country has.
fn international(digits: &[u8], row: &Row<'_>) -> bool {
    let Some((code, shortest, longest)) = country(digits) else { return false };
    let has_trunk_zero = row.has('(')
        && row.groups.get(1).is_some_and(|group| group.len() == 1)
        && row.digits.get(row.groups[0].len()) == Some(&b'0');
    let count = digits.len() - usize::from(has_trunk_zero);
    // In one piece after a plus, a wrong length is still a number that somebody mistyped.
    let longest = if row.groups.len() == 1 && code != "1" { DIGITS_MAX } else { longest };
    if !(shortest..=longest).contains(&count) {
        return false;
    }
    // Written in one piece, only the area code can tell a North American number from a sum.
    code != "1" || row.groups.len() > 2 || digits.get(1).is_some_and(|digit| *digit >= b'2')
}

/// The country code, and how many digits a number has with it.
fn country(digits: &[u8]) -> Option<(&'static str, usize, usize)> {
    const KNOWN: [(&str, usize, usize); 22] = [
        ("1", 11, 11),
        ("7", 11, 11),
        ("20", 10, 12),
        ("27", 11, 11),
        ("30", 12, 12),
        ("31", 11, 11),
        ("32", 10, 11),
        ("33", 11, 11),
        ("34", 11, 11),
        ("36", 10, 11),
        ("39", 9, 13),
        ("41", 11, 11),
        ("44", 11, 12),
        ("45", 10, 10),
        ("47", 10, 10),
        ("48", 11, 11),
        ("52", 12, 13),
        ("55", 12, 13),
        ("61", 11, 11),
        ("81", 11, 12),
        ("86", 11, 13),
        ("91", 12, 12),
    ];
    const TWO_DIGITS: [&str; 20] = [
        "40", "43", "46", "49", "51", "53", "54", "56", "57", "58", "60", "62", "63", "64", "65", "66", "82",
        "84", "90", "92",
    ];
    // The zones in which the code has three digits (ITU-T E.164), and four codes of two digits beside them.
    const OTHER: [(&str, usize, usize); 15] = [
        ("93", 9, 13),
        ("94", 9, 13),
        ("95", 9, 13),
        ("98", 9, 13),
        ("21", 10, 13),
        ("22", 10, 13),
        ("23", 10, 13),
        ("24", 10, 13),
        ("25", 10, 13),
        ("26", 10, 13),
        ("35", 10, 14),
        ("37", 10, 13),
        ("38", 10, 13),
        ("42", 11, 13),
        ("59", 9, 13),
    ];
    const REST: [(&str, usize, usize); 6] =
        [("67", 9, 12), ("68", 8, 12), ("85", 10, 13), ("88", 10, 14), ("96", 10, 14), ("97", 10, 13)];
    let begins = |code: &str| digits.starts_with(code.as_bytes());
    KNOWN
        .iter()
        .chain(&OTHER)
        .chain(&REST)
        .find(|(code, ..)| begins(code))
        .copied()
        .or_else(|| TWO_DIGITS.iter().find(|code| begins(code)).map(|code| (*code, 9, 14)))
        .or_else(|| begins("99").then_some(("99", 11, 13)))
}

/// `(415) 555-0132`, `415.555.0132`, `1-415-555-0132`.
fn north_american(row: &Row<'_>, lengths: &[usize]) -> Option<Proof> {
    let national = match lengths {
        [3, 3, 4] | [3, 7] => row.digits,
        [1, 3, 3, 4] | [1, 3, 7] if row.starts_with("1") => &row.digits[1..],
        _ => return None,
    };
    let in_two = lengths[lengths.len() - 1] == 7;
    let same = row.is_even() || row.has(')');
    if !same || row.has('/') || (in_two && !row.has(')')) {
        return None;
    }
    let spaced = row.separators.iter().all(|separator| *separator == ' ');
    // Area codes begin with 2 to 9, and so do exchanges. Numbers that break that are written often enough to be found
    // where the words say phone. Italian mobile numbers have the same groups and begin with 3.
    let plan = national[0] >= b'2' && (national[3] >= b'2' || (spaced && national[0] == b'3'));
    Some(if plan { Proof::Form } else { Proof::Words })
}

/// `020 7946 0958`, `06 12 34 56 78`, `089/1234567`, `(030) 12345678`: a trunk zero, nine to twelve digits, even
/// separators.
fn trunk_zero(row: &Row<'_>, lengths: &[usize]) -> bool {
    row.starts_with("0")
        && !row.starts_with("00")
        && (2..=6).contains(&lengths.len())
        && (9..=12).contains(&row.digits.len())
        && lengths.iter().all(|length| *length >= 2)
        && lengths[0] <= 5
        && row.is_even()
        && !(row.has('/') && lengths.len() > 4)
        // A decimal: 012.345678901. A zip code: 07805-1121. A row of nine has other uses, and so has 3-2-4.
        && !(lengths.len() == 2 && row.has('.'))
        && !matches!(lengths, [5, 4] | [3, 3, 3] | [3, 2, 4])
        // Longer groups do not end in a pair.
        && !(lengths[lengths.len() - 1] == 2 && lengths[1..].iter().any(|length| *length > 3))
}

/// `0 532 123 45 67`, `0 (532) 1234567`, as in Turkey.
fn trunk_zero_apart(row: &Row<'_>, lengths: &[usize]) -> bool {
    let written = match lengths {
        [1, 3, 3, 2, 2] => row.has('(') || row.is_even(),
        [1, 3, 7] => row.has('('),
        _ => false,
    };
    written && row.starts_with("0") && row.digits[1] >= b'2'
}

/// National forms that have no trunk zero.
fn without_trunk_zero(row: &Row<'_>, lengths: &[usize]) -> bool {
    let first = row.digits[0];
    let spaced = row.separators.iter().all(|separator| matches!(separator, ' ' | '-'));
    if !row.is_even() {
        return false;
    }
    match lengths {
        // Spain: 612 345 678, 612 34 56 78, 91 123 45 67. With dots it is how a million is written there.
        [3, 3, 3] => matches!(first, b'6' | b'7') && *row.separators == [' ', ' '],
        [3, 2, 2, 2] => matches!(first, b'6'..=b'9'),
        [2, 3, 2, 2] => spaced && matches!(first, b'8' | b'9'),
        // India: 98765 43210.
        [5, 5] => spaced && matches!(first, b'6'..=b'9'),
        // Italy: 347 1234567, 347 12 34 567.
        [3, 7] | [3, 2, 2, 3] => first == b'3' && !row.has('.'),
        // Turkey: 532 123 45 67.
        [3, 3, 2, 2] => spaced && first == b'5',
        // China: 138 1234 5678.
        [3, 4, 4] => spaced && first == b'1' && row.digits[1] >= b'3',
        // Australia: 1300 123 456.
        [4, 3, 3] => spaced && (row.starts_with("1300") || row.starts_with("1800")),
        // Brazil: (11) 98456-5666.
        [2, 4 | 5, 4] => row.bracket,
        _ => false,
    }
}

/// `2024-01-15`, `15.01.2024 10`, `5/6/24`: the groups of a date, perhaps with the hours behind.
fn is_date(row: &Row<'_>) -> bool {
    let value = |group: usize| -> usize {
        let from: usize = row.groups[..group].iter().map(Range::len).sum();
        row.digits[from..from + row.groups[group].len()]
            .iter()
            .fold(0, |value, digit| value * 10 + usize::from(digit - b'0'))
    };
    let lengths = row.lengths;
    if row.plus || row.bracket || lengths.len() < 3 || row.separators[0] != row.separators[1] {
        return false;
    }
    let year = |group: usize| lengths[group] == 4 && (1900..2100).contains(&value(group));
    let day_and_month = |one: usize, other: usize| {
        let (one, other) = (value(one), value(other));
        one >= 1 && other >= 1 && one.max(other) <= 31 && one.min(other) <= 12
    };
    let short = |group: usize| lengths[group] <= 2;
    let four = (year(0) && short(1) && short(2) && day_and_month(1, 2))
        || (year(2) && short(0) && short(1) && day_and_month(0, 1));
    let two = lengths.len() == 3
        && short(0)
        && short(1)
        && lengths[2] == 2
        && day_and_month(0, 1)
        && matches!(row.separators[0], '.' | '/' | '-');
    four || two
}

/// `1000.00`: the last group are cents.
fn ends_in_a_price(row: &Row<'_>) -> bool {
    row.groups.len() == 2 && row.has('.') && row.groups[1].len() == 2
}
