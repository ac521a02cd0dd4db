//! Phone numbers: E.164 always, national forms with separators, bare digits only where the words say phone.
//!
//! A candidate is a row of digit groups with short separators. The lengths of the groups, the separators and the first
//! digits name the form; the nearest telling word before it ("call", "order") decides where the form does not.

use std::cell::LazyCell;
use std::ops::Range;

use self::forms::{Form, Proof, form};
use self::words::{Told, is_labelled_after, is_right_after_a_cue, told_by_words};
use super::Finding;
use crate::Kind;
use crate::context::View;

mod forms; // what groups of digits a number has, by country
mod words; // what the words around say

/// `+33 (0)6 12 34 56 78` has seven.
const GROUPS_MAX: usize = 8;

/// E.164: at most 15 digits, country code included.
const DIGITS_MAX: usize = 15;

/// `33 93 31`, where the words say phone.
const DIGITS_MIN: usize = 6;

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut i = 0;
    while i < view.digits.len() {
        match longest_number(view, i) {
            Some((finding, groups)) => {
                found.push(finding);
                i += groups;
            }
            None => i += 1,
        }
    }
}

/// The longest phone number that begins with group `i`, and how many groups it has.
fn longest_number(view: &View<'_>, i: usize) -> Option<(Finding, usize)> {
    let reading = Reading::new(view, i);
    let words = LazyCell::new(|| told_by_words(view, reading.start));
    (1..=reading.groups.len()).rev().find_map(|count| {
        let row = reading.first(count);
        if row.digits.len() < DIGITS_MIN {
            return None;
        }
        let form = form(&row)?;
        let end = with_extension(view, row.end);
        if !is_whole(view, &row, end) || !is_told_enough(view, &row, &form, *words, end) {
            return None;
        }
        let confidence = match (form.proof, *words) {
            (Proof::Form, Told::Phone) => 0.95,
            (Proof::Form, _) => 0.85,
            (Proof::Words | Proof::WordsBefore, _) => 0.7,
        };
        Some((Finding::new(Kind::Phone, row.start..end, confidence, form.rule), count))
    })
}

/// Whether the words around are enough for a form that proves this much.
fn is_told_enough(view: &View<'_>, row: &Row<'_>, form: &Form, told: Told, end: usize) -> bool {
    if told == Told::Other {
        return form.rule == "phone.international";
    }
    if told == Told::Phone {
        // Seven or eight digits in one piece are most often just a number.
        let short = row.groups.len() == 1 && row.digits.len() <= 8;
        return !short
            || form.proof == Proof::Form
            || is_right_after_a_cue(view, row.start)
            || is_labelled_after(view, end);
    }
    let in_its_place = (row.plus || !is_in_a_row(view, row, end)) && !is_quantity(view, row.start, end);
    let long_pieces = row.groups.len() > 1 && row.groups.iter().any(|group| group.len() > 9);
    in_its_place
        && match form.proof {
            Proof::Form => true,
            Proof::Words => {
                (end > row.end || is_labelled_after(view, end) || answers_alone(view, row)) && !long_pieces
            }
            Proof::WordsBefore => false,
        }
}

/// The longest row of digit groups from one group on that could be one number.
struct Reading<'a> {
    groups: &'a [Range<usize>],
    lengths: Vec<usize>,
    separators: Vec<char>,
    digits: Vec<u8>,
    start: usize,
    plus: bool,
    bracket: bool,
}

impl<'a> Reading<'a> {
    fn new(view: &'a View<'_>, i: usize) -> Self {
        let rest = &view.digits[i..];
        let mut digits = view.digits_of(rest[0].clone());
        let mut separators = Vec::new();
        for pair in rest.windows(2).take(GROUPS_MAX - 1) {
            let Some(separator) = separator(view.between(&pair[0], &pair[1])) else { break };
            // Room for a trunk zero in brackets and the 00 of an international prefix.
            if digits.len() + pair[1].len() > DIGITS_MAX + 3 {
                break;
            }
            separators.push(separator);
            digits.extend_from_slice(&view.text.as_bytes()[pair[1].clone()]);
        }
        let groups = &rest[..=separators.len()];
        let first = groups[0].start;
        let before = &view.text[..first];
        let closes = separators.contains(&')');
        let plus = before.ends_with('+') || (closes && before.ends_with("+("));
        let bracket = closes && (before.ends_with('(') || before.ends_with("(+"));
        let start = first - usize::from(plus) - usize::from(bracket);
        let lengths = groups.iter().map(Range::len).collect();
        Self { groups, lengths, separators, digits, start, plus, bracket }
    }

