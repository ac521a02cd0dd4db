//! A database that is there already becomes an encrypted one, or gets another key: a copy is made beside it, compared
//! with it row by row, and put in its place; then what was there is overwritten.

use std::fs::File;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, Row as _};

use crate::encryption::{overwrite, sync_folder, unlock, unreadable};
use crate::pool::Connection;
use crate::profile_keys::ProfileKeys;
use crate::sealed_rows::seal_rows;
use crate::{DatabaseForm, EncryptionKey, StoreError, profiles};

/// What is to be done to a database so that it has a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EncryptionPlan {
    /// There is no database: it is made with the key.
    Absent,
    /// It has the key.
    Done,
    /// It is plain and has so many bytes.
    Encrypt { bytes: u64 },
    /// It has another key and so many bytes.
    ChangeKey { bytes: u64 },
}

/// Looks at a database and the keys, and changes nothing. `old` is the key that the database has, if it has one.
pub async fn plan_encryption(
    path: &Path,
    old: Option<&EncryptionKey>,
    key: &EncryptionKey,
) -> Result<EncryptionPlan, StoreError> {
    let refused = |reason: &str| {
        Err(StoreError::Unreadable { path: path.display().to_string(), reason: reason.to_owned() })
    };
    let form = DatabaseForm::of(path).map_err(|error| failed(path, &error))?;
    if form == DatabaseForm::Absent {
        return Ok(EncryptionPlan::Absent);
    }
    let bytes = std::fs::metadata(path).map_err(|error| failed(path, &error))?.len();
    match (form, old) {
        (DatabaseForm::Plain, Some(_)) => {
            refused("it is not encrypted, so it has no old key: leave that out")
        }
        (DatabaseForm::Plain, None) => {
            try_key(path, None).await?;
            Ok(EncryptionPlan::Encrypt { bytes })
        }
        (_, Some(old)) if try_key(path, Some(key)).await.is_err() => {
            try_key(path, Some(old)).await?;
            Ok(EncryptionPlan::ChangeKey { bytes })
        }
        _ => {
            try_key(path, Some(key)).await?;
            Ok(EncryptionPlan::Done)
        }
    }
}

/// Encrypts a plain database, or one with the key `old`. Nobody else may use it, and none can while this runs. Whenever it
/// is interrupted, the database is the old one or the new one, whole.
pub async fn encrypt_database(
    path: &Path,
    old: Option<&EncryptionKey>,
    key: &EncryptionKey,
) -> Result<(), StoreError> {
    let failed = |error: std::io::Error| failed(path, &error);
    let copy = beside(path, ".encrypting");
    remove_copy(&copy).map_err(failed)?;
    // Opened by their names as long as they have them, to be overwritten in the end. SQLite's locks are of the process and
    // the file: these handles must not be closed before its connection is.
    let replaced = [path.to_owned(), beside(path, "-wal")]
        .into_iter()
        .filter_map(|path| File::options().write(true).open(path).ok().map(|file| (file.metadata(), file)))
        .map(|(metadata, file)| Ok((metadata?.len(), file)))
        .collect::<Result<Vec<_>, std::io::Error>>()
        .map_err(failed)?;
    let mut connection = connect(path, old).await?;
    let done = async {
        take_alone(&mut connection, path).await?;
        write_copy(&mut connection, path, &copy, key).await?;
        match old {
            None => seal_rows(&copy, key).await?,
            Some(old) => take_keys_over(&copy, old, key).await?,
        }
        try_key(&copy, Some(key)).await?;
        put_in_place(&copy, path).map_err(failed)
    }
    .await;
    // It wrote nothing that is not on disk by now, so it cannot fail in a way that matters.
    let _ = connection.close().await;
    if let Err(error) = done {
        let _ = remove_copy(&copy);
        return Err(error);
    }
    for (bytes, file) in replaced {
        overwrite(file, bytes).map_err(failed)?;
    }
    match old {
        None => Ok(()),
        Some(old) => forget_old_key(path, old, key).await,
    }
}

/// The keys of the profiles, wrapped by the new key of the database beside the old one.
async fn take_keys_over(copy: &Path, old: &EncryptionKey, key: &EncryptionKey) -> Result<(), StoreError> {
    let (from, to) = (ProfileKeys::of(old)?, ProfileKeys::of(key)?);
    let mut connection = connect(copy, Some(key)).await?;
    let profiles = profiles::all_ids(&mut connection).await?;
    connection.close().await?;
    profiles.into_iter().try_for_each(|profile| to.take_over(profile, &from))
}

/// Destroys the keys of the profiles as the old key of the database wrapped them. `key` is the one that it has now.
pub async fn forget_old_key(path: &Path, old: &EncryptionKey, key: &EncryptionKey) -> Result<(), StoreError> {
    if old.is(key) {
        return Ok(());
    }
    take_keys_over(path, old, key).await?;
    let keys = ProfileKeys::of(old)?;
    let mut connection = connect(path, Some(key)).await?;
    let profiles = profiles::all_ids(&mut connection).await?;
    connection.close().await?;
    profiles.into_iter().try_for_each(|profile| keys.destroy(profile))?;
    keys.remove_folder();
    Ok(())
}

