//! Bank account numbers other than IBANs, and what somebody earns, where the words say so.

use std::ops::Range;
use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::checksums::aba;
use crate::context::View;

static ACCOUNT_WORDS: Pattern = LazyLock::new(|| {
    pattern(
        r"(?:account|acct)\.? (?:number|no|nr|num|#)|account#|bank account|(?:checking|savings|current) account|kontonummer|numéro de compte|número de cuenta|numero di conto|routing(?: number| no)?|aba|sort ?code|bsb",
    )
});

static BARE_ACCOUNT: Pattern = LazyLock::new(|| pattern(r"(?:account|acct)\.?(?: is|:)? [0-9]{8}"));
const UK_ACCOUNT_DIGITS: usize = 8;

static SALARY_WORDS: Pattern = LazyLock::new(|| {
    pattern(
        r"salary|salaries|wages?|income|compensation|pay ?check|take-home pay|base pay|ctc|gehalt|lohn|salaire|sueldo|salario|stipendio|earns?|earning|makes?|making|(?:get|gets|am|is|are|i'm|being|getting) paid|verdiene|gagne|gano|guadagno",
    )
});

/// An amount of money at a place where one is expected: with a currency, in thousands, or with four digits and more.
static AMOUNT: Pattern = LazyLock::new(|| {
    pattern(
        r"(?:[$€£₹¥] ?[0-9]{1,3}(?:[,. ][0-9]{3}){0,3}(?:[.,][0-9]{1,2})?(?: ?[km](?-u:\b))?|[$€£₹¥] ?[0-9]{4,9}|(?:usd|eur|gbp|inr|chf) ?[0-9][0-9,. ]{2,12}|[0-9]{1,3}(?:[,.][0-9]{3}){1,3}|[0-9]{2,3} ?k(?-u:\b)|[0-9]{4,9}|[0-9]{1,3}(?:\.[0-9])? ?(?:lakhs?|lpa|crores?))(?: ?(?:dollars|euros?|pounds|rupees|usd|eur|gbp|inr|chf|€|£))?",
    )
});

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    if view.digits.is_empty() {
        return;
    }
    accounts(view, found);
    salaries(view, found);
}

fn accounts(view: &View<'_>, found: &mut Vec<Finding>) {
    // "Sort code 12-34-56, account 12345678": beside a sort code the bare word is enough.
    let bare = view.lower.contains("sort code").then_some(&*BARE_ACCOUNT);
    for word in bare.into_iter().flat_map(|bare| bare.find_iter(&view.lower)) {
        let number = word.end() - UK_ACCOUNT_DIGITS..word.end();
        if view.stands_alone(word.start(), word.end()) {
            found.push(Finding::new(Kind::BankAccount, number, 0.8, "bank_account.beside_sort_code"));
        }
    }
    for word in ACCOUNT_WORDS.find_iter(&view.lower) {
        let joined_after = view.char_after(word.end()).is_some_and(char::is_alphanumeric);
        if view.char_before(word.start()).is_some_and(char::is_alphanumeric) || joined_after {
            continue;
        }
        if let Some(span) = account(view, word.as_str(), word.end()) {
            found.push(Finding::new(Kind::BankAccount, span, 0.8, "bank_account.in_context"));
        }
    }
}

/// The number after the words: its groups of digits are joined by a space or a hyphen.
fn account(view: &View<'_>, word: &str, at: usize) -> Option<Range<usize>> {
    let first = view
        .tokens_after(at, 5)
        .into_iter()
        .find(|token| view.text[token.clone()].starts_with(|c: char| c.is_ascii_digit()))?;
    let groups = &view.digits[view.digits.partition_point(|group| group.start < first.start)..];
    let mut end = groups.first()?.end;
    for pair in groups.windows(2).take(4) {
        if !matches!(view.between(&pair[0], &pair[1]), " " | "-") {
            break;
        }
        end = pair[1].end;
    }
    let span = first.start..end;
    let digits = view.digits_of(span.clone());
    let fits = if word.starts_with("routing") || word == "aba" {
        aba(&digits)
    } else if word.starts_with("sort") || word == "bsb" {
        digits.len() == 6
    } else {
        (6..=17).contains(&digits.len())
    };
    let whole = view.stands_alone(span.start, span.end) && !view.text[end..].starts_with(['%', '/']);
    (fits && whole).then_some(span)
}

