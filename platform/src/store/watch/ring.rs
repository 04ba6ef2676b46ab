//! Who of several watchers rings, and when it is well again.

use chrono::{DateTime, TimeDelta, Utc};

use crate::store::{Store, StoreError, Watches};

casework::words! {
    /// What the office is rung about.
    WatchAbout {
        /// The router is silent or late.
        Router = "router",
        /// The notifier is.
        Notifier = "notifier",
        /// PostgreSQL can't be reached.
        Database = "database",
    }
}

/// An outage that is rung about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Episode {
    /// Which, from 1.
    pub episode: i32,
    /// Which of its rings, from 1.
    pub rings: i32,
}

impl<L: Watches> Store<L> {
    /// Whether to ring now: the one watcher that is told so does. None: another one rang within `again`.
    pub async fn watch_ring(
        &self,
        county: &str,
        about: WatchAbout,
        (since, now): (DateTime<Utc>, DateTime<Utc>),
        again: TimeDelta,
    ) -> Result<Option<Episode>, StoreError> {
        let episode = sqlx::query_as(
            "INSERT INTO watch_rings AS w (county, about, episode, began_at, rung_at, rings) VALUES ($1, $2, 1, $3, $4, 1)
             ON CONFLICT (county, about) DO UPDATE
                 SET episode = CASE WHEN w.well_at IS NULL THEN w.episode ELSE w.episode + 1 END,
                     rings = CASE WHEN w.well_at IS NULL THEN w.rings + 1 ELSE 1 END,
                     began_at = CASE WHEN w.well_at IS NULL THEN w.began_at ELSE excluded.began_at END,
                     rung_at = excluded.rung_at, well_at = NULL
                 WHERE w.well_at IS NOT NULL OR w.rung_at <= $5
             RETURNING episode, rings",
        )
        .bind(county)
        .bind(about.as_str())
        .bind(since.min(now))
        .bind(now)
        .bind(now - again)
        .fetch_optional(&self.pool)
        .await?;
        Ok(episode)
    }

    /// It is well again. The episode, for the one watcher that says so; none: another one did, or nobody was rung.
    pub async fn watch_well(
        &self,
        county: &str,
        about: WatchAbout,
        now: DateTime<Utc>,
    ) -> Result<Option<i32>, StoreError> {
        let episode = sqlx::query_scalar(
            "UPDATE watch_rings SET well_at = greatest($3, rung_at) WHERE county = $1 AND about = $2 AND well_at IS NULL RETURNING episode",
        );
        Ok(episode
            .bind(county)
            .bind(about.as_str())
            .bind(now)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// The database is back after `episode`, in which each watcher rang by itself, `rings` times. Whether this one says so: the
    /// first that comes.
    pub async fn watch_back(
        &self,
        county: &str,
        (since, now): (DateTime<Utc>, DateTime<Utc>),
        Episode { episode, rings }: Episode,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "INSERT INTO watch_rings AS w (county, about, episode, began_at, rung_at, rings, well_at) VALUES ($1, 'database', $2, $3, $4, $5, $4)
             ON CONFLICT (county, about) DO UPDATE
                 SET episode = excluded.episode, began_at = excluded.began_at, rung_at = excluded.rung_at, rings = excluded.rings,
                     well_at = excluded.well_at
                 WHERE w.episode < excluded.episode",
        )
        .bind(county)
        .bind(episode)
        .bind(since.min(now))
        .bind(now)
        .bind(rings)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }
}
