//! What a statement says, in a form that can be compared: its stems without verbs that say little, its names and
//! numbers, whether it denies, and what it leaves when those names are taken out.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use domain::Timestamp;
use domain::memory::{Memory, MemoryType, NewMemory};
use regex::Regex;
use unicode_segmentation::UnicodeSegmentation as _;

use super::Ended;
use super::rules::is_relation;
use crate::retrieval::terms;

/// Stems that say how something is told, not what.
const GENERIC: &[&str] = &[
    "ador", "base", "bought", "buy", "call", "current", "enjoy", "fond", "get", "got", "interest", "like",
    "live", "locat", "love", "name", "now", "own", "realli", "resid", "settl", "use", "user", "work",
];
const NEGATIONS: &[&str] = &[
    "cannot", "dislike", "dislikes", "hate", "hates", "longer", "never", "no", "not", "quit", "stopped",
    "without",
];
/// Stems that say that something ends, not what.
const ENDINGS: &[&str] = &[
    "cancel",
    "stop",
    "plan",
    "sold",
    "quit",
    "goe",
    "go",
    "ha",
    "trip",
    "drive",
    "left",
    "date",
    "anymor",
    "delet",
    "ditch",
    "scrap",
    "drop",
    "uninstal",
    "unsubscrib",
    "rid",
    "gave",
    "given",
    "threw",
    "thrown",
    "away",
    "donat",
    "rehom",
    "account",
    "end",
    "leav",
    "finish",
    "done",
    "studi",
];
/// How having is told.
const HAD: &[&str] = &["has", "owns", "drives", "rides", "bought", "got", "uses", "keeps", "user's", "rents"];
/// Stems that say how one gets to what is planned, or that it is another day now, not what it is.
const WAYS: &[&str] = &[
    "book",
    "fli",
    "goe",
    "go",
    "travel",
    "head",
    "trip",
    "visit",
    "take",
    "drive",
    "move",
    "down",
    "push",
    "postpon",
    "reschedul",
    "shift",
    "delay",
    "switch",
    "bump",
];
/// Words by which a message takes back a word that was said before.
static CORRECTS_WORDS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?ix)^\s*(?:no|nope|sorry|wait|oops|actually|correction|\*)\b
        | \b(?:i\ meant|i\ mean|my\ mistake|i\ was\ wrong|i\ misspoke|correction|typo|spelled|spelt)\b
        | \bnot\ \w+,?\ but\b | \bwith(?:out)?\ an?\ [a-z]\b",
    )
    .ok()
});
/// … or moves a plan.
static MOVES_PLANS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:actually|instead|is now|it's now|now on|now the|not until|isn't|isnt|new date|after all|back to|cancelled|canceled|scrap|no longer|now it|rather than|moved|rescheduled|postponed|pushed|shifted|brought forward|changed|delayed|switched|bumped)\b|\bnow[.!)]*$",
    )
    .ok()
});
/// What is said besides takes nothing back.
static ADDS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)\b(?:also|another|second|as well|too|both|besides|plus)\b").ok());

/// Whether what is said comes beside what was said before.
pub(crate) fn adds(text: &str) -> bool {
    ADDS.as_ref().is_some_and(|adds| adds.is_match(text))
}

static DATES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\d{4}-\d{2}-\d{2}(?: to \d{4}-\d{2}-\d{2})?(?: at \d{1,2}(?::\d{2})?(?: ?[ap]m)?\b)?").ok()
});

/// When something was, in the words of the rules.
static TIMES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\b(?:on|in the week of|on the weekend of|since|until|from|by) \d{4}-\d{2}-\d{2}(?: to \d{4}-\d{2}-\d{2})?").ok()
});

/// The statement of a plan with the day, and the time if there is one, that `moved` tells.
pub(crate) fn dated_anew(known: &str, moved: &str) -> Option<String> {
    let dates = DATES.as_ref()?;
    let (old, new) = (dates.find(known)?, dates.find(moved)?);
    Some(format!("{}{}{}", &known[..old.start()], new.as_str(), &known[old.end()..]))
}

