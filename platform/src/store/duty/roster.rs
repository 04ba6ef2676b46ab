//! A unit's roster as it is written: patterns and what changes them. A row that is wrong is ended and another one written.

use casework::roster::Week;
use casework::words::Seat;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::{PgTransaction, types::Json};

use super::swap;
use crate::store::{AccountId, NewAct, People, RosterChangeId, RosterPatternId, Store, StoreError, Subject, Word};

/// A weekly pattern in force.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RosterPattern {
    /// Id.
    pub id: RosterPatternId,
    /// Its first day.
    pub from_day: NaiveDate,
    /// Weeks that take turns.
    pub weeks: Json<Vec<Week>>,
    /// When it was written.
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub made_by: String,
}

casework::words! {
    /// What changes a pattern for a while.
    RosterChangeKind {
        /// 单次调整
        Exception = "exception",
        /// 换班
        Swap = "swap",
        /// 请假
        Absence = "absence",
    }
}

casework::words! {
    /// How a swap was decided.
    SwapDecision {
        /// 已同意
        Accepted = "accepted",
        /// 对方未同意
        Declined = "declined",
        /// 已撤回
        Withdrawn = "withdrawn",
    }
}

/// A change in force, or a swap that was declined or withdrawn.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RosterChange {
    /// Id.
    pub id: RosterChangeId,
    /// What it is.
    #[sqlx(try_from = "String")]
    pub kind: RosterChangeKind,
    /// Of an exception.
    pub seat: Option<Word<Seat>>,
    /// Exception: who has the seat, none nobody; swap: who asked; absence: who is away.
    pub account_id: Option<AccountId>,
    /// Their name.
    pub name: Option<String>,
    /// Swap: who is asked; absence: the delegate.
    pub other_id: Option<AccountId>,
    /// Their name.
    pub other_name: Option<String>,
    /// From then on; of a swap what the asking person gives away.
    pub starts_at: DateTime<Utc>,
    /// Its end.
    pub ends_at: DateTime<Utc>,
    /// Of a swap: what the asking person takes over in return; none: nothing.
    pub takes_from: Option<DateTime<Utc>>,
    /// Its end.
    pub takes_to: Option<DateTime<Utc>>,
    /// When it was written.
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub made_by: String,
    /// Of a swap; none: it waits.
    pub decision: Option<Word<SwapDecision>>,
}

