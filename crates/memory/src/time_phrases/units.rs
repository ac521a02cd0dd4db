//! Days, weeks, months and years around a day.

use jiff::civil::{Date, DateTime, Weekday, date};
use jiff::{Span, ToSpan as _};

use super::Interval;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Minute,
    Hour,
    Day,
    Night,
    Week,
    Fortnight,
    Weekend,
    Month,
    Quarter,
    Year,
    Decade,
}

impl Unit {
    /// The unit, and whether it stands in the plural.
    pub(super) fn parse(word: &str) -> Option<(Self, bool)> {
        let singular = word.strip_suffix('s').unwrap_or(word);
        let unit = match singular {
            "minute" | "min" => Self::Minute,
            "hour" => Self::Hour,
            "day" => Self::Day,
            "night" => Self::Night,
            "week" => Self::Week,
            "fortnight" => Self::Fortnight,
            "weekend" => Self::Weekend,
            "month" => Self::Month,
            "quarter" => Self::Quarter,
            "year" => Self::Year,
            "decade" => Self::Decade,
            _ => return None,
        };
        Some((unit, singular.len() < word.len()))
    }

    pub(super) fn span(self, count: i64) -> Span {
        match self {
            Self::Minute => count.minutes(),
            Self::Hour => count.hours(),
            Self::Day | Self::Night => count.days(),
            Self::Week | Self::Weekend => count.weeks(),
            Self::Fortnight => (2 * count).weeks(),
            Self::Month => count.months(),
            Self::Quarter => (3 * count).months(),
            Self::Year => count.years(),
            Self::Decade => (10 * count).years(),
        }
    }

    /// The calendar's unit that holds `moment`: its day, its week from Monday, its month.
    pub(super) fn around(self, moment: DateTime) -> Option<Interval> {
        let day = moment.date();
        let (from, to) = match self {
            Self::Minute | Self::Hour => {
                let from = moment.with().minute(0).second(0).subsec_nanosecond(0).build().ok()?;
                return Some(Interval { from, to: from.checked_add(1.hour()).ok()? });
            }
            Self::Day => (day, day.tomorrow().ok()?),
            Self::Night => {
                let from = day.at(18, 0, 0, 0);
                return Some(Interval { from, to: from.checked_add(12.hours()).ok()? });
            }
            Self::Week => (monday(day)?, monday(day)?.checked_add(1.week()).ok()?),
            Self::Fortnight => (monday(day)?, monday(day)?.checked_add(2.weeks()).ok()?),
            Self::Weekend => {
                let saturday = monday(day)?.checked_add(5.days()).ok()?;
                (saturday, saturday.checked_add(2.days()).ok()?)
            }
            Self::Month => (day.first_of_month(), day.first_of_month().checked_add(1.month()).ok()?),
            Self::Quarter => {
                let from = date(day.year(), (day.month() - 1) / 3 * 3 + 1, 1);
                (from, from.checked_add(3.months()).ok()?)
            }
            Self::Year => (date(day.year(), 1, 1), date(day.year() + 1, 1, 1)),
            Self::Decade => (date(day.year() / 10 * 10, 1, 1), date(day.year() / 10 * 10 + 10, 1, 1)),
        };
        Some(days(from, to))
    }

    /// How exact "two … ago" is: around the moment, by half a unit to each side.
    pub(super) fn about(self, moment: DateTime) -> Option<Interval> {
        let day = moment.date();
        match self {
            Self::Minute | Self::Hour | Self::Day | Self::Night => Self::Day.around(moment),
            Self::Week | Self::Fortnight => margin(day, 3.days()),
            Self::Weekend => Self::Weekend.around(moment),
            Self::Month => margin(day, 15.days()),
            Self::Quarter => margin(day, 45.days()),
            Self::Year => margin(day, 6.months()),
            Self::Decade => margin(day, 3.years()),
        }
    }
}

fn margin(day: Date, margin: Span) -> Option<Interval> {
    let last = day.checked_add(margin).ok()?;
    Some(days(day.checked_sub(margin).ok()?, last.tomorrow().ok()?))
}

/// From the first day up to, not with, the second.
pub(super) fn days(from: Date, to: Date) -> Interval {
    Interval { from: from.at(0, 0, 0, 0), to: to.at(0, 0, 0, 0) }
}

pub(super) fn monday(day: Date) -> Option<Date> {
    if day.weekday() == Weekday::Monday { Some(day) } else { day.nth_weekday(-1, Weekday::Monday).ok() }
}
