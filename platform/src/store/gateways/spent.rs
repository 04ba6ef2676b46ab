//! What went out by each provider, for the page of the bill and the warning before a quota ends.

use casework::{
    roster::day_of,
    spending::{self, Outlook, PACE_DAYS, Sent},
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgExecutor;

use super::state::{GatewayState, KNOWN, Row as StateRow};
use crate::store::{Board, Store, StoreError};

/// Tries of a provider that are counted; what is older than so many is left out, and the page says so.
const COUNTED: i64 = 100_000;

/// What a provider took.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewaySpent {
    /// Its description, and how it stands.
    pub gateway: GatewayState,
    /// What it took since midnight in the county.
    pub today: i64,
    /// What it took since the first of the month.
    pub month: i64,
    /// Of the month's tries those whose receipt says that they arrived.
    pub arrived: i64,
    /// Of the month's tries those that it refused, whose receipt says no, or of which none came in time.
    pub failed: i64,
    /// What is to be expected.
    pub outlook: Outlook,
    /// There are more tries than are counted.
    pub cut: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    state: StateRow,
    counted: i64,
    today: i64,
    month: i64,
    arrived: i64,
    failed: i64,
    lately: i64,
    first_at: Option<DateTime<Utc>>,
    of_quota: i64,
}

impl Store<Board> {
    /// What went out by each provider, in the order of channels and names.
    pub async fn gateways_spent(&self, county: &str, now: DateTime<Utc>) -> Result<Vec<GatewaySpent>, StoreError> {
        spent(&self.pool, county, now).await
    }
}

/// The same for whoever may read it.
pub(super) async fn spent(
    connection: impl PgExecutor<'_>,
    county: &str,
    now: DateTime<Utc>,
) -> Result<Vec<GatewaySpent>, StoreError> {
    let rows: Vec<Row> = sqlx::query_as(include_str!("spent.sql"))
        .bind(county)
        .bind(now)
        .bind(spending::day_start(day_of(now)))
        .bind(spending::month(now).0)
        .bind(now - TimeDelta::days(PACE_DAYS))
        .bind(now - KNOWN)
        .bind(COUNTED)
        .persistent(false)
        .fetch_all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| row.said(now)).collect())
}

impl Row {
    fn said(self, now: DateTime<Utc>) -> GatewaySpent {
        let gateway = GatewayState::from(self.state);
        let sent = Sent {
            lately: self.lately,
            first_at: self.first_at,
            of_quota: self.of_quota,
        };
        GatewaySpent {
            outlook: spending::outlook(sent, gateway.state.quota, now),
            gateway,
            today: self.today,
            month: self.month,
            arrived: self.arrived,
            failed: self.failed,
            cut: self.counted >= COUNTED,
        }
    }
}
