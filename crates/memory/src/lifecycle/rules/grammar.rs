//! English verbs and pronouns: from what a person says to what is said about them.

use super::tokens::{Token, push_gap};

/// "1 year", not "1 years".
pub(super) fn in_number(text: &str) -> String {
    const ONE: [(&str, &str); 6] = [
        ("is 1 years ", "is 1 year "),
        ("is 1 months ", "is 1 month "),
        ("is 1 weeks ", "is 1 week "),
        ("is one years ", "is one year "),
        ("is one months ", "is one month "),
        ("is one weeks ", "is one week "),
    ];
    ONE.iter().fold(text.to_owned(), |text, (several, one)| text.replace(several, one))
}

/// How a statement relates to what its pattern says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Polarity {
    Plain,
    Not,
    Never,
    NoLonger,
    UsedTo,
}

/// "hate" as "hates".
pub(super) fn third_person(verb: &str) -> String {
    match verb {
        "am" | "are" => "is".to_owned(),
        "have" => "has".to_owned(),
        "do" | "go" => format!("{verb}es"),
        "was" | "can" | "cannot" | "will" | "had" | "did" => verb.to_owned(),
        _ if ["s", "x", "z", "sh", "ch"].iter().any(|end| verb.ends_with(end)) => format!("{verb}es"),
        _ => match verb.strip_suffix('y') {
            Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
            _ => format!("{verb}s"),
        },
    }
}

/// "hates" as "hate", if it is a verb in the third person.
pub(super) fn base_form(verb: &str) -> Option<String> {
    let base = match verb {
        "is" | "'s" => "am".to_owned(),
        "has" => "have".to_owned(),
        "was" | "this" | "his" | "as" | "us" => return None,
        _ => {
            let stem = verb.strip_suffix('s').filter(|stem| stem.len() > 1 && !stem.ends_with('s'))?;
            let sibilant = ["she", "che", "xe", "sse", "oe", "zze"].iter().any(|end| stem.ends_with(end));
            match stem.strip_suffix("ie") {
                Some(short) if short.len() > 1 => format!("{short}y"),
                _ if sibilant => stem[..stem.len() - 1].to_owned(),
                _ => stem.to_owned(),
            }
        }
    };
    Some(base)
}

/// "cook" as "cooking".
pub(super) fn gerund(verb: &str) -> String {
    match verb {
        "run" | "swim" | "jog" | "shop" | "sit" | "get" | "plan" | "knit" | "chat" => {
            format!("{verb}{}ing", &verb[verb.len() - 1..])
        }
        _ => match verb.strip_suffix('e') {
            Some(stem) if !stem.ends_with('e') && stem.len() > 1 => format!("{stem}ing"),
            _ => format!("{verb}ing"),
        },
    }
}

/// The predicate "lives in Lyon" with its polarity, for one subject or several.
pub(super) fn predicate(says: &str, polarity: Polarity, plural: bool) -> String {
    let (verb, rest) =
        says.split_once(' ').map_or((says, String::new()), |(verb, rest)| (verb, format!(" {rest}")));
    let past = matches!(verb, "was" | "had" | "did" | "cannot") || base_form(verb).is_none();
    let base = match verb {
        "is" => "be".to_owned(),
        _ => base_form(verb).unwrap_or_else(|| verb.to_owned()),
    };
    let (is, does) = if plural { ("are", "do") } else { ("is", "does") };
    let agreeing = match verb {
        "is" => is.to_owned(),
        "was" if plural => "were".to_owned(),
        _ if plural && !past => base.clone(),
        _ => verb.to_owned(),
    };
    match polarity {
        Polarity::Plain => format!("{agreeing}{rest}"),
        Polarity::Not | Polarity::NoLonger if verb == "is" || verb == "was" => {
            let not = if polarity == Polarity::Not { "not" } else { "no longer" };
            format!("{agreeing} {not}{rest}")
        }
        Polarity::Not if past => format!("{agreeing}{rest}"),
        Polarity::Not => format!("{does} not {base}{rest}"),
        Polarity::Never => format!("never {agreeing}{rest}"),
        Polarity::NoLonger => format!("no longer {agreeing}{rest}"),
        Polarity::UsedTo => format!("used to {base}{rest}"),
    }
}

