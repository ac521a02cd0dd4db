//! Who may call a server that is not on loopback. Keys themselves are not stored, only their hashes.

use domain::{ApiKeyId, Timestamp, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::codec::{micros, time};
use crate::{Caller, Store, StoreError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: String,
    /// The user the key acts for; absent for the operator.
    pub user_id: Option<UserId>,
    pub created_at: Timestamp,
}

#[derive(FromRow)]
struct ApiKeyRow {
    id: Uuid,
    name: String,
    user_id: Option<Uuid>,
    created_at: i64,
}

impl From<ApiKeyRow> for ApiKey {
    fn from(row: ApiKeyRow) -> Self {
        Self {
            id: ApiKeyId(row.id),
            name: row.name,
            user_id: row.user_id.map(UserId),
            created_at: time(row.created_at),
        }
    }
}

impl Store {
    pub async fn insert_api_key(&self, key: ApiKey, hash: [u8; 32]) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT INTO api_keys (id, name, hash, user_id, created_at) VALUES ($1, $2, $3, $4, $5)",
                )
                .bind(key.id.0)
                .bind(key.name)
                .bind(hash.as_slice())
                .bind(key.user_id.map(|user| user.0))
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
            sqlx::query_as("SELECT id, name, user_id, created_at FROM api_keys ORDER BY id")
                .fetch_all(&self.readers)
                .await?;
        Ok(rows.into_iter().map(ApiKey::from).collect())
    }

    /// The caller that a key's hash stands for. Looking up a hash of the secret tells nothing by its timing.
    pub async fn find_caller(&self, hash: [u8; 32]) -> Result<Option<Caller>, StoreError> {
        let row: Option<(Option<Uuid>,)> = sqlx::query_as("SELECT user_id FROM api_keys WHERE hash = $1")
            .bind(hash.as_slice())
            .fetch_optional(&self.readers)
            .await?;
        Ok(row.map(|(user,)| user.map_or(Caller::Operator, |user| Caller::User(UserId(user)))))
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
