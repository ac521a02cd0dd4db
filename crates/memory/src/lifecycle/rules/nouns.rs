//! Noun phrases: professions, tastes, allergens, conditions, and lists of them.

use std::ops::Range;

use super::clauses::is_subject;
use super::grammar::{self, article, capitalised};
use super::slots::{self, Item, Scan, as_written, is_end, item, listed_length, phrase_end, trimmed};
use super::studies;
use super::tokens::{Kind, Token};
use super::words::grammar::SOFT_ADVERBS;
use super::words::work::{EVALUATIONS, PROFESSIONS};
use super::words::{Words, has, health, places, things};

/// Longer phrases are sentences in disguise.
pub(super) const WORDS_MAX: usize = 9;
const LIST_ITEMS_MAX: usize = 8;

/// Behind the noun phrase at `at`: where it ends or a preposition begins.
pub(super) fn nominal_end(scan: &Scan<'_, '_>, at: usize, words_max: usize) -> usize {
    let end = phrase_end(scan, at, words_max);
    let leaves = |token: &Token<'_>| {
        matches!(
            &*token.word,
            "at" | "for"
                | "in"
                | "with"
                | "from"
                | "on"
                | "by"
                | "near"
                | "to"
                | "living"
                | "working"
                | "based"
                | "specialising"
                | "specializing"
                | "of"
                | "under"
                | "during"
                | "without"
                | "through"
                | "who's"
                | "there"
                | "here"
                | "and"
                | "looking"
                | "trying"
        )
    };
    let behind = |position: usize| {
        position > 0 && matches!(&*scan.tokens[at + position].word, "part-time" | "full-time")
    };
    (0..end - at)
        .find(|position| leaves(&scan.tokens[at + position]) || behind(*position))
        .map_or(end, |position| at + position)
}

fn after_article(scan: &Scan<'_, '_>, at: usize) -> usize {
    at + usize::from(scan.tokens.get(at).is_some_and(|token| matches!(&*token.word, "a" | "an" | "the")))
}

/// What somebody works as, whatever it is; the article is part of it.
pub(super) fn job(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const NO_JOBS: [&str; 17] = [
        "way", "favour", "favor", "result", "whole", "rule", "kid", "child", "teenager", "team", "test",
        "joke", "hobby", "bonus", "gift", "family", "charm",
    ];
    let start = after_article(scan, at);
    let end = job_end(scan, start);
    let words = scan.tokens.get(start..end).filter(|words| !words.is_empty())?;
    if words.iter().any(|token| NO_JOBS.contains(&&*token.word) || token.kind != Kind::Word)
        || start == at && !is_profession(words)
    {
        return None;
    }
    Some((end, with_article(scan, at, start, end)))
}

/// Behind a job's title, "of physics" included.
fn job_end(scan: &Scan<'_, '_>, start: usize) -> usize {
    let end = nominal_end(scan, start, 6);
    if end > start && scan.tokens.get(end).is_some_and(|token| token.is("of")) {
        let topic_end = nominal_end(scan, end + 1, 4);
        let fits = scan.tokens.get(end + 1).is_some_and(|token| {
            token.kind == Kind::Word && !matches!(&*token.word, "my" | "your" | "this" | "that")
        });
        if topic_end > end + 1 && fits {
            return topic_end;
        }
    }
    end
}

fn with_article(scan: &Scan<'_, '_>, at: usize, start: usize, end: usize) -> Item {
    let title = as_written(scan, start..end);
    let text = match scan.tokens.get(at) {
        Some(token) if start > at && token.is("the") => format!("the {title}"),
        _ => format!("{} {title}", article(&title)),
    };
    Item::new(text, at..end)
}

