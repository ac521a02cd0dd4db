//! Clauses beside what patterns have found in them.

use crate::lifecycle::rules::Claim;
use crate::retrieval::terms;

/// What patterns have found in a message, and beside it the clauses that matter and that they have not read, or not to their end.
pub(in super::super) fn merged(message: &str, mut found: Vec<Claim>, told: Vec<Claim>) -> Vec<Claim> {
    let by_patterns = found.len();
    for told in told {
        // "I'm Dilnoza, nineteen years old, from Tashkent" says who somebody is, piece by piece.
        let introduces = found[..by_patterns].iter().any(|claim| {
            claim.evidence.start == told.evidence.start
                && claim.memory.attribute.as_deref() == Some("user.name")
        });
        if introduces {
            continue;
        }
        let is_known = is_known(&told, &found[..by_patterns]);
        let read = bytes_read(&told, &found[..by_patterns]);
        let begun = found[..by_patterns].iter().any(|claim| {
            claim.evidence.start == told.evidence.start
                && claim.memory.valid_from.is_some()
                && claim.memory.valid_from == told.memory.valid_from
        });
        let labelled =
            found[..by_patterns].iter().any(|claim| is_label(claim) && claim.shared_bytes(&told) > 0);
        let mut inside =
            found[..by_patterns].iter_mut().filter(|claim| claim.shared_bytes(&told) > 0 && !is_label(claim));
        match (inside.next(), inside.next()) {
            (Some(claim), None)
                if !asks_behind(message, claim, &told)
                    && !labelled
                    && (says_more(&told, claim)
                        || goes_on(message, claim, &told)
                        || extends(&told, claim)) =>
            {
                if claim.memory.valid_from.is_none() && claim.memory.valid_to.is_none() {
                    (claim.memory.valid_from, claim.memory.valid_to) =
                        (told.memory.valid_from, told.memory.valid_to);
                }
                claim.memory.content = told.memory.content;
                claim.memory.entities = told.memory.entities;
                claim.evidence = told.evidence;
            }
            (Some(claim), None) if asks_behind(message, claim, &told) => {}
            // Most of it is remembered in the words of patterns.
            _ if read * 5 > told.evidence.len() * 2 || begun || is_known => {}
            _ => found.push(told),
        }
    }
    found
}

/// How many bytes of the clause patterns have read.
fn bytes_read(told: &Claim, found: &[Claim]) -> usize {
    let mut parts: Vec<_> = found.iter().map(|claim| claim.evidence.clone()).collect();
    parts.sort_by_key(|part| part.start);
    let mut behind = told.evidence.start;
    let mut bytes = 0;
    for part in parts {
        let (start, end) = (part.start.max(behind), part.end.min(told.evidence.end));
        bytes += end.saturating_sub(start);
        behind = behind.max(end);
    }
    bytes
}

/// Whether what patterns have found in the clause leaves next to nothing of it.
fn is_known(told: &Claim, found: &[Claim]) -> bool {
    const NEW_MIN: usize = 2;
    let inside = |claim: &&Claim| claim.shared_bytes(told) > 0;
    let known: Vec<String> =
        found.iter().filter(inside).flat_map(|claim| terms(&claim.memory.content)).collect();
    let new = terms(&told.memory.content).into_iter().filter(|term| !known.contains(term)).count();
    !known.is_empty() && new < NEW_MIN
}

/// A name or an age is a memory of its own, whatever else the clause tells.
fn is_label(claim: &Claim) -> bool {
    claim.memory.tags.iter().any(|tag| matches!(tag.as_str(), "name" | "nickname" | "age" | "birthday"))
}

/// "I'm an analyst at Bosch and want a nice chart": what follows is asked for.
fn asks_behind(message: &str, claim: &Claim, told: &Claim) -> bool {
    let rest = message.get(claim.evidence.end..told.evidence.end).unwrap_or_default();
    let mut words = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let joint = rest.trim_start().starts_with(',') || matches!(words.clone().next(), Some("and" | "but"));
    let verb = words.find(|word| !matches!(*word, "and" | "but" | "now" | "just"));
    joint
        && verb.is_some_and(|verb| {
            matches!(
                verb,
                "want" | "need" | "wonder" | "wondering" | "looking" | "have" | "got" | "would" | "thinking"
            )
        })
}

/// Whether the clause has all the words of what a pattern has found in it, and a few more.
fn says_more(told: &Claim, claim: &Claim) -> bool {
    const MORE_MAX: usize = 8;
    let words = |claim: &Claim| -> Vec<String> {
        let words =
            claim.memory.content.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        words.map(str::to_lowercase).collect()
    };
    let (told_words, words) = (words(told), words(claim));
    !claim.retracts
        && told_words.len() > words.len()
        && told_words.len() <= words.len() + MORE_MAX
        && words.iter().all(|word| told_words.contains(word))
}

/// Whether the clause begins with all that a pattern has found in it.
fn extends(told: &Claim, claim: &Claim) -> bool {
    !claim.retracts && told.memory.content.starts_with(claim.memory.content.trim_end_matches('.'))
}

/// "I live in a van", where the clause goes on with ", a 2006 Sprinter": what a pattern has left of it belongs to it.
fn goes_on(message: &str, claim: &Claim, told: &Claim) -> bool {
    let rest = message.get(claim.evidence.end..told.evidence.end).unwrap_or_default();
    let apart = rest.starts_with([',', '(']);
    let mut words = rest.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let first = words.next().unwrap_or_default().to_lowercase();
    let explains = if apart {
        matches!(first.as_str(), "a" | "an" | "the" | "called" | "named" | "mostly" | "mainly")
            || first.starts_with(|c: char| c.is_ascii_digit())
    } else {
        matches!(
            first.as_str(),
            "as" | "at"
                | "in"
                | "for"
                | "with"
                | "of"
                | "from"
                | "on"
                | "to"
                | "near"
                | "called"
                | "named"
                | "about"
                | "by"
                | "outside"
                | "above"
        )
    };
    let dated = told.memory.valid_from.is_some() && claim.memory.valid_from.is_none();
    let verb = |claim: &Claim| claim.memory.content.split(' ').nth(2).map(str::to_owned);
    explains
        && words.next().is_some()
        && verb(claim) == verb(told)
        && !dated
        && !claim.retracts
        && claim.evidence.start == told.evidence.start
}
