//! Proper names: of people, places and employers, with or without their capitals.

use super::dates;
use super::grammar::capitalised;
use super::household::behind_age;
use super::slots::{Item, Scan, as_written, is_end, item, listed_length, phrase_end, trimmed};
use super::tokens::{Kind, Token};
use super::words::grammar::STOPS;
use super::words::people::{FIRST_NAMES, NAME_PARTICLES, NOT_NAMES};
use super::words::{has, people, places, things, work};

const NAME_WORDS_MAX: usize = 4;
const PLACE_WORDS_MAX: usize = 9;

/// A name after words that leave no doubt that one follows.
pub(super) fn name(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let first = scan.tokens.get(at).filter(|token| token.is_word() && !NOT_NAMES.contains(&*token.word))?;
    if first.text.len() < 2 || first.text.contains(['@', '/', '_', '.']) {
        return None;
    }
    let mut end = name_end(scan.tokens, at);
    if scan.tokens.get(end).is_some_and(|token| token.is("'s")) {
        return None;
    }
    if first.is_capitalised() {
        return Some((end, Item::new(as_written(scan, at..end), at..end)));
    }
    let known = FIRST_NAMES.contains(&*first.word);
    // "my name is anna rossi": the rest of the phrase, if it is one word.
    let surname = scan
        .tokens
        .get(end)
        .is_some_and(|token| token.is_word() && !STOPS.contains(&*token.word) && token.text.len() > 2);
    if known && surname && is_end(scan, end + 1) && !is_end(scan, end) {
        end += 1;
    }
    let plausible = is_end(scan, end)
        && !["ing", "ly", "ed"].iter().any(|ending| first.word.ends_with(ending))
        && !places::NATIONALITIES.contains(&*first.word);
    (known || plausible).then(|| (end, Item::new(capitalised(&as_written(scan, at..end)), at..end)))
}

/// A name that its capital or the list shows to be one: after "call me".
pub(super) fn certain_name(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let certain =
        scan.tokens.get(at).is_some_and(|token| token.is_capitalised() || FIRST_NAMES.contains(&*token.word));
    certain.then(|| name(scan, at)).flatten()
}

/// "Laura here": a name that the list knows.
pub(super) fn first_name(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at).filter(|token| FIRST_NAMES.contains(&*token.word))?;
    Some((at + 1, Item::new(capitalised(token.text), at..at + 1)))
}

/// "Brazilian", "South Korean", "Greek-American".
pub(super) fn nationality(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at)?;
    if token.text.contains('-') {
        let known = token.word.split('-').all(|part| places::NATIONALITIES.contains(part));
        return known.then(|| (at + 1, Item::new(token.text, at..at + 1)));
    }
    let end = at + listed_length(scan.tokens, at, &places::NATIONALITIES)?;
    Some((end, Item::new(capitalised(&as_written(scan, at..end)), at..end)))
}

/// One name or several: "Tom and Lisa".
pub(super) fn names(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (first_end, first) = name(scan, at)?;
    let mut end = behind_age(scan.tokens, first_end);
    let mut names = vec![first.text];
    loop {
        let mut next = end;
        while next < end + 2 && scan.tokens.get(next).is_some_and(|token| matches!(&*token.word, "," | "and"))
        {
            next += 1;
        }
        let Some((name_end, name)) = (next > end).then(|| name_in_apposition(scan, next)).flatten() else {
            break;
        };
        if !is_end(scan, name_end) && !scan.tokens[next].is_capitalised() {
            break;
        }
        names.push(name);
        end = behind_age(scan.tokens, name_end);
    }
    let (last, before) = names.split_last()?;
    let text = if before.is_empty() { last.clone() } else { format!("{} and {last}", before.join(", ")) };
    Some((end, Item::new(text, at..end)))
}

/// "Dr Lindqvist", "professor hamaguchi".
pub(super) fn titled(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let title = scan.tokens.get(at).filter(|token| is_title(&token.word))?;
    let dot = usize::from(scan.tokens.get(at + 1).is_some_and(|token| token.is(".")));
    let name = scan.tokens.get(at + 1 + dot).filter(|token| token.is_word())?;
    let end = if name.is_capitalised() { name_end(scan.tokens, at + 1 + dot) } else { at + 2 + dot };
    let names = &scan.tokens[at + 1 + dot..end];
    let text = names.iter().map(|token| capitalised(token.text)).collect::<Vec<_>>().join(" ");
    Some((end, Item::new(format!("{} {text}", capitalised(title.text)), at..end)))
}

