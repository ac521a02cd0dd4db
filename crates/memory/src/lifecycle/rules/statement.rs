//! From a match to the memory: the sentence, its key, its names, its dates.

use domain::Timestamp;
use domain::memory::{MemoryType, NewMemory};

use super::dated::PLANNED;
use super::dates::When;
use super::grammar::{self, Polarity, predicate};
use super::pattern::{Found, Head, Rule};
use super::slots::Item;
use super::subjects::{Person, Sort};
use super::telling::TOLD;
use super::words::{activities, has, places};
use super::{Claim, RuleContext};

/// What is known about the people of the user matters a little less.
const OTHERS_SHARE: f32 = 0.8;

/// A rule's match, and all that the statement takes from around it.
pub(super) struct Match<'m> {
    pub(super) rule: &'static Rule,
    pub(super) head: Head,
    pub(super) found: &'m Found,
    pub(super) person: &'m Person,
    pub(super) polarity: Polarity,
    pub(super) when: Option<&'m When>,
    pub(super) evidence: std::ops::Range<usize>,
}

/// One candidate for each item that the match lists.
pub(super) fn candidates(found: &Match<'_>, said_at: Timestamp, context: &RuleContext) -> Vec<Claim> {
    let items = found.found.slots.iter().map(|(_, items)| items.len()).max().unwrap_or(1).max(1);
    (0..items).filter_map(|position| candidate(found, position, said_at, context)).collect()
}

fn candidate(found: &Match<'_>, position: usize, said_at: Timestamp, context: &RuleContext) -> Option<Claim> {
    let rule = found.rule;
    let tag = found.found.slots.iter().find_map(|(_, items)| pick(items, position)?.tag);
    let retracts = rule.retracts || found.polarity == Polarity::NoLonger;
    let when = found
        .when
        .or_else(|| found.found.slots.iter().find_map(|(_, items)| pick(items, position)?.when.as_ref()));
    let bounds =
        when.filter(|_| rule.needs_date || rule.past).and_then(|when| when.bounds(&context.time_zone));
    let happened = rule.kind == MemoryType::Event && rule.attribute.is_none();
    let importance = rule.importance * if found.person.is_user() { 1.0 } else { OTHERS_SHARE };
    let content = content(found, position)?;
    // Not to be single is to have somebody: that is said elsewhere.
    if found.polarity == Polarity::Not && content.ends_with(" single.") {
        return None;
    }
    let memory = NewMemory {
        kind: rule.kind,
        importance,
        tags: vec![if tag == Some("dwelling") { "home" } else { tag.unwrap_or(rule.tag) }.to_owned()],
        entities: entities(&content),
        attribute: attribute(found, position, tag),
        said_at,
        valid_from: bounds.map(|(from, _)| from),
        // What began then lasts; what happened then does not.
        valid_to: bounds.map(|(_, to)| to).filter(|_| rule.needs_date || happened),
        content,
    };
    Some(Claim { memory, evidence: found.evidence.clone(), retracts })
}

/// The statement that somebody will do what `says` tells at that time.
pub(super) fn planned(
    person: &Person,
    says: &str,
    when: &When,
    evidence: std::ops::Range<usize>,
    said_at: Timestamp,
    zone: &jiff::tz::TimeZone,
) -> Option<Claim> {
    let (from, to) = when.bounds(zone)?;
    let mut claim = told(person, &format!("{says} {}", when.text), evidence, said_at);
    claim.memory.kind = PLANNED.kind;
    claim.memory.tags = vec![PLANNED.tag.to_owned()];
    (claim.memory.valid_from, claim.memory.valid_to) = (Some(from), Some(to));
    Some(claim)
}

/// The statement that somebody does what `says` tells.
pub(super) fn told(
    person: &Person,
    says: &str,
    evidence: std::ops::Range<usize>,
    said_at: Timestamp,
) -> Claim {
    let content = format!("{} {}.", person.phrase(), predicate(says, Polarity::Plain, person.plural));
    let importance = TOLD.importance * if person.is_user() { 1.0 } else { OTHERS_SHARE };
    let memory = NewMemory {
        kind: TOLD.kind,
        importance,
        tags: vec![TOLD.tag.to_owned()],
        entities: entities(&content),
        attribute: None,
        said_at,
        valid_from: None,
        valid_to: None,
        content,
    };
    Claim { memory, evidence, retracts: false }
}

fn pick(items: &[Item], position: usize) -> Option<&Item> {
    items.get(position).or(items.first())
}

fn content(found: &Match<'_>, position: usize) -> Option<String> {
    let person = found.person;
    let says = grammar::in_number(&render(found.rule.says, found, position)?);
    if found.rule.tag == "name" && !person.is_user() {
        let name = says.rsplit_once(" is ").map_or(says.as_str(), |(_, name)| name);
        return Some(named(person, name));
    }
    // "Clara's birthday is on 3 April": it is Clara's, not the user's.
    let of_another = says.strip_prefix("'s ").filter(|rest| {
        rest.split(' ').next().is_some_and(|first| {
            first.strip_suffix("'s").is_some_and(|whose| {
                let whose = whose.to_lowercase();
                !activities::VISITS.contains(&*whose) && !super::is_relation(&whose)
            })
        })
    });
    if let Some(rest) = of_another.filter(|_| found.head == Head::Free) {
        return Some(format!("{}.", grammar::begun(rest)));
    }
    if says.starts_with('\'') {
        return Some(format!("{}{says}.", person.phrase()));
    }
    let plural = person.plural && found.head == Head::Subject;
    Some(format!("{} {}.", person.phrase(), predicate(&says, found.polarity, plural)))
}

