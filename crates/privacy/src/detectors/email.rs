//! E-mail addresses, also spelled out: "jane dot doe at mail dot com", "jane [at] mail.com".
//!
//! Plain addresses are read outwards from each `@`, which is exact, takes any script and needs no pattern.

use std::sync::LazyLock;

use regex::Captures;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

/// RFC 5321: 64 octets before the `@`, 255 after it.
const LOCAL_BYTES_MAX: usize = 64;
const DOMAIN_BYTES_MAX: usize = 255;

/// `icon@2x.png` is a file.
const FILE_ENDINGS: [&str; 12] =
    ["png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js", "ts", "json", "html", "pdf"];

const COMMON_ENDINGS: &str = "com|net|org|edu|gov|info|io|co|me|dev|app|ai|uk|de|fr|es|it|in|nl|ch|at|be|eu|us|ca|au|\
                              jp|br|pl|se|no|dk|fi|pt|ie|ru|cn|mx|za|nz|biz|site|online|tech|xyz";

/// "jane (at) mail (dot) com": brackets around "at" leave no doubt.
static BRACKETED: Pattern = LazyLock::new(|| {
    pattern(
        r"(?-u)([a-z0-9][a-z0-9_%+-]{0,40}(?:(?:\.| ?[\[({<] ?dot ?[\])}>] ?| dot )[a-z0-9_%+-]{1,40}){0,3}) ?[\[({<] ?(?:at|@|arroba) ?[\])}>] ?([a-z0-9-]{1,63}(?:(?:\.| ?[\[({<] ?(?:dot|\.|punkt|punto) ?[\])}>] ?| dot )[a-z0-9-]{2,30}){1,4})",
    )
});

/// "jane dot doe at mail dot com", "jane.doe at gmail.com".
static SPOKEN: Pattern = LazyLock::new(|| {
    let source = format!(
        r"(?-u)([a-z0-9][a-z0-9_%+-]{{0,40}}(?:(?:\.| dot )[a-z0-9_%+-]{{1,40}}){{0,3}})( at | @ )([a-z0-9][a-z0-9-]{{0,62}}(?:(?:\.| dot )[a-z0-9-]{{2,30}}){{0,2}}(?:\.| dot )(?:{COMMON_ENDINGS}))\b"
    );
    pattern(&source)
});

const MAIL_PROVIDERS: [&str; 14] = [
    "gmail",
    "googlemail",
    "yahoo",
    "hotmail",
    "outlook",
    "icloud",
    "aol",
    "gmx",
    "protonmail",
    "proton",
    "fastmail",
    "live",
    "msn",
    "web",
];

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    plain(view, found);
    if view.lower.contains("at") || view.lower.contains(" @ ") || view.lower.contains("@]") {
        spelled_out(view, found);
    }
}

fn plain(view: &View<'_>, found: &mut Vec<Finding>) {
    for (at, _) in view.text.match_indices('@') {
        let start = local_start(view.text, at);
        let Some(end) = domain_end(view.text, at + 1) else { continue };
        if start == at || is_handle_or_remote(view, start, at, end) {
            continue;
        }
        found.push(Finding::new(Kind::Email, start..end, 0.99, "email.address"));
    }
}

/// Where the part before the `@` begins; `at` itself when there is none.
fn local_start(text: &str, at: usize) -> usize {
    if text[..at].ends_with('.') {
        return at;
    }
    let mut start = at;
    for (index, character) in text[..at].char_indices().rev() {
        if at - index > LOCAL_BYTES_MAX || !is_local(character) {
            break;
        }
        start = index;
    }
    // Quotes, dots and the like before the first letter belong to the sentence.
    let skipped = text[start..at].find(|c: char| c.is_alphanumeric() || c == '_');
    skipped.map_or(at, |skipped| start + skipped)
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-' | '\'' | '&' | '~')
}

/// Where the domain that begins at `start` ends, if there is one: labels of letters, digits and inner hyphens, the
/// last of them at least two letters or punycode.
fn domain_end(text: &str, start: usize) -> Option<usize> {
    let mut end = None;
    let mut label_start = start;
    let mut labels = 0;
    loop {
        let label = label(&text[label_start..]);
        if label.is_empty() || label_start + label.len() - start > DOMAIN_BYTES_MAX {
            break;
        }
        labels += 1;
        let label_end = label_start + label.len();
        if labels > 1 && is_top_level(label) {
            end = Some(label_end);
        }
        if !text[label_end..].starts_with('.') {
            break;
        }
        label_start = label_end + 1;
    }
    end.filter(|end| !text[*end..].starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '@'))
}

fn label(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_alphanumeric() || c == '-')).unwrap_or(text.len());
    let label = text[..end].trim_end_matches('-');
    if label.starts_with('-') || label.len() > 63 * 4 { "" } else { label }
}

fn is_top_level(label: &str) -> bool {
    let known_file = FILE_ENDINGS.iter().any(|ending| label.eq_ignore_ascii_case(ending));
    let punycode = label.len() > 4 && label.get(..4).is_some_and(|front| front.eq_ignore_ascii_case("xn--"));
    !known_file && (punycode || (label.chars().count() >= 2 && label.chars().all(char::is_alphabetic)))
}

/// `@jane@mastodon.social` is a handle, `git@host:path` a remote, and what is before `@` in a URL with a password is
/// that password.
fn is_handle_or_remote(view: &View<'_>, start: usize, at: usize, end: usize) -> bool {
    let before = view.char_before(start);
    let remote = &view.lower[start..at] == "git" && matches!(view.char_after(end), Some(':' | '/'));
    before == Some('@') || remote
}

