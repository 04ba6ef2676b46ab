//! What the reporter may learn, by receipt and follow-up code together.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::store::word::known;
use crate::store::{Intake, Loose, ReportId, Router, Store, StoreError};
use casework::ticket::TicketState;
use casework::words::{ReporterKind, TicketClock};

/// Where a report stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReportStatus {
    /// 平台已收到.
    pub received_at: DateTime<Utc>,
    /// Decides how much is shown.
    pub reporter_kind: Option<Loose<ReporterKind>>,
    /// Its tickets, but for those that were returned or waived.
    #[sqlx(json)]
    pub tickets: Vec<StatusTicket>,
    /// Some were waived.
    pub waived: bool,
}

/// What a status says of one ticket.
#[derive(Clone, Debug, Deserialize)]
pub struct StatusTicket {
    /// The police's.
    pub police: bool,
    /// 待人工研判 by the office: not yet handed to a unit.
    pub triage: bool,
    /// How far it is; a word of a newer version is none, and not the end.
    #[serde(deserialize_with = "known")]
    pub state: Option<TicketState>,
    /// Since when it waits.
    pub dispatched_at: DateTime<Utc>,
    /// Signed.
    pub signed_at: Option<DateTime<Utc>>,
    /// A named person recorded to have seen the child.
    pub seen_at: Option<DateTime<Utc>>,
    /// Closed; counts only while the state says so too.
    pub resolved_at: Option<DateTime<Utc>>,
    /// Its clocks.
    pub stages: Vec<StatusStage>,
}

/// One clock of a ticket.
#[derive(Clone, Debug, Deserialize)]
pub struct StatusStage {
    /// Which clock; none where a newer version has another.
    #[serde(deserialize_with = "known")]
    pub stage: Option<TicketClock>,
    /// Unknown while its start event has not happened.
    pub due_at: Option<DateTime<Utc>>,
    /// Reads a day whose calendar is not published.
    pub provisional: bool,
    /// Ended, by its act or otherwise.
    pub ended_at: Option<DateTime<Utc>>,
    /// Kinds of the notices about it that a mail server took: `remind`, `urge`, `supervise` …
    pub sent: Vec<String>,
}

impl Store<Intake> {
    /// The status, if the code is right; `None` says neither whether the report exists nor whether the code is wrong.
    pub async fn status_fetch(
        &self,
        report_id: ReportId,
        follow_up_mac: &[u8],
    ) -> Result<Option<ReportStatus>, StoreError> {
        let row = sqlx::query_as("SELECT s.*, report_waived($1, $2) AS waived FROM report_status($1, $2) s")
            .bind(report_id)
            .bind(follow_up_mac)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row)
    }

    /// The duty phone of the office's unit, as it was typed, where somebody typed one; and whether the office's contacts are an
    /// example, which nobody has confirmed.
    pub async fn office_phone(&self, county: &str) -> Result<(Option<String>, bool), StoreError> {
        let row: Option<(Option<String>, bool)> = sqlx::query_as(
            "SELECT nullif(duty_phone, ''), mailbox_confirmed_at IS NULL FROM units
             WHERE county = $1 AND kind = 'office' AND retired_at IS NULL ORDER BY duty_phone IS NULL, code LIMIT 1",
        )
        .bind(county)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row.unwrap_or((None, true)))
    }

    /// Drops idempotency answers older than their seven days; says how many.
    pub async fn answers_forget(&self, now: DateTime<Utc>) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT intake_forget_answers($1)")
            .bind(now)
            .fetch_one(&self.pool)
            .await?)
    }
}

impl Store<Router> {
    /// Makes the partitions of the months around `now`.
    pub async fn partitions_ensure(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        for ahead in 0..=2 {
            let month = (now + chrono::Months::new(ahead)).date_naive();
            sqlx::query("SELECT partitions_ensure($1)")
                .bind(month)
                .execute(&self.pool)
                .await?;
        }
        Ok(())
    }
}
