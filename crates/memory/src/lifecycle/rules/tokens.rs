//! A message as words: contractions taken apart, capitals and curly apostrophes put aside, positions kept.

use std::borrow::Cow;
use std::ops::Range;

use super::own_text::{Mask, Masked};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Word,
    /// It begins with a digit.
    Number,
    /// One character of punctuation, or an emoji.
    Mark,
    /// Words that are somebody else's, whatever they were.
    Quote,
    /// The end of a line.
    Break,
}

#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    /// As it was written.
    pub(super) text: &'a str,
    /// How patterns see it: in lower case, "'m" as "am".
    pub(super) word: Cow<'a, str>,
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    /// What stands between the token before and this one.
    pub(super) gap: &'a str,
}

impl Token<'_> {
    pub(super) fn is(&self, word: &str) -> bool {
        self.word == word
    }

    pub(super) fn is_word(&self) -> bool {
        self.kind == Kind::Word
    }

    pub(super) fn is_capitalised(&self) -> bool {
        self.text.chars().next().is_some_and(char::is_uppercase)
    }

    /// As it goes into a statement: abbreviations written out.
    pub(super) fn spelt(&self) -> &str {
        if self.is_word() && written_out(self.text.trim_end_matches('/')).is_some() {
            &self.word
        } else {
            self.text
        }
    }

    /// Ends every phrase.
    pub(super) fn is_stop(&self) -> bool {
        matches!(self.kind, Kind::Mark | Kind::Quote | Kind::Break)
    }
}

/// The tokens of what the user wrote themselves; what `masked` covers is one token.
pub(super) fn tokens<'a>(message: &'a str, masked: &[Masked]) -> Vec<Token<'a>> {
    let mut reader = Reader { message, tokens: Vec::with_capacity(message.len() / 4), gap_start: 0 };
    let mut at = 0;
    for mask in masked {
        reader.read(at..mask.range.start);
        match mask.mask {
            Mask::Quote => reader.push(mask.range.clone(), Cow::Borrowed(""), Kind::Quote),
            Mask::Block => reader.push(mask.range.clone(), Cow::Borrowed(""), Kind::Break),
            Mask::Invisible => {}
        }
        at = mask.range.end;
    }
    reader.read(at..message.len());
    reader.tokens
}

struct Reader<'a> {
    message: &'a str,
    tokens: Vec<Token<'a>>,
    gap_start: usize,
}

impl<'a> Reader<'a> {
    fn push(&mut self, range: Range<usize>, word: Cow<'a, str>, kind: Kind) {
        let gap = self.message.get(self.gap_start..range.start).unwrap_or_default();
        self.gap_start = range.end;
        let text = &self.message[range.clone()];
        self.tokens.push(Token { text, word, range, kind, gap });
    }

    fn read(&mut self, range: Range<usize>) {
        let mut at = range.start;
        while let Some(c) = self.message[at..range.end].chars().next() {
            let next = at + c.len_utf8();
            if c.is_alphanumeric() {
                let end = at + word_length(&self.message[at..range.end]);
                self.word(at..end);
                at = end;
                continue;
            }
            match c {
                '\n' => self.push(at..next, Cow::Borrowed("\n"), Kind::Break),
                // Emphasis, not punctuation.
                '*' | '_' | '~' | '\u{200d}' | '\u{fe0f}' => {}
                '&' => self.push(at..next, Cow::Borrowed("and"), Kind::Word),
                '.' if self.after_abbreviation(next) => {}
                // "w/ my wife".
                '/' if self.tokens.last().is_some_and(|token| token.range.end == at && token.is("with")) => {}
                _ if c.is_whitespace() || c.is_control() => {}
                _ => self.push(at..next, Cow::Borrowed(&self.message[at..next]), Kind::Mark),
            }
            at = next;
        }
    }

    /// Whether the full stop before `next` belongs to the word before it.
    fn after_abbreviation(&self, next: usize) -> bool {
        let Some(last) = self.tokens.last().filter(|token| token.range.end + 1 == next) else { return false };
        let initial = last.text.chars().count() == 1 && last.is_capitalised() && !last.is("i");
        let title = matches!(
            &*last.word,
            "dr" | "mr" | "mrs" | "ms" | "prof" | "st" | "mt" | "ft" | "vs" | "approx" | "jr" | "sr"
        );
        let before_small =
            matches!(
                &*last.word,
                "etc" | "a.m" | "p.m" | "am" | "pm" | "inc" | "ltd" | "e.g" | "i.e" | "u.s"
            ) && self.message[next..].trim_start().chars().next().is_some_and(char::is_lowercase);
        initial || title || before_small
    }