/// Whether the words, or what stands before their "of", end in a profession.
fn is_profession(words: &[Token<'_>]) -> bool {
    let words = words.iter().position(|token| token.is("of")).map_or(words, |of| &words[..of]);
    let Some((last, before)) = words.split_last() else { return false };
    let two = before.last().map(|token| format!("{}_{}", token.word, last.word));
    let evaluated = before.iter().any(|token| EVALUATIONS.contains(&*token.word));
    !evaluated
        && (PROFESSIONS.contains(&*last.word)
            || is_craft(&last.word)
            || two.is_some_and(|two| PROFESSIONS.contains(&*two)))
}

/// What ends like a craft: "bookbinder", "glassblower".
fn is_craft(word: &str) -> bool {
    const ENDINGS: [&str; 30] = [
        "binder",
        "maker",
        "smith",
        "wright",
        "monger",
        "ographer",
        "ologist",
        "builder",
        "mender",
        "tuner",
        "fitter",
        "breeder",
        "brewer",
        "blower",
        "engraver",
        "dresser",
        "minder",
        "herder",
        "therapist",
        "technician",
        "physicist",
        "engineer",
        "scientist",
        "teacher",
        "nurse",
        "farmer",
        "developer",
        "designer",
        "programmer",
        "trainer",
    ];
    word.len() > 7
        && ENDINGS.iter().any(|ending| word.len() > ending.len() + 1 && word.ends_with(ending))
        && !word.contains("trouble")
}

/// What is a profession only by what stands around it.
const AMBIGUOUS: [&str; 12] = [
    "model",
    "guide",
    "major",
    "general",
    "server",
    "keeper",
    "guard",
    "host",
    "volunteer",
    "player",
    "marine",
    "tester",
];

/// A profession that the lists know, after "I'm".
pub(super) fn profession(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const HEADS: [&str; 10] =
        ["head", "director", "vp", "ceo", "cto", "cfo", "coo", "president", "dean", "co-founder"];
    let start = after_article(scan, at);
    let end = job_end(scan, start);
    let words = scan.tokens.get(start..end).filter(|words| !words.is_empty())?;
    let lead = HEADS.contains(&&*words[0].word) && words.get(1).is_none_or(|token| token.is("of"));
    // "I'm truck driver", as many say it.
    let bare = start == at && !lead;
    let described = words.iter().any(|token| {
        token.word.ends_with("ly")
            || is_pointing(token)
            || token.is("your")
            || token.is("his")
            || token.is("her")
    });
    let certain = words.len() <= 3
        && !described
        && is_end(scan, end)
        && words.last().is_some_and(|last| !AMBIGUOUS.contains(&&*last.word));
    if bare && !certain || words.iter().any(|token| token.kind != Kind::Word) {
        return None;
    }
    let majors = words.len() > 1 && words[words.len() - 1].is("major");
    if !lead && !is_profession(words) && !majors
        || words.len() == 1 && AMBIGUOUS.contains(&&*words[0].word) && !is_end(scan, end)
    {
        return None;
    }
    // "a PhD student in neuroscience".
    let topic = scan.tokens.get(end).filter(|token| {
        token.is("in")
            && matches!(
                &*words[words.len() - 1].word,
                "student" | "professor" | "lecturer" | "researcher" | "postdoc" | "teacher"
            )
    });
    let end = topic.and_then(|_| studies::study(scan, end + 1)).map_or(end, |(topic_end, _)| topic_end);
    let title = as_written(scan, start..end);
    let text = if start == at && lead { title } else { with_article(scan, at, start, end).text };
    Some((end, Item::new(text, at..end)))
}

/// What somebody likes, if it is a thing of its own and not something in the conversation.
pub(super) fn thing(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let words = scan.tokens.get(range.clone()).filter(|words| !words.is_empty())?;
    let first = &*words[0].word;
    if things::POINTERS.contains(first) && !(first == "all" && words.len() > 2)
        || words[0].kind == Kind::Number
        || SOFT_ADVERBS.contains(first) && words.len() == 1
    {
        return None;
    }
    if words.iter().any(is_pointing) || words.iter().any(|token| token.kind == Kind::Quote) {
        return None;
    }
    if matches!(first, "to") && words.get(1).is_none_or(|token| things::PASSING_VERBS.contains(&*token.word))
    {
        return None;
    }
    let is_my = matches!(first, "my" | "our");
    if is_my
        && words.iter().any(|token| {
            slots::is_relation(&token.word)
                || has(&things::PETS, &token.word)
                || matches!(
                    &*token.word,
                    "life" | "customers" | "clients" | "users" | "team" | "product" | "code"
                )
        })
    {
        return None;
    }
    let passing = words.iter().any(|token| has(&things::PASSING_TASTES, &token.word));
    if passing && !(is_my && words.len() > 2) && !words[0].word.ends_with("ing") && first != "to" {
        return None;
    }
    if first == "the" && !with_the(words) || is_cut_short(scan, &range) {
        return None;
    }
    Some(item(scan, range))
}

fn with_the(words: &[Token<'_>]) -> bool {
    words.get(1).is_some_and(|token| {
        token.is_capitalised()
            || has(&things::LIKED_WITH_THE, &token.word)
            || words.last().is_some_and(|last| has(&things::LIKED_WITH_THE, &last.word))
    })
}

/// Of what something is the favourite: a colour, not a part of what was said.
pub(super) fn kind(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let first = scan.tokens.get(range.start)?;
    let vague = has(&things::PASSING_TASTES, &first.word)
        || matches!(&*first.word, "thing" | "example" | "of" | "is" | "are" | "so");
    let to_do = first.word.starts_with("thing") && range.len() > 2;
    (!vague || to_do || range.len() > 1 && !matches!(&*first.word, "part" | "of" | "is" | "are"))
        .then(|| phrase(scan, range))
        .flatten()
}

/// Words that point at the conversation or at whom one talks to.
pub(super) fn is_pointing(token: &Token<'_>) -> bool {
    matches!(
        &*token.word,
        "you"
            | "your"
            | "yours"
            | "this"
            | "these"
            | "those"
            | "it"
            | "its"
            | "above"
            | "below"
            | "him"
            | "he"
            | "she"
            | "they"
            | "i"
            | "them"
            | "there"
            | "here"
    )
}

/// Any noun phrase that stands on its own.
pub(super) fn phrase(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let words = scan.tokens.get(range.clone()).filter(|words| !words.is_empty())?;
    let pointing = words.iter().any(|token| is_pointing(token) || token.kind == Kind::Quote)
        || matches!(
            &*words[0].word,
            "that"
                | "what"
                | "how"
                | "them"
                | "him"
                | "her"
                | "one"
                | "something"
                | "anything"
                | "nothing"
                | "everything"
                | "not"
                | "someone"
        );
    (!pointing && !is_cut_short(scan, &range)).then(|| item(scan, range))
}

/// Whether the phrase goes on in a way that the rules cannot follow: "talking about what …", "a safe, quiet place".
#[expect(clippy::too_many_lines, reason = "lists of words, one a line")]
fn is_cut_short(scan: &Scan<'_, '_>, range: &Range<usize>) -> bool {
    let words = &scan.tokens[range.clone()];
    let Some(last) = words.last() else { return true };
    let next = |offset: usize| scan.tokens.get(range.end + offset).map_or("", |token| &*token.word);
    // "people who …" are not all people.
    let restricted = words.len() == 1
        && matches!(next(0), "who" | "that" | "whose" | "which" | "when" | "if")
        && matches!(
            &*last.word,
            "people"
                | "men"
                | "women"
                | "things"
                | "places"
                | "guys"
                | "person"
                | "anything"
                | "stuff"
                | "movies"
                | "books"
                | "food"
        );
    let leads = restricted
        || matches!(
            &*last.word,
            "to" | "of"
                | "with"
                | "about"
                | "from"
                | "than"
                | "into"
                | "by"
                | "such"
                | "like"
                | "another"
                | "their"
                | "your"
                | "who"
        );
    let open_verb = last.word.ends_with("ing") || words.len() == 2 && words[0].is("to");
    let asks_on = open_verb
        && matches!(
            next(0),
            "what"
                | "how"
                | "where"
                | "that"
                | "whatever"
                | "if"
                | "whether"
                | "when"
                | "it"
                | "you"
                | "them"
                | "this"
        );
    let introduced =
        words.len() >= 2 && matches!(&*words[words.len() - 2].word, "a" | "an" | "some" | "such");
    let follows = scan.tokens.get(range.end + 1);
    let adjective = introduced
        && next(0) == ","
        && follows.is_some_and(|token| {
            token.is_word()
                && !is_subject(token)
                && !things::INTERJECTIONS.contains(&*token.word)
                && !matches!(&*token.word, "with" | "a" | "an" | "the")
        });
    const ADJECTIVES: [&str; 16] = [
        "safe",
        "good",
        "big",
        "small",
        "new",
        "great",
        "nice",
        "quiet",
        "clean",
        "simple",
        "happy",
        "healthy",
        "warm",
        "welcoming",
        "fun",
        "real",
    ];
    let two_adjectives = introduced && next(0) == "and" && ADJECTIVES.contains(&&*last.word);
    let described = has(&things::PASSING_TASTES, &last.word) && matches!(next(0), "that" | "which");
    leads || asks_on || adjective || two_adjectives || described
}

/// What somebody is allergic to.
pub(super) fn allergen(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let words = scan.tokens.get(range.clone())?;
    if words.len() > 4 || words.iter().any(|token| health::JOKE_ALLERGENS.contains(&*token.word)) {
        return None;
    }
    let vague = words
        .iter()
        .any(|token| matches!(&*token.word, "your" | "my" | "being" | "doing" | "the" | "a" | "an"));
    if vague {
        return None;
    }
    phrase(scan, range)
}

/// The phrases of a list, "hiking, cooking and old films"; an "and" that begins something else ends it.
pub(super) fn list(
    scan: &Scan<'_, '_>,
    at: usize,
    read: fn(&Scan<'_, '_>, Range<usize>) -> Option<Item>,
) -> Option<(usize, Vec<Item>)> {
    let one = |at: usize| {
        let at = at
            + usize::from(scan.tokens.get(at).is_some_and(|token| matches!(&*token.word, "both" | "either")));
        let range = trimmed(scan, at..phrase_end(scan, at, WORDS_MAX));
        read(scan, range.clone()).map(|item| (range.end, item))
    };
    let (mut end, first) = one(at)?;
    let mut items = vec![first];
    // Items behind commas count only when an "and" or the sentence's end closes the list.
    let mut pending: Vec<(usize, Item)> = Vec::new();
    let mut at = end;
    while items.len() + pending.len() < LIST_ITEMS_MAX {
        let comma = scan.tokens.get(at).is_some_and(|token| token.is(","));
        let joint_at = at + usize::from(comma);
        let joint =
            scan.tokens.get(joint_at).is_some_and(|token| matches!(&*token.word, "and" | "or" | "nor"));
        if !comma && !joint {
            break;
        }
        let next = joint_at + usize::from(joint);
        if begins_clause(scan.tokens, next) {
            break;
        }
        let Some((item_end, item)) = one(next).filter(|(end, _)| !is_verb(scan.tokens, *end)) else { break };
        if joint && pending.is_empty() && belongs_together(scan, &items[items.len() - 1], &item) {
            let Some(first) = items.last_mut() else { break };
            *first = slots::item(scan, first.tokens.start..item_end);
            end = item_end;
            break;
        }
        if !joint && scan.tokens[next..item_end].len() > 3 {
            break;
        }
        at = item_end;
        pending.push((item_end, item));
        if joint {
            end = item_end;
            items.extend(pending.drain(..).map(|(_, item)| item));
        }
    }
    if pending.len() > 1 && at >= scan.tokens.len() {
        end = at;
        items.extend(pending.into_iter().map(|(_, item)| item));
    }
    Some((end, items))
}

/// "walks with friends and family", "the colour and texture" are one thing, "hiking and cooking" are two.
fn belongs_together(scan: &Scan<'_, '_>, first: &Item, second: &Item) -> bool {
    let words = |item: &Item| &scan.tokens[item.tokens.clone()];
    let (before, after) = (words(first), words(second));
    let (Some(head), Some(next)) = (before.first(), after.first()) else { return false };
    let gerund = |token: &Token<'_>| token.word.ends_with("ing") && token.text.len() > 4;
    let prepositional = before.iter().skip(1).any(|token| {
        matches!(
            &*token.word,
            "with" | "of" | "for" | "like" | "about" | "between" | "from" | "by" | "in" | "on"
        )
    });
    let object = gerund(head) && before.len() > 1 || head.is("to") && before.len() > 2;
    let determined = matches!(&*head.word, "the" | "my" | "our" | "a" | "an");
    let determined_too = matches!(&*next.word, "the" | "my" | "our" | "a" | "an" | "to");
    !gerund(next) && !determined_too && (prepositional || object || determined)
}

/// Whether a new statement, not another item, begins here.
fn begins_clause(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return true };
    let word = &*token.word;
    things::INTERJECTIONS.contains(word)
        || super::words::grammar::SHARED_VERBS.contains(word)
        || SOFT_ADVERBS.contains(word)
        || matches!(
            word,
            "want"
                | "need"
                | "would"
                | "will"
                | "can"
                | "could"
                | "went"
                | "got"
                | "go"
                | "dont"
                | "think"
                | "find"
                | "use"
                | "don"
                | "try"
                | "never"
                | "my"
                | "our"
                | "his"
                | "her"
                | "not"
                | "a"
                | "an"
                | "feel"
                | "make"
                | "do"
                | "often"
                | "sometimes"
                | "rarely"
                | "hardly"
                | "maybe"
        ) && !matches!(word, "a" | "an")
}

fn is_verb(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at).is_some_and(|token| {
        matches!(
            &*token.word,
            "is" | "are" | "was" | "were" | "has" | "have" | "will" | "would" | "can" | "do" | "does"
        )
    })
}

