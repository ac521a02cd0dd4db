//! Payment cards: digits of an issuer's range and length that pass Luhn.

use std::ops::{Range, RangeInclusive};

use super::Finding;
use crate::Kind;
use crate::checksums::luhn;
use crate::context::View;

const DIGITS_MAX: usize = 19;

/// `4 1 1 1 …`: digit by digit.
const GROUPS_MAX: usize = 19;

/// Beside groups of four.
const USUAL_GROUPINGS: [&[usize]; 5] = [
    &[4, 6, 5], // American Express
    &[4, 6, 4], // Diners Club
    &[6, 13],
    &[4, 12],
    &[8, 8],
];

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut i = 0;
    while i < view.digits.len() {
        match longest_card(view, i) {
            Some((finding, groups)) => {
                found.push(finding);
                i += groups;
            }
            None => i += 1,
        }
    }
}

fn longest_card(view: &View<'_>, i: usize) -> Option<(Finding, usize)> {
    let groups = row(view, &view.digits[i..]);
    (1..=groups.len()).rev().find_map(|count| {
        let span = groups[0].start..groups[count - 1].end;
        // An unusual grouping must be all that is there, or any row of numbers would have a card in it.
        let length: usize = groups[..count].iter().map(Range::len).sum();
        let complete =
            count == 1 || is_usual_grouping(&groups[..count]) || (count == groups.len() && length >= 15);
        if !complete || !(12..=DIGITS_MAX).contains(&length) {
            return None;
        }
        let digits = view.digits_of(span.clone());
        let issuer = issuer(&digits)?;
        if !luhn(&digits) || is_cut(view, &span) {
            return None;
        }
        let told = is_told(view, span.start);
        let known = !issuer.needs_words || told == Some(true);
        let confidence = if told == Some(true) { 0.99 } else { 0.95 };
        (known && told != Some(false))
            .then(|| (Finding::new(Kind::Card, span, confidence, "card.luhn"), count))
    })
}

/// Groups with the same separator between them, up to the digits of the longest card.
fn row<'a>(view: &View<'_>, rest: &'a [Range<usize>]) -> &'a [Range<usize>] {
    let mut digits = rest[0].len();
    let mut count = 1;
    let mut separator = None;
    for pair in rest.windows(2).take(GROUPS_MAX - 1) {
        let between = view.between(&pair[0], &pair[1]);
        let allowed = matches!(between, " " | "-" | "." | "  " | " - " | "\n");
        digits += pair[1].len();
        if !allowed || *separator.get_or_insert(between) != between || digits > DIGITS_MAX {
            break;
        }
        count += 1;
    }
    &rest[..count]
}

fn is_usual_grouping(groups: &[Range<usize>]) -> bool {
    let of_four = match groups {
        [front @ .., last] => {
            groups.len() >= 3 && front.iter().all(|group| group.len() == 4) && last.len() <= 4
        }
        [] => false,
    };
    of_four || USUAL_GROUPINGS.iter().any(|usual| usual.iter().copied().eq(groups.iter().map(Range::len)))
}

/// Letters or digits lead on before or after it: `a4111…`, `550e8400-…-446655440000`, `4111…-2`. "card-4111…" is a
/// word and a number.
fn is_cut(view: &View<'_>, span: &Range<usize>) -> bool {
    let joint = |c| matches!(c, '-' | '.' | '+');
    let before = view.text[..span.start].strip_suffix(joint).unwrap_or_default();
    let number_before =
        before.chars().rev().take_while(|c| c.is_alphanumeric()).take(DIGITS_MAX).any(|c| c.is_ascii_digit());
    let after = view.text[span.end..].strip_prefix(joint).unwrap_or_default();
    let number_after = after.starts_with(|c: char| c.is_ascii_digit());
    number_before || number_after || !view.stands_alone(span.start, span.end)
}

/// Whether the words right before say that it is a card, or that it is something else with check digits.
fn is_told(view: &View<'_>, at: usize) -> Option<bool> {
    for (i, word) in view.words_before(at).take(6).enumerate() {
        match word {
            "card" | "cards" | "visa" | "mastercard" | "amex" | "maestro" | "discover" | "cc" | "karte"
            | "kreditkarte" | "carte" | "tarjeta" | "carta" | "pan" | "debit" | "credit" => {
                return Some(true);
            }
            "imei" | "isbn" | "ean" | "gtin" | "barcode" | "upc" | "tracking" | "timestamp" | "iccid"
                if i < 3 =>
            {
                return Some(false);
            }
            "order" | "invoice" | "ticket" | "serial"
                if i == 0
                    || (i == 1
                        && matches!(view.words_before(at).next(), Some("number" | "no" | "id" | "nr"))) =>
            {
                return Some(false);
            }
            _ => {}
        }
    }
    None
}

struct Issuer {
    /// Prefixes so broad that by themselves they prove little.
    needs_words: bool,
}

