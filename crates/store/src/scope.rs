//! The keys that open rows. A [`ProfileScope`] is made here only, by checking who owns the profile; everything
//! that reads or writes memories asks for one.

use domain::{ProfileId, UserId};
use sqlx::Row as _;
use uuid::Uuid;

use crate::{Store, StoreError};

/// On whose behalf a request is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Caller {
    /// The person who runs the server; may act for every user.
    Operator,
    User(UserId),
}

impl Caller {
    /// The user that rows must belong to, or `None` where any will do.
    pub(crate) fn owner(self) -> Option<UserId> {
        match self {
            Self::Operator => None,
            Self::User(user_id) => Some(user_id),
        }
    }

    pub fn may_act_for(self, user_id: UserId) -> bool {
        self.owner().is_none_or(|owner| owner == user_id)
    }
}

/// A profile whose owner was checked: the only key that opens its memories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ProfileScope {
    user_id: UserId,
    profile_id: ProfileId,
}

impl ProfileScope {
    /// For rows that were read together with the check.
    pub(crate) fn verified(user_id: UserId, profile_id: ProfileId) -> Self {
        Self { user_id, profile_id }
    }

    pub fn user_id(&self) -> UserId {
        self.user_id
    }

    pub fn profile_id(&self) -> ProfileId {
        self.profile_id
    }
}

impl Store {
    /// Opens a profile for `caller`. A profile of somebody else is not found.
    pub async fn open_profile(
        &self,
        caller: Caller,
        profile_id: ProfileId,
    ) -> Result<ProfileScope, StoreError> {
        let row = sqlx::query("SELECT user_id FROM profiles WHERE id = $1 AND ($2 IS NULL OR user_id = $2)")
            .bind(profile_id.0)
            .bind(caller.owner().map(|owner| owner.0))
            .fetch_optional(&self.readers)
            .await?;
        let row = row.ok_or(StoreError::NotFound("profile"))?;
        Ok(ProfileScope::verified(UserId(row.try_get("user_id")?), profile_id))
    }

    /// Opens the default profile of a user; for callers who may act for that user.
    pub async fn open_default_profile(&self, user_id: UserId) -> Result<ProfileScope, StoreError> {
        let row: Option<(Uuid,)> =
            sqlx::query_as("SELECT id FROM profiles WHERE user_id = $1 AND is_default = $2")
                .bind(user_id.0)
                .bind(true)
                .fetch_optional(&self.readers)
                .await?;
        let (profile_id,) = row.ok_or(StoreError::NotFound("profile"))?;
        Ok(ProfileScope::verified(user_id, ProfileId(profile_id)))
    }
}
