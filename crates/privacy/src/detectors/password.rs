//! Passwords and PINs where the words say so: "password: hunter2", "my PIN is 4711", "use hunter2 as the password".

use std::ops::Range;
use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

const PASSWORD_BYTES_MAX: usize = 128;

static WORDS: Pattern = LazyLock::new(|| {
    pattern(
        r"pass ?words?|passwd|pass ?phrase|passcode|passwort|kennwort|mot de passe|contraseña|senha|wachtwoord|pwd|pass|pw|pin(?: code| number)?",
    )
});

/// `: x`, `= x`, `=> x`, also after the closing quote of a JSON name.
static ASSIGNED: Pattern =
    LazyLock::new(|| pattern(r#"(?-u)^["'\])]{0,2}[ \t]{0,3}(?:=>|:=|->|[:=])[ \t]{0,3}"#));

/// " is x", " for the wifi is x", " was changed to x".
static STATED: Pattern = LazyLock::new(|| {
    pattern(
        r"^(?: (?:for|to|of|on|at|from) [a-zà-ÿ0-9 '_-]{1,40}?)?(?: (?:is|was|will be|ist|lautet|es|est|is set to|is now|was changed to)|'s)(?: now| still| set to| just)?:? ",
    )
});

/// "change the password to x"
static CHANGED: Pattern = LazyLock::new(|| pattern(r"^(?: for [a-zà-ÿ0-9 '_-]{1,40}?)? to:? "));

static USED_AS: Pattern = LazyLock::new(|| {
    pattern(
        r"(?-u)(?:use|using|try|enter|type|with) ([!-~]{4,64}) (?:as|for) (?:my|the|your|a|our) (?:password|passcode|passphrase|pin)",
    )
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    for word in WORDS.find_iter(&view.lower) {
        if is_inside_a_word(view, &word.range()) {
            continue;
        }
        let value = if word.as_str().starts_with("pin") {
            pin(view, &word.range())
        } else {
            password(view, &word.range())
        };
        if let Some((value, confidence)) = value {
            found.push(Finding::new(Kind::Password, value, confidence, "password.in_context"));
        }
    }
    for captures in USED_AS.captures_iter(&view.lower) {
        let Some(value) = captures.get(1) else { continue };
        let text = &view.text[value.range()];
        if view.stands_alone(value.start(), value.end()) && is_passwordish(unquoted(text)) {
            let start = value.start() + text.find(unquoted(text)).unwrap_or(0);
            let span = start..start + unquoted(text).len();
            found.push(Finding::new(Kind::Password, span, 0.8, "password.used_as"));
        }
    }
}

/// "opinion" has a pin; "DB_PASSWORD" and "dbPassword" are names of a password.
fn is_inside_a_word(view: &View<'_>, word: &Range<usize>) -> bool {
    let camel = view.text[word.start..].starts_with(|c: char| c.is_ascii_uppercase())
        && view.char_before(word.start).is_some_and(char::is_lowercase);
    let joined_before = view.char_before(word.start).is_some_and(char::is_alphanumeric) && !camel;
    joined_before || view.char_after(word.end).is_some_and(crate::context::is_word)
}

fn password(view: &View<'_>, word: &Range<usize>) -> Option<(Range<usize>, f32)> {
    let short = matches!(&view.lower[word.clone()], "pass" | "pw" | "pwd");
    let tail = &view.lower[word.end..];
    if let Some(assigned) = ASSIGNED.find(tail) {
        let value = Value::read(view, word.end + assigned.end())?;
        let alone = value.ends && !is_ordinary(value.text) && !value.text.contains('_');
        let good = value.is_literal()
            && (value.quoted && !short
                || is_passwordish(value.text)
                || (alone && !short && value.text.len() >= 4));
        return good.then_some((value.span, 0.9));
    }
    if let Some(stated) = STATED.find(tail) {
        let value = Value::read(view, word.end + stated.end())?;
        let alone = value.ends && !is_ordinary(value.text) && value.text.len() >= 5;
        let good = value.is_literal() && (value.quoted || is_passwordish(value.text) || (alone && !short));
        return good.then_some((value.span, if value.quoted { 0.85 } else { 0.75 }));
    }
    let changes = || {
        view.words_before(word.start)
            .take(4)
            .any(|word| matches!(word, "set" | "change" | "changed" | "reset" | "update" | "updated"))
    };
    if let Some(changed) = CHANGED.find(tail)
        && changes()
    {
        let value = Value::read(view, word.end + changed.end())?;
        return (value.is_literal() && (value.quoted || is_passwordish(value.text)))
            .then_some((value.span, 0.75));
    }
    // "password hunter2", "password 'swordfish'"
    let value = Value::read(view, word.end + usize::from(tail.starts_with(' ')))?;
    let apart = tail.starts_with(' ') && !short;
    let mixed = value.text.bytes().any(|byte| byte.is_ascii_digit())
        && value.text.bytes().any(|b| b.is_ascii_alphabetic());
    (apart && value.is_literal() && value.text.len() >= 6 && mixed && is_passwordish(value.text))
        .then_some((value.span, 0.6))
}

/// Four to eight digits; a "pin code" of six is a postcode in India.
fn pin(view: &View<'_>, word: &Range<usize>) -> Option<(Range<usize>, f32)> {
    let tail = &view.lower[word.end..];
    let stated = ASSIGNED.find(tail).or_else(|| STATED.find(tail))?;
    let start = word.end + stated.end();
    let digits = view.text[start..].bytes().take_while(u8::is_ascii_digit).count();
    let longest = if view.lower[word.clone()].ends_with("code") { 4 } else { 8 };
    let whole = view.stands_alone(start, start + digits)
        && !view.text[start + digits..].starts_with(['.', ',', '-', ':', '/'])
        || view.text[start + digits..].starts_with([',', '.'])
            && !view.text[start + digits + 1..].starts_with(|c: char| c.is_ascii_digit());
    ((4..=longest).contains(&digits) && whole).then_some((start..start + digits, 0.8))
}

struct Value<'a> {
    text: &'a str,
    span: Range<usize>,
    quoted: bool,
    /// The line or the sentence, or a clause of it, ends here.
    ends: bool,
}

impl<'a> Value<'a> {
    /// What stands at `start`: between quotes, or up to white space.
    fn read(view: &View<'a>, start: usize) -> Option<Self> {
        let rest = &view.text[start..];
        let rest = &rest[..rest.floor_char_boundary(PASSWORD_BYTES_MAX)];
        let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'));
        let (start, text, quoted) = match quote.and_then(|quote| Some((quote, rest[1..].find(quote)?))) {
            Some((_, len)) if len > 0 => (start + 1, &rest[1..=len], true),
            _ => {
                let end = rest
                    .find(|c: char| c.is_whitespace() || matches!(c, '"' | '<' | '`'))
                    .unwrap_or(rest.len());
                (start, rest[..end].trim_end_matches(['.', ',', ';', ':', '?', ')', '\'', '}', ']']), false)
            }
        };
        let after = view.text[start + text.len()..].trim_start_matches(['.', ',', ';', '!', '?', ')', ' ']);
        let stop = view.text[start + text.len()..].starts_with(['.', ',', ';', '!', '?', ')']);
        (!text.is_empty()).then(|| Self {
            text,
            span: start..start + text.len(),
            quoted,
            ends: after.is_empty() || after.starts_with('\n') || stop,
        })
    }

    /// Not a variable, a type, a call, a placeholder or stars.
    fn is_literal(&self) -> bool {
        let code = [
            "os.",
            "env.",
            "process.",
            "config.",
            "settings.",
            "self.",
            "args.",
            "string",
            "str",
            "none",
            "null",
        ];
        let lower = self.text.to_ascii_lowercase();
        let marked = self.text.starts_with(['$', '{', '<', '[', '%', '(', '&', '*'])
            && !is_passwordish_after_mark(self.text);
        let stars = self.text.chars().all(|c| matches!(c, '*' | '•' | 'x' | 'X' | '.' | '_' | '-' | '?'));
        let named = code
            .iter()
            .any(|name| if name.ends_with('.') { lower.starts_with(name) } else { lower == *name });
        // Made up for an example: "testpassword", "your_new_password".
        let made_up = (lower.contains("password") || lower.contains("passwort"))
            && lower.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'-' | b' '));
        let repeated = self.text.chars().count() < 3;
        !(marked
            || made_up
            || repeated
            || stars
            || named
            || (!self.quoted && self.text.contains('('))
            || self.text.contains("://"))
    }
}

