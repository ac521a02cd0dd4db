//! "Sorry, I meant Martha", "no, Thursday": what the message before would have said with the right word in it.

use std::ops::Range;
use std::sync::LazyLock;

use domain::Timestamp;
use jiff::tz::TimeZone;
use regex::Regex;

use crate::time_phrases::{find_time_phrases, is_calendar_name};

/// Names this alike are one name, written wrong.
const ALIKE: f64 = 0.75;
/// … whatever their case.
const SPELT_ALIKE: f64 = 0.9;
/// Words of a correction, at most: what is longer says something of its own.
const WORDS_MAX: usize = 16;

static CUE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^(?:(?:oh|ah|oops|ugh|wait|no|nope|nah|sorry|my bad|my mistake|hm+|actually|correction|pardon|err?|um|typo|scrap that|scratch that|forget that|hang on|hold on|whoops|argh|edit|change of plans?|never ?mind|nvm|no wait|well|ok|okay|so|also|update|i mean|i meant|meant|and|but|\*)(?:\b|[\s,.!:;*–—-])[\s,.!:;*–—-]*)+",
    )
    .ok()
});
static RIGHT_WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix)^(?:(?:it|that|this|he|she|they|her\ name|his\ name|the\ name|my\ name)(?:'s|\ is|\ was|\ should\ be|\ are)\ (?:actually\ |really\ |called\ |named\ |spelled\ |spelt\ )?
            | should\ be\ | make\ that\ | spelled\ | spelt\ | i\ meant?\ (?:to\ (?:say|write)\ )? | i\ said\ | make\ it\ | it's\ now\ | it\ is\ now\ | we're\ now\ )?
          (?:(?:on|in|at|called|named|with)\ )?["'“]?(?P<right>[\w][\w'’.-]*(?:\ [\w'’.-]+){0,3}?)["'”]?
          (?:,?\ (?:and\ )?not\ ["'“]?(?P<wrong>[\w][\w'’.-]*(?:\ [\w'’.-]+){0,2}?)["'”]?)?
          (?:,?\ (?:i\ meant?(?:\ to\ (?:say|write))?|sorry|with\ (?:an?|one|two|no)\ ["']?\w+["']?(?:\ at\ the\ end)?|actually|of\ course|my\ bad|now|instead|after\ all|then|btw|lol|autocorrect.*|damn\ autocorrect))*[\s.!)]*$"#,
    )
    .ok()
});
static NOT_BUT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)^(?:it's |its |it is |that's |she's |he's |i'm )?not ["'“]?(?P<wrong>[\w][\w'’.-]*(?: [\w'’.-]+){0,2}?)["'”]?(?:,? but|[,;.]? ?(?:it's|its|it is|that's|-|–)) ["'“]?(?P<right>[\w][\w'’.-]*(?: [\w'’.-]+){0,3}?)["'”]?[\s.!]*$"#,
    )
    .ok()
});

/// How a sentence begins that takes back what was just said, in one breath.
static TAKES_BACK: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:oh,? |oops,? |hm+,? )?(?:no,? |wait|sorry|actually|correction|i mean|i meant|scratch that|make that|my mistake|my bad)\b").ok()
});
/// The same in the middle of a sentence.
static MIDWAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:,|\s[–—-]|…|\.\.)\s*(?P<cue>(?:no,? wait|wait,? no|no,? sorry|sorry|i mean,? |i meant|scratch that|actually,? no|correction)\b)").ok()
});
/// "My favourite colour is green": what "it's blue" puts right.
static FAVOURITE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:favou?rite|fave?) [\w ]+? (?:is|are) (?P<value>[\w'’-]+(?: [\w'’-]+){0,2})[\s.!]*$")
        .ok()
});

