//! One mail to the office and to each administrator when what was bought of a provider ends, and no more than one a week of each provider.

use casework::{calendar::shanghai, roster::day_of, words::Urgency};
use chrono::{DateTime, Datelike, TimeDelta, Utc};

use super::spent::{GatewaySpent, spent};
use crate::{
    store::{AccountId, Router, Said, Store, StoreError, Subject, SubjectNotice, To, notices::subject::subject_notice},
    text::Lang,
};

/// What nobody buys is told again after so long.
const AGAIN: TimeDelta = TimeDelta::days(7);

impl Store<Router> {
    /// Queues the mails about quotas that end, where one has come nearer than a week or below its rest. How many.
    pub async fn gateways_warn(&self, county: &str, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let mut short = spent(&self.pool, county, now).await?;
        short.retain(|spent| spent.outlook.short);
        if short.is_empty() {
            return Ok(0);
        }
        let names: Vec<&str> = short.iter().map(|spent| spent.gateway.state.name.as_str()).collect();
        let mut tx = self.pool.begin().await?;
        // Whoever comes second finds it told already.
        let told: Vec<String> = sqlx::query_scalar(
            "UPDATE gateways SET warned_at = $3
             WHERE county = $1 AND name = ANY ($2) AND (warned_at IS NULL OR warned_at <= $4) RETURNING name",
        )
        .bind(county)
        .bind(&names)
        .bind(now)
        .bind(now - AGAIN)
        .fetch_all(&mut *tx)
        .await?;
        short.retain(|spent| told.contains(&spent.gateway.state.name));
        if short.is_empty() {
            return Ok(0);
        }
        let administrators: Vec<(String, AccountId)> = sqlx::query_as(
            "SELECT min(m.unit), a.id FROM memberships m JOIN accounts a ON a.id = m.account_id
             WHERE m.county = $1 AND m.role = 'admin' AND m.ended_at IS NULL AND a.disabled_at IS NULL GROUP BY a.id ORDER BY a.id",
        )
        .bind(county)
        .fetch_all(&mut *tx)
        .await?;
        let mut recipients = vec![To::Office];
        recipients.extend(administrators.iter().map(|(unit, account)| To::Person(unit, *account)));
        let mut mails = 0;
        for to in recipients {
            let notice = SubjectNotice {
                county,
                subject: Subject::GatewayQuota(day(now)),
                // Two providers may come near their end on one day.
                round: now.timestamp(),
                to,
                urgency: Urgency::P2,
                drill: false,
                said: Said {
                    gateways: short.iter().map(line).collect(),
                    ..Said::default()
                },
                at: now,
            };
            mails += subject_notice(&mut tx, &notice).await?;
        }
        tx.commit().await?;
        Ok(mails)
    }
}

/// One provider in the mail.
fn line(spent: &GatewaySpent) -> String {
    let state = &spent.gateway.state;
    let left = spent.outlook.left.unwrap_or(0).max(0).to_string();
    let key = match spent.outlook.ends {
        _ if spent.outlook.left.is_some_and(|left| left <= 0) => "gateways.mail-over",
        Some(_) => "gateways.mail-ends",
        None => "gateways.mail-below",
    };
    let ends = spent.outlook.ends.map_or_else(String::new, |ends| {
        ends.with_timezone(&shanghai()).format("%Y-%m-%d").to_string()
    });
    Lang::Zh.fill(key, &[("name", &state.name), ("left", &left), ("ends", &ends)])
}

/// The day as a number, as other mails of a day have it.
fn day(now: DateTime<Utc>) -> i32 {
    let day = day_of(now);
    day.year() * 10_000 + i32::try_from(day.month() * 100 + day.day()).unwrap_or(0)
}