/// A lasting condition, with the words that describe it: "type 2 diabetes", "a bad back".
pub(super) fn condition(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const GENERIC: [&str; 7] =
        ["syndrome", "disorder", "disease", "deficiency", "intolerance", "condition", "cancer"];
    const ENDINGS: [&str; 7] = ["itis", "osis", "emia", "aemia", "phobia", "pathy", "algia"];
    let start = after_article(scan, at);
    let end = nominal_end(scan, start, 5);
    let words = scan.tokens.get(start..end).filter(|words| !words.is_empty())?;
    if matches!(&*words[0].word, "got" | "been" | "had" | "never" | "to" | "no" | "some" | "enough") {
        return None;
    }
    let (length, position) = (0..words.len()).rev().find_map(|position| {
        let listed = listed_length(scan.tokens, start + position, &health::CONDITIONS);
        let ended = ENDINGS.iter().any(|ending| words[position].word.ends_with(ending)).then_some(1);
        listed.or(ended).map(|length| (length, position))
    })?;
    let head = &*words[position].word;
    let end = start + position + length;
    if GENERIC.contains(&head) && position == 0 && head != "cancer"
        || head == "add" && words[position].text != "ADD"
        || head == "ms" && words[position].text != "MS"
        || head == "pots" && words[position].text != "POTS"
    {
        return None;
    }
    if words.iter().any(|token| health::PASSING.contains(&*token.word)) && length == 1 {
        return None;
    }
    // "I have depression and anxiety" says both; "I have anxiety meds" says neither.
    is_end(scan, end).then(|| (end, item(scan, at..end)))
}

