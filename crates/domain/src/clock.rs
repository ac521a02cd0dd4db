//! Where time comes from. Logic asks a [`Clock`]; nothing else reads the system's time.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;
pub use jiff::Timestamp;

use crate::Invalid;

/// The system's clock, or one that a test moves by hand. Cloning shares it.
#[derive(Clone, Debug, Default)]
pub struct Clock(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still at `start` until [`Clock::advance`] moves it.
    pub fn manual(start: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(AtomicI64::new(start.as_microsecond()))))
    }

    /// Now, in whole microseconds: that is what the database keeps.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            #[expect(clippy::disallowed_methods, reason = "the one place that reads the system's time")]
            Source::System => from_micros(Timestamp::now().as_microsecond()),
            Source::Manual(micros) => from_micros(micros.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward. The system's clock does not listen.
    pub fn advance(&self, by: SignedDuration) {
        if let Source::Manual(micros) = &self.0 {
            micros.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
        }
    }
}

/// The time `micros` microseconds after 1970; a value outside jiff's range becomes the nearest in it.
pub fn from_micros(micros: i64) -> Timestamp {
    Timestamp::from_microsecond(micros).unwrap_or(if micros < 0 { Timestamp::MIN } else { Timestamp::MAX })
}

/// How far ahead of this clock others may be.
const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(24);

/// The moment at which something was said: after 1970, and not to come.
pub fn moment_of_saying(field: &str, at: Timestamp, now: Timestamp) -> Result<Timestamp, Invalid> {
    let ahead = now.checked_add(AHEAD_MAX).unwrap_or(Timestamp::MAX);
    if at < Timestamp::UNIX_EPOCH || at > ahead {
        let reason = format!("must be a moment from 1970 until now ({now:.0}), not {at:.0}");
        return Err(Invalid::new(field, reason));
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_was_said_before_1970_or_will_have_been() {
        let now = from_micros(1_700_000_000_000_000);
        let said = |micros: i64| moment_of_saying("said_at", from_micros(micros), now);
        assert!(
            said(0).is_ok() && said(1_700_000_000_000_000).is_ok() && said(1_700_040_000_000_000).is_ok()
        );
        for micros in [-1_000_000, 1_700_100_000_000_000] {
            let reason = said(micros).unwrap_err().to_string();
            assert!(
                reason.starts_with("said_at must be a moment from 1970 until now (2023-11-14T22:13:20Z)"),
                "{reason}"
            );
        }
    }

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = Clock::manual(from_micros(1_000_000));
        let other = clock.clone();
        assert_eq!(clock.now(), other.now());
        other.advance(SignedDuration::from_secs(5));
        assert_eq!(clock.now().as_second(), 6);
    }
}
