//! What a clause can state: a table of patterns, each with what it makes of a match.

use std::sync::LazyLock;

use domain::Timestamp;
use domain::memory::MemoryType;
use regex::{Captures, Regex};

use super::clauses::Clause;
use super::words::{
    CONDITIONS, DIETS, NATIONALITIES, NOT_LIKED, NOT_NAMES, PETS, POSSESSIONS, PROFESSIONS, RELATIONS, SINGLE,
};
use super::{Statement, dates};

/// A pattern from a constant of this crate.
#[expect(clippy::expect_used, reason = "every pattern is a constant, and a test compiles them all")]
pub(super) fn pattern(text: &str) -> Regex {
    Regex::new(text).expect("a constant pattern")
}

struct Rule {
    pattern: Regex,
    make: fn(&Captures<'_>) -> Option<Statement>,
}

/// What the clause states; usually one thing, sometimes two.
pub(super) fn match_clause(clause: &Clause, said_at: Timestamp) -> Vec<Statement> {
    let text = clause.text.as_str();
    let matching = RULES.iter().find_map(|rule| (rule.make)(&rule.pattern.captures(text)?));
    let mut found: Vec<Statement> = match matching {
        Some(statement) => vec![statement],
        None => plan(text, said_at).into_iter().collect(),
    };
    found.extend(names_in_passing(text));
    if clause.asked_for {
        if found.is_empty() {
            let content = format!("The user asked to remember: {text}.");
            found.push(Statement::new(MemoryType::Other, 0.8, "remember", content));
        }
        for statement in &mut found {
            statement.importance = statement.importance.max(0.8);
        }
    }
    found
}

/// Capitalised words, or one in lower case where the user types without capitals.
const NAME: &str = r"([A-Z][\w'-]+(?: (?:[A-Z][\w'-]+|de|van|von|da|la)){0,3}|[a-z][\w'-]+)";
/// A place: capitalised words with the small ones between them, or up to two words in lower case.
const PLACE: &str = r"((?:the )?[A-Z][\w'.-]+(?:,? (?:[A-Z][\w'.-]+|(?:of|de|la|del|upon|on|am)\b)){0,4}|[a-z][\w'-]+(?: [a-z][\w'-]+)?)";
/// Words of emphasis between "I" and its verb.
const ADVERB: &str = r"(?:really |absolutely |just |still |also |currently |now |recently |always |usually |generally |simply |truly |especially |particularly |do |actually )*";

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |text: String, make| Rule { pattern: pattern(&text), make };
    vec![
        rule(format!(r"^(?i:my (?:full |first )?name is|my name's|i am called|i'm called|im called|call me|people call me|everyone calls me|my friends call me|this is|the name's) {NAME}(?: speaking| here)?(?:[,. ]|$)"), name),
        rule(r"^(?i:i'm|i am|im) ([A-Z][a-z'-]+(?: [A-Z][a-z'-]+)?)(?:$|, (?:and )?(?i:from|a |an |\d))".into(), name),
        rule(format!(r"^(?i:my home ?town is|my home ?town's) {PLACE}"), home_town),
        rule(format!(r"^(?i:(?:i|we) {ADVERB}(?:live|reside|stay permanently) (?:in|near|at)|(?:i'm|i am|we're|we are|im) {ADVERB}(?:living|based|settled) (?:in|near|at)|(?:i|we|i've|i have|we've|we have) {ADVERB}moved (?:back )?(?:from [\w' -]+? )?to|my home is (?:in )?|home is) {PLACE}"), home),
        rule(format!(r"^(?i:i'm|i am|im) {ADVERB}(?:originally )?from {PLACE}|^(?i:i (?:was born|grew up|was raised|come from|was born and raised)(?: in)?|originally i come from) {PLACE}"), origin),
        rule(r"^(?i:my birthday(?: is|'s)(?: on)?|i was born on|my date of birth is) (.+)$".into(), birthday),
        rule(r"^(?i:i'm|i am|im|i just turned|i turned) (\d{1,3})(?i: years old| years of age| now| today|$)".into(), age),
        rule(r"^(?i:i'm|i am|im|i have been|i've been|we're|we are) (?:also |severely |very |highly |deathly |mildly )*(not )?(?i:allergic to) (.+)$".into(), allergy),
        rule(r"^(?i:i have|i've got|i suffer from|i've) (?:a |an )?(?:severe |bad |mild )?([\w -]+?) (?i:allergy|allergies)$".into(), allergy_noun),
        rule(r"^([\w ]+?) (?i:gives? me hives|makes? my throat swell)".into(), allergy_noun),
        rule(format!(r"^(?i:i'm|i am|im|i've been|i have been|i became|i've become) (?:also |strictly |mostly |now |currently )*(?:a |an )?(?i:({DIETS}))\b"), diet),
        rule(r"^(?i:i no longer) (.+)$".into(), no_longer),
        rule(r"^(?i:i don't|i do not) (.+?) (?i:any ?more|any longer)$".into(), no_longer),
        rule(r"^(?i:i don't|i do not|i never|i can't|i cannot) (eat|drink|smoke) ([\w ]+?)(?: at all)?$".into(), abstains),
        rule(format!(r"^(?i:i have|i've got|i suffer from|i was diagnosed with|i've been diagnosed with|i live with) (?i:({CONDITIONS}))\b"), condition),
        rule(format!(r"^(?i:my|our) (?i:((?:{RELATIONS}|{PETS})))(?i:'s name is|s name is|'s called|'s named| is called| is named|'s name's|'s) ({NAME})"), called),
        rule(format!(r"^(?i:the name of my) (?i:((?:{RELATIONS}|{PETS}))) (?i:is) ({NAME})"), called),
        rule(format!(r"^(?i:i|we) (?i:also )?(?i:have|'ve got|got|adopted|own)(?: also)? (?i:an? (?:\w+ ){{0,2}}?|my )?(?i:({RELATIONS}|{PETS}))(?i:,? (?:called|named|whose name is)) ({NAME})"), called),
        rule(format!(r"^(?i:i|we) (?i:also )?(?i:have|'ve got|got|adopted) (?i:(an?|one|two|three|four|five|six|\d)) ((?i:(?:\w+ )??(?:{RELATIONS}|{PETS}|kids?|children)s?))(?i:,? (?:called|named))?(?::|,)? ?((?:[A-Z][\w'-]+(?:, | and |, and )?)+)?$"), has_some),
        rule(r"^(?i:my) (?i:(favou?rite [\w ]+?)) (?i:is|are|has to be|'s) (.+)$".into(), favourite),
        rule(format!(r"^(?i:i) {ADVERB}(?i:prefer) (.+?) (?i:over|to|rather than) (.+)$"), prefers),
        rule(format!(r"^(?i:i|we) {ADVERB}(?i:(love|like|enjoy|adore|am fond of|am into|prefer)) (.+)$"), likes),
        rule(r"^(?i:i'm|i am|im) (?:really |very )?(?i:into|fond of|a (?:big |huge )?fan of|crazy about|keen on) (.+)$".into(), fond_of),
        rule(format!(r"^(?i:i|we) {ADVERB}(?i:hate|dislike|can't stand|cannot stand|detest|don't like|do not like|don't enjoy|do not enjoy|loathe) (.+)$"), dislikes),
        rule(format!(r"^(?i:i) {ADVERB}(?i:work|worked) (?i:as) (?:an? |the )?([\w -]+?)(?: (?i:at|for|in) {PLACE})?$"), works_as),
        rule(format!(r"^(?i:i|i've) {ADVERB}(?i:work at|work for|got a job at|got a new job at|started (?:working )?at|started a (?:new )?job at|joined|am employed at|am employed by) {PLACE}"), works_at),
        rule(format!(r"^(?i:i'm|i am|im) {ADVERB}(?i:working (?:at|for)|employed (?:at|by)) {PLACE}"), works_at),
        rule(format!(r"^(?i:i'm|i am|im|my job is|i became|i've become) {ADVERB}(?:being )?(?:an? |the )?((?:[\w-]+ ){{0,2}}?(?i:{PROFESSIONS}))(?: (?i:at|for|by profession|by trade|in|from)(?: {PLACE})?)?$"), profession),
        rule(r"^(?i:i'm|i am|im|i) (?:now |currently |also )?(?i:(retired|unemployed|self-employed|between jobs))$".into(), work_state),
        rule(format!(r"^(?i:i|i'm|i am|im) {ADVERB}(?i:study|studying) ([\w ]+?)(?: (?i:at|in) {PLACE})?$"), studies),
        rule(format!(r"^(?i:i|we) {ADVERB}(?i:speak) ([A-Z][\w, ]+?)(?: fluently| at home)?$"), speaks),
        rule(r"^(?i:i'm|i am|im|i've started|i started) (?:also |currently |now )?(?i:learning) (?:to |how to )?(.+)$".into(), learning),
        rule(format!(r"^(?i:i'm|i am|im) (?:half |originally )?({NATIONALITIES})$"), nationality),
        rule(format!(r"^(?i:i|we) {ADVERB}(?i:play) (.+)$"), plays),
        rule(format!(r"^(?i:i|we) {ADVERB}(?i:(own|drive|have|bought|just bought)) (an? (?:[\w-]+ ){{0,3}}?(?i:{POSSESSIONS}))$"), possession),
        rule(r"^(?i:i|we) (?:usually |always |often )?([\w]+(?: [\w ]+?)?) (?i:(every (?:single )?(?:other )?\w+|on (?:mon|tues|wednes|thurs|fri|satur|sun)days|twice a week|once a week))$".into(), habit),
        rule(r"^(?i:i'm|i am|im) (?:also |currently )?(?i:training for) (.+)$".into(), training),
        rule(r"^(?i:i want to|i'd love to|my goal is to|my dream is to) (learn|become|visit|write|run|climb|build|move|travel|open|start|quit) (.+)$".into(), goal),
        rule(r"^(?i:i'm|i am|im|we're|we are) (?:happily )?(?i:(married|single|divorced|engaged|widowed|pregnant))(?: (?:to|with) ([A-Z][\w'-]+))?$".into(), status),
    ]
});

