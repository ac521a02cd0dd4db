//! Memories by rules: the statements about the user that one message makes, found without a model.
//!
//! Pure, and silent when unsure: a wrong memory costs more than a missing one. A message is reduced to what the user
//! wrote themselves ([`own_text`]), taken apart into words ([`tokens`]), sentences and clauses ([`clauses`]); each clause
//! is held against the [`tables`] of patterns ([`pattern`]) by the [`reader`].

#![expect(clippy::match_same_arms, reason = "tables read best with one row for each kind of phrase")]
#![expect(clippy::nonminimal_bool, reason = "conditions of grammar read best case by case")]

mod antecedents; // what "them" stands for
mod asides; // what brackets and commas add
mod changes; // what it changes of what is known
mod clauses; // sentences, where statements begin, what is asked
mod commands; // "remember that …", "forget …"
mod corrections; // "sorry, I meant Martha"
mod dated; // plans in words that no rule foresees
mod dates; // "tomorrow", "next Friday", "on 7 May" as days
mod grammar; // from the first person to the third
mod household; // people and animals that somebody has
mod interruptions; // what stands between somebody and what is said of them
mod nouns; // noun phrases: jobs, tastes, conditions
mod numbers; // ages, birthdays, measures
mod occasions; // what is on a day
mod own_text; // what of a message is the user speaking
mod passing; // what is mentioned on the way
mod pattern; // the language of the rules
mod phrases; // lists of phrases, asked where one begins
mod proper; // names of people, places, employers
mod pursuits; // pastimes and goals
mod reader; // clauses against patterns
mod repairs; // what a sentence takes back itself
mod slots; // what a pattern's slots read
mod statement; // from a match to a memory
mod studies; // degrees and schools
mod subjects; // whom a clause is about
mod tables; // the rules themselves
mod telling; // what somebody does, in words that no rule foresees
mod tokens; // words and their positions
mod traps; // what sounds like a statement and is none
mod understood; // clauses that leave out "I"
mod verbatim; // what a clause tells, in the user's own words
mod words; // lists of words
mod worth; // which clauses will matter another day

#[cfg(test)]
mod table; // sentences, and what each must leave

use std::fmt;
use std::ops::Range;

use domain::Timestamp;
use domain::memory::NewMemory;
use jiff::tz::TimeZone;

use super::{Bearing, Ended, Extracted};
use verbatim::Told;

pub(crate) use grammar::key;
pub(crate) use statement::entities;

/// Whether the word is one of somebody's people, such as "sister".
pub(crate) fn is_relation(word: &str) -> bool {
    slots::is_relation(word)
}

pub use commands::command;
pub use worth::{BIAS as WORTH_BIAS, MEANING as WORTH_MEANING, meaning_model};

/// What is longer was pasted: only the beginning is read.
const MESSAGE_BYTES_MAX: usize = 20_000;
/// Statements that one message can leave, at most.
const STATEMENTS_MAX: usize = 40;
/// Changes of what is known that one message makes, at most.
const CHANGES_MAX: usize = 8;
/// Clauses of one message that are judged, at most.
const CLAUSES_MAX: usize = 60;

/// What the rules know besides the message.
#[derive(Clone, Debug)]
pub struct RuleContext {
    /// Where "tomorrow" begins for the user.
    pub time_zone: TimeZone,
    /// What the user said before, newest first: a correction is about one of these, and so is "she".
    pub before: Vec<String>,
    /// People and animals whose names are known, each with what they are to the user: ("sister", "Marta").
    pub people: Vec<(String, String)>,
}

impl Default for RuleContext {
    fn default() -> Self {
        Self { time_zone: TimeZone::UTC, before: Vec::new(), people: Vec::new() }
    }
}

/// A statement that the message makes.
#[derive(Clone, Debug, PartialEq)]
struct Claim {
    memory: NewMemory,
    /// The bytes of the message whose words support it.
    evidence: Range<usize>,
    /// It ends what was true before: "I no longer eat meat".
    retracts: bool,
}

impl Claim {
    /// How many bytes of the message support both.
    fn shared_bytes(&self, other: &Self) -> usize {
        let end = self.evidence.end.min(other.evidence.end);
        end.saturating_sub(self.evidence.start.max(other.evidence.start))
    }
}