fn is_title(word: &str) -> bool {
    matches!(
        word,
        "dr" | "doctor"
            | "prof"
            | "professor"
            | "mr"
            | "mrs"
            | "ms"
            | "miss"
            | "sir"
            | "dame"
            | "father"
            | "sister"
    )
}

/// Behind the capitalised words from `at`, small words such as "de" within; one word if it has no capital.
fn name_end(tokens: &[Token<'_>], at: usize) -> usize {
    let mut end = at + 1;
    if !tokens[at].is_capitalised() {
        return end;
    }
    let part_of_name = |token: &Token<'_>| {
        token.is_word() && token.is_capitalised() && !token.is("i") && !NOT_NAMES.contains(&*token.word)
    };
    while let Some(token) = tokens.get(end).filter(|_| end < at + NAME_WORDS_MAX) {
        let particle = NAME_PARTICLES.contains(&*token.word);
        let particle_leads = particle
            && (tokens.get(end + 1).is_some_and(part_of_name)
                || tokens.get(end + 1).is_some_and(|next| NAME_PARTICLES.contains(&*next.word))
                    && tokens.get(end + 2).is_some_and(part_of_name));
        if !part_of_name(token) && !particle_leads {
            break;
        }
        end += 1;
    }
    end
}

/// A name where anything else could stand: after "I'm".
pub(super) fn bare_name(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let first = scan.tokens.get(at)?;
    let known = FIRST_NAMES.contains(&*first.word);
    if !first.is_capitalised() && !(known && scan.informal) {
        return None;
    }
    let shouted = first.text.chars().count() > 1 && first.text.chars().all(char::is_uppercase);
    if is_something_else(&first.word) || !known && (shouted || first.text.chars().any(|c| c.is_ascii_digit()))
    {
        return None;
    }
    if first.word.split('-').all(|part| places::NATIONALITIES.contains(part))
        || first.text.split('-').skip(1).any(|part| part.starts_with(char::is_lowercase))
    {
        return None;
    }
    let (end, item) = name(scan, at)?;
    is_end(scan, end).then_some((end, item))
}

/// Capitalised and no name: a people, a language, a profession, a country.
pub(super) fn is_something_else(word: &str) -> bool {
    NOT_NAMES.contains(word)
        || has(&places::NATIONALITIES, word) && !FIRST_NAMES.contains(word)
        || has(&work::PROFESSIONS, word)
        || places::LANGUAGES.contains(word)
        || places::REGIONS.contains(word) && !FIRST_NAMES.contains(word)
        || STOPS.contains(word)
}

/// A name that stands right behind a relation or an animal: "my sister Marta".
pub(super) fn name_in_apposition(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, String)> {
    let first = scan.tokens.get(at).filter(|token| token.is_word())?;
    let known = FIRST_NAMES.contains(&*first.word);
    let shouted = first.text.chars().count() > 1 && first.text.chars().all(char::is_uppercase);
    if is_something_else(&first.word)
        || !first.is_capitalised() && !(known && scan.informal)
        || shouted && !known
    {
        return None;
    }
    if people::RELATIONS.contains(&*first.word)
        || first.text.len() < 2
        || first.text.contains(['.', '/', '@'])
        || dates::weekday(&first.word).is_some()
    {
        return None;
    }
    let end = name_end(scan.tokens, at);
    Some((end, capitalised(&as_written(scan, at..end))))
}

/// A name that is certainly one, where a thing could stand.
pub(super) fn someone(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (end, name) = name_in_apposition(scan, at)?;
    Some((end, Item::new(name, at..end)))
}

/// Where somebody goes: in small letters only what is known to be a place, as "going to" has verbs behind it too.
pub(super) fn destination(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    is_certain_place(scan.tokens, at).then(|| place(scan, at)).flatten()
}

pub(super) fn is_certain_place(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| {
        token.is_capitalised() || matches!(&*token.word, "a" | "an" | "the" | "my" | "our")
    }) || listed_length(tokens, at, &places::CITIES).or(listed_length(tokens, at, &places::REGIONS)).is_some()
        || tokens.get(at).is_some_and(|token| places::PLACE_ADJECTIVES.contains(&*token.word))
            && is_certain_place(tokens, at + 1)
}

