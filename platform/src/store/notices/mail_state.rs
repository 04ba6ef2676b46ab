//! Whether the county's mail goes out: written by the notifier, read by the board.

use chrono::{DateTime, Utc};

use crate::store::{Board, Notifier, Store, StoreError};

/// A mail server that takes nothing from us.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Blocked {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Where it refuses: `connect`, `auth`, `envelope` …
    pub phase: String,
    /// Its words, without addresses.
    pub answer: String,
    /// Login, relaying or encryption: waiting does not mend it.
    pub ours: bool,
}

/// What the notifier last said, and what waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailState {
    /// When a notifier last said so.
    pub seen_at: DateTime<Utc>,
    /// Set while no mail goes out.
    pub blocked: Option<Blocked>,
}

#[derive(sqlx::FromRow)]
struct Row {
    seen_at: DateTime<Utc>,
    blocked_since: Option<DateTime<Utc>>,
    phase: Option<String>,
    answer: Option<String>,
    ours: bool,
}

impl Store<Notifier> {
    /// Says that the notifier lives, and how it found the mail server. A block keeps the time of its beginning, also over a
    /// restart of the notifier.
    pub async fn mail_state_set(
        &self,
        county: &str,
        now: DateTime<Utc>,
        blocked: Option<&Blocked>,
    ) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO mail_state AS s (county, seen_at, blocked_since, phase, answer, ours) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (county) DO UPDATE SET seen_at = excluded.seen_at, phase = excluded.phase, answer = excluded.answer,
                 ours = excluded.ours,
                 blocked_since = CASE WHEN excluded.blocked_since IS NOT NULL THEN coalesce(s.blocked_since, excluded.blocked_since) END",
        )
        .bind(county)
        .bind(now)
        .bind(blocked.map(|b| b.since))
        .bind(blocked.map(|b| &b.phase))
        .bind(blocked.map(|b| &b.answer))
        .bind(blocked.is_some_and(|b| b.ours))
        .execute(&self.pool)
        .await?;
        Ok(())
    }
}

impl Store<Board> {
    /// What the notifier last said; `None` when none ever ran.
    pub async fn mail_state(&self, county: &str) -> Result<Option<MailState>, StoreError> {
        let row: Option<Row> =
            sqlx::query_as("SELECT seen_at, blocked_since, phase, answer, ours FROM mail_state WHERE county = $1")
                .bind(county)
                .fetch_optional(&self.pool)
                .await?;
        Ok(row.map(|row| MailState {
            seen_at: row.seen_at,
            blocked: row.blocked_since.map(|since| Blocked {
                since,
                phase: row.phase.unwrap_or_default(),
                answer: row.answer.unwrap_or_default(),
                ours: row.ours,
            }),
        }))
    }
}