    /// Its first groups.
    fn first(&self, count: usize) -> Row<'_> {
        Row {
            groups: &self.groups[..count],
            lengths: &self.lengths[..count],
            separators: &self.separators[..count - 1],
            digits: &self.digits[..self.lengths[..count].iter().sum()],
            start: self.start,
            end: self.groups[count - 1].end,
            plus: self.plus,
            bracket: self.bracket,
        }
    }
}

/// Digit groups that may be a number, with what stands before and between them.
#[derive(Clone, Copy)]
struct Row<'a> {
    groups: &'a [Range<usize>],
    lengths: &'a [usize],
    /// One character for each separator: `)` and `(` for any with a bracket.
    separators: &'a [char],
    digits: &'a [u8],
    /// With the `+` or `(` in front.
    start: usize,
    end: usize,
    plus: bool,
    bracket: bool,
}

impl Row<'_> {
    /// All separators after the first are the same.
    fn is_even(&self) -> bool {
        self.separators.iter().skip(1).all(|separator| Some(separator) == self.separators.get(1))
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.digits.starts_with(prefix.as_bytes())
    }

    fn has(&self, separator: char) -> bool {
        self.separators.contains(&separator)
    }
}

fn separator(between: &str) -> Option<char> {
    match between {
        " " | "\u{20}\u{20}" => Some(' '),
        "-" | " - " | "- " => Some('-'),
        "." => Some('.'),
        "/" | " / " => Some('/'),
        ")" | ") " | ")-" | ") - " | ")/" | ")." => Some(')'),
        "(" | " (" | "-(" | ".(" => Some('('),
        _ => None,
    }
}

/// A message that is nothing but ten or eleven digits with a trunk zero, as a number is dialled within a country: `09171234567`.
fn answers_alone(view: &View<'_>, row: &Row<'_>) -> bool {
    let message = view.text.trim();
    message.len() == row.end - row.start
        && row.groups.len() == 1
        && (10..=11).contains(&row.digits.len())
        && row.starts_with("0")
        && !row.starts_with("00")
}

/// Nothing longer is cut: no letter or digit touches it, and no joint leads on to more.
fn is_whole(view: &View<'_>, row: &Row<'_>, end: usize) -> bool {
    let mut before = view.text[..row.start].chars().rev();
    let (near, far) = (before.next(), before.next());
    let begins = match near {
        Some(c) if c.is_alphanumeric() || c == '_' => false,
        Some('#' | '$' | '€' | '£' | '¥' | '₹' | '+') => false,
        Some('-' | '.' | ',') => !far.is_some_and(char::is_alphanumeric),
        Some('/' | ':' | '(' | ')' | '*' | '^') => !far.is_some_and(|c| c.is_ascii_digit()),
        _ => true,
    };
    let mut after = view.text[end..].chars();
    let (near, far) = (after.next(), after.next());
    let ends = match near {
        Some(c) if c.is_alphanumeric() || c == '_' => false,
        Some('%' | '$' | '€' | '£' | '¥' | '₹' | '°') => false,
        Some('-' | '.' | ',' | ':' | '/' | '+' | '*' | '=') => !far.is_some_and(|c| c.is_ascii_digit()),
        _ => true,
    };
    begins && ends
}

/// `020 7946 0958 7777 12`: a row of numbers, of which no piece is a phone number.
fn is_in_a_row(view: &View<'_>, row: &Row<'_>, end: usize) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    row.separators.last() == Some(&' ')
        && (view.text[..row.start].strip_suffix(' ').is_some_and(|before| before.ends_with(digit))
            || view.text[end..].strip_prefix(' ').is_some_and(|after| after.starts_with(digit)))
}

