//! Names of times: weekdays, months, seasons, holidays.

use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday, date};

use super::Interval;
use super::units::days;

pub(crate) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" | "sat" => Weekday::Saturday,
        "sunday" | "sun" => Weekday::Sunday,
        _ => return None,
    })
}

/// Short names are words of their own ("sat", "sun", "wed").
pub(super) fn is_short_weekday(word: &str) -> bool {
    weekday(word).is_some() && !word.ends_with("day")
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The number of a month, by its name or its first three letters.
pub(crate) fn month(word: &str) -> Option<i8> {
    if word == "sept" {
        return Some(9);
    }
    let place =
        MONTHS.iter().position(|name| *name == word || (word.len() == 3 && name.starts_with(word)))?;
    Some(place as i8 + 1)
}

/// The whole name of a month or a weekday.
pub(crate) fn is_calendar_name(word: &str) -> bool {
    MONTHS.contains(&word) || weekday(word).is_some() && !is_short_weekday(word)
}

/// Months whose names mean other things too, and abbreviations: they need more around them.
pub(super) fn is_unsure_month(word: &str) -> bool {
    matches!(word, "may" | "march") || word.len() <= 4 && !matches!(word, "june" | "july")
}

/// A season of the northern half of the earth: its first month, and whether it ends in the next year.
pub(super) fn season(word: &str) -> Option<i8> {
    Some(match word {
        "spring" | "springtime" => 3,
        "summer" | "summertime" => 6,
        "autumn" | "fall" => 9,
        "winter" | "wintertime" => 12,
        _ => return None,
    })
}

/// The season that begins in that month of that year.
pub(super) fn season_of(year: i16, first_month: i8) -> Option<Interval> {
    months(year, first_month, 3)
}

pub(super) fn months(year: i16, first: i8, count: i64) -> Option<Interval> {
    let from = Date::new(year, first, 1).ok()?;
    Some(days(from, from.checked_add(count.months()).ok()?))
}

/// Holidays on a fixed day, or whose day a rule gives: the words, and the days in a year.
pub(super) fn holiday(words: &[&str]) -> Option<(Holiday, usize)> {
    let found = match words {
        ["new", "year's" | "year’s" | "years", "eve", ..] => (Holiday::NewYearsEve, 3),
        ["new", "year's" | "year’s" | "years", "day", ..] => (Holiday::NewYear, 3),
        ["new", "year" | "year's" | "year’s" | "years", ..] => (Holiday::NewYear, 2),
        ["christmas", "eve", ..] => (Holiday::ChristmasEve, 2),
        ["christmas", "day", ..] => (Holiday::Christmas, 2),
        ["christmas", ..] => (Holiday::Christmas, 1),
        ["valentine's" | "valentine’s" | "valentines", "day", ..] => (Holiday::Valentine, 2),
        ["halloween", ..] => (Holiday::Halloween, 1),
        ["thanksgiving", ..] => (Holiday::Thanksgiving, 1),
        ["easter", ..] => (Holiday::Easter, 1),
        _ => return None,
    };
    Some(found)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holiday {
    NewYear,
    Valentine,
    Easter,
    Halloween,
    Thanksgiving,
    ChristmasEve,
    Christmas,
    NewYearsEve,
}

impl Holiday {
    pub(super) fn in_year(self, year: i16) -> Option<Interval> {
        let (from, count) = match self {
            Self::NewYear => (date(year, 1, 1), 1),
            Self::Valentine => (date(year, 2, 14), 1),
            Self::Easter => (easter(year)?.checked_sub(2.days()).ok()?, 4),
            Self::Halloween => (date(year, 10, 31), 1),
            Self::Thanksgiving => (date(year, 11, 1).nth_weekday_of_month(4, Weekday::Thursday).ok()?, 1),
            Self::ChristmasEve => (date(year, 12, 24), 1),
            Self::Christmas => (date(year, 12, 24), 3),
            Self::NewYearsEve => (date(year, 12, 31), 1),
        };
        Some(days(from, from.checked_add(count.days()).ok()?))
    }
}

/// Easter Sunday, by the anonymous Gregorian computus (Meeus, Astronomical Algorithms).
#[expect(clippy::many_single_char_names, reason = "the names of the source")]
fn easter(year: i16) -> Option<Date> {
    let y = i32::from(year);
    let (a, b, c) = (y % 19, y / 100, y % 100);
    let h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days = h + l - 7 * m + 114;
    Date::new(year, (days / 31) as i8, (days % 31 + 1) as i8).ok()
}
