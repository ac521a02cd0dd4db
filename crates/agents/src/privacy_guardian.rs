//! What is sensitive in a message, and what may happen to it. The rules are the `privacy` crate's; this is the agent
//! that a turn runs.

use std::convert::Infallible;

use domain::PrivacyMode;
use privacy::{Destination, Outbound, Pseudonyms, Verdict};

#[derive(Clone, Copy, Debug)]
pub struct PrivacyGuardian {
    engine: privacy::PrivacyGuardian,
    outbound: Outbound,
}

impl PrivacyGuardian {
    pub fn new(outbound: Outbound) -> Self {
        Self { engine: privacy::PrivacyGuardian::new(outbound), outbound }
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

    /// Whether sensitive spans anywhere in a prompt are replaced: in what was said earlier and in memories too, not
    /// only in the message that was checked.
    pub fn replaces(&self, mode: PrivacyMode, destination: Destination, verdict: &Verdict) -> bool {
        let strict =
            self.outbound != Outbound::Allow || mode == PrivacyMode::Incognito || verdict.decision.safe_mode;
        destination == Destination::Remote && strict
    }
}

/// `text` with every sensitive span replaced by the session's placeholder for it.
pub(crate) fn pseudonymise(text: &str, pseudonyms: &mut Pseudonyms) -> String {
    pseudonyms.replace(text, &privacy::inspect(text))
}
