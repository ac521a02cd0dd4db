//! Who may call a server that is not on loopback. Keys themselves are not stored, only their hashes.

use domain::{ApiKeyId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sqlx::FromRow;
use uuid::Uuid;

use crate::codec::{from_name, micros, time};
use crate::{Caller, Store, StoreError};

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Everything, for every user.
    Admin,
    /// Everything, for one user.
    User,
    /// Reading, for one user or, without one, for all.
    ReadOnly,
}

impl KeyScope {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::User => "user",
            Self::ReadOnly => "read_only",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    pub scope: KeyScope,
    /// The user the key acts for; absent: all.
    pub user_id: Option<UserId>,
    pub created_at: Timestamp,
}

#[derive(FromRow)]
struct ApiKeyRow {
    id: Uuid,
    name: String,
    scope: String,
    user_id: Option<Uuid>,
    created_at: i64,
}

impl TryFrom<ApiKeyRow> for ApiKey {
    type Error = StoreError;

    fn try_from(row: ApiKeyRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: ApiKeyId(row.id),
            name: row.name,
            scope: from_name("key scope", &row.scope)?,
            user_id: row.user_id.map(UserId),
            created_at: time(row.created_at),
        })
    }
}

impl Store {
    pub async fn insert_api_key(&self, key: ApiKey, hash: [u8; 32]) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO api_keys (id, name, hash, user_id, scope, created_at) VALUES ($1, $2, $3, $4, $5, $6)",
                )
                .bind(key.id.0)
                .bind(key.name)
                .bind(hash.as_slice())
                .bind(key.user_id.map(|user| user.0))
                .bind(key.scope.as_str())
                .bind(micros(key.created_at))
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    pub async fn list_api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let rows: Vec<ApiKeyRow> =
            sqlx::query_as("SELECT id, name, scope, user_id, created_at FROM api_keys ORDER BY id")
                .fetch_all(&self.readers)
                .await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }

    /// The caller that a key's hash stands for, and what the key may do. Looked up for every request, so that a revoked key
    /// is refused at once; looking up a hash of the secret tells nothing by its timing.
    pub async fn find_caller(&self, hash: [u8; 32]) -> Result<Option<(Caller, KeyScope)>, StoreError> {
        let row: Option<(Option<Uuid>, String)> =
            sqlx::query_as("SELECT user_id, scope FROM api_keys WHERE hash = $1")
                .bind(hash.as_slice())
                .fetch_optional(&self.readers)
                .await?;
        let Some((user, scope)) = row else { return Ok(None) };
        let caller = user.map_or(Caller::Operator, |user| Caller::User(UserId(user)));
        Ok(Some((caller, from_name("key scope", &scope)?)))
    }

    pub async fn delete_api_key(&self, id: ApiKeyId) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                let done =
                    sqlx::query("DELETE FROM api_keys WHERE id = $1").bind(id.0).execute(connection).await?;
                if done.rows_affected() == 0 { Err(StoreError::NotFound("API key")) } else { Ok(()) }
            })
        })
        .await
    }
}
