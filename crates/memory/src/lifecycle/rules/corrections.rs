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
        r"(?i)^(?:(?:oh|ah|oops|ugh|wait|no|nope|nah|sorry|my bad|my mistake|hm+|actually|correction|pardon|err?|um|typo|scrap that|scratch that|force of habit|slip of the tongue|brain fart|i mis-?read (?:the \w+|it|that)|forget that|hang on|hold on|whoops|argh|edit|change of plans?|never ?mind|nvm|no wait|well|ok|okay|so|also|update|i mean|i meant|meant|and|but|\*)(?:\b|[\s,.!:;*–—-])[\s,.!:;*–—-]*)+",
    )
    .ok()
});
static RIGHT_WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?ix)^(?:(?:it|that|this|he|she|they|her\ name|his\ name|the\ name|my\ name)(?:'s|\ is|\ was|\ should\ be|\ are)\ (?:actually\ |really\ |called\ |named\ |spelled\ |spelt\ )?
            | should\ be\ | make\ that\ | spelled\ | spelt\ | i\ meant?\ (?:to\ (?:say|write)\ )? | i\ said\ | make\ it\ | it's\ now\ | it\ is\ now\ | we're\ now\ )?
          (?:(?:on|in|at|called|named|with)\ )?["'“]?(?P<right>[\w][\w'’.-]*(?:\ [\w'’.-]+){0,3}?)["'”]?
          (?:,?\ (?:and\ )?not\ ["'“]?(?P<wrong>[\w][\w'’.-]*(?:\ [\w'’.-]+){0,2}?)["'”]?)?
          (?:,?\ (?:i\ meant?(?:\ to\ (?:say|write))?|sorry|with(?:out)?\ (?:an?|one|two|no|the)\ ["']?\w+["']?(?:\ at\ the\ end)?|actually|of\ course|my\ bad|now|instead|after\ all|then|btw|lol|autocorrect.*|damn\ autocorrect))*[\s.!)]*$"#,
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
    Regex::new(r"(?i)^(?:oh,? |oops,? |hm+,? |sorry,? )?(?:(?P<sure>no\b|wait|actually|i mean|i meant|scratch that|make that|correction)|sorry|my mistake|my bad)\b").ok()
});
/// The same in the middle of a sentence.
static MIDWAY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)(?:,|\s[–—-]|…)\s*(?P<cue>(?:no,? wait|wait,? no|no,? sorry|sorry|i mean,? |i meant|scratch that|actually,? no|correction)\b)").ok()
});
/// "Actually, also Spanish", "that's today!": it takes nothing back.
static ADDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:also|too|as well|another)\b|\bthat(?:'s|’s| is| was)\b").ok());
/// What is not so, or was: the right word in its place would not be so either.
static IS_NOT_SO: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)n['’]t\b|\b(?:not|never|no longer|any ?more|used to|hate|dislike)\b").ok()
});
/// "My favourite colour is green": what "it's blue" puts right.
static FAVOURITE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:favou?rite|fave?) [\w ]+? (?:is|are) (?P<value>[\w'’-]+)[\s.!]*$").ok()
});
/// And what it is.
static FAVOURITE_RIGHT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:no|wait|i mean|i meant|scratch that|make that|correction)\b.*?\b(?:it(?:'s|’s| is)|they(?:'re|’re| are)) (?P<right>\w+)[\s.!]*$").ok()
});

/// What the user would have said before, had they said it right.
pub(super) fn corrected(message: &str, before: &str, said_at: Timestamp) -> Option<String> {
    put_right(message, before, said_at).map(|(corrected, _)| corrected)
}

/// The same, and what the message goes on with behind the right word.
fn put_right(message: &str, before: &str, said_at: Timestamp) -> Option<(String, String)> {
    let plain = message.trim().replace('’', "'");
    if plain.split_whitespace().count() > WORDS_MAX || plain.contains(['\n', '?']) {
        return None;
    }
    let cue = CUE.as_ref()?.find(&plain).map_or(0, |cue| cue.end());
    let rest = &plain[cue..];
    let read = |text| NOT_BUT.as_ref()?.captures(text).or_else(|| RIGHT_WORD.as_ref()?.captures(text));
    // "Wait, 44, my birthday was last week": what follows a pause is something else.
    let paused = rest.split([',', ';', '.', '!']).next().filter(|_| cue > 0).unwrap_or(rest);
    let (found, behind) =
        read(rest).map(|found| (found, "")).or_else(|| Some((read(paused)?, &rest[paused.len()..])))?;
    let word = |name: &str| Some(found.name(name)?.as_str().trim_end_matches('.'));
    let right = word("right").filter(|right| !right.starts_with("I'"))?;
    let place = match word("wrong") {
        Some(wrong) => {
            let named = find_word(before, wrong.strip_prefix("the ").unwrap_or(wrong))?;
            // "December 14th, not the 12th": all of the date.
            let whole = counterpart(right, before, said_at);
            whole.filter(|whole| whole.start <= named.start && named.end <= whole.end).unwrap_or(named)
        }
        None if cue > 0 || rest.to_lowercase().starts_with("i mean") || spells(rest) => {
            counterpart(right, before, said_at)?
        }
        None => return None,
    };
    let wrong = &before[place.clone()];
    let corrected = format!("{}{right}{}", &before[..place.start], &before[place.end..]);
    (wrong != right).then(|| (corrected, behind.to_owned()))
}