/// The statement of a plan that was moved, in its own fuller words: with the date that the shorter `moved` tells.
pub(crate) fn with_new_date(known: &str, moved: &str) -> Option<String> {
    let longer = known.split_whitespace().count() > moved.split_whitespace().count();
    longer.then(|| dated_anew(known, moved)).flatten()
}

/// What a message takes back of what was said before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Correction {
    Nothing,
    /// The day of a plan.
    Plans,
    /// A word, or the day of a plan.
    Words,
}

pub(crate) fn correction(message: &str) -> Correction {
    let has = |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|one| one.is_match(message));
    if has(&CORRECTS_WORDS) && !has(&ADDS) {
        Correction::Words
    } else if has(&CORRECTS_WORDS) || has(&MOVES_PLANS) {
        Correction::Plans
    } else {
        Correction::Nothing
    }
}

/// How a new statement stands to a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    /// It says nothing that the known one does not.
    Same,
    /// It says the same and more.
    Refines,
    /// Both cannot be true at once; the newer one stands.
    Replaces,
    Independent,
}

/// Stems of what it is to have a partner.
const PARTNERED: [&str; 9] =
    ["girlfriend", "boyfriend", "partner", "fiancé", "fiance", "fiancée", "relationship", "engag", "marri"];
/// From this cosine on two statements may say the same in other words.
const NEAR_COSINE: f32 = 0.9;

#[derive(Debug)]
pub(crate) struct Gist<'a> {
    attribute: Option<&'a str>,
    kind: MemoryType,
    from: Option<Timestamp>,
    stems: BTreeSet<String>,
    /// Names and numbers, in lower case.
    particulars: BTreeSet<String>,
    denies: bool,
    /// Whom of the user's people it is about: "sister".
    relative: Option<String>,
    /// Its words without the particulars.
    form: Vec<String>,
}

impl<'a> Gist<'a> {
    pub(crate) fn of_new(memory: &'a NewMemory) -> Self {
        Self::new(&memory.content, memory.attribute.as_deref(), memory.kind, memory.valid_from)
    }

    /// A thing by its name.
    pub(crate) fn of_thing(name: &str) -> Self {
        Self::new(&format!("of {name}"), None, MemoryType::Fact, None)
    }

    pub(crate) fn of(memory: &'a Memory) -> Self {
        Self::new(&memory.content, memory.attribute.as_deref(), memory.kind, memory.valid_from)
    }

    fn new(content: &str, attribute: Option<&'a str>, kind: MemoryType, from: Option<Timestamp>) -> Self {
        let undated = match (DATES.as_ref().filter(|_| from.is_some()), TIMES.as_ref()) {
            (Some(dates), _) => dates.replace_all(content, " ").into_owned(),
            (None, Some(times)) => times.replace_all(content, " ").into_owned(),
            (None, None) => content.to_owned(),
        };
        let (mut particulars, mut form, mut denies) = (BTreeSet::new(), Vec::new(), false);
        for (position, word) in undated.unicode_words().enumerate() {
            let lower = word.to_lowercase();
            let capital = position > 0 && word.starts_with(char::is_uppercase);
            if capital || lower.chars().any(|c| c.is_ascii_digit()) {
                particulars.insert(lower);
            } else {
                denies |= NEGATIONS.contains(&lower.as_str()) || lower.ends_with("n't");
                if !matches!(lower.as_str(), "a" | "an" | "the") {
                    form.push(lower);
                }
            }
        }
        let negation = |stem: &String| NEGATIONS.iter().any(|word| terms(word).first() == Some(stem));
        let says = |stem: &String| !GENERIC.contains(&stem.as_str()) && !negation(stem);
        // "A cat allergy" and "allergic to cats", "a flight" and "is flying", "the wedding" and "is getting married".
        let one_form = |stem: String| match stem.as_str() {
            "allergi" => "allerg".to_owned(),
            "flight" => "fli".to_owned(),
            "wed" => "marri".to_owned(),
            _ => stem,
        };
        let stems = terms(&undated).into_iter().filter(says).map(one_form).collect();
        let relative = whose(content).find(|word| is_relation(word));
        Self { attribute, kind, from, stems, particulars, denies, relative, form }
    }

