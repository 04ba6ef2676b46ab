//! How a provider stands: written by the notifier, which has its description.

use casework::{spending::Quota, words::Channel};
use chrono::{DateTime, NaiveDate, Utc};

use crate::store::{Notifier, Store, StoreError, Word};

/// A provider as the notifier describes it and finds it.
#[derive(Clone, Debug, PartialEq)]
pub struct StateOfGateway {
    /// As its description is called.
    pub name: String,
    /// By message or by voice.
    pub channel: Channel,
    /// Price of one, in yuan.
    pub price_yuan: Option<f64>,
    /// What was bought.
    pub quota: Option<Quota>,
    /// Since when it answers nothing, and its last words, without numbers.
    pub away: Option<(DateTime<Utc>, String)>,
}

/// What a notifier last said of a provider.
#[derive(Clone, Debug, PartialEq)]
pub struct GatewayState {
    /// As described and found.
    pub state: StateOfGateway,
    /// When that was.
    pub seen_at: DateTime<Utc>,
}

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    name: String,
    channel: Word<Channel>,
    price_yuan: Option<f64>,
    quota: Option<i64>,
    quota_from: Option<NaiveDate>,
    warn_below: Option<i64>,
    seen_at: DateTime<Utc>,
    away_since: Option<DateTime<Utc>>,
    away_why: Option<String>,
}

/// Those that a notifier described within this time are shown.
pub(super) const KNOWN: chrono::TimeDelta = chrono::TimeDelta::days(31);

impl From<Row> for GatewayState {
    fn from(row: Row) -> Self {
        let quota = row.quota.map(|count| Quota {
            count,
            from: row.quota_from,
            warn_below: row.warn_below.unwrap_or(0),
        });
        Self {
            state: StateOfGateway {
                name: row.name,
                channel: row.channel.0,
                price_yuan: row.price_yuan,
                quota,
                away: row.away_since.zip(row.away_why),
            },
            seen_at: row.seen_at,
        }
    }
}

impl Store<Notifier> {
    /// Says what providers are described and how they stand. One that is away keeps the time of its beginning, also over a restart
    /// of the notifier.
    pub async fn gateways_set(
        &self,
        county: &str,
        gateways: &[StateOfGateway],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for gateway in gateways {
            sqlx::query(
                "INSERT INTO gateways AS g (county, name, channel, price_yuan, quota, quota_from, warn_below, seen_at, away_since, away_why)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
                 ON CONFLICT (county, name) DO UPDATE SET channel = excluded.channel, price_yuan = excluded.price_yuan,
                     quota = excluded.quota, quota_from = excluded.quota_from, warn_below = excluded.warn_below,
                     seen_at = excluded.seen_at, away_why = excluded.away_why,
                     away_since = CASE WHEN excluded.away_since IS NOT NULL THEN coalesce(g.away_since, excluded.away_since) END",
            )
            .bind(county)
            .bind(&gateway.name)
            .bind(gateway.channel.as_str())
            .bind(gateway.price_yuan)
            .bind(gateway.quota.map(|quota| quota.count))
            .bind(gateway.quota.and_then(|quota| quota.from))
            .bind(gateway.quota.map(|quota| quota.warn_below))
            .bind(now)
            .bind(gateway.away.as_ref().map(|(since, _)| since))
            .bind(gateway.away.as_ref().map(|(_, why)| why))
            .execute(&self.pool)
            .await?;
        }
        Ok(())
    }
}
