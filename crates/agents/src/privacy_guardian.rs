//! What is sensitive in a message, and what may happen to it. The rules are the `privacy` crate's; this is the agent
//! that a turn runs, and what the memory work asks before it calls a model.

use std::convert::Infallible;

use domain::PrivacyMode;
use domain::turn::{Counts, Disclosed};
use llm::chat::ChatMessage;
use llm::names::{Named, NamedSpan};
use privacy::{Destination, Finding, Kind, Policy, Pseudonyms, Verdict};

#[derive(Clone, Debug)]
pub struct PrivacyGuardian {
    engine: privacy::PrivacyGuardian,
}

impl PrivacyGuardian {
    pub fn new(policy: impl Into<Policy>) -> Self {
        Self { engine: privacy::PrivacyGuardian::new(policy) }
    }

    pub fn policy(&self) -> &Policy {
        self.engine.policy()
    }

    pub async fn execute(
        &self,
        message: &str,
        mode: PrivacyMode,
        destination: Destination,
    ) -> Result<Verdict, Infallible> {
        Ok(self.engine.check(message, mode, destination))
    }

    /// The verdict when `execute` has failed.
    pub fn safe_mode(&self, mode: PrivacyMode, destination: Destination) -> Verdict {
        self.engine.safe_mode(Vec::new(), mode, destination)
    }

    /// Puts placeholders in the place of what does not leave the machine, anywhere in a prompt: in what was said earlier
    /// and in memories too, not only in the message that was checked.
    pub(crate) fn disguise(
        &self,
        messages: &mut [ChatMessage],
        mode: PrivacyMode,
        safe_mode: bool,
        pseudonyms: &mut Pseudonyms,
    ) {
        let stricter = safe_mode.then(|| self.policy().stricter());
        let policy = stricter.as_ref().unwrap_or(self.policy());
        if !policy.holds_back(mode) {
            return;
        }
        for message in messages {
            let held_back = policy.held_back(privacy::inspect(&message.content), mode);
            message.content = pseudonyms.replace(&message.content, &held_back);
        }
    }
}

/// What is sensitive in a prompt as it was sent: its placeholders, and what is there as it is.
pub(crate) fn disclosed(messages: &[ChatMessage], pseudonyms: &Pseudonyms) -> Disclosed {
    let mut disclosed = Disclosed::default();
    for message in messages {
        for kind in pseudonyms.placeholders_in(&message.content) {
            *disclosed.replaced.entry(kind.as_str().to_owned()).or_default() += 1;
        }
        for (kind, count) in counts(&privacy::inspect(&message.content)) {
            *disclosed.as_it_is.entry(kind).or_default() += count;
        }
    }
    disclosed
}

/// What the names model found, in the words of the rules.
pub fn named_findings(named: &[NamedSpan]) -> Vec<Finding> {
    let kind = |named| match named {
        Named::Person => Kind::PersonName,
        Named::Place => Kind::Place,
        Named::Address => Kind::PostalAddress,
    };
    named.iter().map(|one| Finding::of_model(kind(one.named), one.span.clone(), one.confidence)).collect()
}

/// How often each kind was found.
pub(crate) fn counts(findings: &[Finding]) -> Counts {
    let mut counts = Counts::new();
    for finding in findings {
        *counts.entry(finding.kind.as_str().to_owned()).or_default() += 1;
    }
    counts
}
