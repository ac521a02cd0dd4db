//! Explicit wishes about the memory: "remember that …", "forget …".

use std::sync::LazyLock;

use domain::Timestamp;
use domain::memory::{MemoryType, NewMemory};

use super::clauses::{self, Sentence};
use super::grammar::{begun, reported, third_person};
use super::statement::entities;
use super::tokens::{self, Token};
use super::{Claim, Command, bounded, own_text, phrases::Phrases, traps};

/// What is asked for explicitly matters at least this much.
const IMPORTANCE_MIN: f32 = 0.8;

static POLITE: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "please",
        "also",
        "and",
        "hey",
        "ok",
        "okay",
        "so",
        "oh",
        "hi",
        "hello",
        "now",
        "just",
        "can you",
        "could you",
        "would you",
        "will you",
        "i want you to",
        "i would like you to",
        "i need you to",
        "kindly",
        "actually",
        "but",
        "btw",
        "by the way",
        ",",
        "!",
        ":",
        "no",
        "yes",
        "well",
        "then",
        "you should",
        "you can",
        "you may",
    ])
});
static REMEMBER: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "do not forget that",
        "do not forget :",
        "do not forget ,",
        "do not ever forget that",
        "never forget that",
        "remember that",
        "remember :",
        "remember -",
        "keep in mind that",
        "keep in mind :",
        "keep in mind ,",
        "bear in mind that",
        "make a note that",
        "make a note :",
        "take a note that",
        "take note that",
        "note that",
        "note :",
        "take a note :",
        "note down that",
        "note down :",
        "write down that",
        "save this :",
        "save that",
        "remember this :",
        "remember the following :",
        "remember for next time that",
        "remember for me that",
        "remember for later that",
        "memorize that",
        "memorise that",
        "store that",
        "add to your memory that",
        "add to memory :",
        "add to memory that",
        "for future reference ,",
        "for future reference :",
        "remember",
        "do not forget",
    ])
});
static FORGET: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "forget what i said about",
        "forget what i told you about",
        "forget everything i said about",
        "forget everything i told you about",
        "forget everything about",
        "forget everything you know about",
        "forget all about",
        "forget that i said",
        "forget that i told you",
        "forget that",
        "forget about",
        "forget",
        "delete the memory that",
        "delete the memory about",
        "delete what you know about",
        "delete my",
        "remove the memory that",
        "remove the memory about",
        "erase what you know about",
        "erase the memory of",
        "erase my",
        "stop remembering that",
        "stop remembering",
        "do not remember that",
        "do not remember",
        "unlearn that",
        "remove from your memory that",
        "delete from your memory that",
    ])
});

/// A wish to forget that does not say what: "forget it" may be no more than "never mind".
static FORGET_UNNAMED: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "forget that",
        "forget this",
        "forget everything",
        "forget all of it",
        "forget everything you know",
        "forget everything you know about me",
        "forget all you know about me",
        "forget everything about me",
        "forget everything i told you",
        "forget everything i said",
        "forget what i said",
        "forget what i just said",
        "forget what i told you",
        "forget me",
        "delete that",
        "delete this",
        "delete everything",
        "delete all memories",
        "delete all my memories",
        "delete everything you know about me",
        "erase that",
        "erase everything",
        "wipe everything",
        "wipe your memory",
        "clear your memory",
        "do not remember that",
        "do not remember this",
    ])
});

/// What the user asks the memory to do, if the message is such a wish.
pub fn command(message: &str) -> Option<Command> {
    let message = bounded(message);
    let tokens = tokens::tokens(message, &own_text::masked(message));
    let sentences = clauses::sentences(tokens);
    let meant = traps::meant(&sentences);
    sentences[..meant].iter().find_map(of_sentence)
}

fn of_sentence(sentence: &Sentence<'_>) -> Option<Command> {
    let tokens = &sentence.tokens;
    let start = behind_politeness(tokens);
    let rest = &tokens[start..];
    // "Do you remember my name?" asks; "Can you remember that I hate olives?" asks politely.
    let politely = start > 0 && matches!(&*tokens[start - 1].word, "you" | "please");
    if sentence.question && !politely {
        return None;
    }
    let says_no_more = |length: usize| rest[length..].iter().all(|token| token.is("please") || token.is(","));
    if FORGET_UNNAMED.length_at(rest, 0).is_some_and(says_no_more) {
        return Some(Command::ForgetUnnamed);
    }
    if let Some(length) = FORGET.length_at(rest, 0) {
        // Whose it is belongs to what is meant.
        let length = length - usize::from(rest[length - 1].is("my"));
        let about = about(&rest[length..])?;
        let idle = matches!(&*rest[length].word, "it" | "to" | "how" | "why" | "me")
            || length == 2 && rest[1].is("about") && rest[2].is("it");
        return (!idle).then_some(Command::Forget(about));
    }
    let length = REMEMBER.length_at(rest, 0)?;
    let first = rest.get(length)?;
    let bare = length == 1 || rest[length - 1].is("forget");
    // "Remember when …", "remember to …", "remember me?" tell nothing.
    let idle = matches!(
        &*first.word,
        "when"
            | "to"
            | "me"
            | "how"
            | "what"
            | "the"
            | "this"
            | "it"
            | "who"
            | "where"
            | "why"
            | "last"
            | "always"
            | "us"
            | "you"
            | "your"
            | "if"
    );
    if bare && idle || matches!(&*first.word, "to" | "you" | "your" | "always" | "never") {
        return None;
    }
    about(&rest[length..]).map(Command::Remember)
}

