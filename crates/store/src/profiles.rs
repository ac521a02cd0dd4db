//! Memory profiles. A user always has exactly one default profile.

use domain::profile::{Personality, Profile, ProfileFields};
use domain::user::User;
use domain::{ProfileId, Timestamp, UserId};
use sqlx::{FromRow, Row as _};
use uuid::Uuid;

use crate::codec::{from_json, json, micros, time};
use crate::error::is_unique_violation;
use crate::pool::{Connection, Db};
use crate::{Caller, Page, ProfileScope, Store, StoreError};

#[derive(FromRow)]
pub(crate) struct ProfileRow {
    id: Uuid,
    user_id: Uuid,
    name: String,
    description: String,
    system_prompt: String,
    personality: String,
    is_default: bool,
    created_at: i64,
    updated_at: i64,
}

impl TryFrom<ProfileRow> for Profile {
    type Error = StoreError;

    fn try_from(row: ProfileRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ProfileId(row.id),
            user_id: UserId(row.user_id),
            name: row.name,
            description: row.description,
            system_prompt: row.system_prompt,
            personality: from_json("personality", &row.personality)?,
            is_default: row.is_default,
            created_at: time(row.created_at),
            updated_at: time(row.updated_at),
        })
    }
}

impl ProfileRow {
    /// From a row of a session joined with its profile, whose columns are called `p_…`.
    pub(crate) fn from_joined(row: &<Db as sqlx::Database>::Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get("profile_id")?,
            user_id: row.try_get("user_id")?,
            name: row.try_get("p_name")?,
            description: row.try_get("p_description")?,
            system_prompt: row.try_get("p_system_prompt")?,
            personality: row.try_get("p_personality")?,
            is_default: row.try_get("p_is_default")?,
            created_at: row.try_get("p_created_at")?,
            updated_at: row.try_get("p_updated_at")?,
        })
    }
}

impl Store {
    /// `name` must be among the fields.
    pub async fn create_profile(
        &self,
        caller: Caller,
        user_id: UserId,
        name: String,
        fields: ProfileFields,
    ) -> Result<Profile, StoreError> {
        self.get_user(caller, user_id).await?;
        let now = self.clock.now();
        let profile = Profile {
            id: ProfileId::new(now),
            user_id,
            name,
            description: fields.description.unwrap_or_default(),
            system_prompt: fields.system_prompt.unwrap_or_default(),
            personality: fields.personality.unwrap_or_default(),
            is_default: fields.is_default.unwrap_or(false),
            created_at: now,
            updated_at: now,
        };
        let stored = profile.clone();
        self.write(move |connection| {
            Box::pin(async move {
                if stored.is_default {
                    clear_default(connection, user_id, now).await?;
                }
                insert(connection, &stored).await
            })
        })
        .await?;
        Ok(profile)
    }

    pub async fn get_profile(&self, caller: Caller, id: ProfileId) -> Result<Profile, StoreError> {
        let row: Option<ProfileRow> = sqlx::query_as(
            "SELECT id, user_id, name, description, system_prompt, personality, is_default, created_at, updated_at
             FROM profiles WHERE id = $1 AND ($2 IS NULL OR user_id = $2)",
        )
        .bind(id.0)
        .bind(caller.owner().map(|owner| owner.0))
        .fetch_optional(&self.readers)
        .await?;
        row.ok_or(StoreError::NotFound("profile"))?.try_into()
    }