    /// Pushes a written word as the one or two words that it stands for.
    fn word(&mut self, range: Range<usize>) {
        let text = &self.message[range.clone()];
        let number = text.starts_with(|c: char| c.is_ascii_digit());
        let kind = if number { Kind::Number } else { Kind::Word };
        let word = plain(text);
        let rest = &self.message[range.end..];
        if let Some(full) =
            written_out(&word).filter(|_| !text.starts_with(char::is_uppercase) || word.len() > 2)
        {
            self.push(range, Cow::Borrowed(full), kind);
            return;
        }
        if &*word == "its" && is_it_is(rest) {
            let middle = range.start + 2;
            self.push(range.start..middle, Cow::Borrowed("it"), kind);
            self.push(middle..range.end, Cow::Borrowed("is"), kind);
            return;
        }
        // "Freiburg im Breisgau" has no "I'm" in it.
        let next_is_capital = || self.message[range.end..].trim_start().starts_with(char::is_uppercase);
        let in_name =
            &*word == "im" && self.tokens.last().is_some_and(Token::is_capitalised) && next_is_capital();
        let apart = if in_name { None } else { taken_apart(&word, text) };
        let Some((first, first_bytes, second)) = apart else {
            self.push(range, word, kind);
            return;
        };
        let middle = range.start + first_bytes;
        self.push(range.start..middle, Cow::Owned(first), kind);
        self.push(middle..range.end, Cow::Borrowed(second), kind);
    }
}

/// In lower case, with straight apostrophes, "soooo" as "so".
fn plain(text: &str) -> Cow<'_, str> {
    if let Some(short) = drawn_together(text) {
        return Cow::Owned(plain(&short).into_owned());
    }
    if text.chars().all(|c| !c.is_uppercase() && c != '’') {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.to_lowercase().replace('’', "'"))
}

/// A word whose letters are drawn out, with each of them once.
fn drawn_together(text: &str) -> Option<String> {
    const DRAWN_OUT: usize = 3;
    let chars: Vec<char> = text.chars().collect();
    // "Diablo III", "AAA".
    if chars.iter().all(|c| c.is_uppercase()) || chars.iter().all(|c| *c == chars[0]) {
        return None;
    }
    let is_drawn_out = |run: &[char]| run.len() >= DRAWN_OUT && run[0].is_alphabetic();
    let runs = || chars.chunk_by(char::eq_ignore_ascii_case);
    runs()
        .any(is_drawn_out)
        .then(|| runs().flat_map(|run| if is_drawn_out(run) { &run[..1] } else { run }).collect())
}

/// The bytes of the word that `text` begins with: letters and digits, and what may stand between them.
fn word_length(text: &str) -> usize {
    let mut end = 0;
    let mut last = ' ';
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let inside = match c {
            _ if c.is_alphanumeric() => true,
            // "my parents' house".
            '\'' | '’' => {
                next.is_alphabetic()
                    || last == 's'
                        && next == ' '
                        && text[at + c.len_utf8()..].trim_start().starts_with(char::is_alphabetic)
            }
            '-' | '/' | '@' | '_' => next.is_alphanumeric(),
            // "Node.js" is a word; "Lyon.My" is the end of a sentence.
            '.' => next.is_alphanumeric() && !(last.is_lowercase() && next.is_uppercase()),
            ',' | ':' => last.is_ascii_digit() && next.is_ascii_digit(),
            '+' | '#' => {
                last.is_ascii_alphabetic() && (next == ' ' || next == '+' || !next.is_alphanumeric())
                    || last == '+'
            }
            '%' => last.is_ascii_digit(),
            // Letters may carry marks of their own.
            _ => ('\u{300}'..='\u{36f}').contains(&c),
        };
        if !inside {
            break;
        }
        end = at + c.len_utf8();
        last = c;
    }
    end.max(text.chars().next().map_or(0, char::len_utf8))
}

/// What is typed short for a word.
fn written_out(word: &str) -> Option<&'static str> {
    Some(match word {
        "bday" | "b-day" => "birthday",
        "appt" | "appointmnt" => "appointment",
        "w" => "with",
        "n" => "and",
        "u" => "you",
        "ur" => "your",
        "hubby" => "husband",
        "wifey" => "wife",
        "sis" => "sister",
        "bro" => "brother",
        "gf" => "girlfriend",
        "bf" => "boyfriend",
        "ppl" => "people",
        "tmr" | "tmrw" | "tomoz" | "2moro" => "tomorrow",
        "nxt" => "next",
        "atm" => "now",
        "pls" | "plz" => "please",
        "yrs" => "years",
        "wks" => "weeks",
        "hrs" => "hours",
        "veggie" => "vegetarian",
        _ => return None,
    })
}

/// Whether what follows "its" shows that it was meant to be "it's".
fn is_it_is(rest: &str) -> bool {
    let next = rest.trim_start().split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let capital = next.starts_with(char::is_uppercase) && next.len() > 2;
    capital
        || matches!(
            next.to_lowercase().as_str(),
            "a" | "an"
                | "the"
                | "my"
                | "our"
                | "me"
                | "not"
                | "on"
                | "at"
                | "called"
                | "just"
                | "now"
                | "still"
                | "also"
                | "tomorrow"
        )
}

