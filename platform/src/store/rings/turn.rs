//! The turn of the ringing: the rings that are due, the calls that tell of them and when to look next, in one transaction.
//!
//! Which rings are due and whom they call is casework's to say ([`Bellboard`]); here it is read and written. One router at a time
//! turns for a county: what is due at once for one person is one call, and who shares the work could not see it. A router that
//! hangs in its turn loses the lock with its transaction, which the database ends after 30 s. Nothing is doubled if two ever
//! turn: the rows are locked, and `calls.dedup` holds each ring, person and channel to one call.

use casework::{
    pack::Pack,
    ringing::{
        bells::Above,
        calls::{Bellboard, Round},
    },
    roster::Watch,
};
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::PgTransaction;
use tracing::error;

use super::{
    notice,
    open::{self, Found, Ringing},
    waiting, write,
};
use crate::{
    run::telemetry::chain,
    store::{DutyBook, DutyUnreadable, Router, StageId, Store, StoreError, alone::alone, by_key::rows_by_key},
};

/// Stages of one transaction: what is due at once for one person is one call, so all that a county is likely to owe at once.
const BATCH: i64 = 10_000;
/// Stages that are tried singly before the rest is tried together again.
const APART: i64 = 1_000;
/// When a stage that can't be turned is tried again.
const PUT_OFF: TimeDelta = TimeDelta::minutes(10);

/// What one turn did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rung {
    /// Stages looked at; none: nothing is due.
    pub stages: usize,
    /// Rings that were due.
    pub rings: usize,
    /// Of these, late by the system's own fault.
    pub late: usize,
    /// Calls queued.
    pub calls: usize,
    /// Another router turns just now.
    pub busy: bool,
    /// Rows of rosters that were left out.
    pub unreadable: Vec<DutyUnreadable>,
}

impl Rung {
    fn busy() -> Self {
        Self {
            busy: true,
            ..Self::default()
        }
    }
}

impl Store<Router> {
    /// When the bells of a county must be looked at next; `None` when nothing rings.
    pub async fn ring_next(&self, county: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(
            sqlx::query_scalar("SELECT min(next_at) FROM ring_turns WHERE county = $1")
                .bind(county)
                .fetch_one(&self.pool)
                .await?,
        )
    }

    /// Rings what is due at `now` in the pack's county, up to 10,000 stages. Call again until no stage is left.
    ///
    /// A stage that fails for a reason of its own (a row that can't be read or that a constraint refuses) is put off and said in
    /// the log; the others of its turn ring.
    pub async fn ring_turn(&self, pack: &Pack, now: DateTime<Utc>) -> Result<Rung, StoreError> {
        let due: Option<i32> =
            sqlx::query_scalar("SELECT 1 FROM ring_turns WHERE county = $1 AND next_at <= $2 LIMIT 1")
                .bind(pack.county())
                .bind(now)
                .fetch_optional(&self.pool)
                .await?;
        if due.is_none() {
            return Ok(Rung::default());
        }
        // Whoever finds another at it does not read the rosters of a county first.
        if !alone(&self.pool, "ringing", pack.county()).await? {
            return Ok(Rung::busy());
        }
        let book = self.duty_book(pack, now).await?;
        let turn = Turn { pack, book: &book, now };
        let rung = match turn.settle(self, None).await {
            Err(e) if !e.is_passing() => turn.settle_apart(self).await?,
            ended => ended?,
        };
        Ok(Rung {
            unreadable: book.unreadable,
            ..rung
        })
    }
}

struct Turn<'t> {
    pack: &'t Pack,
    book: &'t DutyBook,
    now: DateTime<Utc>,
}