/// What the user would have said before, had they said it right.
pub(super) fn corrected(message: &str, before: &str, said_at: Timestamp) -> Option<String> {
    let plain = message.trim().replace('’', "'");
    if plain.split_whitespace().count() > WORDS_MAX || plain.contains(['\n', '?']) {
        return None;
    }
    let cue = CUE.as_ref()?.find(&plain).map_or(0, |cue| cue.end());
    let rest = &plain[cue..];
    let read = |text| NOT_BUT.as_ref()?.captures(text).or_else(|| RIGHT_WORD.as_ref()?.captures(text));
    // "Wait, 44, my birthday was last week": what follows a pause is something else.
    let paused = rest.split([',', ';', '.', '!']).next().filter(|_| cue > 0).unwrap_or(rest);
    let found = read(rest).or_else(|| read(paused))?;
    let word = |name: &str| Some(found.name(name)?.as_str().trim_end_matches('.'));
    let right = word("right")?;
    let place = match word("wrong") {
        Some(wrong) => {
            let named = find_word(before, wrong.strip_prefix("the ").unwrap_or(wrong))?;
            // "December 14th, not the 12th": all of the date.
            let whole = counterpart(right, before, said_at);
            whole.filter(|whole| whole.start <= named.start && named.end <= whole.end).unwrap_or(named)
        }
        None if cue > 0 || rest.to_lowercase().starts_with("i mean") || spells(rest) => {
            counterpart(right, before, said_at).or_else(|| favourite(rest, before))?
        }
        None => return None,
    };
    let wrong = &before[place.clone()];
    (wrong != right).then(|| format!("{}{right}{}", &before[..place.start], &before[place.end..]))
}

/// A message that puts itself right: "I live in Berlin. Wait, no, Munich."
pub(super) struct PutRight {
    /// What it would have said at once.
    pub(super) meant: String,
    /// Where the message has both, the wrong sentence and the one that puts it right.
    pub(super) said: Range<usize>,
}

/// The first sentence of the message that puts the one before it right.
pub(super) fn within(message: &str, said_at: Timestamp) -> Option<PutRight> {
    let sentences = sentences(message);
    sentences.windows(2).find_map(|pair| {
        let (wrong, right) = (&message[pair[0].clone()], &message[pair[1].clone()]);
        let corrected = takes_back(right).then(|| corrected(right, wrong, said_at)).flatten()?;
        let (before, after) = (&message[..pair[0].start], &message[pair[1].end..]);
        Some(PutRight { meant: format!("{before}{corrected}{after}"), said: pair[0].start..pair[1].end })
    })
}

fn takes_back(sentence: &str) -> bool {
    TAKES_BACK.as_ref().is_some_and(|pattern| pattern.is_match(&sentence.replace('’', "'")))
}

/// Where the sentences are, without the spaces around them.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let pieces = text.split_inclusive(['.', '!', '?', '\n']).map(|piece| {
        let start = at + (piece.len() - piece.trim_start().len());
        at += piece.len();
        start..(start + piece.trim().len())
    });
    pieces.filter(|place| !place.is_empty()).flat_map(|place| breaths(text, place)).collect()
}

/// A sentence, or what is before and behind "no wait" in it.
fn breaths(text: &str, sentence: Range<usize>) -> Vec<Range<usize>> {
    let plain = text[sentence.clone()].replace('’', "'");
    let broken = MIDWAY.as_ref().filter(|_| plain.len() == sentence.len());
    let broken = broken.and_then(|midway| {
        let found = midway.captures(&plain)?;
        Some((found.get(0)?.start(), found.name("cue")?.start()))
    });
    match broken {
        // "Sorry, I meant Max" is one.
        Some((end, start)) if end > 0 && !takes_back(&plain[..end]) => {
            vec![sentence.start..sentence.start + end, sentence.start + start..sentence.end]
        }
        _ => vec![sentence],
    }
}

/// "it's Martha with an h".
fn spells(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(3).any(|three| {
        three[0] == "with"
            && matches!(three[1], "a" | "an" | "one" | "two" | "no")
            && three[2].trim_matches(|c: char| !c.is_alphanumeric()).len() <= 2
    })
}

