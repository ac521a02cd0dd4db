//! What sounds like a statement and is none: suppositions, what others said, fiction, jokes, instructions.

use std::sync::LazyLock;

use super::clauses::Sentence;
use super::pattern::begins_with;
use super::phrases::Phrases;
use super::tokens::Token;

/// Once such a sentence is there, nothing after it is about the user.
static FICTION: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "pretend",
        "imagine",
        "roleplay",
        "role-play",
        "role play",
        "act as",
        "play the role",
        "you be",
        "in this scenario",
        "hypothetically",
        "for the sake of argument",
        "in my dream",
        "i dreamed",
        "i dreamt",
        "i had a dream",
        "in the story",
        "in my story",
        "in my novel",
        "in my book",
        "my character",
        "the character",
        "the protagonist",
        "the narrator",
        "main character",
        "fictional",
        "from the perspective of",
        "from the point of view",
        "once upon a time",
        "ignore previous",
        "ignore all",
        "ignore your",
        "ignore the previous",
        "ignore any",
        "disregard all",
        "disregard previous",
        "disregard the",
        "disregard your",
        "forget all previous",
        "forget your instructions",
        "system prompt",
        "system :",
        "assistant :",
        "the user is",
        "the user has",
        "the user wants",
        "the assistant should",
        "the assistant must",
        "developer mode",
        "you are now",
        "this is his",
        "this is her",
        "this is not him",
        "this is not her",
        "lyrics",
        "song goes",
        "sing me",
        "dear diary",
        "dating profile",
        "cover letter :",
        "user story",
        "user stories",
        "as a user",
        "sample text",
        "placeholder",
        "example sentence",
        "example sentences",
        "lorem ipsum",
    ])
});
/// Such a sentence takes back everything in the message.
static TAKEN_BACK: LazyLock<Phrases> = LazyLock::new(|| {
    Phrases::new(&[
        "just kidding",
        "jk",
        "i am joking",
        "i am kidding",
        "only joking",
        "only kidding",
        "just joking",
        "was a joke",
        "that is a joke",
        "text above",
        "above text",
        "sentence above",
        "above sentence",
        "sentences above",
        "paragraph above",
        "the above to",
        "the above into",
        "translate this",
        "translate that",
        "translate the above",
        "proofread this",
        "rephrase this",
        "rewrite this",
        "paraphrase this",
        "summarize this",
        "summarise this",
        "correct this sentence",
        "correct this text",
        "grammatically",
        "grammar of",
        "is this sentence",
        "name that song",
        "what song",
        "which song",
        "which movie",
        "what movie",
        "which film",
        "who said that",
        "who said this",
        "quote from",
        "song by",
        "sarcasm",
        "/s",
        "♪",
        "♫",
        "🎵",
        "🎶",
    ])
});
/// What somebody is asked to write; what comes after is that text, or about it.
const WRITTEN: &[&str] = &[
    "story",
    "poem",
    "song",
    "haiku",
    "limerick",
    "sonnet",
    "dialogue",
    "dialog",
    "screenplay",
    "script",
    "scene",
    "monologue",
    "rap",
    "fanfic",
    "joke",
    "sketch",
    "novel",
    "fable",
    "ballad",
    "riddle",
];
/// Requests to work on a text; what follows the colon is that text.
const TEXT_WORK: &[&str] = &[
    "translate",
    "proofread",
    "rewrite",
    "rephrase",
    "paraphrase",
    "summarise",
    "summarize",
    "correct",
    "edit",
    "improve",
    "fix",
    "check",
    "analyse",
    "analyze",
    "explain",
    "continue",
    "complete",
    "finish",
    "write",
    "draft",
    "compose",
    "generate",
    "create",
    "reply",
    "respond",
    "repeat",
    "say",
    "spell",
    "classify",
    "convert",
    "format",
    "polish",
    "shorten",
    "tag",
    "parse",
    "extract",
    "review",
    "turn",
    "make",
    "put",
];