/// "14 Mill Lane", "5 Elm Street, Norwich".
pub(super) fn address(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let number = scan.tokens.get(at).filter(|token| token.kind == Kind::Number && token.text.len() <= 5)?;
    number.text.starts_with(|c: char| c.is_ascii_digit()).then_some(())?;
    let street = (at + 2..at + 5)
        .rev()
        .find(|place| scan.tokens.get(*place).is_some_and(|token| places::STREETS.contains(&*token.word)))?;
    if scan.tokens[at + 1..street].iter().any(|token| !token.is_word()) {
        return None;
    }
    let city = scan
        .tokens
        .get(street + 1)
        .is_some_and(|token| token.is(","))
        .then(|| proper_place(scan, street + 2))
        .flatten();
    let end = city.map_or(street + 1, |(end, _)| end);
    Some((end, Item::new(capitalised(&as_written(scan, at..end)), at..end)))
}

/// What has an "@" in it.
pub(super) fn email(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let token = scan.tokens.get(at).filter(|token| token.text.contains('@') && token.text.contains('.'))?;
    Some((at + 1, Item::new(token.text, at..at + 1)))
}

/// "agricultural college", "uni in Bath": where somebody is taught, without an article.
pub(super) fn institution(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let head = (at..at + 3).find(|place| {
        scan.tokens.get(*place).is_some_and(|token| {
            matches!(
                &*token.word,
                "uni"
                    | "university"
                    | "college"
                    | "kindergarten"
                    | "nursery"
                    | "daycare"
                    | "care"
                    | "boarding"
            )
        })
    })?;
    if scan.tokens[at..head]
        .iter()
        .any(|token| !token.is_word() || matches!(&*token.word, "the" | "a" | "my" | "your"))
    {
        return None;
    }
    let placed = scan
        .tokens
        .get(head + 1)
        .is_some_and(|token| matches!(&*token.word, "in" | "of"))
        .then(|| proper_place(scan, head + 2))
        .flatten();
    let end = placed.map_or(head + 1, |(end, _)| end);
    (end > at + 1).then(|| (end, item(scan, at..end)))
}

/// Where somebody lives or comes from.
pub(super) fn place(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let first = scan.tokens.get(at).filter(|token| !token.is_stop() && token.kind == Kind::Word)?;
    if matches!(&*first.word, "a" | "an" | "the" | "my" | "our" | "one") {
        return described_place(scan, at);
    }
    proper_place(scan, at)
}

/// A place to which one moves from another, not what one changes to from something else.
pub(super) fn new_home(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    place(scan, at).filter(|_| listed_length(scan.tokens, at, &things::BRANDS).is_none())
}

/// "near Lyon", "just outside Berlin".
pub(super) fn nearby(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let word = |offset: usize| scan.tokens.get(at + offset).map_or("", |token| &*token.word);
    let (length, text) = match (word(0), word(1), word(2)) {
        ("near", ..) => (1, "near"),
        ("outside", "of", _) => (2, "outside"),
        ("outside", ..) => (1, "outside"),
        ("close", "to", _) => (2, "close to"),
        ("next", "to", _) => (2, "next to"),
        ("by" | "on", "the", "sea" | "beach" | "lake" | "river" | "ocean") => {
            return Some((at + 3, item(scan, at..at + 3))).map(|(end, mut item)| {
                item.tag = Some("dwelling");
                (end, item)
            });
        }
        ("on", "the", "outskirts" | "edge" | "border" | "coast" | "island") => (1, "on"),
        _ => return None,
    };
    let (end, mut found) = place(scan, at + length)?;
    found.text = format!("{text} {}", found.text);
    found.tokens.start = at;
    Some((end, found))
}

