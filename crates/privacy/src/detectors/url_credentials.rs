//! URLs with a password in them: `postgres://app:s3cret@db.example.com/main`. The whole URL is the span, since it is
//! the whole URL that opens the door.

use super::Finding;
use crate::Kind;
use crate::context::View;

const AUTHORITY_BYTES_MAX: usize = 512;
const URL_BYTES_MAX: usize = 2_048;

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut done = 0;
    for (colon, _) in view.text.match_indices("://") {
        if colon < done {
            continue;
        }
        let scheme =
            view.text[done..colon].bytes().rev().take(32).take_while(|byte| is_scheme(*byte)).count();
        let start = colon - scheme;
        let rest = &view.text[colon + 3..];
        if scheme < 2 || !has_password(rest) {
            continue;
        }
        let end = colon + 3 + url_len(rest);
        found.push(Finding::new(Kind::UrlCredentials, start..end, 0.97, "url_credentials.password"));
        done = end;
    }
}

fn is_scheme(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-')
}

fn has_password(rest: &str) -> bool {
    let rest = &rest[..rest.floor_char_boundary(AUTHORITY_BYTES_MAX)];
    let end =
        rest.find(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '`' | '<' | '>'));
    let authority = &rest[..end.unwrap_or(rest.len())];
    let Some((user_info, host)) = authority.rsplit_once('@') else { return false };
    let Some((_, password)) = user_info.split_once(':') else { return false };
    !host.is_empty() && is_real(password)
}

/// `${PASSWORD}`, `{{ pw }}`, `***` and `[PASSWORD_1]` stand where a password was taken out.
fn is_real(password: &str) -> bool {
    !password.is_empty()
        && !password.starts_with(['$', '{', '[', '%'])
        && !password.chars().all(|c| matches!(c, '*' | 'x' | 'X' | '.' | '…' | '•'))
}

fn url_len(rest: &str) -> usize {
    let rest = &rest[..rest.floor_char_boundary(URL_BYTES_MAX)];
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | '<' | '>'));
    rest[..end.unwrap_or(rest.len())].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '}']).len()
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn urls() {
        check(
            Kind::UrlCredentials,
            &[
                "«https://jane:s3cret@example.com/x?y=1»",
                "db is «postgres://app:s3cret@db.example.com:5432/main».",
                "«redis://:p4ss@10.0.0.1:6379/0»",
                "(«ftp://u:p@h.io»)",
                "DATABASE_URL=\"«mysql://root:toor@localhost/db»\"",
                "«mongodb+srv://u:p%40ss@cluster0.mongodb.net/test», ok",
                "«git+https://oauth2:abc123@gitlab.com/a/b.git»",
                "«amqp://guest:guest@mq» and «smtp://a:b@c»",
                "«https://jane:p@ss@example.com»",
                "url:<«http://ü:ß@example.com/ä»>",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::UrlCredentials,
            &[
                "https://example.com/a:b@c",
                "https://example.com:8080/@jane",
                "https://jane@example.com",
                "https://example.com?x=a:b@c",
                "postgres://app:${PASSWORD}@db/main",
                "https://user:***@example.com",
                "https://user:<password>@example.com",
                "ssh://git@github.com/x.git",
                "://a:b@c",
                "see http://x:80 or mail a@b.co",
                "https://user:@example.com",
                "https://a:b c@d",
            ],
        );
    }
}