/// An explicit wish about the memory; the ranges are the bytes of the message that it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    Remember(Range<usize>),
    Forget(Range<usize>),
    /// To forget, without a word about what.
    ForgetUnnamed,
}

/// The statements about the user in `message`, in the order in which they are made.
pub fn extract(message: &str, said_at: Timestamp, context: &RuleContext) -> Vec<Extracted> {
    read(message, said_at, context).statements(message, None)
}

/// What a message says. Clauses that no pattern foresees are not judged yet.
#[derive(Clone, Default)]
pub struct Reading {
    /// What stands, whatever the clauses are worth.
    settled: Vec<Extracted>,
    /// What it changes of what is known, without saying all of it.
    changes: Vec<Extracted>,
    found: Vec<Claim>,
    told: Vec<Told>,
}

/// A clause that no pattern foresees.
#[derive(Clone, Copy)]
pub struct Clause<'a> {
    /// In the third person.
    pub content: &'a str,
    /// What its worth is told from, beside its meaning.
    pub signs: &'a [String],
}

/// Reads a message. [`Reading::statements`] tells what it leaves.
pub fn read(message: &str, said_at: Timestamp, context: &RuleContext) -> Reading {
    let settled = |settled| Reading { settled, ..Reading::default() };
    let corrected = context.before.iter().find_map(|before| {
        let corrected = correct(message, before, said_at, context);
        (!corrected.is_empty()).then_some(corrected)
    });
    // What a correction says by itself is only the word that was wrong.
    if let Some(corrected) = corrected {
        return settled(corrected);
    }
    let mut corrected = corrected_in_passing(message, said_at, context);
    if let Some(put_right) = corrections::within(bounded(message), said_at) {
        corrected.extend(put_right_claims(message, &put_right, said_at, context));
        return settled(corrected);
    }
    let Some(cut) = CutUp::of(message, context) else { return settled(corrected) };
    let changes = cut.changes(said_at, context);
    let (found, told) = cut.found_and_told(said_at, context);
    Reading { settled: corrected, changes, found, told }
}

impl Reading {
    /// The clauses whose meaning helps to judge them.
    pub fn clauses(&self) -> impl Iterator<Item = Clause<'_>> {
        self.told.iter().map(|told| Clause { content: &told.claim.memory.content, signs: &told.signs })
    }

    /// Leaves out what is not to be kept: `keep` is asked for what it says, and for the user's words that say it.
    pub fn retain(&mut self, message: &str, keep: impl Fn(&str) -> bool) {
        let keeps = |claim: &Claim| {
            keep(&claim.memory.content) && keep(message.get(claim.evidence.clone()).unwrap_or_default())
        };
        self.settled.retain(|one| keep(&one.memory.content) && keep(&one.evidence));
        self.changes.retain(|one| keep(&one.memory.content) && keep(&one.evidence));
        self.found.retain(keeps);
        self.told.retain(|told| keeps(&told.claim));
    }

    /// The statements of the message, in the order in which they are made. `meanings` are the vectors of the clauses, by the model that
    /// [`meaning_model`] names; without them the words decide.
    pub fn statements(self, message: &str, meanings: Option<&[&[f32]]>) -> Vec<Extracted> {
        let Self { mut settled, mut changes, found, told } = self;
        let (claims, endings) = claims_of(message, found, told, meanings);
        let supported = |(Claim { memory, evidence, retracts }, bearing)| Extracted {
            memory,
            evidence: message.get(evidence).unwrap_or_default().to_owned(),
            retracts,
            bearing,
            replaces: Vec::new(),
        };
        settled.extend(claims.into_iter().map(|claim| supported((claim, Bearing::Statement))));
        settled.extend(endings.into_iter().map(supported));
        if changes.iter().any(|change| matches!(change.bearing, Bearing::NewDay { .. })) {
            settled.retain(|one| !one.memory.content.starts_with("The user's new date "));
        }
        let told_days: Vec<Timestamp> = settled.iter().filter_map(|one| one.memory.valid_from).collect();
        // What changes known things goes first: what it has said is not said again.
        changes.retain(|change| {
            let is_told = change.memory.valid_from.is_some_and(|day| told_days.contains(&day));
            !(is_told && matches!(change.bearing, Bearing::NewDay { .. }))
        });
        changes.extend(settled);
        changes
    }

    /// All that it may leave, whatever its clauses are worth.
    pub fn possible(self) -> impl Iterator<Item = NewMemory> {
        let settled = self.settled.into_iter().chain(self.changes).map(|one| one.memory);
        let told = self.told.into_iter().map(|told| told.claim);
        settled.chain(self.found.into_iter().chain(told).map(|claim| claim.memory))
    }
}