/// The entry of a list at the end of at most `modifiers` words, all of them together.
pub(super) fn with_head(
    scan: &Scan<'_, '_>,
    at: usize,
    modifiers: usize,
    list: &Words,
) -> Option<(usize, Item)> {
    let (end, found) = headed(scan, at, modifiers, list)?;
    // "an iPhone 15".
    let numbered =
        scan.tokens.get(end).is_some_and(|token| token.kind == Kind::Number && token.text.len() <= 2)
            && is_end(scan, end + 1);
    if numbered {
        return Some((end + 1, item(scan, at..end + 1)));
    }
    is_end(scan, end).then_some((end, found))
}

/// A phrase that ends with a word of the list, whatever follows but a clause about it: "dentist" of "dentist is on Monday".
pub(super) fn noun(scan: &Scan<'_, '_>, at: usize, modifiers: usize, list: &Words) -> Option<(usize, Item)> {
    let (end, found) = headed(scan, at, modifiers, list).filter(|(end, _)| *end <= at + modifiers + 2)?;
    let article = scan.tokens[at..end]
        .iter()
        .skip(1)
        .any(|token| matches!(&*token.word, "a" | "an" | "the" | "my" | "i"));
    let goes_on =
        scan.tokens.get(end).is_some_and(|token| matches!(&*token.word, "who" | "that" | "which" | "'s"))
            && !scan.tokens.get(end).is_some_and(|token| {
                token.is("'s")
                    && scan.tokens.get(end + 1).is_some_and(|next| {
                        matches!(&*next.word, "on" | "the" | "at" | "now" | "called" | "name")
                    })
            });
    (!article && !goes_on).then_some((end, found))
}

