//! What is mentioned in passing, wherever in a sentence: "a present for my sister Marta", "because of my nut allergy".

use domain::Timestamp;
use domain::memory::{MemoryType, NewMemory};
use jiff::tz::TimeZone;

use super::grammar::key;
use super::proper::{self, name_in_apposition, names};
use super::slots::{Scan, is_end, item, listed_length};
use super::statement::{entities, named};
use super::subjects::{Person, Sort, is_of_the_house, relation};
use super::words::health::CONDITIONS;
use super::words::people::FIRST_NAMES;
use super::{Claim, household};
use super::{asides, traps};

pub(super) fn mentions(
    scan: &Scan<'_, '_>,
    said_at: Timestamp,
    zone: &TimeZone,
) -> Vec<(Claim, Option<Person>)> {
    let supposed_from = traps::supposed_from(scan.tokens);
    let end = scan.tokens.len().min(supposed_from);
    let asides = (0..end).filter_map(|at| asides::aside(scan, at, said_at, zone)).map(|claim| (claim, None));
    let mut found: Vec<_> = (0..end)
        .filter(|at| matches!(&*scan.tokens[*at].word, "my" | "our") || is_of_the_house(scan.tokens, *at))
        .filter_map(|at| {
            somebody(scan, at, said_at)
                .or_else(|| introduced(scan, at, said_at))
                .map(|(candidate, person)| (candidate, Some(person)))
                .or_else(|| several(scan, at, said_at).map(|candidate| (candidate, None)))
                .or_else(|| {
                    allergy(scan, at, said_at)
                        .or_else(|| condition(scan, at, said_at))
                        .or_else(|| employer(scan, at, said_at))
                        .map(|candidate| (candidate, None))
                })
        })
        .collect();
    let aged: Vec<_> = found
        .iter()
        .filter_map(|(claim, person)| {
            let person = person.as_ref()?;
            let added = asides::age_of(scan, claim, person, said_at)
                .or_else(|| asides::job_of(scan, claim, person, said_at));
            Some((added?, None))
        })
        .collect();
    found.extend(aged);
    found.extend(asides);
    found
}

