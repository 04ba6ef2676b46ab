//! Duty hours and the shared telephone of a unit, as it said them itself.

use chrono::{DateTime, Utc};

use crate::store::{NewAct, People, Store, StoreError};

/// Duty hours that a unit set itself.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct UnitHours {
    /// On working days, as in the pack's `duty.csv`: `08:00-12:00 14:30-17:30`.
    pub working_days: String,
    /// On weekends and holidays; empty: closed.
    pub days_off: String,
    /// When they were set.
    pub set_at: DateTime<Utc>,
    /// By whom, as people read it.
    pub set_by: String,
}

impl Store<People> {
    /// Duty hours of a unit; none: those of the pack hold.
    pub async fn unit_hours(&self, county: &str, unit: &str) -> Result<Option<UnitHours>, StoreError> {
        let row = sqlx::query_as(
            "SELECT h.working_days, h.days_off, h.set_at, person_shown(a.id, a.name) AS set_by
             FROM duty_hours h JOIN accounts a ON a.id = h.set_by WHERE h.county = $1 AND h.unit = $2",
        )
        .bind(county)
        .bind(unit)
        .fetch_optional(&self.pool)
        .await?;
        Ok(row)
    }

    /// Sets the duty hours of the act's unit, on working days and on days off; none: those of the pack hold again.
    pub async fn unit_hours_set(&self, hours: Option<(&str, &str)>, act: &NewAct<'_>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        match hours {
            Some((working_days, days_off)) => {
                sqlx::query(
                    "INSERT INTO duty_hours (county, unit, working_days, days_off, set_at, set_by) VALUES ($1, $2, $3, $4, $5, $6)
                     ON CONFLICT (county, unit) DO UPDATE SET working_days = excluded.working_days, days_off = excluded.days_off,
                         set_at = excluded.set_at, set_by = excluded.set_by",
                )
                .bind(act.county)
                .bind(act.unit)
                .bind(working_days)
                .bind(days_off)
                .bind(act.at)
                .bind(act.actor)
                .execute(&mut *tx)
                .await?;
            }
            None => {
                sqlx::query("DELETE FROM duty_hours WHERE county = $1 AND unit = $2")
                    .bind(act.county)
                    .bind(act.unit)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Sets the shared telephone of the act's unit, which stands on pages and in mails. Its mailbox stays as it is, confirmed or not.
    pub async fn unit_duty_phone_set(&self, phone: Option<&str>, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let done =
            sqlx::query("UPDATE units SET duty_phone = $3 WHERE county = $1 AND code = $2 AND retired_at IS NULL")
                .bind(act.county)
                .bind(act.unit)
                .bind(phone)
                .execute(&mut *tx)
                .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}