/// "a small village near Lyon", "the Netherlands", "my own flat".
fn described_place(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let mut end = phrase_end(scan, at, PLACE_WORDS_MAX);
    let leaves = |token: &Token<'_>| {
        matches!(
            &*token.word,
            "with" | "for" | "from" | "to" | "at" | "together" | "alone" | "full" | "about"
        )
    };
    if let Some(cut) = scan.tokens[at..end].iter().position(leaves) {
        end = at + cut;
    }
    let range = trimmed(scan, at..end);
    let words = &scan.tokens[range.start.min(range.end)..range.end];
    if words.len() < 2
        || words.iter().any(|token| {
            matches!(&*token.word, "same" | "different" | "other" | "another" | "better" | "your" | "this")
        })
    {
        return None;
    }
    let of_a_kind = words.iter().any(|token| has(&places::KINDS_OF_PLACE, &token.word));
    let named = words[1..].iter().any(super::tokens::Token::is_capitalised)
        || listed_length(scan.tokens, at, &places::REGIONS).is_some();
    let abstraction = words.iter().any(|token| {
        places::NOT_PLACES.contains(&*token.word)
            && !has(&places::KINDS_OF_PLACE, &token.word)
            && !matches!(&*token.word, "close" | "next" | "near" | "outside" | "old")
    });
    let own = matches!(&*words[0].word, "my" | "our");
    if abstraction || !of_a_kind && (own || !named || words.len() > 5) {
        return None;
    }
    let mut item = item(scan, range.clone());
    if !named {
        item.tag = Some("dwelling");
    }
    // "the us": the capitals that were not typed.
    if !words[1..].iter().any(super::tokens::Token::is_capitalised) && named {
        item.text = format!("the {}", capitalised(&as_written(scan, range.start + 1..range.end)));
    }
    Some((range.end, item))
}

fn proper_place(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let tokens = scan.tokens;
    let mut name_at = at;
    let capital_follows = |at: usize| {
        tokens.get(at).is_some_and(|token| token.is_capitalised() && token.is_word())
            || listed_length(tokens, at, &places::CITIES)
                .or(listed_length(tokens, at, &places::REGIONS))
                .is_some()
    };
    while tokens
        .get(name_at)
        .is_some_and(|token| places::PLACE_ADJECTIVES.contains(&*token.word) && !token.is_capitalised())
        && capital_follows(name_at + 1)
    {
        name_at += 1;
    }
    let first = tokens.get(name_at)?;
    let known =
        listed_length(tokens, name_at, &places::CITIES).max(listed_length(tokens, name_at, &places::REGIONS));
    if places::NOT_PLACES.contains(&*first.word) && known.is_none()
        || first.is("i")
        || dates::month(first).is_some()
        || dates::weekday(&first.word).is_some()
    {
        return None;
    }
    let mut end = if first.is_capitalised() {
        capitalised_end(tokens, name_at)
    } else {
        name_at + known.or_else(|| small_letters(scan, name_at))?
    };
    if let Some(region) = listed_length(tokens, end, &places::REGIONS).filter(|_| known.is_some()) {
        end += region;
    }
    end = with_region(scan, end);
    // "in Anna's house" names no place.
    if tokens
        .get(end)
        .is_some_and(|token| token.is("'s") || token.is_capitalised() && token.is_word() && !token.is("i"))
    {
        return None;
    }
    let written = as_written(scan, at..end);
    let text = if first.is_capitalised() { written } else { capitalised(&written) };
    Some((end, Item::new(text, at..end)))
}

/// "Pixel 8", "ThinkPad X1 Carbon": what somebody made, by its name.
pub(super) fn model(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let named = |at: usize| {
        scan.tokens.get(at).is_some_and(|token| {
            token.is_word() && token.text.contains(char::is_uppercase) || token.kind == Kind::Number
        })
    };
    let first = scan.tokens.get(at)?;
    if first.kind == Kind::Number || first.is("i") || !named(at) {
        return None;
    }
    let end = (at + 1..scan.tokens.len()).find(|at| !named(*at)).unwrap_or(scan.tokens.len());
    Some((end, Item::new(as_written(scan, at..end), at..end)))
}