    /// How `self`, said later, stands to `known`. `cosine` is theirs, 0 if unknown; `correction` and `retracts`
    /// tell what the message around it does.
    pub(crate) fn relation(
        &self,
        known: &Self,
        cosine: f32,
        correction: Correction,
        retracts: bool,
    ) -> Relation {
        if self.attribute.is_some() && self.attribute == known.attribute
            || retracts
                && (self.is_work() && known.is_work()
                    || self.is_of_studies() && known.is_of_studies()
                    || self.is_of_the_same_partner(known))
        {
            return self.of_one_attribute(known, retracts);
        }
        if !retracts && (self.ends_being_single(known) || self.tells_the_death_of(known)) {
            return Relation::Replaces;
        }
        let keyed_apart = self.attribute.is_some() && known.attribute.is_some();
        if retracts && !keyed_apart && self.ends(known) {
            return Relation::Replaces;
        }
        // "The user sold the Vespa" ends "The user has a Vespa".
        if retracts && !known.denies && !known.stems.is_empty() && self.stems.is_superset(&known.stems) {
            return Relation::Replaces;
        }
        if self.denies != known.denies {
            let opposite = !self.stems.is_empty() && self.stems == known.stems && !keyed_apart;
            return if opposite { Relation::Replaces } else { Relation::Independent };
        }
        let reworded = self.form == known.form && self.particulars != known.particulars;
        if correction == Correction::Words && !keyed_apart && reworded {
            return Relation::Replaces;
        }
        if self.is_dated_event() && known.is_dated_event() && self.from != known.from {
            let (new, old) = (self.planned(), known.planned());
            let one_event = self.stems.is_subset(&known.stems)
                || known.stems.is_subset(&self.stems)
                || !new.is_empty() && new.is_subset(&old);
            let moved = correction >= Correction::Plans;
            return if one_event && moved { Relation::Replaces } else { Relation::Independent };
        }
        if self.from.is_some() && known.from.is_some() && self.from != known.from {
            return Relation::Independent;
        }
        if self.only_names()
            && self.stems.is_subset(&known.stems)
            && self.particulars.is_subset(&known.particulars)
        {
            return Relation::Same;
        }
        if self.stems == known.stems && self.particulars == known.particulars && !self.stems.is_empty() {
            return Relation::Same;
        }
        if keyed_apart || self.particulars != known.particulars {
            return if self.names_what(known) { Relation::Refines } else { Relation::Independent };
        }
        // What ends something is never the same as what it ends, close as their words are.
        if cosine >= NEAR_COSINE && !retracts { Relation::Same } else { Relation::Independent }
    }

    /// What is planned, without how one gets there.
    fn planned(&self) -> BTreeSet<&String> {
        self.stems.iter().filter(|stem| !WAYS.contains(&stem.as_str())).collect()
    }

    /// Whether what `self` ends is `known`: a plan of that name, or something that is had or done.
    fn ends(&self, known: &Self) -> bool {
        let what: BTreeSet<&String> =
            self.stems.iter().filter(|stem| !ENDINGS.contains(&stem.as_str())).collect();
        let about_it = !what.is_empty() && what.iter().all(|stem| known.stems.contains(*stem));
        let of_one_name = !self.particulars.is_empty() && self.particulars.is_subset(&known.particulars);
        !known.denies
            && self.relative == known.relative
            && (known.is_dated_event() && (about_it || of_one_name)
                || (self.attribute.is_none() || self.is_work() || self.is_of_studies())
                    && known.attribute.is_none()
                    && about_it)
    }

