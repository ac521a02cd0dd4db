//! IBANs: a country's length and structure, and the check digits (ISO 13616).

use super::Finding;
use crate::Kind;
use crate::checksums::mod_97;
use crate::context::View;

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    let mut done = 0;
    for group in &view.digits {
        // Country code and check digits: two letters that no letter touches, then two digits.
        let code_end = match &view.text[..group.start] {
            before if before.ends_with(' ') => group.start - 1,
            _ => group.start,
        };
        let Some(start) = code_end.checked_sub(2).filter(|start| *start >= done) else { continue };
        let Some(code) = view.text.get(start..code_end) else { continue };
        let detached = code_end < group.start;
        if group.len() < 2 || (detached && !code.bytes().all(|byte| byte.is_ascii_uppercase())) {
            continue;
        }
        if view.char_before(start).is_some_and(char::is_alphanumeric) {
            continue;
        }
        if let Some(end) = end_of_iban(view, start, code) {
            found.push(Finding::new(Kind::Iban, start..end, 0.99, "iban.mod97"));
            done = end;
        }
    }
}

fn end_of_iban(view: &View<'_>, start: usize, code: &str) -> Option<usize> {
    let (_, structure) = STRUCTURES.iter().find(|(country, _)| country.eq_ignore_ascii_case(code))?;
    let length = 4 + parts(structure).map(|(count, _)| count).sum::<usize>();
    let mut iban = Vec::with_capacity(length);
    let mut separated = false;
    for (at, byte) in view.text[start..].bytes().enumerate() {
        match byte {
            byte if byte.is_ascii_alphanumeric() => {
                iban.push(byte);
                separated = false;
                if iban.len() == length {
                    let end = start + at + 1;
                    let whole = !view.char_after(end).is_some_and(char::is_alphanumeric);
                    return (whole && fits(&iban[4..], structure) && mod_97(&iban)).then_some(end);
                }
            }
            b' ' | b'-' if !separated => separated = true,
            _ => return None,
        }
    }
    None
}

fn fits(account: &[u8], structure: &str) -> bool {
    let mut rest = account;
    parts(structure).all(|(count, class)| {
        let (part, after) = rest.split_at(count.min(rest.len()));
        rest = after;
        part.iter().all(|byte| match class {
            'n' => byte.is_ascii_digit(),
            'a' => byte.is_ascii_alphabetic(),
            _ => byte.is_ascii_alphanumeric(),
        })
    })
}

/// "4a14n" is four letters and fourteen digits.
fn parts(structure: &str) -> impl Iterator<Item = (usize, char)> {
    structure.split_inclusive(['n', 'a', 'c']).filter_map(|part| {
        let class = part.chars().next_back()?;
        Some((part[..part.len() - 1].parse().ok()?, class))
    })
}