pub(super) fn headed(
    scan: &Scan<'_, '_>,
    at: usize,
    modifiers: usize,
    list: &Words,
) -> Option<(usize, Item)> {
    let reach = phrase_end(scan, at, modifiers + 2);
    let end = (at..reach)
        .rev()
        .find_map(|position| listed_length(scan.tokens, position, list).map(|length| position + length))?;
    let words = &scan.tokens[at..end];
    let pointing = words.iter().any(|token| {
        is_pointing(token)
            || matches!(
                &*token.word,
                "question" | "problem" | "issue" | "for" | "about" | "with" | "to" | "no" | "any" | "of"
            )
    });
    (!pointing).then(|| (end, item(scan, at..end)))
}

/// A list of entries, each with two describing words at most: "the guitar and table tennis".
pub(super) fn heads(scan: &Scan<'_, '_>, at: usize, list: &Words) -> Option<(usize, Vec<Item>)> {
    let one = |at: usize| with_head(scan, at, 3, list).filter(|(_, item)| item.tokens.len() <= 4);
    separated(scan, at, one)
}

fn separated<'s>(
    scan: &Scan<'_, '_>,
    at: usize,
    one: impl Fn(usize) -> Option<(usize, Item)> + 's,
) -> Option<(usize, Vec<Item>)> {
    let (mut end, first) = one(at)?;
    let mut items = vec![first];
    while items.len() < LIST_ITEMS_MAX {
        let mut next = end;
        while scan
            .tokens
            .get(next)
            .is_some_and(|token| matches!(&*token.word, "," | "and" | "or" | "plus" | "as" | "well"))
            && next < end + 4
        {
            next += 1;
        }
        let Some((item_end, item)) = (next > end).then(|| one(next)).flatten() else { break };
        end = item_end;
        items.push(item);
    }
    Some((end, items))
}

