//! Numbers: ages, birthdays, years, times of the day, heights and weights.

use super::dates;
use super::slots::{Item, Scan, as_written, is_end, item};
use super::tokens::{Kind, Token};

pub(super) fn age(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at)?;
    let (years, length) = match token.word.parse::<u32>() {
        Ok(years) if token.text.len() <= 3 => (years, 1),
        _ => number_word(scan.tokens, at)?,
    };
    // "My kids are 4 and 7."
    let several = scan.tokens.get(at + length).is_some_and(|token| token.is("and"))
        && scan.tokens.get(at + length + 1).is_some_and(|token| token.kind == Kind::Number);
    (!several && (1..=110).contains(&years))
        .then(|| (at + length, Item::new(years.to_string(), at..at + length)))
}

/// "4 and 7", of several people.
pub(super) fn ages(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let is_age = |token: &Token<'_>| token.word.parse::<u32>().is_ok_and(|years| (1..=110).contains(&years));
    scan.tokens.get(at).filter(|token| is_age(token))?;
    let mut end = at + 1;
    loop {
        let joints =
            scan.tokens[end..].iter().take(2).take_while(|token| token.is(",") || token.is("and")).count();
        if joints == 0 || !scan.tokens.get(end + joints).is_some_and(is_age) {
            break;
        }
        end += joints + 1;
    }
    (end > at + 1 && is_end(scan, end)).then(|| (end, item(scan, at..end)))
}

/// A telephone number: seven digits or more, in one piece or several.
pub(super) fn phone(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let plus = usize::from(scan.tokens.get(at).is_some_and(|token| token.is("+")));
    let is_part = |token: &&Token<'_>| {
        token.kind == Kind::Number && token.word.chars().all(|c| c.is_ascii_digit() || "-/".contains(c))
            || token.is("-")
    };
    let end = at + plus + scan.tokens.get(at + plus..)?.iter().take(8).take_while(is_part).count();
    let text = as_written(scan, at..end);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits).then(|| (end, Item::new(text, at..end)))
}

/// "34-year-old", "34 year old".
pub(super) fn age_word(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at)?;
    let (number, rest) = token.word.split_once('-').unwrap_or((&token.word, ""));
    let years: u32 = number.parse().ok().filter(|years| (1..=110).contains(years))?;
    let mut end = at + 1;
    if !matches!(rest, "year-old" | "years-old" | "yr-old") {
        if !rest.is_empty()
            || !matches!(
                &*scan.tokens.get(end)?.word,
                "year" | "years" | "yr" | "yo" | "y/o" | "year-old" | "years-old"
            )
        {
            return None;
        }
        let spelt = matches!(&*scan.tokens[end].word, "year" | "years" | "yr");
        end += 1;
        let old = scan.tokens.get(end).is_some_and(|token| token.is("old"));
        if spelt && !old {
            return None;
        }
        end += usize::from(old);
    }
    Some((end, Item::new(years.to_string(), at..end)))
}

/// A day of the year, with its year if it is said; a relative date becomes the day it means.
pub(super) fn birthday(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (end, when) = dates::date_at(scan.tokens, at, scan.calendar)?;
    if !when.is_day() {
        return None;
    }
    let year = scan.tokens[at..end].iter().any(|token| {
        dates::year_number(token).is_some() || token.text.len() == 10 && token.kind == Kind::Number
    });
    let text = when.from.strftime(if year { "%-d %B %Y" } else { "%-d %B" }).to_string();
    Some((end, Item::new(text, at..end)))
}

pub(super) fn date(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (end, when) = dates::date_at(scan.tokens, at, scan.calendar)?;
    let mut item = Item::new(when.text.clone(), at..end);
    item.when = Some(when);
    Some((end, item))
}

pub(super) fn year(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    dates::year_number(scan.tokens.get(at)?).map(|year| (at + 1, Item::new(year.to_string(), at..at + 1)))
}

pub(super) fn count(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at)?;
    let number = token.word.parse::<u32>().ok().is_some_and(|count| count < 30);
    let word = number_word(scan.tokens, at).is_some_and(|(count, _)| count < 20);
    (number || word).then(|| (at + 1, item(scan, at..at + 1)))
}

