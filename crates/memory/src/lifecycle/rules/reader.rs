//! From sentences to candidates: every place where a statement can begin is tried against every pattern.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use domain::Timestamp;
use jiff::civil::Date;

use super::clauses::{self, Sentence, is_subject};
use super::dates::{self, Calendar, When};
use super::grammar::{Polarity, base_form};
use super::pattern::{Found, Head, Negation, Pattern, Rule};
use super::slots::Scan;
use super::statement::{self, Match};
use super::subjects::{Known, Person, Reference, Role, references, relation};
use super::tables::family::RELATED;
use super::tables::person::CALLED;
use super::tokens::{Kind, Token, tokens};
use super::verbatim::{self, Told};
use super::words::grammar::{SHARED_VERBS, SOFT_ADVERBS};
use super::{Claim, RuleContext, asides, dated, household, own_text, passing, tables, telling, understood};

/// The patterns of one head, by the words that they can begin with.
#[derive(Default)]
struct Index {
    by_word: HashMap<&'static str, Vec<usize>>,
    any: Vec<usize>,
}

struct Patterns {
    all: Vec<Pattern>,
    subject: Index,
    owner: Index,
    free: Index,
}

static PATTERNS: LazyLock<Patterns> = LazyLock::new(|| {
    let mut patterns = Patterns {
        all: Vec::new(),
        subject: Index::default(),
        owner: Index::default(),
        free: Index::default(),
    };
    for rule in tables::RULES.iter().copied().flatten() {
        for text in rule.patterns {
            let pattern = Pattern::new(rule, text);
            let position = patterns.all.len();
            let index = match pattern.head {
                Head::Subject => &mut patterns.subject,
                Head::Owner => &mut patterns.owner,
                Head::Free => &mut patterns.free,
            };
            match pattern.first_words() {
                Some(words) => {
                    for word in words {
                        let list = index.by_word.entry(word).or_default();
                        if list.last() != Some(&position) {
                            list.push(position);
                        }
                    }
                }
                None => index.any.push(position),
            }
            patterns.all.push(pattern);
        }
    }
    patterns
});

impl Patterns {
    /// The patterns that may match, in the order of the tables.
    fn candidates(&self, head: Head, tokens: &[Token<'_>]) -> Vec<&Pattern> {
        let index = match head {
            Head::Subject => &self.subject,
            Head::Owner => &self.owner,
            Head::Free => &self.free,
        };
        let mut positions = index.any.clone();
        for token in tokens.iter().take(4) {
            if let Some(list) = index.by_word.get(&*token.word) {
                positions.extend(list);
            }
            if token.is("'s") {
                positions.extend(index.by_word.get("is").into_iter().flatten());
            }
            if !SOFT_ADVERBS.contains(&*token.word) {
                break;
            }
        }
        positions.sort_unstable();
        positions.dedup();
        positions.into_iter().map(|position| &self.all[position]).collect()
    }
}

/// What reading a message has found so far.
pub(super) struct Reader<'c> {
    said_at: Timestamp,
    today: Date,
    context: &'c RuleContext,
    informal: bool,
    people: Vec<Person>,
    /// Whom the messages before have named: "she" means them where the message names nobody.
    recalled: Vec<Person>,
    /// Known from earlier conversations; "she" does not mean them.
    named: Vec<Person>,
    /// Whether the user speaks of themselves, here or just before.
    of_own_people: bool,
    found: Vec<Claim>,
    /// All clauses as they were told, whether a pattern has read them or not.
    told: Vec<Told>,
}

/// A match, and where the sentence goes on.
struct Read {
    end: usize,
    rule: &'static Rule,
    person: Person,
    /// The verb that further predicates may share: "am" in "I'm Anna, a nurse".
    verb: &'static str,
}

impl<'c> Reader<'c> {
    pub(super) fn new(said_at: Timestamp, context: &'c RuleContext, informal: bool) -> Self {
        let today = said_at.to_zoned(context.time_zone.clone()).date();
        let named =
            context.people.iter().filter_map(|(relation, name)| Person::known(relation, name)).collect();
        Self {
            said_at,
            today,
            context,
            informal,
            people: Vec::new(),
            recalled: Vec::new(),
            named,
            of_own_people: false,
            found: Vec::new(),
            told: Vec::new(),
        }
    }

