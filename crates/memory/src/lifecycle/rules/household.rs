//! The people and animals that somebody has: "two kids, Tom and Lisa, and a dog named Rex".

use super::grammar::{article, reported};
use super::proper::name_in_apposition;
use super::slots::{Item, Scan, is_end, is_entry, listed_length};
use super::subjects::{Person, Sort};
use super::tokens::{Kind, Token, written};
use super::words::people::{PLURAL_RELATIONS, RELATIONS};
use super::words::things::{PETS, PLURAL_PETS};

const ADJECTIVES_MAX: usize = 4;
const NAMES_MAX: usize = 8;

/// Behind the last of them, and one item each.
pub(super) fn read(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Vec<Item>)> {
    let (mut end, first) = one(scan, at)?;
    let mut items = vec![first];
    loop {
        let mut next = end;
        while scan
            .tokens
            .get(next)
            .is_some_and(|token| matches!(&*token.word, "," | "and" | "plus" | "also" | "have"))
            && next < end + 3
        {
            next += 1;
        }
        let Some((item_end, item)) = (next > end).then(|| one(scan, next)).flatten() else { break };
        end = item_end;
        items.push(item);
    }
    Some((end, items))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Pet,
    /// Worth knowing as such: a child, a sister.
    Family,
    /// Everybody has friends and a boss: only a name is worth knowing.
    Acquaintance,
}

fn one(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let tokens = scan.tokens;
    let first = tokens.get(at)?;
    let counted = is_count(first);
    let start = at + usize::from(counted);
    let (head, head_end, who, plural) = find_head(tokens, start)?;
    let one_of_them = matches!(&*first.word, "a" | "an" | "one" | "1");
    if !counted && !plural
        || plural && one_of_them
        || counted && !plural && !one_of_them && !matches!(&*first.word, "no" | "any")
    {
        return None;
    }
    if !counted && start != head {
        return None;
    }
    let (end, names) = names(scan, head_end);
    let food = who == Who::Pet
        && matches!(
            &*tokens[head].word,
            "chicken" | "duck" | "fish" | "lamb" | "pig" | "crab" | "turkey" | "snail" | "goose" | "pigeon"
        );
    if names.is_empty()
        && (who == Who::Acquaintance
            || food && !plural
            || !is_end(scan, head_end)
                && !tokens
                    .get(head_end)
                    .is_some_and(|token| matches!(&*token.word, "that" | "called" | "named")))
    {
        return None;
    }
    // "a dog and a half", "two dogs that": the head must be what is had.
    let (end, age) = ages(tokens, end);
    let mut text = match &*first.word {
        "any" => format!("any {}", reported(&tokens[start..head_end])),
        _ if one_of_them => {
            let noun = written(&tokens[start..head_end]);
            format!("{} {noun}", article(&noun))
        }
        _ => reported(&tokens[at..head_end]),
    };
    // "two girls", had by somebody, are daughters.
    if counted && plural {
        for (word, meant) in [(" girls", " daughters"), (" boys", " sons")] {
            text = text.strip_suffix(word).map(|rest| format!("{rest}{meant}")).unwrap_or(text);
        }
    }
    if !names.is_empty() {
        text.push_str(if plural { ", " } else { " named " });
        text.push_str(&joined(&names));
    }
    text.push_str(&age);
    let mut item = Item::new(text, at..end);
    item.tag = Some(if who == Who::Pet { "pet" } else { "family" });
    Some((end, item))
}

fn is_count(token: &Token<'_>) -> bool {
    const COUNTS: [&str; 17] = [
        "a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "no",
        "any", "several", "twin", "many",
    ];
    COUNTS.contains(&&*token.word)
        || token.kind == Kind::Number
            && token.word.parse::<u32>().is_ok_and(|count| (1..=30).contains(&count))
}

