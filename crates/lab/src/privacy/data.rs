//! Labelled texts, and what the labels of others are called here.

use std::ops::Range;
use std::path::Path;

use anyhow::{Context as _, bail};
use privacy::Kind;
use serde::Deserialize;

/// A text and what is sensitive in it.
#[derive(Clone, Debug)]
pub struct LabelledText {
    pub text: String,
    pub spans: Vec<LabelledSpan>,
}

#[derive(Clone, Debug)]
pub struct LabelledSpan {
    /// In bytes.
    pub span: Range<usize>,
    /// As the data has it.
    pub label: String,
    /// What is called so here; absent for what is not looked for.
    pub kind: Option<Kind>,
}

#[derive(Deserialize)]
struct Line {
    text: String,
    spans: Vec<LineSpan>,
}

/// Places are in characters.
#[derive(Deserialize)]
struct LineSpan {
    start: usize,
    end: usize,
    #[serde(rename = "type")]
    label: String,
}

/// One JSON object a line: `{"text", "spans": [{"start", "end", "type"}]}`, with places in characters.
pub fn read_texts(path: &Path) -> anyhow::Result<Vec<LabelledText>> {
    let file = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = file.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(at, line)| read_line(line).with_context(|| format!("{}, line {}", path.display(), at + 1)))
        .collect()
}

fn read_line(line: &str) -> anyhow::Result<LabelledText> {
    let read: Line =
        serde_json::from_str(line).context(r#"is not {"text", "spans": [{"start", "end", "type"}]}"#)?;
    let mut bytes: Vec<usize> = read.text.char_indices().map(|(at, _)| at).collect();
    bytes.push(read.text.len());
    let mut spans = Vec::with_capacity(read.spans.len());
    for LineSpan { start, end, label } in read.spans {
        let (Some(from), Some(to)) = (bytes.get(start), bytes.get(end)) else {
            bail!("a span of type {label} ends after the text, which has {} characters", bytes.len() - 1);
        };
        if from >= to {
            bail!("a span of type {label} ends before it begins");
        }
        spans.push(LabelledSpan { span: *from..*to, kind: kind_of(&label), label });
    }
    Ok(LabelledText { text: read.text, spans })
}

/// What others call our kinds. National numbers of all states are one kind here.
fn kind_of(label: &str) -> Option<Kind> {
    let label = label.to_uppercase();
    Some(match label.as_str() {
        "PERSON" | "PERSON_NAME" | "NAME" | "GIVENNAME" | "SURNAME" | "GIVEN_NAME" | "FIRST_NAME"
        | "LAST_NAME" => Kind::PersonName,
        "LOCATION" | "GPE" | "LOC" | "CITY" | "STATE" | "COUNTRY" | "PLACE" => Kind::Place,
        "ADDRESS" | "STREET_ADDRESS" | "POSTAL_ADDRESS" | "STREET" | "UK_POSTCODE" | "ZIP" | "ZIPCODE" => {
            Kind::PostalAddress
        }
        "EMAIL" | "EMAIL_ADDRESS" => Kind::Email,
        "PHONE" | "PHONE_NUMBER" | "TELEPHONENUM" | "TR_PHONE_NUMBER" | "PH_MOBILE_NUMBER" => Kind::Phone,
        "CREDIT_CARD" | "CREDITCARDNUMBER" | "CARD" => Kind::Card,
        "IBAN" | "IBAN_CODE" => Kind::Iban,
        "US_SSN" | "SSN" => Kind::Ssn,
        "IP" | "IP_ADDRESS" => Kind::Ip,
        "MAC" | "MAC_ADDRESS" => Kind::Mac,
        "US_DRIVER_LICENSE" | "DRIVER_LICENSE" | "DRIVING_LICENCE" | "UK_DRIVING_LICENCE" => {
            Kind::DrivingLicence
        }
        "US_BANK_NUMBER" | "BANK_ACCOUNT" => Kind::BankAccount,
        "UK_NINO" | "ES_NIF" | "ES_NIE" | "IN_AADHAAR" | "SG_NRIC_FIN" | "IT_FISCAL_CODE" | "ID"
        | "NATIONAL_ID" => Kind::NationalId,
        passport if passport.ends_with("PASSPORT") => Kind::Passport,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_in_characters_become_places_in_bytes() {
        let line = r#"{"text": "Zoë lives here", "spans": [{"start": 0, "end": 3, "type": "PERSON"}]}"#;
        let read = read_line(line).unwrap();
        assert_eq!(&read.text[read.spans[0].span.clone()], "Zoë");
        assert_eq!(read.spans[0].kind, Some(Kind::PersonName));
    }

    #[test]
    fn a_wrong_line_is_told_with_what_is_wrong() {
        for (line, problem) in [
            (r#"{"text": "a"}"#, "spans"),
            (r#"{"text": "ab", "spans": [{"start": 0, "end": 9, "type": "X"}]}"#, "2 characters"),
            (r#"{"text": "ab", "spans": [{"start": 1, "end": 1, "type": "X"}]}"#, "before it begins"),
        ] {
            let error = format!("{:#}", read_line(line).unwrap_err());
            assert!(error.contains(problem), "{error}");
        }
    }
}
