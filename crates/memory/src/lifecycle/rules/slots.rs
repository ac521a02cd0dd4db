//! What a pattern's slots read: names, places, things, jobs, dates, and where such phrases end.

use std::ops::Range;

use super::dates::{self, Calendar};
use super::grammar;
use super::tokens::{Kind, Token, written};
use super::words::grammar::{DURATIONS, STOP_PHRASES, STOPS};
use super::words::{self, Words, activities, health, people, places, things, work};
use super::{household, nouns, numbers, occasions, proper, pursuits, studies};

/// The tokens of a sentence, and what is known about how they were written.
pub(super) struct Scan<'a, 't> {
    pub(super) tokens: &'t [Token<'a>],
    pub(super) calendar: Calendar,
    /// Typed without capitals, so that a small letter says nothing.
    pub(super) informal: bool,
}

/// A value that a slot read, as it goes into the statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    pub(super) text: String,
    /// The tokens that say it.
    pub(super) tokens: Range<usize>,
    /// A tag of its own, where one slot reads more than one sort of thing.
    pub(super) tag: Option<&'static str>,
    pub(super) when: Option<dates::When>,
}

impl Item {
    pub(super) fn new(text: impl Into<String>, tokens: Range<usize>) -> Self {
        Self { text: text.into(), tokens, tag: None, when: None }
    }
}

type ReadOne = fn(&Scan<'_, '_>, usize) -> Option<(usize, Item)>;
type ReadMany = fn(&Scan<'_, '_>, usize) -> Option<(usize, Vec<Item>)>;
type ReadRange = fn(&Scan<'_, '_>, Range<usize>) -> Option<Item>;

