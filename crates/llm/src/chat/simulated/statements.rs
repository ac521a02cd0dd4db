//! What a user says about themselves, turned into the third person. Rough grammar, enough for tests and load tests.

use super::words::{bare, keywords, names};

/// More would not fit into an answer of ordinary length.
const STATEMENTS_MAX: usize = 10;

#[derive(Debug, PartialEq)]
pub(super) struct Statement<'a> {
    pub(super) content: String,
    /// The user's own words.
    pub(super) evidence: &'a str,
    pub(super) kind: &'static str,
    pub(super) importance: f64,
    pub(super) tags: Vec<String>,
    pub(super) entities: Vec<String>,
    pub(super) attribute: Option<String>,
}

/// The sentences in the first person that state something.
pub(super) fn statements(message: &str) -> Vec<Statement<'_>> {
    sentences(message)
        .filter(|sentence| !sentence.ends_with('?'))
        .flat_map(clauses)
        .filter_map(first_person)
        .filter(|clause| !is_talk(clause))
        .take(STATEMENTS_MAX)
        .map(statement)
        .collect()
}

fn statement(evidence: &str) -> Statement<'_> {
    let plain = evidence.replace('’', "'").to_lowercase();
    let (kind, importance) = classify(&plain);
    Statement {
        content: third_person(evidence),
        evidence,
        kind,
        importance,
        tags: keywords(evidence).into_iter().take(3).collect(),
        entities: names(evidence),
        attribute: attribute(&plain),
    }
}

fn sentences(text: &str) -> impl Iterator<Item = &str> {
    let ends = |(at, character): (usize, char)| {
        let after = at + character.len_utf8();
        let is_end = character == '\n'
            || (matches!(character, '.' | '!' | '?')
                && text[after..].chars().next().is_none_or(char::is_whitespace));
        is_end.then_some(after)
    };
    let mut start = 0;
    let ends = text.char_indices().filter_map(ends).chain(std::iter::once(text.len()));
    ends.map(move |end| {
        let sentence = &text[start..end];
        start = end;
        sentence.trim()
    })
    .filter(|sentence| !sentence.is_empty())
}

/// "I live in Oslo and my sister has a boat" are two.
fn clauses(sentence: &str) -> Vec<&str> {
    const JOINTS: [&str; 6] = [" and I ", " and I'm ", " and I've ", " and my ", " but I ", " but my "];
    const CONJUNCTION: usize = " and ".len();
    let mut clauses = Vec::new();
    let mut rest = sentence;
    while let Some(at) = JOINTS.iter().filter_map(|joint| rest.find(joint)).min() {
        clauses.push(&rest[..at]);
        rest = &rest[at + CONJUNCTION..];
    }
    clauses.push(rest);
    clauses
}

/// The clause from its "I" or "my" on, if it has one at its start or after an opening such as "Hi,".
fn first_person(clause: &str) -> Option<&str> {
    let starts = |text: &str| text.split_whitespace().next().is_some_and(|word| subject(word).is_some());
    let clause = clause.trim().trim_end_matches(|character: char| ".!,;:".contains(character));
    let begin = if starts(clause) {
        clause
    } else {
        clause.split_once(", ").map(|(_, rest)| rest).filter(|rest| starts(rest))?
    };
    (begin.split_whitespace().count() > 2).then_some(begin)
}

/// "I wonder …" and the like say nothing lasting about a user.
fn is_talk(clause: &str) -> bool {
    const TALK: [&str; 12] = [
        "wonder",
        "wondering",
        "guess",
        "mean",
        "think",
        "said",
        "asked",
        "don't",
        "hope",
        "wish",
        "suppose",
        "thought",
    ];
    let second = clause.split_whitespace().nth(1).unwrap_or_default().to_lowercase();
    TALK.contains(&second.as_str())
}