fn spelled_out(view: &View<'_>, found: &mut Vec<Finding>) {
    for captures in BRACKETED.captures_iter(&view.lower) {
        push(view, &captures, 0.85, "email.bracketed", found);
    }
    for captures in SPOKEN.captures_iter(&view.lower) {
        if is_spoken_address(view, &captures) {
            push(view, &captures, 0.7, "email.spoken", found);
        }
    }
}

fn push(
    view: &View<'_>,
    captures: &Captures<'_>,
    confidence: f32,
    rule: &'static str,
    found: &mut Vec<Finding>,
) {
    let Some(span) = captures.get(0).map(|whole| whole.range()) else { return };
    if view.stands_alone(span.start, span.end) {
        found.push(Finding::new(Kind::Email, span, confidence, rule));
    }
}

/// "look at example.com" has the words of an address too. What is before "at" has to look like a name of a mailbox,
/// or the domain like one for mail, or the talk has to be about mail.
fn is_spoken_address(view: &View<'_>, captures: &Captures<'_>) -> bool {
    let part = |group| captures.get(group).map_or("", |part| part.as_str());
    let (local, domain) = (part(1), part(3));
    if is_common_word(local) {
        return false;
    }
    let host = domain.split([' ', '.']).next().unwrap_or_default();
    let at = captures.get(0).map_or(0, |whole| whole.start());
    local.contains(" dot ")
        || local.contains(|c: char| matches!(c, '.' | '_' | '+') || c.is_ascii_digit())
        || MAIL_PROVIDERS.contains(&host)
        || (domain.contains(" dot ") && view.words_before(at).take(6).any(is_about_mail))
}

fn is_about_mail(word: &str) -> bool {
    matches!(
        word,
        "email"
            | "emails"
            | "mail"
            | "mails"
            | "e"
            | "contact"
            | "reach"
            | "write"
            | "address"
            | "correo"
            | "adresse"
    )
}

/// What stands before "at" in ordinary sentences.
fn is_common_word(word: &str) -> bool {
    COMMON_WORDS.contains(&word)
}

#[rustfmt::skip]
const COMMON_WORDS: [&str; 75] = [
    "look", "looking", "looked", "find", "found", "me", "us", "him", "her", "them", "it", "that",
    "this", "is", "are", "was", "were", "be", "been", "buy", "bought", "shop", "order", "ordered",
    "work", "works", "working", "worked", "available", "hosted", "here", "there", "visit", "meet",
    "account", "site", "website", "page", "team", "people", "store", "up", "out", "in", "on", "and",
    "or", "mail", "email", "address", "reach", "job", "engineer", "manager", "sold", "sale", "docs",
    "documentation", "more", "online", "now", "one", "not", "i", "you", "he", "she", "we", "they",
    "prices", "listed", "published", "registered", "signed", "joined",
];

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn addresses() {
        check(
            Kind::Email,
            &[
                "write to «jane@example.com» please",
                "«jane.doe+news@mail.example.co.uk»",
                "<«jane@example.com»>, (\"«joe@example.org»\"); '«ann@example.net»'",
                "mail:«jane@example.com», mailto:«jane@example.com»?subject=hi",
                "email=«jane@example.com»&x=1",
                "«o'brien_99%x@sub-domain.example.io».",
                "«JANE@EXAMPLE.COM»!",
                "«jürgen@müller.de» und «ελένη@παράδειγμα.ελ»",
                "«用户@例子.中国»",
                "user «a@xn--d1acufc.xn--p1ai» ok",
                "«ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ»",
                "«jane@exam\u{200b}ple.com»",
                "two: «a@b.co»;«c@d.co»",
                "at the end «a1@b2.museum»",
                "«jane@example.com»\nnext line",
                "«jane@example.com»'s inbox",
                "Contact «first.last@company.travel»/office",
                "a dotted end «x@y.com»...",
                "«noreply@bounce.mail.example.com»",
            ],
        );
    }

    #[test]
    fn spelled_out_addresses() {
        check(
            Kind::Email,
            &[
                "it is «jane dot doe at mail dot com», ok?",
                "«jane [at] mail [dot] com»",
                "«jane(at)mail(dot)com»",
                "«jane.doe {at} mail.example.org»",
                "«jane <at> mail <dot> com»",
                "«Jane.Doe AT Example DOT Com»",
                "reach me: «jane_99 at example dot co dot uk»",
                "my email is «jane at mail dot com»",
                "«janedoe at gmail dot com»",
                "«jane.doe at gmail.com»",
                "«jane [@] mail.com»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Email,
            &[
                "@jane and @joe",
                "follow @jane@mastodon.social",
                "jane@localhost",
                "jane@example.",
                "@example.com",
                "icon@2x.png and image@3x.jpg",
                "npm i react@18.2.0 @types/node@20.1.1",
                "git@github.com:user/repo.git",
                "look at example.com",
                "we met at noon dot com was late",
                "Find it at amazon dot com",
                "I work at google.com",
                "the cat at home",
                "foo @ bar",
                "a@b",
                "1@2.3",
                "x@-bad.com is odd",
                "price @ 3.50 each",
                "see you @ 5.30pm",
                "array[at](dot)",
                ".@.com",
                "user.@example.com",
                "opinion at large",
            ],
        );
    }
}
