//! The three privacy modes, and what each allows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Invalid;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrivacyMode {
    /// Memories are read and written, messages are stored.
    #[default]
    Normal,
    /// Memories are read but not written; messages are stored.
    PauseMemory,
    /// Nothing is read from memory and nothing is stored.
    Incognito,
}

impl PrivacyMode {
    pub const NAMES: [&'static str; 3] = ["normal", "pause_memory", "incognito"];

    pub fn reads_memories(self) -> bool {
        self != Self::Incognito
    }

    pub fn writes_memories(self) -> bool {
        self == Self::Normal
    }

    pub fn stores_messages(self) -> bool {
        self != Self::Incognito
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::PauseMemory => "pause_memory",
            Self::Incognito => "incognito",
        }
    }

    pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        match text {
            "normal" => Ok(Self::Normal),
            "pause_memory" => Ok(Self::PauseMemory),
            "incognito" => Ok(Self::Incognito),
            _ => Err(Invalid::new(field, format!("must be one of {}", Self::NAMES.join(", ")))),
        }
    }
}
