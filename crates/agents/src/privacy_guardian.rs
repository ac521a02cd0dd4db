//! What is sensitive in a message, and what may happen to it. The rules are the `privacy` crate's; this is the agent
//! that a turn runs, and what the memory work asks before it calls a model.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use domain::PrivacyMode;
use domain::turn::{Counts, Disclosed, ModelCall};
use futures_util::future::join_all;
use llm::chat::{ChatMessage, RoleModel};
use llm::names::{Named, NamedSpan, NamesModel, TEXT_BYTES_MAX};
use privacy::{Destination, Finding, Kind, Policy, Pseudonyms, Verdict};

use crate::message_reader::read_sensitive;

#[derive(Clone, Debug)]
pub struct PrivacyGuardian {
    engine: privacy::PrivacyGuardian,
    /// Finds names better than the rules. Asked only where what is found does not leave the machine: it takes milliseconds.
    names: Option<Arc<NamesModel>>,
}

/// What was found in the texts of one session: its history goes into every prompt. By the texts' hashes, in RAM only, and
/// gone with the session.
#[derive(Debug, Default)]
pub(crate) struct KnownFindings(Mutex<HashMap<[u8; 32], Vec<Finding>>>);

/// Of one text. The answer does not wait longer for names.
const NAMES_TIMEOUT: Duration = Duration::from_secs(1);
/// Texts of a session that are known, at most; then it begins anew.
const KNOWN_MAX: usize = 512;

impl PrivacyGuardian {
    pub fn new(policy: impl Into<Policy>, names: Option<Arc<NamesModel>>) -> Self {
        Self { engine: privacy::PrivacyGuardian::new(policy), names }
    }

    pub fn policy(&self) -> &Policy {
        self.engine.policy()
    }

    /// `model` is asked too. Returns the call that it took.
    pub(crate) async fn execute(
        &self,
        message: &str,
        mode: PrivacyMode,
        destination: Destination,
        known: &KnownFindings,
        model: Option<&RoleModel>,
    ) -> Result<(Verdict, Option<ModelCall>), Infallible> {
        let mut findings = if destination == Destination::Remote && self.policy().holds_back(mode) {
            self.find(message, known).await
        } else {
            privacy::inspect(message)
        };
        let mut call = None;
        if let Some(model) = model {
            let (read, asked) = Box::pin(read_sensitive(model, message)).await;
            // What the rules are sure of stands.
            findings = privacy::with_names(message, message.len(), findings, read);
            call = Some(asked);
        }
        Ok((self.engine.judge(findings, mode, destination), call))
    }

    /// Everything sensitive in a text, names included. Where the names model fails the rules' guesses stand.
    async fn find(&self, text: &str, known: &KnownFindings) -> Vec<Finding> {
        let key = *blake3::hash(text.as_bytes()).as_bytes();
        if let Some(findings) = known.get(&key) {
            return findings;
        }
        let findings = self.with_names(text, privacy::inspect(text)).await;
        known.put(key, findings.clone());
        findings
    }

    async fn with_names(&self, text: &str, rules: Vec<Finding>) -> Vec<Finding> {
        let Some(names) = &self.names else { return rules };
        match tokio::time::timeout(NAMES_TIMEOUT, names.find(text, &privacy::codes(&rules))).await {
            Ok(Ok(named)) => privacy::with_names(text, TEXT_BYTES_MAX, rules, named_findings(&named)),
            failed => {
                let code =
                    failed.map_or("timed_out", |result| result.err().map_or("ok", |error| error.code()));
                tracing::warn!(code, "the names model failed; names are found by rules alone");
                rules
            }
        }
    }

    /// The verdict when `execute` has failed.
    pub fn safe_mode(&self, mode: PrivacyMode, destination: Destination) -> Verdict {
        self.engine.safe_mode(Vec::new(), mode, destination)
    }

    /// Puts placeholders in the place of what does not leave the machine, anywhere in a prompt: in what was said earlier
    /// and in memories too, not only in the message that was checked.
    pub(crate) async fn disguise(
        &self,
        messages: &mut [ChatMessage],
        mode: PrivacyMode,
        safe_mode: bool,
        pseudonyms: &Mutex<Pseudonyms>,
        known: &KnownFindings,
    ) {
        let stricter = safe_mode.then(|| self.policy().stricter());
        let policy = stricter.as_ref().unwrap_or(self.policy());
        if !policy.holds_back(mode) {
            return;
        }
        let found = join_all(messages.iter().map(|message| self.find(&message.content, known))).await;
        let mut pseudonyms = pseudonyms.lock().unwrap_or_else(PoisonError::into_inner);
        for (message, findings) in messages.iter_mut().zip(found) {
            message.content = pseudonyms.replace(&message.content, &policy.held_back(findings, mode), policy);
        }
    }
}

impl KnownFindings {
    fn get(&self, key: &[u8; 32]) -> Option<Vec<Finding>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: [u8; 32], findings: Vec<Finding>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(key, findings);
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
