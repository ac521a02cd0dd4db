//! The person who owns profiles.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::required_text;
use crate::{Invalid, Timestamp, UserId};

/// The user that exists from the first start on.
pub const DEMO_USER: &str = "demo";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct User {
    pub id: UserId,
    /// Unique on this server.
    pub name: String,
    pub created_at: Timestamp,
}

pub fn valid_user_name(name: &str) -> Result<String, Invalid> {
    required_text("name", name, 100)
}
