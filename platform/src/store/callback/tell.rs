//! The office is told by mail that reporters wait for a call.

use casework::calendar::shanghai;
use casework::words::Urgency;
use chrono::{DateTime, Datelike, Timelike, Utc};

use super::cases::waiting;
use crate::store::{Router, Said, Store, StoreError, Subject, SubjectNotice, To};

/// Not before this hour in the county: nobody calls reporters at night.
const FROM_HOUR: u32 = 8;

/// A count stops here.
const MOST: i64 = 1000;

impl Store<Router> {
    /// Queues the day's mail about call-backs, if some wait: one a day, from eight o'clock on. Answers whether it did.
    pub async fn callbacks_tell(&self, county: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let local = now.with_timezone(&shanghai());
        if local.hour() < FROM_HOUR {
            return Ok(false);
        }
        let day = local.year() * 10_000 + i32::try_from(local.month() * 100 + local.day()).unwrap_or(0);
        let told: bool = sqlx::query_scalar(
            "SELECT EXISTS (SELECT FROM units u JOIN notices n ON n.dedup = concat_ws(':', 'callbacks-due', $1::text, $2::bigint, 0, u.code)
                WHERE u.county = $1 AND u.kind = 'office')",
        )
        .bind(county)
        .bind(i64::from(day))
        .fetch_one(&self.pool)
        .await?;
        if told {
            return Ok(false);
        }
        let count = waiting(&self.pool, county, now, MOST).await?;
        if count == 0 {
            return Ok(false);
        }
        let notice = SubjectNotice {
            county,
            subject: Subject::CallbacksDue(day),
            round: 0,
            to: To::Office,
            urgency: Urgency::P3,
            drill: false,
            said: Said {
                count: Some(count),
                ..Said::default()
            },
            at: now,
        };
        Ok(self.subject_notice(&notice).await? > 0)
    }
}
