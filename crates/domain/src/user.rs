//! The person who owns profiles.

use jiff::tz::TimeZone;
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
    /// An IANA name, such as `Europe/Lisbon`. Absent: the server's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    pub created_at: Timestamp,
}

pub fn valid_user_name(name: &str) -> Result<String, Invalid> {
    required_text("name", name, 100)
}

/// The time zone of an IANA name.
pub fn valid_time_zone(name: &str) -> Result<TimeZone, Invalid> {
    TimeZone::get(name)
        .map_err(|_| Invalid::new("time_zone", "must be an IANA time zone, such as Europe/Lisbon or UTC"))
}
