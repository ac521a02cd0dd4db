//! Identifiers: UUIDv7, so that they sort by the time they were made.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::Mutex;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::{ContextV7, Uuid};

use crate::{Invalid, Timestamp};

// One counter for the process: ids made in the same millisecond still sort in the order they were made.
static COUNTER: LazyLock<Mutex<ContextV7>> = LazyLock::new(|| Mutex::new(ContextV7::new()));

fn uuid_at(now: Timestamp) -> Uuid {
    let counter = COUNTER.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let since_epoch = u64::try_from(now.as_second()).unwrap_or(0);
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(&*counter, since_epoch, nanos))
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
    fn ids_made_in_the_same_instant_sort_in_order() {
        let now = from_micros(1_700_000_000_000_000);
        let ids: Vec<MessageId> = (0..1000).map(|_| MessageId::new(now)).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