/// What the name of somebody's relation or animal makes.
pub(super) fn named(person: &Person, name: &str) -> String {
    let relation = &person.relation;
    match person.sort {
        Sort::Pet if person.plural => format!("The user's {relation} are called {name}."),
        Sort::Pet => format!("The user has {} {relation} named {name}.", grammar::article(relation)),
        _ if person.plural => format!("The user's {relation} are called {name}."),
        _ => format!("The user's {relation} is called {name}."),
    }
}

/// The template with its slots filled; `[…]` only where they all are.
fn render(template: &str, found: &Match<'_>, position: usize) -> Option<String> {
    let mut text = String::new();
    let mut rest = template;
    while let Some(open) = rest.find(['[', '{']) {
        text.push_str(&rest[..open]);
        let optional = rest[open..].starts_with('[');
        let close = open + rest[open..].find(if optional { ']' } else { '}' })?;
        let inside = &rest[open + 1..close];
        if optional {
            text.push_str(&render(inside, found, position).unwrap_or_default());
        } else {
            text.push_str(&value(inside, found, position)?);
        }
        rest = &rest[close + 1..];
    }
    text.push_str(rest);
    Some(text)
}

fn value(name: &str, found: &Match<'_>, position: usize) -> Option<String> {
    match name {
        "v" => found.found.verb.map(grammar::third_person),
        "w" => found.found.verb.map(str::to_owned),
        "when" => found.when.map(|when| when.text.clone()),
        _ => {
            let (_, items) = found.found.slots.iter().find(|(slot, _)| *slot == name)?;
            let item = pick(items, position)?;
            Some(if found.head == Head::Free && item.tokens.start == 0 && !names_something(found) {
                uncapitalised(&item.text)
            } else {
                item.text.clone()
            })
        }
    }
}

/// Whether what began the sentence may be a proper name: a favourite band is, a favourite colour is not.
fn names_something(found: &Match<'_>) -> bool {
    const NAMED: [&str; 24] = [
        "band",
        "author",
        "singer",
        "artist",
        "team",
        "city",
        "country",
        "movie",
        "film",
        "book",
        "game",
        "show",
        "series",
        "writer",
        "player",
        "actor",
        "actress",
        "place",
        "restaurant",
        "brand",
        "language",
        "song",
        "club",
        "character",
    ];
    let kinds = found.found.slots.iter().filter(|(name, _)| *name == "kind").flat_map(|(_, items)| items);
    let mut words = kinds.flat_map(|item| item.text.split(' '));
    let is_name = found.found.slots.iter().any(|(name, _)| matches!(*name, "place" | "first_name"));
    is_name
        || matches!(found.rule.tag, "name" | "language" | "home")
        || words.any(|word| NAMED.contains(&word))
}

fn uncapitalised(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_lowercase().collect::<String>()).unwrap_or_default();
    // "UFOs" and "McDonald's" keep theirs.
    if chars.as_str().contains(char::is_uppercase) {
        text.to_owned()
    } else {
        format!("{first}{}", chars.as_str())
    }
}

fn attribute(found: &Match<'_>, position: usize, tag: Option<&str>) -> Option<String> {
    let template = found.rule.attribute?;
    if tag == Some("dwelling") {
        return found.person.is_user().then(|| "user.dwelling".to_owned());
    }
    let single = template.starts_with("user.");
    // That one lived in Lyon once says nothing about where one lives.
    if found.polarity == Polarity::UsedTo && single {
        return None;
    }
    let (before, slot, after) = match template.split_once('{') {
        Some((before, rest)) => {
            let (slot, after) = rest.split_once('}')?;
            (before, Some(slot), after)
        }
        None => (template, None, ""),
    };
    let value = match slot {
        Some(slot) => grammar::key(&value(slot, found, position)?),
        None => String::new(),
    };
    let key = format!("{before}{value}{after}");
    if found.person.is_user() {
        return Some(key);
    }
    let what = key.strip_prefix("user.")?;
    // Two sons have two names.
    if found.person.key.is_none() && what == "name" {
        return None;
    }
    found.person.attribute(what)
}

/// The capitalised names in a statement.
pub(crate) fn entities(content: &str) -> Vec<String> {
    const DATES: [&str; 19] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];
    let mut found: Vec<String> = Vec::new();
    let mut joined = false;
    for word in content.split_whitespace().skip(1) {
        let name = word.trim_matches(|c: char| !c.is_alphanumeric());
        let name = name.strip_suffix("'s").unwrap_or(name);
        let lower = name.to_lowercase();
        let proper = name.starts_with(char::is_uppercase)
            && !DATES.contains(&lower.as_str())
            && !has(&places::NATIONALITIES, &lower)
            && !places::LANGUAGES.contains(lower.as_str());
        if proper {
            match found.last_mut().filter(|_| joined) {
                Some(last) => {
                    last.push(' ');
                    last.push_str(name);
                }
                None => found.push(name.to_owned()),
            }
        }
        joined = proper && !word.ends_with([',', '.', ';']);
    }
    let mut seen = Vec::new();
    found.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    found
}
