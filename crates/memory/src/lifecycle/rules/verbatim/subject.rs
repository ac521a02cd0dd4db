//! What a clause is about: the user, somebody of theirs, somebody with a name, or a thing with the user in it.

use super::{is_modal, is_past};
use crate::lifecycle::rules::slots::{Scan, listed_length};
use crate::lifecycle::rules::subjects::{Known, Reference, Role, Sort, is_state, references};
use crate::lifecycle::rules::tokens::Token;
use crate::lifecycle::rules::words::grammar::AUXILIARIES;
use crate::lifecycle::rules::words::people::FIRST_NAMES;
use crate::lifecycle::rules::words::places;
use crate::lifecycle::rules::{dates, proper, understood};

/// What a clause is about, and the words that say it of them.
pub(super) struct Subject<'a> {
    /// How the statement begins.
    pub(super) phrase: String,
    pub(super) kind: &'static str,
    /// What follows, its verb first where the subject has one.
    pub(super) predicate: Vec<Token<'a>>,
    /// The user's own verb, which changes in the third person.
    pub(super) of_user: bool,
}

/// What the clause at `start` is about.
pub(super) fn subject<'a>(scan: &Scan<'a, '_>, start: usize, known: Known<'_>) -> Option<Subject<'a>> {
    let tokens = scan.tokens;
    // Who "they" are is anybody's guess.
    if matches!(&*tokens[start].word, "they" | "their") {
        return None;
    }
    if tokens.get(start + 1).is_some_and(|next| matches!(&*next.word, "neighbours" | "neighbors")) {
        return None;
    }
    if let Some(reference) = references(scan, start, known).into_iter().next() {
        return somebody_known(tokens, start, reference);
    }
    if let Some(view) = understood::predicate(tokens, start, scan.calendar) {
        return Some(Subject {
            phrase: "The user".to_owned(),
            kind: "left_out",
            predicate: view,
            of_user: true,
        });
    }
    if let Some(predicate) = verb_first(tokens, start) {
        return Some(Subject { phrase: "The user".to_owned(), kind: "verb_first", predicate, of_user: true });
    }
    if let Some(subject) = behind_its_time(scan, start) {
        return Some(subject);
    }
    if known.of_own_people
        && let Some((end, name)) = named_subject(scan, start)
    {
        let mut predicate = tokens[end..].to_vec();
        if predicate[0].is("'s") {
            predicate[0] = understood::with_word(&predicate[0], "is");
        }
        return Some(Subject { phrase: name, kind: "named", predicate, of_user: false });
    }
    let own = |token: &Token<'_>| matches!(&*token.word, "my" | "our" | "me" | "us" | "i" | "we" | "mine");
    let first = tokens[start..].first().filter(|token| token.is_word())?;
    if is_order(&first.word) || first.is("you") || first.is("your") || !tokens[start..].iter().any(own) {
        return None;
    }
    Some(Subject {
        phrase: String::new(),
        kind: "other",
        predicate: tokens[start..].to_vec(),
        of_user: false,
    })
}

/// The user, or somebody whom they have named.
fn somebody_known<'a>(tokens: &[Token<'a>], start: usize, reference: Reference) -> Option<Subject<'a>> {
    let rest = tokens.get(reference.end..).filter(|rest| !rest.is_empty())?;
    let owned = reference.role == Role::Owner;
    // "my friend's dog" is a stranger's.
    let of_friends = ["friend", "neighbour", "neighbor", "colleague", "coworker", "roommate", "flatmate"];
    if owned && of_friends.iter().any(|one| reference.person.relation.ends_with(one)) {
        return None;
    }
    // "Me and Maureen, 50 years", "my boyfriend and I have been together": no more than the user is told of.
    let is_user = reference.person.is_user() && reference.role == Role::Subject;
    let of_two = tokens[reference.end - 1].is("i") && rest.iter().any(|token| token.is("together"));
    if is_user && rest[0].is_stop() || of_two {
        return None;
    }
    let phrase = reference.person.phrase();
    let kind = match (reference.person.sort, owned) {
        (Sort::User, false) if tokens[start].is("we") => "we",
        (Sort::User, false) => "user",
        (Sort::User, true) => "thing",
        (Sort::Relation, _) => "relation",
        (Sort::Pet, _) => "pet",
    };
    // "my sister's getting married" is no thing of hers.
    let happens = owned
        && !reference.person.is_user()
        && rest.first().is_some_and(|next| {
            next.word.len() > 4
                && (next.word.ends_with("ing") || next.word.ends_with("ed"))
                && !matches!(&*next.word, "wedding" | "evening" | "morning")
                || matches!(
                    &*next.word,
                    "a" | "an" | "the" | "not" | "due" | "at" | "in" | "on" | "from" | "allergic"
                )
        });
    if happens {
        let mut predicate = vec![understood::with_word(&rest[0], "is")];
        predicate.extend(rest.iter().cloned());
        predicate[1].gap = " ";
        return Some(Subject { phrase, kind, predicate, of_user: false });
    }
    let mut rest = rest.to_vec();
    // "shes 3", where the mark was left out.
    if rest[0].is("'s") && rest[0].text == "s" {
        rest[0] = understood::with_word(&rest[0], "is");
    }
    let of_user = reference.person.is_user() && !owned;
    let phrase = if owned { format!("{phrase}'s") } else { phrase };
    Some(Subject { phrase, kind, predicate: rest, of_user })
}

