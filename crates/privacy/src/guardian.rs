//! The privacy guardian: find, decide what happens to what was found, and say exactly that.
//!
//! The warnings are made from the decision that is carried out, never from the configuration, so that they cannot
//! promise what does not happen.

use std::sync::Arc;

use domain::PrivacyMode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Finding, Kind, Policy, inspect};

/// What happens to sensitive spans on their way to a model, the strictest last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outbound {
    /// They are sent as they are, and the user is warned.
    #[default]
    Allow,
    /// Each is replaced by a placeholder, which is turned back in the answer.
    Pseudonymise,
    /// A message that has one is not sent.
    Block,
}

/// Where the model runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// On this machine: nothing leaves it.
    Local,
    Remote,
}

/// What is done with one message. The coordinator carries it out; [`warnings`] puts it into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Decision {
    pub outbound: Outbound,
    /// Memories may be made of this turn, though never of its secrets ([`Policy::is_secret`]).
    pub remember: bool,
    /// The message may be written to disk.
    pub store: bool,
    /// The check failed or ran out of time, so there may be more than was found.
    pub safe_mode: bool,
    pub destination: Destination,
    pub mode: PrivacyMode,
}

/// All that the guardian has to say about one message.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    pub findings: Vec<Finding>,
    pub decision: Decision,
    pub warnings: Vec<String>,
}

/// The engine with its policy. Cheap to clone; the compiled rules are shared by the whole process.
#[derive(Clone, Debug, Default)]
pub struct PrivacyGuardian {
    policy: Arc<Policy>,
}

impl PrivacyGuardian {
    pub fn new(policy: impl Into<Policy>) -> Self {
        Self { policy: Arc::new(policy.into()) }
    }

    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    pub fn check(&self, text: &str, mode: PrivacyMode, destination: Destination) -> Verdict {
        self.judge(inspect(text), mode, destination)
    }

    /// The same for findings that are known already, from a cache.
    pub fn judge(&self, mut findings: Vec<Finding>, mode: PrivacyMode, destination: Destination) -> Verdict {
        for finding in &mut findings {
            finding.severity = self.policy.severity(finding.kind);
        }
        let decision = decide(&findings, mode, &self.policy, destination);
        let warnings = warnings(&findings, &decision, &self.policy);
        Verdict { findings, decision, warnings }
    }

    /// The verdict when the check failed or ran out of time: nothing is remembered, and what the rules did find does
    /// not leave the machine.
    pub fn safe_mode(&self, findings: Vec<Finding>, mode: PrivacyMode, destination: Destination) -> Verdict {
        let policy = self.policy.stricter();
        let decision =
            Decision { remember: false, safe_mode: true, ..decide(&findings, mode, &policy, destination) };
        let warnings = warnings(&findings, &decision, &policy);
        Verdict { findings, decision, warnings }
    }
}

/// What happens to a message with these findings. Without findings there is nothing to replace or block.
pub fn decide(
    findings: &[Finding],
    mode: PrivacyMode,
    policy: &Policy,
    destination: Destination,
) -> Decision {
    let outbound = match destination {
        Destination::Remote => policy.strictest(findings, mode),
        Destination::Local => Outbound::Allow,
    };
    // A blocked message stays in its session, so that the user can go on from it, and is used for nothing else.
    let blocked = outbound == Outbound::Block;
    Decision {
        outbound,
        remember: mode.writes_memories() && !blocked,
        store: mode.stores_messages(),
        safe_mode: false,
        destination,
        mode,
    }
}

