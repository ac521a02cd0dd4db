//! A profile: an isolated space of memories with its own personality.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::{optional_text, required_text};
use crate::{Invalid, ProfileId, Timestamp, UserId};

/// The profile that every new user gets.
pub const DEFAULT_PROFILE: &str = "Default";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    pub id: ProfileId,
    pub user_id: UserId,
    /// Unique among the user's profiles.
    pub name: String,
    pub description: String,
    /// Instructions that the model gets in every turn of this profile. Empty: the product's own.
    pub system_prompt: String,
    pub personality: Personality,
    pub is_default: bool,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Personality {
    pub tone: Tone,
    pub verbosity: Verbosity,
    /// The language to answer in, such as `English`. Absent: the user's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tone {
    Professional,
    Casual,
    #[default]
    Friendly,
    Formal,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verbosity {
    Concise,
    #[default]
    Balanced,
    Detailed,
}

/// What a caller may set of a profile. In an update, an absent field stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProfileFields {
    pub name: Option<String>,
    pub description: Option<String>,
    pub system_prompt: Option<String>,
    pub personality: Option<Personality>,
    pub is_default: Option<bool>,
}

impl ProfileFields {
    /// The fields with their texts trimmed, or the first rule that one of them breaks.
    pub fn validated(self) -> Result<Self, Invalid> {
        let text = |field, value: Option<String>, chars_max| {
            value.map(|value| optional_text(field, Some(&value), chars_max)).transpose()
        };
        if let Some(language) = self.personality.as_ref().and_then(|p| p.language.as_deref()) {
            required_text("personality.language", language, 50)?;
        }
        Ok(Self {
            name: self.name.map(|name| required_text("name", &name, 100)).transpose()?,
            description: text("description", self.description, 1_000)?,
            system_prompt: text("system_prompt", self.system_prompt, 8_000)?,
            ..self
        })
    }
}