/// Without what was said.
impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (found, told) = (self.settled.len() + self.found.len(), self.told.len());
        write!(f, "Reading({found} statements, {told} clauses)")
    }
}

/// "6. and no, it's Martha, with an h": a correction among other sentences, of the message just before.
fn corrected_in_passing(message: &str, said_at: Timestamp, context: &RuleContext) -> Vec<Extracted> {
    const SENTENCES_MAX: usize = 4;
    let sentences: Vec<&str> =
        message.split_inclusive(['.', '!', '\n']).map(str::trim).filter(|one| !one.is_empty()).collect();
    let (Some(before), 2..=SENTENCES_MAX) = (context.before.first(), sentences.len()) else {
        return Vec::new();
    };
    let corrects = |one: &&&str| {
        let lower = one.to_lowercase();
        ["no,", "no ", "and no", "sorry", "wait", "oops", "i mean", "it's ", "correction"]
            .iter()
            .any(|cue| lower.starts_with(cue))
    };
    let found = sentences.iter().filter(corrects).map(|one| correct(one, before, said_at, context));
    found.into_iter().find(|found| !found.is_empty()).unwrap_or_default()
}

/// What `before` would have said, had the user said it right.
fn correct(message: &str, before: &str, said_at: Timestamp, context: &RuleContext) -> Vec<Extracted> {
    let Some(meant) = corrections::corrected(message, bounded(before), said_at) else { return Vec::new() };
    let known = claims(before, said_at, context);
    let is_fresh = |claim: &Claim| !known.iter().any(|known| known.memory.content == claim.memory.content);
    let corrected = claims(&meant, said_at, context).into_iter().filter(is_fresh);
    let evidence = bounded(message).trim();
    corrected
        .map(|Claim { memory, retracts, .. }| Extracted {
            memory,
            evidence: evidence.to_owned(),
            retracts,
            bearing: Bearing::Statement,
            replaces: Vec::new(),
        })
        .collect()
}

/// What a message that puts itself right has said in the end.
fn put_right_claims(
    message: &str,
    put_right: &corrections::PutRight,
    said_at: Timestamp,
    context: &RuleContext,
) -> Vec<Extracted> {
    let corrections::PutRight { meant, said } = put_right;
    let supported = |Claim { memory, evidence, retracts }| {
        let words = meant.get(evidence).unwrap_or_default();
        // What was put right has its support in two sentences.
        let evidence = if message.contains(words) { words } else { &message[said.clone()] };
        Extracted {
            memory,
            evidence: evidence.to_owned(),
            retracts,
            bearing: Bearing::Statement,
            replaces: Vec::new(),
        }
    };
    claims(meant, said_at, context).into_iter().map(supported).collect()
}

fn claims(message: &str, said_at: Timestamp, context: &RuleContext) -> Vec<Claim> {
    let cut = CutUp::of(message, context);
    let (found, told) = cut.map(|cut| cut.found_and_told(said_at, context)).unwrap_or_default();
    claims_of(message, found, told, None).0
}

/// What patterns have found with the clauses beside it that will matter, and those that matter only where they end what is known.
fn claims_of(
    message: &str,
    found: Vec<Claim>,
    told: Vec<Told>,
    meanings: Option<&[&[f32]]>,
) -> (Vec<Claim>, Vec<(Claim, Bearing)>) {
    let meaning = |at: usize| meanings?.get(at).copied();
    let (mut worth_it, mut endings) = (Vec::new(), Vec::new());
    for (at, Told { claim, ended, signs }) in told.into_iter().enumerate() {
        let matters = worth::is_worth_it(&signs, meaning(at));
        if claim.retracts {
            let (of, ended) = ended.unwrap_or_else(|| (claim.memory.content.clone(), Ended::Anything));
            endings.push((claim.clone(), Bearing::Ending { of, ended }));
        }
        worth_it.extend(matters.then_some(claim));
    }
    let mut found = verbatim::merged(message, found, worth_it);
    settle_partings(message, &mut found);
    drop_names_told_with_more(&mut found);
    found.truncate(STATEMENTS_MAX);
    // What a pattern has read as an end is one.
    endings.truncate(CHANGES_MAX);
    endings.retain(|(ending, _)| {
        !found
            .iter()
            .any(|claim| claim.retracts && claim.memory.attribute.is_some() && claim.shared_bytes(ending) > 0)
    });
    (found, endings)
}