/// With `x123`, `ext. 123` or `extension 123`.
fn with_extension(view: &View<'_>, end: usize) -> usize {
    let rest = &view.lower[end..];
    let trimmed = rest.trim_start_matches([' ', ',']);
    if rest.len() - trimmed.len() > 2 {
        return end;
    }
    let marks = ["extension", "ext.", "ext", "x", "durchwahl", "poste"];
    let Some(after_mark) = marks.iter().find_map(|mark| trimmed.strip_prefix(mark)) else { return end };
    let number = after_mark.strip_prefix(' ').unwrap_or(after_mark);
    let digits = number.bytes().take_while(u8::is_ascii_digit).count();
    if (1..=6).contains(&digits) && !number[digits..].starts_with(crate::context::is_word) {
        view.lower.len() - number.len() + digits
    } else {
        end
    }
}

/// `612 345 678 people`, `912 345 678 km`: a count of something.
fn is_quantity(view: &View<'_>, start: usize, end: usize) -> bool {
    let before = view.text[..start].trim_end();
    if before.ends_with(['$', '€', '£', '¥', '₹', '=', '×', '*']) {
        return true;
    }
    let rest = &view.text[end..];
    if rest.trim_start_matches(' ').starts_with(['%', '€', '$', '£', '°', '=', '×', '*']) {
        return true;
    }
    rest.starts_with(' ') && view.words_after(end).next().is_some_and(is_unit)
}

