//! What people do and want: pastimes, goals, what they are fans of, with whom they live.

use jiff::ToSpan as _;

use super::grammar::{self, reported};
use super::nouns::{WORDS_MAX, is_pointing, nominal_end};
use super::slots::{Item, Scan, is_end, is_relation, item, listed_length, phrase_end, trimmed};
use super::tokens::Kind;
use super::words::grammar::SOFT_ADVERBS;
use super::words::people::MARITAL;
use super::words::work::EVALUATIONS;
use super::words::{activities, has, places, things, work};
use super::{dates, nouns, proper, studies};

/// What somebody does in their free time, in the third person: "paints watercolours".
#[expect(clippy::too_many_lines, reason = "lists of words, one a line")]
pub(super) fn pastime(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const NO_PASTIMES: [&str; 49] = [
        "am",
        "was",
        "have",
        "had",
        "will",
        "would",
        "could",
        "can",
        "should",
        "must",
        "may",
        "might",
        "did",
        "think",
        "want",
        "need",
        "wish",
        "hope",
        "feel",
        "get",
        "use",
        "see",
        "know",
        "ask",
        "say",
        "said",
        "believe",
        "guess",
        "forget",
        "mean",
        "suppose",
        "keep",
        "tell",
        "told",
        "got",
        "wonder",
        "seem",
        "agree",
        "understand",
        "worry",
        "try",
        "wanted",
        "tried",
        "made",
        "went",
        "used",
        "saw",
        "found",
        "not",
    ];
    let start = at
        + scan
            .tokens
            .get(at..)?
            .iter()
            .take(2)
            .take_while(|token| {
                matches!(&*token.word, "usually" | "often" | "always" | "sometimes" | "like" | "only")
            })
            .count();
    let verb = scan.tokens.get(start).filter(|token| token.is_word() && !token.is_capitalised())?;
    let past = verb.word.ends_with("ed");
    if NO_PASTIMES.contains(&&*verb.word)
        || past
        || SOFT_ADVERBS.contains(&*verb.word) && !verb.is("do")
        || things::POINTERS.contains(&*verb.word)
        || matches!(&*verb.word, "i" | "my" | "we" | "the" | "a")
    {
        return None;
    }
    // "do" ends phrases, but begins "do drag".
    let range = trimmed(scan, start..phrase_end(scan, start + usize::from(verb.is("do")), WORDS_MAX));
    let words = scan.tokens.get(range.clone()).filter(|words| !words.is_empty())?;
    if words.iter().any(is_pointing)
        || words.iter().any(|token| matches!(&*token.word, "that" | "me" | "error" | "bug" | "them"))
    {
        return None;
    }
    let rest = if words.len() > 1 { format!(" {}", grammar::reported(&words[1..])) } else { String::new() };
    Some((range.end, Item::new(format!("{}{rest}", grammar::third_person(&verb.word)), range)))
}

/// "hiking" after "I go".
pub(super) fn going(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at)?;
    let gerund = token.word.len() > 5
        && token.word.ends_with("ing")
        && !matches!(
            &*token.word,
            "looking" | "asking" | "searching" | "through" | "missing" | "getting" | "checking" | "wrong"
        );
    (gerund && is_end(scan, at + 1)).then(|| (at + 1, item(scan, at..at + 1)))
}

/// "going to the gym", behind what ends it.
pub(super) fn doing(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let first = scan.tokens.get(at).filter(|token| token.word.len() > 4 && token.word.ends_with("ing"))?;
    let passing = matches!(
        &*first.word,
        "trying"
            | "working"
            | "smoking"
            | "drinking"
            | "eating"
            | "asking"
            | "looking"
            | "using"
            | "talking"
            | "thinking"
            | "caring"
            | "crying"
            | "laughing"
            | "worrying"
            | "something"
            | "anything"
            | "everything"
            | "nothing"
            | "responding"
            | "killing"
    );
    let range = trimmed(scan, at..phrase_end(scan, at, 6));
    let pointing = scan.tokens[range.clone()].iter().any(is_pointing);
    (!passing && !pointing && is_end(scan, range.end)).then(|| (range.end, item(scan, range)))
}

