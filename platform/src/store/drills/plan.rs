//! What the office does with a drill before and after it.

use chrono::{DateTime, Utc};

use crate::store::{AccountId, DrillId, Office, Store, StoreError};

/// A drill to come.
#[derive(Clone, Debug)]
pub struct DrillPlan {
    /// Codes; empty: every unit.
    pub units: Vec<String>,
    /// The moment was drawn, and is shown to nobody before.
    pub random: bool,
    /// When.
    pub at: DateTime<Utc>,
    /// How long it rings.
    pub minutes: i16,
    /// Again each month.
    pub monthly: bool,
}

impl Store<Office> {
    /// Plans a drill.
    pub async fn drill_plan(
        &self,
        county: &str,
        plan: &DrillPlan,
        by: AccountId,
        now: DateTime<Utc>,
    ) -> Result<DrillId, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO drills (county, units, random, at, minutes, monthly, round, made_at, made_by)
             VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8) RETURNING id",
        );
        Ok(id
            .bind(county)
            .bind(&plan.units)
            .bind(plan.random)
            .bind(plan.at)
            .bind(plan.minutes)
            .bind(plan.monthly)
            .bind(now)
            .bind(by)
            .fetch_one(&self.pool)
            .await?)
    }

    /// Takes a drill back that has not begun; whether it had not.
    pub async fn drill_withdraw(
        &self,
        county: &str,
        id: DrillId,
        by: AccountId,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query(
            "UPDATE drills SET withdrawn_at = $3, withdrawn_by = $4
             WHERE county = $1 AND id = $2 AND started_at IS NULL AND withdrawn_at IS NULL",
        )
        .bind(county)
        .bind(id)
        .bind(now)
        .bind(by)
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Calls again those who did not answer: the next round of the same drill. None: it still rings, everybody answered, or a later
    /// round was begun already.
    pub async fn drill_repeat(
        &self,
        county: &str,
        drill: DrillId,
        by: AccountId,
        now: DateTime<Utc>,
    ) -> Result<Option<DrillId>, StoreError> {
        let id = sqlx::query_scalar(
            "INSERT INTO drills (county, units, random, at, minutes, monthly, round, of_drill, made_at, made_by)
             SELECT d.county, missed.units, false, $3, d.minutes, false, d.round + 1, coalesce(d.of_drill, d.id), $3, $4
             FROM drills d CROSS JOIN LATERAL (SELECT array_agg(u.unit ORDER BY u.unit) AS units FROM drill_units u
                                               WHERE u.drill_id = d.id AND u.answered_at IS NULL) missed
             WHERE d.county = $1 AND d.id = $2 AND d.ended_at IS NOT NULL AND missed.units IS NOT NULL
             ON CONFLICT (of_drill, round) DO NOTHING RETURNING id",
        );
        Ok(id
            .bind(county)
            .bind(drill)
            .bind(now)
            .bind(by)
            .fetch_optional(&self.pool)
            .await?)
    }
}
