//! US social security numbers in their valid ranges. Nine digits in a row need words that say so.

use std::ops::Range;

use super::Finding;
use crate::Kind;
use crate::context::View;

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    for (i, first) in view.digits.iter().enumerate() {
        let candidate = [3, 2, 1].into_iter().find_map(|count| {
            let groups = view.digits.get(i..i + count)?;
            number(view, groups)
        });
        if let Some((end, confidence, rule)) = candidate {
            found.push(Finding::new(Kind::Ssn, first.start..end, confidence, rule));
        }
    }
}

fn number(view: &View<'_>, groups: &[Range<usize>]) -> Option<(usize, f32, &'static str)> {
    let of_three =
        matches!(groups, [area, group, serial] if (area.len(), group.len(), serial.len()) == (3, 2, 4));
    let shorter = match groups {
        [one] => one.len() == 9,
        [one, other] => matches!((one.len(), other.len()), (3, 6) | (5, 4)),
        _ => false,
    };
    if !of_three && !shorter {
        return None;
    }
    let separators: Vec<&str> = groups.windows(2).map(|pair| view.between(&pair[0], &pair[1])).collect();
    if !separators.iter().all(|separator| matches!(*separator, "-" | " " | ".")) {
        return None;
    }
    let (start, end) = (groups[0].start, groups[groups.len() - 1].end);
    let joints: &[char] =
        if separators.contains(&" ") { &['-', '.', '/', ',', '+', ' '] } else { &['-', '.', '/', ',', '+'] };
    let told = told_by_words(view, start);
    let joints = if told == Some(true) { &['-', '.'] } else { joints };
    if !is_valid(&view.digits_of(start..end)) || is_joined(view, start, end, joints) || told == Some(false) {
        return None;
    }
    if of_three && separators[0] == separators[1] {
        Some((end, 0.9, "ssn.separated"))
    } else {
        (told == Some(true)).then_some((end, 0.85, "ssn.in_context"))
    }
}

fn is_joined(view: &View<'_>, start: usize, end: usize, joints: &[char]) -> bool {
    let mut before = view.text[..start].chars().rev();
    let near = before.next();
    // Digits before a space: a piece of a row of numbers. A word before a space: a sentence.
    let digit_before =
        near.is_some_and(|c| joints.contains(&c)) && before.next().is_some_and(|c| c.is_ascii_digit());
    let word_before = near == Some('-') && view.text[..start - 1].ends_with(char::is_alphanumeric);
    let mark = matches!(near, Some('#' | '$' | '€' | '£'));
    digit_before || word_before || mark || view.is_piece(start, end, &[]) || {
        let mut after = view.text[end..].chars();
        after.next().is_some_and(|c| joints.contains(&c)) && after.next().is_some_and(|c| c.is_ascii_digit())
    }
}

/// Never given out: areas 000, 666 and 900 to 999, group 00, serial 0000 (Social Security Administration).
fn is_valid(digits: &[u8]) -> bool {
    digits.len() == 9
        && digits[0] != b'9'
        && !matches!(&digits[..3], b"000" | b"666")
        && &digits[3..5] != b"00"
        && &digits[5..] != b"0000"
}

fn told_by_words(view: &View<'_>, at: usize) -> Option<bool> {
    for (i, word) in view.words_before(at).take(6).enumerate() {
        match word {
            "ssn" | "ssns" | "social" => return Some(true),
            "order" | "part" | "serial" | "sku" | "invoice" | "model" | "tracking" | "isbn" | "ticket"
            | "version" | "phone" | "call" | "account" | "routing" | "zip" | "case" | "ref" | "reference"
            | "licence" | "license" | "passport" | "suite" | "apt" | "unit" | "box"
                if i < 3 =>
            {
                return Some(false);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn numbers() {
        check(
            Kind::Ssn,
            &[
                "«123-45-6789»",
                "my SSN is «078-05-1123».",
                "«078.05.1123»",
                "abc «078 05 1123» abc",
                "ssn:«078051123»",
                "SSN «078-051121»",
                "social security number is «07805-1121»",
                "Social security: «899991234»",
                "(«816-25-1400»)",
                "«123-45-6789», «234-56-7890»",
                "«１２３-４５-６７８９»",
                "«123\u{2011}45\u{2011}6789»",
                "ssn=«123456789»",
                "his social is «123 45 6789»",
                "«753-88-3825» is on file",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Ssn,
            &[
                "000-12-3456",
                "666-12-3456",
                "900-12-3456",
                "987-65-4321",
                "123-00-6789",
                "123-45-0000",
                "123456789",
                "ssn 0780511201",
                "ssn 000000000",
                "693-09.4444",
                "12345-6789",
                "part 123-45-6789",
                "order no. 123-45-6789",
                "1-123-45-6789",
                "123-45-6789-0",
                "415-555-0132",
                "2024-01-1500",
                "1 123 45 6789",
                "100 20 3000 400",
                "A123-45-6789",
                "AB-123-45-6789",
                "$123.45.6789",
                "zip 12345-6789",
                "antisocial 123456789",
                "12-345-6789",
                "123/45/6789",
            ],
        );
    }
}
