//! That a service lives and does its work, and what the other one sees of it.

use chrono::{DateTime, Utc};

use crate::store::{Board, Store, StoreError, Watches};

casework::words! {
    /// A service that is watched.
    Service {
        /// Turns the clock and rings.
        Router = "router",
        /// Sends mails and makes calls.
        Notifier = "notifier",
    }
}

impl Service {
    /// The one that watches it.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Router => Self::Notifier,
            Self::Notifier => Self::Router,
        }
    }
}

/// The last word of a service. Counts stop at 1,001, which means "more than 1,000".
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Beat {
    /// Whose.
    #[sqlx(try_from = "String")]
    pub service: Service,
    /// When its slowest part last did a whole turn.
    pub beat_at: DateTime<Utc>,
    /// What it had before it then.
    pub considered: i64,
    /// How much of that was due.
    pub due: i64,
    /// The moment of the oldest of these; none: nothing was due.
    pub oldest_due: Option<DateTime<Utc>>,
}

/// What one service sees of the other.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Watched {
    /// Its last beat; none: it never ran.
    pub beat_at: Option<DateTime<Utc>>,
    /// The oldest that is due now and still before it, whatever it says itself.
    pub oldest_due: Option<DateTime<Utc>>,
    /// How often the office was rung about an unreachable database so far.
    pub away_episode: i32,
    /// The office was rung about the other service and was not told that it is well again.
    pub rung: bool,
}

impl<L: Watches> Store<L> {
    /// Says that a service did a whole turn at `ran_at`, and what it has before it. An older word of a second instance changes
    /// nothing.
    pub async fn watch_beat(&self, county: &str, service: Service, ran_at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO watch_beats AS w (county, service, beat_at, considered, due, oldest_due)
             SELECT $1, $2, $3, considered, due, oldest_due FROM watch_due($1, $2, $3)
             ON CONFLICT (county, service) DO UPDATE
                 SET beat_at = excluded.beat_at, considered = excluded.considered, due = excluded.due, oldest_due = excluded.oldest_due
                 WHERE w.beat_at < excluded.beat_at",
        )
        .bind(county)
        .bind(service.as_str())
        .bind(ran_at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Looks at the other service.
    pub async fn watch_look(&self, county: &str, other: Service, now: DateTime<Utc>) -> Result<Watched, StoreError> {
        let watched = sqlx::query_as(
            "SELECT (SELECT beat_at FROM watch_beats WHERE county = $1 AND service = $2) AS beat_at,
                    (SELECT oldest_due FROM watch_due($1, $2, $3)) AS oldest_due,
                    coalesce((SELECT episode FROM watch_rings WHERE county = $1 AND about = 'database'), 0) AS away_episode,
                    EXISTS (SELECT FROM watch_rings WHERE county = $1 AND about = $2 AND well_at IS NULL) AS rung",
        )
        .bind(county)
        .bind(other.as_str())
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        Ok(watched)
    }
}

impl Store<Board> {
    /// The last words of both services, the router's first.
    pub async fn watch_beats(&self, county: &str) -> Result<Vec<Beat>, StoreError> {
        let beats = sqlx::query_as(
            "SELECT service, beat_at, considered, due, oldest_due FROM watch_beats WHERE county = $1 ORDER BY service DESC",
        );
        Ok(beats.bind(county).fetch_all(&self.pool).await?)
    }
}
