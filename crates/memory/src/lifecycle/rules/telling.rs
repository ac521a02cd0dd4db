//! What somebody does, in words that no rule foresees: "we milk 120 cows outside Monroe", "I've quilted since 1967".
//!
//! The verb must be one of work or habit, and the rest must show that it lasts: how often, since when, how many, where,
//! or things in general. What is done once, and what is done to the text at hand, leaves nothing.

use super::dates;
use super::grammar::{reported, third_person};
use super::nouns::is_pointing;
use super::pattern::{Rule, rule};
use super::proper;
use super::slots::{Scan, phrase_end};
use super::tokens::{Kind, Token};
use super::words::grammar::SOFT_ADVERBS;
use super::words::{Words, has, set, things, work};

/// Longer ones are stories.
const WORDS_MAX: usize = 12;

/// Stands for the rule where what follows may share the subject.
pub(super) static TOLD: Rule = rule(&[], "").importance(0.55).tag("habit");

/// Verbs of work and habit that have an object.
static LASTING: Words = std::sync::LazyLock::new(|| {
    set(
        "milk run manage teach coach tutor lead edit design build repair restore tune sell make breed keep raise grow farm brew bake sew knit \
         quilt weave paint sing conduct perform host produce publish translate drive sail row ride clean photograph write record play \
         dance collect hunt rent supply deliver roast groom walk foster mentor organise organize maintain develop code illustrate carve \
         forge mend distil distill catch herd shear train judge referee busk compose teach lecture review test plan do own study cook \
         rehearse practise practice race import export proofread subtitle dub animate curate catalogue chair moderate babysit nurse \
         look_after care_for volunteer patrol pilot drum swim cycle climb hike surf ski skate box fence garden bird commute",
    )
});
/// Such objects are of the moment, or of the conversation.
static PASSING_OBJECTS: Words = std::sync::LazyLock::new(|| {
    set(
        "test script command code file function query server app loop model mistake sense progress plan note change call excuse fun money \
         sure thing stuff problem risk error program line email mail message report way point word game role part trick joke fool fun \
         devil's attention track decision effort list summary noise mind pace score up calculation analysis spreadsheet \
         document container pipeline class method request response ticket branch commit instance notebook website page errand circle \
         coffee dinner lunch breakfast tea bill homework exercise argument case distinction living best worst same both it work job research",
    )
});
/// What is done "the" way: a post, a round, a class.
static WITH_THE: Words = std::sync::LazyLock::new(|| {
    set("do drive run manage lead coach conduct teach edit chair clean maintain ride train plan")
});

/// What the predicate says, and where it ends.
pub(super) fn told(scan: &Scan<'_, '_>) -> Option<(usize, String)> {
    let start = scan.tokens.iter().take(2).take_while(|token| is_soft(token)).count();
    let verb = scan.tokens.get(start).filter(|token| token.is_word())?;
    match &*verb.word {
        "have" => since(scan, start),
        word if LASTING.contains(word) => lasting(scan, start),
        word if word.ends_with("ed")
            || matches!(word, "taught" | "ran" | "drove" | "sang" | "wrote" | "sold" | "kept") =>
        {
            for_years(scan, start)
        }
        _ => None,
    }
}

fn is_soft(token: &Token<'_>) -> bool {
    SOFT_ADVERBS.contains(&*token.word) && !token.is("do")
}