/// "a big Arsenal fan", "a dog person".
pub(super) fn fan(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const HEADS: [&str; 16] = [
        "fan",
        "lover",
        "person",
        "enthusiast",
        "buff",
        "nerd",
        "geek",
        "addict",
        "junkie",
        "aficionado",
        "supporter",
        "fanatic",
        "freak",
        "snob",
        "connoisseur",
        "hobbyist",
    ];
    const DEGREES: [&str; 10] =
        ["big", "huge", "massive", "total", "real", "true", "lifelong", "life-long", "devoted", "die-hard"];
    scan.tokens.get(at).filter(|token| matches!(&*token.word, "a" | "an"))?;
    let end = nominal_end(scan, at + 1, 5);
    let (head, before) = scan.tokens.get(at + 1..end)?.split_last()?;
    let of_what: Vec<_> = before
        .iter()
        .filter(|token| !DEGREES.contains(&&*token.word) && !SOFT_ADVERBS.contains(&*token.word))
        .collect();
    let vague = |word: &str| {
        EVALUATIONS.contains(word)
            || matches!(
                word,
                "nice"
                    | "kind"
                    | "different"
                    | "private"
                    | "new"
                    | "changed"
                    | "one"
                    | "single"
                    | "young"
                    | "old"
                    | "middle-aged"
                    | "religious"
                    | "sensitive"
                    | "normal"
                    | "rational"
            )
    };
    let fits = HEADS.contains(&&*head.word)
        && !of_what.is_empty()
        && !of_what.iter().any(|token| vague(&token.word) || token.kind != Kind::Word);
    (fits && is_end(scan, end)).then(|| (end, item(scan, at..end)))
}

/// "married", but not "engaged in a debate".
pub(super) fn marital(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at).filter(|token| MARITAL.contains(&*token.word))?;
    let in_something = !token.is("married")
        && scan.tokens.get(at + 1).is_some_and(|next| next.is("in") || next.is("from"))
        && dates::date_at(scan.tokens, at + 1, scan.calendar).is_none();
    (!in_something).then(|| (at + 1, Item::new(&*token.word, at..at + 1)))
}

/// "an avid reader", "an amateur astronomer".
pub(super) fn enthusiast(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const ZEAL: [&str; 14] = [
        "avid",
        "big",
        "voracious",
        "keen",
        "amateur",
        "hobby",
        "passionate",
        "enthusiastic",
        "competitive",
        "recreational",
        "semi-professional",
        "regular",
        "lifelong",
        "devoted",
    ];
    let start = at + usize::from(scan.tokens.get(at).is_some_and(|token| matches!(&*token.word, "a" | "an")));
    let end = nominal_end(scan, start, 4);
    let words = scan.tokens.get(start..end).filter(|words| start > at && words.len() > 1)?;
    let doer = words.last().is_some_and(|token| {
        ["er", "or", "ist", "ian", "eur", "cook", "chef", "guide"]
            .iter()
            .any(|ending| token.word.ends_with(ending))
    });
    (ZEAL.contains(&&*words[0].word)
        && doer
        && !words.iter().any(is_pointing)
        && !words.iter().any(|token| token.is("user")))
    .then(|| (end, item(scan, at..end)))
}