fn is_unit(word: &str) -> bool {
    matches!(
        word,
        "people"
            | "users"
            | "inhabitants"
            | "times"
            | "dollars"
            | "euros"
            | "pounds"
            | "usd"
            | "eur"
            | "gbp"
            | "rupees"
            | "km"
            | "m"
            | "kg"
            | "g"
            | "mb"
            | "gb"
            | "kb"
            | "bytes"
            | "years"
            | "votes"
            | "views"
            | "items"
            | "rows"
            | "records"
            | "samples"
            | "tokens"
            | "units"
            | "points"
            | "percent"
            | "miles"
            | "seconds"
            | "ms"
            | "steps"
    )
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn international() {
        check(
            Kind::Phone,
            &[
                "«+14155550132»",
                "it is «+1 415 555 0132», ok",
                "«+1 (415) 555-0132»",
                "«+1-743-438-6774x62406»",
                "«+44 20 7946 0958»",
                "«+44 (0)20 7946 0958»",
                "«+44 (20) 7123 4567»",
                "«+447911123456».",
                "«+49 30 1234567»",
                "«+49 (0) 171 1234567»",
                "«+49-89-123456»",
                "«+33 6 12 34 56 78»",
                "«+33 (0)6 12 34 56 78»",
                "«+34 612 345 678»",
                "«+39 347 123 4567»",
                "«+39 06 678 4343»",
                "«+91 98765 43210»",
                "«+91 4155550132»",
                "«+55 11 98456 5666»",
                "«+8613873111234»",
                "«+30 21 0 1234567»",
                "«+353 86 123 4567»",
                "«+852 2345 6789»",
                "«+971 50 123 4567»",
                "«0044 20 7946 0958»",
                "«00 49 30 1234567»",
                "«001-321-194-8268x44208»",
                "wa.me/«+14155550132»",
                "tel:«+14155550132»",
                "«＋４９ ３０ １２３４５６７»",
                "«+1\u{a0}415\u{a0}555\u{a0}0132»",
                "«+1\u{2011}415\u{2011}555\u{2011}0132»",
                "«+1 415 555 0132» and «+33 1 42 68 53 00»",
                "order «+14155550132»",
                "«09171234567»",
            ],
        );
    }

    #[test]
    fn national_forms() {
        check(
            Kind::Phone,
            &[
                "«(415) 555-0132»",
                "«(415)555-0132»",
                "«415-555-0132»",
                "«415.555.0132»",
                "«415 555 0132»",
                "«1-800-555-0199»",
                "«1 (415) 555-0132»",
                "«415-555-0132 ext. 12»",
                "«(311)905-4466x8827»",
                "«020 7946 0958»",
                "«0 532 123 45 67», «0 (532) 123 45 67» or «0 (532) 1234567»",
                "«0-532-123-45-67»",
                "«532 123 45 67»",
                "Cep no: «05321234567»",
                "«(020) 7946 0958»",
                "«07911 123456»",
                "«07911 123 456»",
                "«0161 496 0000»",
                "«01632 960983»",
                "«030 12345678»",
                "«(030) 12345678»",
                "«089/1234567»",
                "«0171 1234567»",
                "«0171/123 45 67»",
                "«06 12 34 56 78»",
                "«02.27.96.63.08»",
                "«01-42-68-53-00»",
                "«612 345 678»",
                "«612 34 56 78»",
                "«91 123 45 67»",
                "«347 123 4567»",
                "«347 1234567»",
                "«02-12345678»",
                "«06 1234 5678»",
                "«98765 43210»",
                "«98765-43210»",
                "«080-12345678»",
                "«011 2345 6789»",
                "«090-1234-5678»",
                "«138 1234 5678»",
                "«(11) 98456-5666»",
                "«1300 123 456»",
                "«0412 123 45 67»",
                "«415-555-0132» «415-555-0133»",
                "«415-555-0132», «020 7946 0958»; or «06 12 34 56 78»!",
            ],
        );
    }

    #[test]
    fn bare_digits_beside_words() {
        check(
            Kind::Phone,
            &[
                "call «4155550132»",
                "call me at «5550132» tonight",
                "my phone is «07911123456»",
                "tel. «5550132»",
                "Phone: «678-777-1600»",
                "text me on «4155550132»",
                "whatsapp «9876543210»",
                "my number is «13812345678»",
                "hey Bob, my number is «69877060», ok?",
                "her new number: «555 0132»",
                "They're not answering at «785 8949»",
                "You can call «33 93 31»",
                "call (88) 6843 or «469 34 883»",
                "Handy: «01711234567»",
                "Mi teléfono es «612345678»",
                "mobile «2813882583»",
                "«2813882583» mobile",
                "«(88) 684-334» (office)",
                "«166-684-7899» fax",
                "My Israeli number is «09-7625400»",
                "«044-688-7538x8775»",
                "fax «(069) 948-538»",
                "my US number is «(415) 555-0132»",
                "«0987248857» is my phone number",
                "«95 15 96 01» is her new number",
                "They don't pick up at «5104801398»",
                "contact: «43-007-2094»",
                "Tel: «(06)22/362-8618»",
                "reach me on «0049301234567»",
                "the area code and number: call «212 555 0132»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Phone,
            &[
                "4155550132",
                "2024-01-15",
                "15.01.2024 10:30",
                "01-02-2024 10 11",
                "call at 10:30 on 2024-01-15",
                "call me on 05.06.24",
                "call 15/01/2024",
                "version 1.2.3.4567",
                "v10.15.7 build 19H2026",
                "ISBN 978-0-306-40615-7",
                "ISBN 0-306-40615-2",
                "order number 4155550132",
                "order 415-555-0132",
                "Invoice no. 030 12345678",
                "tracking 1234 5678 9012",
                "$415 555 0132",
                "costs 1,234,567.89",
                "612 345 678 people",
                "912 345 678 €",
                "612.345.678",
            ],
        );
    }

    #[test]
    fn numbers_of_other_kinds() {
        check_none(
            Kind::Phone,
            &[
                "40.7128, -74.0060",
                "52.520008 13.404954",
                "10:30-12:45",
                "#4155550132",
                "sha 3f2504e04f8911d39a0c0305e82c3301",
                "1995-2005-2015",
                "192.168.100.200",
                "1700000000",
                "1700000000000",
                "5+14155550132",
                "100-20-3000",
                "12-415-555-0132-7",
                "3.14159265358979",
                "1/2/3/4/5/6/7",
                "chapter 415 555 0132",
                "my opinion 12345678",
                "recall 12345678",
                "hotel 1234567",
                "+1 234",
                "+0 123 456 7890",
                "+999999",
                "c++ 20 17 14",
                "a+14155550132",
                "08:00-12:00 13:00-17:00",
                "2+2 = 4",
                "020 7946 0958 7777 1234 99",
                "0 100 200 30 40",
                "532.123.45.67",
                "0 555 1234567",
                "the number 1234567890 is big",
                "case number 12345678",
                "my order number is 12345678",
                "my account number is 12345678",
                "My Aadhaar number is 400123456787",
                "my employee number is 12345678",
                "731-530-150",
                "046 454 286",
                "07805-1121",
                "078-05-0000",
                "401-023-2137",
                "1234 5678",
                "7 8 9 10 11 12",
                "100 200 300 400",
                "123.456.789.012",
                "call 100 people",
                "10 000 000 000",
                "limit(86400000); 1,200 calls a day, quota 86400000",
                "5104801398 is my lucky number",
                "5104801398 is my order number",
            ],
        );
    }
}