    /// Whether `known` ends with `self`, the name of what is no more.
    pub(crate) fn is_the_end_of(&self, known: &Self, ended: Ended) -> bool {
        let what: BTreeSet<&String> =
            self.stems.iter().filter(|stem| !ENDINGS.contains(&stem.as_str())).collect();
        let is_told = !what.is_empty() && what.iter().all(|stem| known.stems.contains(*stem));
        // What is liked may be so still, and who lives in a town is called as before.
        let key = known.attribute.unwrap_or_default();
        let stays = ["like:", "user.name", "user.origin"].iter().any(|kept| key.starts_with(kept))
            || known.form.iter().any(|word| matches!(word.as_str(), "called" | "named"));
        if !is_told || stays || known.denies || self.relative != known.relative {
            return false;
        }
        let names: BTreeSet<String> = known.particulars.iter().flat_map(|name| terms(name)).collect();
        let by_name = what.iter().all(|stem| names.contains(*stem));
        let most_of_it = 2 * what.len() >= known.stems.len();
        match ended {
            Ended::Anything => by_name || most_of_it || known.is_dated_event(),
            Ended::Named => by_name,
            Ended::Plan => known.is_dated_event(),
            Ended::Possession => {
                let had = known.form.iter().skip(1).take(2).any(|word| HAD.contains(&word.as_str()));
                had && (by_name || most_of_it)
            }
        }
    }

    /// Who has a partner is not single.
    fn ends_being_single(&self, known: &Self) -> bool {
        self.attribute == Some("user.partner.name")
            && known.attribute == Some("user.relationship")
            && known.stems.contains("singl")
    }

    /// "The user's dog Rex died" after "The user has a dog named Rex".
    fn tells_the_death_of(&self, known: &Self) -> bool {
        let [_, _, animal, named] = known.form.as_slice() else { return false };
        named == "named"
            && !is_relation(animal)
            && self.form.contains(animal)
            && self.form.iter().any(|word| word == "died")
            && !known.particulars.is_empty()
            && known.particulars.is_subset(&self.particulars)
    }

    /// Whether it is about what the user studies, by whatever name.
    fn is_of_studies(&self) -> bool {
        matches!(self.attribute, Some("user.studies" | "user.year_of_study" | "user.school"))
    }

    /// Whether it is about the user's work, by whatever name: who quits ends job, employer and workplace.
    fn is_work(&self) -> bool {
        matches!(self.attribute, Some("user.job" | "user.employer" | "user.workplace"))
    }

    /// Whether it is about the user's partner, and `known` is that the user has one: who breaks up ends both.
    fn is_of_the_same_partner(&self, known: &Self) -> bool {
        self.attribute == Some("user.partner.name")
            && known.attribute == Some("user.relationship")
            && PARTNERED.iter().any(|stem| known.stems.contains(*stem))
    }

    /// Whether it says no more than somebody's name, which tells nothing beside what is known of them by that name.
    fn only_names(&self) -> bool {
        self.attribute.is_none()
            && !self.denies
            && !self.particulars.is_empty()
            && self.form.ends_with(&["is".to_owned(), "called".to_owned()])
    }

    /// Two values of one attribute: the newer one stands, unless it is the same value.
    fn of_one_attribute(&self, known: &Self, retracts: bool) -> Relation {
        if retracts {
            // Somebody who gives up keto may be a vegetarian still.
            if self.attribute == Some("user.diet") && self.stems.is_disjoint(&known.stems) {
                return Relation::Independent;
            }
            let meant = self.particulars.is_empty() || !self.particulars.is_disjoint(&known.particulars);
            return match (meant, known.denies && self.stems == known.stems) {
                (_, true) => Relation::Same,
                (true, false) => Relation::Replaces,
                (false, false) => Relation::Independent,
            };
        }
        if self.denies != known.denies || self.stems.is_empty() {
            return if self.form == known.form { Relation::Same } else { Relation::Replaces };
        }
        if self.stems.is_subset(&known.stems) {
            return Relation::Same;
        }
        if known.stems.is_subset(&self.stems) && !known.stems.is_empty() {
            return Relation::Refines;
        }
        Relation::Replaces
    }

    /// Whether `self` may be the newer value of `known` without an attribute that says so. A plan on another day is another plan.
    pub(crate) fn may_outdate(&self, known: &Self) -> bool {
        let keyed = self.attribute.is_some() && known.attribute.is_some();
        !keyed && self.denies == known.denies && !(self.from.is_some() && known.from.is_some())
    }

    /// Whether they have anything in common.
    pub(crate) fn touches(&self, known: &Self) -> bool {
        !self.stems.is_disjoint(&known.stems) || self.attribute.is_some() && self.attribute == known.attribute
    }