/// The noun behind its adjectives: where it is, where it ends, whose it is, and whether it is several.
fn find_head(tokens: &[Token<'_>], start: usize) -> Option<(usize, usize, Who, bool)> {
    let mut best = None;
    for at in start..(start + ADJECTIVES_MAX + 1).min(tokens.len()) {
        let token = &tokens[at];
        let joined_by = matches!(
            &*token.word,
            "and"
                | "with"
                | "for"
                | "of"
                | "in"
                | "at"
                | "that"
                | "who"
                | "to"
                | "about"
                | "from"
                | "question"
                | "problem"
                | "called"
                | "named"
                | "class"
        );
        if token.is_stop() || joined_by {
            break;
        }
        if let Some((length, who, plural)) = noun(tokens, at) {
            best = Some((at, at + length, who, plural));
        }
    }
    best
}

fn noun(tokens: &[Token<'_>], at: usize) -> Option<(usize, Who, bool)> {
    const ACQUAINTANCES: [&str; 25] = [
        "friend",
        "friends",
        "bestie",
        "boss",
        "colleague",
        "coworker",
        "co-worker",
        "neighbour",
        "neighbor",
        "mate",
        "buddy",
        "girl",
        "boy",
        "girls",
        "boys",
        "manager",
        "mentor",
        "supervisor",
        "therapist",
        "ex",
        "roommate",
        "flatmate",
        "housemate",
        "partner",
        "family",
    ];
    let word = &*tokens[at].word;
    let animals = PLURAL_PETS.iter().any(|(plural, _)| *plural == word);
    if let Some(length) = listed_length(tokens, at, &PETS).or(animals.then_some(1)) {
        return Some((length, Who::Pet, animals || !is_entry(&tokens[at..at + length], &PETS)));
    }
    let who = if ACQUAINTANCES.contains(&word) { Who::Acquaintance } else { Who::Family };
    if PLURAL_RELATIONS.contains(word)
        || matches!(word, "toddlers" | "teenagers" | "kid" | "aunts" | "uncles") && word != "kid"
    {
        return Some((1, who, true));
    }
    RELATIONS.contains(word).then_some((1, who, false))
}

/// "called Rex", ", Tom and Lisa": the end and the names.
fn names(scan: &Scan<'_, '_>, at: usize) -> (usize, Vec<String>) {
    let tokens = scan.tokens;
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    let lead = match (word(0), word(1), word(2)) {
        ("called" | "named" | ":" | "(" | "-" | "–" | "—", ..) => 1,
        (",", "called" | "named", _) | ("who", "is", "called" | "named") => 2 + usize::from(word(0) == "who"),
        (",", ..) => 1,
        ("whose", "name" | "names", "is" | "are" | "'s") => 3,
        ("by", "the", "name") => 4,
        ("who", "are", "called" | "named") => 3,
        _ => 0,
    };
    let said = lead > 1 || matches!(word(0), "called" | "named");
    let mut next = at + lead;
    let mut names = Vec::new();
    let mut end = at;
    while names.len() < NAMES_MAX {
        let read = if said && names.is_empty() {
            super::proper::name(scan, next).map(|(end, item)| (end, item.text))
        } else {
            None
        };
        let Some((name_end, name)) = read.or_else(|| name_in_apposition(scan, next)) else { break };
        names.push(name);
        end = behind_age(tokens, name_end);
        next = end;
        let name_end = end;
        while tokens.get(next).is_some_and(|token| matches!(&*token.word, "," | "and")) && next < name_end + 2
        {
            next += 1;
        }
        if next == name_end {
            break;
        }
    }
    let closing = tokens.get(end).is_some_and(|token| token.is(")")) && !names.is_empty();
    (if names.is_empty() { at } else { end + usize::from(closing) }, names)
}

/// Behind the age that follows a name: "Alma, 9, and Rita (5)".
pub(super) fn behind_age(tokens: &[Token<'_>], at: usize) -> usize {
    let word = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    let is_age = tokens.get(at + 1).is_some_and(|token| token.kind == Kind::Number && token.text.len() <= 2);
    let closed = matches!(word(2), "," | ")" | "and" | "");
    if is_age && closed && matches!(word(0), "," | "(") {
        at + 2 + usize::from(word(0) == "(" && word(2) == ")")
    } else {
        at
    }
}

/// "aged 5 and 7", "who is 3": the end, and how it is said.
fn ages(tokens: &[Token<'_>], at: usize) -> (usize, String) {
    let comma = usize::from(tokens.get(at).is_some_and(|token| token.is(",")));
    let aged = tokens.get(at + comma).is_some_and(|token| matches!(&*token.word, "aged" | "ages" | "age"));
    if !aged {
        return (at, String::new());
    }
    let start = at + comma + 1;
    let mut end = start;
    while tokens.get(end).is_some_and(|token| {
        token.kind == Kind::Number && token.text.len() <= 3
            || matches!(&*token.word, "," | "and")
                && tokens.get(end + 1).is_some_and(|next| next.kind == Kind::Number)
    }) {
        end += 1;
    }
    if end == start { (at, String::new()) } else { (end, format!(" aged {}", written(&tokens[start..end]))) }
}

/// Whom the item is about, if it is one: "a dog named Rex".
pub(super) fn person(item: &Item) -> Option<Person> {
    let sort = match item.tag? {
        "pet" => Sort::Pet,
        "family" => Sort::Relation,
        _ => return None,
    };
    let text = item.text.strip_prefix("a ").or(item.text.strip_prefix("an "))?;
    let (relation, name) =
        text.split_once(" named ").map_or((text, None), |(relation, name)| (relation, Some(name.to_owned())));
    Some(Person { sort, relation: relation.to_lowercase(), name, key: None, plural: false })
}

/// "the kids", "my daughter", "dad", without the article.
pub(super) fn kin(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let introduced =
        usize::from(scan.tokens.get(at).is_some_and(|token| matches!(&*token.word, "my" | "our" | "the")));
    relative_or_kids(scan, at + introduced)
}

/// "fiancée", "sister", but no animal.
pub(super) fn kinsman(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (person, end, _) = super::subjects::relation(scan.tokens, at)?;
    (person.sort == Sort::Relation && !person.plural).then(|| (end, Item::new(person.relation, at..end)))
}

fn relative_or_kids(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (person, end, _) = super::subjects::relation(scan.tokens, at)?;
    Some((end, Item::new(person.relation, at..end)))
}

/// "mum", "grandfather", behind "I lost my".
pub(super) fn relative(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (person, end, _) = super::subjects::relation(scan.tokens, at)?;
    (!person.plural).then(|| (end, Item::new(person.relation, at..end)))
}

/// "Tom, Lisa and Max".
fn joined(names: &[String]) -> String {
    match names.split_last() {
        Some((last, before)) if !before.is_empty() => format!("{} and {last}", before.join(", ")),
        _ => names.concat(),
    }
}
