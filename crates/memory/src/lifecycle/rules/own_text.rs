//! Which parts of a message are not the user speaking: code, quotations, pasted mails and texts.

use std::ops::Range;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mask {
    /// Quoted words within a sentence.
    Quote,
    /// Lines that belong to no sentence of the user.
    Block,
    /// Marks that change nothing, such as the quotes around a name.
    Invisible,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Masked {
    pub(super) range: Range<usize>,
    pub(super) mask: Mask,
}

/// Quoted words up to this number may be a name.
const NAME_WORDS_MAX: usize = 3;

/// Everything from such a line on was written by somebody, for something else.
const PASTE_STARTS: [&str; 9] = [
    "-----original message",
    "---------- forwarded message",
    "begin forwarded message",
    "from: ",
    "subject: ",
    "[verse",
    "[chorus",
    "[intro",
    "dear ",
];

/// The masked parts in their order, without overlap.
pub(super) fn masked(message: &str) -> Vec<Masked> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut in_fence = false;
    let mut pasted = false;
    for line in message.split_inclusive('\n') {
        let range = at..at + line.len();
        at = range.end;
        let start = line.trim_start();
        let fence = start.starts_with("```") || start.starts_with("~~~");
        pasted = pasted || begins_paste(start);
        if fence || in_fence || pasted || start.starts_with('>') || is_code(line) {
            found.push(Masked { range, mask: Mask::Block });
        } else {
            quotes(line, range.start, &mut found);
        }
        in_fence ^= fence;
    }
    found
}

fn begins_paste(line: &str) -> bool {
    let lower: String = line.chars().take(40).collect::<String>().to_lowercase();
    let to_assistant =
        ["dear assistant", "dear ai", "dear chat", "dear bot", "dear claude", "dear confidant"];
    PASTE_STARTS.iter().any(|start| lower.starts_with(start)) && !to_assistant.iter().any(|start| lower.starts_with(start))
        // "On Mon, 3 Nov 2026, Anna wrote:"
        || lower.starts_with("on ") && line.trim_end().ends_with("wrote:")
}

fn is_code(line: &str) -> bool {
    let line = line.trim_end();
    line.ends_with(['{', '}'])
        || line.ends_with(");")
        || line.ends_with("};")
        || line.trim_start().starts_with("</")
}

fn quotes(line: &str, offset: usize, found: &mut Vec<Masked>) {
    let mut at = 0;
    while let Some((open, close)) = next_quote(line, at) {
        let inside = &line[open.end..close.start];
        let shift = |range: &Range<usize>| range.start + offset..range.end + offset;
        if may_be_name(&line[..open.start], inside) {
            found.push(Masked { range: shift(&open), mask: Mask::Invisible });
            found.push(Masked { range: shift(&close), mask: Mask::Invisible });
        } else {
            found.push(Masked { range: shift(&(open.start..close.end)), mask: Mask::Quote });
        }
        at = close.end;
    }
}

/// A dog called "Rex" is no quotation.
fn may_be_name(before: &str, inside: &str) -> bool {
    const NAMING: [&str; 8] = ["called", "named", "is", "nicknamed", "me", "as", "by", "'s"];
    let last = before.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default().to_lowercase();
    let naming = NAMING.contains(&last.as_str()) || last.ends_with("'s") || last.ends_with("’s");
    naming
        && (1..=NAME_WORDS_MAX).contains(&inside.split_whitespace().count())
        && inside.starts_with(char::is_uppercase)
        && !inside.starts_with("I ")
        && !inside.starts_with("I'")
}

/// The next opening quote at or after `from` and the one that closes it; the line's end closes what nothing else does.
fn next_quote(line: &str, from: usize) -> Option<(Range<usize>, Range<usize>)> {
    let mut before = line[..from].chars().next_back().unwrap_or(' ');
    for (position, c) in line[from..].char_indices() {
        let start = from + position;
        let open = start..start + c.len_utf8();
        let rest = &line[open.end..];
        let closing: &[char] = match c {
            '"' if !before.is_ascii_digit() => &['"', '”', '“'],
            '“' | '„' => &['”', '“', '"'],
            '«' => &['»'],
            '`' => &['`'],
            '\'' | '‘' if !before.is_alphanumeric() => {
                let Some(close) = single_close(rest) else {
                    before = c;
                    continue;
                };
                let close = open.end + close;
                return Some((open, close..close + line[close..].chars().next().map_or(0, char::len_utf8)));
            }
            _ => {
                before = c;
                continue;
            }
        };
        let close = rest.char_indices().find(|(_, c)| closing.contains(c));
        let close =
            close.map_or(line.len()..line.len(), |(at, c)| open.end + at..open.end + at + c.len_utf8());
        return Some((open, close));
    }
    None
}

/// Where a single quote closes that is no apostrophe: after a word's end and before a space or a mark.
fn single_close(rest: &str) -> Option<usize> {
    let mut previous = ' ';
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        if matches!(c, '\'' | '’') && !previous.is_whitespace() && !next.is_alphanumeric() {
            return Some(at);
        }
        previous = c;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(message: &str) -> String {
        let mut text = String::new();
        let mut at = 0;
        for mask in masked(message) {
            text.push_str(&message[at..mask.range.start]);
            at = mask.range.end;
        }
        text + &message[at..]
    }

    #[test]
    fn quotations_are_masked_and_names_are_not() {
        assert_eq!(left("She said \"I am a doctor\" and left"), "She said  and left");
        assert_eq!(left("He said ‘I’m rich’."), "He said .");
        assert_eq!(left("My dog is called \"Rex\"."), "My dog is called Rex.");
        assert_eq!(left("don't, it's Anna's"), "don't, it's Anna's");
        assert_eq!(left("a 27\" screen"), "a 27\" screen");
        assert_eq!(left("she wrote \"I am rich"), "she wrote ");
    }

    #[test]
    fn pasted_lines_are_masked() {
        assert_eq!(left("Look:\n```\nI am code\n```\n> I am quoted\nmine"), "Look:\nmine");
        assert_eq!(left("mine\nOn Monday, Bob wrote:\nI live in Rome"), "mine\n");
    }
}