/// `$ecret1!` begins like a variable and is none.
fn is_passwordish_after_mark(text: &str) -> bool {
    text.starts_with('$')
        && !text[1..]
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'_' || byte == b'{' || byte == b'}')
        && is_passwordish(&text[1..])
}

/// A word with a digit, an inner capital or an inner symbol in it: what people make a password of.
fn is_passwordish(text: &str) -> bool {
    let chars = text.chars().count();
    if !(4..=PASSWORD_BYTES_MAX).contains(&chars) {
        return false;
    }
    let digit = text.chars().any(|c| c.is_ascii_digit());
    let letter = text.chars().any(char::is_alphabetic);
    let symbol = text
        .chars()
        .any(|c| matches!(c, '!' | '@' | '#' | '$' | '%' | '^' | '&' | '*' | '+' | '=' | '?' | '~'));
    let inner_capital = text.chars().skip(1).any(char::is_uppercase)
        && text.chars().any(char::is_lowercase)
        && !text.contains(['.', '_']);
    let trailing_mark_only =
        text.trim_end_matches(['!', '?']).chars().all(char::is_alphabetic) && text.ends_with(['!', '?']);
    let number_only = text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '%' | '-'));
    let measured = number_only && (text.contains(['.', ',', '%']) || chars < 6);
    !measured
        && !trailing_mark_only
        && ((digit && letter) || symbol || inner_capital || (number_only && chars >= 6))
}

