//! What a clause tells, in the user's own words: for what no pattern foresees.
//!
//! People say most of what matters in words of their own ("we've got the builders in since Easter"). Such a clause is
//! turned into the third person as it stands, its day resolved, and kept if [`super::worth`] finds that it will matter
//! another day.

use std::ops::Range;

use domain::Timestamp;
use domain::memory::{MemoryType, NewMemory};

use super::clauses::{self, Sentence};
use super::dates::{self, Calendar, When};
use super::grammar::{begun, reported, third_person};
use super::slots::Scan;
use super::statement::entities;
use super::subjects::Known;
use super::tokens::{Kind, Token, written};
use super::words::grammar::SOFT_ADVERBS;
use super::words::{Words, set};
use super::{Claim, Ended, RuleContext};

mod endings; // what a clause tells the end of
mod merged; // clauses beside what patterns have found in them
mod signs; // what the worth of a clause is told from
mod subject; // what a clause is about

use endings::{ended, says_it_ended};
pub(super) use merged::merged;
use signs::signs;
pub(super) use subject::names_a_text;
use subject::{Subject, named_subject, subject};

/// Shorter clauses say too little by themselves, longer ones are stories.
const TOKENS_MIN: usize = 5;
/// "I deleted Instagram", "Maisie's 11".
const SHORT_TOKENS_MIN: usize = 3;
const TOKENS_MAX: usize = 40;

/// Verbs whose past is no "-ed", as they stand behind "I".
static PAST: Words = std::sync::LazyLock::new(|| {
    set(
        "was were had did went got made took came saw knew thought said told gave found left felt became began kept held wrote stood heard \
         met ran paid sat spoke led grew lost fell sent built spent won bought caught taught sold brought drove chose wore broke slept ate \
         drank flew rode sang swam threw woke hid hit cut put set let hurt quit split bet cost read fought understood forgot forgave \
         stuck dug hung shot shook stole swore tore bit blew drew froze rang rose sank sprang swung wound wept bled bred fed fled lent lit \
         meant dealt dreamt learnt spelt burnt leapt knelt shut spat spread upset",
    )
});
/// Behind these a day says until or since when, not on which.
const BOUNDS: [&str; 8] = ["since", "until", "till", "before", "after", "by", "every", "than"];

/// How far into a clause the words of [`CODE`] are looked for.
const CODE_REACH: usize = 6;
/// Where these stand it is about the work at hand.
static CODE: Words = std::sync::LazyLock::new(|| {
    set(
        "textbook worksheet homework class classes code function method variable gpu gpus api css div html sql query repo commit bug attribute array loop dataframe regex endpoint docker",
    )
});

/// What somebody else says is theirs.
const SAYING: [&str; 18] = [
    "saying", "telling", "says", "said", "say", "told", "tells", "asked", "asks", "claims", "claimed",
    "insists", "reckons", "thinks", "thought", "swears", "joked", "wrote",
];

/// What is wished, supposed or meant to be is not so yet.
const SUPPOSING: [&str; 13] = [
    "wish", "may", "might", "would", "could", "should", "if", "guess", "doubt", "heard", "wonder", "suppose",
    "imagine",
];

/// A clause that may be worth remembering.
#[derive(Clone)]
pub(super) struct Told {
    pub(super) claim: Claim,
    /// What it tells the end of.
    pub(super) ended: Option<(String, Ended)>,
    /// What speaks for or against it, for the model of its worth.
    pub(super) signs: Vec<String>,
}