/// Where `before` has the word that `right` takes the place of: a time for a time, a number for a number, the name
/// most alike for a name.
fn counterpart(right: &str, before: &str, said_at: Timestamp) -> Option<Range<usize>> {
    let now = said_at.to_zoned(TimeZone::UTC);
    if find_time_phrases(right, &now).iter().any(|phrase| phrase.span.len() == right.len())
        || is_calendar_name(&right.to_lowercase())
    {
        let phrase = find_time_phrases(before, &now).into_iter().next()?;
        // The preposition stays.
        let named = &before[phrase.span.clone()];
        let skipped = ["on ", "in ", "at ", "for "]
            .iter()
            .find(|word| named.starts_with(**word))
            .map_or(0, |w| w.len());
        return Some(phrase.span.start + skipped..phrase.span.end);
    }
    let is_number = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    if is_number(right) {
        let numbers: Vec<_> = words(before).filter(|word| is_number(&before[word.clone()])).collect();
        // "71" takes the place of "70", not of "9th".
        let plain = |text: &str| text.chars().all(|c| c.is_ascii_digit());
        let alike: Vec<_> =
            numbers.iter().filter(|word| plain(&before[(*word).clone()]) == plain(right)).collect();
        return match (numbers.as_slice(), alike.as_slice()) {
            ([one], _) => Some(one.clone()),
            (_, [one]) => Some((*one).clone()),
            _ => None,
        };
    }
    let lower = right.to_lowercase();
    let near = |word: &Range<usize>| {
        before[word.clone()].len() > 2
            && strsim::jaro_winkler(&before[word.clone()].to_lowercase(), &lower) >= SPELT_ALIKE
    };
    // Typed in small letters: "my daughter marta", "it's Martha".
    if right.len() > 3
        && !right.contains(' ')
        && let Some(alike) = words(before).find(near)
    {
        return Some(alike);
    }
    if !right.split(' ').all(|word| word != "I" && word.starts_with(char::is_uppercase)) {
        return None;
    }
    let names: Vec<Range<usize>> = words(before)
        .filter(|word| {
            let text = &before[word.clone()];
            word.start > 0 && text.starts_with(char::is_uppercase) && !text.starts_with("I'") && text != "I"
        })
        .collect();
    let alike = |word: &Range<usize>| strsim::jaro_winkler(&before[word.clone()], right);
    let best = names.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
    (names.len() == 1 || alike(best) >= ALIKE).then(|| best.clone())
}

/// The favourite that "it's blue" takes the place of.
fn favourite(correction: &str, before: &str) -> Option<Range<usize>> {
    let lower = correction.to_lowercase();
    ["it's ", "it is ", "they're ", "they are "].iter().find(|begins| lower.starts_with(**begins))?;
    Some(FAVOURITE.as_ref()?.captures(before)?.name("value")?.range())
}

fn words(text: &str) -> impl Iterator<Item = Range<usize>> {
    use unicode_segmentation::UnicodeSegmentation as _;
    text.unicode_word_indices().map(|(at, word)| at..at + word.len())
}

fn find_word(text: &str, word: &str) -> Option<Range<usize>> {
    let lower = text.to_lowercase();
    let wanted = word.to_lowercase();
    // Lower case may have another length in bytes; then nothing is found.
    let at = (lower.len() == text.len()).then(|| lower.find(&wanted)).flatten()?;
    text.get(at..at + wanted.len()).map(|_| at..at + wanted.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_word_takes_the_place_of_the_wrong_one() {
        let said_at = Timestamp::UNIX_EPOCH;
        for (before, message, expected) in [
            (
                "My sister is called Marta.",
                "Sorry, I meant Martha, with an h.",
                Some("My sister is called Martha."),
            ),
            ("My sister is called Marta.", "No, it's Martha!", Some("My sister is called Martha.")),
            ("My sister is called Marta.", "*Martha", Some("My sister is called Martha.")),
            ("My sister is called Marta.", "It's Martha, not Marta.", Some("My sister is called Martha.")),
            ("My sister is called Marta.", "Oops, not Marta but Martha", Some("My sister is called Martha.")),
            ("The exam is on Tuesday.", "wait, Thursday i meant", Some("The exam is on Thursday.")),
            (
                "We fly on December 12th.",
                "Sorry, I meant December 14th, not the 12th.",
                Some("We fly on December 14th."),
            ),
            ("I have a flight on 3 May", "Sorry, 4 May", Some("I have a flight on 4 May")),
            ("I am 34 years old", "no, 35", Some("I am 35 years old")),
            ("I'm 43 years old.", "wait, 44, my birthday was last week", Some("I'm 44 years old.")),
            ("I met Anna and Tom in Rome", "Sorry, I meant Ana", Some("I met Ana and Tom in Rome")),
            ("I met Anna and Tom", "No, Berlin", None),
            ("My favourite colour is green.", "No wait, it's blue.", Some("My favourite colour is blue.")),
            ("My favourite colour is green.", "Sorry, I have to go.", None),
            ("My sister is called Marta.", "Sorry, I have to go.", None),
            ("My sister is called Marta.", "No thanks", None),
            ("My sister is called Marta.", "Martha is nice.", None),
            ("My sister is called Marta.", "Actually, what is it about?", None),
        ] {
            assert_eq!(corrected(message, before, said_at).as_deref(), expected, "{before} / {message}");
        }
    }
}