    fn is_dated_event(&self) -> bool {
        self.kind == MemoryType::Event && self.from.is_some()
    }

    /// "The user has a dog named Bella" after "The user has a dog": the same words, and now a name.
    fn names_what(&self, known: &Self) -> bool {
        known.particulars.is_empty()
            && !self.particulars.is_empty()
            && !known.stems.is_empty()
            && self.attribute.is_none_or(|_| known.attribute.is_none())
            && self.form.starts_with(&known.form)
    }
}

/// The words between "The user's" and what is said of it, as far as they may name one of the user's people.
fn whose(content: &str) -> impl Iterator<Item = String> {
    const WORDS_MAX: usize = 3;
    let rest = content.strip_prefix("The user's ").unwrap_or_default();
    rest.split(|c: char| !c.is_alphanumeric()).take(WORDS_MAX).map(str::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::testing::memory;

    fn relation(new: &str, known: &str, attribute: Option<&str>, correction: Correction) -> Relation {
        let keyed = |content: &str| Memory { attribute: attribute.map(str::to_owned), ..memory(content) };
        let (new, known) = (keyed(new), keyed(known));
        Gist::of(&new).relation(&Gist::of(&known), 0.0, correction, false)
    }

    #[test]
    fn one_attribute_has_one_value() {
        let home = Some("user.home");
        let of = |new: &str, known: &str| relation(new, known, home, Correction::Nothing);
        assert_eq!(of("The user lives in Oslo.", "The user lives in Lyon."), Relation::Replaces);
        assert_eq!(of("The user is based in Lyon.", "The user lives in Lyon."), Relation::Same);
        assert_eq!(of("The user lives in Lyon, France.", "The user lives in Lyon."), Relation::Refines);
        let taste = |new: &str, known: &str| relation(new, known, Some("like:coffee"), Correction::Nothing);
        assert_eq!(taste("The user does not like coffee.", "The user loves coffee."), Relation::Replaces);
        assert_eq!(taste("The user likes coffee.", "The user loves coffee."), Relation::Same);
    }

    #[test]
    fn without_an_attribute_names_and_words_decide() {
        let of = |new: &str, known: &str| relation(new, known, None, Correction::Nothing);
        assert_eq!(
            of("The user has a dog named Max.", "The user has a dog named Rex."),
            Relation::Independent
        );
        assert_eq!(of("The user has a dog named Rex.", "The user has a dog."), Relation::Refines);
        assert_eq!(of("The user owns a dog.", "The user has a dog."), Relation::Same);
        assert_eq!(of("The user has no dog.", "The user has a dog."), Relation::Replaces);
        assert_eq!(of("The user's sister Ann has a dog.", "The user has a dog."), Relation::Independent);
    }

    #[test]
    fn what_was_sold_is_not_had_and_a_moved_plan_keeps_its_words() {
        let (bought, sold) = (memory("The user bought an e-bike."), memory("The user sold the e-bike."));
        assert_eq!(
            Gist::of(&sold).relation(&Gist::of(&bought), 0.95, Correction::Nothing, true),
            Relation::Replaces
        );
        let (flying, moved) =
            ("The user is flying to Lisbon on 2027-06-12.", "The user's flight is on 2027-06-14.");
        assert_eq!(
            with_new_date(flying, moved).as_deref(),
            Some("The user is flying to Lisbon on 2027-06-14.")
        );
        assert_eq!(with_new_date(moved, flying), None);
    }

    #[test]
    fn who_gives_up_one_diet_may_keep_another() {
        let keyed = |content: &str| Memory { attribute: Some("user.diet".to_owned()), ..memory(content) };
        let given_up = keyed("The user is no longer keto.");
        let relation = |known: &str| {
            Gist::of(&given_up).relation(&Gist::of(&keyed(known)), 0.0, Correction::Nothing, true)
        };
        assert_eq!(relation("The user follows a keto diet."), Relation::Replaces);
        assert_eq!(relation("The user is vegetarian."), Relation::Independent);
    }

    #[test]
    fn a_partner_and_a_death_end_what_was() {
        let keyed = |content: &str, attribute: Option<&str>| Memory {
            attribute: attribute.map(str::to_owned),
            ..memory(content)
        };
        let of = |new: &Memory, known: &Memory| {
            Gist::of(new).relation(&Gist::of(known), 0.0, Correction::Nothing, false)
        };
        let lucia = keyed("The user is dating Lucia.", Some("user.partner.name"));
        let state = |content: &str| keyed(content, Some("user.relationship"));
        assert_eq!(of(&lucia, &state("The user is single.")), Relation::Replaces);
        assert_eq!(of(&lucia, &state("The user is divorced.")), Relation::Independent);
        let died = memory("The user's dog Rex died in October 2026.");
        assert_eq!(of(&died, &memory("The user has a dog named Rex.")), Relation::Replaces);
        assert_eq!(of(&died, &memory("The user has a dog named Max.")), Relation::Independent);
        let passed = memory("The user's son Tom passed his driving test on 2026-11-28.");
        assert_eq!(of(&passed, &memory("The user has a son named Tom.")), Relation::Independent);
        let mourned = memory("The user's grandma Anna died.");
        assert_eq!(of(&mourned, &memory("The user's grandma is called Anna.")), Relation::Independent);
    }

    #[test]
    fn who_quits_ends_what_was_known_of_that_work() {
        let ends = |said: &str, known: &str| {
            let keyed = |content: &str, attribute: &str| Memory {
                attribute: Some(attribute.to_owned()),
                ..memory(content)
            };
            let (said, known) = (keyed(said, "user.employer"), keyed(known, "user.job"));
            Gist::of(&said).relation(&Gist::of(&known), 0.0, Correction::Nothing, true) == Relation::Replaces
        };
        let nurse = "The user works as a nurse at St Mary's Hospital.";
        assert!(ends("The user quit their job.", nurse));
        assert!(ends("The user no longer works at St Mary's Hospital.", nurse));
        assert!(!ends("The user no longer works at Google.", nurse));
        let hers = Memory {
            kind: MemoryType::Event,
            valid_from: Some(crate::lifecycle::testing::NOW),
            ..memory("The user's sister Lupe moved to Seattle for a job at Amazon.")
        };
        let quit = Memory { attribute: Some("user.employer".into()), ..memory("The user quit their job.") };
        let relation = Gist::of(&quit).relation(&Gist::of(&hers), 0.0, Correction::Nothing, true);
        assert_eq!(relation, Relation::Independent, "somebody else's job");
    }

    #[test]
    fn who_breaks_up_ends_that_they_had_a_partner_and_not_that_they_are_single() {
        let ends = |known: &str| {
            let keyed = |content: &str, attribute: &str| Memory {
                attribute: Some(attribute.to_owned()),
                ..memory(content)
            };
            let said = keyed("The user and their partner broke up.", "user.partner.name");
            let known = keyed(known, "user.relationship");
            Gist::of(&said).relation(&Gist::of(&known), 0.0, Correction::Nothing, true) == Relation::Replaces
        };
        assert!(ends("The user has a girlfriend named Mia."));
        assert!(ends("The user is engaged to Mia."));
        assert!(ends("The user is married to Mia."));
        assert!(!ends("The user is single."));
        assert!(!ends("The user is divorced."));
    }

    #[test]
    fn a_correction_replaces_what_has_the_same_form() {
        let sister = |name: &str| format!("The user's sister is called {name}.");
        assert_eq!(
            relation(&sister("Martha"), &sister("Marta"), None, Correction::Words),
            Relation::Replaces
        );
        assert_eq!(
            relation(&sister("Martha"), &sister("Marta"), None, Correction::Plans),
            Relation::Independent
        );
        assert_eq!(correction("No, it's Martha with an h."), Correction::Words);
        assert_eq!(correction("My dentist appointment got moved to Friday"), Correction::Plans);
        assert_eq!(correction("The wedding is on 12 June now."), Correction::Plans);
        assert_eq!(correction("Actually I also have a dog named Max."), Correction::Plans);
        assert_eq!(correction("We moved and have a dog named Max."), Correction::Plans);
        assert_eq!(correction("My sister is called Martha."), Correction::Nothing);
    }
}