fn name(found: &Captures<'_>) -> Option<Statement> {
    let name = proper(&found[1]);
    let first = name.split(' ').next()?.to_lowercase();
    if NOT_NAMES.contains(&first.as_str()) || PROFESSIONS.split('|').any(|one| one == first) {
        return None;
    }
    Some(
        Statement::new(MemoryType::Fact, 0.9, "name", format!("The user's name is {name}."))
            .attribute("user.name")
            .about(&name),
    )
}

fn place(found: &Captures<'_>) -> Option<String> {
    let place = found.iter().skip(1).flatten().last()?.as_str();
    // Typed without capitals, a place ends where a small word begins.
    let small = [
        "with", "and", "but", "for", "since", "because", "now", "near", "right", "again", "alone", "in",
        "by", "at", "too", "which", "last", "this", "two", "a", "an", "my", "the", "where", "when",
    ];
    let words: Vec<&str> = place.split(' ').collect();
    let upper = place.chars().any(char::is_uppercase);
    let end =
        words.iter().skip(1).position(|word| !upper && small.contains(word)).map_or(words.len(), |at| at + 1);
    let place = words[..end].join(" ");
    let place = place.trim_end_matches(" and the").trim_end_matches([',', '.', ' ']);
    let vague = [
        "a",
        "an",
        "my",
        "the",
        "here",
        "there",
        "our",
        "this",
        "that",
        "peace",
        "another",
        "different",
        "work",
        "home",
        "hell",
        "fear",
        "town",
        "hope",
    ];
    if vague.contains(&place.split(' ').next()?) {
        return None;
    }
    Some(proper(place))
}