/// A message that puts itself right: "I live in Berlin. Wait, no, Munich."
pub(super) struct PutRight {
    /// What it would have said at once.
    pub(super) meant: String,
    /// Where the message has both, the wrong sentence and the one that puts it right.
    pub(super) said: Range<usize>,
}

/// Times that one message takes something back, at most.
const TAKEN_BACK_MAX: usize = 3;

/// The message as it would have been said at once.
pub(super) fn within(message: &str, said_at: Timestamp) -> Option<PutRight> {
    let mut put_right: Option<PutRight> = None;
    for _ in 0..TAKEN_BACK_MAX {
        let so_far = put_right.as_ref().map_or(message, |one| one.meant.as_str());
        let Some((pair, meant)) = first_put_right(so_far, said_at) else { break };
        let said = put_right.map_or(pair, |one| one.said.start..message.len());
        put_right = Some(PutRight { meant, said });
    }
    put_right
}

/// Where the first two sentences are of which one puts the other right, and the text with what is right.
fn first_put_right(text: &str, said_at: Timestamp) -> Option<(Range<usize>, String)> {
    sentences(text).windows(2).find_map(|pair| {
        let (wrong, right) = (&text[pair[0].clone()], &text[pair[1].clone()]);
        let matches =
            |pattern: &LazyLock<Option<Regex>>, text| pattern.as_ref().is_some_and(|one| one.is_match(text));
        let sure = TAKES_BACK.as_ref()?.captures(right)?.name("sure").is_some();
        if matches(&ADDS, right) || matches(&IS_NOT_SO, wrong) {
            return None;
        }
        let (corrected, behind) =
            put_right(right, wrong, said_at).or_else(|| Some((favourite(right, wrong)?, String::new())))?;
        // "Sorry, Tom!" is said to Tom; "I mean, Brexit, but still" means nothing.
        if !sure && names_another(wrong, &corrected)
            || !behind.is_empty() && right.to_lowercase().starts_with("i mean")
        {
            return None;
        }
        let corrected = if behind.is_empty() { &corrected } else { corrected.trim_end_matches(['.', '!']) };
        let (before, after) = (&text[..pair[0].start], &text[pair[1].end..]);
        Some((pair[0].start..pair[1].end, format!("{before}{corrected}{behind}{after}")))
    })
}

/// Whether the two sentences differ by a name that is not the same name spelt otherwise.
fn names_another(wrong: &str, corrected: &str) -> bool {
    let differs = |(a, b): &(&str, &str)| a != b;
    let pair = wrong.split(' ').zip(corrected.split(' ')).find(differs);
    pair.is_some_and(|(a, b)| {
        let bare = |word: &str| word.trim_end_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let is_name = |word: &str| word.starts_with(char::is_uppercase) && !is_calendar_name(&bare(word));
        is_name(a) && is_name(b) && strsim::jaro_winkler(a, b) < ALIKE
    })
}

fn takes_back(sentence: &str) -> bool {
    TAKES_BACK.as_ref().is_some_and(|pattern| pattern.is_match(sentence))
}

/// Where the sentences are, without the spaces around them.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let pieces = text.split_inclusive(['.', '!', '?', '\n']).map(|piece| {
        let start = at + (piece.len() - piece.trim_start().len());
        at += piece.len();
        start..(start + piece.trim().len())
    });
    // The dots of "Berlin... no" are none.
    let says = |place: &Range<usize>| text[place.clone()].contains(char::is_alphanumeric);
    pieces.filter(says).flat_map(|place| breaths(text, place)).collect()
}

