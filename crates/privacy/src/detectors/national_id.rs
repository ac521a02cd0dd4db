//! Numbers that states give to people: by their form where it is telling or has a check character, and in context.

use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

/// UK national insurance number: two letters, six digits, a letter from A to D.
static NINO: Pattern = LazyLock::new(|| pattern(r"[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]"));
/// Spanish NIF (eight digits and a letter) and NIE (X, Y or Z, seven digits and a letter).
static NIF: Pattern = LazyLock::new(|| pattern(r"(?:\d{8}|[xyz]-?\d{7})-?[a-z]"));
/// Italian codice fiscale.
static CODICE: Pattern = LazyLock::new(|| pattern(r"[a-z]{6}\d{2}[a-ehlmprst]\d{2}[a-z]\d{3}[a-z]"));
/// UK NHS number: ten digits, the last of which checks the others.
static NHS: Pattern = LazyLock::new(|| pattern(r"[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}"));
static TOLD: Pattern = LazyLock::new(|| {
    pattern(
        r"national (?:identity|identification|insurance|id)(?: card)?|identity (?:card|number)|id card|personalausweis|aadhaar|nric|personnummer|tax id|steuer-?id|social insurance|citizen id|dni|carte d'identité",
    )
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    if view.digits.is_empty() {
        return;
    }
    let mut form = |form: &Pattern, valid: fn(&str) -> bool, rule| {
        for hit in form.find_iter(&view.lower) {
            if view.stands_alone(hit.start(), hit.end()) && valid(hit.as_str()) {
                found.push(Finding::new(Kind::NationalId, hit.range(), 0.9, rule));
            }
        }
    };
    form(&NINO, is_nino, "national_id.nino");
    form(&NIF, is_nif, "national_id.nif");
    form(&CODICE, |_| true, "national_id.codice_fiscale");
    for number in NHS.find_iter(&view.lower) {
        let is_told = || view.sentence_before(number.start()).take(4).any(|word| word == "nhs");
        if view.stands_alone(number.start(), number.end()) && is_nhs(number.as_str()) && is_told() {
            found.push(Finding::new(Kind::NationalId, number.range(), 0.95, "national_id.nhs"));
        }
    }
    for told in TOLD.find_iter(&view.lower) {
        if !view.stands_alone(told.start(), told.end()) {
            continue;
        }
        let mut tokens = view.tokens_after(told.end(), 5).into_iter();
        if let Some(number) = tokens.find(|token| is_number(&view.text[token.clone()])) {
            found.push(Finding::new(Kind::NationalId, number, 0.8, "national_id.in_context"));
        }
    }
}

/// Letters that no prefix has (HM Revenue & Customs, NIM39110).
fn is_nino(text: &str) -> bool {
    let prefix = &text.as_bytes()[..2];
    let refused = |letter: &u8| matches!(letter, b'd' | b'f' | b'i' | b'q' | b'u' | b'v');
    !prefix.iter().any(refused)
        && prefix[1] != b'o'
        && !matches!(prefix, b"bg" | b"gb" | b"kn" | b"nk" | b"nt" | b"tn" | b"zz")
}

/// Weighted by 10 to 2, the first nine digits and the last add up to a multiple of 11 (NHS Data Dictionary, NHS NUMBER).
fn is_nhs(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits.zip((1..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    sum.is_multiple_of(11)
}

/// The letter is the number modulo 23 in this order (Spanish Ministry of the Interior).
fn is_nif(text: &str) -> bool {
    const LETTERS: &[u8; 23] = b"trwagmyfpdxbnjzsqvhlcke";
    let digits = text.bytes().filter_map(|byte| match byte {
        b'0'..=b'9' => Some(u32::from(byte - b'0')),
        b'x' => Some(0),
        b'y' => Some(1),
        b'z' => Some(2),
        _ => None,
    });
    // The last letter may be one of X, Y and Z too, and counts as no digit.
    let number: u32 = digits.take(8).fold(0, |number, digit| number * 10 + digit);
    text.as_bytes().last() == Some(&LETTERS[number as usize % 23])
}

fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (6..=16).contains(&text.len())
        && digits >= 5
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && (digits > 8 || !text.starts_with("19") && !text.starts_with("20"))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn numbers_of_several_states() {
        check(
            Kind::NationalId,
            &[
                "My NI number is «AB 12 34 56 C».",
                "nino «JG103759A»",
                "My NHS number is «943 476 5919».",
                "The user's NHS number: «943-476-5919»",
                "My DNI is «12345678Z»",
                "NIE: «X1234567L»",
                "codice fiscale «RSSMRA85T10A562S»",
                "my national id is «8501011234567»",
                "national identity card no. «L01X00T47»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::NationalId,
            &[
                "GB 12 34 56 C is no number",
                "order 12345678A is late",
                "the national insurance act of 1911",
                "an id card costs 29 euros",
                "room ab12",
            ],
        );
    }
}