fn home_town(found: &Captures<'_>) -> Option<Statement> {
    let place = place(found)?;
    Some(
        fact(0.8, "home", format!("The user's home town is {place}."))
            .attribute("user.home_town")
            .about(&place),
    )
}

fn home(found: &Captures<'_>) -> Option<Statement> {
    let place = place(found)?;
    Some(fact(0.8, "home", format!("The user lives in {place}.")).attribute("user.home").about(&place))
}

fn origin(found: &Captures<'_>) -> Option<Statement> {
    let place = place(found)?;
    if place.chars().any(|c| c.is_ascii_digit()) {
        return None;
    }
    Some(fact(0.7, "origin", format!("The user comes from {place}.")).attribute("user.origin").about(&place))
}

fn birthday(found: &Captures<'_>) -> Option<Statement> {
    let when = trimmed(&found[1])?;
    when.chars().any(|c| c.is_ascii_digit()).then_some(())?;
    Some(fact(0.8, "birthday", format!("The user's birthday is {when}.")).attribute("user.birthday"))
}

fn age(found: &Captures<'_>) -> Option<Statement> {
    let age: u32 = found[1].parse().ok().filter(|age| (5..=120).contains(age))?;
    Some(fact(0.7, "age", format!("The user is {age} years old.")).attribute("user.age"))
}

