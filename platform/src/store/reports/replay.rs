//! The facts of the newest reports of a county, for a replay.
//!
//! Reports have no index on the time they came in, and the accepting statement should not pay for one. It is not needed:
//! an id begins with the day of its report (`platform::receipt`), so walking the primary key backwards gives the days in
//! order, and only within the oldest day the time decides who still belongs to the newest N. First the ids are listed, which
//! is a few bytes each, then their facts are read page by page; no statement lasts long.

use chrono::{DateTime, Utc};

use crate::receipt::ReportId;
use crate::store::{ReadsFacts, Store, StoreError};

/// Ids of one listing query.
const LISTED: i64 = 20_000;

/// A report that can be replayed: its id and when it came in.
pub type ReplayKey = (ReportId, DateTime<Utc>);

/// A report with its facts, unparsed: reading 100,000 of them is work for more than one thread.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReplayFacts {
    /// Id.
    pub report_id: ReportId,
    /// JSON.
    pub facts: String,
}

impl<L: ReadsFacts> Store<L> {
    /// The newest `count` reports of a county, the newest first; drills are left out.
    pub async fn replay_keys(&self, county: &str, count: u32) -> Result<Vec<ReplayKey>, StoreError> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let mut keys: Vec<ReplayKey> = Vec::new();
        let mut below = ReportId::MAX;
        loop {
            // Where there are enough, only the rest of the oldest day is still of interest.
            let oldest = keys.get(count.saturating_sub(1)).map(|(id, _)| id.day_begin());
            let page: Vec<ReplayKey> = sqlx::query_as(
                "SELECT id, received_at FROM reports WHERE id < $1 AND id >= $2 AND county = $3 AND NOT drill
                 ORDER BY id DESC LIMIT $4",
            )
            .bind(below)
            .bind(oldest.unwrap_or(ReportId::MIN))
            .bind(county)
            .bind(LISTED)
            .fetch_all(&self.pool)
            .await?;
            let Some((last, _)) = page.last() else {
                break;
            };
            below = *last;
            keys.extend(page);
        }
        keys.sort_unstable_by_key(|(id, at)| (std::cmp::Reverse(*at), *id));
        keys.truncate(count);
        Ok(keys)
    }

    /// The facts of some reports, in no order.
    pub async fn replay_facts(&self, ids: &[ReportId]) -> Result<Vec<ReplayFacts>, StoreError> {
        Ok(
            sqlx::query_as("SELECT report_id, facts::text AS facts FROM report_facts WHERE report_id = ANY($1)")
                .bind(ids)
                .fetch_all(&self.pool)
                .await?,
        )
    }
}