/// What of a message is read, in sentences.
struct CutUp<'a> {
    message: &'a str,
    masked: Vec<own_text::Masked>,
    sentences: Vec<clauses::Sentence<'a>>,
    informal: bool,
}

impl<'a> CutUp<'a> {
    /// `None` where the user plays a role.
    fn of(message: &'a str, context: &RuleContext) -> Option<Self> {
        let message = bounded(message);
        if traps::plays_a_role(message, &context.before) {
            return None;
        }
        let masked = own_text::masked(message);
        let tokens = tokens::tokens(message, &masked);
        let informal = is_informal(&tokens);
        Some(Self { message, masked, sentences: clauses::sentences(tokens), informal })
    }

    /// What it changes of what is known.
    fn changes(&self, said_at: Timestamp, context: &RuleContext) -> Vec<Extracted> {
        let meant = &self.sentences[..traps::meant(&self.sentences)];
        let today = said_at.to_zoned(context.time_zone.clone()).date();
        let calendar = dates::Calendar { today, past: false };
        changes::changes(self.message, &self.masked, meant, said_at, context, calendar)
    }

    /// What patterns find, and all clauses as they were told.
    fn found_and_told(self, said_at: Timestamp, context: &RuleContext) -> (Vec<Claim>, Vec<Told>) {
        let Self { message, mut sentences, informal, .. } = self;
        interruptions::untangle(&mut sentences);
        antecedents::resolve(&mut sentences);
        let mut reader = reader::Reader::new(said_at, context, informal);
        for sentence in &mut sentences {
            repairs::repair(sentence, reader.calendar());
        }
        let meant = traps::meant(&sentences);
        if begins_with_pronoun(message) {
            reader.recall(&context.before);
        } else if sentences.iter().skip(1).any(tells_of_somebody_before) && !names_others(&sentences) {
            reader.recall(context.before.get(..1).unwrap_or_default());
        }
        reader.speaks_of_own_people(speaks_of_own_people(&sentences, &context.before));
        for sentence in &sentences[..meant] {
            reader.sentence(sentence);
            reader.tell(sentence);
        }
        let (mut found, mut told) = reader.into_found();
        told.truncate(CLAUSES_MAX);
        commands::apply(message, &sentences[..meant], said_at, &mut found);
        found.truncate(STATEMENTS_MAX);
        (found, told)
    }
}

/// "My brother and I are not together anymore" ends no love, "Luca and I broke up" says with whom, and "my boyfriend Kieran and I
/// broke up" names nobody whom one has.
fn settle_partings(message: &str, found: &mut Vec<Claim>) {
    const UNNAMED: &str = "their partner";
    let is_of_partner = |claim: &Claim| claim.memory.attribute.as_deref() == Some("user.partner.name");
    let is_parting = |claim: &Claim| claim.retracts && is_of_partner(claim);
    // "my brother", "my brother Tom,", last word first.
    let parted_from = |claim: &Claim| {
        let said = message.get(..claim.evidence.end).unwrap_or_default();
        let (with, _) = said.rsplit_once(" and I ").or_else(|| said.rsplit_once(" and i "))?;
        let mut words = with.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).rev();
        Some([words.next()?, words.next().unwrap_or_default()])
    };
    found.retain_mut(|claim| {
        if !is_parting(claim) || !claim.memory.content.contains(UNNAMED) {
            return true;
        }
        let Some(words) = parted_from(claim) else { return true };
        let is_pronoun = matches!(words[0], "He" | "She" | "They" | "You" | "We" | "It");
        if words[0].starts_with(char::is_uppercase) && !is_pronoun {
            claim.memory.content = claim.memory.content.replace(UNNAMED, words[0]);
            claim.memory.entities = vec![words[0].to_owned()];
        }
        !words.iter().any(|word| slots::is_no_love(&word.to_lowercase()))
    });
    let partings: Vec<Claim> = found.iter().filter(|claim| is_parting(claim)).cloned().collect();
    let parted = |claim: &Claim| partings.iter().any(|parting| parting.shared_bytes(claim) > 0);
    found.retain(|claim| claim.retracts || !is_of_partner(claim) || !parted(claim));
}