/// "milk 120 cows outside Monroe", "sing in a choir on Wednesdays".
fn lasting(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, String)> {
    let verb = &scan.tokens[at];
    let mut reach = phrase_end(scan, at + 1, WORDS_MAX);
    // "violin making here in Cremona".
    let here = scan.tokens[at + 1..reach].iter().position(|token| matches!(&*token.word, "here" | "there"));
    let placed = here.is_some_and(|here| scan.tokens.get(at + 2 + here).is_some_and(|next| next.is("in")));
    if let Some(here) = here.filter(|here| placed && *here > 0) {
        reach = at + 1 + here;
    }
    let frequency = dates::frequency_at(scan.tokens, reach);
    let object = scan.tokens.get(at + 1..reach)?;
    if object.is_empty() && frequency.is_none() || names_the_moment(object) {
        return None;
    }
    // A day makes it a plan.
    if dates::date_at(scan.tokens, reach, scan.calendar).is_some_and(|(end, _)| end > reach)
        && frequency.is_none()
    {
        return None;
    }
    let with_the = object.first().is_some_and(|token| token.is("the"));
    if with_the && !WITH_THE.contains(&*verb.word) {
        return None;
    }
    if !(frequency.is_some() || placed || lasts(object))
        || verb.is("do") && !is_occupation(object, frequency.is_some())
    {
        return None;
    }
    let mut end = frequency.unwrap_or(reach);
    // "on Thursdays at my place".
    if frequency.is_some() && scan.tokens.get(end).is_some_and(is_preposition) {
        let tail = phrase_end(scan, end, 5);
        if tail > end + 1 && !scan.tokens[end..tail].iter().any(is_of_the_moment) {
            end = tail;
        }
    }
    let mut rest = reported(&scan.tokens[at + 1..end]);
    if let Some((place_end, place)) =
        placed.then(|| proper::place(scan, reach + 2)).flatten().filter(|_| frequency.is_none())
    {
        rest = format!("{rest} in {}", place.text);
        end = place_end;
    }
    Some((end, format!("{} {}", third_person(&verb.word), rest.trim())))
}