/// With whom somebody lives: their people or animals.
pub(super) fn company(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let mut end = phrase_end(scan, at, 5);
    // "my husband and our two kids".
    while scan.tokens.get(end).is_some_and(|token| token.is("and") || token.is(","))
        && scan.tokens.get(end + 1).is_some_and(|token| {
            matches!(&*token.word, "my" | "our" | "a" | "two" | "three" | "his" | "her" | "and")
        })
    {
        let next = phrase_end(scan, end + 1, 5);
        let known = scan.tokens[end + 1..next].iter().any(|token| is_companion(&token.word));
        if !known
            || scan
                .tokens
                .get(next)
                .is_some_and(|token| matches!(&*token.word, "is" | "are" | "was" | "has" | "'s"))
        {
            break;
        }
        end = next;
    }
    let range = trimmed(scan, at..end);
    let words = scan.tokens.get(range.clone())?;
    let away = words
        .iter()
        .position(|token| matches!(&*token.word, "in" | "near" | "at" | "on" | "outside"))
        .map_or(range.end, |cut| at + cut);
    let known = scan.tokens[at..away].iter().any(|token| is_companion(&token.word));
    (known && !words.iter().any(is_pointing)).then(|| (away, item(scan, at..away)))
}

fn is_companion(word: &str) -> bool {
    is_relation(word)
        || has(&things::PETS, word)
        || matches!(word, "roommates" | "flatmates" | "housemates" | "family" | "folks" | "roomies")
}

/// What is wanted sooner is an errand.
const GOAL_DAYS_MIN: i64 = 14;
/// Wanted of the conversation, whenever it is to be.
const PASSING_GOALS: [&str; 12] =
    ["know", "see", "ask", "check", "hear", "understand", "try", "talk", "mention", "say", "think", "be"];