fn salaries(view: &View<'_>, found: &mut Vec<Finding>) {
    for word in SALARY_WORDS.find_iter(&view.lower) {
        if !view.stands_alone(word.start(), word.end()) || !is_personal(view, word.start()) {
            continue;
        }
        let strong = is_about_pay(word.as_str());
        let Some(amount) = amount_after(view, word.end()) else { continue };
        // "I make 2,000 cookies": a verb needs a currency or a period, too.
        let text = &view.lower[amount.clone()];
        let money = text.starts_with(['$', '€', '£', '₹', '¥'])
            || text.ends_with(char::is_alphabetic) && !text.ends_with('m');
        if strong || (money && is_per_period(view, amount.end)) {
            found.push(Finding::new(Kind::Salary, amount, 0.75, "salary.in_context"));
        }
    }
}

fn is_about_pay(word: &str) -> bool {
    !(word.starts_with("mak") || word.starts_with("earn") || word.ends_with("paid"))
}

/// Somebody's, not an average: "my salary", "I earn", "her income", "Tom's wage".
fn is_personal(view: &View<'_>, at: usize) -> bool {
    let words: Vec<&str> = view.words_before(at).take(4).collect();
    let person = words.iter().any(|word| {
        matches!(
            *word,
            "i" | "my"
                | "he"
                | "his"
                | "she"
                | "her"
                | "we"
                | "our"
                | "they"
                | "their"
                | "s"
                | "m"
                | "ich"
                | "mein"
                | "meine"
                | "je"
                | "mon"
                | "mi"
                | "yo"
                | "mio"
                | "current"
                | "husband"
                | "wife"
                | "user"
        )
    });
    let general =
        words.iter().any(|word| matches!(*word, "average" | "median" | "minimum" | "if" | "would" | "could"));
    let first = words.is_empty();
    (person || first) && !general
}

/// The first amount in the next few words of the sentence.
fn amount_after(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    let last = view.tokens_after(at, 8).last()?.end;
    let window = &view.lower[at..last];
    let amount = AMOUNT.find_iter(window).find(|amount| {
        let (start, end) = (at + amount.start(), at + amount.end());
        let year =
            amount.len() == 4 && (amount.as_str().starts_with("19") || amount.as_str().starts_with("20"));
        view.stands_alone(start, end) && !year && !view.text[end..].starts_with(['%', '/', '-', ':'])
    })?;
    let trimmed = amount.as_str().trim_end_matches([' ', ',', '.']);
    Some(at + amount.start()..at + amount.start() + trimmed.len())
}

fn is_per_period(view: &View<'_>, at: usize) -> bool {
    view.text[at..].starts_with('/')
        || view.words_after(at).take(3).any(|word| {
            matches!(
                word,
                "year"
                    | "yearly"
                    | "annually"
                    | "annum"
                    | "month"
                    | "monthly"
                    | "hour"
                    | "hourly"
                    | "week"
                    | "weekly"
                    | "day"
                    | "yr"
                    | "hr"
                    | "jahr"
                    | "monat"
                    | "brutto"
                    | "netto"
                    | "gross"
                    | "net"
                    | "an"
                    | "mois"
                    | "mes"
                    | "año"
            )
        })
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn accounts() {
        check(
            Kind::BankAccount,
            &[
                "my account number is «12345678»",
                "Account no: «945456787654».",
                "bank account «1234 5678 90»",
                "sort code «12-34-56»",
                "Sort code «12-34-56», account «12345678».",
                "routing number «021000021», account number «000123456789»",
                "Kontonummer: «0532013000»",
                "my savings account is «00123456»",
                "ABA «121000358»",
                "acct. number «12-3456-7890»",
            ],
        );
    }

    #[test]
    fn salaries() {
        check(
            Kind::Salary,
            &[
                "my salary is «$85,000» a year",
                "I earn «€4,200» per month",
                "The user earns «85,000 dollars» a year.",
                "I make «120k» a year",
                "Salary: «95000»",
                "his income was «£45,000»",
                "I get paid «$25» an hour",
                "mein Gehalt ist «4.500 €» brutto",
                "her current salary of «85k» is fine",
                "my ctc is «18 lpa»",
                "my wage is «15000 rupees» monthly",
            ],
        );
    }

    #[test]
    fn false_friends() {
        let texts = [
            "account settings 2024",
            "my account has 12 followers",
            "accounting for 12345678",
            "routing number 421042111",
            "sort code 1234",
            "the average salary is $85,000",
            "I make 2,000 cookies a year",
            "I earned my degree in 2012",
            "that makes $20",
            "minimum wage is $15",
            "she makes 3 cakes a day",
            "outcome 5000 people",
            "a bank account can be opened in 10 minutes",
            "my salary went up 5%",
            "alabama 121000358",
            "he was paid attention 1000 times",
            "my salary since 2019 is good",
            "they make $5 toys",
        ];
        check_none(Kind::BankAccount, &texts);
        check_none(Kind::Salary, &texts);
    }
}