fn somebody(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<(Claim, Person)> {
    let (mut person, end, _) = relation(scan.tokens, at + 1)?;
    let comma = usize::from(scan.tokens.get(end).is_some_and(|token| matches!(&*token.word, "," | "(")));
    let (name_end, name) = name_in_apposition(scan, end + comma)?;
    let after = scan.tokens.get(name_end);
    let closed = after.is_none_or(|token| matches!(&*token.word, "," | ")"));
    let in_brackets =
        comma == 1 && scan.tokens[end].is("(") && after.is_some_and(|token| token.is(")") || token.is(","));
    let certain = comma == 0
        || in_brackets
        || closed
            && (FIRST_NAMES.contains(&*scan.tokens[end + comma].word)
                || name_end == end + 2 && after.is_some());
    if person.plural || !certain {
        return None;
    }
    // Titles and headings have capitals everywhere.
    if scan.tokens[end - 1].is_capitalised()
        && scan.tokens.get(name_end).is_some_and(|token| token.is_word() && token.is_capitalised())
    {
        return None;
    }
    let candidate = naming(scan, at..name_end, said_at, &person, &name);
    person.name = Some(name);
    Some((candidate, person))
}

/// "our two kids, Ben and Mia".
fn several(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    if let Some((person, end, _)) = relation(scan.tokens, at + 1).filter(|(person, ..)| person.plural) {
        let comma = usize::from(scan.tokens.get(end).is_some_and(|token| matches!(&*token.word, "," | "(")));
        name_in_apposition(scan, end + comma)?;
        let (names_end, names) = names(scan, end + comma)?;
        let several = names.text.contains(" and ");
        let content = named(&person, &names.text);
        let memory = Memory {
            content,
            kind: MemoryType::Relationship,
            importance: 0.75,
            tag: if person.sort == Sort::Pet { "pet" } else { "family" },
            attribute: None,
        };
        return several.then(|| candidate(scan, at..names_end, said_at, memory));
    }
    let (end, items) = household::read(scan, at + 1)?;
    let item = items.into_iter().next().filter(|item| item.text.contains(", "))?;
    let content = format!("The user has {}.", item.text);
    let memory = Memory {
        content,
        kind: MemoryType::Relationship,
        importance: 0.75,
        tag: item.tag.unwrap_or("family"),
        attribute: None,
    };
    Some(candidate(scan, at..end, said_at, memory))
}

/// "Marta is my sister", "the name of my dog is Rex".
fn introduced(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<(Claim, Person)> {
    let tokens = scan.tokens;
    let (mut person, end, _) = relation(tokens, at + 1)?;
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let named_after =
        at >= 2 && word(at - 1) == "of" && word(at - 2) == "name" && matches!(word(end), "is" | "'s");
    // "Dan (my husband)", "Dan, my husband,".
    let explained = at >= 2
        && match (word(at - 1), word(end)) {
            ("(", ")") => tokens[at - 2].is_capitalised() || FIRST_NAMES.contains(word(at - 2)),
            (",", "," | "" | "from" | "in" | "at") => {
                FIRST_NAMES.contains(word(at - 2))
                    || tokens[at - 2].is_capitalised()
                        && !word(at - 2).ends_with("ly")
                        && (at > 2 || word(end) == ",")
            }
            _ => false,
        };
    // "an email to Priya my manager".
    let beside = at >= 2
        && matches!(word(at - 2), "to" | "with" | "for" | "from" | "by" | "and" | "told" | "asked")
        && tokens[at - 1].is_capitalised();
    // "for Rohan, he's my nephew".
    let pointed_out = at >= 4
        && matches!(word(at - 2), "he" | "she")
        && matches!(word(at - 1), "is" | "'s")
        && is_end(scan, end);
    let (name, range) = if named_after {
        let (name_end, name) = name_in_apposition(scan, end + 1)?;
        (name, at..name_end)
    } else if explained {
        let (_, name) = name_in_apposition(scan, at - 2)?;
        (name, at - 2..end)
    } else if beside {
        let (name_end, name) = name_in_apposition(scan, at - 1)?;
        (name_end == at).then_some(())?;
        (name, at - 1..end)
    } else if pointed_out {
        let start = (at.saturating_sub(16)..at - 2).rev().find(|place| {
            tokens[*place].is_word()
                && (tokens[*place].is_capitalised() && *place > 0 || FIRST_NAMES.contains(word(*place)))
                && name_in_apposition(scan, *place).is_some()
        })?;
        let (_, name) = name_in_apposition(scan, start)?;
        (name, start..end)
    } else {
        let is_at = at.checked_sub(1).filter(|is_at| matches!(word(*is_at), "is" | "'s"))?;
        // One name, or a first and a last one, and nothing before them in the clause.
        let start = (is_at.saturating_sub(2)..is_at)
            .find(|start| name_in_apposition(scan, *start).is_some_and(|(end, _)| end == is_at))?;
        let opens = start == 0
            || tokens[start - 1].is_stop()
            || matches!(word(start - 1), "and" | "but" | "so" | "that");
        let (_, name) = name_in_apposition(scan, start).filter(|_| opens && is_end(scan, end))?;
        (name, start..end)
    };
    if person.plural {
        return None;
    }
    let candidate = naming(scan, range, said_at, &person, &name);
    person.name = Some(name);
    Some((candidate, person))
}

/// "my peanut allergy".
fn allergy(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    let end = (at + 2..(at + 5).min(scan.tokens.len()))
        .find(|end| matches!(&*scan.tokens[*end].word, "allergy" | "allergies"))?;
    let words = &scan.tokens[at + 1..end];
    let start = at
        + 1
        + words
            .iter()
            .take_while(|token| {
                matches!(
                    &*token.word,
                    "severe" | "bad" | "mild" | "own" | "terrible" | "strong" | "life-threatening"
                )
            })
            .count();
    if start >= end
        || words.iter().any(|token| {
            !token.is_word()
                || token.is("'s")
                || super::slots::is_relation(&token.word)
                || matches!(
                    &*token.word,
                    "food" | "seasonal" | "skin" | "new" | "many" | "weird" | "known" | "and"
                )
        })
    {
        return None;
    }
    let allergen = item(scan, start..end).text;
    let attribute = Some(format!("allergy:{}", key(&allergen)));
    let content = format!("The user has a {allergen} allergy.").replace("a egg", "an egg");
    Some(candidate(
        scan,
        at..end + 1,
        said_at,
        Memory { content, kind: MemoryType::Fact, importance: 0.9, tag: "allergy", attribute },
    ))
}

/// "my current company Comarch", "before my shift at the bakery".
fn employer(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    if at.checked_sub(1).is_some_and(|before| {
        matches!(word(before), "quit" | "left" | "lost" | "leaving" | "quitting" | "resigned")
    }) {
        return None;
    }
    let current = usize::from(matches!(word(at + 1), "current" | "new" | "present"));
    let noun = at + 1 + current;
    let (start, verb, attribute) = match word(noun) {
        "company" | "employer" => (noun + 1, "works at", "user.employer"),
        // "I start my new job at Bosch on Monday" is to come.
        "shift" | "shifts" | "job" if word(noun + 1) == "at" && word(at + 1) != "new" => {
            (noun + 1, "works", "user.workplace")
        }
        _ => return None,
    };
    let (end, place) =
        if verb == "works" { proper::workplace(scan, start)? } else { proper::organisation(scan, start)? };
    let named = verb == "works" || scan.tokens[start].is_capitalised();
    if !named || word(end) == "'s" {
        return None;
    }
    let memory = Memory {
        content: format!("The user {verb} {}.", place.text),
        kind: MemoryType::Fact,
        importance: 0.7,
        tag: "work",
        attribute: Some(attribute.to_owned()),
    };
    Some(candidate(scan, at..end, said_at, memory))
}

/// "my diabetes".
fn condition(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    let start = at
        + 1
        + usize::from(
            scan.tokens
                .get(at + 1)
                .is_some_and(|token| matches!(&*token.word, "type" | "chronic" | "severe" | "mild")),
        );
    let length = listed_length(scan.tokens, start, &CONDITIONS)?;
    let end = start + length;
    let word = &*scan.tokens[start].word;
    let vague = matches!(
        word,
        "ms" | "add"
            | "condition"
            | "thyroid"
            | "blood"
            | "reflux"
            | "anxiety"
            | "depression"
            | "stutter"
            | "disorder"
            | "syndrome"
            | "disease"
            | "intolerance"
            | "deficiency"
            | "cp"
            | "pots"
            | "ulcer"
    );
    if vague
        || !is_end(scan, end)
            && scan.tokens.get(end).is_some_and(|token| {
                !matches!(
                    &*token.word,
                    "is" | "has"
                        | "makes"
                        | "was"
                        | "means"
                        | "starts"
                        | "gets"
                        | "flares"
                        | "acts"
                        | "keeps"
                        | "comes"
                        | "started"
                )
            })
    {
        return None;
    }
    let condition = item(scan, at + 1..end).text;
    let attribute = Some(format!("health:{}", key(&condition)));
    let content = format!("The user has {condition}.");
    Some(candidate(
        scan,
        at..end,
        said_at,
        Memory { content, kind: MemoryType::Fact, importance: 0.9, tag: "health", attribute },
    ))
}

/// The statement that somebody of the user's has that name.
pub(super) fn naming(
    scan: &Scan<'_, '_>,
    tokens: std::ops::Range<usize>,
    said_at: Timestamp,
    person: &Person,
    name: &str,
) -> Claim {
    let memory = Memory {
        content: named(person, name),
        kind: MemoryType::Relationship,
        importance: 0.75,
        tag: if person.sort == Sort::Pet { "pet" } else { "family" },
        attribute: person.key.as_ref().map(|key| format!("{key}.name")),
    };
    candidate(scan, tokens, said_at, memory)
}

pub(super) struct Memory {
    pub(super) content: String,
    pub(super) kind: MemoryType,
    pub(super) importance: f32,
    pub(super) tag: &'static str,
    pub(super) attribute: Option<String>,
}

pub(super) fn candidate(
    scan: &Scan<'_, '_>,
    tokens: std::ops::Range<usize>,
    said_at: Timestamp,
    memory: Memory,
) -> Claim {
    let evidence = scan.tokens[tokens.start].range.start..scan.tokens[tokens.end - 1].range.end;
    let memory = NewMemory {
        entities: entities(&memory.content),
        content: memory.content,
        kind: memory.kind,
        importance: memory.importance,
        tags: vec![memory.tag.to_owned()],
        attribute: memory.attribute,
        said_at,
        valid_from: None,
        valid_to: None,
    };
    Claim { memory, evidence, retracts: false }
}