/// The words as they were written, but about the user instead of by them: "my" as "their".
pub(super) fn reported(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for (position, token) in tokens.iter().enumerate() {
        if position > 0 {
            push_gap(&mut text, token.gap);
        }
        let after_they = position > 0 && matches!(&*tokens[position - 1].word, "i" | "we");
        text.push_str(match &*token.word {
            "my" | "our" => "their",
            "me" | "us" => "them",
            "i" | "we" => "they",
            "mine" | "ours" => "theirs",
            "myself" | "ourselves" => "themselves",
            "am" if after_they => " are",
            "was" if after_they => "were",
            "have" if after_they => " have",
            "not" if token.text.starts_with('n') && token.gap.is_empty() => " not",
            "can" if token.text == "ca" => "can",
            "will" if token.text == "wo" => "will",
            "and" if token.text == "&" && !token.gap.is_empty() => "and",
            "and" if token.text == "&" => "&",
            _ => token.spelt(),
        });
    }
    text.replace('’', "'").replace("  ", " ")
}

/// The text with a capital at its beginning.
pub(super) fn begun(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// Each word with a capital, small words within aside.
pub(super) fn capitalised(text: &str) -> String {
    const SMALL: [&str; 12] =
        ["of", "the", "de", "la", "le", "van", "von", "upon", "in", "and", "del", "near"];
    let words = text.split(' ').enumerate().map(|(position, word)| {
        let mut chars = word.chars();
        match chars.next() {
            Some(first) if position == 0 || !SMALL.contains(&word) => {
                first.to_uppercase().chain(chars).collect()
            }
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<String>>().join(" ")
}

/// The text as part of an attribute's key: lower case, no articles, underscores for spaces.
pub(crate) fn key(text: &str) -> String {
    // One spelling, so that a newer value finds the older one.
    let lower = text.to_lowercase().replace("colour", "color").replace("flavour", "flavor");
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'').filter(|word| {
        !word.is_empty() && !matches!(*word, "the" | "a" | "an" | "their" | "really" | "very" | "to" | "some")
    });
    let mut key = String::new();
    let infinitive = lower.starts_with("to ");
    if let Some(first) = words.next() {
        key.push_str(&if infinitive { gerund(first) } else { first.to_owned() });
    }
    for word in words {
        key.push('_');
        key.push_str(word);
    }
    // "Cats" and "a cat".
    let plural =
        key.len() > 3 && key.ends_with('s') && !["ss", "us", "is"].iter().any(|end| key.ends_with(end));
    if plural {
        key.pop();
    }
    // "A cat allergy" is about cats.
    let key = key.trim_end_matches("_allergie").trim_end_matches("_allergy");
    key.chars().filter(|c| *c != '\'').take(50).collect()
}

pub(super) fn article(noun: &str) -> &'static str {
    let first = noun.chars().next().map_or(' ', |c| c.to_ascii_lowercase());
    let heard_as_consonant =
        ["uni", "use", "usu", "eu", "one"].iter().any(|start| noun.to_lowercase().starts_with(start));
    let word = noun.split(' ').next().unwrap_or_default();
    if word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase()) {
        // Letters are spelt out: "an MBA".
        return if "aefhilmnorsx".contains(first) { "an" } else { "a" };
    }
    if "aeiou".contains(first) && !heard_as_consonant { "an" } else { "a" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_change_and_change_back() {
        for (base, third) in [
            ("hate", "hates"),
            ("study", "studies"),
            ("play", "plays"),
            ("teach", "teaches"),
            ("go", "goes"),
            ("have", "has"),
        ] {
            assert_eq!(third_person(base), third);
            assert_eq!(base_form(third).as_deref(), Some(base));
        }
    }

    #[test]
    fn predicates_agree() {
        assert_eq!(predicate("lives in Lyon", Polarity::NoLonger, false), "no longer lives in Lyon");
        assert_eq!(predicate("is allergic to nuts", Polarity::Not, false), "is not allergic to nuts");
        assert_eq!(predicate("eats meat", Polarity::Not, false), "does not eat meat");
        assert_eq!(predicate("is vegan", Polarity::UsedTo, false), "used to be vegan");
        assert_eq!(predicate("lives in Lyon", Polarity::Plain, true), "live in Lyon");
        assert_eq!(predicate("has a dog", Polarity::Not, true), "do not have a dog");
    }

    #[test]
    fn keys_are_plain() {
        assert_eq!(key("the Green tea"), "green_tea");
        assert_eq!(key("to cook"), "cooking");
        assert_eq!(key("to run in the rain"), "running_in_rain");
    }
}