/// Languages, with how well they are spoken: "fluent French and a little Spanish".
pub(super) fn languages(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Vec<Item>)> {
    let one = |at: usize| {
        let mut start = at;
        while scan.tokens.get(start).is_some_and(|token| {
            matches!(
                &*token.word,
                "fluent"
                    | "basic"
                    | "some"
                    | "little"
                    | "bit"
                    | "of"
                    | "a"
                    | "native"
                    | "conversational"
                    | "broken"
                    | "good"
                    | "both"
                    | "passable"
                    | "perfect"
                    | "decent"
                    | "only"
                    | "beginner"
            ) || SOFT_ADVERBS.contains(&*token.word)
        }) && start < at + 4
        {
            start += 1;
        }
        let spoken = at.checked_sub(1).is_some_and(|before| scan.tokens[before].is("speak"))
            && scan
                .tokens
                .get(start)
                .is_some_and(|token| token.is_word() && token.is_capitalised() && !token.is("i"));
        let end = start + listed_length(scan.tokens, start, &places::LANGUAGES).or(spoken.then_some(1))?;
        let language = capitalised(&as_written(scan, start..end));
        let described = scan.tokens[at..start].iter().any(|token| {
            matches!(
                &*token.word,
                "fluent" | "basic" | "little" | "bit" | "some" | "conversational" | "broken"
            )
        });
        let text = if described { format!("{} {language}", as_written(scan, at..start)) } else { language };
        Some((end, Item::new(text, at..end)))
    };
    separated(scan, at, one)
}

/// Whether an article, a number or the like stands here.
pub(super) fn is_introduced(scan: &Scan<'_, '_>, at: usize) -> bool {
    scan.tokens.get(at).is_some_and(|token| {
        matches!(
            &*token.word,
            "a" | "an"
                | "my"
                | "our"
                | "another"
                | "the"
                | "one"
                | "two"
                | "three"
                | "four"
                | "several"
                | "no"
                | "any"
        ) || token.kind == Kind::Number && token.text.len() <= 2
    })
}

