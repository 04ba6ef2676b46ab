//! The published days off end: from 30 days before on the office is reminded each week, until the next year is there.

use casework::calendar::{Calendar, shanghai};
use casework::words::Urgency;
use chrono::{DateTime, Datelike, Utc};

use crate::store::{Router, Said, Store, StoreError, Subject, SubjectNotice, To};

/// From so many days before the end on.
const AHEAD: i64 = 30;
/// Days between two mails.
const EVERY: i64 = 7;

impl Store<Router> {
    /// Reminds the office where the calendar ends soon, or has ended. The same week again queues nothing.
    pub async fn calendar_remind(
        &self,
        county: &str,
        calendar: &Calendar,
        now: DateTime<Utc>,
    ) -> Result<i64, StoreError> {
        let through = calendar.published_through();
        let left = (through - now.with_timezone(&shanghai()).date_naive()).num_days();
        if left > AHEAD {
            return Ok(0);
        }
        let day = through.year() * 10_000 + i32::try_from(through.month() * 100 + through.day()).unwrap_or(0);
        let notice = SubjectNotice {
            county,
            subject: Subject::CalendarEnds(day),
            round: (AHEAD - left) / EVERY,
            to: To::Office,
            urgency: Urgency::P3,
            drill: false,
            said: Said {
                through: Some(through),
                ..Said::default()
            },
            at: now,
        };
        self.subject_notice(&notice).await
    }
}
