//! Days that a clause names, relative to when it was said, in UTC.

use std::sync::LazyLock;

use domain::Timestamp;
use domain::clock::from_micros;
use jiff::civil::Date;
use jiff::{ToSpan as _, tz::TimeZone};
use regex::Regex;

use super::patterns::pattern;
use crate::time_phrases;

static RELATIVE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(the day after tomorrow|tomorrow|tonight|today|yesterday|(?:(?:on|next|this|last) )(monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b",
    )
});
static DAY_MONTH: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:on )?(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? (january|february|march|april|may|june|july|august|september|october|november|december)(?:,? (\d{4}))?\b",
    )
});
static MONTH_DAY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:on )?(january|february|march|april|may|june|july|august|september|october|november|december) (?:the )?(\d{1,2})(?:st|nd|rd|th)?(?:,? (\d{4}))?\b",
    )
});

/// The first day that the text names and where it names it. A date without a year is the next one to come.
pub(super) fn find(text: &str, said_at: Timestamp) -> Option<(std::ops::Range<usize>, Date)> {
    let today = said_at.to_zoned(TimeZone::UTC).date();
    if let Some(captures) = RELATIVE.captures(text) {
        let whole = captures.get(0)?;
        let words = whole.as_str().to_lowercase();
        let day = match words.as_str() {
            "today" | "tonight" => today,
            "tomorrow" => today.tomorrow().ok()?,
            "yesterday" => today.yesterday().ok()?,
            "the day after tomorrow" => today.checked_add(2.days()).ok()?,
            _ => weekday(&words, today)?,
        };
        return Some((whole.range(), day));
    }
    let (whole, day, month, year) = match DAY_MONTH.captures(text) {
        Some(captures) => (captures.get(0)?, captures.get(1)?, captures.get(2)?, captures.get(3)),
        None => {
            let captures = MONTH_DAY.captures(text)?;
            (captures.get(0)?, captures.get(2)?, captures.get(1)?, captures.get(3))
        }
    };
    let month = time_phrases::month(&month.as_str().to_lowercase())?;
    let day = day.as_str().parse().ok()?;
    let date = match year {
        Some(year) => Date::new(year.as_str().parse().ok()?, month, day).ok()?,
        None => {
            let this_year = Date::new(today.year(), month, day).ok()?;
            if this_year < today { Date::new(today.year() + 1, month, day).ok()? } else { this_year }
        }
    };
    Some((whole.range(), date))
}

/// The first and the last instant of a day.
pub(super) fn bounds(day: Date) -> (Option<Timestamp>, Option<Timestamp>) {
    let start = day.to_zoned(TimeZone::UTC).ok().map(|day| day.timestamp());
    (start, start.map(|start| from_micros(start.as_microsecond() + 86_399_999_999)))
}

fn weekday(words: &str, today: Date) -> Option<Date> {
    let (which, name) = words.split_once(' ')?;
    let wanted = time_phrases::weekday(name)?;
    // "Last" goes back, everything else forward, and never to today itself.
    today.nth_weekday(if which == "last" { -1 } else { 1 }, wanted).ok()
}
