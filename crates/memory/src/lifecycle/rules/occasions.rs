//! What is on a day: appointments, occasions, and where they are.

use std::ops::Range;

use super::grammar::{self, article};
use super::nouns::{headed, is_introduced, is_pointing, noun, phrase};
use super::slots::{self, Item, Scan, is_end, item, phrase_end, trimmed};
use super::tokens::Token;
use super::words::{has, things};

/// An appointment or the like, and with whom or where: "a job interview at Google".
pub(super) fn event(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (end, mut found) = deed(scan, at)?;
    let words = &scan.tokens[at..end];
    let of_somebody = words.iter().any(|token| token.is("'s"))
        && words.get(1).is_some_and(|token| slots::is_relation(&token.word));
    if matches!(&*words[0].word, "my" | "our") && !of_somebody {
        let rest = grammar::reported(&words[1..]);
        found.text = format!("{} {rest}", article(&rest));
    }
    Some((end, found))
}

/// The same as something done: "my first marathon" stays theirs.
pub(super) fn deed(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    is_introduced(scan, at).then(|| occasion(scan, at)).flatten().filter(|(end, _)| is_end(scan, *end))
}

/// The same behind "my".
pub(super) fn occasion(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let (mut end, _) = headed(scan, at, 5, &super::words::activities::EVENTS)?;
    while scan
        .tokens
        .get(end)
        .is_some_and(|token| matches!(&*token.word, "with" | "at" | "for" | "in" | "of" | "about" | "to"))
    {
        let after = phrase_end(scan, end + 1, 6);
        if after == end + 1 {
            break;
        }
        end = after;
    }
    let pointing = scan.tokens[at..end].iter().any(is_pointing);
    (!pointing).then(|| (end, item(scan, at..end)))
}

/// Whom one has an appointment with, without an article: in "my sister, the doctor," it is no appointment.
pub(super) fn visit(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let led = scan.tokens.get(at).is_none_or(|token| token.is("the"));
    (!led).then(|| noun(scan, at, 0, &super::words::activities::VISITS)).flatten()
}

/// Something of somebody's that is not one of their people.
pub(super) fn affair(scan: &Scan<'_, '_>, range: Range<usize>) -> Option<Item> {
    let words = scan.tokens.get(range.clone()).filter(|words| words.len() <= 5)?;
    let somebody =
        words.iter().any(|token| slots::is_relation(&token.word) || has(&things::PETS, &token.word));
    let vague = words.iter().any(|token| {
        matches!(
            &*token.word,
            "the" | "a" | "an" | "favourite" | "favorite" | "answer" | "focus" | "hand" | "own" | "turn"
        )
    });
    (!somebody && !vague).then(|| phrase(scan, range)).flatten()
}

/// "in Porto", "at the Gasthof Huber", behind what happens there.
pub(super) fn location(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    scan.tokens.get(at).filter(|token| matches!(&*token.word, "in" | "at" | "near" | "with" | "from"))?;
    let range = trimmed(scan, at..phrase_end(scan, at + 1, 6));
    let words = scan.tokens.get(range.clone()).filter(|words| words.len() > 1)?;
    let named =
        words[1..].iter().any(Token::is_capitalised) || matches!(&*words[1].word, "the" | "my" | "our" | "a");
    (named && !words.iter().any(is_pointing) && is_end(scan, range.end))
        .then(|| (range.end, item(scan, range)))
}

/// With these it is somebody else's, or nobody's.
const OTHERS_DETERMINERS: [&str; 25] = [
    "first", "last", "next", "one", "another", "more", "her", "his", "their", "your", "this", "that", "a",
    "an", "every", "any", "my", "our", "the", "no", "what", "which", "its", "some", "each",
];
/// What ends in "ing" and begins the name of an occasion.
const EVENT_GERUNDS: [&str; 21] = [
    "driving",
    "swimming",
    "boxing",
    "sailing",
    "riding",
    "skiing",
    "cooking",
    "wedding",
    "training",
    "meeting",
    "moving",
    "hearing",
    "opening",
    "booking",
    "viewing",
    "screening",
    "housewarming",
    "outing",
    "christening",
    "planning",
    "parenting",
];
/// With these before the noun it is a sentence of its own.
const SENTENCE_WORDS: [&str; 24] = [
    "swap",
    "shift",
    "reschedule",
    "skip",
    "a",
    "an",
    "the",
    "my",
    "need",
    "want",
    "got",
    "have",
    "book",
    "write",
    "plan",
    "draft",
    "check",
    "find",
    "make",
    "cancel",
    "move",
    "missed",
    "no",
    "is",
];

/// What is on a day without being said to be anybody's: "party's on the 26th".
pub(super) fn bare_occasion(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let first = scan.tokens.get(at)?;
    let other = OTHERS_DETERMINERS.contains(&&*first.word);
    let doing = first.word.ends_with("ing") && !EVENT_GERUNDS.contains(&&*first.word);
    let reach = phrase_end(scan, at, 6);
    let sentence = scan.tokens[at..reach]
        .iter()
        .take_while(|token| !matches!(&*token.word, "in" | "at" | "with" | "for" | "to" | "of"))
        .any(|token| SENTENCE_WORDS.contains(&&*token.word));
    (!other && !doing && !sentence && first.is_word()).then(|| occasion(scan, at)).flatten()
}