/// What the user is told about this message: empty when nothing was found and the check was complete. Never holds
/// a value, only kinds and counts.
pub fn warnings(findings: &[Finding], decision: &Decision, policy: &Policy) -> Vec<String> {
    let mut warnings = Vec::new();
    if decision.safe_mode {
        warnings.push(
            "The privacy check did not finish, so there may be more sensitive details than were found. Nothing of \
             this turn will be remembered."
                .to_owned(),
        );
    }
    let is_told = |finding: &&Finding| {
        finding.kind.is_worth_telling() || policy.outbound(finding.kind, decision.mode) == Outbound::Block
    };
    let told: Vec<Finding> = findings.iter().filter(is_told).cloned().collect();
    let counts = count(&told);
    if counts.is_empty() {
        return warnings;
    }
    for (outbound, found) in by_outbound(&told, *decision, policy) {
        let journey = journey(Decision { outbound, ..*decision }, found.len() > 1);
        warnings.push(format!("Your message has {}. {journey}", listed(&count(&found))));
    }
    if let Some(kept) = keeping(&counts, *decision, told.len() > 1, policy) {
        warnings.push(kept);
    }
    warnings
}

/// What the user is told once when a mode begins, whatever the messages hold.
pub fn mode_notice(mode: PrivacyMode) -> Option<&'static str> {
    match mode {
        PrivacyMode::Normal => None,
        PrivacyMode::PauseMemory => {
            Some("Memory is paused: messages are stored in this session, but nothing new is remembered.")
        }
        PrivacyMode::Incognito => Some(
            "Incognito: messages are kept in working memory only and go when the session ends; memories are neither \
             read nor written.",
        ),
    }
}

/// The findings by what happens to them: one of a kind that blocks holds back the whole message, otherwise each goes its
/// own way.
fn by_outbound(findings: &[Finding], decision: Decision, policy: &Policy) -> Vec<(Outbound, Vec<Finding>)> {
    if decision.destination == Destination::Local || decision.outbound == Outbound::Block {
        return vec![(decision.outbound, findings.to_vec())];
    }
    let replaced = policy.held_back(findings.to_vec(), decision.mode);
    let as_it_is = findings.iter().filter(|finding| !replaced.contains(finding)).cloned().collect();
    let groups = [(Outbound::Pseudonymise, replaced), (Outbound::Allow, as_it_is)];
    groups.into_iter().filter(|(_, found)| !found.is_empty()).collect()
}

/// The findings in words, kinds and numbers only: "an e-mail address and 2 phone numbers".
pub fn in_words(findings: &[Finding]) -> String {
    listed(&count(findings))
}

/// How often each kind was found, in the order of the kinds.
fn count(findings: &[Finding]) -> Vec<(Kind, usize)> {
    Kind::ALL
        .into_iter()
        .map(|kind| (kind, findings.iter().filter(|finding| finding.kind == kind).count()))
        .filter(|(_, count)| *count > 0)
        .collect()
}

/// Where the found spans go.
fn journey(decision: Decision, plural: bool) -> &'static str {
    match (decision.destination, decision.outbound, plural) {
        (_, Outbound::Block, _) => "Because of that it was not sent to the model.",
        (Destination::Local, _, false) => {
            "It is given to the model as it is; the model runs on this machine."
        }
        (Destination::Local, _, true) => {
            "They are given to the model as they are; the model runs on this machine."
        }
        (Destination::Remote, Outbound::Allow, false) => "It is sent to the model as it is.",
        (Destination::Remote, Outbound::Allow, true) => "They are sent to the model as they are.",
        (Destination::Remote, Outbound::Pseudonymise, false) => {
            "It is replaced by a placeholder before the message is sent to the model, and put back in the answer."
        }
        (Destination::Remote, Outbound::Pseudonymise, true) => {
            "They are replaced by placeholders before the message is sent to the model, and put back in the answer."
        }
    }
}

/// What stays of them here.
fn keeping(counts: &[(Kind, usize)], decision: Decision, plural: bool, policy: &Policy) -> Option<String> {
    if !decision.store {
        return Some("Nothing of this message is stored or remembered.".to_owned());
    }
    let stored = "The message is stored in this session as you wrote it";
    if !decision.remember {
        return Some(format!("{stored}, but nothing of it is remembered."));
    }
    let secrets: Vec<&str> =
        counts.iter().filter(|(kind, _)| policy.is_secret(*kind)).map(|(kind, _)| kind.many()).collect();
    Some(match (secrets.is_empty(), secrets.len() == counts.len()) {
        (true, _) => format!("{stored}, and {} may be remembered.", if plural { "they" } else { "it" }),
        (false, true) => format!("{stored}, but {} are never remembered.", and(&secrets)),
        (false, false) => {
            format!("{stored}. {} are never remembered; the rest may be.", capitalised(&and(&secrets)))
        }
    })
}