/// "a Tesla Model 3", "an old bike".
pub(super) fn vehicle(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let introduced = scan
        .tokens
        .get(at)
        .is_some_and(|token| matches!(&*token.word, "a" | "an" | "my" | "our" | "the" | "two"));
    let end = nominal_end(scan, at, 7);
    let words = scan.tokens.get(at..end).filter(|words| introduced && words.len() > 1)?;
    let known = words.iter().any(|token| things::VEHICLE_MAKES.contains(&*token.word))
        || words.last().is_some_and(|token| {
            things::POSSESSIONS.contains(&*token.word)
                || matches!(&*token.word, "lorry" | "taxi" | "bus" | "forklift")
        });
    known.then(|| (end, item(scan, at..end)))
}

/// "piano lessons", but not "a class".
pub(super) fn lessons(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (end, found) = with_head(scan, at, 3, &super::words::activities::LESSONS)?;
    let words = &scan.tokens[at..end];
    let of_something = words.len() > 1 + usize::from(is_introduced(scan, at))
        && !words.iter().any(|token| token.is("called"));
    of_something.then_some((end, found))
}

/// A job's title without an article: "senior manager".
pub(super) fn title(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let end = job_end(scan, at);
    let words = scan.tokens.get(at..end).filter(|words| !words.is_empty())?;
    let plausible = words.iter().all(|token| token.kind == Kind::Word) && !words.iter().any(is_pointing);
    let known = is_profession(words)
        || matches!(
            &*words[0].word,
            "head"
                | "senior"
                | "director"
                | "vp"
                | "chief"
                | "team"
                | "lead"
                | "partner"
                | "a"
                | "an"
                | "assistant"
        );
    (plausible && known).then(|| (end, item(scan, at..end)))
}

/// "a severe nut allergy", as "a nut allergy".
pub(super) fn allergy(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let start = after_article(scan, at);
    let reach = phrase_end(scan, start, 6);
    let position =
        (start..reach).find(|position| matches!(&*scan.tokens[*position].word, "allergy" | "allergies"))?;
    let from = start
        + scan.tokens[start..position]
            .iter()
            .take_while(|token| {
                matches!(
                    &*token.word,
                    "severe"
                        | "serious"
                        | "bad"
                        | "mild"
                        | "slight"
                        | "strong"
                        | "terrible"
                        | "life-threatening"
                        | "deadly"
                        | "nasty"
                        | "extreme"
                ) || SOFT_ADVERBS.contains(&*token.word)
            })
            .count();
    let words = &scan.tokens[from..position];
    let vague = words.iter().any(|token| {
        !token.is_word()
            || is_pointing(token)
            || matches!(
                &*token.word,
                "some"
                    | "few"
                    | "bunch"
                    | "many"
                    | "no"
                    | "any"
                    | "lot"
                    | "of"
                    | "food"
                    | "new"
                    | "to"
                    | "about"
            )
    });
    if words.is_empty() || vague {
        return None;
    }
    let allergen = grammar::reported(words);
    let text = if scan.tokens[position].is("allergies") {
        format!("{allergen} allergies")
    } else {
        format!("{} {allergen} allergy", article(&allergen))
    };
    let here = scan.tokens.get(position + 1).is_some_and(|token| token.is("here"));
    (here || is_end(scan, position + 1)).then(|| (position + 1, Item::new(text, at..position + 1)))
}

/// Several phrases as one value: "blue and green".
pub(super) fn whole(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (end, items) = list(scan, at, phrase)?;
    let texts: Vec<String> = items.into_iter().map(|item| item.text).collect();
    let (last, before) = texts.split_last()?;
    let text = if before.is_empty() { last.clone() } else { format!("{} and {last}", before.join(", ")) };
    Some((end, Item::new(text, at..end)))
}