/// What follows country code and check digits, by the SWIFT IBAN registry: n digits, a letters, c either.
const STRUCTURES: [(&str, &str); 88] = [
    ("AD", "8n12c"),
    ("AE", "19n"),
    ("AL", "8n16c"),
    ("AT", "16n"),
    ("AZ", "4a20c"),
    ("BA", "16n"),
    ("BE", "12n"),
    ("BG", "4a6n8c"),
    ("BH", "4a14c"),
    ("BI", "23n"),
    ("BR", "23n1a1c"),
    ("BY", "4c4n16c"),
    ("CH", "5n12c"),
    ("CR", "18n"),
    ("CY", "8n16c"),
    ("CZ", "20n"),
    ("DE", "18n"),
    ("DJ", "23n"),
    ("DK", "14n"),
    ("DO", "4c20n"),
    ("EE", "16n"),
    ("EG", "25n"),
    ("ES", "20n"),
    ("FI", "14n"),
    ("FK", "2a12n"),
    ("FO", "14n"),
    ("FR", "10n11c2n"),
    ("GB", "4a14n"),
    ("GE", "2a16n"),
    ("GI", "4a15c"),
    ("GL", "14n"),
    ("GR", "7n16c"),
    ("GT", "24c"),
    ("HN", "4a20n"),
    ("HR", "17n"),
    ("HU", "24n"),
    ("IE", "4a14n"),
    ("IL", "19n"),
    ("IQ", "4a15n"),
    ("IS", "22n"),
    ("IT", "1a10n12c"),
    ("JO", "4a4n18c"),
    ("KW", "4a22c"),
    ("KZ", "3n13c"),
    ("LB", "4n20c"),
    ("LC", "4a24c"),
    ("LI", "5n12c"),
    ("LT", "16n"),
    ("LU", "3n13c"),
    ("LV", "4a13c"),
    ("LY", "21n"),
    ("MC", "10n11c2n"),
    ("MD", "20c"),
    ("ME", "18n"),
    ("MK", "3n10c2n"),
    ("MN", "16n"),
    ("MR", "23n"),
    ("MT", "4a5n18c"),
    ("MU", "4a19n3a"),
    ("NI", "4a20n"),
    ("NL", "4a10n"),
    ("NO", "11n"),
    ("OM", "3n16c"),
    ("PK", "4a16c"),
    ("PL", "24n"),
    ("PS", "4a21c"),
    ("PT", "21n"),
    ("QA", "4a21c"),
    ("RO", "4a16c"),
    ("RS", "18n"),
    ("RU", "14n15c"),
    ("SA", "2n18c"),
    ("SC", "4a20n3a"),
    ("SD", "14n"),
    ("SE", "20n"),
    ("SI", "15n"),
    ("SK", "20n"),
    ("SM", "1a10n12c"),
    ("SO", "19n"),
    ("ST", "21n"),
    ("SV", "4a20n"),
    ("TL", "19n"),
    ("TN", "20n"),
    ("TR", "6n16c"),
    ("UA", "6n19c"),
    ("VA", "18n"),
    ("VG", "4a16n"),
    ("XK", "16n"),
];

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn ibans() {
        check(
            Kind::Iban,
            &[
                "«GB29NWBK60161331926819»",
                "my IBAN is «GB29 NWBK 6016 1331 9268 19».",
                "IBAN:«DE89370400440532013000»",
                "«DE89 3704 0044 0532 0130 00» bei der Bank",
                "«FR14 2004 1010 0505 0001 3M02 606»",
                "«FR1420041010050500013M02606»",
                "«gb29nwbk60161331926819»",
                "«GB29-NWBK-6016-1331-9268-19»",
                "(«NL91ABNA0417164300»)",
                "«NO93 8601 1117 947»",
                "«ES91 2100 0418 4502 0005 1332», «IT60X0542811101000000123456»",
                "«CH93 0076 2011 6238 5295 7»",
                "«BR97 0036 0305 0000 1000 9795 493P 1»",
                "«MT84MALT011000012345MTLCAST001S»",
                "«XK05 1212 0123 4567 8906»",
                "«PL61109010140000071219812874»",
                "«BE68 5390 0754 7034» and more",
                "«GB 29 NWBK 6016 1331 9268 19»",
                "«ＧＢ２９ＮＷＢＫ６０１６１３３１９２６８１９»",
                "«GB29\u{a0}NWBK\u{a0}6016\u{a0}1331\u{a0}9268\u{a0}19»",
                "iban=«LC55HEMM000100010012001200023015»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Iban,
            &[
                "GB29NWBK60161331926818",
                "DE88370400440532013000",
                "GB29NWBK6016133192681",
                "GB29NWBK601613319268190",
                "XGB29NWBK60161331926819",
                "ZZ29NWBK60161331926819",
                "GB29 NWBK",
                "at12 people came to the big party",
                "DE89 37040044 not more",
                "GB29  NWBK  6016  1331  9268  19",
                "SE35 is a postcode",
                "de305d54-75b4-431b-adb2-eb6b9e546014",
                "NO93",
                "FR14",
                "es91 in der tat",
            ],
        );
    }
}
