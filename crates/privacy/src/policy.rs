//! What happens to sensitive text on its way to a remote model, by kind and by mode.

use std::collections::BTreeMap;

use domain::PrivacyMode;
use serde::{Deserialize, Serialize};

use crate::guardian::Outbound;
use crate::{Finding, Kind};

/// One rule for all kinds, and exceptions from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    pub outbound: Outbound,
    pub kinds: BTreeMap<Kind, KindPolicy>,
}

/// The exceptions of one kind. What is absent is as for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KindPolicy {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normal: Option<Outbound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pause_memory: Option<Outbound>,
    /// Never `allow`: what is said incognito is replaced at least.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incognito: Option<Outbound>,
}

impl From<Outbound> for Policy {
    fn from(outbound: Outbound) -> Self {
        Self { outbound, kinds: BTreeMap::new() }
    }
}

impl Policy {
    pub fn outbound(&self, kind: Kind, mode: PrivacyMode) -> Outbound {
        let own = self.kinds.get(&kind).and_then(|own| match mode {
            PrivacyMode::Normal => own.normal,
            PrivacyMode::PauseMemory => own.pause_memory,
            PrivacyMode::Incognito => own.incognito,
        });
        // Everybody talks of people and places: unless it is asked for, no message is blocked for a name.
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

    /// The same, at least replacing whatever is found.
    pub fn stricter(&self) -> Self {
        let raised = |outbound: Option<Outbound>| outbound.map(|one| one.max(Outbound::Pseudonymise));
        let kinds = self.kinds.iter().map(|(kind, own)| {
            let own = KindPolicy {
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
    fn names_are_replaced_where_the_rest_is_blocked() {
        let policy = Policy::from(Outbound::Block);
        assert_eq!(policy.outbound(Kind::PersonName, PrivacyMode::Normal), Outbound::Pseudonymise);
        assert_eq!(policy.outbound(Kind::Email, PrivacyMode::Normal), Outbound::Block);
        assert!(policy.blocks_all(PrivacyMode::Normal));
    }

    #[test]
    fn incognito_never_lets_anything_out_as_it_is() {
        let open = KindPolicy { incognito: Some(Outbound::Allow), ..KindPolicy::default() };
        let kinds = Kind::ALL.into_iter().map(|kind| (kind, open)).collect();
        let policy = Policy { outbound: Outbound::Allow, kinds };
        for kind in Kind::ALL {
            assert_eq!(policy.outbound(kind, PrivacyMode::Incognito), Outbound::Pseudonymise);
            assert_eq!(policy.stricter().outbound(kind, PrivacyMode::Normal), Outbound::Pseudonymise);
        }
    }
}
