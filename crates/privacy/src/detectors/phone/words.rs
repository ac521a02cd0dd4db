//! What the words around a number say: that it is a phone number, or that it is something else.

use crate::context::View;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Told {
    Phone,
    Other,
    Nothing,
}

/// What the nearest telling word before `at` says. Words that only sometimes tell ("number") need company.
pub(super) fn told_by_words(view: &View<'_>, at: usize) -> Told {
    let words: Vec<&str> = view.words_before(at).take(9).collect();
    for (i, word) in words.iter().enumerate() {
        let before = words.get(i + 1).copied().unwrap_or_default();
        let after = if i == 0 { "" } else { words[i - 1] };
        match *word {
            "number" | "numbers" | "nr" | "no" | "nummer" | "numéro" | "numero" | "número" => {
                let farther = words.get(i + 2).copied().unwrap_or_default();
                if is_owner(before) || (is_owner(farther) && is_kind_of_number(before)) {
                    return Told::Phone;
                }
            }
            "text" | "message" | "ring" | "reach" | "get" | "phone" | "call" | "try"
                if matches!(after, "me" | "him" | "her" | "us" | "them") =>
            {
                return Told::Phone;
            }
            // "I got his voicemail, they don't pick up at"
            "pick" if after == "up" => return Told::Phone,
            // "contact: …", "ring …", "my registered …"
            "contact" | "ring" | "calls" | "called" if i == 0 => return Told::Phone,
            "registered" if i == 0 && is_owner(before) => return Told::Phone,
            // "area code", "dial code"
            "code" if matches!(before, "area" | "dial" | "country") => return Told::Phone,
            word if is_phone(word) => return Told::Phone,
            // A veto reaches less far than a hint.
            word if i < 4 && is_other(word) => return Told::Other,
            _ => {}
        }
    }
    Told::Nothing
}

/// Whether nothing but small words stands between a word that says phone and `at`: "call me at", not "call the
/// function with".
pub(super) fn is_right_after_a_cue(view: &View<'_>, at: usize) -> bool {
    view.words_before(at).take(6).find(|word| !is_connector(word)).is_none_or(is_cue)
}

fn is_cue(word: &str) -> bool {
    is_phone(word)
        || is_kind_of_number(word)
        || matches!(word, "contact" | "ring" | "text" | "reach" | "up" | "registered")
        || matches!(word, "number" | "numbers" | "nummer" | "numéro" | "numero" | "número")
}

fn is_connector(word: &str) -> bool {
    matches!(
        word,
        "at" | "on"
            | "is"
            | "was"
            | "me"
            | "us"
            | "him"
            | "her"
            | "them"
            | "to"
            | "under"
            | "nr"
            | "no"
            | "my"
            | "his"
            | "their"
            | "our"
            | "your"
            | "the"
            | "or"
            | "and"
            | "it"
            | "s"
            | "ist"
            | "est"
            | "es"
            | "unter"
            | "au"
            | "al"
    )
}

fn is_owner(word: &str) -> bool {
    matches!(
        word,
        "my" | "his" | "her" | "your" | "their" | "our" | "mein" | "meine" | "mon" | "mi" | "mio" | "s"
    )
}

/// "my work number", "her German number"; not "my employee number".
fn is_kind_of_number(word: &str) -> bool {
    let nationality = ["ese", "ian", "ish", "can", "man", "eli", "nch", "tch", "ean", "iss"];
    matches!(
        word,
        "new"
            | "old"
            | "other"
            | "work"
            | "home"
            | "personal"
            | "private"
            | "business"
            | "office"
            | "direct"
            | "current"
            | "local"
            | "international"
            | "contact"
            | "emergency"
            | "us"
            | "uk"
            | "american"
            | "neue"
            | "nuevo"
            | "nouveau"
    ) || word.len() == 2
        || nationality.iter().any(|ending| word.ends_with(ending))
}

fn is_phone(word: &str) -> bool {
    PHONE_WORDS.contains(&word)
}

#[rustfmt::skip]
const PHONE_WORDS: [&str; 53] = [
    "phone", "phones", "telephone", "tel", "call", "calling", "mobile", "mob", "cell", "cellphone",
    "landline", "whatsapp", "viber", "sms", "fax", "dial", "dialed", "dialled", "hotline", "helpline",
    "voicemail", "answering", "ph", "handy", "handynummer", "telefon", "cep", "telefonnummer", "rufnummer",
    "mobilnummer", "mobil", "fon", "anrufen", "telefono", "teléfono", "telepono", "selpon", "téléphone", "telefone",
    "portable", "móvil", "movil", "celular", "cellulare", "appelez", "appelle", "llama", "llámame",
    "llamar", "chiama", "chiamami", "tlf", "phonenumber",
];

/// Words that say that a number is something else.
fn is_other(word: &str) -> bool {
    OTHER_WORDS.contains(&word)
}

#[rustfmt::skip]
const OTHER_WORDS: [&str; 92] = [
    "order", "orders", "ticket", "invoice", "tracking", "serial", "isbn", "issn", "ean", "upc", "sku",
    "account", "acct", "konto", "ref", "reference", "case", "id", "ids", "uid", "card", "passport",
    "licence", "license", "policy", "model", "part", "version", "build", "zip", "postcode", "plz",
    "iban", "bic", "vat", "tax", "ssn", "social", "routing", "customer", "member", "booking",
    "confirmation", "flight", "room", "page", "chapter", "port", "commit", "hash", "pin", "otp",
    "transaction", "batch", "lot", "item", "doi", "issue", "error", "population", "total", "sum",
    "price", "cost", "costs", "salary", "born", "timestamp", "epoch", "imei", "mac", "ip", "npi", "ein",
    "lat", "lon", "latitude", "longitude", "coordinates", "score", "lottery", "patent", "article",
    "bestellnummer", "rechnung", "kundennummer", "commande", "pedido", "insurance", "nhs", "code",
    "equals",
];

/// "555-0132 (mobile)", "555-0132 office", "555-0132 is my number".
pub(super) fn is_labelled_after(view: &View<'_>, end: usize) -> bool {
    let words: Vec<&str> = view.words_after(end).take(5).collect();
    if let ["is" | "was", owner, said @ ..] = &words[..]
        && is_owner(owner)
        && view.text[end..].starts_with(' ')
    {
        let kind = said.iter().position(|word| *word == "number" || is_phone(word));
        return kind.is_some_and(|kind| said[..kind].iter().all(|word| is_kind_of_number(word)));
    }
    let rest = view.text[end..].trim_start_matches([' ', '(', '-', ',']);
    view.text.len() - end - rest.len() <= 3
        && view.words_after(end).next().is_some_and(|word| {
            matches!(
                word,
                "mobile" | "cell" | "fax" | "office" | "home" | "phone" | "tel" | "landline" | "handy"
            )
        })
        && !rest.starts_with(char::is_whitespace)
}
