//! Finds sensitive spans in a text and decides what happens to them. No IO, no async, no knowledge of models.
//!
//! ```
//! use domain::PrivacyMode;
//! use privacy::{Destination, Kind, Outbound, PrivacyGuardian, Pseudonyms};
//!
//! let text = "Write to jane@example.com, please.";
//! let guardian = PrivacyGuardian::new(Outbound::Allow);
//! let verdict = guardian.check(text, PrivacyMode::Incognito, Destination::Remote);
//! assert_eq!(verdict.findings[0].kind, Kind::Email);
//! assert_eq!(verdict.decision.outbound, Outbound::Pseudonymise);
//!
//! let mut pseudonyms = Pseudonyms::new();
//! let sent = pseudonyms.replace(text, &verdict.findings, guardian.policy());
//! assert_eq!(sent, "Write to [EMAIL_1], please.");
//! assert_eq!(pseudonyms.restore("I wrote to [EMAIL_1]."), "I wrote to jane@example.com.");
//! ```

mod checksums; // Luhn, ISO 7064 mod 97, ABA
mod context; // the words around a candidate
mod detectors; // one file per kind: where in a text it is
mod guardian; // find -> decide -> say so
mod kinds; // what can be found, and how bad it is
mod normalise; // one spelling for look-alike characters, with the way back
mod policy; // what happens to each kind in each mode
mod pseudonyms; // placeholder <-> value, also in a stream

pub use detectors::{Finding, codes, inspect, warm_up, with_names};
pub use guardian::{
    Decision, Destination, Outbound, PrivacyGuardian, Verdict, decide, in_words, mode_notice, warnings,
};
pub use kinds::{Kind, Severity};
pub use policy::{KindPolicy, Label, Policy};
pub use pseudonyms::{Pseudonyms, StreamRestorer, redact, redact_secrets};
