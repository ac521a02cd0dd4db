//! Statements that are sent to the database's thread together, since none needs another's answer: the way there and back
//! costs more than most of them.

use sqlx::{AssertSqlSafe, Execute as _, QueryBuilder, Row as _};

use crate::StoreError;
use crate::error::is_unique_violation;
use crate::pool::{Connection, Db};

/// Statements one after the other, each with its parameters in order.
#[derive(Default)]
pub(crate) struct Script {
    statements: QueryBuilder<Db>,
    is_begun: bool,
}

impl Script {
    /// Begins another statement.
    pub(crate) fn then(&mut self, beginning: &str) -> &mut QueryBuilder<Db> {
        if std::mem::replace(&mut self.is_begun, true) {
            self.statements.push("; ");
        }
        self.statements.push(beginning)
    }

    /// Runs them in order, up to the first that fails. Returns how many rows they changed.
    pub(crate) async fn run(mut self, connection: &mut Connection) -> Result<u64, StoreError> {
        if !self.is_begun {
            return Ok(0);
        }
        let done = self.statements.build().execute(connection).await.map_err(failed)?;
        Ok(done.rows_affected())
    }

    /// Runs them behind `before`, on the same way, and gives the first number that one of them returns.
    pub(crate) async fn run_behind(
        mut self,
        before: &str,
        connection: &mut Connection,
    ) -> Result<Option<i64>, StoreError> {
        let mut statements = self.statements.build();
        let arguments = statements.take_arguments().map_err(sqlx::Error::Encode)?;
        let text = format!("{before}; {}", statements.sql().as_str());
        let statements = sqlx::query_with(AssertSqlSafe(text), arguments.unwrap_or_default());
        let row = statements.fetch_optional(connection).await.map_err(failed)?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}

/// Rows of conversations hang on their session: without it they have no place any more.
fn failed(error: sqlx::Error) -> StoreError {
    if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation) {
        StoreError::NotFound("session")
    } else if is_unique_violation(&error) {
        StoreError::Conflict("it exists already")
    } else {
        error.into()
    }
}
