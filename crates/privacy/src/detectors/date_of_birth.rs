//! Dates of birth: a date right after words such as "born on", "DOB" or "my birthday is".

use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

/// Words, and what may stand between them and the date.
static WORDS: Pattern = LazyLock::new(|| {
    pattern(
        r"(date of birth|d\.o\.b\.?|dob|birth ?date|birth ?day|born|geboren|geburtsdatum|geburtstag|née?|date de naissance|fecha de nacimiento|nací|nacido|nacida|nato|nata|data di nascita|nascido|nascida)[ \t]{0,2}(?:is|was|on|the|am|ist|le|el|il|em|es|est|:|=|,| ){0,5}",
    )
});

const MONTH: &str = "(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez|ene|abr|ago|dic|gen|mag|giu|lug|set|ott|avr|fév|fev|aoû|déc|out)[a-zéûä]{0,7}";

/// A date with its year, at the start of the text.
static DATE: Pattern = LazyLock::new(|| {
    pattern(&format!(
        r"^(?:((?:18|19|20)[0-9]{{2}})[-/.][0-9]{{1,2}}[-/.][0-9]{{1,2}}|[0-9]{{1,2}}[-/.] ?[0-9]{{1,2}}[-/.] ?((?:18|19|20)[0-9]{{2}}|[0-9]{{2}})|[0-9]{{1,2}}(?:st|nd|rd|th|er|\.|º)?(?: of| de)? {MONTH}\.?(?: de)?,? ((?:18|19|20)[0-9]{{2}})|{MONTH}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?,? ((?:18|19|20)[0-9]{{2}}))"
    ))
});

/// A day and a month, which is all that a birthday needs.
static DAY: Pattern = LazyLock::new(|| {
    pattern(&format!(
        r"^(?:[0-9]{{1,2}}(?:st|nd|rd|th|er|\.|º)?(?: of| de)? {MONTH}|{MONTH}\.? [0-9]{{1,2}}(?:st|nd|rd|th)?)"
    ))
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    if view.digits.is_empty() {
        return;
    }
    for words in WORDS.captures_iter(&view.lower) {
        let (Some(whole), Some(word)) = (words.get(0), words.get(1)) else { continue };
        if !view.stands_alone(word.start(), word.end()) {
            continue;
        }
        let tail = &view.lower[whole.end()..];
        let date = DATE.captures(tail).and_then(|date| {
            let year = (1..=4).find_map(|group| date.get(group)).map_or("", |year| year.as_str());
            // Who was born before 1900 is history.
            (!year.starts_with("18")).then(|| date.get(0).map(|whole| (whole.len(), 0.9))).flatten()
        });
        let is_birthday = word.as_str().starts_with("birth") || word.as_str() == "geburtstag";
        let day = || {
            DAY.find(tail)
                .filter(|_| is_birthday && is_about_a_person(view, word.start()))
                .map(|day| (day.len(), 0.6))
        };
        let Some((len, confidence)) = date.or_else(day) else { continue };
        let span = whole.end()..whole.end() + len;
        if view.stands_alone(span.start, span.end) {
            found.push(Finding::new(Kind::DateOfBirth, span, confidence, "date_of_birth.in_context"));
        }
    }
}

fn is_about_a_person(view: &View<'_>, at: usize) -> bool {
    view.words_before(at).take(2).any(|word| {
        matches!(
            word,
            "my" | "his"
                | "her"
                | "their"
                | "your"
                | "our"
                | "s"
                | "mom"
                | "dad"
                | "mein"
                | "meine"
                | "mom's"
        )
    })
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn dates() {
        check(
            Kind::DateOfBirth,
            &[
                "DOB: «1985-03-12»",
                "My date of birth is «12/03/1985».",
                "I was born on «March 12, 1985» in Leeds",
                "born «12 March 1985»",
                "born on the «4th of July 1990»",
                "Birthdate: «03.12.85»",
                "d.o.b. «1/2/1990»",
                "my birthday is «March 3rd»",
                "My son's birthday is on «12 May»",
                "Ich bin am 12. geboren am «12.03.1985»",
                "Geburtsdatum: «1. Januar 1980»",
                "née le «3 mars 1975»",
                "fecha de nacimiento: «3 de mayo de 1975»",
                "data di nascita «03/05/1975»",
                "her birthday is «Dec 24, 1999»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::DateOfBirth,
            &[
                "the meeting is on 1985-03-12",
                "born in 1985",
                "Bach was born on 21 March 1685",
                "He was born on March 14, 1879",
                "reborn 12/03/1985",
                "stubborn on 12/03/2020",
                "the birthday party was in May",
                "born 12",
                "birthday cake for 12 people",
                "born 1/2/3",
                "Washington's Birthday, February",
                "airborne 12.03.1985",
                "released 12 March 1985",
            ],
        );
    }
}
