//! Postal addresses with a street and a number, in the forms of English, German, French, Spanish and Italian.

use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

/// `221B Baker Street`, `1600 Pennsylvania Ave NW`.
static ENGLISH: Pattern = LazyLock::new(|| {
    pattern(
        r"[0-9]{1,6}(?:-[0-9]{1,5})?[A-Za-z]? (?:(?:N|S|E|W|NE|NW|SE|SW|North|South|East|West)\.? )?(?:(?:[A-ZÀ-Þ][A-Za-zÀ-ɏ'.-]*|[0-9]{1,3}(?:st|nd|rd|th)) ){1,4}(Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Parkway|Pkwy|Highway|Hwy|Terrace|Crescent|Square|Place|Way|Circle|Close|Row|Mews|Gardens|Grove|Hill|Walk|Quay|Wharf|Alley|Trail)(?-u:\b)\.?(?: (?:N|S|E|W|NE|NW|SE|SW)(?-u:\b))?",
    )
});

/// `hauptstraße 12`, `Schillerweg 3`, `Am Ring 5` is left out.
static GERMAN: Pattern = LazyLock::new(|| {
    pattern(
        r"[A-ZÀ-Þ][A-Za-zÀ-ɏ-]{2,30}(straße|strasse|str\.|weg|platz|allee|gasse|ufer|damm)[ ][0-9]{1,4} ?[a-f]?(?-u:\b)",
    )
});

static FRENCH: Pattern = LazyLock::new(|| {
    pattern(
        r"[0-9]{1,4}(?: ?(?:bis|ter))?,? (?:[Rr]ue|[Aa]venue|[Aa]v\.|[Bb]oulevard|[Bb]d|[Pp]lace|[Cc]hemin|[Aa]llée|[Ii]mpasse|[Qq]uai|[Rr]oute) (?:(?:de|du|des|la|le|les) ){0,3}(?:[dl]')?[A-ZÀ-Þ][A-Za-zÀ-ɏ'-]+(?:[ -][A-ZÀ-Þ][A-Za-zÀ-ɏ'-]+){0,3}",
    )
});

static SOUTHERN: Pattern = LazyLock::new(|| {
    pattern(
        r"(?:Calle|C/|Avenida|Avda\.?|Plaza|Paseo|Via|Viale|Piazza|Corso|Rua) (?:(?:de|del|la|las|los|el|di|della|da|do|dos) ){0,3}[A-ZÀ-Þ][A-Za-zÀ-ɏ'.-]+(?: (?:(?:de|del|la|di|da|y|e) )?[A-ZÀ-Þ][A-Za-zÀ-ɏ'.-]+){0,3},? (?:n[º°.] ?)?[0-9]{1,4}(?-u:\b)",
    )
});

static BOX: Pattern = LazyLock::new(|| pattern(r"(?-u:\b)p\.? ?o\.? ?box [0-9]{1,7}(?-u:\b)"));

/// `123 main street`, where the words say that somebody lives there.
static LOWER_CASE: Pattern = LazyLock::new(|| {
    pattern(
        r"(?-u)[0-9]{1,6}[a-z]? (?:[a-z]{2,20} ){1,3}(?:street|avenue|ave|road|rd|boulevard|blvd|lane|drive|court|terrace|crescent|st)(?-u:\b)",
    )
});

static POSTCODE: Pattern = LazyLock::new(|| {
    pattern(
        r"(?-u:\b)(?:zip(?: ?code)?|post ?code|postal code|plz|code postal)(?: is| was)?:? ([0-9]{5}(?:-[0-9]{4})?|[a-z]{1,2}[0-9][0-9a-z]? ?[0-9][a-z]{2}|[a-z][0-9][a-z] ?[0-9][a-z][0-9])(?-u:\b)",
    )
});