/// The clauses of a sentence in the order in which they are told.
pub(super) fn told(
    sentence: &Sentence<'_>,
    scan: &Scan<'_, '_>,
    known: Known<'_>,
    said_at: Timestamp,
    context: &RuleContext,
) -> Vec<Told> {
    let tokens = &sentence.tokens;
    let mut found = Vec::new();
    let mut behind = 0;
    for start in clauses::starts(sentence, scan.calendar) {
        let end = clauses::end(tokens, start);
        let length = end - start;
        if start < behind || !(SHORT_TOKENS_MIN..=TOKENS_MAX).contains(&length) {
            continue;
        }
        let tells_much =
            || ended(&tokens[start + 1..end], scan).is_some() || named_subject(scan, start).is_some();
        if length < TOKENS_MIN && !tells_much() {
            continue;
        }
        if tokens[start..end].iter().any(|token| matches!(token.kind, Kind::Quote | Kind::Break)) {
            continue;
        }
        // "… since I was 22" tells when, no more.
        let tells_when = start.checked_sub(1).is_some_and(|at| {
            matches!(&*tokens[at].word, "since" | "when" | "until" | "till" | "before" | "after" | "while")
        });
        if tells_when && tokens[start..end].iter().take(3).any(|token| token.is("was")) {
            continue;
        }
        let clause = Scan { tokens: &tokens[..end], ..*scan };
        let Some(subject) = subject(&clause, start, known) else { continue };
        // The verb of somebody else may stand behind more: "my mum in Ibadan would faint".
        let reach = if subject.of_user { 3 } else { 6 };
        if subject
            .predicate
            .iter()
            .take(reach)
            .any(|token| SUPPOSING.contains(&&*token.word) && !(token.is("may") && token.is_capitalised()))
            || subject.predicate.iter().take(CODE_REACH).any(|token| CODE.contains(&*token.word))
        {
            continue;
        }
        if !subject.of_user
            && subject.predicate.iter().take(reach).any(|token| SAYING.contains(&&*token.word))
        {
            continue;
        }
        if is_where_one_is_just_now(&tokens[start..end]) {
            continue;
        }
        behind = end;
        found.extend(tell(&subject, tokens, start..end, scan, said_at, context));
    }
    found
}

/// "My dad is in the kitchen now".
fn is_where_one_is_just_now(clause: &[Token<'_>]) -> bool {
    let last = clause.last().is_some_and(|token| token.is("now"));
    let at = clause.windows(2).position(|pair| {
        matches!(&*pair[0].word, "is" | "are" | "'s") && matches!(&*pair[1].word, "in" | "at" | "on")
    });
    last && at.is_some_and(|at| clause[at + 2..].iter().all(|token| !token.is_capitalised()))
}

fn tell(
    subject: &Subject<'_>,
    tokens: &[Token<'_>],
    clause: Range<usize>,
    scan: &Scan<'_, '_>,
    said_at: Timestamp,
    context: &RuleContext,
) -> Option<Told> {
    let (verb_at, past) = verb(subject);
    let inner = day(&subject.predicate, scan.calendar).and_then(|(range, _)| {
        let past = is_told_of_the_past(subject, verb_at, range.start);
        day(&subject.predicate, Calendar { past, ..scan.calendar })
    });
    if let Some((range, _)) = &inner
        && goes_on_in_time(&subject.predicate[range.end..])
    {
        return None;
    }
    let leading = super::reader::leading_date(tokens, clause.start, Calendar { past, ..scan.calendar });
    let mut words = match &inner {
        Some((range, when)) => {
            let (before, after) = (&subject.predicate[..range.start], &subject.predicate[range.end..]);
            let said = predicate(subject, before, verb_at);
            let when = behind(&said, &when.text);
            [said.as_str(), when, reported(after).trim()].join(" ")
        }
        None => predicate(subject, &subject.predicate, verb_at),
    };
    let when = inner.map(|(_, when)| when).or_else(|| {
        let when = leading?;
        words = format!("{words} {}", when.text);
        Some(when)
    });
    if matches!(subject.kind, "left_out" | "verb_first") && tokens[clause.start].is_capitalised() {
        // It began the sentence.
        let first = tokens[clause.start].text;
        words = words.replacen(first, &first.to_lowercase(), 1);
    }
    let content = match subject.phrase.as_str() {
        "" => begun(&of_the_user(&words)),
        // "My mum's visiting" is a sentence, "my mum's visit" would be none.
        phrase if let Some(said) = words.strip_prefix("'s ").filter(|_| contracts(subject)) => {
            format!("{phrase} is {said}")
        }
        phrase if subject.kind == "named" => format!("{phrase} {}", of_the_user(&words)),
        // "The user's sister's in Leeds".
        phrase if words.starts_with('\'') => format!("{phrase}{words}"),
        phrase => format!("{phrase} {words}"),
    };
    let content = format!("{}.", without_ending(&content)).replace(" ,", ",").replace("  ", " ");
    let last = tokens[clause.clone()].iter().map(|token| token.range.end).max()?;
    let signs = signs(subject, tokens, &clause, verb_at, past, when.as_ref(), scan.calendar);
    let bounds =
        when.as_ref().filter(|when| !when.is_vague()).and_then(|when| when.bounds(&context.time_zone));
    let to_come = when.as_ref().is_some_and(|when| when.to >= scan.calendar.today);
    let predicate = &subject.predicate[verb_at.min(subject.predicate.len())..];
    let ended =
        ended(predicate, scan).filter(|_| subject.of_user).map(|(what, ended)| (written(what), ended));
    let ends = ended.is_some() || says_it_ended(&tokens[clause.clone()]);
    let memory = NewMemory {
        kind: if when.is_some() { MemoryType::Event } else { MemoryType::Fact },
        importance: if subject.of_user { 0.5 } else { 0.4 },
        tags: vec!["told".to_owned()],
        entities: entities(&content),
        attribute: None,
        said_at,
        valid_from: bounds.map(|(from, _)| from),
        valid_to: bounds.map(|(_, to)| to).filter(|_| to_come),
        content,
    };
    let evidence = tokens[clause.start].range.start..last;
    Some(Told { claim: Claim { memory, evidence, retracts: ends }, signs, ended })
}

/// The day without its own preposition where one stands before it: "the weekend of 2026-02-28".
fn behind<'w>(said: &str, when: &'w str) -> &'w str {
    let last = said.rsplit(' ').next().unwrap_or_default();
    let is_led = matches!(last, "to" | "of" | "for" | "until" | "till" | "from" | "by" | "since");
    if is_led { dates::bare(when) } else { when }
}