/// Whether a number of this length and beginning is given out (ISO/IEC 7812 ranges of the networks).
fn issuer(digits: &[u8]) -> Option<Issuer> {
    let length = digits.len();
    let prefix = digits.iter().take(6).fold(0u32, |prefix, digit| prefix * 10 + u32::from(digit - b'0'));
    let sure = RANGES.iter().any(|(range, lengths)| range.contains(&prefix) && lengths.contains(&length));
    let broad = BROAD.iter().any(|(range, lengths)| range.contains(&prefix) && lengths.contains(&length));
    (sure || broad).then_some(Issuer { needs_words: !sure })
}

/// First six digits, lengths.
const RANGES: [(RangeInclusive<u32>, RangeInclusive<usize>); 30] = [
    (400_000..=499_999, 16..=16), // Visa
    (400_000..=499_999, 13..=13),
    (400_000..=499_999, 19..=19),
    (510_000..=559_999, 16..=16), // Mastercard
    (222_100..=272_099, 16..=16),
    (340_000..=349_999, 15..=15), // American Express
    (370_000..=379_999, 15..=15),
    (300_000..=305_999, 14..=19), // Diners Club
    (309_500..=309_599, 14..=19),
    (360_000..=369_999, 14..=19),
    (380_000..=399_999, 14..=19),
    (601_100..=601_199, 16..=19), // Discover
    (622_126..=622_925, 16..=19),
    (644_000..=659_999, 16..=19),
    (620_000..=629_999, 16..=19), // UnionPay
    (810_000..=829_999, 16..=19), // UnionPay, RuPay
    (350_000..=359_999, 16..=16), // JCB
    (352_800..=358_999, 16..=19),
    (213_100..=213_199, 15..=15),
    (180_000..=180_099, 15..=15),
    (501_800..=501_899, 12..=19), // Maestro
    (502_000..=503_899, 12..=19),
    (589_300..=589_399, 12..=19),
    (630_400..=630_499, 12..=19),
    (675_900..=676_399, 12..=19),
    (500_000..=509_999, 16..=16), // Maestro and national schemes
    (560_000..=699_999, 16..=16),
    (501_900..=501_999, 16..=16), // Dankort
    (637_000..=639_999, 16..=16), // InstaPayment
    (220_000..=220_499, 16..=19), // Mir
];

const BROAD: [(RangeInclusive<u32>, RangeInclusive<usize>); 5] = [
    (500_000..=509_999, 12..=19), // Maestro and national schemes
    (560_000..=599_999, 12..=19),
    (600_000..=699_999, 12..=19),
    (979_200..=979_299, 16..=16), // Troy
    (100_000..=199_999, 15..=15), // UATP
];

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn cards() {
        check(
            Kind::Card,
            &[
                "«4111111111111111»",
                "my card is «4111 1111 1111 1111», ok?",
                "«4111-1111-1111-1111»",
                "«4111.1111.1111.1111».",
                "«4111 - 1111 - 1111 - 1111»",
                "«4111  1111  1111  1111»",
                "card:«4012888888881881»",
                "«5555555555554444»",
                "«2223003122003222»",
                "«3782 822463 10005»",
                "«371449635398431»",
                "«30569309025904»",
                "«3852 000002 3237»",
                "«6011000400000000»",
                "«3528000700000000»",
                "«6759649826438453»",
                "«5019717010103742»",
                "«4917300800000000»",
                "«4222222222222»",
                "my credit card: «122000000000003»",
                "«41 11 11 11 11 11 11 11»",
                "«4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1»",
                "«4111 1111 1111 1111» 12/27 cvc 123",
                "«4111111111111111» «5555555555554444»",
                "4111111111111112 «4111111111111111»",
                "«４１１１　１１１１　１１１１　１１１１»",
                "«4111\u{200b}1111\u{200b}1111\u{200b}1111»",
                "«4111\u{2013}1111\u{2013}1111\u{2013}1111»",
                "Visa-«4111111111111111»",
                "(«4111111111111111»)",
                "«6212345678901232»",
                "paid the order with «4111 1111 1111 1111»",
                "PAN=«4111111111111111»;",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Card,
            &[
                "4111111111111112",
                "4012-8888-8888-1882",
                "1234567890123456",
                "0000000000000000",
                "9999 9999 9999 9995",
                "978-0-306-40615-7",
                "ISBN 9780306406157",
                "1748503543012",
                "122000000000003",
                "imei 356938035643809",
                "order number 4111111111111111",
                "tracking: 4111111111111111",
                "a4111111111111111",
                "41111111111111113",
                "4111111111111111-2",
                "3-4111111111111111",
                "550e8400-e29b-41d4-a716-446655440000",
                "2024-01-15 10 30 00 00",
                "1700000000000000",
                "3.4111111111111111",
                "4111 1111",
                "**** **** **** 1111",
                "4111,1111,1111,1111",
                "100012345678901",
                "4111 1111-1111 1111",
                "card ending 1111",
                "discard 1111 2222 3333 4444",
            ],
        );
    }
}
