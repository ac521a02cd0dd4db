//! Dates in words: "tomorrow", "next Friday", "on 7 May", "two weeks ago", as days of the calendar.

use domain::Timestamp;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan as _};

use super::tokens::{Kind, Token};

mod ranges; // "from 1 to 3 May"

/// The day on which the user speaks, and whether they speak of what was or of what will be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Calendar {
    pub(super) today: Date,
    pub(super) past: bool,
}

/// A day, or the days that a week, month, season or year has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct When {
    pub(super) from: Date,
    pub(super) to: Date,
    /// As it goes into a sentence: "on 2026-11-27".
    pub(super) text: String,
}

impl When {
    fn day(day: Date) -> Option<Self> {
        Some(Self { from: day, to: day, text: format!("on {day}") })
    }

    fn week_of(day: Date) -> Option<Self> {
        let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok()?;
        Some(Self {
            from: monday,
            to: monday.checked_add(6.days()).ok()?,
            text: format!("in the week of {monday}"),
        })
    }

    fn weekend_of(day: Date) -> Option<Self> {
        let saturday = Self::week_of(day)?.to.yesterday().ok()?;
        Some(Self {
            from: saturday,
            to: saturday.tomorrow().ok()?,
            text: format!("on the weekend of {saturday}"),
        })
    }

    fn month(year: i16, month: i8) -> Option<Self> {
        let from = Date::new(year, month, 1).ok()?;
        Some(Self {
            from,
            to: from.last_of_month(),
            text: format!("in {} {year}", MONTHS[month as usize - 1].1),
        })
    }

    fn year(year: i16) -> Option<Self> {
        let from = Date::new(year, 1, 1).ok()?;
        Some(Self { from, to: Date::new(year, 12, 31).ok()?, text: format!("in {year}") })
    }

    /// Seasons of the northern half, by the meteorologists' months.
    fn season(name: &str, year: i16) -> Option<Self> {
        let (name, first) = match name {
            "spring" => ("spring", 3),
            "summer" => ("summer", 6),
            "autumn" | "fall" => ("autumn", 9),
            "winter" => ("winter", 12),
            _ => return None,
        };
        let from = Date::new(year, first, 1).ok()?;
        let to = from.checked_add(2.months()).ok()?.last_of_month();
        Some(Self { from, to, text: format!("in {name} {year}") })
    }

    /// The first and the last instant.
    pub(super) fn bounds(&self, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        let from = self.from.to_zoned(zone.clone()).ok()?.timestamp();
        let after = self.to.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.timestamp();
        Some((from, after.checked_sub(1.microsecond()).ok()?))
    }

    /// A year or a season.
    pub(super) fn is_vague(&self) -> bool {
        self.from.until(self.to).is_ok_and(|span| span.get_days() > 60)
    }

    pub(super) fn is_day(&self) -> bool {
        self.from == self.to
    }
}

const MONTHS: [(&str, &str); 12] = [
    ("jan", "January"),
    ("feb", "February"),
    ("mar", "March"),
    ("apr", "April"),
    ("may", "May"),
    ("jun", "June"),
    ("jul", "July"),
    ("aug", "August"),
    ("sep", "September"),
    ("oct", "October"),
    ("nov", "November"),
    ("dec", "December"),
];