/// "Idris won't eat anything green": somebody of whom no more is said than a name.
pub(super) fn named_subject(scan: &Scan<'_, '_>, start: usize) -> Option<(usize, String)> {
    let tokens = scan.tokens;
    let first = tokens.get(start).filter(|token| token.is_capitalised() && token.is_word())?;
    let begins = start == 0 || tokens[start - 1].is_stop();
    let (end, name) = proper::name_in_apposition(scan, start)?;
    let known = FIRST_NAMES.contains(&*first.word) || !begins;
    let verb = tokens.get(end)?;
    let place =
        listed_length(tokens, start, &places::CITIES).or(listed_length(tokens, start, &places::REGIONS));
    let told_of_anything = matches!(&*verb.word, "is" | "was" | "had" | "did") || is_past(&verb.word);
    let acts = matches!(
        &*verb.word,
        "has"
            | "will"
            | "can"
            | "does"
            | "gets"
            | "goes"
            | "wants"
            | "likes"
            | "loves"
            | "hates"
            | "lives"
            | "works"
            | "turns"
            | "plays"
            | "studies"
            | "collects"
            | "eats"
            | "keeps"
    );
    // "Carol's in Perth", but not "Dinner's in the oven".
    let is_somewhere = verb.is("'s") && is_state(tokens.get(end + 1));
    let does = known
        && (told_of_anything
            || verb.word.len() > 3 && verb.word.ends_with('s') && !verb.is_capitalised() && !verb.is("'s"));
    let acts = place.is_none() && (acts || is_somewhere || does);
    acts.then_some((end, name))
}

/// "Call me Gen in the bio", "write a message to my league".
fn is_order(word: &str) -> bool {
    matches!(
        word,
        "write"
            | "add"
            | "call"
            | "give"
            | "make"
            | "tell"
            | "show"
            | "draft"
            | "help"
            | "suggest"
            | "explain"
            | "translate"
            | "rewrite"
            | "summarise"
            | "summarize"
            | "list"
            | "change"
            | "remind"
            | "check"
            | "find"
            | "create"
            | "prepare"
            | "turn"
            | "fix"
            | "convert"
            | "include"
            | "mention"
            | "recommend"
            | "compare"
            | "plan"
            | "format"
            | "shorten"
            | "please"
            | "remove"
            | "replace"
            | "imagine"
            | "say"
            | "note"
            | "keep"
            | "use"
            | "put"
            | "send"
            | "ask"
            | "let"
            | "describe"
            | "calculate"
            | "correct"
            | "proofread"
    )
}

/// "Every year in the Festival I eat jay", "here in Bergen I work as an assistant": when and where stand first.
fn behind_its_time<'a>(scan: &Scan<'a, '_>, start: usize) -> Option<Subject<'a>> {
    const WORDS_MAX: usize = 8;
    const LEADS: [&str; 13] = [
        "every", "each", "here", "in", "at", "on", "during", "since", "after", "before", "most", "from",
        "for",
    ];
    let tokens = scan.tokens;
    let first = LEADS.iter().find(|word| tokens[start].is(word))?;
    let end = tokens.len().min(start + WORDS_MAX);
    let at = (start + 2..end).find(|at| matches!(&*tokens[*at].word, "i" | "we"))?;
    let lead = &tokens[start..at];
    let has_verb = lead
        .iter()
        .any(|token| token.is_stop() || is_past(&token.word) || AUXILIARIES.contains(&*token.word));
    let describes = matches!(
        &*tokens[at - 1].word,
        "that" | "what" | "which" | "who" | "where" | "when" | "if" | "as" | "time"
    );
    if has_verb || describes || dates::date_at(tokens, start, scan.calendar).is_some() {
        return None;
    }
    let mut predicate = tokens[at + 1..].to_vec();
    let mut lead = lead.to_vec();
    lead[0].text = first;
    lead[0].gap = " ";
    predicate.extend(lead);
    Some(Subject { phrase: "The user".to_owned(), kind: "user", predicate, of_user: true })
}

/// "cancelled the van", "leasing the paddocks to a neighbour": any verb that no imperative has, where "I" is left out.
fn verb_first<'a>(tokens: &[Token<'a>], start: usize) -> Option<Vec<Token<'a>>> {
    let rest = &tokens[start..];
    // "Starting 1 July in Nairobi" is a day.
    let first = rest.first().filter(|token| token.is_word() && !token.is("starting"))?;
    let next = rest.get(1).map_or("", |token| &*token.word);
    let word = &*first.word;
    let noun = matches!(
        word,
        "thing"
            | "nothing"
            | "something"
            | "anything"
            | "everything"
            | "during"
            | "morning"
            | "evening"
            | "being"
            | "spring"
            | "wedding"
            | "need"
            | "red"
            | "bed"
            | "speed"
            | "feed"
            | "seed"
    );
    // Their imperative looks the same.
    let ordered = matches!(
        word,
        "put" | "cut" | "set" | "let" | "hit" | "read" | "bet" | "spread" | "shut" | "cost" | "hurt"
    );
    let supplied = match word {
        "been" => Some("have"),
        "do" | "can" | "have" | "will" if next == "not" => None,
        _ if noun || ordered || is_modal(word) || names_a_text(next) => return None,
        _ if word.len() > 4 && word.ends_with("ing") => Some("am"),
        _ if is_past(word) && !matches!(word, "was" | "were" | "had" | "did") => None,
        _ => return None,
    };
    let mut view: Vec<Token<'a>> = supplied.iter().map(|verb| understood::with_word(first, verb)).collect();
    view.extend(rest.iter().cloned());
    if let Some(verb) = view.get_mut(1).filter(|_| supplied.is_some()) {
        verb.gap = " ";
    }
    Some(view)
}

/// "training plan", "packing list": what is asked for.
pub(in super::super) fn names_a_text(word: &str) -> bool {
    matches!(
        word,
        "plan"
            | "plans"
            | "schedule"
            | "list"
            | "tips"
            | "ideas"
            | "advice"
            | "guide"
            | "template"
            | "program"
            | "programme"
            | "recipe"
            | "recipes"
    )
}
