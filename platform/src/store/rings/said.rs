//! What a call says and to which numbers it may go, read when it is made.

use chrono::{DateTime, Duration, Utc};

use crate::store::{AccountId, CallId, Notifier, PhoneId, ReportId, Store, StoreError};
use casework::words::{Channel, Urgency};

/// A call with all that may be said of it: nothing of a report but its number.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallSaid {
    /// Which.
    pub id: CallId,
    /// By what.
    #[sqlx(try_from = "String")]
    pub channel: Channel,
    /// The highest of its reports.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// A drill.
    pub drill: bool,
    /// How many reports wait for the person, where they are so many that only their number is said.
    pub waiting: Option<i32>,
    /// The delay is the system's own.
    pub system_late: bool,
    /// Only telephones that ring at night are tried.
    pub night: bool,
    /// For which unit the person is on duty.
    pub unit: String,
    /// The unit's shared telephone, as typed.
    pub unit_phone: Option<String>,
    /// The unit's mailbox.
    pub mailbox: Option<String>,
    /// Who is called; none: a telephone of the last resort.
    pub account_id: Option<AccountId>,
    /// Whether they may still act; a person who left is not rung.
    pub closed: bool,
    /// Which telephone of the last resort, from 1.
    pub last_resort: Option<i16>,
    /// When the router queued it.
    pub created_at: DateTime<Utc>,
    /// The reports that it tells of.
    pub reports: Vec<ReportId>,
    /// Numbers that failed already.
    pub failed: Vec<i16>,
    /// The verified telephones of the person in their order.
    #[sqlx(skip)]
    pub phones: Vec<CallPhone>,
}

/// A verified telephone of a person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallPhone {
    /// Which.
    pub id: PhoneId,
    /// Its number, sealed and bound to the person.
    pub number: Vec<u8>,
    /// In which order it is tried, from 1.
    pub place: i16,
    /// It rings at night.
    pub night: bool,
    /// How often a gateway took something for it within the last day.
    pub today: i64,
}

impl Store<Notifier> {
    /// What a call says; none: there is no such call.
    pub async fn call_said(&self, id: CallId, now: DateTime<Utc>) -> Result<Option<CallSaid>, StoreError> {
        let said: Option<CallSaid> = sqlx::query_as(
            "SELECT c.id, c.channel, c.urgency, c.drill, c.waiting, c.system_late, c.night, c.unit, c.account_id, c.last_resort,
                    c.created_at, u.duty_phone AS unit_phone, u.mailbox, coalesce(a.disabled_at IS NOT NULL, false) AS closed,
                    ARRAY(SELECT DISTINCT t.report_id FROM call_rings r JOIN stages s ON s.id = r.stage_id
                          JOIN tickets t ON t.id = s.ticket_id WHERE r.call_id = c.id ORDER BY 1) AS reports,
                    ARRAY(SELECT place FROM call_tries t WHERE t.call_id = c.id AND t.outcome = 'failed') AS failed
             FROM calls c JOIN units u ON u.county = c.county AND u.code = c.unit LEFT JOIN accounts a ON a.id = c.account_id
             WHERE c.id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        let Some(mut said) = said else { return Ok(None) };
        if let (Some(account), Channel::Voice | Channel::Sms) = (said.account_id, said.channel) {
            said.phones = sqlx::query_as(
                "SELECT p.id, p.number, p.place, p.night,
                        (SELECT count(*) FROM call_tries t WHERE t.phone_id = p.id AND t.handed_at > $2) AS today
                 FROM phones p WHERE p.account_id = $1 AND p.verified_at IS NOT NULL AND p.ended_at IS NULL ORDER BY p.place",
            )
            .bind(account)
            .bind(now - Duration::days(1))
            .fetch_all(&self.pool)
            .await?;
        }
        Ok(Some(said))
    }
}
