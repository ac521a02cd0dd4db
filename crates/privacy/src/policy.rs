//! How bad each kind is, what it is called in a placeholder, and what happens to it on its way to a remote model, by mode.

use std::collections::BTreeMap;

use domain::PrivacyMode;
use serde::{Deserialize, Serialize};

use crate::guardian::Outbound;
use crate::{Finding, Kind, Severity};

/// One rule for all kinds, and exceptions from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub outbound: Outbound,
    pub kinds: BTreeMap<Kind, KindPolicy>,
}

/// The exceptions of one kind. What is absent is as for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KindPolicy {
    /// The word in its placeholders: `MAIL` in `[MAIL_1]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// What is critical is never remembered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal: Option<Outbound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_memory: Option<Outbound>,
    /// Never `allow`: what is said incognito is replaced at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incognito: Option<Outbound>,
}

/// The word in a placeholder: capitals A to Z, with underscores between.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct Label(String);

impl Label {
    /// So that a placeholder stays short enough to be waited for in a stream.
    const BYTES_MAX: usize = 16;

    /// Whether a text may be a label, be it in this policy or in the words of a user.
    pub(crate) fn is_valid(text: &str) -> bool {
        text.len() <= Self::BYTES_MAX
            && text.starts_with(|first: char| first.is_ascii_uppercase())
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
    }
}

impl TryFrom<String> for Label {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if Self::is_valid(&text) {
            return Ok(Self(text));
        }
        let max = Self::BYTES_MAX;
        Err(format!("a label has at most {max} characters, capitals A to Z and underscores: MAIL, BIRTH_DAY"))
    }
}

impl From<Outbound> for Policy {
    fn from(outbound: Outbound) -> Self {
        Self { outbound, kinds: BTreeMap::new() }
    }
}

impl Policy {
    pub fn severity(&self, kind: Kind) -> Severity {
        self.kinds.get(&kind).and_then(|own| own.severity).unwrap_or(kind.severity())
    }

    /// Whether a kind must never be remembered: what opens an account, moves money or proves who somebody is.
    pub fn is_secret(&self, kind: Kind) -> bool {
        self.severity(kind) == Severity::Critical
    }

    pub fn label(&self, kind: Kind) -> &str {
        let own = self.kinds.get(&kind).and_then(|own| own.label.as_ref());
        own.map_or(kind.label(), |label| &label.0)
    }

    /// Two kinds that have the same label: what their placeholders stand for could not be told.
    pub fn equal_labels(&self) -> Option<(Kind, Kind)> {
        let mut kinds = Kind::ALL.into_iter().enumerate();
        kinds.find_map(|(at, kind)| {
            let earlier = Kind::ALL[..at].iter().find(|one| self.label(**one) == self.label(kind))?;
            Some((*earlier, kind))
        })
    }

    pub fn outbound(&self, kind: Kind, mode: PrivacyMode) -> Outbound {
        let own = self.kinds.get(&kind).and_then(|own| match mode {
            PrivacyMode::Normal => own.normal,
            PrivacyMode::PauseMemory => own.pause_memory,
            PrivacyMode::Incognito => own.incognito,
        });
        // Everybody talks of people and places: unless it is asked for, no message is blocked for what is not worth telling.
        let of_all =
            if kind.is_worth_telling() { self.outbound } else { self.outbound.min(Outbound::Pseudonymise) };
        let outbound = own.unwrap_or(of_all);
        if mode == PrivacyMode::Incognito { outbound.max(Outbound::Pseudonymise) } else { outbound }
    }

    /// What the strictest of the findings asks for.
    pub fn strictest(&self, findings: &[Finding], mode: PrivacyMode) -> Outbound {
        findings.iter().map(|finding| self.outbound(finding.kind, mode)).max().unwrap_or_default()
    }

    /// Whether any kind at all is kept from remote models.
    pub fn holds_back(&self, mode: PrivacyMode) -> bool {
        Kind::ALL.into_iter().any(|kind| self.outbound(kind, mode) != Outbound::Allow)
    }

    /// Whether every kind keeps a message from remote models: then none of them is worth asking.
    pub fn blocks_all(&self, mode: PrivacyMode) -> bool {
        let mut telling = Kind::ALL.into_iter().filter(|kind| kind.is_worth_telling());
        telling.all(|kind| self.outbound(kind, mode) == Outbound::Block)
    }

    /// The findings that do not leave the machine as they are.
    pub fn held_back(&self, findings: Vec<Finding>, mode: PrivacyMode) -> Vec<Finding> {
        let is_held = |finding: &Finding| self.outbound(finding.kind, mode) != Outbound::Allow;
        findings.into_iter().filter(is_held).collect()
    }

