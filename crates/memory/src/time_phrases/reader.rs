//! Words with their places, and the rules that read them.

use jiff::ToSpan as _;
use jiff::civil::{Date, DateTime, Weekday, date};

use super::anchors::{self, holiday, is_short_weekday, is_unsure_month, month, season, season_of, weekday};
use super::numbers::{day_of_month, ordinal, read_count, year};
use super::units::{Unit, days, monday};
use super::{Interval, TimePhrase, When};
use crate::words::{Word, Words};

/// What "recently" and "the other day" reach back to.
const RECENTLY_DAYS: i64 = 30;
const OTHER_DAY_DAYS: i64 = 7;

pub(super) struct Reader<'a> {
    words: &'a Words<'a>,
    now: DateTime,
    today: Date,
    /// What is said is about what is to come.
    ahead: bool,
}

/// An interval, and how many words say it.
type Read = Option<(Interval, usize)>;

/// Where from now something lies.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Last,
    This,
    Next,
}

impl<'a> Reader<'a> {
    pub(super) fn new(words: &'a Words<'a>, now: DateTime, ahead: bool) -> Self {
        Self { words, now, today: now.date(), ahead }
    }

    pub(super) fn read_all(&self) -> Vec<TimePhrase> {
        let mut phrases = Vec::new();
        let mut at = 0;
        while at < self.words.len() {
            match self.phrase(at) {
                Some((when, length)) => {
                    let span = self.words[at].start..self.words[at + length - 1].end();
                    phrases.push(TimePhrase { span, when });
                    at += length;
                }
                None => at += 1,
            }
        }
        phrases
    }

    fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", |word| &*word.lower)
    }

    /// The next words; empty beyond the end.
    fn rest<const N: usize>(&self, at: usize) -> [&str; N] {
        std::array::from_fn(|offset| self.word(at + offset))
    }

    fn is_capital(&self, at: usize) -> bool {
        self.words.get(at).is_some_and(Word::is_capital)
    }

    fn phrase(&self, at: usize) -> Option<(When, usize)> {
        if !may_start(self.word(at)) {
            return None;
        }
        let bounded = match self.word(at) {
            "between" => self.range(at, &["and"]),
            "from" => self.range(at, &["to", "until", "till", "through"]),
            "since" | "until" | "till" | "before" | "after" | "by" => self.bounded(at),
            _ => None,
        };
        if bounded.is_some() {
            return bounded;
        }
        if let Some(event) = self.event(at) {
            return Some(event);
        }
        self.simple(at).map(|(interval, length)| (When::During(interval), length))
    }

    /// "between May and July", "from 3 to 9 June".
    fn range(&self, at: usize, joints: &[&str]) -> Option<(When, usize)> {
        let (first, length) = self.named(at + 1)?;
        let joint = at + 1 + length;
        if !joints.contains(&self.word(joint)) {
            return None;
        }
        let (second, second_length) = self.named(joint + 1)?;
        let end = joint + 1 + second_length;
        // "between May and July 2023": the year holds for both.
        let first = match self.words.get(end - 1).and_then(|word| year(&word.lower)) {
            Some(stated) if year(self.word(joint - 1)).is_none() => in_year(first, stated)?,
            _ => first,
        };
        let to = [0, 1]
            .into_iter()
            .filter_map(|later| in_year(second, first.from.year() + later))
            .map(|second| second.to)
            .find(|to| second.to <= first.from && *to > first.from)
            .unwrap_or(second.to);
        Some((When::During(Interval { from: first.from, to }), end - at))
    }

    /// "since March", "until last week", "before 2020", "after Christmas", "by Friday".
    fn bounded(&self, at: usize) -> Option<(When, usize)> {
        let (anchor, length) = self.named(at + 1)?;
        let interval = match self.word(at) {
            "since" => Interval { from: anchor.from, to: self.now.max(anchor.to) },
            "after" => Interval { from: anchor.to, to: self.now.max(anchor.to.checked_add(1.month()).ok()?) },
            "until" | "till" | "before" => Interval { from: DateTime::MIN, to: anchor.from },
            _ => Interval { from: self.now.min(anchor.from), to: anchor.to },
        };
        Some((When::During(interval), length + 1))
    }

    /// "since I moved", "before we had the baby", up to the end of the clause.
    fn event(&self, at: usize) -> Option<(When, usize)> {
        let word = self.word(at);
        let subject = matches!(self.word(at + 1), "i" | "we" | "he" | "she" | "they" | "my" | "our");
        if !matches!(word, "since" | "before") || !subject {
            return None;
        }
        let start = self.words[at + 1].start;
        let mut last = at + 1;
        // The clause ends where something other than a space stands between two words, or a new one begins.
        while last + 1 < self.words.len() && last - at < 8 {
            let between = &self.words.text[self.words[last].end()..self.words[last + 1].start];
            if !between.trim().is_empty() || matches!(self.word(last + 1), "what" | "how" | "and" | "did") {
                break;
            }
            last += 1;
        }
        if last == at + 1 {
            return None;
        }
        let clause = start..self.words[last].end();
        let when = if word == "since" { When::SinceEvent(clause) } else { When::BeforeEvent(clause) };
        Some((when, last - at + 1))
    }

    /// A time without a bound, with or without the preposition that makes a name sure.
    fn simple(&self, at: usize) -> Read {
        let word = self.word(at);
        if matches!(
            word,
            "in" | "during" | "on" | "at" | "over" | "within" | "of" | "around" | "about" | "for"
        ) {
            // "What is on tomorrow?": such words take no preposition.
            if matches!(word, "on" | "at" | "of" | "about") && self.day_word(at + 1).is_some() {
                return None;
            }
            let (interval, length) = match word {
                "in" => self.ahead(at).or_else(|| self.named(at + 1))?,
                // "two of May" is a day, but "of March" alone names a month for sure.
                _ => self.named(at + 1)?,
            };
            return Some((interval, length + 1));
        }
        self.relative(at).or_else(|| self.dated(at, false))
    }

    /// After a preposition: names that could mean something else are taken for what they name.
    fn named(&self, at: usize) -> Read {
        self.relative(at).or_else(|| self.dated(at, true))
    }

    /// Times that are told from now.
    fn relative(&self, at: usize) -> Read {
        self.day_word(at)
            .or_else(|| self.ago(at))
            .or_else(|| self.stretch(at))
            .or_else(|| self.part_of(at))
            .or_else(|| self.sided(at))
    }

    fn day(&self, offset: i64) -> Option<Interval> {
        Unit::Day.around(self.today.checked_add(offset.days()).ok()?.at(12, 0, 0, 0))
    }

    /// "yesterday evening", "the day before yesterday", "tonight", "the other day", "recently".
    fn day_word(&self, at: usize) -> Read {
        let rest: [&str; 4] = self.rest(at);
        let back = |days_back: i64| {
            let from = self.today.checked_sub(days_back.days()).ok()?;
            Some(days(from, self.today.tomorrow().ok()?))
        };
        let (interval, length) = match rest.as_slice() {
            ["the", "day", "before", "yesterday"] => (self.day(-2)?, 4),
            ["day", "before", "yesterday", ..] => (self.day(-2)?, 3),
            ["the", "day", "after", "tomorrow"] => (self.day(2)?, 4),
            ["day", "after", "tomorrow", ..] => (self.day(2)?, 3),
            ["the", "other", unit @ ("day" | "night" | "evening" | "week"), ..] => {
                (back(if *unit == "week" { 3 * OTHER_DAY_DAYS } else { OTHER_DAY_DAYS })?, 3)
            }
            ["the", "previous", "day", ..] => (self.day(-1)?, 3),
            ["earlier" | "later", "today", ..] => (self.day(0)?, 2),
            ["earlier" | "later", "this", ..] => {
                let (interval, length) = self.sided(at + 1)?;
                (interval, length + 1)
            }
            ["last", "night", ..] => (Unit::Night.around(self.today.yesterday().ok()?.at(12, 0, 0, 0))?, 2),
            ["tonight", ..] => (Unit::Night.around(self.now)?, 1),
            ["recently" | "lately", ..] => (back(RECENTLY_DAYS)?, 1),
            [word @ ("yesterday" | "today" | "tomorrow"), ..] => {
                let offset = match *word {
                    "yesterday" => -1,
                    "today" => 0,
                    _ => 1,
                };
                let day = self.day(offset)?;
                match part_of_day(day, self.word(at + 1)) {
                    Some(part) => (part, 2),
                    None => (day, 1),
                }
            }
            _ => return None,
        };
        Some((interval, length))
    }

    /// "two weeks ago", "a couple of days ago", "half a year ago", "a year and a half ago", "three days earlier".
    fn ago(&self, at: usize) -> Read {
        let rest: [&str; 8] = self.rest(at);
        let is_past =
            |word: Option<&&str>| matches!(word.copied(), Some("ago" | "back" | "earlier" | "prior"));
        if let ["half", "a" | "an", unit, "ago", ..] = rest.as_slice() {
            let months = match Unit::parse(unit)?.0 {
                Unit::Year => 6.months(),
                Unit::Month => 15.days(),
                Unit::Day => 12.hours(),
                _ => return None,
            };
            return Some((Unit::Month.about(self.now.checked_sub(months).ok()?)?, 4));
        }
        let (count, taken) = read_count(&rest)?;
        let unit = Unit::parse(rest.get(taken)?)?.0;
        if is_past(rest.get(taken + 1)) {
            return Some((unit.about(self.now.checked_sub(unit.span(count)).ok()?)?, taken + 2));
        }
        if let ["and", "a", "half", "ago", ..] = &rest[taken + 1..] {
            let half = if unit == Unit::Year { 6.months() } else { 15.days() };
            let then = self.now.checked_sub(unit.span(count)).ok()?.checked_sub(half).ok()?;
            let exact = if unit == Unit::Year { Unit::Month } else { unit };
            return Some((exact.about(then)?, taken + 5));
        }
        if let ["from", "now" | "today" | "tomorrow", ..] = &rest[taken + 1..] {
            return Some((unit.about(self.now.checked_add(unit.span(count)).ok()?)?, taken + 3));
        }
        if let ["from", day, ..] = &rest[taken + 1..] {
            let day = self.today.nth_weekday(1, weekday(day)?).ok()?.checked_add(unit.span(count)).ok()?;
            return Some((Unit::Day.around(day.at(12, 0, 0, 0))?, taken + 3));
        }
        None
    }

    /// "in two weeks", where `at` is the "in".
    fn ahead(&self, at: usize) -> Read {
        let rest: [&str; 4] = self.rest(at + 1);
        let (count, taken) = read_count(&rest)?;
        let (unit, _) = Unit::parse(rest.get(taken)?)?;
        let then = self.now.checked_add(unit.span(count)).ok()?;
        let time = usize::from(self.word(at + 2 + taken) == "time");
        Some((unit.about(then)?, taken + 1 + time))
    }

    /// "the last three weeks", "the past few days", "the next two months".
    fn stretch(&self, at: usize) -> Read {
        let skipped = usize::from(self.word(at) == "the");
        let back = match self.word(at + skipped) {
            "last" | "past" | "previous" => true,
            "next" | "coming" | "following" => false,
            _ => return None,
        };
        let rest: [&str; 4] = self.rest(at + skipped + 1);
        let (count, taken) = read_count(&rest)?;
        let (unit, plural) = Unit::parse(rest.get(taken)?)?;
        if !plural {
            return None;
        }
        let length = skipped + 1 + taken + 1;
        let day = Unit::Day.around(self.now)?;
        let span = unit.span(count);
        let interval = if back {
            Interval { from: day.from.checked_sub(span).ok()?, to: day.to }
        } else {
            Interval { from: self.now, to: day.to.checked_add(span).ok()? }
        };
        Some((interval, length))
    }

    /// "last Tuesday", "this morning", "next summer", "last March", "the week before last", "last Christmas".
    fn sided(&self, at: usize) -> Read {
        if let ["the", unit, "before", "last"] = self.rest(at)
            && let Some((unit, false)) = Unit::parse(unit)
        {
            return Some((unit.around(self.now.checked_sub(unit.span(2)).ok()?)?, 4));
        }
        let skipped = usize::from(self.word(at) == "the");
        let side = match self.word(at + skipped) {
            "last" | "past" | "previous" => Side::Last,
            "this" | "current" => Side::This,
            "next" | "coming" | "upcoming" | "following" => Side::Next,
            _ => return None,
        };
        let name = at + skipped + 1;
        let (interval, length) = self.on_side(side, name)?;
        Some((interval, skipped + 1 + length))
    }

    fn on_side(&self, side: Side, at: usize) -> Read {
        let word = self.word(at);
        let step = match side {
            Side::Last => -1,
            Side::This => 0,
            Side::Next => 1,
        };
        if side != Side::Next
            && let Some(part) = part_of_day(self.day(step)?, word)
        {
            return Some((part, 1));
        }
        if let Some((unit, false)) = Unit::parse(word) {
            if matches!(unit, Unit::Minute) {
                return None;
            }
            return Some((unit.around(self.now.checked_add(unit.span(step)).ok()?)?, 1));
        }
        if let Some(named) = weekday(word) {
            let day = match side {
                Side::Last => self.today.nth_weekday(-1, named).ok()?,
                Side::This => {
                    monday(self.today)?.checked_add(i64::from(named.to_monday_zero_offset()).days()).ok()?
                }
                Side::Next => self.today.nth_weekday(1, named).ok()?,
            };
            let day = Unit::Day.around(day.at(12, 0, 0, 0))?;
            return Some(match part_of_day(day, self.word(at + 1)) {
                Some(part) => (part, 2),
                None => (day, 1),
            });
        }
        let of_year: Box<dyn Fn(i16) -> Option<Interval>>;
        let mut length = 1;
        if let Some(number) = month(word) {
            of_year = Box::new(move |year| anchors::months(year, number, 1));
        } else if let Some(first) = season(word) {
            of_year = Box::new(move |year| season_of(year, first));
        } else if let Some((named, words)) = holiday(&self.rest::<4>(at)) {
            of_year = Box::new(move |year| named.in_year(year));
            length = words;
        } else {
            return None;
        }
        let this_year = self.today.year();
        let around = [-1, 0, 1].map(|offset| of_year(this_year + offset));
        let around = around.into_iter().flatten();
        let interval = match side {
            Side::Last => around.rev().find(|interval| interval.to <= self.now),
            Side::This => around.rev().find(|interval| interval.from.year() == this_year),
            Side::Next => {
                around.filter(|interval| interval.from > self.now).min_by_key(|interval| interval.from)
            }
        };
        Some((interval?, length))
    }

    /// "the end of May", "early 2024", "mid-March", "the first week of June", "the beginning of the year".
    fn part_of(&self, at: usize) -> Read {
        let skipped = usize::from(self.word(at) == "the");
        let word = self.word(at + skipped);
        let (third, mut length) = match word {
            "early" | "beginning" | "start" => (0, 1),
            "mid" | "middle" => (1, 1),
            "late" | "end" => (2, 1),
            _ => return self.week_of(at, skipped),
        };
        let of = self.word(at + skipped + 1) == "of";
        if matches!(word, "beginning" | "start" | "end" | "middle") != of {
            return None;
        }
        length += skipped + usize::from(of);
        let (whole, taken) = match self.rest(at + length) {
            ["the", unit] => (Unit::parse(unit).filter(|(_, plural)| !plural)?.0.around(self.now)?, 2),
            _ => self.named(at + length)?,
        };
        let span_days = whole.from.date().until(whole.to.date()).ok()?.get_days();
        let (cut, size) = (i64::from(span_days) * third / 3, i64::from(span_days) / 3 + 1);
        let from = whole.from.checked_add(cut.days()).ok()?;
        let to = from.checked_add(size.days()).ok()?.min(whole.to);
        (span_days >= 3).then_some((Interval { from, to }, length + taken))
    }

    /// "the first week of June", "the second weekend of May"; a second opinion is no week.
    fn week_of(&self, at: usize, skipped: usize) -> Read {
        let place = at + skipped;
        let nth = ordinal(self.word(place)).or_else(|| (self.word(place) == "last").then_some(0))?;
        let (unit, false) = Unit::parse(self.word(place + 1))? else { return None };
        if self.word(place + 2) != "of" || !matches!(unit, Unit::Day | Unit::Week | Unit::Weekend) {
            return None;
        }
        let (whole, taken) = self.named(place + 3)?;
        let length = unit.span(1);
        let interval = if nth == 0 {
            Interval { from: whole.to.checked_sub(length).ok()?, to: whole.to }
        } else {
            let from = whole.from.checked_add(unit.span(nth - 1)).ok()?;
            let week = Interval { from, to: from.checked_add(length).ok()? };
            if unit == Unit::Weekend { Unit::Weekend.around(from)? } else { week }
        };
        Some((interval, skipped + 3 + taken))
    }

    /// What comes once a year: the latest that has begun, or the next that has not ended.
    fn nearest(&self, in_year: impl Fn(i16) -> Option<Interval>) -> Option<Interval> {
        let steps = if self.ahead { [0, 1] } else { [0, -1] };
        let mut found = steps.into_iter().filter_map(|step| in_year(self.today.year() + step));
        found.find(|one| if self.ahead { one.to > self.now } else { one.from <= self.now })
    }

    /// Whether a day without a year is the one that is meant.
    fn is_meant(&self, day: Date) -> bool {
        if self.ahead { day >= self.today } else { day <= self.today }
    }

    /// Times that have a name or a number of their own. `sure`: a preposition says that a time follows.
    fn dated(&self, at: usize, sure: bool) -> Read {
        self.numeric(at)
            .or_else(|| self.day_and_month(at))
            .or_else(|| self.month_and_more(at, sure))
            .or_else(|| self.bare_weekday(at, sure))
            .or_else(|| self.bare_season(at, sure))
            .or_else(|| self.bare_holiday(at))
            .or_else(|| self.bare_year(at, sure))
    }

    /// "2023-05-07", "7.5.2023", "5/7/2023" (month first, unless it cannot be).
    fn numeric(&self, at: usize) -> Read {
        let start = self.words.get(at)?.start;
        let token: &str =
            self.words.text[start..].split(|c: char| c.is_whitespace() || ",;!?)".contains(c)).next()?;
        let token = token.trim_end_matches('.').split('T').next()?;
        let separator =
            ['-', '/', '.'].into_iter().find(|separator| token.matches(*separator).count() == 2)?;
        let parts: Vec<i16> = token.split(separator).map(str::parse).collect::<Result<_, _>>().ok()?;
        let &[first, second, third] = parts.as_slice() else { return None };
        let (year, month, day) = match separator {
            _ if first >= 1900 => (first, second, third),
            '/' if first <= 12 => (third, first, second),
            _ => (third, second, first),
        };
        let year = if (0..100).contains(&year) { 2000 + year } else { year };
        if !(1900..2100).contains(&year) {
            return None;
        }
        let day = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
        let end = start + token.len();
        let length = self.words[at..].iter().take_while(|word| word.start < end).count();
        Some((days(day, day.tomorrow().ok()?), length))
    }

    /// "7 May", "the 7th of May 2023", "May 7", "May 7th, 2023"; and "3 to 9 June" by the range that asks.
    fn day_and_month(&self, at: usize) -> Read {
        let skipped = usize::from(self.word(at) == "the");
        let at_day = at + skipped;
        if let Some(day) = day_of_month(self.word(at_day)) {
            let of = usize::from(self.word(at_day + 1) == "of");
            if let Some(number) = month(self.word(at_day + 1 + of)) {
                let length = skipped + 2 + of;
                return self.day_in(number, day, at, length);
            }
            // "on the 7th": the latest such day.
            let suffixed = !self.word(at_day).ends_with(|c: char| c.is_ascii_digit());
            if skipped == 1
                && suffixed
                && Unit::parse(self.word(at_day + 1)).is_none()
                && self.ends_here(at_day)
            {
                let this_month = self.today.first_of_month();
                let in_month =
                    |step: i32| this_month.checked_add(step.months()).ok()?.with().day(day).build().ok();
                let steps = if self.ahead { [0, 1] } else { [0, -1] };
                let found = steps.into_iter().filter_map(in_month).find(|day| self.is_meant(*day))?;
                return Some((days(found, found.tomorrow().ok()?), 2));
            }
            return None;
        }
        let number = month(self.word(at_day))?;
        let the = usize::from(self.word(at_day + 1) == "the");
        let day = day_of_month(self.word(at_day + 1 + the))?;
        // "May 2 people come": a number that counts what follows is seldom a day; a lower-case month even less.
        if is_unsure_month(self.word(at_day)) && !self.is_capital(at_day) {
            return None;
        }
        self.day_in(number, day, at, skipped + 2 + the)
    }

    fn day_in(&self, month: i8, day: i8, at: usize, length: usize) -> Read {
        let (year, length) = match year(self.word(at + length)) {
            Some(year) => (Some(year), length + 1),
            None => (None, length),
        };
        let found = match year {
            Some(year) => Date::new(year, month, day).ok()?,
            // Four years on for 29 February.
            None => (0..=4)
                .map(|years| if self.ahead { years } else { -years })
                .filter_map(|offset| Date::new(self.today.year() + offset, month, day).ok())
                .find(|found| self.is_meant(*found))?,
        };
        Some((days(found, found.tomorrow().ok()?), length))
    }

    /// "March 2025", "in March", "March of last year", "June".
    fn month_and_more(&self, at: usize, sure: bool) -> Read {
        let word = self.word(at);
        let number = month(word)?;
        let of = usize::from(self.word(at + 1) == "of");
        if let Some(year) = year(self.word(at + 1 + of)) {
            return Some((anchors::months(year, number, 1)?, 2 + of));
        }
        if let ["of", "last" | "this" | "next", "year"] = self.rest(at + 1) {
            let step = match self.word(at + 2) {
                "last" => -1,
                "this" => 0,
                _ => 1,
            };
            return Some((anchors::months(self.today.year() + step, number, 1)?, 4));
        }
        let unsure = is_unsure_month(word) && (!sure || !self.is_capital(at));
        // A name of somebody: "April said", "June's house".
        let person = !sure && !self.ends_here(at);
        if unsure || person {
            return None;
        }
        Some((self.nearest(|year| anchors::months(year, number, 1))?, 1))
    }

    /// "on Tuesday", "Saturday night"; "on Tuesdays" is a habit.
    fn bare_weekday(&self, at: usize, sure: bool) -> Read {
        let word = self.word(at);
        let named = weekday(word)?;
        if is_short_weekday(word) && !(sure && self.is_capital(at)) {
            return None;
        }
        if at > 0 && matches!(self.word(at - 1), "every" | "each" | "most") {
            return None;
        }
        if let Some((day, taken)) = self.weekday_in_weeks(at, named) {
            return Some((Unit::Day.around(day.at(12, 0, 0, 0))?, taken));
        }
        let day = if self.today.weekday() == named {
            self.today
        } else {
            self.today.nth_weekday(if self.ahead { 1 } else { -1 }, named).ok()?
        };
        let day = Unit::Day.around(day.at(12, 0, 0, 0))?;
        Some(match part_of_day(day, self.word(at + 1)) {
            Some(part) => (part, 2),
            None => (day, 1),
        })
    }

    /// "Wednesday in two weeks": the one nearest to that day.
    fn weekday_in_weeks(&self, at: usize, named: Weekday) -> Option<(Date, usize)> {
        if self.word(at + 1) != "in" {
            return None;
        }
        let rest: [&str; 4] = self.rest(at + 2);
        let (count, taken) = read_count(&rest)?;
        let (Unit::Week, _) = Unit::parse(rest.get(taken)?)? else { return None };
        let about = self.today.checked_add(count.weeks()).ok()?;
        let earliest = about.checked_sub(4.days()).ok()?;
        let day = earliest.nth_weekday(1, named).ok()?;
        Some((day, taken + 3))
    }

    /// "in summer", "the summer of 2023", "winter 2022".
    fn bare_season(&self, at: usize, sure: bool) -> Read {
        let skipped = usize::from(sure && self.word(at) == "the");
        let word = self.word(at + skipped);
        let first = season(word)?;
        let of = usize::from(self.word(at + skipped + 1) == "of");
        if let Some(year) = year(self.word(at + skipped + 1 + of)) {
            return Some((season_of(year, first)?, skipped + 2 + of));
        }
        // "in fall" and "in spring water" read alike; a season must end its phrase.
        if !sure || !self.ends_here(at + skipped) {
            return None;
        }
        Some((self.nearest(|year| season_of(year, first))?, skipped + 1))
    }

    /// "at Christmas", "Halloween 2022", "New Year's Eve".
    fn bare_holiday(&self, at: usize) -> Read {
        let (named, words) = holiday(&self.rest::<4>(at))?;
        if let Some(year) = year(self.word(at + words)) {
            return Some((named.in_year(year)?, words + 1));
        }
        // "Happy New Year", "a Christmas tree": no time is meant.
        let unnamed =
            matches!(self.word(at.wrapping_sub(1)), "happy" | "merry" | "a" | "new" | "every" | "each");
        if !self.is_capital(at) || unnamed || !self.ends_here(at + words - 1) {
            return None;
        }
        Some((self.nearest(|year| named.in_year(year))?, words))
    }

    fn bare_year(&self, at: usize, sure: bool) -> Read {
        let year = year(self.word(at)).filter(|_| sure)?;
        // "in 2000 steps" counts something.
        let ends = self.ends_here(at);
        ends.then_some((days(date(year, 1, 1), date(year + 1, 1, 1)), 1))
    }

    /// Whether the phrase that ends with word `at` is followed by no noun that it could belong to.
    fn ends_here(&self, at: usize) -> bool {
        let Some(next) = self.words.get(at + 1) else { return true };
        let between = &self.words.text[self.words[at].end()..next.start];
        !between.trim().is_empty()
            || matches!(
                self.word(at + 1),
                "and"
                    | "or"
                    | "to"
                    | "with"
                    | "at"
                    | "in"
                    | "for"
                    | "when"
                    | "i"
                    | "we"
                    | "he"
                    | "she"
                    | "they"
                    | "you"
                    | "but"
                    | "because"
                    | "so"
                    | "what"
                    | "who"
                    | "where"
                    | "did"
                    | "was"
                    | "were"
                    | "is"
                    | "that"
                    | "if"
                    | "until"
                    | "till"
                    | "through"
                    | "by"
                    | "my"
                    | "our"
                    | "the"
                    | "on"
                    | "of"
                    | "from"
                    | "then"
                    | "had"
                    | "have"
                    | "has"
                    | "this"
                    | "last"
                    | "about"
                    | "as"
                    | "after"
                    | "before"
                    | "again"
            )
    }
}