    /// That the user speaks of themselves.
    pub(super) fn speaks_of_own_people(&mut self, speaks: bool) {
        self.of_own_people = speaks;
    }

    /// Meets the people of the newest message that has any; what it states is known.
    pub(super) fn recall(&mut self, before: &[String]) {
        for message in before {
            for sentence in clauses::sentences(tokens(message, &own_text::masked(message))) {
                self.sentence(&sentence);
            }
            self.found.clear();
            if !self.people.is_empty() {
                self.recalled = std::mem::take(&mut self.people);
                return;
            }
        }
    }

    pub(super) fn calendar(&self) -> Calendar {
        Calendar { today: self.today, past: false }
    }

    /// What the patterns have found, and all clauses as they were told.
    pub(super) fn into_found(self) -> (Vec<Claim>, Vec<Told>) {
        (self.found, self.told)
    }

    pub(super) fn sentence(&mut self, sentence: &Sentence<'_>) {
        let tokens = &sentence.tokens;
        let calendar = Calendar { today: self.today, past: false };
        let mut covered = 0;
        for start in clauses::starts(sentence, calendar) {
            if start >= covered {
                covered = self.clauses_from(tokens, start).unwrap_or(covered);
            }
        }
        let scan = Scan { tokens, calendar, informal: self.informal };
        for (candidate, person) in passing::mentions(&scan, self.said_at, &self.context.time_zone) {
            // What a clause has told of that day is not told again.
            let told = |known: &Claim| known.shared_bytes(&candidate) > 0;
            if candidate.memory.tags.iter().all(|tag| tag != "plan") || !self.found.iter().any(told) {
                self.add(candidate);
            }
            self.meet(person);
        }
        for at in 0..tokens.len() {
            if matches!(&*tokens[at].word, "my" | "our")
                && let Some((person, ..)) = relation(tokens, at + 1)
            {
                self.meet(Some(person));
            }
        }
        if let Some((candidate, person)) = asides::named_before(&scan, &self.context.before, self.said_at) {
            self.add(candidate);
            self.meet(Some(person));
        }
    }

