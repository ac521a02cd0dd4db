//! What can be found, how bad it is, and what it is called.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Email,
    Phone,
    Card,
    Iban,
    /// A US social security number.
    Ssn,
    Ip,
    /// An IP address that names no machine in particular: loopback, unspecified, broadcast. Code is full of them.
    LocalIp,
    Mac,
    /// A URL with a user name and a password in it.
    UrlCredentials,
    ApiKey,
    Password,
    PostalAddress,
    DateOfBirth,
    PersonName,
    /// A city, a state.
    Place,
    Passport,
    DrivingLicence,
    /// A number that a state gives to a person: UK NINO, Spanish NIF, Indian Aadhaar and the like.
    NationalId,
    /// Account, routing and sort-code numbers other than IBANs.
    BankAccount,
    Salary,
    Health,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

impl Kind {
    pub const ALL: [Self; 21] = [
        Self::Email,
        Self::Phone,
        Self::Card,
        Self::Iban,
        Self::Ssn,
        Self::Ip,
        Self::LocalIp,
        Self::Mac,
        Self::UrlCredentials,
        Self::ApiKey,
        Self::Password,
        Self::PostalAddress,
        Self::DateOfBirth,
        Self::PersonName,
        Self::Place,
        Self::Passport,
        Self::DrivingLicence,
        Self::NationalId,
        Self::BankAccount,
        Self::Salary,
        Self::Health,
    ];

    /// The name in JSON and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Ssn => "ssn",
            Self::Ip => "ip",
            Self::LocalIp => "local_ip",
            Self::Mac => "mac",
            Self::UrlCredentials => "url_credentials",
            Self::ApiKey => "api_key",
            Self::Password => "password",
            Self::PostalAddress => "postal_address",
            Self::DateOfBirth => "date_of_birth",
            Self::PersonName => "person_name",
            Self::Place => "place",
            Self::Passport => "passport",
            Self::DrivingLicence => "driving_licence",
            Self::NationalId => "national_id",
            Self::BankAccount => "bank_account",
            Self::Salary => "salary",
            Self::Health => "health",
        }
    }

    /// The word in a placeholder, `EMAIL` in `[EMAIL_1]`, unless the policy has another.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Card => "CARD",
            Self::Iban => "IBAN",
            Self::Ssn => "SSN",
            Self::Ip => "IP",
            Self::LocalIp => "LOCAL_IP",
            Self::Mac => "MAC",
            Self::UrlCredentials => "URL",
            Self::ApiKey => "API_KEY",
            Self::Password => "PASSWORD",
            Self::PostalAddress => "ADDRESS",
            Self::DateOfBirth => "DATE_OF_BIRTH",
            Self::PersonName => "PERSON",
            Self::Place => "PLACE",
            Self::Passport => "PASSPORT",
            Self::DrivingLicence => "LICENCE",
            Self::NationalId => "NATIONAL_ID",
            Self::BankAccount => "BANK_ACCOUNT",
            Self::Salary => "SALARY",
            Self::Health => "HEALTH",
        }
    }

    /// How bad it is, unless the policy says otherwise.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Card
            | Self::Iban
            | Self::Ssn
            | Self::UrlCredentials
            | Self::ApiKey
            | Self::Password
            | Self::Passport
            | Self::DrivingLicence
            | Self::NationalId
            | Self::BankAccount => Severity::Critical,
            Self::PostalAddress | Self::DateOfBirth | Self::Health | Self::Salary => Severity::High,
            Self::Email | Self::Phone => Severity::Medium,
            Self::Ip | Self::LocalIp | Self::Mac | Self::PersonName | Self::Place => Severity::Low,
        }
    }

    /// Whether it is worth a warning where it is sent as it is: everybody talks of people and places, and programmers of
    /// `127.0.0.1`.
    pub fn is_worth_telling(self) -> bool {
        !matches!(self, Self::PersonName | Self::Place | Self::LocalIp)
    }

    /// Whether it tells where somebody or something is.
    pub(crate) fn is_about_places(self) -> bool {
        matches!(self, Self::PostalAddress | Self::Place)
    }

    /// Whether it is a code, in which no name can be.
    pub(crate) fn is_code(self) -> bool {
        matches!(
            self,
            Self::Email
                | Self::Phone
                | Self::Card
                | Self::Iban
                | Self::Ssn
                | Self::Ip
                | Self::LocalIp
                | Self::Mac
                | Self::UrlCredentials
                | Self::ApiKey
                | Self::Passport
                | Self::DrivingLicence
                | Self::NationalId
                | Self::BankAccount
        )
    }

    /// One of it, in a sentence to the user: "an e-mail address".
    pub(crate) fn one(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Phone => "a phone number",
            Self::Card => "a card number",
            Self::Iban => "an IBAN",
            Self::Ssn => "a social security number",
            Self::Ip => "an IP address",
            Self::LocalIp => "a local IP address",
            Self::Mac => "a MAC address",
            Self::UrlCredentials => "a URL with a password in it",
            Self::ApiKey => "an API key",
            Self::Password => "a password",
            Self::PostalAddress => "a postal address",
            Self::DateOfBirth => "a date of birth",
            Self::PersonName => "a person's name",
            Self::Place => "a place",
            Self::Passport => "a passport number",
            Self::DrivingLicence => "a driving licence number",
            Self::NationalId => "a national identity number",
            Self::BankAccount => "a bank account number",
            Self::Salary => "a salary",
            Self::Health => "a health detail",
        }
    }

    /// Several of it: "e-mail addresses".
    pub(crate) fn many(self) -> &'static str {
        match self {
            Self::Email => "e-mail addresses",
            Self::Phone => "phone numbers",
            Self::Card => "card numbers",
            Self::Iban => "IBANs",
            Self::Ssn => "social security numbers",
            Self::Ip => "IP addresses",
            Self::LocalIp => "local IP addresses",
            Self::Mac => "MAC addresses",
            Self::UrlCredentials => "URLs with a password in them",
            Self::ApiKey => "API keys",
            Self::Password => "passwords",
            Self::PostalAddress => "postal addresses",
            Self::DateOfBirth => "dates of birth",
            Self::PersonName => "names of people",
            Self::Place => "places",
            Self::Passport => "passport numbers",
            Self::DrivingLicence => "driving licence numbers",
            Self::NationalId => "national identity numbers",
            Self::BankAccount => "bank account numbers",
            Self::Salary => "salaries",
            Self::Health => "health details",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_in_json_and_in_metrics_are_the_same() {
        for kind in Kind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }

    #[test]
    fn every_kind_has_a_label_of_its_own() {
        let labels: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.label()).collect();
        assert_eq!(labels.len(), Kind::ALL.len());
        assert!(labels.iter().all(|label| label.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')));
    }

    #[test]
    fn keys_cards_and_social_security_numbers_are_secret_and_addresses_of_a_person_are_not() {
        for kind in [Kind::Card, Kind::Ssn, Kind::Iban, Kind::ApiKey, Kind::Password, Kind::UrlCredentials] {
            assert!(kind.severity() == Severity::Critical, "{kind:?}");
        }
        for kind in [Kind::Email, Kind::Phone, Kind::PostalAddress, Kind::DateOfBirth, Kind::Health] {
            assert!(kind.severity() < Severity::Critical, "{kind:?}");
        }
    }
}