/// Without what is said to somebody, not of something: "lol", "by the way".
fn without_ending(text: &str) -> &str {
    const ENDINGS: [&str; 19] = [
        " lol",
        " haha",
        " btw",
        " by the way",
        " too",
        " though",
        " tho",
        " anyway",
        " please",
        " pls",
        " thanks",
        " you know",
        " instead",
        " ironically",
        " obviously",
        " honestly",
        " apparently",
        " now",
        " rn",
    ];
    let mut text = text;
    loop {
        text = text.trim().trim_end_matches([',', ';', ':', '-', ' ', '.']);
        match ENDINGS.iter().find_map(|ending| text.strip_suffix(ending)) {
            Some(shorter) => text = shorter,
            None => return text,
        }
    }
}

/// "'s visiting", "'s being replaced": the verb, not whose it is.
fn contracts(subject: &Subject<'_>) -> bool {
    subject.predicate.get(1).is_some_and(|next| next.word.len() > 4 && next.word.ends_with("ing"))
}

/// Where the verb of the predicate is, and whether it tells of what was.
fn verb(subject: &Subject<'_>) -> (usize, bool) {
    let soft = |token: &&Token<'_>| {
        SOFT_ADVERBS.contains(&*token.word) && !token.is("do")
            || matches!(&*token.word, "never" | "often" | "sometimes" | "only" | "all")
            || token.word.len() > 4 && token.word.ends_with("ly")
    };
    let at = subject.predicate.iter().take(3).take_while(soft).count();
    let word = subject.predicate.get(at).map_or("", |token| &*token.word);
    (at, is_past(word))
}