/// How a slot reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slot {
    One(ReadOne),
    Many(ReadMany),
    /// A phrase, which may be shorter than it could be where more of the pattern follows.
    Phrase(ReadRange),
    /// Phrases with commas and "and" between them, one item each.
    List(ReadRange),
    /// A word of a list, spelt by the function.
    Entry(&'static Words, fn(&str) -> String),
    /// A phrase that ends with a word of the list, behind this many others at most.
    Head(&'static Words, usize),
    /// The same, whatever follows.
    Noun(&'static Words, usize),
    /// The same, introduced by an article or a number.
    OneOf(&'static Words, usize),
    /// A list of such phrases.
    Heads(&'static Words),
}

impl Slot {
    /// The slot of that name; an unknown one reads any phrase, and a test sees to it that there is none.
    pub(super) fn named(name: &str) -> Self {
        Self::find(name).unwrap_or(Self::Phrase(nouns::phrase))
    }

    #[expect(clippy::too_many_lines, reason = "lists of words, one a line")]
    pub(super) fn find(name: &str) -> Option<Self> {
        let lower = str::to_lowercase;
        Some(match name {
            "name" => Self::One(proper::name),
            "certain_name" => Self::One(proper::certain_name),
            "names" => Self::One(proper::names),
            "bare_name" => Self::One(proper::bare_name),
            "someone" => Self::One(proper::someone),
            "place" => Self::One(proper::place),
            "destination" => Self::One(proper::destination),
            "nearby" => Self::One(proper::nearby),
            "org" | "old_employer" => Self::One(proper::organisation),
            "at" => Self::One(proper::workplace),
            "job" => Self::One(nouns::job),
            "title" => Self::One(nouns::title),
            "profession" => Self::One(nouns::profession),
            "study" => Self::One(studies::study),
            "degree" => Self::One(studies::degree),
            "year_of_study" => Self::One(studies::year_of_study),
            "school" => Self::One(studies::school),
            "condition" => Self::One(nouns::condition),
            "allergy" => Self::One(nouns::allergy),
            "vehicle" => Self::One(nouns::vehicle),
            "event" => Self::One(occasions::event),
            "occasion" => Self::One(occasions::occasion),
            "bare_occasion" => Self::One(occasions::bare_occasion),
            "visit" => Self::One(occasions::visit),
            "food" => Self::Head(&health::FOODS, 2),
            "ages" => Self::One(numbers::ages),
            "venture" => Self::Noun(&work::VENTURES, 2),
            "code" => Self::Entry(&work::CODE, grammar::capitalised),
            "aid" => Self::Entry(&health::AIDS, lower),
            "phone" => Self::One(numbers::phone),
            "address" => Self::One(proper::address),
            "house" => Self::Entry(&people::OF_THE_HOUSE, lower),
            "doing" => Self::One(pursuits::doing),
            "kept" => Self::OneOf(&things::KEPT, 3),
            "religion" => Self::Entry(&people::RELIGIONS, grammar::capitalised),
            "circle" => Self::Noun(&activities::CIRCLES, 2),
            "shift" => Self::Entry(&work::SHIFTS, lower),
            "expiring" => Self::Entry(&activities::EXPIRES, lower),
            "starting" => Self::Noun(&activities::BEGINNINGS, 3),
            "email" => Self::One(proper::email),
            "pollen" => Self::Noun(&health::AIRBORNE, 2),
            "given_up" => Self::Head(&activities::PLAYED, 1),
            "nth" => Self::Entry(&work::ORDINALS, lower),
            "trade" => Self::Noun(&work::PROFESSIONS, 1),
            "festival" => Self::Entry(&activities::FESTIVALS, grammar::capitalised),
            "affair" => Self::Phrase(occasions::affair),
            "ensemble" => Self::Noun(&activities::ENSEMBLES, 3),
            "where" => Self::One(occasions::location),
            "research" => Self::Noun(&work::RESEARCH, 1),
            "kin" => Self::One(household::kin),
            "group_left" => Self::Head(&activities::GROUPS_LEFT, 1),
            "relative" => Self::One(household::relative),
            "partnered" => Self::Entry(&people::PARTNERS, lower),
            "institution" => Self::One(proper::institution),
            "deed" => Self::One(occasions::deed),
            "pastime" => Self::One(pursuits::pastime),
            "goal" => Self::One(pursuits::goal),
            "going" => Self::One(pursuits::going),
            "fan" => Self::One(pursuits::fan),
            "enthusiast" => Self::One(pursuits::enthusiast),
            "company" => Self::One(pursuits::company),
            "whole_taste" => Self::One(nouns::whole_taste),
            "rival" => Self::Phrase(nouns::rival),
            "whole" => Self::One(nouns::whole),
            "count" => Self::One(numbers::count),
            "age" => Self::One(numbers::age),
            "age_word" => Self::One(numbers::age_word),
            "decade" => Self::One(numbers::decade),
            "birthday" => Self::One(numbers::birthday),
            "calendar_day" => Self::One(numbers::calendar_day),
            "date" => Self::One(numbers::date),
            "year" => Self::One(numbers::year),
            "clock" => Self::One(numbers::clock),
            "measure" => Self::One(numbers::measure),
            "frequency" => Self::One(numbers::frequency),
            "household" => Self::Many(household::read),
            "languages" => Self::Many(nouns::languages),
            "trigger" => Self::Phrase(nouns::allergen),
            "thing" | "other" => Self::Phrase(nouns::thing),
            "kind" => Self::Phrase(nouns::kind),
            "topic" | "phrase" => Self::Phrase(nouns::phrase),
            "interest" => Self::Phrase(nouns::interest),
            "skill" => Self::Phrase(nouns::skill),
            "things" => Self::List(nouns::thing),
            "phrases" => Self::List(nouns::phrase),
            "foods" => Self::List(nouns::food),
            "allergens" => Self::List(nouns::allergen),
            "diet" => Self::Entry(&health::DIETS, lower),
            "restriction" => Self::Entry(&health::RESTRICTIONS, lower),
            "state" => Self::Entry(&health::CONDITION_ADJECTIVES, lower),
            "medication" => Self::Entry(&health::MEDICATIONS, lower),
            "worn" => Self::Entry(&health::WORN, lower),
            "nationality" => Self::One(proper::nationality),
            "first_name" => Self::One(proper::first_name),
            "lessons" => Self::One(nouns::lessons),
            "written" => Self::Entry(&activities::WRITTEN, lower),
            "clients" => Self::Head(&work::CLIENTS, 3),
            "group" => Self::OneOf(&activities::GROUPS, 4),
            "ability" => Self::Entry(&activities::ABILITIES, lower),
            "banned_food" => Self::Head(&health::BANNED_FOODS, 2),
            "voice" => Self::Entry(&activities::VOICES, lower),
            "joint" => Self::Entry(&health::JOINTS, lower),
            "implant" => Self::Noun(&health::IMPLANTS, 2),
            "forces" => Self::Entry(&work::FORCES, lower),
            "service" => Self::Entry(&work::SERVICES, str::to_owned),
            "system" => Self::Entry(&things::SYSTEMS, str::to_owned),
            "provider" => Self::Entry(&things::PROVIDERS, lower),
            "device" => Self::Entry(&things::DEVICES, lower),
            "model" => Self::One(proper::model),
            "organ" => Self::Entry(&health::ORGANS, lower),
            "sized" => Self::Entry(&things::SIZED, lower),
            "school_level" => Self::Entry(&work::SCHOOL_LEVELS, lower),
            "own_business" => Self::Head(&work::BUSINESSES, 3),
            "marital" => Self::One(pursuits::marital),
            "role" => Self::Entry(&people::FAMILY_ROLES, lower),
            "trait" => Self::Entry(&people::TRAITS, lower),
            "work_state" => Self::Entry(&work::WORK_STATES, lower),
            "work_mode" => Self::Entry(&work::WORK_MODES, lower),
            "hobby" => Self::Entry(&activities::HOBBY_VERBS, grammar::third_person),
            "breed" => Self::Entry(&things::BREEDS, lower),
            "hobby_verb" => Self::Entry(&activities::HOBBY_VERBS, lower),
            "bill" => Self::Entry(&things::BILLS, lower),
            "amount" => Self::One(numbers::amount),
            "travelling" => Self::Entry(&activities::TRAVEL_VERBS, lower),
            "happening" => Self::Entry(&activities::HAPPENINGS, lower),
            "body" => Self::Entry(&health::BODY_PARTS, lower),
            "field" => Self::Head(&work::FIELDS, 2),
            "business" => Self::OneOf(&work::BUSINESSES, 5),
            "possession" => Self::OneOf(&things::POSSESSIONS, 5),
            "collected" => Self::Head(&activities::COLLECTED, 3),
            "beginning" => Self::Head(&activities::BEGINNINGS, 5),
            "exam" => Self::OneOf(&activities::EXAMS, 5),
            "prize" => Self::OneOf(&activities::PRIZES, 5),
            "work_of_art" => Self::OneOf(&activities::WORKS, 5),
            "played" => Self::Heads(&activities::PLAYED),
            "game" => Self::Entry(&activities::PLAYED, lower),
            "exercise" => Self::Entry(&activities::PRACTISED, lower),
            "practised" => Self::Heads(&activities::PRACTISED),
            "course" => Self::OneOf(&work::COURSES, 5),
            "applied" => Self::Head(&work::APPLIED_FOR, 4),
            "dwelling" => Self::Noun(&places::DWELLINGS, 3),
            "dose" => Self::One(numbers::dose),
            "doctor" => Self::Entry(&activities::VISITS, lower),
            "titled" => Self::One(proper::titled),
            "kinsman" => Self::One(household::kinsman),
            "wedding_role" => Self::Entry(&people::WEDDING_ROLES, lower),
            "new_home" => Self::One(proper::new_home),
            "side" => Self::Entry(&health::SIDES, lower),
            "fear" => Self::Noun(&health::FEARS, 1),
            "fears" => Self::Heads(&health::FEARS),
            _ => return None,
        })
    }
}

/// The ways to read the slot from `at`, the best first: where each ends and what it says.
pub(super) fn read(slot: Slot, scan: &Scan<'_, '_>, at: usize, last: bool) -> Vec<(usize, Vec<Item>)> {
    let one = |found: Option<(usize, Item)>| found.map(|(end, item)| (end, vec![item]));
    let found = match slot {
        Slot::One(read) => one(read(scan, at)),
        Slot::Many(read) => read(scan, at),
        Slot::Phrase(read) => return shrinking(scan, at, last, read),
        Slot::List(read) => nouns::list(scan, at, read),
        Slot::Entry(list, spell) => entry(scan, at, list, spell),
        Slot::Head(list, others) => one(nouns::with_head(scan, at, others, list)),
        Slot::Noun(list, others) => one(nouns::noun(scan, at, others, list)),
        Slot::OneOf(list, others) => {
            one(nouns::is_introduced(scan, at).then(|| nouns::with_head(scan, at, others, list)).flatten())
        }
        Slot::Heads(list) => nouns::heads(scan, at, list),
    };
    found.into_iter().collect()
}

/// The entry of the list at `at`, spelt by `spell`.
fn entry(
    scan: &Scan<'_, '_>,
    at: usize,
    list: &Words,
    spell: fn(&str) -> String,
) -> Option<(usize, Vec<Item>)> {
    let end = at + listed_length(scan.tokens, at, list)?;
    let said = match &scan.tokens[at..end] {
        // "crochets", whose base form the pattern has read.
        [verb] if verb.text.to_lowercase() != *verb.word => verb.word.to_string(),
        words => grammar::reported(words),
    };
    Some((end, vec![Item::new(spell(&said), at..end)]))
}

/// The tokens in the third person.
pub(super) fn item(scan: &Scan<'_, '_>, range: Range<usize>) -> Item {
    Item::new(grammar::reported(&scan.tokens[range.clone()]), range)
}

/// The longest reading, and where another piece follows all shorter ones too.
fn shrinking(
    scan: &Scan<'_, '_>,
    at: usize,
    last: bool,
    read: fn(&Scan<'_, '_>, Range<usize>) -> Option<Item>,
) -> Vec<(usize, Vec<Item>)> {
    let reach = phrase_end(scan, at, nouns::WORDS_MAX);
    let shortest = if last { reach } else { at + 1 };
    (shortest..=reach)
        .rev()
        .filter_map(|end| {
            let kept = if last { trimmed(scan, at..end) } else { at..end };
            read(scan, kept.clone()).map(|item| (kept.end, vec![item]))
        })
        .collect()
}

/// How many tokens from `at` are an entry of the list, four at most; the longest entry wins.
pub(super) fn listed_length(tokens: &[Token<'_>], at: usize, list: &Words) -> Option<usize> {
    let first = tokens.get(at).filter(|token| !token.is_stop())?;
    let mut joined = first.word.to_string();
    let mut best = words::has(list, &joined).then_some(1);
    for length in 2..=4 {
        let Some(token) = tokens.get(at + length - 1).filter(|token| !token.is_stop()) else { break };
        if !token.is("'s") {
            joined.push('_');
        }
        joined.push_str(&token.word);
        if words::has(list, &joined) {
            best = Some(length);
        }
    }
    best
}

/// Whether the tokens are an entry of the list as they stand, not its plural.
pub(super) fn is_entry(tokens: &[Token<'_>], list: &Words) -> bool {
    let words: Vec<&str> = tokens.iter().map(|token| &*token.word).collect();
    list.contains(words.join("_").as_str())
}

/// Behind the phrase that begins at `at`, which has `words_max` words at most.
pub(super) fn phrase_end(scan: &Scan<'_, '_>, at: usize, words_max: usize) -> usize {
    let tokens = scan.tokens;
    let mut end = at;
    while let Some(token) = tokens.get(end).filter(|_| end < at + words_max) {
        let joint = matches!(&*token.word, "and" | "or" | "nor");
        let possessive = token.is("'s") && end > at;
        if token.is_stop()
            || joint
            || STOPS.contains(&*token.word) && !possessive
            || is_stop_phrase(tokens, end)
        {
            break;
        }
        let begun = end > at;
        if begun
            && (dates::date_at(tokens, end, scan.calendar).is_some()
                || dates::frequency_at(tokens, end).is_some())
        {
            break;
        }
        // Without punctuation, "my" begins the next statement unless something leads to it.
        if begun && matches!(&*token.word, "my" | "our") && !leads_on(&tokens[end - 1]) {
            break;
        }
        end += 1;
    }
    end
}

/// Whether "my" after this word belongs to the same phrase.
fn leads_on(token: &Token<'_>) -> bool {
    token.word.ends_with("ing")
        || matches!(
            &*token.word,
            "with"
                | "for"
                | "of"
                | "to"
                | "in"
                | "on"
                | "at"
                | "from"
                | "about"
                | "by"
                | "near"
                | "all"
                | "both"
                | "like"
                | "visit"
                | "see"
                | "spend"
                | "open"
                | "buy"
                | "build"
                | "start"
                | "run"
                | "write"
                | "sell"
                | "publish"
                | "find"
                | "meet"
                | "finish"
                | "quit"
                | "leave"
                | "pay"
                | "improve"
                | "walk"
                | "take"
                | "feed"
                | "call"
                | "own"
                | "raise"
                | "marry"
                | "up"
                | "off"
                | "out"
                | "over"
                | "into"
                | "without"
                | "through"
                | "around"
        )
}

fn is_stop_phrase(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    // "for five years", "for 10 years", "for a year".
    if word(0) == "for" && (words::has(&DURATIONS, word(2)) || words::has(&DURATIONS, word(1))) {
        return true;
    }
    STOP_PHRASES.length_at(tokens, at).is_some()
}

/// Without the small words that a phrase does not end with.
pub(super) fn trimmed(scan: &Scan<'_, '_>, range: Range<usize>) -> Range<usize> {
    let mut end = range.end;
    while end > range.start
        && matches!(
            &*scan.tokens[end - 1].word,
            "in" | "on"
                | "at"
                | "for"
                | "the"
                | "a"
                | "an"
                | "near"
                | "my"
                | "so"
                | "very"
                | "over"
                | "under"
                | "just"
                | "always"
                | "still"
                | "both"
                | "especially"
                | "usually"
                | "mostly"
                | "mainly"
                | "see"
                | "please"
                | "more"
                | "'s"
                | "well"
        )
    {
        end -= 1;
    }
    range.start..end
}

/// Whether the phrase ends before `at`: nothing follows that would have to belong to it.
pub(super) fn is_end(scan: &Scan<'_, '_>, at: usize) -> bool {
    let Some(token) = scan.tokens.get(at) else { return true };
    let verb = matches!(
        &*token.word,
        "is" | "are" | "was" | "were" | "has" | "'s" | "will" | "would" | "can" | "not" | "that" | "than"
    );
    token.kind != Kind::Quote
        && !token.is("/")
        && !verb
        && (token.is_stop()
            || matches!(
                &*token.word,
                "and"
                    | "or"
                    | "in"
                    | "at"
                    | "on"
                    | "for"
                    | "with"
                    | "from"
                    | "by"
                    | "my"
                    | "our"
                    | "near"
                    | "living"
                    | "working"
                    | "based"
                    | "no"
                    | "due"
                    | "through"
                    | "called"
                    | "named"
                    | "selling"
                    | "making"
            )
            || STOPS.contains(&*token.word)
            || is_stop_phrase(scan.tokens, at)
            || dates::date_at(scan.tokens, at, scan.calendar).is_some()
            || dates::frequency_at(scan.tokens, at).is_some())
}

/// The tokens as they were written, for what keeps its spelling.
pub(super) fn as_written(scan: &Scan<'_, '_>, range: Range<usize>) -> String {
    written(&scan.tokens[range])
}

/// Whether the word is one of somebody's people with whom nobody is together.
pub(super) fn is_no_love(word: &str) -> bool {
    people::NO_LOVES.contains(word)
}

/// Whether the word is one of somebody's people.
pub(super) fn is_relation(word: &str) -> bool {
    people::RELATIONS.contains(word) || people::PLURAL_RELATIONS.contains(word)
}