/// Behind the capitalised words from `at`.
fn capitalised_end(tokens: &[Token<'_>], at: usize) -> usize {
    let capital = |at: usize| {
        tokens.get(at).is_some_and(|token| token.is_word() && token.is_capitalised() && !token.is("i"))
    };
    let mut end = at + 1;
    while end < at + 6 {
        let joint = tokens.get(end).is_some_and(|token| {
            matches!(
                &*token.word,
                "de" | "la"
                    | "le"
                    | "of"
                    | "upon"
                    | "sur"
                    | "am"
                    | "im"
                    | "der"
                    | "den"
                    | "do"
                    | "da"
                    | "dos"
                    | "del"
                    | "las"
                    | "los"
                    | "the"
                    | "on"
            ) || token.is("and")
                && matches!(
                    &*tokens[end - 1].word,
                    "trinidad" | "bosnia" | "antigua" | "newfoundland" | "tyne"
                )
        });
        let possessive = tokens.get(end).is_some_and(|token| token.is("'s"));
        if capital(end)
            || joint && capital(end + 1)
            || possessive && (capital(end + 1) || at_boundary(tokens, end + 1))
        {
            end += 1;
        } else if joint && capital(end + 2) && tokens[end].is("of") {
            end += 2;
        } else {
            break;
        }
    }
    end
}

fn at_boundary(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_none_or(|token| {
        token.is_stop() || matches!(&*token.word, "and" | "in" | "but" | "as" | "since" | "for")
    })
}

/// With ", France" or "in France" behind a city.
fn with_region(scan: &Scan<'_, '_>, end: usize) -> usize {
    let tokens = scan.tokens;
    let joined = tokens.get(end).is_some_and(|token| token.is(",") || token.is("in"));
    if !joined {
        return end;
    }
    let known = listed_length(tokens, end + 1, &places::REGIONS)
        .or_else(|| listed_length(tokens, end + 1, &places::CITIES));
    match known {
        // "I live in Lyon, us too": in small letters only where the sentence pauses behind it.
        // "… to Leipzig, Hamburg was too windy": the second is what comes next.
        Some(length)
            if tokens[end + 1].is_capitalised() && !is_verb_at(tokens, end + 1 + length)
                || is_end(scan, end + 1 + length) && length + tokens[end + 1].text.len() > 4 =>
        {
            end + 1 + length
        }
        _ => end,
    }
}

fn is_verb_at(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| {
        matches!(
            &*token.word,
            "was" | "is" | "'s" | "has" | "had" | "were" | "are" | "felt" | "got" | "will" | "would"
        )
    })
}

/// How many words in small letters may be an unknown place's name.
fn small_letters(scan: &Scan<'_, '_>, at: usize) -> Option<usize> {
    let tokens = scan.tokens;
    let end = phrase_end(scan, at, 3);
    let leaves = |token: &Token<'_>| {
        matches!(
            &*token.word,
            "with"
                | "near"
                | "by"
                | "next"
                | "close"
                | "from"
                | "for"
                | "on"
                | "at"
                | "about"
                | "around"
                | "alone"
                | "between"
                | "together"
                | "in"
                | "to"
                | "outside"
                | "inside"
                | "where"
                | "again"
                | "alongside"
                | "next-door"
                | "just"
                | "all"
                | "full-time"
        )
    };
    let length = tokens[at..end].iter().position(leaves).unwrap_or(end - at);
    let words = &tokens[at..at + length];
    let abstract_ending = |token: &Token<'_>| {
        ["ing", "tion", "ness", "ment", "ity", "ship", "ism", "ence", "ance"]
            .iter()
            .any(|ending| token.word.ends_with(ending))
    };
    let plausible = !words.is_empty()
        && (words.len() == 1 || scan.informal)
        && words.iter().all(|token| {
            token.is_word()
                && token.text.len() > 2
                && !abstract_ending(token)
                && !places::NOT_PLACES.contains(&*token.word)
        })
        && !has(&places::KINDS_OF_PLACE, &words[0].word)
        && !matches!(
            &*words[0].word,
            "constant"
                | "total"
                | "complete"
                | "student"
                | "rented"
                | "social"
                | "council"
                | "low"
                | "high"
                | "two"
                | "three"
                | "multiple"
                | "various"
        );
    (plausible && is_end(scan, at + length))
        .then_some(length)
        .or_else(|| (plausible && tokens.get(at + length).is_some_and(leaves)).then_some(length))
}