fn allergy(found: &Captures<'_>) -> Option<Statement> {
    let to = trimmed(&found[2])?;
    if ["work", "mondays", "bullshit", "nonsense", "people"].contains(&to.to_lowercase().as_str()) {
        return None;
    }
    let not = if found.get(1).is_some() { "not " } else { "" };
    let key = format!("user.allergy.{}", slug(&to));
    Some(fact(0.9, "allergy", format!("The user is {not}allergic to {to}.")).attribute(key))
}

fn allergy_noun(found: &Captures<'_>) -> Option<Statement> {
    let to = trimmed(&found[1])?.to_lowercase();
    let key = format!("user.allergy.{}", slug(&to));
    Some(fact(0.9, "allergy", format!("The user is allergic to {to}.")).attribute(key))
}

fn diet(found: &Captures<'_>) -> Option<Statement> {
    Some(fact(0.85, "diet", format!("The user is {}.", found[1].to_lowercase())).attribute("user.diet"))
}

fn abstains(found: &Captures<'_>) -> Option<Statement> {
    let what = trimmed(&found[2])?;
    let vague = ["much", "enough", "a lot", "well", "properly", "today", "breakfast", "anything"];
    if vague.contains(&what.as_str()) {
        return None;
    }
    let verb = found[1].to_lowercase();
    Some(
        preference(0.7, format!("The user does not {verb} {what}."))
            .attribute(format!("user.{verb}.{}", slug(&what))),
    )
}

fn no_longer(found: &Captures<'_>) -> Option<Statement> {
    let what = trimmed(&found[1])?;
    let (verb, rest) = what.split_once(' ').unwrap_or((&what, ""));
    let verb = verb.to_lowercase();
    if ["know", "care", "need", "think", "want", "understand", "have", "believe", "see", "feel"]
        .contains(&verb.as_str())
    {
        return None;
    }
    let content = format!("The user no longer {} {rest}", third_person(&verb));
    let statement = preference(0.7, format!("{}.", content.trim_end()));
    Some(match verb.as_str() {
        "like" | "love" | "enjoy" => statement.attribute(format!("user.likes.{}", slug(rest))),
        "live" => statement.attribute("user.home"),
        "work" => statement.attribute("user.employer"),
        "eat" | "drink" | "smoke" => statement.attribute(format!("user.{verb}.{}", slug(rest))),
        "play" => statement.attribute(format!("user.plays.{}", slug(rest.trim_start_matches("the ")))),
        _ => statement,
    })
}

fn condition(found: &Captures<'_>) -> Option<Statement> {
    let condition = found[1].to_lowercase();
    Some(
        fact(0.9, "health", format!("The user has {condition}."))
            .attribute(format!("user.health.{}", slug(&condition))),
    )
}

fn called(found: &Captures<'_>) -> Option<Statement> {
    let (who, name) = (found[1].to_lowercase(), proper(&found[2]));
    let word = name.to_lowercase();
    let is_pet = PETS.split('|').any(|pet| pet == who);
    // After "my dog's" comes a name, or anything else that a dog has or is.
    let verb_like = [
        "a", "an", "the", "not", "in", "very", "so", "called", "named", "name", "at", "on", "my", "from",
        "going", "coming",
    ];
    let ends_like_verb = word.ends_with("ing") || word.ends_with("ed") && name == word;
    if verb_like.contains(&word.as_str()) || NOT_NAMES.contains(&word.as_str()) || ends_like_verb {
        return None;
    }
    if name.chars().next().is_some_and(char::is_lowercase) {
        return None;
    }
    let content = if is_pet {
        format!("The user has a {who} named {name}.")
    } else {
        format!("The user's {who} is called {name}.")
    };
    let statement = relation(if is_pet { "pet" } else { "family" }, content).about(&name);
    Some(if SINGLE.contains(&who.as_str()) {
        statement.attribute(format!("user.{}.name", slug(&who)))
    } else {
        statement
    })
}