fn about(tokens: &[Token<'_>]) -> Option<std::ops::Range<usize>> {
    let first = tokens.first()?;
    // "Forget what I said about Piers, he does not like it": the reason is not what is meant.
    let reason = (1..tokens.len()).find(|at| {
        let next = tokens.get(at + 1).map_or("", |token| &*token.word);
        tokens[*at].is("because")
            || tokens[*at].is(",")
                && matches!(
                    next,
                    "he" | "she" | "it" | "they" | "that" | "this" | "i" | "we" | "you" | "because"
                )
    });
    let tokens = &tokens[..reason.unwrap_or(tokens.len())];
    // "You can forget about Bella now", "erase my dog from your memory".
    let from_memory = tokens.windows(3).position(|three| {
        three[0].is("from") && (three[1].is("your") || three[1].is("the")) && three[2].is("memory")
    });
    let tokens = &tokens[..from_memory.unwrap_or(tokens.len())];
    let last = tokens.iter().rfind(|token| !token.is("please") && !token.is(",") && !token.is("now"))?;
    (last.range.end > first.range.start).then_some(first.range.start..last.range.end)
}

fn behind_politeness(tokens: &[Token<'_>]) -> usize {
    let mut at = 0;
    while let Some(length) = POLITE.length_at(tokens, at) {
        at += length;
    }
    at
}

/// Raises what was asked for, and keeps what no rule understands as it was said.
pub(super) fn apply(message: &str, sentences: &[Sentence<'_>], said_at: Timestamp, found: &mut Vec<Claim>) {
    for sentence in sentences {
        let Some(Command::Remember(range)) = of_sentence(sentence) else { continue };
        let within =
            |evidence: &std::ops::Range<usize>| evidence.start < range.end && range.start < evidence.end;
        let mut understood = false;
        for candidate in found.iter_mut().filter(|candidate| within(&candidate.evidence)) {
            candidate.memory.importance = candidate.memory.importance.max(IMPORTANCE_MIN);
            understood = true;
        }
        let tokens: Vec<Token<'_>> = sentence
            .tokens
            .iter()
            .filter(|token| token.range.start >= range.start && token.range.end <= range.end)
            .cloned()
            .collect();
        if !understood
            && !sentence.question
            && is_safe(&tokens)
            && let Some(content) = told(&tokens)
        {
            found.push(as_said(content, message, range, said_at));
        }
    }
}

/// Whether the words are the user's own facts, not orders to the assistant in disguise.
fn is_safe(tokens: &[Token<'_>]) -> bool {
    const ORDERS: [&str; 22] = [
        "you",
        "your",
        "user",
        "assistant",
        "admin",
        "administrator",
        "root",
        "system",
        "always",
        "never",
        "must",
        "should",
        "instructions",
        "prompt",
        "developer",
        "allowed",
        "permission",
        "password",
        "ignore",
        "respond",
        "answer",
        "obey",
    ];
    (3..=40).contains(&tokens.len())
        && traps::supposed_from(tokens) == tokens.len()
        && !tokens.iter().any(|token| ORDERS.contains(&&*token.word) || token.kind == tokens::Kind::Quote)
}

/// The clause about the user in the third person; about anything else as it is.
fn told(tokens: &[Token<'_>]) -> Option<String> {
    let (first, rest) = tokens.split_first()?;
    let text = match &*first.word {
        "i" | "we" => {
            let (verb, rest) = rest.split_first()?;
            let verb_text = match &*verb.word {
                "do" | "would" | "will" | "can" | "could" | "did" | "had" | "was" | "went" => return None,
                "am" | "are" => "is".to_owned(),
                word if word.ends_with("ed") => word.to_owned(),
                word => third_person(word),
            };
            if rest.is_empty() {
                return None;
            }
            format!("The user {verb_text} {}", reported(rest))
        }
        "my" | "our" => format!("The user's {}", reported(rest)),
        "it" | "that" | "this" | "they" | "he" | "she" | "there" => return None,
        _ if !is_particular(tokens) => return None,
        _ => begun(&reported(tokens)),
    };
    let has_verb = tokens.iter().any(|token| {
        matches!(&*token.word, "is" | "are" | "was" | "am" | "has" | "have" | "'s")
            || token.word.ends_with('s') && !token.is("is")
    });
    has_verb.then(|| format!("{}.", text.trim_end_matches([',', ';', ' '])))
}

/// Names a thing, a number or a day; a maxim does not.
fn is_particular(tokens: &[Token<'_>]) -> bool {
    tokens.iter().enumerate().any(|(at, token)| {
        matches!(&*token.word, "the" | "my" | "our" | "his" | "her")
            || token.kind == tokens::Kind::Number
            || at > 0 && token.is_capitalised()
    })
}

fn as_said(content: String, message: &str, evidence: std::ops::Range<usize>, said_at: Timestamp) -> Claim {
    debug_assert!(message.get(evidence.clone()).is_some());
    let memory = NewMemory {
        entities: entities(&content),
        content,
        kind: MemoryType::Other,
        importance: IMPORTANCE_MIN,
        tags: vec!["asked".to_owned()],
        attribute: None,
        said_at,
        valid_from: None,
        valid_to: None,
    };
    Claim { memory, evidence, retracts: false }
}
