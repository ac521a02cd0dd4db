//! What can go wrong in storage, by what the caller can do about it.

use domain::ProfileId;

/// No variant carries a statement's values.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{0} not found")]
    NotFound(&'static str),
    /// A rule of the data forbids it; the sentence says which.
    #[error("{0}")]
    Conflict(&'static str),
    /// The job's lease ran out and somebody else may hold it: nothing was written.
    #[error("the job's lease was lost")]
    LeaseLost,
    #[error("the disk is full: free some space; nothing was lost that had been acknowledged")]
    DiskFull,
    #[error(
        "the database {path} was made by a newer Confidant (migration {version}): use that version, or another data folder"
    )]
    NewerDatabase { path: String, version: i64 },
    #[error("the database {path} cannot be opened: {reason}")]
    Unreadable { path: String, reason: String },
    #[error("the key file of the database, {path}: {reason}")]
    EncryptionKey { path: String, reason: String },
    #[error(
        "the key of profile {profile} {reason}: it was destroyed with the profile, or left behind; its texts cannot be read"
    )]
    ProfileKey { profile: ProfileId, reason: String },
    /// It is no sealed value, or one of another place.
    #[error("a stored {0} is not what was sealed there")]
    Unsealable(&'static str),
    /// The writer has ended: the process is shutting down.
    #[error("the store is closed")]
    Closed,
    /// A stored value is not one this version knows.
    #[error("a stored {0} cannot be read")]
    Corrupt(&'static str),
    #[error("the database failed: {0}")]
    Database(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        const SQLITE_FULL: &str = "13";
        match &error {
            sqlx::Error::PoolClosed => Self::Closed,
            sqlx::Error::Database(database) => {
                if database.code().is_some_and(|code| code == SQLITE_FULL) {
                    Self::DiskFull
                } else {
                    // SQLite's messages name tables and columns, never values.
                    Self::Database(database.message().to_owned())
                }
            }
            _ => Self::Database(error.to_string()),
        }
    }
}

/// Whether `error` came from a UNIQUE rule.
pub(crate) fn is_unique_violation(error: &sqlx::Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
