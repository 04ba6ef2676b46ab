//! Area codes of the county that reports gave and the list of areas does not have. The report went to the township that its
//! first nine digits name; the office sees the code, because a list that is behind has other gaps too.

use casework::county::Unlisted;
use casework::routing::Decision;
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::store::{Board, ReportId, ReportToRoute, Store, StoreError};

/// Codes that are shown; there is no reason for more than a handful.
const SHOWN: i64 = 20;

/// A code with the newest reports that gave it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UnlistedArea {
    /// 12 digits.
    pub code: String,
    /// Code of the township whose first nine digits it has.
    pub township: Option<String>,
    /// How many reports gave it.
    pub reports: i64,
    /// The newest of them, at most five.
    pub receipts: Vec<ReportId>,
    /// When the last one was routed.
    pub last_at: DateTime<Utc>,
}

impl Store<Board> {
    /// Codes that the county's list still does not have, the last used first. A pack with a newer list empties it.
    pub async fn unlisted_areas(&self, county: &str) -> Result<Vec<UnlistedArea>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT code, township, reports, receipts, last_at FROM unlisted_areas u
             WHERE county = $1 AND NOT EXISTS (SELECT FROM areas a WHERE a.county = u.county AND a.code = u.code)
             ORDER BY last_at DESC, code LIMIT $2",
        )
        .bind(county)
        .bind(SHOWN)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }
}

/// Notes the codes of reports in the transaction that routes them, in the order of the codes, so that two routers never wait
/// for each other in a circle. Drills are left out.
pub(in crate::store) async fn note(
    tx: &mut PgTransaction<'_>,
    routed: impl Iterator<Item = (&ReportToRoute, &Decision)>,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let mut found: Vec<(&Unlisted, &ReportToRoute)> = routed
        .filter(|(report, _)| !report.drill)
        .filter_map(|(report, decision)| Some((decision.unlisted.as_ref()?, report)))
        .collect();
    found.sort_unstable_by_key(|(unlisted, report)| (&unlisted.code, report.id));
    for (unlisted, report) in found {
        sqlx::query(
            "INSERT INTO unlisted_areas AS u (county, code, township, reports, receipts, last_at) VALUES ($1, $2, $3, 1, ARRAY[$4], $5)
             ON CONFLICT (county, code) DO UPDATE SET reports = u.reports + 1, township = excluded.township,
                 receipts = (excluded.receipts || u.receipts)[1:5], last_at = greatest(u.last_at, excluded.last_at)",
        )
        .bind(&report.county)
        .bind(&unlisted.code)
        .bind(&unlisted.township)
        .bind(report.id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
