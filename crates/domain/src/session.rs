//! One conversation, in one profile, in one privacy mode.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{PrivacyMode, ProfileId, SessionId, Timestamp, UserId};

pub const TITLE_CHARS_MAX: usize = 200;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    pub id: SessionId,
    pub user_id: UserId,
    pub profile_id: ProfileId,
    pub privacy_mode: PrivacyMode,
    pub title: String,
    /// Turns that were started in this session, stored ones only.
    pub turn_count: u32,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}