/// Whom somebody works for.
#[expect(clippy::too_many_lines, reason = "lists of words, one a line")]
pub(super) fn organisation(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let first = scan.tokens.get(at).filter(|token| !token.is_stop())?;
    if matches!(&*first.word, "a" | "an" | "the" | "my" | "our" | "one" | "several" | "two") {
        return described_organisation(scan, at);
    }
    if first.is_capitalised() && !first.is("i") {
        if dates::month(first).is_some() && scan.tokens.get(at + 1).is_none_or(|next| !next.is_capitalised())
            || dates::weekday(&first.word).is_some()
        {
            return None;
        }
        let mut end = capitalised_end(scan.tokens, at);
        while scan.tokens.get(end).is_some_and(|token| {
            token.is_capitalised() && token.is_word() || token.is("and") && token.text == "&"
        }) {
            end = capitalised_end(scan.tokens, end);
        }
        let end = with_region(scan, end);
        return Some((end, Item::new(as_written(scan, at..end), at..end)));
    }
    if first.word.ends_with("ing") || super::words::work::EVALUATIONS.contains(&*first.word) {
        return None;
    }
    // "3M", "7-Eleven", "google".
    let brand = first.kind == Kind::Number && first.text.contains(char::is_uppercase)
        || first.text.chars().skip(1).any(char::is_uppercase);
    let vague = matches!(
        &*first.word,
        "home"
            | "night"
            | "nights"
            | "weekends"
            | "work"
            | "school"
            | "university"
            | "different"
            | "various"
            | "many"
            | "myself"
            | "it"
            | "this"
            | "that"
            | "you"
            | "them"
            | "him"
            | "her"
            | "me"
            | "us"
            | "free"
            | "least"
            | "most"
            | "once"
            | "all"
            | "times"
            | "six"
            | "five"
            | "seven"
            | "eight"
            | "nine"
            | "ten"
            | "noon"
            | "midnight"
            | "dawn"
            | "first"
            | "last"
            | "age"
            | "one"
    );
    if !brand
        && (!scan.informal
            || vague
            || first.kind != Kind::Word
            || !is_end(scan, at + 1)
            || first.text.len() < 3)
    {
        return None;
    }
    let text = if brand { first.text.to_owned() } else { capitalised(first.text) };
    Some((at + 1, Item::new(text, at..at + 1)))
}

/// "a small startup in Lyon", "the local hospital", "a company called Acme".
fn described_organisation(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let mut end = phrase_end(scan, at, 9);
    if let Some(cut) =
        scan.tokens[at..end].iter().position(|token| matches!(&*token.word, "with" | "from" | "to" | "as"))
    {
        end = at + cut;
    }
    let range = trimmed(scan, at..end);
    let words = &scan.tokens[range.start.min(range.end)..range.end];
    let of_a_kind = words.iter().any(|token| has(&work::EMPLOYERS, &token.word));
    let named = words.len() > 1 && words.len() <= 5 && words[1].is_capitalised();
    let vague = words.iter().any(|token| {
        matches!(&*token.word, "moment" | "same" | "your" | "time" | "while" | "this" | "living")
    });
    (!vague && (of_a_kind || named)).then(|| (range.end, item(scan, range.clone())))
}

/// "at St Mary's", "for a startup", "in a hospital in Berlin".
pub(super) fn workplace(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let preposition =
        scan.tokens.get(at).map(|token| &*token.word).filter(|word| matches!(*word, "at" | "for" | "in"))?;
    scan.tokens.get(at + 1).filter(|token| !token.is("it"))?;
    let (mut end, mut found) = match preposition {
        "in" => organisation_or_place(scan, at + 1)?,
        _ => organisation(scan, at + 1)?,
    };
    // "at Google in Zurich".
    if preposition != "in"
        && scan.tokens.get(end).is_some_and(|token| token.is("in"))
        && let Some((place_end, place)) = proper_place(scan, end + 1)
    {
        end = place_end;
        found.text = format!("{} in {}", found.text, place.text);
    }
    found.text = format!("{preposition} {}", found.text);
    found.tokens.start = at;
    found.tokens.end = end;
    Some((end, found))
}

fn organisation_or_place(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let first = scan.tokens.get(at)?;
    if matches!(&*first.word, "a" | "an" | "the" | "my" | "our" | "one" | "two") {
        return described_organisation(scan, at).or_else(|| described_place(scan, at));
    }
    if let Some(length) = listed_length(scan.tokens, at, &work::FIELDS) {
        return Some((at + length, item(scan, at..at + length)));
    }
    proper_place(scan, at)
}