/// Flat, city, state and postcode behind a street.
static BEHIND: Pattern = LazyLock::new(|| {
    pattern(
        r"^(?:[,\n ]{1,3}(?:[Aa]pt|[Aa]partment|[Ss]uite|[Ss]te|[Uu]nit|[Ff]lat|#)\.? ?#?[0-9A-Za-z-]{1,6}(?-u:\b))?(?:[,\n ]{1,3}(?:D-)?[0-9]{5} [A-ZÀ-Þ][A-Za-zÀ-ɏ'-]+|(?:[,\n ]{1,3}[A-ZÀ-Þ][A-Za-zÀ-ɏ'.-]+(?: [A-ZÀ-Þ][A-Za-zÀ-ɏ'-]+){0,2})?(?:,? [A-Z]{2})?[,\n ]{1,3}(?:[0-9]{5}(?:-[0-9]{4})?|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2})(?-u:\b)|(?:, [A-ZÀ-Þ][A-Za-zÀ-ɏ'.-]+(?: [A-ZÀ-Þ][A-Za-zÀ-ɏ'-]+){0,2})(?:, [A-Z]{2}(?-u:\b))?)?",
    )
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    if view.digits.is_empty() {
        return;
    }
    for street in ENGLISH.captures_iter(view.text) {
        let (Some(whole), Some(suffix)) = (street.get(0), street.get(1)) else { continue };
        // Words that are also other things need the words around.
        let sure = matches!(
            suffix.as_str(),
            "Street"
                | "St"
                | "Avenue"
                | "Ave"
                | "Road"
                | "Rd"
                | "Boulevard"
                | "Blvd"
                | "Lane"
                | "Ln"
                | "Drive"
                | "Dr"
        );
        let proven = sure || has_more_behind(view, whole.end()) || is_told(view, whole.start());
        if proven && !begins_with_a_year(view, whole.start()) {
            push(view, whole.start(), whole.end(), 0.85, "postal_address.english", found);
        }
    }
    for street in GERMAN.captures_iter(view.text) {
        let (Some(whole), Some(ending)) = (street.get(0), street.get(1)) else { continue };
        let sure = ending.as_str().starts_with("str");
        if sure || has_more_behind(view, whole.end()) || is_told(view, whole.start()) {
            push(view, whole.start(), whole.end(), 0.85, "postal_address.german", found);
        }
    }
    for street in FRENCH.find_iter(view.text) {
        push(view, street.start(), street.end(), 0.8, "postal_address.french", found);
    }
    for street in SOUTHERN.find_iter(view.text) {
        push(view, street.start(), street.end(), 0.8, "postal_address.southern", found);
    }
    for street in LOWER_CASE.find_iter(&view.lower) {
        if is_told(view, street.start()) && !street.as_str().split(' ').any(is_function_word) {
            push(view, street.start(), street.end(), 0.7, "postal_address.lower_case", found);
        }
    }
    for post_box in BOX.find_iter(&view.lower) {
        push(view, post_box.start(), post_box.end(), 0.85, "postal_address.box", found);
    }
    for postcode in POSTCODE.captures_iter(&view.lower) {
        if let Some(postcode) = postcode.get(1) {
            found.push(Finding::new(Kind::PostalAddress, postcode.range(), 0.6, "postal_address.postcode"));
        }
    }
}

fn push(
    view: &View<'_>,
    start: usize,
    end: usize,
    confidence: f32,
    rule: &'static str,
    found: &mut Vec<Finding>,
) {
    let joined = view
        .char_before(start)
        .is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '€' | '-'));
    let end = end + behind(view, end);
    if !joined && !view.char_after(end).is_some_and(char::is_alphanumeric) {
        found.push(Finding::new(Kind::PostalAddress, start..end, confidence, rule));
    }
}

fn behind(view: &View<'_>, at: usize) -> usize {
    BEHIND.find(&view.text[at..]).map_or(0, |behind| behind.len())
}

fn has_more_behind(view: &View<'_>, at: usize) -> bool {
    behind(view, at) > 0
}

/// "in 2019 Google Drive"
fn begins_with_a_year(view: &View<'_>, at: usize) -> bool {
    let number = &view.text[at..];
    let year = number.starts_with("19") || number.starts_with("20");
    let whole = number.bytes().take_while(u8::is_ascii_digit).count() == 4;
    let dated = |word| {
        matches!(
            word,
            "in" | "since" | "from" | "until" | "by" | "of" | "during" | "before" | "after" | "year"
        )
    };
    year && whole && view.words_before(at).next().is_some_and(dated)
}

fn is_told(view: &View<'_>, at: usize) -> bool {
    view.words_before(at).take(6).any(|word| {
        matches!(
            word,
            "live"
                | "lives"
                | "living"
                | "lived"
                | "address"
                | "home"
                | "house"
                | "ship"
                | "shipped"
                | "deliver"
                | "delivery"
                | "send"
                | "moved"
                | "moving"
                | "located"
                | "residence"
                | "adresse"
                | "wohne"
                | "wohnt"
                | "habite"
                | "vivo"
                | "abito"
                | "mail"
                | "taxi"
                | "office"
        )
    })
}

fn is_function_word(word: &str) -> bool {
    matches!(
        word,
        "the"
            | "a"
            | "an"
            | "of"
            | "in"
            | "on"
            | "at"
            | "to"
            | "my"
            | "your"
            | "his"
            | "her"
            | "and"
            | "or"
            | "for"
            | "from"
            | "minutes"
            | "miles"
            | "hours"
            | "hour"
            | "minute"
            | "km"
            | "people"
            | "days"
            | "years"
            | "with"
            | "is"
            | "was"
            | "way"
            | "this"
            | "that"
            | "down"
            | "up"
            | "off"
            | "per"
            | "by"
            | "meters"
            | "blocks"
            | "more"
    )
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn addresses() {
        check(
            Kind::PostalAddress,
            &[
                "I live at «221B Baker Street, London», with a friend",
                "«1600 Pennsylvania Ave NW, Washington, DC 20500»",
                "ship it to «742 Evergreen Terrace, Springfield, IL 62704».",
                "«10 Downing Street, London SW1A 2AA»",
                "«12 E 42nd St, Apt 5B, New York, NY 10017» please",
                "i live at «123 main street»",
                "«Hauptstraße 12, 10115 Berlin»",
                "Ich wohne in der «Schillerweg 3a»",
                "«12 rue de la Paix, 75002 Paris»",
                "«5 bis avenue Victor Hugo»",
                "vivo en «Calle Mayor 5»",
                "«Via Roma 12»",
                "«P.O. Box 1234»",
                "my zip code is «90210»",
                "postcode: «SW1A 1AA»",
                "my home is «9 Kings Row»",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::PostalAddress,
            &[
                "5 minutes walk down the road",
                "a 2 way street",
                "Wall Street fell 300 points",
                "Sesame Street season 12",
                "I walked 10 miles on the road",
                "100 Best Places",
                "The 39 Steps",
                "Abbey Road (1969)",
                "I have 2 dogs at my place",
                "12 Angry Men",
                "Spielplatz 5",
                "version 2 Release Way",
                "zip file 12345",
                "street food costs 5 euros",
                "in 2019 Google Drive",
                "highway 61 revisited",
                "3 Blind Mice Hill",
            ],
        );
    }
}