fn third_person(clause: &str) -> String {
    let mut words = clause.split_whitespace();
    let first = words.next().unwrap_or_default();
    let mut sentence: Vec<String> = subject(first).into_iter().map(str::to_owned).collect();
    // Only after a bare "I" does the verb still have to be bent.
    let mut awaits_verb = first.eq_ignore_ascii_case("i");
    for word in words {
        if awaits_verb && !is_adverb(word) {
            sentence.push(third_person_verb(word));
            awaits_verb = false;
        } else {
            sentence.push(third_person_word(word));
        }
    }
    format!("{}.", sentence.join(" "))
}

fn subject(word: &str) -> Option<&'static str> {
    Some(match word.replace('’', "'").to_lowercase().as_str() {
        "i" => "The user",
        "i'm" => "The user is",
        "i've" => "The user has",
        "i'll" => "The user will",
        "i'd" => "The user would",
        "my" => "The user's",
        _ => return None,
    })
}

fn third_person_word(word: &str) -> String {
    let bare = word.trim_matches(|character: char| !character.is_alphanumeric());
    let replaced = match bare.replace('’', "'").as_str() {
        "I" => "they",
        "I'm" => "they are",
        "I've" => "they have",
        "I'll" => "they will",
        "I'd" => "they would",
        "my" | "My" => "their",
        "mine" => "theirs",
        "me" => "them",
        "myself" => "themselves",
        _ => return word.to_owned(),
    };
    word.replacen(bare, replaced, 1)
}

fn is_adverb(word: &str) -> bool {
    const ADVERBS: [&str; 14] = [
        "really",
        "also",
        "still",
        "always",
        "usually",
        "often",
        "never",
        "just",
        "currently",
        "now",
        "recently",
        "already",
        "sometimes",
        "mostly",
    ];
    ADVERBS.contains(&word.to_lowercase().as_str())
}

fn third_person_verb(verb: &str) -> String {
    const UNCHANGED: [&str; 44] = [
        "was", "had", "did", "went", "got", "bought", "moved", "met", "saw", "made", "took", "began",
        "became", "came", "found", "gave", "knew", "left", "lost", "ran", "read", "sold", "spent", "told",
        "won", "wrote", "grew", "broke", "drove", "flew", "ate", "felt", "kept", "can", "can't", "could",
        "will", "won't", "would", "should", "must", "might", "may", "didn't",
    ];
    match verb.replace('’', "'").as_str() {
        "am" => "is".to_owned(),
        "have" => "has".to_owned(),
        "don't" => "doesn't".to_owned(),
        "haven't" => "hasn't".to_owned(),
        same if UNCHANGED.contains(&same) || same.ends_with("ed") => verb.to_owned(),
        other if ["s", "x", "z", "ch", "sh", "o"].iter().any(|end| other.ends_with(end)) => {
            format!("{verb}es")
        }
        other if other.ends_with('y') && !["ay", "ey", "oy", "uy"].iter().any(|end| other.ends_with(end)) => {
            format!("{}ies", &verb[..verb.len() - 1])
        }
        _ => format!("{verb}s"),
    }
}

/// Type and importance, by the first word list that the clause meets.
fn classify(clause: &str) -> (&'static str, f64) {
    const KINDS: [(&str, f64, &[&str]); 6] = [
        (
            "fact",
            0.9,
            &["name", "called", "allergic", "allergy", "birthday", "diabetes", "vegan", "vegetarian"],
        ),
        ("preference", 0.5, &["love", "like", "prefer", "hate", "enjoy", "favourite", "favorite", "dislike"]),
        (
            "relationship",
            0.7,
            &["sister", "brother", "wife", "husband", "partner", "mother", "father", "mum", "mom"],
        ),
        (
            "relationship",
            0.7,
            &["dad", "son", "daughter", "friend", "girlfriend", "boyfriend", "boss", "colleague"],
        ),
        (
            "event",
            0.5,
            &["tomorrow", "yesterday", "tonight", "last", "next", "went", "visited", "today", "weekend"],
        ),
        ("fact", 0.6, &["live", "work", "moved", "job", "home", "have", "am", "i'm", "study"]),
    ];
    let has = |word: &&str| clause.split_whitespace().any(|other| bare(other) == *word || other == *word);
    let found = KINDS.iter().find(|(_, _, words)| words.iter().any(has));
    found.map_or(("other", 0.3), |(kind, importance, _)| (kind, *importance))
}