    /// The findings that keep the message from remote models.
    pub fn blocking(&self, findings: &[Finding], mode: PrivacyMode) -> Vec<Finding> {
        let blocks = |finding: &&Finding| self.outbound(finding.kind, mode) == Outbound::Block;
        findings.iter().filter(blocks).cloned().collect()
    }

    /// The policy that at least replaces whatever is found.
    pub fn stricter(&self) -> Self {
        let raised = |outbound: Option<Outbound>| outbound.map(|one| one.max(Outbound::Pseudonymise));
        let kinds = self.kinds.iter().map(|(kind, own)| {
            let own = KindPolicy {
                label: own.label.clone(),
                severity: own.severity,
                normal: raised(own.normal),
                pause_memory: raised(own.pause_memory),
                incognito: raised(own.incognito),
            };
            (*kind, own)
        });
        Self { outbound: self.outbound.max(Outbound::Pseudonymise), kinds: kinds.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_may_be_treated_otherwise_than_the_rest() {
        let cards = KindPolicy { normal: Some(Outbound::Block), ..KindPolicy::default() };
        let policy = Policy { outbound: Outbound::Allow, kinds: BTreeMap::from([(Kind::Card, cards)]) };
        assert_eq!(policy.outbound(Kind::Card, PrivacyMode::Normal), Outbound::Block);
        assert_eq!(policy.outbound(Kind::Card, PrivacyMode::PauseMemory), Outbound::Allow);
        assert_eq!(policy.outbound(Kind::Email, PrivacyMode::Normal), Outbound::Allow);
        assert!(policy.holds_back(PrivacyMode::Normal) && !policy.holds_back(PrivacyMode::PauseMemory));
    }

    #[test]
    fn a_kind_may_be_called_and_weighed_otherwise() {
        let label = Label::try_from("MAIL".to_owned()).unwrap();
        let own =
            KindPolicy { label: Some(label), severity: Some(Severity::Critical), ..KindPolicy::default() };
        let policy = Policy { outbound: Outbound::Allow, kinds: BTreeMap::from([(Kind::Email, own)]) };
        assert_eq!((policy.label(Kind::Email), policy.label(Kind::Card)), ("MAIL", "CARD"));
        assert!(policy.is_secret(Kind::Email) && !Policy::default().is_secret(Kind::Email));
        assert_eq!(policy.equal_labels(), None);
        assert_eq!(policy.stricter().label(Kind::Email), "MAIL");
        let text = "Write to ann@example.org.";
        assert_eq!(crate::redact_secrets(text, &policy), "Write to [MAIL_1].");
        let verdict =
            crate::PrivacyGuardian::new(policy).check(text, PrivacyMode::Normal, crate::Destination::Remote);
        assert_eq!(verdict.findings[0].severity, Severity::Critical);
        assert!(verdict.warnings[1].ends_with("but e-mail addresses are never remembered."), "{verdict:?}");
    }

    #[test]
    fn a_label_can_be_told_from_other_text() {
        for wrong in ["", "mail", "_MAIL", "E MAIL", "MAIL_1", "MAIL]", "É", "ABCDEFGHIJKLMNOPQ"] {
            assert!(Label::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
        let card = KindPolicy { label: Label::try_from("IBAN".to_owned()).ok(), ..KindPolicy::default() };
        let policy = Policy { outbound: Outbound::Allow, kinds: BTreeMap::from([(Kind::Card, card)]) };
        assert_eq!(policy.equal_labels(), Some((Kind::Card, Kind::Iban)));
    }

    #[test]
    fn names_are_replaced_where_the_rest_is_blocked() {
        let policy = Policy::from(Outbound::Block);
        assert_eq!(policy.outbound(Kind::PersonName, PrivacyMode::Normal), Outbound::Pseudonymise);
        assert_eq!(policy.outbound(Kind::Email, PrivacyMode::Normal), Outbound::Block);
        assert!(policy.blocks_all(PrivacyMode::Normal));
    }

    #[test]
    fn incognito_never_lets_anything_out_as_it_is() {
        let open = KindPolicy { incognito: Some(Outbound::Allow), ..KindPolicy::default() };
        let kinds = Kind::ALL.into_iter().map(|kind| (kind, open.clone())).collect();
        let policy = Policy { outbound: Outbound::Allow, kinds };
        for kind in Kind::ALL {
            assert_eq!(policy.outbound(kind, PrivacyMode::Incognito), Outbound::Pseudonymise);
            assert_eq!(policy.stricter().outbound(kind, PrivacyMode::Normal), Outbound::Pseudonymise);
        }
    }
}