/// A sentence, or what is before and behind "no wait" in it.
fn breaths(text: &str, sentence: Range<usize>) -> Vec<Range<usize>> {
    let said = &text[sentence.clone()];
    let broken = MIDWAY.as_ref().and_then(|midway| {
        let found = midway.captures(said)?;
        Some((found.get(0)?.start(), found.name("cue")?.start()))
    });
    match broken {
        // "Sorry, I meant Max" is one.
        Some((end, start)) if end > 0 && !takes_back(&said[..end]) => {
            vec![sentence.start..sentence.start + end, sentence.start + start..sentence.end]
        }
        _ => vec![sentence],
    }
}

/// "it's Martha with an h".
fn spells(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.windows(3).any(|three| {
        matches!(three[0], "with" | "without")
            && matches!(three[1], "a" | "an" | "one" | "two" | "no" | "the")
            && three[2].trim_matches(|c: char| !c.is_alphanumeric()).chars().count() <= letters_max(three[1])
    })
}

/// "With two ts", "with the h", but not "with the TV".
fn letters_max(article: &str) -> usize {
    if article == "the" { 1 } else { 2 }
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
        // "35 in March", "1 is my sister's" say something else.
        if right.contains(' ') && !right.ends_with(" years old") && !right.ends_with(" years") {
            return None;
        }
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
    let mut names: Vec<Range<usize>> = Vec::new();
    for word in words(before).filter(|word| {
        let text = &before[word.clone()];
        word.start > 0 && text.starts_with(char::is_uppercase) && !text.starts_with("I'") && text != "I"
    }) {
        // "San Francisco" is one.
        match names.last_mut() {
            Some(last) if &before[last.end..word.start] == " " => last.end = word.end,
            _ => names.push(word),
        }
    }
    let alike = |word: &Range<usize>| strsim::jaro_winkler(&before[word.clone()], right);
    let best = names.iter().max_by(|a, b| alike(a).total_cmp(&alike(b)))?;
    (names.len() == 1 || alike(best) >= ALIKE).then(|| best.clone())
}

/// The favourite with the one word that "no wait, it's blue" says it is.
fn favourite(correction: &str, before: &str) -> Option<String> {
    let place = FAVOURITE.as_ref()?.captures(before)?.name("value")?.range();
    let right = FAVOURITE_RIGHT.as_ref()?.captures(correction)?.name("right")?.as_str();
    Some(format!("{}{right}{}", &before[..place.start], &before[place.end..]))
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
            ("My name is Kathrin.", "It's Katrin, without an h.", Some("My name is Katrin.")),
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
            ("My favourite colour is green.", "Sorry, I have to go.", None),
            ("My sister is called Marta.", "Sorry, I have to go.", None),
            ("My sister is called Marta.", "No thanks", None),
            ("My sister is called Marta.", "Martha is nice.", None),
            ("My sister is called Marta.", "Actually, what is it about?", None),
        ] {
            assert_eq!(corrected(message, before, said_at).as_deref(), expected, "{before} / {message}");
        }
    }

    #[test]
    fn a_message_puts_itself_right() {
        for (message, expected) in [
            ("I live in Berlin. Wait, no, Munich.", Some("I live in Munich.")),
            ("I live in Berlin... no wait, Munich.", Some("I live in Munich.")),
            (
                "I live in Berlin. Wait, no, Munich, and I work at BMW.",
                Some("I live in Munich, and I work at BMW."),
            ),
            ("I’m 34, no wait, 35, and I work as a nurse.", Some("I’m 35, and I work as a nurse.")),
            ("My flight is on Tuesday. No, Wednesday. Sorry, Thursday.", Some("My flight is on Thursday.")),
            ("My favourite colour is green. No wait, it's blue.", Some("My favourite colour is blue.")),
            ("My favourite film is Alien. Actually, it's so good!", None),
            ("My favourite food is sushi. Sorry, it's late, gotta go.", None),
            ("My favourite food is sushi. Oh, it's brilliant.", None),
            ("I live in Paris. Actually, I'm German.", None),
            ("I'm from Ohio. Sorry, I'm Ben, by the way.", None),
            ("I speak French. Actually, also Spanish.", None),
            ("I don't work at Google anymore. Actually, Meta now.", None),
            ("I used to live in Berlin. No wait, Munich now.", None),
            ("My mum's birthday is on 12 March. Oh no, that's today!", None),
            ("I'm 34. Actually, 35 in March.", None),
            ("I love London. I mean, Brexit, but still.", None),
            ("My name is Tom. Sorry, ChatGPT!", None),
            ("Tom is my brother, he lives in Berlin. Sorry, Tim.", None),
            ("I live in Berlin. No, really!", None),
        ] {
            let found = within(message, Timestamp::UNIX_EPOCH).map(|one| one.meant);
            assert_eq!(found.as_deref(), expected, "{message}");
        }
    }
}
