//! How the server did: a sample a minute, kept 30 days, fewer with age.

use domain::Timestamp;

use crate::codec::{micros, time};
use crate::{Store, StoreError};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// From this age on one sample in so many minutes stays: every tenth after two days, one an hour after a week.
const THINNED: [(i64, i64); 2] = [(2 * DAY, 10 * MINUTE), (7 * DAY, 60 * MINUTE)];
const KEPT: i64 = 30 * DAY;

impl Store {
    /// Stores a sample, which is JSON, and thins those that have aged.
    pub async fn insert_metrics_sample(&self, at: Timestamp, sample: String) -> Result<(), StoreError> {
        let at = micros(at);
        self.write_ahead(move |connection| {
            Box::pin(async move {
                sqlx::query("INSERT INTO metrics_samples (at, sample) VALUES ($1, $2) ON CONFLICT (at) DO NOTHING")
                    .bind(at)
                    .bind(sample)
                    .execute(&mut *connection)
                    .await?;
                sqlx::query("DELETE FROM metrics_samples WHERE at < $1")
                    .bind(at - KEPT)
                    .execute(&mut *connection)
                    .await?;
                for (age, every) in THINNED {
                    // Those that have just come of that age: the older ones were thinned before.
                    sqlx::query(
                        "DELETE FROM metrics_samples WHERE at >= $1 AND at < $2 AND at / $3 = (
                             SELECT MAX(earlier.at) / $3 FROM metrics_samples earlier WHERE earlier.at < metrics_samples.at)",
                    )
                    .bind(at - age - 2 * 60 * MINUTE)
                    .bind(at - age)
                    .bind(every)
                    .execute(&mut *connection)
                    .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// The samples from `from` until before `until`, oldest first, at most `limit` of the newest.
    pub async fn list_metrics_samples(
        &self,
        from: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<(Timestamp, String)>, StoreError> {
        let mut rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT at, sample FROM metrics_samples WHERE at >= $1 AND at < $2 ORDER BY at DESC LIMIT $3",
        )
        .bind(micros(from))
        .bind(micros(until))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.reverse();
        Ok(rows.into_iter().map(|(at, sample)| (time(at), sample)).collect())
    }
}
