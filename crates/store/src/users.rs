//! The people.

use domain::profile::DEFAULT_PROFILE;
use domain::user::{DEMO_USER, User};
use domain::{ProfileId, UserId};
use sqlx::FromRow;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::codec::{micros, time};
use crate::error::is_unique_violation;
use crate::pool::Connection;
use crate::sealing::Seals;
use crate::{Caller, Page, ProfileScope, Store, StoreError, profiles};

#[derive(FromRow)]
struct UserRow {
    id: Uuid,
    name: String,
    time_zone: Option<String>,
    created_at: i64,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self {
            id: UserId(row.id),
            name: row.name,
            time_zone: row.time_zone,
            created_at: time(row.created_at),
        }
    }
}

impl Store {
    /// Makes a user with a default profile.
    pub async fn create_user(&self, name: String, time_zone: Option<String>) -> Result<User, StoreError> {
        let now = self.clock.now();
        let user = User { id: UserId::new(now), name, time_zone, created_at: now };
        let stored = user.clone();
        let seals = self.seals.clone();
        self.write(move |connection| Box::pin(async move { insert(connection, &seals, &stored).await }))
            .await?;
        Ok(user)
    }

    /// The user of the first start, made if nobody is there yet.
    pub async fn ensure_demo_user(&self) -> Result<Option<User>, StoreError> {
        let user = User {
            id: UserId::new(self.clock.now()),
            name: DEMO_USER.to_owned(),
            time_zone: None,
            created_at: self.clock.now(),
        };
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                let anyone =
                    sqlx::query("SELECT 1 FROM users LIMIT 1").fetch_optional(&mut *connection).await?;
                if anyone.is_some() {
                    return Ok(None);
                }
                insert(connection, &seals, &user).await?;
                Ok(Some(user))
            })
        })
        .await
    }

    pub async fn get_user(&self, caller: Caller, id: UserId) -> Result<User, StoreError> {
        if !caller.may_act_for(id) {
            return Err(StoreError::NotFound("user"));
        }
        let row: Option<UserRow> =
            sqlx::query_as("SELECT id, name, time_zone, created_at FROM users WHERE id = $1")
                .bind(id.0)
                .fetch_optional(&self.readers)
                .await?;
        row.map(User::from).ok_or(StoreError::NotFound("user"))
    }

    pub async fn find_user_by_name(&self, name: &str) -> Result<Option<User>, StoreError> {
        let row: Option<UserRow> =
            sqlx::query_as("SELECT id, name, time_zone, created_at FROM users WHERE name = $1")
                .bind(name)
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.map(User::from))
    }

    /// The users that `caller` may see: all for the operator, otherwise only themselves.
    pub async fn list_users(
        &self,
        caller: Caller,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Page<User>, StoreError> {
        let rows: Vec<UserRow> = sqlx::query_as(
            "SELECT id, name, time_zone, created_at FROM users WHERE id > $1 AND ($2 IS NULL OR id = $2) ORDER BY id LIMIT $3",
        )
        .bind(after.unwrap_or(Uuid::nil()))
        .bind(caller.owner().map(|owner| owner.0))
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.readers)
        .await?;
        Ok(Page::from_rows(rows.into_iter().map(User::from).collect(), limit, |user: &User| user.id.0))
    }

    /// Sets where a user's days begin; `None`: as the server's do.
    pub async fn set_time_zone(
        &self,
        caller: Caller,
        id: UserId,
        time_zone: Option<String>,
    ) -> Result<(), StoreError> {
        if !caller.may_act_for(id) {
            return Err(StoreError::NotFound("user"));
        }
        self.write(move |connection| {
            Box::pin(async move {
                let done = sqlx::query("UPDATE users SET time_zone = $2 WHERE id = $1")
                    .bind(id.0)
                    .bind(time_zone)
                    .execute(connection)
                    .await?;
                if done.rows_affected() == 0 { Err(StoreError::NotFound("user")) } else { Ok(()) }
            })
        })
        .await
    }

    /// The time zone of the scope's user, if they have set one.
    pub async fn find_time_zone(&self, scope: ProfileScope) -> Result<Option<String>, StoreError> {
        let zone: Option<Option<String>> = sqlx::query_scalar("SELECT time_zone FROM users WHERE id = $1")
            .bind(scope.user_id().0)
            .fetch_optional(&self.readers)
            .await?;
        Ok(zone.flatten())
    }

    /// Deletes a user and everything that belongs to them.
    pub async fn delete_user(&self, caller: Caller, id: UserId) -> Result<(), StoreError> {
        if !caller.may_act_for(id) {
            return Err(StoreError::NotFound("user"));
        }
        let store = self.clone();
        // A task of its own: who asked may go away meanwhile, and the keys go all the same.
        let deleting = async move {
            let profiles = store.delete_user_rows(id).await?;
            store.seals.destroy(&profiles)
        };
        let deleting = tokio::spawn(deleting.in_current_span());
        deleting.await.map_err(|_| StoreError::Closed)?
    }

    /// Returns the profiles that there were.
    async fn delete_user_rows(&self, id: UserId) -> Result<Vec<ProfileId>, StoreError> {
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                let profiles: Vec<(Uuid,)> = sqlx::query_as("SELECT id FROM profiles WHERE user_id = $1")
                    .bind(id.0)
                    .fetch_all(&mut *connection)
                    .await?;
                let done =
                    sqlx::query("DELETE FROM users WHERE id = $1").bind(id.0).execute(connection).await?;
                if done.rows_affected() == 0 {
                    return Err(StoreError::NotFound("user"));
                }
                let profiles: Vec<ProfileId> = profiles.into_iter().map(|(id,)| ProfileId(id)).collect();
                seals.mark(&profiles)?;
                Ok(profiles)
            })
        })
        .await
    }
}

async fn insert(connection: &mut Connection, seals: &Seals, user: &User) -> Result<(), StoreError> {
    sqlx::query("INSERT INTO users (id, name, time_zone, created_at) VALUES ($1, $2, $3, $4)")
        .bind(user.id.0)
        .bind(&user.name)
        .bind(&user.time_zone)
        .bind(micros(user.created_at))
        .execute(&mut *connection)
        .await
        .map_err(|error| {
            if is_unique_violation(&error) {
                StoreError::Conflict("a user of this name exists already")
            } else {
                error.into()
            }
        })?;
    let profile = profiles::default_profile(user, DEFAULT_PROFILE);
    profiles::insert(connection, seals, &profile).await
}