/// A change to write.
#[derive(Clone, Copy, Debug)]
pub struct NewRosterChange {
    /// What it is.
    pub kind: RosterChangeKind,
    /// Of an exception.
    pub seat: Option<Seat>,
    /// As [`RosterChange::account_id`].
    pub account: Option<AccountId>,
    /// As [`RosterChange::other_id`].
    pub other: Option<AccountId>,
    /// From when on and until when.
    pub during: (DateTime<Utc>, DateTime<Utc>),
    /// Of a swap: what is taken over in return.
    pub takes: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

impl Store<People> {
    /// The patterns of a unit that are in force, the latest first.
    pub async fn roster_patterns(&self, county: &str, unit: &str) -> Result<Vec<RosterPattern>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT p.id, p.from_day, p.weeks, p.made_at, person_shown(a.id, a.name) AS made_by
             FROM roster_patterns p JOIN accounts a ON a.id = p.made_by
             WHERE p.county = $1 AND p.unit = $2 AND p.ended_at IS NULL ORDER BY p.from_day DESC",
        )
        .bind(county)
        .bind(unit)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Writes a pattern of the act's unit; one of the same first day ends with it.
    pub async fn roster_pattern_write(
        &self,
        from_day: NaiveDate,
        weeks: &[Week],
        act: &NewAct<'_>,
    ) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        pattern_write(&mut tx, from_day, weeks, act).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a pattern of the act's unit back: the one before it counts again. `false` where there is none.
    pub async fn roster_pattern_end(&self, id: RosterPatternId, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ended = pattern_end(&mut tx, id, act).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// The changes of a unit's roster that are not over and not taken back, in the order of their start.
    pub async fn roster_changes(
        &self,
        county: &str,
        unit: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<RosterChange>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT c.id, c.kind, c.seat, c.account_id, person_shown(a.id, a.name) AS name, c.other_id,
                    person_shown(o.id, o.name) AS other_name, c.starts_at, c.ends_at, c.takes_from, c.takes_to, c.made_at,
                    person_shown(m.id, m.name) AS made_by, c.decision
             FROM roster_changes c JOIN accounts m ON m.id = c.made_by
                  LEFT JOIN accounts a ON a.id = c.account_id LEFT JOIN accounts o ON o.id = c.other_id
             WHERE c.county = $1 AND c.unit = $2 AND c.ended_at IS NULL AND greatest(c.ends_at, c.takes_to) > $3
             ORDER BY c.starts_at, c.id",
        )
        .bind(county)
        .bind(unit)
        .bind(now)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Swaps that wait for a person to agree.
    pub async fn roster_swaps_waiting(&self, account: AccountId, now: DateTime<Utc>) -> Result<i64, StoreError> {
        let waiting = sqlx::query_scalar(
            "SELECT count(*) FROM roster_changes
             WHERE other_id = $1 AND kind = 'swap' AND decision IS NULL AND ended_at IS NULL AND ends_at > $2",
        )
        .bind(account)
        .bind(now)
        .fetch_one(&self.pool)
        .await?;
        Ok(waiting)
    }

    /// Writes a change of the roster of the act's unit. Whoever is asked to swap is told by mail.
    pub async fn roster_change_write(&self, new: &NewRosterChange, act: &NewAct<'_>) -> Result<(), StoreError> {
        let mut tx = self.pool.begin().await?;
        change_write(&mut tx, new, act).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Takes a change of the act's unit back. `false` where it was already.
    pub async fn roster_change_end(&self, id: RosterChangeId, act: &NewAct<'_>) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let ended = change_end(&mut tx, id, act).await?;
        tx.commit().await?;
        Ok(ended)
    }

    /// Decides a swap of the act's unit that waits: whoever is asked accepts or declines it, whoever asked withdraws it; the other
    /// one is told by mail. `false` where it is decided, or not theirs to decide so.
    pub async fn roster_swap_decide(
        &self,
        (id, decision): (RosterChangeId, SwapDecision),
        act: &NewAct<'_>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.pool.begin().await?;
        let decided = sqlx::query(
            "UPDATE roster_changes SET decision = $4, decided_at = $5
             WHERE id = $3 AND county = $1 AND unit = $2 AND kind = 'swap' AND decision IS NULL AND ended_at IS NULL
               AND $6 = CASE WHEN $4 = 'withdrawn' THEN account_id ELSE other_id END",
        )
        .bind(act.county)
        .bind(act.unit)
        .bind(id)
        .bind(decision.as_str())
        .bind(act.at)
        .bind(act.actor)
        .execute(&mut *tx)
        .await?;
        if decided.rows_affected() == 0 {
            return Ok(false);
        }
        let told = match decision {
            SwapDecision::Accepted => Subject::SwapAccepted(id),
            SwapDecision::Declined => Subject::SwapDeclined(id),
            SwapDecision::Withdrawn => Subject::SwapWithdrawn(id),
        };
        swap::tell(&mut tx, id, told, act.at).await?;
        act.record(&mut tx).await?;
        tx.commit().await?;
        Ok(true)
    }
}

pub(super) async fn pattern_end(
    tx: &mut PgTransaction<'_>,
    id: RosterPatternId,
    act: &NewAct<'_>,
) -> Result<bool, StoreError> {
    let end = "UPDATE roster_patterns SET ended_at = $4, ended_by = $5
               WHERE id = $3 AND county = $1 AND unit = $2 AND ended_at IS NULL";
    row_end(tx, end, id.0, act).await
}

pub(super) async fn change_end(
    tx: &mut PgTransaction<'_>,
    id: RosterChangeId,
    act: &NewAct<'_>,
) -> Result<bool, StoreError> {
    let end = "UPDATE roster_changes SET ended_at = $4, ended_by = $5
               WHERE id = $3 AND county = $1 AND unit = $2 AND ended_at IS NULL";
    row_end(tx, end, id.0, act).await
}

/// Ends a row of the act's unit by a statement. `false` where there is none in force.
async fn row_end(
    tx: &mut PgTransaction<'_>,
    statement: &'static str,
    row: i64,
    act: &NewAct<'_>,
) -> Result<bool, StoreError> {
    let ended = sqlx::query(statement)
        .bind(act.county)
        .bind(act.unit)
        .bind(row)
        .bind(act.at)
        .bind(act.actor)
        .execute(&mut **tx)
        .await?;
    if ended.rows_affected() == 0 {
        return Ok(false);
    }
    act.record(tx).await?;
    Ok(true)
}

pub(super) async fn pattern_write(
    tx: &mut PgTransaction<'_>,
    from_day: NaiveDate,
    weeks: &[Week],
    act: &NewAct<'_>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE roster_patterns SET ended_at = $4, ended_by = $5
         WHERE county = $1 AND unit = $2 AND from_day = $3 AND ended_at IS NULL",
    )
    .bind(act.county)
    .bind(act.unit)
    .bind(from_day)
    .bind(act.at)
    .bind(act.actor)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO roster_patterns (county, unit, from_day, weeks, made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(act.county)
    .bind(act.unit)
    .bind(from_day)
    .bind(Json(weeks))
    .bind(act.at)
    .bind(act.actor)
    .execute(&mut **tx)
    .await?;
    act.record(tx).await
}

pub(super) async fn change_write(
    tx: &mut PgTransaction<'_>,
    new: &NewRosterChange,
    act: &NewAct<'_>,
) -> Result<(), StoreError> {
    let id: RosterChangeId = sqlx::query_scalar(
        "INSERT INTO roster_changes (county, unit, kind, seat, account_id, other_id, starts_at, ends_at, takes_from, takes_to,
             made_at, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id",
    )
    .bind(act.county)
    .bind(act.unit)
    .bind(new.kind.as_str())
    .bind(new.seat.map(Seat::as_str))
    .bind(new.account)
    .bind(new.other)
    .bind(new.during.0)
    .bind(new.during.1)
    .bind(new.takes.map(|(from, _)| from))
    .bind(new.takes.map(|(_, to)| to))
    .bind(act.at)
    .bind(act.actor)
    .fetch_one(&mut **tx)
    .await?;
    if new.kind == RosterChangeKind::Swap {
        swap::tell(tx, id, Subject::SwapAsked(id), act.at).await?;
    }
    act.record(tx).await
}
