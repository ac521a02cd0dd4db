//! Identifiers: UUIDv7, so that they sort by the time they were made.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::{ContextV7, Uuid};

use crate::{Invalid, Timestamp};

/// A clock that is put right goes back by less. What is further back is another moment, such as that of an old
/// conversation.
const BACK_MAX_S: u64 = 60;

/// One counter for the process: ids made in the same millisecond still sort in the order they were made, and so they do
/// where the clock goes back a little.
struct Counter {
    context: ContextV7,
    /// In seconds since 1970.
    last: u64,
}

static COUNTER: LazyLock<Mutex<Counter>> =
    LazyLock::new(|| Mutex::new(Counter { context: ContextV7::new(), last: 0 }));

fn uuid_at(now: Timestamp) -> Uuid {
    let seconds = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    let mut counter = COUNTER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // The context never goes back by itself: one id of a moment to come would date all after it.
    if seconds + BACK_MAX_S < counter.last {
        counter.context = ContextV7::new();
    }
    counter.last = seconds;
    Uuid::new_v7(uuid::Timestamp::from_unix(&counter.context, seconds, nanos))
}

/// Always the same for the same moment and seed.
fn uuid_of(at: Timestamp, seed: [u8; 10]) -> Uuid {
    let millis = u64::try_from(at.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &seed).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
        )]
        #[serde(transparent)]
        #[schema(value_type = Uuid)]
        pub struct $name(pub Uuid);

        impl $name {
            pub fn new(now: Timestamp) -> Self {
                Self(uuid_at(now))
            }

            /// The id of what is known elsewhere: the same moment and seed make the same id, so that what is imported
            /// twice is there once.
            pub fn derived(at: Timestamp, seed: [u8; 10]) -> Self {
                Self(uuid_of(at, seed))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Uuid::parse_str(text)
                    .map(Self)
                    .map_err(|_| Invalid::new("id", "must be a UUID such as 01938f6e-7c1a-7b5e-9d6a-2f1c3b4a5d6e"))
            }
        }
    )+};
}

ids! {
    UserId,
    ProfileId,
    SessionId,
    MessageId,
    TurnId,
    MemoryId,
    /// A row of a memory's history.
    HistoryId,
    /// Changes of memories that were made together.
    RunId,
    JobId,
    AgentLogId,
    ApiKeyId,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::from_micros;

    #[test]
    fn derived_ids_depend_on_moment_and_seed_alone() {
        let at = from_micros(1_700_000_000_000_000);
        assert_eq!(MessageId::derived(at, [7; 10]), MessageId::derived(at, [7; 10]));
        assert_ne!(MessageId::derived(at, [7; 10]), MessageId::derived(at, [8; 10]));
        assert!(
            MessageId::derived(at, [255; 10])
                < MessageId::derived(from_micros(1_700_000_000_001_000), [0; 10])
        );
    }

    #[test]
    fn a_moment_to_come_does_not_date_the_ids_after_it() {
        let (past, now, to_come) = (1_000_000_000, 1_700_000_000, 4_000_000_000_i64);
        let id =
            |second: i64| JobId::new(from_micros(second * 1_000_000)).0.get_timestamp().unwrap().to_unix().0;
        for second in [now, to_come, now, past, now] {
            assert_eq!(id(second), second as u64);
        }
    }

    #[test]
    fn ids_made_in_the_same_instant_sort_in_order() {
        let now = from_micros(1_700_000_000_000_000);
        let ids: Vec<MessageId> = (0..1000).map(|_| MessageId::new(now)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
