//! The rows of a database that gets its first key are sealed, each with the key of its profile.

use std::path::Path;

use domain::ProfileId;
use futures_util::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Connection as _};
use uuid::Uuid;

use crate::encrypting::connect;
use crate::pool::Connection;
use crate::profile_keys::ProfileKeys;
use crate::sealing::{Cell, Place, Stored};
use crate::{EncryptionKey, StoreError, profiles};

/// Columns of a table that are sealed, and how a row's key and profile are found.
struct SealedTable {
    columns: &'static [&'static str],
    row: &'static str,
    profile: &'static str,
}

const SEALED: [SealedTable; 8] = [
    SealedTable {
        columns: &["profiles.description", "profiles.system_prompt", "profiles.personality"],
        row: "id",
        profile: "id",
    },
    SealedTable { columns: &["sessions.title"], row: "id", profile: "profile_id" },
    SealedTable {
        columns: &["messages.content", "messages.speaker"],
        row: "id",
        profile: "(SELECT s.profile_id FROM sessions s WHERE s.id = session_id)",
    },
    SealedTable {
        columns: &["message_embeddings.vector"],
        row: "message_id",
        profile: "(SELECT s.profile_id FROM messages m JOIN sessions s ON s.id = m.session_id WHERE m.id = message_id)",
    },
    SealedTable {
        columns: &["memories.content", "memories.tags", "memories.entities", "memories.attribute"],
        row: "id",
        profile: "profile_id",
    },
    SealedTable {
        columns: &["memory_embeddings.vector"],
        row: "memory_id",
        profile: "(SELECT m.profile_id FROM memories m WHERE m.id = memory_id)",
    },
    SealedTable {
        columns: &["memory_history.evidence", "memory_history.before_state", "memory_history.after_state"],
        row: "id",
        profile: "(SELECT m.profile_id FROM memories m WHERE m.id = memory_id)",
    },
    SealedTable {
        columns: &["session_analytics.analysis"],
        row: "session_id",
        profile: "(SELECT s.profile_id FROM sessions s WHERE s.id = session_id)",
    },
];

/// Seals every row of a database that nobody uses, and makes the keys of its profiles.
pub(crate) async fn seal_rows(path: &Path, key: &EncryptionKey) -> Result<(), StoreError> {
    let keys = ProfileKeys::of(key)?;
    let mut reader = connect(path, Some(key)).await?;
    let mut writer = connect(path, Some(key)).await?;
    // With a write-ahead log the one reads what was while the other writes. Nothing of what was is left in freed pages.
    sqlx::raw_sql("PRAGMA journal_mode = WAL; PRAGMA secure_delete = ON").execute(&mut writer).await?;
    for profile in profiles::all_ids(&mut reader).await? {
        keys.ensure(profile)?;
    }
    for table in &SEALED {
        for &column in table.columns {
            sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut writer).await?;
            seal_column(&mut reader, &mut writer, &keys, table, column).await?;
            sqlx::raw_sql("COMMIT").execute(&mut writer).await?;
        }
    }
    reader.close().await?;
    // Everything into the one file, without a log beside it.
    sqlx::raw_sql("PRAGMA journal_mode = DELETE").execute(&mut writer).await?;
    writer.close().await?;
    Ok(())
}

async fn seal_column(
    reader: &mut Connection,
    writer: &mut Connection,
    keys: &ProfileKeys,
    table: &SealedTable,
    column: &'static str,
) -> Result<(), StoreError> {
    let SealedTable { row, profile, .. } = table;
    let (name, field) = column.split_once('.').unwrap_or((column, column));
    let all =
        AssertSqlSafe(format!("SELECT {row}, {profile}, {field} FROM {name} WHERE {field} IS NOT NULL"));
    // A memory may have vectors of several models under one key: a row is found by its value, too.
    let one = format!("UPDATE {name} SET {field} = $3 WHERE {row} = $1 AND {field} = $2");
    let mut rows = sqlx::query_as::<_, (Uuid, Uuid, Stored)>(all).fetch(reader);
    while let Some((row, profile, stored)) = rows.try_next().await? {
        let (was, value) = match stored {
            // A vector without numbers: it was not made yet, or is none.
            Stored::Sealed(bytes) if bytes.is_empty() => continue,
            Stored::Sealed(bytes) => (Cell::Sealed(bytes.clone()), bytes),
            Stored::Plain(text) => (Cell::Made(text.clone()), text.into_bytes()),
        };
        let sealed = keys.seal(ProfileId(profile), Place { column, row }, &value)?;
        sqlx::query(AssertSqlSafe(one.as_str()))
            .bind(row)
            .bind(was)
            .bind(sealed)
            .execute(&mut *writer)
            .await?;
    }
    Ok(())
}
