//! Memory profiles. A user always has exactly one default profile.

use domain::profile::{Personality, Profile, ProfileFields};
use domain::user::User;
use domain::{ProfileId, Timestamp, UserId};
use sqlx::{FromRow, Row as _};
use tracing::Instrument as _;
use uuid::Uuid;

use crate::codec::{micros, time};
use crate::error::is_unique_violation;
use crate::pool::{Connection, Db};
use crate::sealing::{Seals, Stored, place};
use crate::{Caller, Page, ProfileScope, Store, StoreError};

#[derive(FromRow)]
pub(crate) struct ProfileRow {
    id: Uuid,
    user_id: Uuid,
    name: String,
    description: Stored,
    system_prompt: Stored,
    personality: Stored,
    is_default: bool,
    created_at: i64,
    updated_at: i64,
}

impl ProfileRow {
    pub(crate) fn open(self, seals: &Seals) -> Result<Profile, StoreError> {
        Ok(Profile {
            id: ProfileId(self.id),
            user_id: UserId(self.user_id),
            name: self.name,
            description: seals.open(place("profiles.description", self.id), self.description)?,
            system_prompt: seals.open(place("profiles.system_prompt", self.id), self.system_prompt)?,
            personality: seals.open_json(place("profiles.personality", self.id), self.personality)?,
            is_default: self.is_default,
            created_at: time(self.created_at),
            updated_at: time(self.updated_at),
        })
    }

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
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                if stored.is_default {
                    clear_default(connection, user_id, now).await?;
                }
                insert(connection, &seals, &stored).await
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
        row.ok_or(StoreError::NotFound("profile"))?.open(&self.seals)
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
        let profiles = rows.into_iter().map(|row| row.open(&self.seals)).collect::<Result<Vec<_>, _>>()?;
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
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                match fields.is_default {
                    Some(true) => clear_default(connection, scope.user_id(), now).await?,
                    Some(false) => refuse_if_default(connection, scope.profile_id()).await?,
                    None => {}
                }
                let id = scope.profile_id();
                let text = |column, text| seals.optional_text(id, place(column, id.0), text);
                let personality = fields.personality.as_ref();
                let personality = personality
                    .map(|value| seals.json(id, place("profiles.personality", id.0), value))
                    .transpose()?;
                let done = sqlx::query(
                    "UPDATE profiles SET name = COALESCE($2, name), description = COALESCE($3, description),
                     system_prompt = COALESCE($4, system_prompt), personality = COALESCE($5, personality),
                     is_default = COALESCE($6, is_default), updated_at = $7 WHERE id = $1",
                )
                .bind(id.0)
                .bind(fields.name)
                .bind(text("profiles.description", fields.description.as_deref())?)
                .bind(text("profiles.system_prompt", fields.system_prompt.as_deref())?)
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

    /// Deletes a profile with its sessions, memories, jobs and key. If it was the default, the oldest of the others
    /// becomes it. The last profile stays.
    pub async fn delete_profile(&self, scope: ProfileScope) -> Result<(), StoreError> {
        let store = self.clone();
        // A task of its own: who asked may go away meanwhile, and the key goes all the same.
        let deleting = async move {
            store.delete_profile_rows(scope).await?;
            store.seals.destroy(&[scope.profile_id()])
        };
        let deleting = tokio::spawn(deleting.in_current_span());
        deleting.await.map_err(|_| StoreError::Closed)?
    }

    async fn delete_profile_rows(&self, scope: ProfileScope) -> Result<(), StoreError> {
        let now = self.clock.now();
        let seals = self.seals.clone();
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
                seals.mark(&[scope.profile_id()])
            })
        })
        .await
    }

    /// Destroys the keys of profiles that an earlier process deleted without coming so far; returns how many there were.
    /// Right only at the start of the one process that works on this database.
    pub async fn destroy_keys_of_deleted_profiles(&self) -> Result<usize, StoreError> {
        let Some(keys) = self.seals.keys() else { return Ok(0) };
        let mut destroyed = 0;
        for profile in keys.marked()? {
            let there = sqlx::query("SELECT 1 FROM profiles WHERE id = $1")
                .bind(profile.0)
                .fetch_optional(&self.readers)
                .await?;
            if there.is_some() {
                keys.unmark(profile)?;
            } else {
                keys.destroy(profile)?;
                destroyed += 1;
            }
        }
        Ok(destroyed)
    }

    /// Profiles whose keys are not where they should be: their texts cannot be read. None where nothing is encrypted.
    pub async fn list_profiles_without_key(&self) -> Result<Vec<ProfileId>, StoreError> {
        let Some(keys) = self.seals.keys() else { return Ok(Vec::new()) };
        let mut connection = self.readers.acquire().await?;
        let mut profiles = all_ids(&mut connection).await?;
        profiles.retain(|profile| !keys.has(*profile));
        Ok(profiles)
    }
}

pub(crate) async fn all_ids(connection: &mut Connection) -> Result<Vec<ProfileId>, StoreError> {
    let rows: Vec<(Uuid,)> =
        sqlx::query_as("SELECT id FROM profiles ORDER BY id").fetch_all(connection).await?;
    Ok(rows.into_iter().map(|(id,)| ProfileId(id)).collect())
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

pub(crate) async fn insert(
    connection: &mut Connection,
    seals: &Seals,
    profile: &Profile,
) -> Result<(), StoreError> {
    let Some(keys) = seals.keys() else { return insert_row(connection, seals, profile).await };
    // On disk before anything is sealed with it.
    keys.make(profile.id)?;
    let inserted = insert_row(connection, seals, profile).await;
    if inserted.is_err() {
        keys.destroy(profile.id)?;
    }
    inserted
}

async fn insert_row(connection: &mut Connection, seals: &Seals, profile: &Profile) -> Result<(), StoreError> {
    let place = |column| place(column, profile.id.0);
    sqlx::query(
        "INSERT INTO profiles (id, user_id, name, description, system_prompt, personality, is_default, created_at,
         updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(profile.id.0)
    .bind(profile.user_id.0)
    .bind(&profile.name)
    .bind(seals.text(profile.id, place("profiles.description"), &profile.description)?)
    .bind(seals.text(profile.id, place("profiles.system_prompt"), &profile.system_prompt)?)
    .bind(seals.json(profile.id, place("profiles.personality"), &profile.personality)?)
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