/// A wish or plan that lasts longer than a conversation, as a verb with what belongs to it.
#[expect(clippy::too_many_lines, reason = "lists of words, one a line")]
pub(super) fn goal(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let verb = &*scan.tokens.get(at)?.word;
    let rest = at + 1;
    let reach = trimmed(scan, at..phrase_end(scan, rest, WORDS_MAX)).end;
    let word = |offset: usize| scan.tokens.get(at + offset).map_or("", |token| &*token.word);
    let ends_with = |heads: &[&str]| reach > rest && heads.contains(&&*scan.tokens[reach - 1].word);
    let contains = |heads: &[&str]| {
        scan.tokens[rest.min(reach)..reach].iter().any(|token| heads.contains(&&*token.word))
    };
    let fits = match verb {
        "become" | "be" => {
            nouns::profession(scan, rest).is_some()
                || contains(&[
                    "father",
                    "mother",
                    "parent",
                    "dad",
                    "mum",
                    "mom",
                    "citizen",
                    "fluent",
                    "vegan",
                    "vegetarian",
                    "healthier",
                    "fitter",
                    "independent",
                ])
        }
        "live" => word(1) == "in" && named_place(scan, at + 2) || word(1) == "abroad",
        "visit" | "see" => named_place(scan, rest) || contains(&["lights", "pyramids", "world"]),
        "move" | "emigrate" | "relocate" | "go" | "return" | "travel" => {
            let to = if word(1) == "back" { 3 } else { 2 };
            matches!(word(to - 1), "to" | "around" | "through" | "across")
                && (named_place(scan, at + to) || contains(&["world", "countryside", "europe", "abroad"]))
                || word(1) == "abroad"
                || word(1) == "into" && listed_length(scan.tokens, at + 2, &work::FIELDS).is_some()
        }
        "learn" | "study" => {
            let start = rest
                + usize::from(matches!(word(1), "some" | "the"))
                + if word(1) == "how" { 2 } else { usize::from(word(1) == "to") };
            listed_length(scan.tokens, start, &places::LANGUAGES).is_some()
                || listed_length(scan.tokens, start, &activities::PRACTISED).is_some()
                || matches!(
                    word(start - at),
                    "play"
                        | "swim"
                        | "drive"
                        | "sail"
                        | "ski"
                        | "surf"
                        | "dance"
                        | "cook"
                        | "sew"
                        | "knit"
                        | "code"
                        | "program"
                        | "paint"
                        | "draw"
                        | "sing"
                        | "fly"
                        | "dive"
                        | "ride"
                        | "juggle"
                        | "skate"
                        | "snowboard"
                        | "speak"
                )
                || nouns::with_head(scan, start, 2, &activities::PLAYED).is_some()
                || studies::study(scan, start).is_some_and(|(end, _)| is_end(scan, end))
                || scan.tokens.get(start).is_some_and(|token| {
                    matches!(
                        &*token.word,
                        "rust"
                            | "python"
                            | "java"
                            | "javascript"
                            | "go"
                            | "haskell"
                            | "c++"
                            | "programming"
                            | "sql"
                            | "typescript"
                            | "kotlin"
                            | "swift"
                    )
                })
        }
        "run" | "finish" | "complete" | "do" => ends_with(&[
            "marathon",
            "half-marathon",
            "marathons",
            "triathlon",
            "ironman",
            "ultramarathon",
            "5k",
            "10k",
            "5km",
            "10km",
            "phd",
            "degree",
            "master's",
        ]),
        "climb" | "hike" | "sail" | "cycle" => {
            scan.tokens[rest.min(reach)..reach].iter().any(super::tokens::Token::is_capitalised)
        }
        "buy" | "own" | "build" | "get" | "adopt" => {
            let thing = scan.tokens.get(reach.saturating_sub(1)).is_some_and(|token| {
                reach > rest + 1
                    && (has(&things::POSSESSIONS, &token.word)
                        || has(&things::PETS, &token.word)
                        || matches!(&*token.word, "child" | "tattoo" | "phd" | "degree" | "promotion"))
            });
            thing
                || matches!(word(1), "married" | "fit" | "fitter" | "healthier" | "pregnant" | "promoted")
                || contains(&["shape"])
        }
        "have" => {
            contains(&["kids", "children", "baby", "child", "family"]) && !contains(&["dinner", "talk"])
        }
        "start" | "open" | "launch" | "found" | "run_my" => {
            ends_with_business(scan, reach) && contains(&["own", "a", "an", "my"]) || contains(&["family"])
        }
        "write" | "publish" => contains(&["book", "novel", "memoir", "novels", "books", "autobiography"]),
        "lose" => {
            contains(&["weight", "kg", "kilos", "pounds", "lbs"])
                || scan.tokens.get(rest).is_some_and(|token| token.kind == Kind::Number)
        }
        "quit" | "stop" => contains(&["smoking", "drinking", "vaping", "sugar", "job", "alcohol"]),
        "retire" => true,
        // "move into data analysis".
        "switch" if matches!(word(1), "into" | "to") => {
            listed_length(scan.tokens, at + 2, &work::FIELDS).is_some()
        }
        "save" => word(1) == "up" || contains(&["money", "for"]),
        "eat" | "exercise" | "sleep" | "drink" | "read" => contains(&["less", "more", "healthier", "better"]),
        _ => false,
    };
    let words = scan.tokens.get(at..reach).filter(|words| words.len() > 1)?;
    if words.iter().any(is_pointing) {
        return None;
    }
    // "reach B1 by next summer": what has a day to come is no passing wish.
    let bound = dates::date_at(scan.tokens, reach, scan.calendar).filter(|(_, when)| {
        (when.to > scan.calendar.today.saturating_add(GOAL_DAYS_MIN.days())) && !PASSING_GOALS.contains(&verb)
    });
    let text = reported(words);
    match bound {
        Some((end, when)) => Some((end, Item::new(format!("{text} {}", when.text), at..end))),
        None => fits.then(|| (reach, Item::new(text, at..reach))),
    }
}

fn named_place(scan: &Scan<'_, '_>, at: usize) -> bool {
    proper::destination(scan, at).is_some_and(|(_, place)| place.text.contains(char::is_uppercase))
}

fn ends_with_business(scan: &Scan<'_, '_>, reach: usize) -> bool {
    scan.tokens.get(reach.saturating_sub(1)).is_some_and(|token| has(&work::BUSINESSES, &token.word))
}