fn unquoted(text: &str) -> &str {
    text.trim_matches(['"', '\'', '`', '(', ')', ','])
}

/// What follows "password is" in sentences about passwords.
fn is_ordinary(text: &str) -> bool {
    let lower = text.to_lowercase();
    let word = lower.trim_end_matches(['!', '?', '.', ',']);
    let participle = (word.ends_with("ed") || word.ends_with("ing")) && word.chars().all(char::is_alphabetic);
    participle
        || word.contains('-') && word.chars().all(|c| c.is_alphabetic() || c == '-')
        || ORDINARY_WORDS.contains(&word)
}

#[rustfmt::skip]
const ORDINARY_WORDS: [&str; 99] = [
    "wrong", "incorrect", "correct", "right", "weak", "strong", "secure", "insecure", "invalid",
    "valid", "short", "long", "simple", "complex", "secret", "safe", "unsafe", "mandatory", "optional",
    "required", "empty", "blank", "missing", "lost", "forgotten", "stolen", "broken", "known",
    "unknown", "public", "private", "protected", "old", "new", "same", "different", "gone", "hidden",
    "visible", "sensitive", "unique", "important", "needed", "used", "true", "false", "none", "null",
    "undefined", "string", "str", "text", "varchar", "bool", "int", "here", "there", "below", "above",
    "case", "what", "this", "that", "your", "mine", "yours", "must", "should", "hash", "bad", "good",
    "fine", "okay", "easy", "hard", "over", "about", "please", "later", "again", "everything",
    "nothing", "something", "password", "available", "correctly", "stupid", "terrible", "great",
    "leaked", "enough", "default", "temporary", "manager", "value", "falsch", "richtig", "sicher",
    "weg",
];

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn passwords() {
        check(
            Kind::Password,
            &[
                "password: «hunter2»",
                "Password = «Tr0ub4dor&3».",
                "my password is «hunter2!»",
                "my password is «swordfish».",
                "the wifi password: «sunflower»",
                "the password for the wifi is «Summer2024!»",
                "passwd=«s3cr3t»",
                "DB_PASSWORD=«s3cr3t!»",
                "{\"password\": \"«correct horse»\"}",
                "dbPassword: '«abc123XYZ»'",
                "user: bob pass: «hunter2»",
                "login bob, pw: «Xk9!mm»",
                "Passwort: «Geheim123»",
                "mon mot de passe est «Soleil99»",
                "mi contraseña es «Perro2020»",
                "please change my password to «N3wPass!»",
                "password \"«hunter22»\"",
                "use «hunter22» as the password",
                "passphrase is \"«correct horse battery staple»\"",
                "my passcode is «839201»",
                "my PIN is «4711»",
                "pin: «123456»",
                "the ATM pin is «0042».",
                "password: «$ecret1!»",
                "pass word: «hunter2»",
                "pwd=«hunter2» host=x",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Password,
            &[
                "my opinion is 1234",
                "the password is required",
                "password is too short",
                "password must have 8 characters",
                "password: must be at least 8 characters",
                "my password is not working",
                "I forgot my password again",
                "password = os.environ[\"DB_PASSWORD\"]",
                "password: str",
                "password: String,",
                "password=None",
                "password: ${DB_PASSWORD}",
                "password: $DB_PASSWORD",
                "password: ********",
                "password: <your password>",
                "password = input(\"Password: \")",
                "reset password email",
                "password manager 1Password",
                "the bus pass is 20 euros",
                "pass: 85%",
                "pass = True",
                "compass: N45",
                "GPIO pin 13 is high",
                "pin is 13",
                "pin code is 110001",
                "spinning: 1234",
                "the password is case-sensitive",
                "password strength is weak",
                "my password is wrong!",
                "a password is something secret",
                "passwords are stored hashed",
                "password_hash = bcrypt",
                "passport: 1234",
                "pinned: 2024",
                "is the password correct?",
                "password = \"testpassword\"",
                "password = \"a\" * 1000",
                "{\"password\": \"your_new_password\"}",
            ],
        );
    }
}