fn has_some(found: &Captures<'_>) -> Option<Statement> {
    let (count, who) = (found[1].to_lowercase(), found[2].to_lowercase());
    let count = if count == "an" { "a" } else { count.as_str() };
    if who.starts_with("question") || who.contains("doctor") || who.contains("dentist") {
        return None;
    }
    let is_pet = PETS.split('|').any(|pet| who.contains(pet));
    let names = found.get(3).map(|names| names.as_str().trim().to_owned());
    let content = match &names {
        Some(names) => format!("The user has {count} {who}: {names}."),
        None => format!("The user has {count} {who}."),
    };
    let mut statement = relation(if is_pet { "pet" } else { "family" }, content);
    for name in names
        .iter()
        .flat_map(|names| names.split([',', ' ']))
        .filter(|name| name.chars().next().is_some_and(char::is_uppercase))
    {
        statement = statement.about(name);
    }
    Some(statement)
}

fn favourite(found: &Captures<'_>) -> Option<Statement> {
    let (what, value) = (found[1].to_lowercase(), trimmed(&found[2])?);
    Some(preference(0.6, format!("The user's {what} is {value}.")).attribute(format!("user.{}", slug(&what))))
}

fn prefers(found: &Captures<'_>) -> Option<Statement> {
    let (this, that) = (trimmed(&found[1])?, trimmed(&found[2])?);
    Some(preference(0.5, format!("The user prefers {this} over {that}.")))
}

fn likes(found: &Captures<'_>) -> Option<Statement> {
    liked(&found[2])
}

fn fond_of(found: &Captures<'_>) -> Option<Statement> {
    liked(&found[1])
}

fn liked(text: &str) -> Option<Statement> {
    let what = taste(text)?;
    Some(preference(0.5, format!("The user likes {what}.")).attribute(format!("user.likes.{}", slug(&what))))
}

fn dislikes(found: &Captures<'_>) -> Option<Statement> {
    let what = found[1].trim_end_matches(" anymore").trim_end_matches(" any more");
    let what = taste(what)?;
    Some(
        preference(0.5, format!("The user dislikes {what}."))
            .attribute(format!("user.likes.{}", slug(&what))),
    )
}

/// What is liked or disliked, if it is a thing and not a pointer or a person.
fn taste(text: &str) -> Option<String> {
    let what = trimmed(text)?;
    let lower = what.to_lowercase();
    let pointer = NOT_LIKED.iter().any(|word| lower == *word || lower.starts_with(&format!("{word} ")));
    (!pointer && what.split(' ').count() <= 8).then_some(what)
}

fn works_as(found: &Captures<'_>) -> Option<Statement> {
    let job = trimmed(&found[1])?;
    let at = found.get(2).map(|at| format!(" at {}", proper(at.as_str()))).unwrap_or_default();
    let article = article(&job);
    Some(fact(0.8, "work", format!("The user works as {article}{job}{at}.")).attribute("user.job"))
}

fn works_at(found: &Captures<'_>) -> Option<Statement> {
    let employer = place(found)?;
    let is_name = employer.chars().next().is_some_and(char::is_uppercase);
    is_name.then(|| {
        fact(0.8, "work", format!("The user works at {employer}."))
            .attribute("user.employer")
            .about(&employer)
    })
}

fn profession(found: &Captures<'_>) -> Option<Statement> {
    let job = found[1].trim().to_owned();
    let lower = job.to_lowercase();
    let vague = [
        "not", "no", "going", "looking", "trying", "your", "my", "good", "bad", "terrible", "great", "his",
        "her", "talking", "seeing", "still", "waiting", "big",
    ];
    if vague.contains(&lower.split(' ').next()?) {
        return None;
    }
    let at = found.get(2).map(|at| format!(" at {}", proper(at.as_str()))).unwrap_or_default();
    Some(fact(0.8, "work", format!("The user works as {}{job}{at}.", article(&job))).attribute("user.job"))
}

fn work_state(found: &Captures<'_>) -> Option<Statement> {
    Some(fact(0.7, "work", format!("The user is {}.", found[1].to_lowercase())).attribute("user.job"))
}