/// The sentences that the user means: those before fiction begins, or none where all is taken back.
pub(super) fn meant(sentences: &[Sentence<'_>]) -> usize {
    if sentences.iter().any(|sentence| TAKEN_BACK.positions(&sentence.tokens).next().is_some()) {
        return 0;
    }
    sentences.iter().position(is_fiction).unwrap_or(sentences.len())
}

/// Whether the message goes on with a role play in which both have a part: "You be the customer, I'll be the trader".
pub(super) fn plays_a_role(message: &str, before: &[String]) -> bool {
    let has = |text: &str, phrases: &[&str]| phrases.iter().any(|phrase| text.contains(phrase));
    let ends = |text: &str| {
        has(
            text,
            &["stop", "out of character", "enough", "end of role", "for real", "in real", "just playing"],
        )
    };
    let begins = |text: &str| {
        has(
            text,
            &[
                "role play",
                "role-play",
                "roleplay",
                "you be ",
                "practice interview",
                "mock interview",
                "you're the ",
                "you’re the ",
                "you are the ",
            ],
        ) && has(
            text,
            &[
                "i'll be ",
                "i will be ",
                "i am ",
                "i'm ",
                "i’m ",
                "i’ll be ",
                "i play ",
                "i'll play ",
                "i’ll play ",
                "i'll do ",
            ],
        ) && has(text, &["role", "practice", "practise", "pretend", "play", "you be ", "interview", "scene"])
    };
    let said = std::iter::once(message).chain(before.iter().map(String::as_str)).map(str::to_lowercase);
    let turning_point = said.into_iter().find(|text| ends(text) || begins(text));
    turning_point.is_some_and(|text| begins(&text) && !ends(&text))
}

fn is_fiction(sentence: &Sentence<'_>) -> bool {
    let tokens = &sentence.tokens;
    let invites = |at: usize| {
        // "I can imagine" and "you can't pretend" are no invitations.
        let before = at.checked_sub(1).map_or("", |before| &*tokens[before].word);
        !matches!(&*tokens[at].word, "imagine" | "pretend")
            || at == 0 && tokens.len() > 1
            || at + 1 < tokens.len()
                && matches!(
                    before,
                    "please" | "us" | "just" | "and" | "," | ":" | "now" | "then" | "so" | "ok" | "to"
                )
    };
    if FICTION.positions(tokens).any(invites) {
        return true;
    }
    let asks_for_text = tokens.iter().take(8).position(|token| {
        matches!(&*token.word, "write" | "tell" | "compose" | "create" | "generate" | "draft" | "make")
    });
    let text = |from: usize| tokens[from..].iter().take(7).any(|token| WRITTEN.contains(&&*token.word));
    let by_the_user = tokens.first().is_some_and(|token| matches!(&*token.word, "i" | "my" | "we"));
    if !by_the_user && asks_for_text.is_some_and(text) {
        return true;
    }
    // "Write this down for me: dentist on Monday".
    let noted = tokens.iter().take(6).any(|token| matches!(&*token.word, "down" | "list" | "goal"));
    let works_on_text = !noted && tokens.iter().take(6).any(|token| TEXT_WORK.contains(&&*token.word));
    let colon = tokens.iter().any(|token| token.is(":"));
    works_on_text && colon && !by_the_user || is_role(tokens)
}

/// "You are a pirate", as an instruction.
fn is_role(tokens: &[Token<'_>]) -> bool {
    const KIND: [&str; 14] = [
        "great",
        "good",
        "star",
        "genius",
        "legend",
        "lifesaver",
        "angel",
        "wonderful",
        "true",
        "amazing",
        "better",
        "big",
        "real",
        "very",
    ];
    begins_with(tokens, &["you", "are"])
        && (tokens.get(2).is_some_and(|token| matches!(&*token.word, "a" | "an" | "my"))
            || tokens.get(2).is_some_and(Token::is_capitalised)
                && tokens.last().is_some_and(|token| token.is("now") || token.is(".")))
        && !tokens.iter().take(5).any(|token| KIND.contains(&&*token.word))
}

/// From which token on the sentence supposes, wishes, or tells what others say.
pub(super) fn supposed_from(tokens: &[Token<'_>]) -> usize {
    if is_sarcastic(tokens) {
        return 0;
    }
    (0..tokens.len()).find(|at| is_supposing(tokens, *at)).unwrap_or(tokens.len())
}

/// From where on a sentence that tells what others say is the user's own again: "she says no, so I'm moving out".
pub(super) fn meant_again(tokens: &[Token<'_>], supposed_from: usize) -> usize {
    let told = tokens.get(supposed_from).is_some_and(|token| {
        matches!(
            &*token.word,
            "says" | "say" | "said" | "thinks" | "reckons" | "insists" | "suggested" | "believes"
        )
    });
    let again = (supposed_from + 1..tokens.len()).find(|at| {
        tokens[*at].is(",")
            && tokens.get(at + 1).is_some_and(|token| matches!(&*token.word, "so" | "but"))
            && tokens.get(at + 2).is_some_and(|token| matches!(&*token.word, "i" | "we"))
    });
    again.filter(|_| told).map_or(tokens.len(), |at| at + 1)
}

/// "because I'm obviously a millionaire", "as I totally have a spare 300 quid".
fn is_mocking(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let reason =
        matches!(word(at), "because" | "cause" | "cuz" | "as" | "like") && matches!(word(at + 1), "i" | "we");
    reason
        && tokens[at..]
            .iter()
            .skip(2)
            .take(2)
            .any(|token| matches!(&*token.word, "obviously" | "totally" | "clearly"))
}

/// "Oh great, I just LOVE waiting", "…, said nobody ever".
fn is_sarcastic(tokens: &[Token<'_>]) -> bool {
    const OPENERS: [&[&str]; 12] = [
        &["oh", "brilliant"],
        &["yeah", "sure"],
        &["yeah", ",", "sure"],
        &["as", "if"],
        &["oh", "great"],
        &["oh", "wonderful"],
        &["oh", "fantastic"],
        &["oh", "joy"],
        &["oh", "sure"],
        &["yeah", "right"],
        &["yeah", ",", "right"],
        &["wow", ",", "great"],
    ];
    let shouts = |at: usize| {
        let token = &tokens[at];
        token.text.len() > 2
            && token.text.chars().all(char::is_uppercase)
            && matches!(&*token.word, "love" | "adore" | "enjoy" | "great")
    };
    OPENERS.iter().any(|opener| begins_with(tokens, opener))
        || (0..tokens.len()).any(|at| {
            is_mocking(tokens, at)
                || shouts(at)
                || tokens[at].is("said")
                    && tokens.get(at + 1).is_some_and(|next| matches!(&*next.word, "nobody" | "noone" | "no"))
        })
}

fn is_supposing(tokens: &[Token<'_>], at: usize) -> bool {
    let token = &tokens[at];
    let before = |offset: usize| at.checked_sub(offset).map_or("", |at| &*tokens[at].word);
    let after = |offset: usize| tokens.get(at + offset).map_or("", |token| &*token.word);
    let by_the_user = |offset: usize| matches!(before(offset), "i" | "we");
    match &*token.word {
        // "if you are curious" supposes nothing about the user.
        "if" => {
            !(matches!(after(1), "you" | "it" | "that" | "this" | "anyone" | "possible" | "needed")
                && !matches!(before(1), "as" | "even")
                && !matches!(after(2), "were" | "had" | "was"))
        }
        "unless" | "whether" | "hypothetically" | "supposing" | "assuming" | "wish" | "wished" | "lest"
        | "according" => true,
        "suppose" | "assume" | "imagine" | "pretend" => !by_the_user(1) || at > 3,
        "say" | "saying" => {
            let own = by_the_user(1)
                || matches!(before(1), "should" | "must" | "to" | "can" | "will" | "would")
                    && (by_the_user(2) || by_the_user(3) || before(1) == "to");
            !(own && at < 6)
                || before(1) == "to"
                    && !matches!(
                        before(2),
                        "have"
                            | "happy"
                            | "proud"
                            | "sad"
                            | "pleased"
                            | "want"
                            | "forgot"
                            | "like"
                            | "wanted"
                    )
        }
        "said" | "told" | "mentioned" => {
            // "I told you that I live in Lyon" and "as I said" are the user's own.
            let own = by_the_user(1) || by_the_user(2) || before(1) == "as";
            !(own
                && at < 4
                && (token.is("mentioned")
                    || matches!(
                        after(1),
                        "you" | "," | "that" | "before" | "already" | "earlier" | "i" | "my"
                    )))
        }
        // "I've asked my sister Wilma to help" is one's own.
        "asked" | "wrote" | "suggested" | "texted" | "announced"
            if (by_the_user(1) || by_the_user(2))
                && !matches!(after(1), "if" | "whether" | "why" | "how" | "that") =>
        {
            false
        }
        "says" | "tells" | "claims" | "claimed" | "thinks" | "asked" | "asks" | "wrote" | "writes"
        | "joked" | "believes" | "insists" | "insisted" | "reckons" | "replied" | "answered" | "shouted"
        | "yelled" | "announced" | "texted" | "quoted" | "jokes" | "swears" | "swore" | "heard"
        | "suggested" => true,
        "thought" | "believed" => {
            !by_the_user(1) && at > 0 && !matches!(before(1), "a" | "the" | "just" | "of")
        }
        // "let's say", "what if", "as though".
        "let" => after(1) == "us" && after(2) == "say",
        "though" => before(1) == "as",
        ":" => {
            const SAMPLES: [&str; 16] = [
                "sentence", "example", "text", "quote", "phrase", "headline", "caption", "input", "output",
                "prompt", "title", "sample", "instance", "answer", "bio", "message",
            ];
            SAMPLES.contains(&before(1)) || before(1) == "is" && SAMPLES.contains(&before(2))
        }
        _ => false,
    }
}