/// Whether the day at `at` has been: the verb nearest before it tells, as in "my plumber retired in March" and "I handed in
/// my notice, my last day is 31 May".
fn is_told_of_the_past(subject: &Subject<'_>, verb_at: usize, at: usize) -> bool {
    const PRESENT: [&str; 25] = [
        "start", "begin", "leave", "arrive", "fly", "move", "finish", "is", "'s", "are", "am", "will", "has",
        "have", "can", "gets", "starts", "begins", "ends", "comes", "opens", "leaves", "arrives", "runs",
        "expires",
    ];
    // The first word of "plumber retired" is no verb, nor is that of "booked flight".
    let first = verb_at + usize::from(subject.kind == "thing");
    let words: Vec<&str> = subject.predicate.iter().take(at).skip(first).map(|token| &*token.word).collect();
    // What was moved, booked or signed up for is to come.
    let arranged = |word: &&str| {
        matches!(
            *word,
            "postponed"
                | "moved"
                | "rescheduled"
                | "pushed"
                | "shifted"
                | "delayed"
                | "changed"
                | "switched"
                | "scheduled"
                | "booked"
                | "planned"
                | "registered"
                | "signed"
                | "reserved"
                | "invited"
                | "due"
        )
    };
    if words.iter().any(arranged) {
        return false;
    }
    let verb = words.iter().rposition(|word| PRESENT.contains(word) || is_past(word));
    // "I've booked a table for Friday".
    let perfect = |verb: usize| {
        verb.checked_sub(1).is_some_and(|before| {
            matches!(
                words[before],
                "have" | "has" | "am" | "is" | "'s" | "are" | "be" | "being" | "been" | "just"
            )
        })
    };
    // "We're getting the roof fixed on Friday", "is getting married in June".
    let arranges = |verb: usize| {
        words[..verb].iter().rev().take(5).any(|word| matches!(*word, "get" | "gets" | "getting"))
    };
    verb.is_some_and(|verb| is_past(words[verb]) && !perfect(verb) && !arranges(verb))
}

fn is_past(word: &str) -> bool {
    word.len() > 3 && word.ends_with("ed") && word != "need" || PAST.contains(word)
}

fn is_modal(word: &str) -> bool {
    matches!(
        word,
        "could" | "would" | "should" | "might" | "must" | "will" | "can" | "cannot" | "shall" | "may"
    )
}

/// The predicate in the third person.
fn predicate(subject: &Subject<'_>, tokens: &[Token<'_>], verb_at: usize) -> String {
    let Some(verb) = tokens.get(verb_at).filter(|_| subject.of_user) else {
        return reported(tokens).trim().to_owned();
    };
    let word = &*verb.word;
    let agreed = match word {
        "were" => "was".to_owned(),
        _ if is_past(word) || is_modal(word) || !verb.is_word() => word.to_owned(),
        _ => third_person(word),
    };
    let emphasis = |token: &&Token<'_>| {
        !matches!(&*token.word, "actually" | "really" | "honestly" | "literally" | "basically" | "obviously")
    };
    let before: Vec<Token<'_>> = tokens[..verb_at].iter().filter(emphasis).cloned().collect();
    let before = reported(&before);
    // "I've got a dog": to have it.
    let got = usize::from(
        word == "have"
            && tokens.get(verb_at + 1).is_some_and(|next| next.is("got"))
            && tokens.len() > verb_at + 2,
    );
    let tokens = &tokens[got..];
    let mut after = reported(&tokens[verb_at + 1..]);
    if agreed != word {
        after = second_verbs_agreed(&after);
    }
    // "don't" is one word, and so was its beginning.
    if tokens.get(verb_at + 1).is_some_and(|next| next.gap.is_empty() && !next.is("not"))
        && !after.starts_with([',', '-'])
    {
        after.insert(0, ' ');
    }
    let gap = if after.starts_with([' ', ',']) || after.is_empty() { "" } else { " " };
    format!("{before} {agreed}{gap}{after}").trim().to_owned()
}

/// "uses a cane and have a dog" with its second verb in the third person, too; what others do, or is to be done, stays.
fn second_verbs_agreed(text: &str) -> String {
    const VERBS: [&str; 4] = ["have", "need", "want", "use"];
    let words = ["to", "who", "that", "which"];
    let bound =
        text.split(' ').take_while(|word| !words.contains(word)).map(|word| word.len() + 1).sum::<usize>();
    let (own, rest) = text.split_at(bound.min(text.len()));
    let mut agreed = own.to_owned();
    for verb in VERBS {
        for joint in ["and", "but"] {
            agreed =
                agreed.replace(&format!(" {joint} {verb} "), &format!(" {joint} {} ", third_person(verb)));
        }
    }
    agreed + rest
}

