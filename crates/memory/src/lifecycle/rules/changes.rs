//! What a message changes of what is known, without saying all of it again: "Madeira instead of Lisbon", "it's Tuesday the
//! 18th now", "Netflix is gone", "it's spelled Kaitlyn". What it is about is found among the memories.

use std::ops::Range;
use std::sync::LazyLock;

use domain::Timestamp;
use domain::memory::{MemoryType, NewMemory};
use regex::Regex;

use super::clauses::Sentence;
use super::dates::{self, Calendar, When};
use super::grammar::begun;
use super::own_text::Masked;
use super::tokens::{Token, written};
use super::{CHANGES_MAX, Ended, Extracted, RuleContext, traps};
use crate::lifecycle::Bearing;
use crate::retrieval::terms;
use crate::time_phrases::is_calendar_name;

/// A name, or a few small words that end with the clause.
const NAME: &str = r"(?:(?:an?|the|my|our) )?[\w][\w'’&-]*(?: [\w'’&-]+){0,3}?";
const BEHIND: &str = r"(?:[.,;:!?)]|$| (?:and|but|so|because|since|for|this|next|same|in|on|at|as|now|which|who|last|after|when|instead|today|though)\b)";

/// Names this alike are one name, written wrong.
const ALIKE: f64 = 0.8;

/// One thing in the place of another in what is planned, and in what the user has or uses.
static SWAPS: LazyLock<Vec<(Regex, bool)>> = LazyLock::new(|| {
    const OF_PLANS: bool = true;
    [
        (r"(?i)\b(?:with|to|for|at|in|on|is|it's|was|got|get|take|took|do|have|go) (?P<right>NAME) (?:instead of|rather than) (?P<wrong>NAME)BEHIND", OF_PLANS),
        (r"(?i)\b(?:not|n't be|isn't|wasn't|won't be) (?P<wrong>NAME),? but (?:rather |someone called |somebody called |a |an |the )?(?P<right>NAME)BEHIND", OF_PLANS),
        (r"(?i)\b(?:i|we)(?:['’]ve| have)?(?: \w+)? (?:switched|moved|changed|gone over) (?:\w+ )?from (?P<wrong>NAME) (?:over )?to (?P<right>NAME)BEHIND", !OF_PLANS),
        (r"(?i)\b(?:i|we)(?:['’]ve| have)?(?: \w+)? (?:swapped|traded|exchanged|ditched) (?P<wrong>NAME) for (?P<right>NAME)BEHIND", !OF_PLANS),
        (r"(?i)\b(?:i|we)(?:['’]ve| have)?(?: \w+)? replaced (?P<wrong>NAME) (?:with|by) (?P<right>NAME)BEHIND", !OF_PLANS),
    ]
    .iter()
    .filter_map(|(pattern, of_plans)| {
        let pattern = pattern.replace("NAME", NAME).replace("BEHIND", BEHIND);
        Some((Regex::new(&pattern).ok()?, *of_plans))
    })
    .collect()
});
/// How a name is written.
static SPELLING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i:\b(?:it's|it is|its|that's|that is|name's|name is|actually) (?:actually )?(?:spelled|spelt|written)) (?P<right>[A-Z][\w'’-]+)|^(?i:spelled|spelt|written) (?P<other>[A-Z][\w'’-]+)").ok()
});
/// That a plan has another day.
static MOVED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:(?:moved|pushed|postponed|rescheduled|shifted|bumped|delayed|brought) (?:it|that|this|me|us)\b|(?:it|that)(?:'s|’s| is| has| was| got| had)(?: been| now| just)* (?:moved|pushed|postponed|rescheduled|shifted|bumped|delayed|now)\b|new date|(?:it|that)(?:'s|’s| is) (?:on |at )?[\w ]{3,24} instead\b)",
    )
    .ok()
});

