//! What programs are told of providers.

use casework::words::Channel;
use chrono::{DateTime, NaiveDate, Utc};
use platform::store::GatewaySpent;
use serde::Serialize;

/// A provider with what went out by it.
#[derive(Serialize)]
pub(crate) struct Gateway {
    name: String,
    channel: Channel,
    /// When a notifier last had its description.
    seen_at: DateTime<Utc>,
    /// Since when it answers nothing; null while it answers.
    away_since: Option<DateTime<Utc>>,
    away_why: Option<String>,
    /// Taken by it since midnight in the county, and since the first of the month.
    today: i64,
    month: i64,
    /// Of the month's tries: a receipt says that they arrived; refused, a receipt says no, or none came in time.
    arrived: i64,
    failed: i64,
    /// There are more tries than are counted.
    cut: bool,
    /// At the pace of the last thirty days.
    per_day: f64,
    price_yuan: Option<f64>,
    /// Null without a price.
    month_yuan: Option<f64>,
    rest_of_month_yuan: Option<f64>,
    quota: Option<i64>,
    /// Null: so many in each calendar month.
    quota_from: Option<NaiveDate>,
    quota_left: Option<i64>,
    /// Null: not before the month ends, or at no pace.
    quota_ends: Option<DateTime<Utc>>,
    quota_short: bool,
}

impl From<GatewaySpent> for Gateway {
    fn from(spent: GatewaySpent) -> Self {
        let GatewaySpent { gateway, outlook, .. } = spent;
        let state = gateway.state;
        #[expect(clippy::cast_precision_loss, reason = "counts of messages stay far below 2^52")]
        let month_yuan = state.price_yuan.map(|price| spent.month as f64 * price);
        Self {
            name: state.name,
            channel: state.channel,
            seen_at: gateway.seen_at,
            away_since: state.away.as_ref().map(|(since, _)| *since),
            away_why: state.away.map(|(_, why)| why),
            today: spent.today,
            month: spent.month,
            arrived: spent.arrived,
            failed: spent.failed,
            cut: spent.cut,
            per_day: outlook.per_day,
            price_yuan: state.price_yuan,
            month_yuan,
            rest_of_month_yuan: state.price_yuan.map(|price| outlook.rest_of_month * price),
            quota: state.quota.map(|quota| quota.count),
            quota_from: state.quota.and_then(|quota| quota.from),
            quota_left: outlook.left,
            quota_ends: outlook.ends,
            quota_short: outlook.short,
        }
    }
}
