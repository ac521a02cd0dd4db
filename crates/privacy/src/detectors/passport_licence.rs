//! Passport and driving licence numbers, where the words say so.

use std::sync::LazyLock;

use regex::Regex;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

static PASSPORT: Pattern =
    LazyLock::new(|| pattern(r"passports?|travel document|reisepass|passeport|pasaporte|passaporto"));

static LICENCE: Pattern = LazyLock::new(|| {
    pattern(
        r"(?:driver|drivers|driver's|drivers'|driving) licen[cs]e|dl (?:number|no)|führerschein(?:nummer)?|permis de conduire|permiso de conducir|patente di guida",
    )
});

/// A British driver number says so by its form: five letters of the surname (9 fills up), the birth date with the decade
/// first and the month up to 12 or, for women, 51 to 62, initials, a check and two letters (DVLA).
static UK_LICENCE: Pattern = LazyLock::new(|| {
    pattern(r"[a-z]{2}[a-z9]{3}\d(?:[05][1-9]|[16][0-2])(?:0[1-9]|[12]\d|3[01])\d[a-z9]{2}[a-z0-9][a-z]{2}")
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    if view.digits.is_empty() {
        return;
    }
    for number in UK_LICENCE.find_iter(&view.lower) {
        if view.stands_alone(number.start(), number.end()) {
            found.push(Finding::new(Kind::DrivingLicence, number.range(), 0.9, "driving_licence.uk"));
        }
    }
    after_words(view, &PASSPORT, is_passport, (Kind::Passport, "passport.in_context"), found);
    after_words(view, &LICENCE, is_licence, (Kind::DrivingLicence, "driving_licence.in_context"), found);
}

/// The first token of the form among the next few after the words.
fn after_words(
    view: &View<'_>,
    words: &Regex,
    fits: fn(&str) -> bool,
    (kind, rule): (Kind, &'static str),
    found: &mut Vec<Finding>,
) {
    for word in words.find_iter(&view.lower) {
        if !view.stands_alone(word.start(), word.end()) {
            continue;
        }
        let mut tokens = view.tokens_after(word.end(), 6).into_iter();
        if let Some(number) = tokens.find(|token| fits(&view.text[token.clone()])) {
            found.push(Finding::new(kind, number, 0.8, rule));
        }
    }
}

/// Six to nine letters and digits, at least half of them digits (ICAO 9303 has room for nine).
fn is_passport(text: &str) -> bool {
    (6..=9).contains(&text.len())
        && has_form(text, text.len().div_ceil(2))
        && !text.contains('-')
        && !is_day(text)
}

fn is_licence(text: &str) -> bool {
    (6..=18).contains(&text.len()) && has_form(text, 4) && !is_day(text)
}

fn has_form(text: &str, digits_min: usize) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    digits >= digits_min && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// "passport expires 2027-01-15", "renewed 20240115"
fn is_day(text: &str) -> bool {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_digit).collect();
    let year = |at: usize| matches!(digits.get(at..at + 2), Some(b"19" | b"20"));
    let dated = digits.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    dated && text.contains('-') && (year(0) || year(4))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn passports() {
        check(
            Kind::Passport,
            &[
                "my passport number is «A12803456»",
                "Passport: «912803456»",
                "passport no. «C01X00T47», please",
                "my travel document is «A12803456»",
                "Reisepass «C01X00T47»",
                "passeport n° «12AB34567»",
                "passport #«XY9876543».",
                "Her passports: «AB1234567»",
            ],
        );
    }

    #[test]
    fn licences() {
        check(
            Kind::DrivingLicence,
            &[
                "My driver's license number is «A56319335»",
                "my driver’s license is «U62928788557186»",
                "driving licence: «MORGA657054SM9IJ»",
                "drivers license number in Ohio is «LH329609T».",
                "DL number «50473044»",
                "Führerschein «B072RRE2I55»",
                "«MORGA657054SM9IJ» is mine",
                "it says «JONES710153J99EF»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        let texts = [
            "my passport expires 2027-01-15",
            "passport control at gate 12",
            "the passport office opens at 9",
            "passport.js version 0.7.0",
            "a driving licence costs 43 pounds",
            "license key ABCD-1234",
            "MIT license 2024",
            "passport photo 35x45",
            "transport 912803456",
            "I lost my passport. Order A12803456 is late",
            "passportless 912803456",
        ];
        check_none(Kind::Passport, &texts);
        check_none(Kind::DrivingLicence, &texts);
    }
}