fn studies(found: &Captures<'_>) -> Option<Statement> {
    let what = trimmed(&found[1])?;
    if ["for", "hard", "a lot", "tonight", "today", "right now"].iter().any(|word| what.starts_with(word)) {
        return None;
    }
    let at = found.get(2).map(|at| format!(" at {}", proper(at.as_str()))).unwrap_or_default();
    Some(fact(0.7, "studies", format!("The user studies {what}{at}.")).attribute("user.studies"))
}

fn speaks(found: &Captures<'_>) -> Option<Statement> {
    let languages = trimmed(&found[1])?;
    Some(fact(0.6, "language", format!("The user speaks {languages}.")))
}

fn learning(found: &Captures<'_>) -> Option<Statement> {
    let what = trimmed(&found[1])?;
    (what.split(' ').count() <= 5).then(|| fact(0.6, "learning", format!("The user is learning {what}.")))
}

fn nationality(found: &Captures<'_>) -> Option<Statement> {
    Some(fact(0.7, "origin", format!("The user is {}.", &found[1])).attribute("user.nationality"))
}

fn plays(found: &Captures<'_>) -> Option<Statement> {
    let what = trimmed(&found[1])?;
    if ["it", "that", "with", "a game", "games with", "a role", "along", "dumb", "the part"]
        .iter()
        .any(|word| what.starts_with(word))
    {
        return None;
    }
    let key = format!("user.plays.{}", slug(what.trim_start_matches("the ")));
    Some(preference(0.5, format!("The user plays {what}.")).attribute(key))
}

fn possession(found: &Captures<'_>) -> Option<Statement> {
    let verb = if found[1].eq_ignore_ascii_case("drive") { "drives" } else { "has" };
    Some(fact(0.5, "possession", format!("The user {verb} {}.", found[2].trim())))
}

fn habit(found: &Captures<'_>) -> Option<Statement> {
    let (what, how_often) = (found[1].trim(), found[2].to_lowercase());
    let (verb, rest) = what.split_once(' ').unwrap_or((what, ""));
    let verb = verb.to_lowercase();
    let not_habits = [
        "am", "was", "have", "had", "will", "don't", "do", "can", "can't", "did", "didn't", "think", "want",
        "need", "wish", "hope",
    ];
    if not_habits.contains(&verb.as_str())
        || how_often.ends_with("every time")
        || how_often.ends_with("everything")
    {
        return None;
    }
    let rest = if rest.is_empty() { String::new() } else { format!(" {rest}") };
    Some(Statement::new(
        MemoryType::Event,
        0.5,
        "habit",
        format!("The user {}{rest} {how_often}.", third_person(&verb)),
    ))
}

fn training(found: &Captures<'_>) -> Option<Statement> {
    Some(Statement::new(
        MemoryType::Event,
        0.6,
        "goal",
        format!("The user is training for {}.", trimmed(&found[1])?),
    ))
}

fn goal(found: &Captures<'_>) -> Option<Statement> {
    let what = trimmed(&found[2])?;
    Some(preference(0.5, format!("The user wants to {} {what}.", found[1].to_lowercase())))
}

fn status(found: &Captures<'_>) -> Option<Statement> {
    let with = found.get(2).map(|name| format!(" to {}", name.as_str())).unwrap_or_default();
    Some(
        fact(0.7, "family", format!("The user is {}{with}.", found[1].to_lowercase()))
            .attribute("user.relationship"),
    )
}

static PLAN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?i:(?:i|we) (?:have|'ve got|got) (an?|my) ([\w' -]*?(?:appointment|meeting|interview|exam|flight|wedding|test|surgery|operation|concert|deadline|presentation|party|reservation|trip|date|checkup|check-up|call))|(?:i'm|i am|im|we're|we are) (flying|travelling|traveling|going|moving|driving) to ([A-Z][\w' -]*?)|(?:i'm|i am|im|we're|we are) (getting married|starting a new job|running a marathon|having a baby))\b(.*)$",
    )
});