/// The first day that the words name, where it says when.
fn day(tokens: &[Token<'_>], calendar: Calendar) -> Option<(Range<usize>, When)> {
    (1..tokens.len())
        .filter(|at| ![at - 1, *at].iter().any(|at| BOUNDS.contains(&&*tokens[*at].word)))
        .filter(|at| !is_description(tokens, *at))
        .find_map(|at| dates::date_at(tokens, at, calendar).map(|(end, when)| (at..end, when)))
}

/// "Sunday dinner", "of a Sunday", "Monday to Friday": a day of the week that names no single day.
fn is_description(tokens: &[Token<'_>], at: usize) -> bool {
    let weekday = dates::weekday(&tokens[at].word).is_some();
    let describes = tokens.get(at + 1).is_some_and(|next| {
        next.is_word()
            && !matches!(
                &*next.word,
                "at" | "in" | "with" | "for" | "and" | "morning" | "afternoon" | "evening" | "night" | "the"
            )
    });
    weekday && (describes || matches!(&*tokens[at - 1].word, "a" | "every" | "to" | "of" | "most" | "good"))
}

/// "from Monday to Friday", "in August, 8th to the 22nd": days that were not read to their end.
fn goes_on_in_time(after: &[Token<'_>]) -> bool {
    let mut words = after.iter().filter(|token| !token.is(",")).take(2);
    let (first, second) = (words.next(), words.next());
    let names_day =
        |token: &Token<'_>| dates::weekday(&token.word).is_some() || dates::day_number(token).is_some();
    first.is_some_and(|token| {
        names_day(token) && token.kind == Kind::Number && !token.text.ends_with(|c: char| c.is_ascii_digit())
    }) || first.is_some_and(|token| matches!(&*token.word, "to" | "till" | "until" | "through" | "-" | "–"))
        && second.is_some_and(names_day)
}

/// The user is named once, before "they" can mean them.
fn of_the_user(text: &str) -> String {
    let mut named = false;
    let words = text.split(' ').map(|word| match word {
        "their" if !named => {
            named = true;
            "the user's"
        }
        "they" | "them" if !named => {
            named = true;
            "the user"
        }
        word => word,
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crate::lifecycle::rules::{RuleContext, read};

    fn told(message: &str) -> Vec<String> {
        let said_at = "2026-11-23T10:00:00Z".parse().unwrap();
        let reading = read(message, said_at, &RuleContext::default());
        reading.clauses().map(|clause| clause.content.to_owned()).collect()
    }

    #[test]
    fn clauses_are_told_in_the_third_person() {
        for (message, expected) in [
            ("I've got a boat in the old harbour", "The user has a boat in the old harbour."),
            ("We keep twelve hives above Bohinj.", "The user keeps twelve hives above Bohinj."),
            (
                "my laptop is handed down from my cousin",
                "The user's laptop is handed down from their cousin.",
            ),
            ("My sister's getting the builders in", "The user's sister is getting the builders in."),
            ("Sold the romneys to a bloke next door", "The user sold the romneys to a bloke next door."),
            ("leasing the paddocks to a dairy farm", "The user is leasing the paddocks to a dairy farm."),
            ("I won't touch anything green, lol", "The user will not touch anything green."),
            ("Dinner is at my brother's in Cork", "Dinner is at the user's brother's in Cork."),
            ("The cast comes off my wrist tomorrow", "The cast comes off the user's wrist on 2026-11-24."),
            ("We've been in the flat since May 2019", "The user has been in the flat since May 2019."),
            ("I use a cane and have to rest a lot", "The user uses a cane and has to rest a lot."),
            ("I plan to sell the car and use the bus", "The user plans to sell the car and use the bus."),
        ] {
            assert_eq!(told(message), [expected], "{message}");
        }
    }

    #[test]
    fn what_is_wished_asked_or_said_by_others_is_not_told() {
        for message in [
            "I wish I had a house by the sea",
            "If I lived by the sea I would swim",
            "Do I have to water my ferns every day?",
            "My friend Eva says she is moving to Peru",
            "I'll be there from Monday to Friday next week",
            "they switched me to the early shift on the line",
        ] {
            assert_eq!(told(message), [""; 0], "{message}");
        }
    }
}
