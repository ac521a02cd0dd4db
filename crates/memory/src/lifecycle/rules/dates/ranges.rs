//! Several days on end: "from 1 to 3 May", "9 and 10 April", "6th-13th".

use jiff::civil::Date;
use jiff::{Span, ToSpan as _};

use super::super::tokens::Token;
use super::{Calendar, When, day_number, is_ordinal, month, nearest, numbered_day, skip_word, year_number};

/// Nobody's plan of days is longer: what is, is no range.
const DAYS_MAX: i32 = 120;

/// One end of it: the number of the day, its month if it is said, and how many tokens it takes.
struct End {
    day: i8,
    month: Option<i8>,
    year: Option<i16>,
    after: usize,
    ordinal: bool,
}

/// The range that begins at `at`, behind its preposition, and where it ends.
pub(super) fn range_at(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> Option<(usize, When)> {
    let (first, second) = joined(tokens, at).or_else(|| apart(tokens, at))?;
    let month = second.month.or(first.month);
    let (from, to) = match month {
        Some(month) => {
            let to = match second.year {
                Some(year) => Date::new(year, month, second.day).ok()?,
                None => nearest(calendar, |year| Date::new(year, month, second.day).ok())?,
            };
            let from = Date::new(to.year(), first.month.unwrap_or(month), first.day).ok()?;
            (if from > to { from.checked_sub(1.year()).ok()? } else { from }, to)
        }
        // Numbers alone may count anything; "6th to 13th" are days.
        None if first.ordinal || second.ordinal => {
            let from = numbered_day(first.day, calendar)?;
            let to = from.with().day(second.day).build().ok()?;
            (from, if to < from { to.checked_add(Span::new().months(1)).ok()? } else { to })
        }
        None => return None,
    };
    let days = from.until(to).ok()?.get_days();
    let text = format!("from {from} to {to}");
    (days > 0 && days <= DAYS_MAX).then_some((second.after, When { from, to, text }))
}

/// "6th-13th of June", "June 4-11": one word for both days.
fn joined(tokens: &[Token<'_>], at: usize) -> Option<(End, End)> {
    let leading = tokens.get(at).and_then(month);
    let place = at + usize::from(leading.is_some());
    let token = tokens.get(place)?;
    let (first, second) = token.word.split_once(['-', '/']).filter(|_| token.word.contains('-'))?;
    let (first_day, second_day) = (number(first)?, number(second)?);
    let ordinal = first.ends_with(|c: char| c.is_ascii_lowercase())
        || second.ends_with(|c: char| c.is_ascii_lowercase());
    let of = skip_word(tokens, place + 1, "of");
    let trailing = tokens.get(of).and_then(month).filter(|_| leading.is_none());
    let after = if trailing.is_some() { of + 1 } else { place + 1 };
    let month = leading.or(trailing);
    let end = |day| End { day, month, year: None, after, ordinal };
    Some((end(first_day), end(second_day)))
}

fn number(text: &str) -> Option<i8> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let suffix = &text[digits.len()..];
    let day: i8 = digits.parse().ok()?;
    (matches!(suffix, "" | "st" | "nd" | "rd" | "th") && (1..=31).contains(&day)).then_some(day)
}

/// "the 4th to the 11th of June", "30 December till 2 January".
fn apart(tokens: &[Token<'_>], at: usize) -> Option<(End, End)> {
    let first = end_at(tokens, at)?;
    let joint = tokens.get(first.after)?;
    if !matches!(&*joint.word, "to" | "till" | "until" | "and" | "-" | "–" | "through") {
        return None;
    }
    let mut next = first.after + 1;
    if tokens.get(next).is_some_and(|token| token.is("on")) {
        next += 1;
    }
    let second = end_at(tokens, skip_word(tokens, next, "the"))?;
    // "9 and 10 April" are two days, "5 and 20 April" too, but no range.
    let one_by_one =
        joint.is("and") && (second.day - first.day != 1 || second.month.or(first.month).is_none());
    (!one_by_one).then_some((first, second))
}

fn end_at(tokens: &[Token<'_>], at: usize) -> Option<End> {
    let token = tokens.get(at)?;
    if let Some(month) = month(token) {
        let day = tokens.get(skip_word(tokens, at + 1, "the"))?;
        let after = skip_word(tokens, at + 1, "the") + 1;
        return Some(End {
            day: day_number(day)?,
            month: Some(month),
            year: None,
            after,
            ordinal: is_ordinal(day),
        });
    }
    let day = day_number(token)?;
    let of = skip_word(tokens, at + 1, "of");
    let month = tokens.get(of).and_then(month);
    let year = month.and_then(|_| tokens.get(of + 1)).and_then(year_number);
    let after = if month.is_some() { of + 1 + usize::from(year.is_some()) } else { at + 1 };
    Some(End { day, month, year, after, ordinal: is_ordinal(token) })
}