impl Turn<'_> {
    /// The stages that are due, each in a transaction of its own.
    async fn settle_apart(&self, store: &Store<Router>) -> Result<Rung, StoreError> {
        let due: Vec<StageId> = sqlx::query_scalar(
            "SELECT stage_id FROM ring_turns WHERE county = $1 AND next_at <= $2 ORDER BY next_at, stage_id LIMIT $3",
        )
        .bind(self.pack.county())
        .bind(self.now)
        .bind(APART)
        .fetch_all(&store.pool)
        .await?;
        let mut sum = Rung::default();
        for stage in due {
            match self.settle(store, Some(stage)).await {
                Ok(rung) if rung.busy => return Ok(Rung { busy: true, ..sum }),
                Ok(rung) => {
                    sum.rings += rung.rings;
                    sum.late += rung.late;
                    sum.calls += rung.calls;
                }
                Err(e) if !e.is_passing() => {
                    error!(%stage, error = chain(&e), "a stage can't ring: tried again later");
                    sqlx::query("UPDATE ring_turns SET next_at = $3 WHERE stage_id = $1 AND next_at <= $2")
                        .bind(stage)
                        .bind(self.now)
                        .bind(self.now + PUT_OFF)
                        .execute(&store.pool)
                        .await?;
                }
                Err(e) => return Err(e),
            }
            sum.stages += 1;
        }
        Ok(sum)
    }

    /// Rings what is due in one transaction: up to 10,000 stages, or this one.
    async fn settle(&self, store: &Store<Router>, only: Option<StageId>) -> Result<Rung, StoreError> {
        let mut tx = store.pool.begin().await?;
        if !alone(&mut *tx, "ringing", self.pack.county()).await? {
            return Ok(Rung::busy());
        }
        let due: Vec<StageId> = sqlx::query_scalar(
            "SELECT stage_id FROM ring_turns WHERE county = $1 AND next_at <= $2 AND ($4::bigint IS NULL OR stage_id = $4)
             ORDER BY next_at, stage_id LIMIT $3 FOR UPDATE SKIP LOCKED",
        )
        .bind(self.pack.county())
        .bind(self.now)
        .bind(BATCH)
        .bind(only)
        .persistent(false)
        .fetch_all(&mut *tx)
        .await?;
        rows_by_key(&mut tx).await?;
        by_key(&mut tx, true).await?;
        let found = open::read(&mut tx, &due).await?;
        let mut rung = Rung {
            stages: due.len(),
            ..Rung::default()
        };
        let Found {
            open,
            mut ended,
            unreadable,
        } = found;
        let mut next = write::Next::default();
        for (stage, report, why) in unreadable {
            error!(%report, %stage, error = why, "a stage can't ring: tried again later");
            next.at(stage, self.now + PUT_OFF, None);
        }
        let (drills, real): (Vec<Ringing>, Vec<Ringing>) = open.into_iter().partition(|ringing| ringing.drill);
        let watch = self.book.watch(self.pack);
        for (drill, stages) in [(false, real), (true, drills)] {
            if stages.is_empty() {
                continue;
            }
            by_key(&mut tx, true).await?;
            let round = self.round(&mut tx, &watch, (drill, &stages)).await?;
            rung.rings += round.rings.len();
            rung.late += round.rings.iter().filter(|ring| ring.due.late).count();
            by_key(&mut tx, false).await?;
            let written = write::round(&mut tx, self.pack, self.book, &round, (drill, self.now)).await?;
            rung.calls += written.calls;
            notice::again(&mut tx, self.pack, &stages, &round, self.now).await?;
            for turn in &round.turns {
                let stage = StageId(turn.stage.0);
                match turn.next_at {
                    Some(at) => next.at(stage, at, turn.held),
                    None => ended.push(stage),
                }
            }
            next.at_latest(&written.unreached, self.now);
        }
        next.write(&mut tx, &ended).await?;
        tx.commit().await?;
        Ok(rung)
    }

    /// What is due, with all that waits for those who are called.
    async fn round(
        &self,
        tx: &mut PgTransaction<'_>,
        watch: &Watch<'_>,
        (drill, stages): (bool, &[Ringing]),
    ) -> Result<Round, StoreError> {
        let table = self.pack.ringing();
        let units = self.pack.units();
        let board = Bellboard {
            table: &table,
            watch,
            above: Above {
                office: units.office(),
                leading_group: units.leading_group(),
            },
        };
        let open: Vec<_> = stages.iter().map(|ringing| ringing.open.clone()).collect();
        let mut round = board.round(&open, self.now);
        if waiting::add(tx, self.book, &mut round, (drill, self.now)).await? {
            round.calls = board.calls(&round, self.now);
        }
        Ok(round)
    }
}

/// Whether what is read now is joined by its keys alone. Bells and calls come and go, and statistics from a quiet night make the
/// planner read whole tables for each of a thousand stages.
async fn by_key(tx: &mut PgTransaction<'_>, alone: bool) -> Result<(), StoreError> {
    let other = if alone { "off" } else { "on" };
    sqlx::query("SELECT set_config('enable_hashjoin', $1, true), set_config('enable_mergejoin', $1, true)")
        .bind(other)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