/// "The user's son is called Theo" says nothing beside "The user's son Theo has asthma".
fn drop_names_told_with_more(found: &mut Vec<Claim>) {
    let told: Vec<String> = found.iter().map(|claim| claim.memory.content.clone()).collect();
    found.retain(|claim| {
        let content = &claim.memory.content;
        let named = content.strip_suffix('.').and_then(|text| text.split_once(" is called "));
        let Some((whose, name)) = named.filter(|_| {
            claim.memory.attribute.is_none() && claim.memory.tags.iter().all(|tag| tag != "name")
        }) else {
            return true;
        };
        let more = format!("{whose} {name} ");
        !told.iter().any(|other| other.starts_with(&more))
    });
    // Nor is a dog had that has died.
    let has_died = |content: &str| {
        let named = content.strip_prefix("The user has a ").and_then(|rest| rest.strip_suffix('.'));
        named.and_then(|rest| rest.split_once(" named ")).is_some_and(|(animal, name)| {
            let death = format!("The user's {animal} {name} died");
            told.iter().any(|other| other.starts_with(&death))
        })
    };
    found.retain(|claim| !has_died(&claim.memory.content));
}

/// "She loves orchids", "haha yes, they're 4": whom it is about was named in the message before.
fn begins_with_pronoun(message: &str) -> bool {
    const ANSWERS: [&str; 18] = [
        "yes", "yeah", "yep", "no", "nope", "oh", "ah", "haha", "lol", "ha", "ok", "and", "but", "btw", "so",
        "also", "well", "thanks",
    ];
    let words = message.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
    let first = words
        .map(str::to_lowercase)
        .take(4)
        .find(|word| !ANSWERS.contains(&word.as_str()))
        .unwrap_or_default();
    ["he", "she", "his", "her", "it", "its", "they", "their", "hes", "shes", "theyre"]
        .contains(&first.as_str())
}

/// Whether the user speaks of themselves, or has just before.
fn speaks_of_own_people(sentences: &[clauses::Sentence<'_>], before: &[String]) -> bool {
    const MESSAGES_BACK: usize = 2;
    let is_own = |word: &str| matches!(word, "i" | "my" | "we" | "our" | "me" | "us" | "im");
    let said =
        before.iter().take(MESSAGES_BACK).flat_map(|message| message.split(|c: char| !c.is_alphanumeric()));
    // Who is named there belongs to a text.
    let is_text = |word: &str| {
        matches!(
            word,
            "summary"
                | "textbook"
                | "homework"
                | "exercise"
                | "problem"
                | "essay"
                | "novel"
                | "book"
                | "film"
                | "movie"
                | "story"
                | "plot"
                | "chapter"
                | "character"
                | "play"
        )
    };
    let mut tokens = sentences.iter().flat_map(|sentence| &sentence.tokens);
    if tokens.clone().any(|token| is_text(&token.word)) {
        return false;
    }
    tokens.any(|token| is_own(&token.word)) || said.into_iter().any(|word| is_own(&word.to_lowercase()))
}

/// "Called them. She's nine, by the way."
fn tells_of_somebody_before(sentence: &clauses::Sentence<'_>) -> bool {
    sentence.tokens.first().is_some_and(|first| matches!(&*first.word, "he" | "she" | "his" | "her"))
}

/// Whether a name is in the message that "she" may mean as well.
fn names_others(sentences: &[clauses::Sentence<'_>]) -> bool {
    let before = sentences.iter().take_while(|sentence| !tells_of_somebody_before(sentence));
    before
        .flat_map(|sentence| sentence.tokens.iter().skip(1))
        .any(|token| token.is_capitalised() && !token.is("i"))
}

fn bounded(message: &str) -> &str {
    if message.len() <= MESSAGE_BYTES_MAX {
        return message;
    }
    let end = (0..=MESSAGE_BYTES_MAX).rev().find(|end| message.is_char_boundary(*end)).unwrap_or(0);
    &message[..end]
}

/// Whether the message is typed without capitals: then a small letter says nothing about a name.
fn is_informal(tokens: &[tokens::Token<'_>]) -> bool {
    !tokens.iter().any(|token| token.is_word() && token.text.starts_with('I') && token.is("i"))
        && tokens.first().is_none_or(|token| !token.is_capitalised())
}
