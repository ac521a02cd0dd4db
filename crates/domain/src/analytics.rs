//! What the conversation analyst found in a session.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Analysis {
    /// The conversation so far, for those who come later: the model sees it in place of what is too long ago.
    pub summary: String,
    /// From -1, very negative, to 1, very positive.
    pub sentiment: f32,
    /// Most talked about first.
    pub topics: Vec<Topic>,
    /// What the user keeps coming back to.
    pub patterns: Vec<String>,
    /// From 0 to 1: how much the user puts into the conversation.
    pub engagement: f32,
    /// What would be useful to know about the user and is not known.
    pub memory_gaps: Vec<String>,
    pub follow_up_questions: Vec<String>,
    /// Another profile of the same user that would fit this conversation better.
    pub suggested_profile: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Topic {
    pub name: String,
    /// Of what was talked about, from 0 to 1.
    pub share: f32,
}