/// The changes that the user's own words make.
pub(super) fn changes(
    message: &str,
    masked: &[Masked],
    sentences: &[Sentence<'_>],
    said_at: Timestamp,
    context: &RuleContext,
    calendar: Calendar,
) -> Vec<Extracted> {
    let told: Vec<Range<usize>> = sentences.iter().filter_map(told_range).collect();
    let is_own = |range: &Range<usize>| {
        told.iter().any(|told| told.start <= range.start && range.end <= told.end + 1)
            && masked.iter().all(|one| one.range.end <= range.start || range.end <= one.range.start)
    };
    let change = |range: Range<usize>, says: String, bearing: Bearing| Extracted {
        memory: bare(says, said_at),
        evidence: message.get(range).unwrap_or_default().trim().to_owned(),
        retracts: false,
        bearing,
        replaces: Vec::new(),
    };
    let mut found = Vec::new();
    let swaps = SWAPS
        .iter()
        .flat_map(|(pattern, of_plans)| pattern.captures_iter(message).map(|one| (one, *of_plans)));
    for (captures, of_plans) in swaps {
        let (Some(all), Some(wrong), Some(right)) =
            (captures.get(0), captures.name("wrong"), captures.name("right"))
        else {
            continue;
        };
        if is_own(&all.range()) && !is_vague(wrong.as_str()) && !is_vague(right.as_str()) {
            let bearing = Bearing::Swap { from: unled(wrong.as_str()).to_owned(), of_plans };
            found.push(change(all.range(), unled(right.as_str()).to_owned(), bearing));
        }
    }
    for captures in SPELLING.iter().flat_map(|pattern| pattern.captures_iter(message)) {
        if let (Some(all), Some(right)) =
            (captures.get(0), captures.name("right").or_else(|| captures.name("other")))
            && is_own(&all.range())
            && let Some(of) = misspelt(right.as_str(), message, context)
        {
            found.push(change(all.range(), right.as_str().to_owned(), Bearing::Spelling { of }));
        }
    }
    if let Some((range, when, about)) = new_day(message, is_own, sentences, calendar)
        && let Some((from, to)) = when.bounds(&context.time_zone)
    {
        let mut moved = change(range, format!("It is {}.", when.text), Bearing::NewDay { about });
        (moved.memory.kind, moved.memory.valid_from, moved.memory.valid_to) =
            (MemoryType::Event, Some(from), Some(to));
        found.push(moved);
    }
    for sentence in sentences.iter().filter(|sentence| told_range(sentence).is_some()) {
        let gone = gone(&sentence.tokens).into_iter();
        found.extend(
            gone.map(|Gone { range, of, says, ended }| change(range, says, Bearing::Ending { of, ended })),
        );
    }
    found.truncate(CHANGES_MAX);
    found
}

/// The one name that is most like `right`, in this message or the one before, or else of the user's people.
fn misspelt(right: &str, message: &str, context: &RuleContext) -> Option<String> {
    let lower = right.to_lowercase();
    let is_alike = |name: &&str| {
        *name != right
            && name.starts_with(char::is_uppercase)
            && strsim::jaro_winkler(&name.to_lowercase(), &lower) >= ALIKE
    };
    let said = std::iter::once(message).chain(context.before.first().map(String::as_str));
    let mut alike: Vec<&str> =
        said.flat_map(|text| text.split(|c: char| !c.is_alphanumeric())).filter(is_alike).collect();
    if alike.is_empty() {
        alike = context.people.iter().flat_map(|(_, name)| name.split(' ')).filter(is_alike).collect();
    }
    alike.sort_unstable();
    alike.dedup();
    let [one] = alike.as_slice() else { return None };
    Some((*one).to_owned())
}

/// Where a sentence is that asserts something: neither asked nor supposed, nor told by others.
fn told_range(sentence: &Sentence<'_>) -> Option<Range<usize>> {
    let (first, last) = (sentence.tokens.first()?, sentence.tokens.last()?);
    let unsure = matches!(&*first.word, "maybe" | "perhaps");
    let told =
        !sentence.question && !unsure && traps::supposed_from(&sentence.tokens) >= sentence.tokens.len();
    told.then_some(first.range.start..last.range.end)
}

/// The day to come that a plan was moved to, in a sentence that does not name the plan, and the stems of what it may be.
fn new_day(
    message: &str,
    is_own: impl Fn(&Range<usize>) -> bool,
    sentences: &[Sentence<'_>],
    calendar: Calendar,
) -> Option<(Range<usize>, When, Vec<String>)> {
    let cue = MOVED.as_ref()?;
    let mut before = "";
    sentences.iter().find_map(|sentence| {
        let tokens = &sentence.tokens;
        let range = tokens.first()?.range.start..tokens.last()?.range.end;
        let said = message.get(range.clone())?;
        let about = [terms(std::mem::replace(&mut before, said)), terms(said)].concat();
        let found = cue.find(said).filter(|_| is_own(&range))?;
        let start = range.start + found.start();
        let days = (0..tokens.len()).filter(|at| tokens[*at].range.start >= start);
        let (_, when) = days
            .filter_map(|at| dates::date_at(tokens, at, calendar))
            .find(|(_, when)| when.is_day() && when.from >= calendar.today)?;
        Some((range, when, about))
    })
}

/// What there is no more, and the words that say so.
struct Gone {
    range: Range<usize>,
    of: String,
    says: String,
    ended: Ended,
}

/// "Kreuzberg is over", "some git nicked the Cube", "No surgery!".
fn gone(tokens: &[Token<'_>]) -> Vec<Gone> {
    const WORDS_MAX: usize = 4;
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let joint = |at: usize| {
        tokens.get(at).is_none_or(|token| {
            token.is_stop()
                || matches!(
                    &*token.word,
                    "and" | "but" | "so" | "because" | "well" | "ok" | "now" | "for" | "last"
                )
        })
    };
    let phrase = |start: usize, end: usize, says: &str, ended: Ended| {
        let whose = match word(start) {
            "my" | "our" => "the user's ",
            "the" if ended == Ended::Possession => "the user's ",
            "the" => "the ",
            _ => "",
        };
        let start = start + usize::from(!whose.is_empty() || word(start) == "no");
        let what =
            tokens.get(start..end).filter(|what| !what.is_empty() && what.iter().all(Token::is_word))?;
        let (first, last) = (what.first()?, what.last()?);
        let of = written(what);
        Some(Gone {
            range: first.range.start..last.range.end,
            says: begun(&format!("{whose}{of} {says}.")),
            of,
            ended,
        })
    };
    let mut found = Vec::new();
    if word(0) == "no" && (2..=3).contains(&tokens.len()) {
        // "No milk!" ends no habit.
        found.extend(phrase(0, tokens.len(), "was cancelled", Ended::Plan));
    }
    // "No more cycling to work".
    if word(0) == "no" && word(1) == "more" {
        let end = (2..tokens.len()).find(|end| joint(*end)).unwrap_or(tokens.len());
        found.extend(phrase(2, end, "is no more", Ended::Anything));
    }
    for at in 0..tokens.len() {
        let state = word(at + 1 + usize::from(matches!(word(at + 1), "been" | "now")));
        let is = matches!(word(at), "is" | "'s" | "are" | "was" | "were" | "got" | "has");
        let ended = match state {
            "over" | "gone" if joint(at + 2) => Some(("is over", Ended::Anything)),
            // Whose football is off on a day plays on.
            "off" | "cancelled" if joint(at + 2) => Some(("was cancelled", Ended::Plan)),
            "stolen" | "nicked" | "pinched" => Some(("was stolen", Ended::Possession)),
            "totalled" | "wrecked" => Some(("was wrecked", Ended::Possession)),
            "written" if word(at + 2) == "off" => Some(("was wrecked", Ended::Possession)),
            _ => None,
        };
        if let Some((says, ended)) = ended.filter(|_| is) {
            let start = (at.saturating_sub(WORDS_MAX)..at).find(|start| *start == 0 || joint(*start - 1));
            found.extend(start.and_then(|start| phrase(start, at, says, ended)));
        }
        if matches!(word(at), "nicked" | "stole" | "pinched") && matches!(word(at + 1), "the" | "my" | "our")
        {
            let end = (at + 2..tokens.len()).find(|end| joint(*end)).unwrap_or(tokens.len());
            found.extend(phrase(at + 1, end.min(at + 2 + WORDS_MAX), "was stolen", Ended::Possession));
        }
    }
    found
}

/// What may stand for anything, and what is a time.
fn is_vague(text: &str) -> bool {
    let word = unled(text).to_lowercase();
    if word.starts_with(|c: char| c.is_ascii_digit()) || word.split(' ').any(is_calendar_name) {
        return true;
    }
    matches!(
        word.as_str(),
        "it" | "that"
            | "this"
            | "them"
            | "me"
            | "you"
            | "one"
            | "what"
            | "not"
            | "scratch"
            | "here"
            | "there"
            | "yesterday"
            | "all"
    ) || word.chars().count() < 2
}

fn unled(text: &str) -> &str {
    ["a ", "an ", "the ", "my ", "our ", "The ", "A ", "My "]
        .iter()
        .find_map(|lead| text.strip_prefix(lead))
        .unwrap_or(text)
}

fn bare(content: String, said_at: Timestamp) -> NewMemory {
    NewMemory {
        content,
        kind: MemoryType::Fact,
        importance: 0.5,
        tags: Vec::new(),
        entities: Vec::new(),
        attribute: None,
        said_at,
        valid_from: None,
        valid_to: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::lifecycle::rules::{RuleContext, extract};
    use crate::lifecycle::{Bearing, Ended};

    fn changes(message: &str) -> Vec<(String, Bearing)> {
        let said_at = "2026-11-23T10:00:00Z".parse().unwrap();
        let found = extract(message, said_at, &RuleContext::default());
        let changes = found.into_iter().filter(|one| one.bearing != Bearing::Statement);
        changes.map(|one| (one.memory.content, one.bearing)).collect()
    }

    #[test]
    fn what_takes_the_place_of_what() {
        for (message, from, to, of_plans) in [
            ("We ended up going with Madeira instead of Lisbon.", "Lisbon", "Madeira", true),
            ("I've moved from Spotify to Tidal for the sound.", "Spotify", "Tidal", false),
            ("I swapped the Golf for a Yaris last week.", "Golf", "Yaris", false),
            (
                "It won't be Mrs Lindqvist but someone called Bertil Haag",
                "Mrs Lindqvist",
                "Bertil Haag",
                true,
            ),
        ] {
            let swap = (to.to_owned(), Bearing::Swap { from: from.to_owned(), of_plans });
            assert!(changes(message).contains(&swap), "{message}: {:?}", changes(message));
        }
    }

    #[test]
    fn what_there_is_no_more() {
        for (message, of, ended) in [
            ("Netflix is gone, cancelled it.", "Netflix", Ended::Anything),
            ("Some git nicked the Cube.", "Cube", Ended::Possession),
            ("No surgery!", "surgery", Ended::Plan),
            ("Football was off so we went to the pub", "Football", Ended::Plan),
            ("No more cycling to work, sadly.", "cycling to work", Ended::Anything),
            ("I deleted Instagram.", "Instagram", Ended::Anything),
            ("We left Bristol altogether.", "Bristol", Ended::Named),
        ] {
            let end = Bearing::Ending { of: of.to_owned(), ended };
            assert!(
                changes(message).iter().any(|(_, bearing)| *bearing == end),
                "{message}: {:?}",
                changes(message)
            );
        }
    }

    #[test]
    fn days_and_spellings() {
        let told = changes("they pushed it to Thursday");
        assert_eq!(told[0].0, "It is on 2026-11-26.");
        assert!(matches!(told[0].1, Bearing::NewDay { .. }));
        let spelt = changes("Caitlin says hi. It's spelled Kaitlyn, K and a y.");
        assert_eq!(spelt, [("Kaitlyn".to_owned(), Bearing::Spelling { of: "Caitlin".to_owned() })]);
    }

    #[test]
    fn what_changes_nothing() {
        for message in [
            "They said \"Lisbon instead of Madeira\".",
            "Is it Thursday now?",
            "Can you use tabs instead of spaces?",
            "Maybe I'll fly to Madeira instead of Lisbon.",
            "Is Netflix gone?",
            "I'd like it by Friday.",
            "What is over there?",
            "My sister moved from Leeds to London.",
            "We went from Leeds to London on the train.",
            "I left my laptop at work.",
            "I dropped the kids at school.",
            "I left Lyon at 6 this morning.",
            "We went for a run on Saturday.",
            "My boss gave me Friday off.",
            "Finally, it's Friday now!",
            "It's spelled Marina.",
        ] {
            assert_eq!(changes(message), [], "{message}");
        }
    }
}
