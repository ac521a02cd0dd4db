//! Phrases of time in a sentence, and the intervals that they mean: "last Tuesday", "in March", "two weeks ago".
//!
//! A recursive-descent reader over words, not a pattern for each phrase: a phrase is found where the longest reading
//! starts, and what has another sense ("may I", "march on", "a second opinion", "on Tuesdays") is not taken.

mod anchors; // weekdays, months, seasons, holidays, dates
mod numbers; // "a couple of", "twenty-one", "3rd"
mod reader; // words with their places, and the rules that read them
#[cfg(test)]
mod table; // phrases and what they mean
mod units; // days, weeks, months, years

use std::ops::Range;

use jiff::Zoned;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::words::Words;

pub(crate) use anchors::is_calendar_name;

/// From the first moment to the one after the last, in local time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    pub from: DateTime,
    pub to: DateTime,
}

impl Interval {
    pub fn contains(&self, moment: DateTime) -> bool {
        self.from <= moment && moment < self.to
    }

    pub fn overlaps(&self, other: &Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// Seconds since 1970 at a moment in a time zone, where there are any.
pub(crate) fn second_in(zone: &TimeZone, moment: DateTime) -> Option<i64> {
    Some(moment.to_zoned(zone.clone()).ok()?.timestamp().as_second())
}

/// A phrase of time in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimePhrase {
    /// Where it stands, in bytes.
    pub span: Range<usize>,
    pub when: When,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    During(Interval),
    /// "since I moved": from an event on, which the bytes here name.
    SinceEvent(Range<usize>),
    /// "before we moved": until an event.
    BeforeEvent(Range<usize>),
}

impl TimePhrase {
    pub fn interval(&self) -> Option<Interval> {
        match self.when {
            When::During(interval) => Some(interval),
            When::SinceEvent(_) | When::BeforeEvent(_) => None,
        }
    }
}

/// The phrases of time in `text`, first to last, as somebody means them who says it at `now`. A day without a year is
/// the latest that has begun, since memories are about what was; "next" and "in two weeks" look ahead.
pub fn find_time_phrases(text: &str, now: &Zoned) -> Vec<TimePhrase> {
    time_phrases_in(&Words::of(text), now, false)
}

/// The same of words that have been read. `ahead`: they are about what is to come, so that a day without a year is the next.
pub(crate) fn time_phrases_in(words: &Words<'_>, now: &Zoned, ahead: bool) -> Vec<TimePhrase> {
    reader::Reader::new(words, now.datetime(), ahead).read_all()
}