/// Several tastes as one value: "clear, short answers" would be no two.
pub(super) fn whole_taste(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (mut end, items) = list(scan, at, thing)?;
    let purpose = |at: &usize| scan.tokens[*at].is("to") && scan.tokens.get(at + 1).is_some_and(is_purpose);
    if let Some(cut) = (at + 2..end).find(purpose) {
        end = cut;
    }
    let text = slots::item(scan, at..end).text;
    let next = |offset: usize| scan.tokens.get(end + offset);
    let cut = next(0).is_some_and(|token| token.is(","))
        && next(1).is_some_and(|token| {
            token.is_word()
                && !is_subject(token)
                && !things::INTERJECTIONS.contains(&*token.word)
                && !matches!(&*token.word, "but" | "because" | "since")
        });
    (!cut && !items.is_empty()).then(|| (end, Item::new(text, at..end)))
}

/// What something else is preferred to: no verb, as "I prefer walking to clear my head" compares nothing.
pub(super) fn rival(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let first = scan.tokens.get(range.start)?;
    let behind_to =
        (1..=2).any(|back| range.start.checked_sub(back).is_some_and(|before| scan.tokens[before].is("to")));
    if behind_to && is_purpose(first) { None } else { thing(scan, range) }
}

/// Verbs for which one does something, "to clear my head".
fn is_purpose(token: &Token<'_>) -> bool {
    const PURPOSES: [&str; 24] = [
        "grasp",
        "avoid",
        "relax",
        "save",
        "read",
        "reduce",
        "improve",
        "maintain",
        "achieve",
        "meet",
        "build",
        "visualize",
        "track",
        "manage",
        "balance",
        "create",
        "unwind",
        "clear",
        "boost",
        "minimize",
        "increase",
        "speed",
        "prevent",
        "organize",
    ];
    SOFT_ADVERBS.contains(&*token.word)
        || things::PASSING_VERBS.contains(&*token.word)
        || PURPOSES.contains(&&*token.word)
}

/// What somebody is interested in, which is not what they are about to do.
pub(super) fn interest(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let words = scan.tokens.get(range.clone())?;
    if words.first()?.word.ends_with("ing") || words.iter().any(|token| token.is("more")) {
        return None;
    }
    thing(scan, range)
}

/// What somebody learns: a subject, a skill, "to sew".
pub(super) fn skill(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let words = scan.tokens.get(range.clone()).filter(|words| (1..=5).contains(&words.len()))?;
    let vague = words.iter().any(|token| {
        matches!(
            &*token.word,
            "about"
                | "more"
                | "new"
                | "things"
                | "from"
                | "lot"
                | "much"
                | "as"
                | "every"
                | "stuff"
                | "something"
                | "the"
                | "ton"
                | "tons"
                | "lots"
                | "mistakes"
                | "deal"
                | "cope"
                | "live"
                | "be"
                | "accept"
                | "lesson"
                | "love"
                | "trust"
                | "use"
        )
    });
    let guitar =
        words.len() == 2 && words[0].is("the") && super::words::activities::PLAYED.contains(&*words[1].word);
    if vague && !guitar {
        return None;
    }
    phrase(scan, range)
}

/// What somebody does not eat or drink.
pub(super) fn food(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let words = scan.tokens.get(range.clone()).filter(|words| words.len() <= 5)?;
    let vague = words.iter().any(|token| {
        matches!(
            &*token.word,
            "on" | "much"
                | "enough"
                | "out"
                | "well"
                | "healthy"
                | "properly"
                | "another"
                | "more"
                | "too"
                | "right"
                | "often"
                | "alone"
                | "here"
                | "there"
                | "until"
                | "at"
                | "like"
                | "anything"
                | "lunch"
                | "dinner"
                | "fast"
                | "slowly"
                | "people"
                | "words"
                | "my"
                | "the"
                | "to"
                | "in"
                | "for"
                | "or"
                | "if"
                | "late"
                | "early"
        )
    });
    let ago = words.iter().any(|token| token.is("ago"));
    let doing = ago || words.first().is_some_and(|token| token.word.ends_with("ing") && !token.is("pudding"));
    // "I never drink coffee after noon" is not about coffee.
    let limited = scan.tokens.get(range.end).is_some_and(|token| {
        matches!(&*token.word, "after" | "before" | "unless" | "when" | "if" | "until" | "except" | "while")
    });
    if vague || limited || doing { None } else { phrase(scan, range) }
}