/// Appointments and journeys with a day, which is told as a date.
fn plan(text: &str, said_at: Timestamp) -> Option<Statement> {
    let found = PLAN.captures(text)?;
    let (range, day) = dates::find(text, said_at)?;
    let before = |start: usize, end: usize| {
        text.get(start..end.min(range.start)).unwrap_or_default().trim().to_owned()
    };
    let what = if let (Some(article), Some(event)) = (found.get(1), found.get(2)) {
        let article = if article.as_str().eq_ignore_ascii_case("my") { "a" } else { article.as_str() };
        format!("has {article} {}", event.as_str())
    } else if let (Some(verb), Some(to)) = (found.get(3), found.get(4)) {
        format!("is {} to {}", verb.as_str().to_lowercase(), before(to.start(), to.end()))
    } else {
        format!("is {}", found.get(5)?.as_str().to_lowercase())
    };
    let mut statement = Statement::new(MemoryType::Event, 0.6, "plan", format!("The user {what} on {day}."));
    statement.day = Some(day);
    Some(statement)
}

static IN_PASSING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"^(?i:my|our) (?i:({RELATIONS}|{PETS}))(?:,)? ([A-Z][a-z'-]+)(?:,)? (?i:is|was|has|had|works|lives|likes|loves|and|turned|plays|just|studies|wants)\b"
    ))
});

/// The name in "my sister Marta works as a nurse".
fn names_in_passing(text: &str) -> Option<Statement> {
    called(&IN_PASSING.captures(text)?)
}

fn fact(importance: f32, tag: &'static str, content: String) -> Statement {
    Statement::new(MemoryType::Fact, importance, tag, content)
}

fn preference(importance: f32, content: String) -> Statement {
    Statement::new(MemoryType::Preference, importance, "preference", content)
}

fn relation(tag: &'static str, content: String) -> Statement {
    Statement::new(MemoryType::Relationship, 0.75, tag, content)
}

/// Without what follows the statement proper: reasons, times and politeness.
fn trimmed(text: &str) -> Option<String> {
    const STOPS: [&str; 15] = [
        " because ",
        " but ",
        " so ",
        " since ",
        " which ",
        " although ",
        " though ",
        " when ",
        " if ",
        " by the way",
        " you know",
        " and i ",
        " and my ",
        ", ",
        " – ",
    ];
    let lower = text.to_lowercase();
    // Lower case may have another length in bytes; then nothing is cut.
    let end =
        if lower.len() == text.len() { STOPS.iter().filter_map(|stop| lower.find(stop)).min() } else { None };
    let mut kept = text.get(..end.unwrap_or(text.len()))?.trim();
    for tail in [
        " too",
        " as well",
        " a lot",
        " very much",
        " so much",
        " the most",
        " right now",
        " at the moment",
        " now",
        " please",
        " anymore",
    ] {
        kept = kept.strip_suffix(tail).unwrap_or(kept);
    }
    let kept = kept.trim_end_matches(['.', '!', ',', ';', ' ', ')', ':']);
    (!kept.is_empty() && kept.chars().count() <= 120).then(|| kept.to_owned())
}

/// A name with its capitals, where the user typed none.
fn proper(name: &str) -> String {
    let name = name.trim().trim_end_matches([',', '.', '!']);
    if name.chars().any(char::is_uppercase) {
        return name.to_owned();
    }
    let capitalised = name.split(' ').map(|word| {
        let mut chars = word.chars();
        chars.next().map(|first| first.to_uppercase().chain(chars).collect::<String>()).unwrap_or_default()
    });
    capitalised.collect::<Vec<_>>().join(" ")
}

fn article(noun: &str) -> &'static str {
    let plural_or_own = noun.ends_with('s') && !noun.ends_with("ss");
    if plural_or_own {
        ""
    } else if noun.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']) {
        "an "
    } else {
        "a "
    }
}

fn third_person(verb: &str) -> String {
    match verb {
        "go" | "do" => format!("{verb}es"),
        "have" => "has".to_owned(),
        _ if verb.ends_with(['s', 'x']) || verb.ends_with("sh") || verb.ends_with("ch") => {
            format!("{verb}es")
        }
        _ if verb.ends_with('y')
            && !verb.ends_with(['a', 'e', 'o'])
            && !["ay", "ey", "oy", "uy"].iter().any(|end| verb.ends_with(end)) =>
        {
            format!("{}ies", &verb[..verb.len() - 1])
        }
        _ => format!("{verb}s"),
    }
}

/// A part of an attribute's key.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let kept: Vec<String> =
        words.filter(|word| !matches!(*word, "the" | "a" | "an")).map(str::to_lowercase).collect();
    kept.join("_").chars().take(40).collect()
}