/// The key of a fact that has one value at a time.
fn attribute(clause: &str) -> Option<String> {
    const KEYS: [(&str, &[&str]); 5] = [
        ("user.name", &["my name is", "i'm called", "i am called", "my name's"]),
        (
            "user.home",
            &[
                "i live in",
                "i moved to",
                "i've moved to",
                "i just moved to",
                "i now live in",
                "i'm living in",
            ],
        ),
        (
            "user.job",
            &["i work as", "i work at", "i work for", "my job is", "i'm working as", "i'm working at"],
        ),
        ("user.birthday", &["my birthday is", "i was born on"]),
        (
            "user.partner.name",
            &["my wife's name", "my husband's name", "my partner's name", "my wife is called"],
        ),
    ];
    let known = KEYS.iter().find(|(_, starts)| starts.iter().any(|start| clause.starts_with(start)));
    if let Some((key, _)) = known {
        return Some((*key).to_owned());
    }
    let rest = clause.strip_prefix("my favourite ").or_else(|| clause.strip_prefix("my favorite "))?;
    let (thing, _) = rest.split_once(" is ")?;
    let is_key = !thing.is_empty() && thing.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b' ');
    is_key.then(|| format!("user.favourite.{}", thing.replace(' ', "_")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(message: &str) -> Vec<String> {
        statements(message).into_iter().map(|statement| statement.content).collect()
    }

    #[test]
    fn the_first_person_becomes_the_third() {
        let cases = [
            ("I live in Oslo.", "The user lives in Oslo."),
            ("I’m allergic to nuts!", "The user is allergic to nuts."),
            ("Hi, I've moved to Bergen", "The user has moved to Bergen."),
            ("i really love my old piano", "The user really loves their old piano."),
            ("I try to teach myself Welsh", "The user tries to teach themselves Welsh."),
            ("I went to Rome with me mum", "The user went to Rome with them mum."),
            ("I am here because I can.", "The user is here because they can."),
            ("My sister (Anna) told me, I'm late", "The user's sister (Anna) told them, they are late."),
        ];
        for (message, content) in cases {
            assert_eq!(contents(message), [content]);
        }
    }

    #[test]
    fn only_statements_of_the_user_count() {
        let message = "What a day! Do I like it? I wonder. I wonder what Bob said. Oslo is nice. I have 3.5 cats and my \
                       dog hates them, but I like both.\nI";
        assert_eq!(
            contents(message),
            ["The user has 3.5 cats.", "The user's dog hates them.", "The user likes both."]
        );
        assert!(contents("").is_empty());
        assert_eq!(statements(&"I like cats a lot. ".repeat(100)).len(), STATEMENTS_MAX);
    }

    #[test]
    fn evidence_is_in_the_message_word_for_word() {
        let message = "Well, I’m Anna Berg and I work as a nurse. My favourite ice cream is vanilla!";
        let found = statements(message);
        assert_eq!(found.len(), 3);
        assert!(found.iter().all(|statement| message.contains(statement.evidence)));
        assert_eq!(found[0].entities, ["Anna Berg"]);
        assert_eq!(found[1].attribute.as_deref(), Some("user.job"));
        assert_eq!((found[1].kind, found[1].importance), ("fact", 0.6));
        assert_eq!(found[2].attribute.as_deref(), Some("user.favourite.ice_cream"));
        assert_eq!(
            (found[2].kind, &found[2].tags[..]),
            ("preference", &["favourite", "ice", "cream"].map(String::from)[..])
        );
    }
}