/// "I'm" as ("i", 1, "am"): the first word, the bytes it takes in `text`, and the second word.
fn taken_apart(word: &str, text: &str) -> Option<(String, usize, &'static str)> {
    let without_apostrophe = match word {
        "im" => Some(("i", 1, "am")),
        "ive" => Some(("i", 1, "have")),
        "dont" => Some(("do", 2, "not")),
        "doesnt" => Some(("does", 4, "not")),
        "didnt" => Some(("did", 3, "not")),
        "isnt" => Some(("is", 2, "not")),
        "arent" => Some(("are", 3, "not")),
        "wasnt" => Some(("was", 3, "not")),
        "werent" => Some(("were", 4, "not")),
        "havent" => Some(("have", 4, "not")),
        "hasnt" => Some(("has", 3, "not")),
        "cant" => Some(("can", 2, "not")),
        "cannot" => Some(("can", 3, "not")),
        "wont" => Some(("will", 2, "not")),
        "wouldnt" => Some(("would", 5, "not")),
        "couldnt" => Some(("could", 5, "not")),
        "shouldnt" => Some(("should", 6, "not")),
        "hes" => Some(("he", 2, "is")),
        "shes" => Some(("she", 3, "is")),
        "thats" => Some(("that", 4, "is")),
        "whats" => Some(("what", 4, "is")),
        "wheres" => Some(("where", 5, "is")),
        "theres" => Some(("there", 5, "is")),
        "youre" => Some(("you", 3, "are")),
        "theyre" => Some(("they", 4, "are")),
        "weve" => Some(("we", 2, "have")),
        "theyve" => Some(("they", 4, "have")),
        "whos" => Some(("who", 3, "is")),
        "aint" => Some(("is", 2, "not")),
        _ => None,
    };
    if let Some((first, bytes, second)) = without_apostrophe {
        return Some((first.to_owned(), bytes, second)).filter(|_| text.is_char_boundary(bytes));
    }
    if let Some(first) = word.strip_suffix("n't") {
        let first = match first {
            "ca" => "can",
            "wo" => "will",
            "sha" => "shall",
            other => other,
        };
        let cut = text.char_indices().rev().nth(2)?.0;
        return (cut > 0).then(|| (first.to_owned(), cut, "not"));
    }
    let (first, rest) = word.rsplit_once('\'')?;
    let pronoun = matches!(
        first,
        "he" | "she" | "it" | "that" | "what" | "where" | "who" | "there" | "here" | "how" | "everything"
    );
    let second = match rest {
        "m" if first == "i" => "am",
        "re" => "are",
        "ve" => "have",
        "ll" => "will",
        "d" => "would",
        "s" if first == "let" => "us",
        "s" if pronoun => "is",
        "s" => "'s",
        _ => return None,
    };
    let cut = text.rfind(['\'', '’'])?;
    (cut > 0).then(|| (first.to_owned(), cut, second))
}

/// The tokens as they were written, on one line.
pub(super) fn written(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for (position, token) in tokens.iter().enumerate() {
        if position > 0 {
            push_gap(&mut text, token.gap);
        }
        text.push_str(token.spelt());
    }
    text
}

/// What stands between two tokens, reduced to the full stop of an abbreviation and one space.
pub(super) fn push_gap(text: &mut String, gap: &str) {
    if gap.contains('.') {
        text.push('.');
    }
    if gap.contains(char::is_whitespace) {
        text.push(' ');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(message: &str) -> Vec<String> {
        tokens(message, &[]).into_iter().map(|token| token.word.into_owned()).collect()
    }

    #[test]
    fn contractions_are_taken_apart() {
        assert_eq!(words("I’m Anna, DON'T"), ["i", "am", "anna", ",", "do", "not"]);
        assert_eq!(words("my dog's name"), ["my", "dog", "'s", "name"]);
        assert_eq!(words("im cant"), ["i", "am", "can", "not"]);
        assert_eq!(words("O'Brien"), ["o'brien"]);
    }

    #[test]
    fn points_inside_words_stay() {
        assert_eq!(
            words("Node.js and C++ in Lyon.My 3.5"),
            ["node.js", "and", "c++", "in", "lyon", ".", "my", "3.5"]
        );
        assert_eq!(words("Dr. Smith at St. Mary's."), ["dr", "smith", "at", "st", "mary", "'s", "."]);
    }

    #[test]
    fn text_and_positions_survive() {
        let message = "I'm at St. Mary’s  *today*";
        let read = tokens(message, &[]);
        assert_eq!(written(&read), "I'm at St. Mary’s today");
        assert!(read.iter().all(|token| &message[token.range.clone()] == token.text));
    }
}