/// "an e-mail address and 2 phone numbers"
fn listed(counts: &[(Kind, usize)]) -> String {
    let parts: Vec<String> = counts
        .iter()
        .map(|(kind, count)| match count {
            1 => kind.one().to_owned(),
            _ => format!("{count} {}", kind.many()),
        })
        .collect();
    and(&parts.iter().map(String::as_str).collect::<Vec<_>>())
}

fn and(parts: &[&str]) -> String {
    match parts {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KindPolicy;

    fn finding(kind: Kind) -> Finding {
        Finding { kind, start: 0, end: 1, severity: kind.severity(), confidence: 1.0, rule: "test" }
    }

    #[test]
    fn incognito_never_sends_a_sensitive_span_to_a_remote_model() {
        let findings = [finding(Kind::Email)];
        for outbound in [Outbound::Allow, Outbound::Pseudonymise, Outbound::Block] {
            let decision = decide(&findings, PrivacyMode::Incognito, &outbound.into(), Destination::Remote);
            assert_ne!(decision.outbound, Outbound::Allow);
            assert!(!decision.remember && !decision.store);
        }
    }

    #[test]
    fn the_setting_decides_in_the_other_modes() {
        let findings = [finding(Kind::Card)];
        for mode in [PrivacyMode::Normal, PrivacyMode::PauseMemory] {
            for outbound in [Outbound::Allow, Outbound::Pseudonymise, Outbound::Block] {
                assert_eq!(decide(&findings, mode, &outbound.into(), Destination::Remote).outbound, outbound);
            }
        }
    }

    #[test]
    fn nothing_is_replaced_for_a_model_on_this_machine_or_when_nothing_was_found() {
        let findings = [finding(Kind::Card)];
        let local = decide(&findings, PrivacyMode::Incognito, &Outbound::Block.into(), Destination::Local);
        assert_eq!(local.outbound, Outbound::Allow);
        let empty = decide(&[], PrivacyMode::Incognito, &Outbound::Block.into(), Destination::Remote);
        assert_eq!(empty.outbound, Outbound::Allow);
    }

    #[test]
    fn memories_are_made_in_normal_mode_only() {
        for (mode, remember, store) in [
            (PrivacyMode::Normal, true, true),
            (PrivacyMode::PauseMemory, false, true),
            (PrivacyMode::Incognito, false, false),
        ] {
            let decision = decide(&[], mode, &Outbound::Allow.into(), Destination::Remote);
            assert_eq!((decision.remember, decision.store), (remember, store), "{mode:?}");
        }
    }

    #[test]
    fn safe_mode_remembers_nothing_replaces_what_was_found_and_says_so() {
        let guardian = PrivacyGuardian::new(Outbound::Allow);
        let verdict =
            guardian.safe_mode(vec![finding(Kind::Email)], PrivacyMode::Normal, Destination::Remote);
        assert!(!verdict.decision.remember);
        assert_eq!(verdict.decision.outbound, Outbound::Pseudonymise);
        assert!(verdict.warnings[0].starts_with("The privacy check did not finish"));
        let nothing = guardian.safe_mode(Vec::new(), PrivacyMode::Normal, Destination::Remote);
        assert!(!nothing.decision.remember && nothing.warnings.len() == 1);
    }

    fn told(kinds: &[Kind], mode: PrivacyMode, outbound: Outbound, destination: Destination) -> Vec<String> {
        let findings: Vec<Finding> = kinds.iter().copied().map(finding).collect();
        let policy = outbound.into();
        warnings(&findings, &decide(&findings, mode, &policy, destination), &policy)
    }

    #[test]
    fn warnings_say_what_happens_in_normal_mode() {
        use Destination::{Local, Remote};
        use PrivacyMode::Normal;
        assert!(told(&[], Normal, Outbound::Block, Remote).is_empty());
        assert_eq!(
            told(&[Kind::Email], Normal, Outbound::Allow, Remote),
            [
                "Your message has an e-mail address. It is sent to the model as it is.",
                "The message is stored in this session as you wrote it, and it may be remembered.",
            ]
        );
        assert_eq!(
            told(&[Kind::Card, Kind::Card, Kind::Email], Normal, Outbound::Pseudonymise, Remote),
            [
                "Your message has an e-mail address and 2 card numbers. They are replaced by placeholders before the \
                 message is sent to the model, and put back in the answer.",
                "The message is stored in this session as you wrote it. Card numbers are never remembered; the rest \
                 may be.",
            ]
        );
        assert_eq!(
            told(&[Kind::Ssn], Normal, Outbound::Block, Remote),
            [
                "Your message has a social security number. Because of that it was not sent to the model.",
                "The message is stored in this session as you wrote it, but nothing of it is remembered.",
            ]
        );
        assert_eq!(
            told(&[Kind::Ssn, Kind::ApiKey], Normal, Outbound::Allow, Local),
            [
                "Your message has a social security number and an API key. They are given to the model as they are; \
                 the model runs on this machine.",
                "The message is stored in this session as you wrote it, but social security numbers and API keys are \
                 never remembered.",
            ]
        );
    }

    #[test]
    fn warnings_say_what_happens_in_the_other_modes() {
        assert_eq!(
            told(&[Kind::Phone], PrivacyMode::PauseMemory, Outbound::Allow, Destination::Remote),
            [
                "Your message has a phone number. It is sent to the model as it is.",
                "The message is stored in this session as you wrote it, but nothing of it is remembered.",
            ]
        );
        assert_eq!(
            told(&[Kind::Email], PrivacyMode::Incognito, Outbound::Allow, Destination::Remote),
            [
                "Your message has an e-mail address. It is replaced by a placeholder before the message is sent to \
                 the model, and put back in the answer.",
                "Nothing of this message is stored or remembered.",
            ]
        );
        assert_eq!(
            told(&[Kind::Email], PrivacyMode::Incognito, Outbound::Allow, Destination::Local),
            [
                "Your message has an e-mail address. It is given to the model as it is; the model runs on this machine.",
                "Nothing of this message is stored or remembered.",
            ]
        );
    }

    #[test]
    fn each_kind_goes_its_own_way_and_the_warnings_say_which() {
        let replaced = KindPolicy { normal: Some(Outbound::Pseudonymise), ..KindPolicy::default() };
        let policy = Policy { outbound: Outbound::Allow, kinds: [(Kind::Card, replaced)].into() };
        let guardian = PrivacyGuardian::new(policy);
        let found = vec![finding(Kind::Card), finding(Kind::Email)];
        let verdict = guardian.judge(found, PrivacyMode::Normal, Destination::Remote);
        assert!(verdict.warnings[0].starts_with("Your message has a card number. It is replaced"));
        assert!(
            verdict.warnings[1].starts_with("Your message has an e-mail address. It is sent to the model as")
        );
    }

    #[test]
    fn a_warning_never_holds_the_value() {
        let text = "Card 4111 1111 1111 1111, mail jane@example.com, SSN 123-45-6789, password: hunter2!";
        for mode in [PrivacyMode::Normal, PrivacyMode::PauseMemory, PrivacyMode::Incognito] {
            let verdict = PrivacyGuardian::default().check(text, mode, Destination::Remote);
            assert!(verdict.findings.len() >= 4);
            for finding in &verdict.findings {
                let value = &text[finding.start..finding.end];
                assert!(verdict.warnings.iter().all(|warning| !warning.contains(value)));
            }
        }
    }
}