    pub async fn list_profiles(
        &self,
        caller: Caller,
        user_id: UserId,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Page<Profile>, StoreError> {
        self.get_user(caller, user_id).await?;
        let rows: Vec<ProfileRow> = sqlx::query_as(
            "SELECT id, user_id, name, description, system_prompt, personality, is_default, created_at, updated_at
             FROM profiles WHERE user_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(user_id.0)
        .bind(after.unwrap_or(Uuid::nil()))
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.readers)
        .await?;
        let profiles = rows.into_iter().map(Profile::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_rows(profiles, limit, |profile: &Profile| profile.id.0))
    }

    /// Every profile of the server, for work that goes through all of them.
    pub async fn list_profile_scopes(&self) -> Result<Vec<ProfileScope>, StoreError> {
        let rows: Vec<(Uuid, Uuid)> =
            sqlx::query_as("SELECT user_id, id FROM profiles").fetch_all(&self.readers).await?;
        Ok(rows
            .into_iter()
            .map(|(user, profile)| ProfileScope::verified(UserId(user), ProfileId(profile)))
            .collect())
    }

    /// Sets the given fields and leaves the others as they are.
    pub async fn update_profile(&self, scope: ProfileScope, fields: ProfileFields) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.write(move |connection| {
            Box::pin(async move {
                match fields.is_default {
                    Some(true) => clear_default(connection, scope.user_id(), now).await?,
                    Some(false) => refuse_if_default(connection, scope.profile_id()).await?,
                    None => {}
                }
                let personality =
                    fields.personality.as_ref().map(|value| json("personality", value)).transpose()?;
                let done = sqlx::query(
                    "UPDATE profiles SET name = COALESCE($2, name), description = COALESCE($3, description),
                     system_prompt = COALESCE($4, system_prompt), personality = COALESCE($5, personality),
                     is_default = COALESCE($6, is_default), updated_at = $7 WHERE id = $1",
                )
                .bind(scope.profile_id().0)
                .bind(fields.name)
                .bind(fields.description)
                .bind(fields.system_prompt)
                .bind(personality)
                .bind(fields.is_default)
                .bind(micros(now))
                .execute(connection)
                .await
                .map_err(name_taken)?;
                if done.rows_affected() == 0 { Err(StoreError::NotFound("profile")) } else { Ok(()) }
            })
        })
        .await
    }

    /// Deletes a profile with its sessions, memories and jobs. If it was the default, the oldest of the others
    /// becomes it. The last profile stays.
    pub async fn delete_profile(&self, scope: ProfileScope) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.write(move |connection| {
            Box::pin(async move {
                let others: Option<(Uuid,)> = sqlx::query_as(
                    "SELECT id FROM profiles WHERE user_id = $1 AND id <> $2 ORDER BY id LIMIT 1",
                )
                .bind(scope.user_id().0)
                .bind(scope.profile_id().0)
                .fetch_optional(&mut *connection)
                .await?;
                let Some((heir,)) = others else {
                    return Err(StoreError::Conflict("the user's last profile cannot be deleted"));
                };
                let deleted: Option<(bool,)> =
                    sqlx::query_as("DELETE FROM profiles WHERE id = $1 RETURNING is_default")
                        .bind(scope.profile_id().0)
                        .fetch_optional(&mut *connection)
                        .await?;
                let (was_default,) = deleted.ok_or(StoreError::NotFound("profile"))?;
                if was_default {
                    sqlx::query("UPDATE profiles SET is_default = $2, updated_at = $3 WHERE id = $1")
                        .bind(heir)
                        .bind(true)
                        .bind(micros(now))
                        .execute(connection)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

pub(crate) fn default_profile(user: &User, name: &str) -> Profile {
    Profile {
        id: ProfileId::new(user.created_at),
        user_id: user.id,
        name: name.to_owned(),
        description: String::new(),
        system_prompt: String::new(),
        personality: Personality::default(),
        is_default: true,
        created_at: user.created_at,
        updated_at: user.created_at,
    }
}

pub(crate) async fn insert(connection: &mut Connection, profile: &Profile) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO profiles (id, user_id, name, description, system_prompt, personality, is_default, created_at,
         updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(profile.id.0)
    .bind(profile.user_id.0)
    .bind(&profile.name)
    .bind(&profile.description)
    .bind(&profile.system_prompt)
    .bind(json("personality", &profile.personality)?)
    .bind(profile.is_default)
    .bind(micros(profile.created_at))
    .bind(micros(profile.updated_at))
    .execute(connection)
    .await
    .map_err(name_taken)?;
    Ok(())
}

fn name_taken(error: sqlx::Error) -> StoreError {
    if is_unique_violation(&error) {
        StoreError::Conflict("the user has a profile of this name already")
    } else {
        error.into()
    }
}

async fn clear_default(
    connection: &mut Connection,
    user_id: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE profiles SET is_default = $2, updated_at = $3 WHERE user_id = $1 AND is_default = $4",
    )
    .bind(user_id.0)
    .bind(false)
    .bind(micros(now))
    .bind(true)
    .execute(connection)
    .await?;
    Ok(())
}

async fn refuse_if_default(connection: &mut Connection, id: ProfileId) -> Result<(), StoreError> {
    let (is_default,): (bool,) = sqlx::query_as("SELECT is_default FROM profiles WHERE id = $1")
        .bind(id.0)
        .fetch_optional(connection)
        .await?
        .ok_or(StoreError::NotFound("profile"))?;
    if is_default {
        return Err(StoreError::Conflict("a default profile is replaced by making another one the default"));
    }
    Ok(())
}