/// Opens a database as it is.
pub(crate) async fn connect(path: &Path, key: Option<&EncryptionKey>) -> Result<Connection, StoreError> {
    let failed = |error| unreadable(path, key, &error);
    // Who uses the database for a moment, such as a command, is waited for.
    let options = SqliteConnectOptions::new().filename(path).busy_timeout(Duration::from_secs(1));
    let mut connection = options.connect().await.map_err(failed)?;
    if let Some(key) = key {
        unlock(&mut connection, key).await.map_err(failed)?;
    }
    Ok(connection)
}

/// Whether the key opens the database.
async fn try_key(path: &Path, key: Option<&EncryptionKey>) -> Result<(), StoreError> {
    let mut connection = connect(path, key).await?;
    let read = sqlx::query("PRAGMA schema_version").fetch_one(&mut connection).await;
    let read = read.map_err(|error| unreadable(path, key, &error));
    let _ = connection.close().await;
    read.map(|_| ())
}

/// Keeps everybody else out of the database, and moves what its write-ahead log holds into it: a log that stayed would be
/// taken for one of the file that comes in its place.
async fn take_alone(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    sqlx::query("PRAGMA locking_mode = EXCLUSIVE").execute(&mut *connection).await?;
    let mode =
        sqlx::query_scalar::<_, String>("PRAGMA journal_mode = DELETE").fetch_one(&mut *connection).await;
    // A lock is taken by the first access: by this one, and kept.
    let locked = sqlx::raw_sql("BEGIN EXCLUSIVE; COMMIT").execute(&mut *connection).await;
    match (mode, locked) {
        (Ok(mode), Ok(_)) if mode == "delete" => Ok(()),
        _ => Err(StoreError::Unreadable {
            path: path.display().to_string(),
            reason: "another process uses it: let it end first".to_owned(),
        }),
    }
}

async fn write_copy(
    connection: &mut Connection,
    path: &Path,
    copy: &Path,
    key: &EncryptionKey,
) -> Result<(), StoreError> {
    // There before SQLite opens it, so that it is nobody else's from its first byte.
    let made = File::options().write(true).create_new(true).mode(0o600).open(copy);
    made.map_err(|error| failed(path, &error))?;
    // Bound, not written into the statement: what is bound is in no log.
    sqlx::query("ATTACH DATABASE $1 AS encrypted KEY $2")
        .bind(copy.display().to_string())
        .bind(key.literal().to_string())
        .execute(&mut *connection)
        .await?;
    sqlx::query("SELECT sqlcipher_export('encrypted')").fetch_all(&mut *connection).await?;
    let (tables, copied) = (tables(connection, "main").await?, tables(connection, "encrypted").await?);
    let mut is_equal = tables == copied;
    for table in &tables {
        is_equal = is_equal && is_copied(connection, table).await?;
    }
    sqlx::query("DETACH DATABASE encrypted").execute(&mut *connection).await?;
    if is_equal {
        return Ok(());
    }
    let reason = "its encrypted copy is not equal to it; nothing was changed".to_owned();
    Err(StoreError::Unreadable { path: path.display().to_string(), reason })
}

async fn tables(connection: &mut Connection, schema: &str) -> Result<Vec<String>, StoreError> {
    let statement = format!(
        "SELECT name FROM {schema}.sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY name"
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(connection).await?)
}

/// Whether the copy of a table has as many rows, and every one of the table.
async fn is_copied(connection: &mut Connection, table: &str) -> Result<bool, StoreError> {
    let columns = sqlx::query(AssertSqlSafe(format!("PRAGMA main.table_info([{table}])")))
        .fetch_all(&mut *connection)
        .await?;
    let mut equal = Vec::with_capacity(columns.len());
    for column in &columns {
        let (name, key): (&str, i64) = (column.try_get("name")?, column.try_get("pk")?);
        // `=` finds a row by its key; what may be NULL is compared by `IS`.
        equal.push(format!("theirs.[{name}] {} ours.[{name}]", if key > 0 { "=" } else { "IS" }));
    }
    let statement = format!(
        "SELECT (SELECT COUNT(*) FROM main.[{table}]) = (SELECT COUNT(*) FROM encrypted.[{table}])
            AND NOT EXISTS (SELECT 1 FROM main.[{table}] ours WHERE NOT EXISTS
                (SELECT 1 FROM encrypted.[{table}] theirs WHERE {}))",
        equal.join(" AND ")
    );
    Ok(sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(connection).await?)
}

/// After this the copy is the database, also if the power fails.
fn put_in_place(copy: &Path, path: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(copy, std::fs::metadata(path)?.permissions())?;
    File::open(copy)?.sync_all()?;
    std::fs::rename(copy, path)?;
    sync_folder(path)
}

fn remove_copy(copy: &Path) -> std::io::Result<()> {
    for ending in ["", "-journal", "-wal", "-shm"] {
        match std::fs::remove_file(beside(copy, ending)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

fn failed(path: &Path, error: &std::io::Error) -> StoreError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        return StoreError::DiskFull;
    }
    StoreError::Unreadable { path: path.display().to_string(), reason: error.to_string() }
}