/// What shows that it is no single deed: how many, things in general, a place by its name, an employer.
fn lasts(object: &[Token<'_>]) -> bool {
    let Some(first) = object.first() else { return false };
    let head = object.iter().take_while(|token| !is_preposition(token)).last();
    let in_general = head.is_some_and(|token| {
        token.is_word()
            && token.word.ends_with('s')
            && !token.word.ends_with("ss")
            && !matches!(&*first.word, "the" | "a" | "an" | "my" | "this")
    });
    let counted = first.kind == Kind::Number && object.len() > 1;
    let placed = object.iter().enumerate().any(|(at, token)| {
        is_preposition(token)
            && object[at + 1..]
                .iter()
                .any(|word| word.is_capitalised() && word.is_word() || has(&work::EMPLOYERS, &word.word))
    });
    let own =
        object.windows(2).any(|pair| is_preposition(&pair[0]) && matches!(&*pair[1].word, "my" | "our"));
    in_general || counted || placed || own
}

fn is_preposition(token: &Token<'_>) -> bool {
    matches!(
        &*token.word,
        "at" | "in"
            | "for"
            | "near"
            | "outside"
            | "from"
            | "on"
            | "with"
            | "behind"
            | "to"
            | "around"
            | "across"
            | "of"
    )
}

/// "do the corporate returns at a firm in Breda", "do drag on Saturdays", not "do a lot for you".
fn is_occupation(object: &[Token<'_>], often: bool) -> bool {
    let vague = object.iter().any(|token| {
        matches!(
            &*token.word,
            "this"
                | "lot"
                | "well"
                | "better"
                | "everything"
                | "anything"
                | "something"
                | "so"
                | "not"
                | "my"
        )
    });
    let living =
        object.windows(3).any(|words| words[0].is("for") && words[1].is("a") && words[2].is("living"));
    let counted = object.first().is_some_and(|token| token.kind == Kind::Number);
    !counted && !vague && (often || living || object.iter().skip(1).any(is_preposition))
}

/// Whether it points at the conversation, or what it names is of the moment.
fn names_the_moment(object: &[Token<'_>]) -> bool {
    let head = object.iter().take_while(|token| !is_preposition(token)).last();
    let for_somebody =
        object.iter().any(|token| has(&work::EMPLOYERS, &token.word) || token.is_capitalised());
    object.iter().any(points)
        || head
            .is_some_and(|head| has(&PASSING_OBJECTS, &head.word) || is_of_the_moment(head) && !for_somebody)
}

/// Whether the word leads out of what somebody does.
fn points(token: &Token<'_>) -> bool {
    is_pointing(token)
        || token.kind == Kind::Quote
        || matches!(
            &*token.word,
            "me" | "us"
                | "not"
                | "what"
                | "how"
                | "when"
                | "that"
                | "into"
                | "out"
                | "up"
                | "down"
                | "away"
                | "off"
                | "over"
                | "by"
        )
}

fn is_of_the_moment(token: &Token<'_>) -> bool {
    points(token)
        || has(&PASSING_OBJECTS, &token.word)
        || has(&things::PASSING_TASTES, &token.word)
            && !matches!(&*token.word, "break" | "step" | "steps" | "photo" | "photos" | "bit" | "time")
}

/// "have played cello since I was five", "have been teaching for ten years".
fn since(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, String)> {
    let mut verb = at + 1;
    while scan.tokens.get(verb).is_some_and(is_soft) {
        verb += 1;
    }
    let participle = scan.tokens.get(verb).filter(|token| token.is_word())?;
    let been = participle.is("been");
    let known = been && scan.tokens.get(verb + 1).is_some_and(|next| next.word.ends_with("ing"))
        || participle.word.ends_with("ed") && participle.word.len() > 4
        || matches!(
            &*participle.word,
            "done"
                | "taught"
                | "run"
                | "driven"
                | "sung"
                | "written"
                | "grown"
                | "made"
                | "kept"
                | "sold"
                | "ridden"
                | "built"
        );
    let first = verb + 1 + usize::from(been);
    let reach = phrase_end(scan, first.min(scan.tokens.len()), WORDS_MAX);
    let end = duration_end(scan, reach)?;
    let object = scan.tokens.get(first..reach)?;
    let idle = matches!(
        &*scan.tokens[first - 1].word,
        "waiting"
            | "trying"
            | "thinking"
            | "wondering"
            | "looking"
            | "having"
            | "getting"
            | "using"
            | "working"
            | "living"
            | "wanted"
            | "needed"
            | "asking"
            | "tried"
            | "known"
            | "used"
            | "going"
    );
    (known && !idle && !object.iter().any(points))
        .then(|| (end, format!("has {}", reported(&scan.tokens[verb..end]))))
}

/// "taught geography for thirty-six years".
fn for_years(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, String)> {
    let reach = phrase_end(scan, at + 1, WORDS_MAX);
    let object = scan.tokens.get(at + 1..reach)?;
    let end = duration_end(scan, reach).filter(|_| scan.tokens[reach].is("for"))?;
    let years = scan.tokens[reach..end]
        .iter()
        .any(|token| token.word.starts_with("year") || token.word.starts_with("decade"));
    let idle = matches!(
        &*scan.tokens[at].word,
        "waited" | "tried" | "wanted" | "wondered" | "needed" | "used" | "lived" | "worked" | "looked"
    );
    (years && !idle && !object.iter().any(points)).then(|| (end, reported(&scan.tokens[at..end])))
}

/// Behind "for eleven years", "since 2015", "since I was five", "my whole life".
fn duration_end(scan: &Scan<'_, '_>, at: usize) -> Option<usize> {
    let word = |offset: usize| scan.tokens.get(at + offset).map_or("", |token| &*token.word);
    match word(0) {
        "for" => (1..6)
            .find(|offset| matches!(word(*offset), "years" | "year" | "decades" | "months" | "ages"))
            .map(|offset| at + offset + 1),
        "since" if matches!((word(1), word(2)), ("i", "was")) => {
            let end = at + 3 + usize::from(matches!(word(3), "a" | "about" | "little")) + 1;
            (end <= scan.tokens.len()).then_some(end)
        }
        "since" if matches!(word(1), "my" | "our" | "the") => (2..9)
            .find(|offset| matches!(word(*offset), "was" | "were" | "started" | "left" | "died"))
            .map(|offset| phrase_end(scan, at + offset + 1, 5)),
        "since" => dates::date_at(scan.tokens, at, scan.calendar).map(|(end, _)| end).or_else(|| {
            let named = matches!(
                word(1),
                "childhood" | "school" | "university" | "uni" | "college" | "birth" | "undergrad"
            );
            named.then_some(at + 2)
        }),
        "all" | "my" if word(1) == "my" || word(1) == "whole" => {
            let end = at + 2 + usize::from(word(2) == "life");
            (end > at + 2).then_some(end)
        }
        _ => None,
    }
}
