//! Names of people by rules: after a title or words that introduce somebody, and where a well-known first name stands with a
//! capital. A small model does this better; these are for when it is not there.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::places::{CAPITALISED, is_known, is_well_known};
use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

static INTRODUCED: Pattern = LazyLock::new(|| {
    pattern(
        r"\b(?:[Mm]y name is|[Mm]y name's|[Tt]his is|[Nn]amed|[Cc]alled|[Dd]ear|[Rr]egards,|[Ss]incerely,|[Ss]igned,|Mr\.?|Mrs\.?|Ms\.?|Miss|Dr\.?|Prof\.?|Sir|Herr|Frau|Monsieur|Madame)\s+",
    )
});
/// Up to four words with capitals, initials among them.
static NAME: Pattern = LazyLock::new(|| {
    pattern(
        r"^\p{Lu}[\p{L}'’-]+(?:\s(?:\p{Lu}\.|(?:de|da|van|von|der|la|al|bin)\s)?\s?\p{Lu}[\p{L}'’-]+){0,3}",
    )
});

/// The most common first names of English, Spanish, French, German, Italian and Indian speakers. Those that are also
/// everyday words (Will, Mark, Rose, May) are left out.
const FIRST_NAMES: &str = "
aaron abdul abigail adam adriana ahmed aisha alan albert alejandro alessandro alexander alexandra alfred ali alice alicia
alison amanda amelia amir amit amy ana anastasia andrea andreas andrew angela anika anita anjali ann anna anne annette anthony
antonio arjun arthur ashley barbara beatrice ben benjamin bernard beth bianca bob brandon brenda brian bruce bruno camille
carla carlos carmen carol caroline catherine cecilia charles charlotte chen chloe christian christina christine
christopher claire clara claudia craig cynthia daniel daniela danielle david deborah debra dennis diana diego dmitri
donald donna dorothy douglas eduardo edward elaine elena eleanor elizabeth ellen emily emma enrique eric erica ethan eva evelyn
fatima felix fernando fiona florian frances francesca francesco francis francisco frank franziska fred gabriel gabriela gary
george gerald giovanni giulia gloria gordon greg gregory guillaume gunther hannah hans harold harry hassan heather hector
heidi helen helena henry hiroshi howard hugo ian ibrahim ines ingrid irene isabel isabella ivan jacob jacqueline jacques
james jamie jan jane janet janice jason javier jean jeffrey jennifer jeremy jerry jessica jim joan joanna joe joel johannes
john jonathan jorge jose joseph josephine joshua joyce juan judith judy julia julian julie jurgen justin karen karim karin
karl kate katherine kathleen kathryn katie keith kelly kenneth kevin kim kimberly klaus kumar kyle larry laura lauren
lawrence leah leila leon leonard leonardo leslie li liam lina linda lisa lorenzo louis louise luca lucas lucia luis luisa lukas
maggie malik manuel marco margaret maria mariam marie mario marion marta martha martin martina mary mateo matteo matthew
matthias maurice max megan mehmet mei melanie melissa michael michel michelle miguel mike mila mohamed mohammed monica
monika muhammad nadia nancy naomi natalia natalie natasha nathan neha nicholas nicola nicolas nicole nikhil nina noah nora
olga oliver olivia omar oscar pablo pamela paolo patricia patrick paul paula pauline pedro peter petra philip philippe
pierre pooja priya rachel rafael raj rahul ralph raul raymond rebecca ricardo richard rita robert roberto roger roland
ronald rosa roy russell ruth ryan sabine salma samantha samuel sandeep sandra sanjay sara sarah sasha scott sean sebastian
sergei sergio shannon sharon sheila shirley silvia simon simone sofia sonia sophia sophie stefan stefano stephanie stephen
steve steven stuart susan suzanne sven sylvia takeshi tamara tanya teresa theodore theresa thomas tim timothy tina tobias
tom tomas tony tracy ursula valentina valerie vanessa vera veronica victor victoria vijay vikram vincent vladimir walter
wang wei wendy werner william wolfgang xavier yasmin yuki yusuf yves yvonne zachary zhang zoe";

static FIRST: LazyLock<HashSet<&str>> = LazyLock::new(|| FIRST_NAMES.split_whitespace().collect());

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    if !view.text.contains(char::is_uppercase) {
        return;
    }
    for introduced in INTRODUCED.find_iter(view.text) {
        if let Some(name) = NAME.find(&view.text[introduced.end()..]) {
            let span = introduced.end() + name.start()..introduced.end() + name.end();
            if !is_known(view.lower[span.clone()].trim()) {
                found.push(Finding::new(Kind::PersonName, span, 0.6, "person_name.introduced"));
            }
        }
    }
    for word in CAPITALISED.find_iter(view.text) {
        if !view.stands_alone(word.start(), word.end()) {
            continue;
        }
        let lower = view.lower[word.range()].trim_end_matches("'s").trim_end_matches("’s");
        let end = word.start() + lower.len();
        if FIRST.contains(lower) {
            let span = word.start()..with_surname(view.text, end);
            found.push(Finding::new(Kind::PersonName, span, 0.6, "person_name.first_name"));
        }
    }
}

/// The end of the surnames and initials that follow a first name.
fn with_surname(text: &str, mut end: usize) -> usize {
    for _ in 0..3 {
        let Some(rest) = text[end..].strip_prefix(' ') else { break };
        let word = rest
            .split(|c: char| !c.is_alphabetic() && !matches!(c, '\'' | '’' | '-'))
            .next()
            .unwrap_or_default();
        let is_name = word.starts_with(char::is_uppercase) && !word.chars().skip(1).all(char::is_uppercase)
            || word.chars().count() == 1 && word.starts_with(char::is_uppercase) && word != "I";
        if !is_name || is_well_known(&word.to_ascii_lowercase()) {
            break;
        }
        let initial = word.chars().count() == 1 && rest[word.len()..].starts_with('.');
        end += 1 + word.len() + usize::from(initial);
    }
    end
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn people() {
        check(
            Kind::PersonName,
            &[
                "My name is «Xiomara Quell».",
                "Ask Dr. «Okonkwo» tomorrow",
                "«Maria Fernandez» wrote to me",
                "I met «Robert J. Smith» there",
                "It is «Anna»'s turn",
                "Dear «Thomas», thank you",
            ],
        );
    }

    #[test]
    fn false_friends() {
        let texts = [
            "Will you mark the rose in May?",
            "the turkey is in the oven",
            "In my opinion it is fine.",
            "CHINA SALE TODAY ON OXFORD",
            "this is great",
        ];
        check_none(Kind::PersonName, &texts);
    }
}