/// The date that begins at `at`, with its preposition, and where it ends.
pub(super) fn date_at(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> Option<(usize, When)> {
    let first = tokens.get(at)?;
    if !may_begin(first) {
        return None;
    }
    let preposition = PREPOSITIONS.contains(&&*first.word).then_some(&*first.word);
    let mut start = at + usize::from(preposition.is_some());
    if tokens.get(start).is_some_and(|token| matches!(&*token.word, "the" | "coming")) {
        start += 1;
    }
    let from = preposition.is_some_and(|word| matches!(word, "from" | "starting" | "until" | "till"));
    if let Some(range) = ranges::range_at(tokens, start, calendar) {
        return Some(range);
    }
    let (end, when) = named(tokens, start, preposition, calendar)?;
    let (end, mut when) = said_again(tokens, end, calendar).filter(|_| when.is_day()).unwrap_or((end, when));
    if from {
        when.text =
            format!("{} {}", preposition.unwrap_or_default().replace("starting", "from"), bare(&when.text));
    }
    if preposition == Some("by") || preposition == Some("before") {
        when.text = format!("by {}", bare(&when.text).trim_start_matches("by "));
    }
    let (end, time) = time_of_day(tokens, end);
    if let Some(time) = time.filter(|_| when.is_day()) {
        when.text = format!("{} at {time}", when.text);
    }
    Some((end, when))
}

/// "Wednesday next week, the 12th": the number is what the speaker has looked up.
fn said_again(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> Option<(usize, When)> {
    let the = skip_word(tokens, at, ",");
    let number = skip_word(tokens, the, "the");
    let token = tokens.get(number).filter(|token| the > at && number > the && is_ordinal(token))?;
    let alone = tokens
        .get(number + 1)
        .is_none_or(|next| !next.is_word() || next.is("at") || next.is("for") || next.is("and"));
    let day = numbered_day(day_number(token)?, calendar).filter(|_| alone)?;
    Some((number + 1, When::day(day)?))
}

/// Without its "on" or "in".
pub(super) fn bare(text: &str) -> &str {
    text.trim_start_matches("on ").trim_start_matches("in ")
}

/// Words that a date may stand behind.
const PREPOSITIONS: &[&str] = &[
    "on", "in", "at", "for", "by", "before", "since", "around", "during", "from", "starting", "until", "till",
];

/// A quick look, as most words begin no date.
fn may_begin(token: &Token<'_>) -> bool {
    token.kind == Kind::Number
        || PREPOSITIONS.contains(&&*token.word)
        || matches!(
            &*token.word,
            "the"
                | "this"
                | "next"
                | "last"
                | "today"
                | "tonight"
                | "tomorrow"
                | "tmrw"
                | "yesterday"
                | "a"
                | "an"
                | "one"
                | "two"
                | "three"
                | "four"
                | "five"
                | "six"
                | "seven"
                | "eight"
                | "nine"
                | "ten"
                | "later"
                | "coming"
                | "earlier"
                | "couple"
                | "few"
        )
        || weekday(&token.word).is_some()
        || month(token).is_some()
        || matches!(&*token.word, "march" | "may")
}

fn named(
    tokens: &[Token<'_>],
    at: usize,
    preposition: Option<&str>,
    calendar: Calendar,
) -> Option<(usize, When)> {
    weekday_of_month(tokens, at, calendar)
        .or_else(|| relative_day(tokens, at, calendar))
        .or_else(|| day_of_month(tokens, at, calendar))
        .or_else(|| counted(tokens, at, preposition, calendar))
        .or_else(|| bare_day(tokens, at, preposition, calendar))
        .or_else(|| stepped(tokens, at, calendar))
        .or_else(|| end_of(tokens, at, preposition, calendar))
        .or_else(|| month_or_year(tokens, at, preposition, calendar))
        .or_else(|| holiday(tokens, at, preposition, calendar))
}

fn relative_day(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> Option<(usize, When)> {
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    let (days, length) = match (word(0), word(1), word(2)) {
        ("day", "after", "tomorrow") => (2, 3),
        ("day", "before", "yesterday") => (-2, 3),
        ("today" | "tonight", ..) => (0, 1),
        ("tomorrow" | "tmrw", ..) => (1, 1),
        ("yesterday", ..) => (-1, 1),
        ("last", "night", _) => (-1, 2),
        ("this", "morning" | "afternoon" | "evening", _) => (0, 2),
        ("later" | "earlier", "today", _) => (0, 2),
        (name, ..) => {
            let day = weekday(name)?;
            // "Monday evenings" are every week.
            if matches!(word(1), "evenings" | "mornings" | "afternoons" | "nights") {
                return None;
            }
            // "Wednesday in two weeks": the one nearest to that day.
            if word(1) == "in"
                && tokens.get(at + 3).is_some_and(|unit| matches!(&*unit.word, "week" | "weeks"))
                && let Some(weeks) = tokens.get(at + 2).and_then(count)
            {
                let earliest = calendar.today.checked_add((7 * weeks - 4).days()).ok()?;
                return Some((at + 4, When::day(earliest.nth_weekday(1, day).ok()?)?));
            }
            let of = 1 + usize::from(word(1) == "of");
            if word(of) == "next" && word(of + 1) == "week" {
                let monday = When::week_of(calendar.today.checked_add(1.week()).ok()?)?.from;
                let days = i64::from(day.to_monday_zero_offset());
                return Some((at + of + 2, When::day(monday.checked_add(days.days()).ok()?)?));
            }
            // "My Sunday routine", "Friday night dinners": only a bare or introduced weekday is a date.
            let date = calendar.today.nth_weekday(if calendar.past { -1 } else { 1 }, day).ok()?;
            return Some((at + 1, When::day(date)?));
        }
    };
    let date = calendar.today.checked_add(i64::from(days).days()).ok()?;
    Some((at + length, When::day(date)?))
}

/// "7 May", "7th of May 2027", "May 7th, 2027", "2026-11-27".
fn day_of_month(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> Option<(usize, When)> {
    let first = tokens.get(at)?;
    if let Ok(date) = first.text.parse::<Date>() {
        return (first.text.len() == 10).then(|| When::day(date).map(|when| (at + 1, when)))?;
    }
    // "march 14": a verb has no such number behind it.
    let before_day = || {
        let named = matches!(&*first.word, "march" | "may" | "mar" | "jan");
        let day = tokens
            .get(at + 1)
            .filter(|token| named && token.kind == Kind::Number && day_number(token).is_some());
        day.and_then(|_| {
            MONTHS
                .iter()
                .position(|(short, full)| first.word == *short || first.word.eq_ignore_ascii_case(full))
        })
    };
    let (day, month, mut end) =
        if let Some(month) = month(first).or_else(|| before_day().map(|place| place as i8 + 1)) {
            (ordinal(tokens, at + 1)?, month, skip_word(tokens, at + 1, "the") + 1)
        } else {
            let day = day_number(first)?;
            let of = skip_word(tokens, at + 1, "of");
            (day, month_behind_day(tokens.get(of)?)?, of + 1)
        };
    let comma = tokens.get(end).is_some_and(|token| token.is(","));
    let year = tokens.get(end + usize::from(comma)).and_then(year_number);
    let date = if let Some(year) = year {
        end += 1 + usize::from(comma);
        Date::new(year, month, day).ok()?
    } else {
        nearest(calendar, |year| Date::new(year, month, day).ok())?
    };
    Some((end, When::day(date)?))
}

/// "Friday the 13th", "Saturday, 18 April", "Monday 23rd": the number tells which one.
fn weekday_of_month(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> Option<(usize, When)> {
    weekday(&tokens.get(at)?.word)?;
    let comma = skip_word(tokens, at + 1, ",");
    let the = skip_word(tokens, comma, "the");
    day_of_month(tokens, the, calendar).or_else(|| {
        let token = tokens.get(the).filter(|token| is_ordinal(token))?;
        Some((the + 1, When::day(numbered_day(day_number(token)?, calendar)?)?))
    })
}

/// "5th", not "5".
fn is_ordinal(token: &Token<'_>) -> bool {
    !token.text.ends_with(|c: char| c.is_ascii_digit()) && day_number(token).is_some()
}

/// "on the 5th": of this month or the one next to it. Without "on" nothing may follow that it could number.
fn bare_day(
    tokens: &[Token<'_>],
    at: usize,
    preposition: Option<&str>,
    calendar: Calendar,
) -> Option<(usize, When)> {
    let token = tokens.get(at).filter(|token| is_ordinal(token))?;
    let introduced = at.checked_sub(1).is_some_and(|before| tokens[before].is("the"));
    let alone = tokens.get(at + 1).is_none_or(|next| {
        next.is_stop()
            || matches!(
                &*next.word,
                "is" | "at"
                    | "and"
                    | "so"
                    | "but"
                    | "btw"
                    | "then"
                    | "instead"
                    | "now"
                    | "not"
                    | "in"
                    | "with"
                    | "for"
                    | "we"
                    | "i"
                    | "actually"
            )
    });
    if preposition != Some("on") && !(introduced && alone) {
        return None;
    }
    let end = if tokens.get(at + 1).is_some_and(|token| token.is("of"))
        && tokens.get(at + 2).is_some_and(|token| token.is("this"))
        && tokens.get(at + 3).is_some_and(|token| token.is("month"))
    {
        at + 4
    } else {
        at + 1
    };
    Some((end, When::day(numbered_day(day_number(token)?, calendar)?)?))
}

/// The day with that number in this month, or in the one next to it.
fn numbered_day(day: i8, calendar: Calendar) -> Option<Date> {
    let of_month = |months: i64| {
        calendar.today.first_of_month().checked_add(months.months()).ok()?.with().day(day).build().ok()
    };
    let months = if calendar.past { [0, -1, -2] } else { [0, 1, 2] };
    let fits = |date: &Date| if calendar.past { *date <= calendar.today } else { *date >= calendar.today };
    months.into_iter().filter_map(of_month).find(fits)
}

/// "in two weeks", "3 days ago".
fn counted(
    tokens: &[Token<'_>],
    at: usize,
    preposition: Option<&str>,
    calendar: Calendar,
) -> Option<(usize, When)> {
    let mut unit_at = at + 1;
    let count = match &*tokens.get(at)?.word {
        "couple" => 2,
        "a" if tokens.get(at + 1).is_some_and(|token| token.is("couple")) => {
            unit_at += 1;
            2
        }
        _ => count(tokens.get(at)?)?,
    };
    unit_at = skip_word(tokens, unit_at, "of");
    let unit = tokens.get(unit_at)?;
    let span = span(count, &unit.word)?;
    let behind = |offset: usize| tokens.get(unit_at + offset).map_or("", |token| &*token.word);
    if behind(1) == "from" && matches!(behind(2), "today" | "tomorrow") {
        let start = calendar.today.checked_add(i64::from(behind(2) == "tomorrow").days()).ok()?;
        return Some((unit_at + 3, When::day(start.checked_add(span).ok()?)?));
    }
    // "a week from Wednesday"
    if behind(1) == "from"
        && let Some(day) = weekday(behind(2))
    {
        let date = calendar.today.nth_weekday(1, day).ok()?.checked_add(span).ok()?;
        return Some((unit_at + 3, When::day(date)?));
    }
    let ago = behind(1) == "ago";
    let from_now = behind(1) == "from" && behind(2) == "now";
    if !ago && !from_now && preposition != Some("in") || preposition == Some("in") && ago {
        return None;
    }
    let date = if ago { calendar.today.checked_sub(span) } else { calendar.today.checked_add(span) }.ok()?;
    let when = match &*unit.word {
        "month" | "months" => When::month(date.year(), date.month()),
        "year" | "years" | "decade" | "decades" => When::year(date.year()),
        _ => When::day(date),
    }?;
    Some((unit_at + 1 + usize::from(ago) + 2 * usize::from(from_now), when))
}

fn span(count: i64, unit: &str) -> Option<Span> {
    let span = Span::new();
    match unit.trim_end_matches('s') {
        "day" => span.try_days(count),
        "week" => span.try_weeks(count),
        "fortnight" => span.try_weeks(2 * count),
        "month" => span.try_months(count),
        "year" => span.try_years(count),
        "decade" => span.try_years(10 * count),
        _ => return None,
    }
    .ok()
}

/// "next week", "last summer", "this Friday", "next May".
fn stepped(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> Option<(usize, When)> {
    let step: i64 = match &*tokens.get(at)?.word {
        "this" => 0,
        "next" => 1,
        "last" | "past" => -1,
        _ => return None,
    };
    let unit_at = if tokens.get(at + 1).is_some_and(|token| token.is("coming") || token.is("past")) {
        at + 2
    } else {
        at + 1
    };
    let unit = tokens.get(unit_at)?;
    // "the last year of a degree".
    if tokens.get(unit_at + 1).is_some_and(|next| next.is("of")) {
        return None;
    }
    let today = calendar.today;
    let when = match &*unit.word {
        "week" => When::week_of(today.checked_add(step.weeks()).ok()?),
        "weekend" => {
            // On a Monday "last weekend" was yesterday; on any day "this weekend" is still to come.
            When::weekend_of(today.checked_add(step.weeks()).ok()?)
        }
        "month" => {
            let day = today.checked_add(step.months()).ok()?;
            When::month(day.year(), day.month())
        }
        "year" => When::year(today.year() + step as i16),
        name => match (weekday(name), month(unit)) {
            // "This Friday" and "next Friday" are the one to come: the reading that is wrong least often.
            (Some(day), _) => When::day(
                today.nth_weekday(if step < 0 || step == 0 && calendar.past { -1 } else { 1 }, day).ok()?,
            ),
            (None, Some(month)) => {
                let toward = Calendar { today, past: step < 0 };
                let first = nearest(toward, |year| Date::new(year, month, 1).ok())?;
                When::month(first.year(), month)
            }
            (None, None) => season(name, step, today),
        },
    }?;
    Some((unit_at + 1, when))
}

/// "by the end of May", "before the end of 2027", "by the end of the year".
fn end_of(
    tokens: &[Token<'_>],
    at: usize,
    preposition: Option<&str>,
    calendar: Calendar,
) -> Option<(usize, When)> {
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    if word(0) != "end"
        || word(1) != "of"
        || !matches!(preposition, Some("by" | "before" | "at" | "until" | "till"))
    {
        return None;
    }
    let (end, period) = match (word(2), word(3)) {
        ("the" | "this", "year") => (at + 4, When::year(calendar.today.year())?),
        ("the" | "this", "month") => (at + 4, When::month(calendar.today.year(), calendar.today.month())?),
        ("the" | "this", "week") => (at + 4, When::week_of(calendar.today)?),
        _ => month_or_year(tokens, at + 2, Some("in"), calendar)
            .or_else(|| stepped(tokens, at + 2, calendar))?,
    };
    let last = period.to;
    Some((end, When { from: last, to: last, text: format!("by {last}") }))
}

fn season(name: &str, step: i64, today: Date) -> Option<When> {
    let this = When::season(name, today.year())?;
    let year = match step {
        1 if this.from <= today => today.year() + 1,
        -1 if this.to >= today => today.year() - 1,
        _ => today.year(),
    };
    When::season(name, year)
}

/// "in May", "in May 2027", "in summer 2027", "in 2019".
fn month_or_year(
    tokens: &[Token<'_>],
    at: usize,
    preposition: Option<&str>,
    calendar: Calendar,
) -> Option<(usize, When)> {
    let preposition = preposition?;
    if preposition == "at" || preposition == "for" {
        return None;
    }
    let early_late =
        usize::from(tokens.get(at).is_some_and(|token| matches!(&*token.word, "early" | "late" | "mid")));
    let at = at + early_late;
    let first = tokens.get(at)?;
    let of = skip_word(tokens, at + 1, "of");
    let year = tokens.get(of).and_then(year_number);
    // "Who lives in May Street".
    const STREETS: [&str; 8] = ["street", "road", "avenue", "lane", "court", "square", "gardens", "close"];
    let names_street =
        tokens.get(at + 1).is_some_and(|next| next.is_capitalised() && STREETS.contains(&&*next.word));
    if let Some(month) = month(first).filter(|_| !names_street) {
        return match year {
            Some(year) => Some((of + 1, When::month(year, month)?)),
            None => {
                let first = nearest(calendar, |year| {
                    Date::new(year, month, 1)
                        .ok()
                        .map(|first| if calendar.past { first } else { first.last_of_month() })
                })?;
                Some((at + 1, When::month(first.year(), month)?))
            }
        };
    }
    if let Some(year) = year
        && let Some(when) = When::season(&first.word, year)
    {
        return Some((of + 1, when));
    }
    if preposition == "on" {
        return None;
    }
    year_number(first).and_then(When::year).map(|when| (at + 1, when))
}

fn holiday(
    tokens: &[Token<'_>],
    at: usize,
    preposition: Option<&str>,
    calendar: Calendar,
) -> Option<(usize, When)> {
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    preposition?;
    let (month, day, length) = match (word(0), word(1), word(2)) {
        ("christmas", "eve", _) => (12, 24, 2),
        ("christmas", "day", _) => (12, 25, 2),
        ("christmas", ..) => (12, 25, 1),
        ("new", "year" | "years", "eve") => (12, 31, 3),
        ("new", "year" | "years", "day") => (1, 1, 3),
        ("halloween", ..) => (10, 31, 1),
        ("valentine", "'s", "day") | ("valentines", "day", _) => (2, 14, 2 + usize::from(word(1) == "'s")),
        _ => return None,
    };
    let date = nearest(calendar, |year| Date::new(year, month, day).ok())?;
    Some((at + length, When::day(date)?))
}

/// "at 3pm", "at 15:00", "in the morning": the end, and the time if it is exact.
fn time_of_day(tokens: &[Token<'_>], at: usize) -> (usize, Option<String>) {
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    let skipped = match (word(0), word(1), word(2)) {
        ("morning" | "afternoon" | "evening" | "night" | "noon", ..) => 1,
        ("in", "the", "morning" | "afternoon" | "evening") => 3,
        _ => 0,
    };
    let mut at = at + skipped;
    let comma = usize::from(tokens.get(at).is_some_and(|token| token.is(",")));
    let preposition = tokens.get(at + comma).is_some_and(|token| token.is("at"));
    let clock_at = at + if preposition { comma + 1 } else { 0 };
    let Some(clock) = tokens.get(clock_at) else { return (at, None) };
    let half_of_day =
        tokens.get(clock_at + 1).filter(|token| matches!(&*token.word, "am" | "pm" | "a.m" | "p.m"));
    let is_clock = clock.kind == Kind::Number
        && clock.word.bytes().all(|byte| byte.is_ascii_digit() || b":.apm".contains(&byte))
        && (clock.text.contains(':')
            || clock.word.ends_with('m')
            || half_of_day.is_some()
            || preposition && clock.text.len() <= 2);
    let named = preposition && matches!(&*clock.word, "noon" | "midnight");
    if !is_clock && !named {
        return (at, None);
    }
    at = clock_at + 1 + usize::from(half_of_day.is_some());
    let half = half_of_day.map(|token| format!(" {}", token.word.replace('.', ""))).unwrap_or_default();
    (at, Some(format!("{}{half}", clock.word)))
}

/// The date in the year that is nearest in the direction of the talk.
fn nearest(calendar: Calendar, date: impl Fn(i16) -> Option<Date>) -> Option<Date> {
    let year = calendar.today.year();
    let this_year = date(year);
    match this_year {
        Some(day) if calendar.past && day > calendar.today => date(year - 1),
        Some(day) if !calendar.past && day < calendar.today => date(year + 1),
        Some(day) => Some(day),
        // 29 February.
        None => (1..8).find_map(|step| date(if calendar.past { year - step } else { year + step })),
    }
}

pub(super) fn weekday(word: &str) -> Option<Weekday> {
    Some(match word {
        "monday" | "mon" => Weekday::Monday,
        "tuesday" | "tue" | "tues" => Weekday::Tuesday,
        "wednesday" | "wed" | "weds" => Weekday::Wednesday,
        "thursday" | "thu" | "thur" | "thurs" => Weekday::Thursday,
        "friday" | "fri" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    })
}

/// The month that the word names; "may" and "march" only with a capital, as they are verbs too.
pub(super) fn month(token: &Token<'_>) -> Option<i8> {
    let word = token.word.as_ref();
    let position = MONTHS.iter().position(|(short, full)| {
        word == *short || word.eq_ignore_ascii_case(full) || *short == "sep" && word == "sept"
    })?;
    let verb = matches!(word, "may" | "march" | "mar" | "jan") && !token.is_capitalised();
    (!verb).then_some(position as i8 + 1)
}

/// "the 5th of march": behind a day it is no verb.
fn month_behind_day(token: &Token<'_>) -> Option<i8> {
    let named = || {
        MONTHS.iter().position(|(short, full)| token.word == *short || token.word.eq_ignore_ascii_case(full))
    };
    month(token).or_else(|| named().map(|place| place as i8 + 1))
}

/// A day after a month: "7th", "the 7th".
fn ordinal(tokens: &[Token<'_>], at: usize) -> Option<i8> {
    day_number(tokens.get(skip_word(tokens, at, "the"))?)
}

pub(super) fn day_number(token: &Token<'_>) -> Option<i8> {
    let digits = token.word.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let suffix = &token.word[digits.len()..];
    let day: i8 = digits.parse().ok()?;
    (matches!(suffix, "" | "st" | "nd" | "rd" | "th") && (1..=31).contains(&day)).then_some(day)
}

pub(super) fn year_number(token: &Token<'_>) -> Option<i16> {
    let year: i16 = token.text.parse().ok()?;
    (token.text.len() == 4 && (1900..2100).contains(&year)).then_some(year)
}

fn count(token: &Token<'_>) -> Option<i64> {
    const COUNTS: [&str; 11] =
        ["a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
    match &*token.word {
        "a" | "an" => Some(1),
        word => match COUNTS.iter().position(|count| *count == word) {
            Some(position) => Some(position as i64),
            None => word.parse().ok().filter(|count| (1..=400).contains(count)),
        },
    }
}

fn skip_word(tokens: &[Token<'_>], at: usize, word: &str) -> usize {
    at + usize::from(tokens.get(at).is_some_and(|token| token.is(word)))
}

/// "every morning", "twice a week", "on Sundays": where it ends.
pub(super) fn frequency_at(tokens: &[Token<'_>], at: usize) -> Option<usize> {
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    let is_time = |word: &str| {
        matches!(
            word,
            "day"
                | "morning"
                | "evening"
                | "night"
                | "week"
                | "weekend"
                | "month"
                | "year"
                | "afternoon"
                | "weekday"
                | "summer"
                | "winter"
                | "spring"
                | "autumn"
                | "weeknight"
        ) || weekday(word).is_some()
    };
    let plural = |word: &str| word.strip_suffix('s').is_some_and(is_time);
    let is_plural_weekday =
        |word: &str| word.len() > 4 && word.strip_suffix('s').is_some_and(|word| weekday(word).is_some());
    let length = match (word(0), word(1), word(2), word(3)) {
        ("every" | "each", "other" | "single" | "second", unit, _) if is_time(unit) => 3,
        ("every" | "each", unit, "and", other) if is_time(unit) && is_time(other) => 4,
        ("every" | "each", unit, ..) if is_time(unit) => 2,
        ("every", "few" | "couple", unit, _) if plural(unit) => 3,
        ("once" | "twice" | "thrice", "a" | "every" | "per", unit, _) if is_time(unit) => 3,
        (_, "times", "a" | "per", unit) if is_time(unit) => 4,
        (_, "days" | "nights" | "hours" | "mornings" | "evenings", "a" | "per", "week" | "day") => 4,
        ("most" | "some", unit, ..) if plural(unit) => 2,
        ("on", unit, "and", other) if plural(unit) && plural(other) => 4,
        ("before" | "after", "work" | "school" | "breakfast" | "dinner", ..) => 2,
        ("on" | "at", "the", "weekend" | "weekends", _) => 3,
        ("on", day, "evenings" | "mornings" | "afternoons" | "nights", _) if weekday(day).is_some() => 3,
        ("on" | "at", unit, ..) if plural(unit) => 2,
        ("in", "the", "mornings" | "evenings" | "afternoons", _) => 3,
        ("daily" | "weekly" | "monthly", ..) => 1,
        (unit, "and", other, _) if is_plural_weekday(unit) && is_plural_weekday(other) => 3,
        (unit, ..) if is_plural_weekday(unit) => 1,
        (day, "and", other, "evenings" | "mornings" | "afternoons" | "nights")
            if weekday(day).is_some() && weekday(other).is_some() =>
        {
            4
        }
        (day, "evenings" | "mornings" | "afternoons" | "nights", ..) if weekday(day).is_some() => 2,
        _ => return None,
    };
    // "before work every Tuesday".
    let end = at + length;
    Some(if matches!(word(0), "before" | "after") { frequency_at(tokens, end).unwrap_or(end) } else { end })
}

#[cfg(test)]
mod tests {
    use super::super::tokens::tokens;
    use super::*;

    fn read(text: &str, past: bool) -> Option<String> {
        let tokens = tokens(text, &[]);
        let calendar = Calendar { today: "2026-11-23".parse().unwrap(), past };
        let (end, when) = date_at(&tokens, 0, calendar)?;
        assert_eq!(end, tokens.len(), "{text}");
        Some(when.text)
    }

    #[test]
    fn dates_to_come() {
        for (text, date) in [
            ("tomorrow", "on 2026-11-24"),
            ("the day after tomorrow", "on 2026-11-25"),
            ("on Friday", "on 2026-11-27"),
            ("next Friday at 3pm", "on 2026-11-27 at 3pm"),
            ("on Monday morning at 9:30", "on 2026-11-30 at 9:30"),
            ("on 7 May", "on 2027-05-07"),
            ("on the 7th of May", "on 2027-05-07"),
            ("on the 5th", "on 2026-12-05"),
            ("on May 7th, 2028", "on 2028-05-07"),
            ("December 3", "on 2026-12-03"),
            ("2026-12-01", "on 2026-12-01"),
            ("in two weeks", "on 2026-12-07"),
            ("in 3 months", "in February 2027"),
            ("on Wednesday in two weeks", "on 2026-12-09"),
            ("Friday in a week", "on 2026-11-27"),
            ("on Wednesday next week", "on 2026-12-02"),
            ("Wednesday next week, the 2nd", "on 2026-12-02"),
            ("on Thursday, the 10th", "on 2026-12-10"),
            ("two weeks from today", "on 2026-12-07"),
            ("a week from Wednesday", "on 2026-12-02"),
            ("next week", "in the week of 2026-11-30"),
            ("this weekend", "on the weekend of 2026-11-28"),
            ("next year", "in 2027"),
            ("in March", "in March 2027"),
            ("in summer 2027", "in summer 2027"),
            ("next summer", "in summer 2027"),
            ("at Christmas", "on 2026-12-25"),
            ("by 1 May", "by 2027-05-01"),
            ("by the end of May", "by 2027-05-31"),
            ("before the end of the year", "by 2026-12-31"),
            ("Friday the 4th", "on 2026-12-04"),
            ("the 4th", "on 2026-12-04"),
            ("Saturday, 12 December", "on 2026-12-12"),
            ("from April", "from April 2027"),
            ("from 1 to 3 May", "from 2027-05-01 to 2027-05-03"),
            ("the 4th to the 11th of June", "from 2027-06-04 to 2027-06-11"),
            ("9 and 10 April", "from 2027-04-09 to 2027-04-10"),
            ("June 4-11", "from 2027-06-04 to 2027-06-11"),
            ("6th-13th", "from 2026-12-06 to 2026-12-13"),
            ("from 30 December to 2 January", "from 2026-12-30 to 2027-01-02"),
        ] {
            assert_eq!(read(text, false).as_deref(), Some(date), "{text}");
        }
    }

    #[test]
    fn dates_gone_by() {
        for (text, date) in [
            ("yesterday", "on 2026-11-22"),
            ("last Friday", "on 2026-11-20"),
            ("on Friday", "on 2026-11-20"),
            ("two years ago", "in 2024"),
            ("a week ago", "on 2026-11-16"),
            ("in March", "in March 2026"),
            ("in 2019", "in 2019"),
            ("last summer", "in summer 2026"),
            ("last month", "in October 2026"),
        ] {
            assert_eq!(read(text, true).as_deref(), Some(date), "{text}");
        }
    }

    #[test]
    fn other_words_are_no_dates() {
        for text in ["in Lyon", "at home", "may", "in may cases", "a dog", "two dogs", "the sea", "in 20"] {
            let tokens = tokens(text, &[]);
            let calendar = Calendar { today: "2026-11-23".parse().unwrap(), past: false };
            assert_eq!(date_at(&tokens, 0, calendar), None, "{text}");
        }
    }
}