    fn known(&self) -> Known<'_> {
        Known {
            said: &self.people,
            before: &self.recalled,
            named: &self.named,
            of_own_people: self.of_own_people,
        }
    }

    /// Keeps the clauses of a sentence that was just read as they were told.
    pub(super) fn tell(&mut self, sentence: &Sentence<'_>) {
        let scan = Scan { tokens: &sentence.tokens, calendar: self.calendar(), informal: self.informal };
        let told = verbatim::told(sentence, &scan, self.known(), self.said_at, self.context);
        self.told.extend(told);
    }

    fn add(&mut self, candidate: Claim) {
        if !self.found.iter().any(|known| known.memory.content == candidate.memory.content) {
            self.found.push(candidate);
        }
    }

    /// "I'm Katarzyna but everyone calls me Kasia": what others say is the name only where no other is told.
    fn as_nickname(&self, candidate: &mut Claim) {
        let named = self.found.iter().any(|known| known.memory.attribute.as_deref() == Some("user.name"));
        let tag = if named { "nickname" } else { "name" };
        candidate.memory.tags = vec![tag.to_owned()];
        if named {
            candidate.memory.content = candidate.memory.content.replacen("'s name is", "'s nickname is", 1);
            candidate.memory.attribute = Some("user.nickname".to_owned());
        }
    }

    /// Whom the message has named, so that "she" can mean them.
    fn meet(&mut self, person: Option<Person>) {
        let Some(person) = person.filter(|person| !person.is_user()) else { return };
        match self.people.iter_mut().find(|known| known.relation == person.relation) {
            Some(known) if known.name.is_none() => known.name = person.name,
            Some(known) if person.name.is_none() || known.name == person.name => {}
            _ => self.people.push(person),
        }
    }

    /// Reads the statement at `start` and those that go on from it without a pause.
    fn clauses_from(&mut self, tokens: &[Token<'_>], start: usize) -> Option<usize> {
        let mut read = self.clause(tokens, start)?;
        loop {
            let end = read.end;
            if let Some(next) = self.shared(tokens, &read) {
                read = next;
                continue;
            }
            // Typed without punctuation.
            let runs_on = tokens.get(end).is_some_and(is_subject);
            match runs_on.then(|| self.clause(tokens, end)).flatten() {
                Some(next) => read = next,
                None => return Some(end),
            }
        }
    }

    /// The statement at `start`, with its own subject.
    fn clause(&mut self, tokens: &[Token<'_>], start: usize) -> Option<Read> {
        let scan =
            Scan { tokens, calendar: Calendar { today: self.today, past: false }, informal: self.informal };
        let references = references(&scan, start, self.known());
        for reference in references.iter().filter(|reference| reference.introduces) {
            let name = reference.person.name.as_deref().unwrap_or_default();
            self.add(passing::naming(&scan, start..reference.end, self.said_at, &reference.person, name));
        }
        for reference in &references {
            if let Some(read) = self.about(tokens, start, reference) {
                self.meet(Some(reference.person.clone()));
                return Some(read);
            }
        }
        self.meet(references.first().map(|reference| reference.person.clone()));
        let user = Person::user();
        if let Some(read) = self.telegram(tokens, start, &user) {
            return Some(read);
        }
        if understood::is_state(&tokens[start]) && understood::about_another(&tokens[..start]) {
            return None;
        }
        self.matching(Head::Free, tokens, &tokens[start..], start, &user, Polarity::Plain, false)
    }

    /// "Just moved to Madrid", "been vegan since 2019": a clause that leaves out its "I".
    fn telegram(&mut self, tokens: &[Token<'_>], start: usize, user: &Person) -> Option<Read> {
        let calendar = Calendar { today: self.today, past: false };
        if let Some(view) = understood::predicate(tokens, start, calendar) {
            return self.predicate(tokens, &view, start, user, true);
        }
        understood::introduced(tokens, start)
            .iter()
            .find_map(|view| self.predicate(tokens, view, start, user, false))
    }

    fn about(&mut self, tokens: &[Token<'_>], start: usize, reference: &Reference) -> Option<Read> {
        let rest = tokens.get(reference.end..).filter(|rest| !rest.is_empty())?;
        match reference.role {
            Role::Owner => {
                self.matching(Head::Owner, tokens, rest, start, &reference.person, Polarity::Plain, false)
            }
            Role::Subject => {
                let with_frequency = self.frequency_last(tokens, start, rest);
                let rest = with_frequency.as_deref().unwrap_or(rest);
                self.predicate(tokens, rest, start, &reference.person, false)
            }
        }
    }

    fn predicate(
        &mut self,
        tokens: &[Token<'_>],
        rest: &[Token<'_>],
        start: usize,
        person: &Person,
        shared: bool,
    ) -> Option<Read> {
        let (view, polarity) = plain(rest, person)?;
        let read = self.matching(Head::Subject, tokens, &view, start, person, polarity, shared);
        let read = read.or_else(|| self.planning(tokens, &view, start, person, polarity));
        read.or_else(|| self.telling(tokens, &view, start, person, polarity))
    }

    /// What no rule foresees, but has a day to come.
    fn planning(
        &mut self,
        tokens: &[Token<'_>],
        view: &[Token<'_>],
        start: usize,
        person: &Person,
        polarity: Polarity,
    ) -> Option<Read> {
        let calendar = self.calendar();
        let (view, when) =
            (polarity == Polarity::Plain).then(|| without_date(tokens, view, start, calendar)).flatten()?;
        let scan = Scan { tokens: &view, calendar, informal: self.informal };
        let (end, says) = (when.from > self.today).then(|| dated::planned(&scan)).flatten()?;
        let last = view[..end].iter().map(|token| token.range.end).max()?;
        let evidence = tokens[start].range.start..last;
        self.add(statement::planned(person, &says, &when, evidence, self.said_at, &self.context.time_zone)?);
        let end = tokens.iter().position(|token| token.range.start >= last).unwrap_or(tokens.len());
        Some(Read { end: end.max(start + 1), rule: &dated::PLANNED, person: person.clone(), verb: "" })
    }

    /// What no rule foresees, but shows that it lasts.
    fn telling(
        &mut self,
        tokens: &[Token<'_>],
        view: &[Token<'_>],
        start: usize,
        person: &Person,
        polarity: Polarity,
    ) -> Option<Read> {
        let calendar = Calendar { today: self.today, past: false };
        let scan = Scan { tokens: view, calendar, informal: self.informal };
        let (end, says) = (polarity == Polarity::Plain).then(|| telling::told(&scan)).flatten()?;
        if overruns(view, end) {
            return None;
        }
        let last = view[..end].iter().map(|token| token.range.end).max()?;
        let evidence = tokens[start].range.start..last;
        self.add(statement::told(person, &says, evidence, self.said_at));
        let end = tokens.iter().position(|token| token.range.start >= last).unwrap_or(tokens.len());
        Some(Read { end: end.max(start + 1), rule: &telling::TOLD, person: person.clone(), verb: "" })
    }

    /// "I live in Lyon and work as a nurse", "I'm Anna, 34, from Lyon": what leaves out its subject, or its verb too.
    fn shared(&mut self, tokens: &[Token<'_>], read: &Read) -> Option<Read> {
        if !read.rule.shares_subject {
            return None;
        }
        let mut next = read.end;
        while next < read.end + 4
            && tokens.get(next).is_some_and(|token| {
                matches!(
                    &*token.word,
                    "," | "and"
                        | "but"
                        | "also"
                        | "–"
                        | "-"
                        | "then"
                        | "now"
                        | "currently"
                        | "originally"
                        | "still"
                )
            })
        {
            next += 1;
        }
        let first = tokens.get(next)?;
        if is_subject(first) && !matches!(&*first.word, "allergic") {
            return None;
        }
        let separated = next > read.end;
        let verb = if read.person.is_user() { first.word.to_string() } else { base_form(&first.word)? };
        let pair = tokens.get(next + 1).map(|token| format!("{verb}_{}", token.word)).unwrap_or_default();
        if separated
            && (SHARED_VERBS.contains(&*verb) || SHARED_VERBS.contains(&*pair))
            && let Some(found) = self.predicate(tokens, &tokens[next..], next, &read.person, true)
        {
            return Some(found);
        }
        // "I'm a 34-year-old nurse": the noun that the age describes.
        let aged = !separated && read.rule.tag == "age" && tokens[read.end - 1].word.ends_with("old");
        let carries_on = separated
            || aged
            || matches!(
                &*first.word,
                "from" | "living" | "working" | "based" | "married" | "originally" | "currently"
            );
        if !carries_on || read.verb.is_empty() || !read.person.is_user() {
            return None;
        }
        let mut verb = first.clone();
        verb.word = Cow::Borrowed(read.verb);
        let mut view = vec![verb];
        // "I'm learning Spanish, not Italian anymore": what is not done anymore, not what one is not.
        let done = tokens[..read.end]
            .iter()
            .rev()
            .take_while(|token| !token.is_stop())
            .find(|token| token.word.ends_with("ing"));
        if let Some(done) = done.filter(|_| first.is("not") && read.verb == "am") {
            view.extend([first.clone(), done.clone()]);
            next += 1;
        }
        if aged {
            let mut article = first.clone();
            article.word = Cow::Borrowed("a");
            view.push(article);
        }
        view.extend(tokens[next..].iter().cloned());
        let mut found = self.predicate(tokens, &view, next, &read.person, true)?;
        found.verb = read.verb;
        Some(found)
    }

    /// "Every morning I run 5 km" with its frequency behind it, where the patterns look for it.
    fn frequency_last<'a>(
        &self,
        tokens: &[Token<'a>],
        start: usize,
        rest: &[Token<'a>],
    ) -> Option<Vec<Token<'a>>> {
        // "I don't work on Sundays, I go to church": what ends another clause is not theirs.
        let opens = |at: usize| {
            at == 0 || tokens[at - 1].is_stop() || matches!(&*tokens[at - 1].word, "and" | "but" | "so")
        };
        let begins = (start.saturating_sub(6)..start).filter(|at| opens(*at)).find(|at| {
            dates::frequency_at(tokens, *at)
                .is_some_and(|end| end == start || end + 1 == start && tokens[end].is(","))
        })?;
        let end = dates::frequency_at(tokens, begins)?;
        let scan = Scan {
            tokens: rest,
            calendar: Calendar { today: self.today, past: false },
            informal: self.informal,
        };
        let phrase = super::slots::phrase_end(&scan, 0, super::nouns::WORDS_MAX);
        let view = rest[..phrase].iter().chain(&tokens[begins..end]).chain(&rest[phrase..]).cloned();
        Some(view.collect())
    }

    /// Keeps what a match says, and meets whom it names.
    fn keep(&mut self, candidates: Vec<Claim>, matched: &Match<'_>, shared: bool) {
        let Match { rule, found, person, .. } = *matched;
        for mut candidate in candidates {
            if rule.tag == CALLED {
                self.as_nickname(&mut candidate);
            }
            // "I'm a barista and a student": the second does not replace the first.
            let again = shared
                && candidate.memory.attribute.is_some()
                && self.found.iter().any(|known| known.memory.attribute == candidate.memory.attribute);
            if again {
                candidate.memory.attribute = None;
            }
            self.add(candidate);
        }
        if rule.tag == "name" && !person.is_user() {
            // "He's Alfie": from now on he has a name.
            let name = found.slots.iter().find_map(|(_, items)| Some(items.first()?.text.clone()));
            self.meet(Some(Person { name, ..person.clone() }));
        }
        if rule.tag == RELATED {
            let said = |slot: &str| {
                let (_, items) = found.slots.iter().find(|(name, _)| *name == slot)?;
                Some(items.first()?.text.clone())
            };
            let whose = person.phrase();
            let whose = whose.strip_prefix("The user's ").unwrap_or(&whose);
            let related = said("kinsman").map(|kin| Person {
                relation: format!("{whose}'s {kin}"),
                name: said("name"),
                key: None,
                ..person.clone()
            });
            self.meet(related);
        }
        for (_, items) in &found.slots {
            items.iter().filter_map(household::person).for_each(|person| self.meet(Some(person)));
        }
    }

    /// Tries the patterns on `view`, which stands for the tokens from `start`; the first match makes the candidates.
    #[expect(clippy::too_many_arguments, reason = "one call site each; a struct would only rename them")]
    fn matching(
        &mut self,
        head: Head,
        tokens: &[Token<'_>],
        view: &[Token<'_>],
        start: usize,
        person: &Person,
        polarity: Polarity,
        shared: bool,
    ) -> Option<Read> {
        let mut undated: Option<Option<(Vec<Token<'_>>, When)>> = None;
        let mut undated_past: Option<Option<(Vec<Token<'_>>, When)>> = None;
        for pattern in PATTERNS.candidates(head, view) {
            let rule = pattern.rule;
            if shared && rule.needs_subject
                || rule.user_only && !person.is_user()
                || rule.others_only && person.is_user()
            {
                continue;
            }
            let calendar = Calendar { today: self.today, past: rule.past };
            let (view, when) = if rule.needs_date {
                let cached = if rule.past { &mut undated_past } else { &mut undated };
                let found = cached.get_or_insert_with(|| without_date(tokens, view, start, calendar));
                let Some((view, when)) = found else { continue };
                // "The course is off on Friday", "first holiday in six years": no plans.
                if head == Head::Free && when.is_vague() {
                    continue;
                }
                (view.as_slice(), Some(&*when))
            } else {
                (view, None)
            };
            let scan = Scan { tokens: view, calendar, informal: self.informal };
            let Some(found) = pattern
                .read(&scan, 0)
                .filter(|found| found.end > 0 && (view[found.end - 1].is(",") || !overruns(view, found.end)))
            else {
                continue;
            };
            // "The class is off on 11 March" cancels one day of it.
            let off_on_a_day = rule.retracts
                && view[..found.end].last().is_some_and(|token| token.is("off"))
                && view[..found.end]
                    .iter()
                    .rev()
                    .nth(1)
                    .is_some_and(|token| token.is("is") || token.is("'s"))
                && dates::date_at(view, found.end, calendar).is_some();
            if off_on_a_day || rule.needs_date && takes_back(&view[found.end..]) {
                continue;
            }
            let Some(polarity) = accepted(rule, polarity, &view[found.end..]) else { continue };
            let last = view[..found.end].iter().map(|token| token.range.end).max()?;
            let end = tokens.iter().position(|token| token.range.start >= last).unwrap_or(tokens.len());
            let since = rule
                .past
                .then(|| {
                    dates::date_at(view, found.end, calendar)
                        .map(|(_, when)| when)
                        .or_else(|| leading_date(tokens, start, calendar))
                })
                .flatten();
            let evidence = tokens[start].range.start..last;
            let matched = Match {
                rule,
                head,
                found: &found,
                person,
                polarity,
                when: when.or(since.as_ref()),
                evidence,
            };
            let candidates = statement::candidates(&matched, self.said_at, self.context);
            if candidates.is_empty() {
                continue;
            }
            self.keep(candidates, &matched, shared);
            let verb = shared_verb(head, view, &found);
            return Some(Read { end: end.max(start + 1), rule, person: person.clone(), verb });
        }
        None
    }
}

fn shared_verb(head: Head, view: &[Token<'_>], found: &Found) -> &'static str {
    if head != Head::Subject {
        return "";
    }
    let verb = view[..found.end]
        .iter()
        .find(|token| !SOFT_ADVERBS.contains(&*token.word))
        .map_or("", |token| &*token.word);
    match verb {
        "am" => "am",
        "have" => "have",
        "was" => "was",
        _ => "",
    }
}

/// Whether what was planned does not happen, or not then: "… is off", "… slipped my mind".
fn takes_back(after: &[Token<'_>]) -> bool {
    let word = |offset: usize| after.get(offset).map_or("", |token| &*token.word);
    let forgotten = word(0) == "my" && word(1) == "mind";
    let other = matches!(
        word(0),
        "off"
            | "over"
            | "cancelled"
            | "canceled"
            | "postponed"
            | "late"
            | "delayed"
            | "full"
            | "fully"
            | "sold"
            | "closed"
    );
    forgotten || other
}

/// Whether a verb follows that what was read is the subject of.
fn overruns(view: &[Token<'_>], end: usize) -> bool {
    view.get(end).is_some_and(|token| {
        matches!(
            &*token.word,
            "is" | "are"
                | "was"
                | "were"
                | "has"
                | "'s"
                | "will"
                | "would"
                | "can"
                | "could"
                | "should"
                | "did"
        ) || token.is("/")
            || token.kind == Kind::Quote
    })
}

/// The predicate without its negation, its verb in the form that patterns have; `None` if it is about what is not so.
fn plain<'t, 'a>(rest: &'t [Token<'a>], person: &Person) -> Option<(Cow<'t, [Token<'a>]>, Polarity)> {
    let at = rest.iter().take_while(|token| SOFT_ADVERBS.contains(&*token.word) && !token.is("do")).count();
    let word = |offset: usize| rest.get(at + offset).map_or("", |token| &*token.word);
    let (removed, polarity) = match (word(0), word(1), word(2)) {
        ("no", "longer", _) => (at..at + 2, Polarity::NoLonger),
        ("am" | "is" | "are" | "'s" | "can", "no", "longer") => (at + 1..at + 3, Polarity::NoLonger),
        ("used", "to", _) => (at..at + 2, Polarity::UsedTo),
        ("do" | "does", "not", _) => (at..at + 2, Polarity::Not),
        ("am" | "is" | "are" | "'s", "not", _) => (at + 1..at + 2, Polarity::Not),
        ("never", ..) => (at..at + 1, Polarity::Never),
        _ => (at..at, Polarity::Plain),
    };
    let agrees = person.is_user() && !matches!(word(0), "are" | "were");
    if removed.is_empty() && agrees {
        return Some((Cow::Borrowed(rest), polarity));
    }
    let mut view: Vec<Token<'a>> =
        rest[..removed.start].iter().chain(&rest[removed.end..]).cloned().collect();
    let verb = view.iter_mut().find(|token| !SOFT_ADVERBS.contains(&*token.word))?;
    let base = match &*verb.word {
        "be" | "are" => Some("am".to_owned()),
        "were" => Some("was".to_owned()),
        word if !person.is_user() && !person.plural => {
            base_form(word).or_else(|| is_past(word).then(|| word.to_owned()))
        }
        word => Some(word.to_owned()),
    };
    let base = base.or_else(|| (polarity != Polarity::Plain).then(|| verb.word.to_string()))?;
    if *verb.word != base {
        verb.word = Cow::Owned(base);
    }
    Some((Cow::Owned(view), polarity))
}

pub(super) fn is_past(word: &str) -> bool {
    word.ends_with("ed")
        || matches!(
            word,
            "was"
                | "had"
                | "grew"
                | "got"
                | "went"
                | "became"
                | "can"
                | "ran"
                | "won"
                | "broke"
                | "left"
                | "just"
        )
}

/// The polarity with which the rule takes the match, if it does.
fn accepted(rule: &Rule, polarity: Polarity, after: &[Token<'_>]) -> Option<Polarity> {
    let word = |offset: usize| after.get(offset).map_or("", |token| &*token.word);
    let no_more =
        matches!((word(0), word(1)), ("anymore", _) | ("any", "more" | "longer") | ("after", "all"));
    match polarity {
        Polarity::Not if no_more => Some(Polarity::NoLonger),
        Polarity::Plain if rule.negation == Negation::Needed => None,
        Polarity::Plain | Polarity::NoLonger | Polarity::UsedTo => {
            (!rule.needs_date || polarity == Polarity::Plain).then_some(polarity)
        }
        // "We're not together this weekend" ends nothing.
        Polarity::Not | Polarity::Never => {
            (rule.negation != Negation::Ignored && !rule.retracts).then_some(polarity)
        }
    }
}

/// The clause without the date that it names, before its subject or anywhere in it.
fn without_date<'a>(
    tokens: &[Token<'a>],
    view: &[Token<'a>],
    start: usize,
    calendar: Calendar,
) -> Option<(Vec<Token<'a>>, When)> {
    if let Some(when) = leading_date(tokens, start, calendar) {
        return Some((view.to_vec(), when));
    }
    let limit = view.iter().position(|token| token.is_stop() && !token.is(",")).unwrap_or(view.len());
    let limit = limit.min(
        view.windows(2)
            .position(|pair| {
                matches!(&*pair[0].word, "and" | "but" | "so" | "because") && is_subject(&pair[1])
            })
            .unwrap_or(limit),
    );
    // "until the kids finish school in June": that is somebody else's day.
    let limit = limit.min(
        view.iter()
            .enumerate()
            .position(|(at, token)| {
                matches!(&*token.word, "until" | "till" | "when" | "once")
                    && dates::date_at(view, at, calendar).is_none()
            })
            .unwrap_or(limit),
    );
    let bounds = |at: usize| matches!(&*view[at].word, "since" | "until" | "till" | "every" | "each");
    let (at, end, when) = (1..limit)
        .filter(|at| !bounds(*at) && !bounds(at - 1))
        .find_map(|at| dates::date_at(view, at, calendar).map(|(end, when)| (at, end, when)))?;
    let mut rest = view[..at].to_vec();
    // "a deadline of 1 May", "a call planned for Friday".
    while rest.len() > 2
        && rest.last().is_some_and(|token| {
            matches!(
                &*token.word,
                "of" | "for"
                    | "to"
                    | "until"
                    | "planned"
                    | "scheduled"
                    | "booked"
                    | "set"
                    | "rescheduled"
                    | "coming"
                    | "up"
            )
        })
    {
        rest.pop();
    }
    // "an interview on Monday wish me luck": the date parted what is now side by side.
    let points = |at: usize| view.get(at).is_some_and(super::nouns::is_pointing);
    let joint = (1..4).find(|offset| view.get(end + offset).is_some_and(|token| token.is("and")));
    let goes_on = view.get(end).is_none_or(|token| {
        matches!(&*token.word, "with" | "at" | "for" | "in" | "about" | "to" | "of" | "from")
            && !(1..joint.unwrap_or(4)).any(|offset| points(end + offset))
    });
    if !goes_on {
        let mut pause = view[at].clone();
        pause.word = Cow::Borrowed(",");
        pause.kind = Kind::Mark;
        rest.push(pause);
    }
    rest.extend_from_slice(&view[end..]);
    Some((rest, when))
}

/// The date that leads to the clause at `start`: "In 2015 I moved".
pub(super) fn leading_date(tokens: &[Token<'_>], start: usize, calendar: Calendar) -> Option<When> {
    // "not Friday, the doctor is on Thursday".
    let denied = |at: usize| at.checked_sub(1).is_some_and(|before| tokens[before].is("not"));
    (start.saturating_sub(8)..start).filter(|at| !denied(*at)).find_map(|at| {
        let (end, when) = dates::date_at(tokens, at, calendar)?;
        (end == start || end + 1 == start && tokens[end].is(",")).then_some(when)
    })
}