/// "thirty-four", "thirty four": the number and how many tokens it takes.
pub(super) fn number_word(tokens: &[Token<'_>], at: usize) -> Option<(u32, usize)> {
    const SMALL: [&str; 20] = [
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ];
    const TENS: [&str; 10] =
        ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
    let small = |word: &str| SMALL.iter().position(|one| *one == word).map(|value| value as u32);
    let tens = |word: &str| {
        TENS.iter().position(|one| *one == word && !word.is_empty()).map(|value| 10 * value as u32)
    };
    let word = &*tokens.get(at)?.word;
    if let Some((first, second)) = word.split_once('-') {
        return Some((tens(first)? + small(second).filter(|value| *value < 10)?, 1));
    }
    if let Some(value) = tens(word) {
        let unit =
            tokens.get(at + 1).and_then(|token| small(&token.word)).filter(|unit| (1..10).contains(unit));
        return Some(unit.map_or((value, 1), |unit| (value + unit, 2)));
    }
    small(word).map(|value| (value, 1))
}

/// A birthday that names its month: "I was born yesterday" is a saying.
pub(super) fn calendar_day(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (end, day) = birthday(scan, at)?;
    let named =
        scan.tokens[at..end].iter().any(|token| dates::month(token).is_some() || token.kind == Kind::Number);
    named.then_some((end, day))
}

/// "my early thirties".
pub(super) fn decade(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let word = |offset: usize| scan.tokens.get(at + offset).map_or("", |token| &*token.word);
    let part = usize::from(matches!(word(1), "early" | "mid" | "late" | "mid-to-late"));
    let decade = word(1 + part).rsplit('-').next().unwrap_or_default();
    let known = matches!(
        decade,
        "teens"
            | "twenties"
            | "thirties"
            | "forties"
            | "fifties"
            | "sixties"
            | "seventies"
            | "eighties"
            | "nineties"
    ) || decade.strip_suffix("0s").is_some_and(|tens| tens.len() == 1);
    (word(0) == "my" && known).then(|| (at + 2 + part, item(scan, at..at + 2 + part)))
}

/// "6:30", "6 am", "11pm".
pub(super) fn clock(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at)?;
    if token.is_word() {
        return clock_in_words(scan, at);
    }
    let plain = token.word.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '.');
    let hour: u32 = plain.split([':', '.']).next()?.parse().ok()?;
    let half = usize::from(
        scan.tokens.get(at + 1).is_some_and(|token| matches!(&*token.word, "am" | "pm" | "a.m" | "p.m")),
    );
    let end = at + 1 + half;
    (hour <= 24 && is_end(scan, end)).then(|| (end, Item::new(as_written(scan, at..end), at..end)))
}

/// "50 mg", "75 micrograms".
pub(super) fn dose(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const UNITS: [&str; 9] = ["mg", "mcg", "µg", "g", "ml", "units", "micrograms", "milligrams", "iu"];
    let number = scan.tokens.get(at).filter(|token| token.kind == Kind::Number)?;
    let unit = scan.tokens.get(at + 1).is_some_and(|token| UNITS.contains(&&*token.word));
    let glued = UNITS.iter().any(|unit| number.word.ends_with(unit));
    let end = at + 1 + usize::from(unit);
    (unit || glued).then(|| (end, Item::new(as_written(scan, at..end), at..end)))
}

/// "eleven", "half past ten", "midnight".
fn clock_in_words(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    let is_hour = |at: usize| number_word(scan.tokens, at).is_some_and(|(hour, _)| (1..=12).contains(&hour));
    let hour = match (word(at), word(at + 1), word(at + 2)) {
        ("midnight" | "noon", ..) => return is_end(scan, at + 1).then(|| (at + 1, item(scan, at..at + 1))),
        ("half", "past", _) | ("quarter", "to" | "past", _) => at + 2,
        ("a", "quarter", "to" | "past") => at + 3,
        _ => at,
    };
    let end = hour + 1 + usize::from(matches!(word(hour + 1), "thirty" | "fifteen" | "am" | "pm"));
    (is_hour(hour) && is_end(scan, end)).then(|| (end, item(scan, at..end)))
}

/// "180 cm", "5'11", "80kg".
pub(super) fn measure(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const UNITS: [&str; 16] = [
        "cm",
        "m",
        "meters",
        "metres",
        "feet",
        "foot",
        "ft",
        "inches",
        "kg",
        "kilos",
        "kilograms",
        "pounds",
        "lbs",
        "stone",
        "centimeters",
        "centimetres",
    ];
    scan.tokens.get(at).filter(|token| token.kind == Kind::Number)?;
    let unit_at = |at: usize| scan.tokens.get(at).is_some_and(|token| UNITS.contains(&&*token.word));
    let glued = |token: &Token<'_>| UNITS.iter().any(|unit| token.word.ends_with(unit));
    let mut end = at + 1;
    if unit_at(end) {
        end += 1;
        let more = scan.tokens.get(end).is_some_and(|token| token.kind == Kind::Number);
        end += usize::from(more) + usize::from(more && unit_at(end + 1));
    } else if !glued(&scan.tokens[at]) {
        return None;
    }
    Some((end, Item::new(as_written(scan, at..end), at..end)))
}

/// "980 euros", "$1,200 a month", "1400".
pub(super) fn amount(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    let number = at + usize::from(matches!(word(at), "$" | "€" | "£"));
    scan.tokens.get(number).filter(|token| token.kind == Kind::Number)?;
    let mut end = number + 1;
    end += usize::from(matches!(
        word(end),
        "euros" | "euro" | "dollars" | "pounds" | "bucks" | "quid" | "€" | "$" | "£"
    ));
    if matches!(word(end), "a" | "per") && matches!(word(end + 1), "month" | "week" | "year") {
        end += 2;
    }
    is_end(scan, end).then(|| (end, Item::new(as_written(scan, at..end), at..end)))
}

pub(super) fn frequency(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let end = dates::frequency_at(scan.tokens, at)?;
    let mut found = item(scan, at..end);
    // It may have begun the sentence.
    found.text = found
        .text
        .char_indices()
        .map(|(at, c)| {
            if at == 0 && dates::weekday(found.text.trim_end_matches('s')).is_none() {
                c.to_ascii_lowercase()
            } else {
                c
            }
        })
        .collect();
    Some((end, found))
}
