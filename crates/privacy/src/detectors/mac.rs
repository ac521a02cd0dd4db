//! MAC addresses (EUI-48 and EUI-64) in the three usual spellings.

use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

static ADDRESS: Pattern = LazyLock::new(|| {
    pattern(
        r"(?-u)[0-9a-f]{2}(?::[0-9a-f]{2}){5}(?:(?::[0-9a-f]{2}){2})?|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}(?:(?:-[0-9a-f]{2}){2})?|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}",
    )
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    if !view.lower.contains([':', '-', '.']) {
        return;
    }
    let mut from = 0;
    while let Some(address) = ADDRESS.find_at(&view.lower, from) {
        // In "MAC:00:1A:…" the first match begins with the C.
        from = address.start() + 1;
        let text = address.as_str();
        let joint = text.chars().find(|c| matches!(c, ':' | '-' | '.')).unwrap_or(':');
        // Six pairs of decimal digits are as often a row of numbers.
        let lettered = text.bytes().any(|byte| byte.is_ascii_alphabetic());
        let sure = lettered || joint == ':' || is_told(view, address.start());
        let mut hex = text.bytes().filter(u8::is_ascii_hexdigit);
        let nobody = hex.clone().all(|byte| byte == b'0') || hex.all(|byte| byte == b'f');
        if sure && !nobody && is_whole(view, address.start(), address.end(), joint) {
            found.push(Finding::new(Kind::Mac, address.range(), 0.92, "mac.address"));
            from = address.end();
        }
    }
}

/// A fingerprint has more pairs.
fn is_whole(view: &View<'_>, start: usize, end: usize, joint: char) -> bool {
    let not_hex = |c: char| !c.is_ascii_hexdigit();
    let is_pair = |text: &str| matches!(text.len(), 2 | 4);
    let before = view.text[..start].strip_suffix(joint).unwrap_or_default();
    let after = view.text[end..].strip_prefix(joint).unwrap_or_default();
    // "MAC:00:…" is a word and an address: before the pair AC stands a letter.
    let pair_before = before.rsplit(not_hex).next().is_some_and(|hex| {
        is_pair(hex) && !before[..before.len() - hex.len()].ends_with(char::is_alphanumeric)
    });
    let pair_after = after.split(not_hex).next().is_some_and(is_pair);
    view.stands_alone(start, end) && !pair_before && !pair_after
}

fn is_told(view: &View<'_>, at: usize) -> bool {
    view.words_before(at)
        .take(5)
        .any(|word| matches!(word, "mac" | "macs" | "hardware" | "ethernet" | "wifi" | "physical"))
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn addresses() {
        check(
            Kind::Mac,
            &[
                "«00:1A:2B:3C:4D:5E»",
                "my mac is «00-1a-2b-3c-4d-5e».",
                "Cisco: «0012.3456.789A»",
                "«aabb.ccdd.eeff»",
                "«00:11:22:33:44:55» and «AA-BB-CC-DD-EE-F0»",
                "MAC: «01-23-45-67-89-10»",
                "[«de:ad:be:ef:00:01»]",
                "eui «00:11:22:33:44:55:66:77»",
                "mac=«00:1A:2B:3C:4D:5E»",
                "MAC:«00:1A:2B:3C:4D:5E»",
                "hardware 0012.3456.789 «0012.3456.7890»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Mac,
            &[
                "00:1A:2B:3C:4D",
                "ZZ:ZZ:ZZ:ZZ:ZZ:ZZ",
                "FF:FF:FF:FF:FF:FF",
                "00:00:00:00:00:00",
                "10:2F:33-AC-29-C3",
                "12-11-10-09-08-07",
                "1234.5678.9012",
                "de:ad:be:ef:00:01:02:03:04:05:06:07:08:09:0a:0b",
                "12:30:45",
                "2024-01-02-03-04-05",
                "550e8400-e29b-41d4-a716-446655440000",
                "x00:1A:2B:3C:4D:5E",
                "face.cafe",
            ],
        );
    }
}
