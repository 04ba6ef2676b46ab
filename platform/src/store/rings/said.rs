//! What a call says and to which numbers it may go, read when it is made.

use chrono::{DateTime, Duration, Utc};
use serde::Deserialize;
use sqlx::types::Json;

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
    /// A 点验, by the channels of a real call: its mails go out where drills are not mailed.
    pub exercise: bool,
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
    /// The person's own mail address.
    pub mail: Option<String>,
    /// That address is a unit's mailbox, where its notices go: whoever presses there is nobody.
    pub mail_shared: bool,
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
    /// Its numbers that were tried.
    pub tried: Json<Vec<CallTried>>,
    /// It brings a code to the one telephone in `phones`, or to `mail`, and rings for nothing.
    #[sqlx(skip)]
    pub code: Option<CallCode>,
    /// The verified telephones of the person in their order.
    #[sqlx(skip)]
    pub phones: Vec<CallPhone>,
}

/// A number that was tried.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct CallTried {
    /// Which.
    pub place: i16,
    /// How often.
    pub attempts: i32,
    /// It is done with.
    pub failed: bool,
}

/// A code by which a person shows that a telephone or an address is theirs.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallCode {
    /// The code, sealed and bound to the person.
    #[sqlx(rename = "code")]
    pub sealed: Option<Vec<u8>>,
    /// After that it is not sent.
    pub expires_at: DateTime<Utc>,
}

impl CallSaid {
    /// Whether a number is done with.
    pub fn has_failed(&self, place: i16) -> bool {
        self.tried.0.iter().any(|tried| tried.place == place && tried.failed)
    }

    /// How often a number was tried.
    pub fn attempts_at(&self, place: i16) -> usize {
        let tried = self.tried.0.iter().find(|tried| tried.place == place);
        tried.map_or(0, |tried| usize::try_from(tried.attempts).unwrap_or(0))
    }
}

/// A telephone of a person.
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
            "SELECT c.id, c.channel, c.urgency, c.drill, c.kind = 'drill' AS exercise, c.waiting, c.system_late, c.night, c.unit, c.account_id, c.last_resort,
                    c.created_at, u.duty_phone AS unit_phone, a.mail,
                    EXISTS (SELECT FROM units m WHERE m.county = c.county AND lower(m.mailbox) = lower(a.mail)) AS mail_shared,
                    coalesce(a.disabled_at IS NOT NULL, false) AS closed,
                    ARRAY(SELECT DISTINCT t.report_id FROM call_rings r JOIN stages s ON s.id = r.stage_id
                          JOIN tickets t ON t.id = s.ticket_id WHERE r.call_id = c.id ORDER BY 1) AS reports,
                    coalesce((SELECT jsonb_agg(jsonb_build_object('place', t.place, 'attempts', t.attempts,
                                                                  'failed', t.outcome IS NOT DISTINCT FROM 'failed'))
                              FROM call_tries t WHERE t.call_id = c.id), '[]') AS tried
             FROM calls c JOIN units u ON u.county = c.county AND u.code = c.unit LEFT JOIN accounts a ON a.id = c.account_id
             WHERE c.id = $1",
        )
        .bind(id)
        .fetch_optional(&self.pool)
        .await?;
        let Some(mut said) = said else { return Ok(None) };
        if said.channel == Channel::Mail {
            // To the address that it is for, whatever the person has by now.
            let code: Option<(Option<Vec<u8>>, DateTime<Utc>, String)> =
                sqlx::query_as("SELECT code, expires_at, mail FROM mail_codes WHERE call_id = $1")
                    .bind(id)
                    .fetch_optional(&self.pool)
                    .await?;
            if let Some((sealed, expires_at, mail)) = code {
                said.code = Some(CallCode { sealed, expires_at });
                said.mail = Some(mail);
            }
        }
        if let (Some(account), Channel::Voice | Channel::Sms) = (said.account_id, said.channel) {
            said.code = sqlx::query_as("SELECT code, expires_at FROM phone_codes WHERE call_id = $1")
                .bind(id)
                .fetch_optional(&self.pool)
                .await?;
            said.phones = sqlx::query_as(
                "SELECT p.id, p.number, p.place, p.night,
                        (SELECT count(*) FROM call_tries t WHERE t.phone_id = p.id AND t.handed_at > $2) AS today
                 FROM phones p
                 WHERE p.account_id = $1 AND p.ended_at IS NULL
                     AND CASE WHEN $4 THEN p.id = (SELECT k.phone_id FROM phone_codes k WHERE k.call_id = $3)
                              ELSE p.verified_at IS NOT NULL END
                 ORDER BY p.place",
            )
            .bind(account)
            .bind(now - Duration::days(1))
            .bind(id)
            .bind(said.code.is_some())
            .fetch_all(&self.pool)
            .await?;
        }
        Ok(Some(said))
    }
}