/// Whether a phrase of time can begin with the word. Most words of a text are out at once.
fn may_start(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        || read_count(&[word]).is_some()
        || ordinal(word).is_some()
        || weekday(word).is_some()
        || month(word).is_some()
        || season(word).is_some()
        || matches!(
            word,
            "between"
                | "from"
                | "since"
                | "until"
                | "till"
                | "before"
                | "after"
                | "by"
                | "in"
                | "during"
                | "on"
                | "at"
                | "over"
                | "within"
                | "of"
                | "around"
                | "about"
                | "for"
                | "the"
                | "a"
                | "an"
                | "couple"
                | "half"
                | "yesterday"
                | "today"
                | "tomorrow"
                | "tonight"
                | "day"
                | "recently"
                | "lately"
                | "earlier"
                | "later"
                | "last"
                | "past"
                | "previous"
                | "this"
                | "current"
                | "next"
                | "coming"
                | "upcoming"
                | "following"
                | "early"
                | "mid"
                | "middle"
                | "late"
                | "beginning"
                | "start"
                | "end"
                | "new"
                | "christmas"
                | "valentine's"
                | "valentine’s"
                | "valentines"
                | "halloween"
                | "thanksgiving"
                | "easter"
        )
}

/// The morning of a day, and so on.
fn part_of_day(day: Interval, word: &str) -> Option<Interval> {
    let (from, to) = match word {
        "morning" => (4, 12),
        "noon" | "lunchtime" => (11, 14),
        "afternoon" => (12, 18),
        "evening" => (17, 24),
        "night" => (18, 30),
        _ => return None,
    };
    let start = day.from;
    Some(Interval { from: start.checked_add(from.hours()).ok()?, to: start.checked_add(to.hours()).ok()? })
}

/// The same days of another year.
fn in_year(interval: Interval, year: i16) -> Option<Interval> {
    let length = interval.from.until(interval.to).ok()?;
    let from = interval.from.with().year(year).build().ok()?;
    Some(Interval { from, to: from.checked_add(length).ok()? })
}
