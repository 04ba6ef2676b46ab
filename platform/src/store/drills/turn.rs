//! The turn of the drills: those that begin, the bells that ring, those that end. One router at a time, in one transaction; whatever
//! a router that dies leaves is done by the next turn.

use std::collections::BTreeMap;

use casework::{
    calendar::{midnight, shanghai},
    pack::Pack,
    ringing::{
        bells::{Above, Awaited, Cause, OpenStage, Progress, StageNo},
        calls::{Bellboard, Round},
    },
    words::{Urgency, reserved::TRIAGE},
};
use chrono::{DateTime, Datelike, Months, TimeDelta, Utc};
use rand::{Rng, RngExt};
use sqlx::{PgTransaction, types::Json};

use crate::store::{
    AccountId, DrillId, DrillUnitId, DutyBook, Router, StageId, Store, StoreError,
    alone::alone,
    rings::{
        open::{MadeRow, made_of},
        write,
    },
};

/// What one turn did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DrillTurned {
    /// Drills that began.
    pub begun: usize,
    /// Calls queued.
    pub calls: usize,
}

#[derive(sqlx::FromRow)]
struct Begins {
    id: DrillId,
    units: Vec<String>,
    random: bool,
    at: DateTime<Utc>,
    minutes: i16,
    monthly: bool,
    made_by: AccountId,
}

#[derive(sqlx::FromRow)]
struct Rings {
    id: DrillUnitId,
    unit: String,
    started_at: DateTime<Utc>,
    next_ring: i32,
    made: Json<Vec<MadeRow>>,
}

impl Store<Router> {
    /// When drills must be looked at next; none: nothing is planned.
    pub async fn drill_next(&self, county: &str) -> Result<Option<DateTime<Utc>>, StoreError> {
        let at = sqlx::query_scalar(
            "SELECT least((SELECT min(CASE WHEN started_at IS NULL THEN at ELSE started_at + minutes * interval '1 minute' END)
                           FROM drills WHERE county = $1 AND ended_at IS NULL AND withdrawn_at IS NULL),
                          (SELECT min(next_at) FROM drill_units WHERE county = $1 AND next_at IS NOT NULL))",
        );
        Ok(at.bind(county).fetch_one(&self.pool).await?)
    }

    /// Begins, rings and ends what is due at `now`. Nothing is done while another router turns.
    pub async fn drill_turn(&self, pack: &Pack, now: DateTime<Utc>) -> Result<DrillTurned, StoreError> {
        if self.drill_next(pack.county()).await?.is_none_or(|at| at > now) {
            return Ok(DrillTurned::default());
        }
        // Whoever finds another at it does not read the rosters of a county first.
        if !alone(&self.pool, "drills", pack.county()).await? {
            return Ok(DrillTurned::default());
        }
        let book = self.duty_book(pack, now).await?;
        let mut tx = self.pool.begin().await?;
        if !alone(&mut *tx, "drills", pack.county()).await? {
            return Ok(DrillTurned::default());
        }
        let begun = begin(&mut tx, pack, now).await?;
        end(&mut tx, pack.county(), now).await?;
        let calls = ring(&mut tx, pack, &book, now).await?;
        tx.commit().await?;
        Ok(DrillTurned { begun, calls })
    }
}

/// Begins what is due, and plans its follower. A unit that the pack has no more is left out.
async fn begin(tx: &mut PgTransaction<'_>, pack: &Pack, now: DateTime<Utc>) -> Result<usize, StoreError> {
    let due: Vec<Begins> = sqlx::query_as(
        "SELECT id, units, random, at, minutes, monthly, made_by FROM drills
         WHERE county = $1 AND at <= $2 AND started_at IS NULL AND withdrawn_at IS NULL ORDER BY id FOR UPDATE",
    )
    .bind(pack.county())
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    for drill in &due {
        let codes: Vec<&str> = pack
            .units()
            .iter()
            .map(|unit| unit.code.as_str())
            .filter(|code| drill.units.is_empty() || drill.units.iter().any(|asked| asked == code))
            .collect();
        sqlx::query("UPDATE drills SET started_at = $2 WHERE id = $1")
            .bind(drill.id)
            .bind(now)
            .execute(&mut **tx)
            .await?;
        sqlx::query(
            "INSERT INTO drill_units (drill_id, county, unit, next_at)
             SELECT $1, u.county, u.code, $4 FROM units u WHERE u.county = $2 AND u.code = ANY ($3) ORDER BY u.code
             ON CONFLICT (drill_id, unit) DO NOTHING",
        )
        .bind(drill.id)
        .bind(pack.county())
        .bind(codes)
        .bind(now)
        .execute(&mut **tx)
        .await?;
        if drill.monthly {
            let next = following(drill, now, &mut rand::rng());
            follow(tx, pack.county(), drill, (next, now)).await?;
        }
    }
    Ok(due.len())
}

async fn follow(
    tx: &mut PgTransaction<'_>,
    county: &str,
    drill: &Begins,
    (at, now): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO drills (county, units, random, at, minutes, monthly, round, follows, made_at, made_by)
         VALUES ($1, $2, $3, $4, $5, true, 1, $6, $7, $8) ON CONFLICT (follows) DO NOTHING",
    )
    .bind(county)
    .bind(&drill.units)
    .bind(drill.random)
    .bind(at)
    .bind(drill.minutes)
    .bind(drill.id)
    .bind(now)
    .bind(drill.made_by)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The moment of the next month: the same hour of an announced one, any hour of a random one. After an outage of months it is the
/// first that is ahead.
fn following(drill: &Begins, now: DateTime<Utc>, rng: &mut impl Rng) -> DateTime<Utc> {
    let local = drill.at.with_timezone(&shanghai());
    if drill.random {
        let here = now.with_timezone(&shanghai());
        let first = here.date_naive().with_day(1).unwrap_or(here.date_naive()) + Months::new(1);
        let at = |day| midnight(day).unwrap_or(now);
        let (from, to) = (at(first), at(first + Months::new(1)));
        let minutes = (to - from).num_minutes().max(1);
        return from + TimeDelta::minutes(rng.random_range(0..minutes));
    }
    let mut ahead = 1;
    loop {
        let at = local + Months::new(ahead);
        if at.to_utc() > now || ahead > 1200 {
            return at.to_utc();
        }
        ahead += 1;
    }
}

/// Ends what has rung for its time, and silences what was not sent yet.
async fn end(tx: &mut PgTransaction<'_>, county: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let ended: Vec<DrillId> = sqlx::query_scalar(
        "UPDATE drills SET ended_at = $2
         WHERE county = $1 AND started_at IS NOT NULL AND ended_at IS NULL
             AND (started_at + minutes * interval '1 minute' <= $2
                  OR NOT EXISTS (SELECT FROM drill_units u WHERE u.drill_id = drills.id AND u.answered_at IS NULL))
         RETURNING id",
    )
    .bind(county)
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    sqlx::query("UPDATE drill_units SET next_at = NULL WHERE drill_id = ANY ($1) AND next_at IS NOT NULL")
        .bind(&ended)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "UPDATE calls SET state = 'silenced', finished_at = $2 WHERE state = 'queued' AND lease_owner IS NULL AND id IN
             (SELECT r.call_id FROM drill_rings r JOIN drill_units u ON u.id = r.drill_unit_id WHERE u.drill_id = ANY ($1))",
    )
    .bind(&ended)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Rings the bells that are due, as a dispatched P1 rings: its steps, its seats, its channels, and what stands in for a call that
/// failed.
async fn ring(
    tx: &mut PgTransaction<'_>,
    pack: &Pack,
    book: &DutyBook,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let due: Vec<Rings> = sqlx::query_as(include_str!("due.sql"))
        .bind(pack.county())
        .bind(now)
        .fetch_all(&mut **tx)
        .await?;
    if due.is_empty() {
        return Ok(0);
    }
    let (table, watch, units) = (pack.ringing(), book.watch(pack), pack.units());
    let board = Bellboard {
        table: &table,
        watch: &watch,
        above: Above {
            office: units.office(),
            leading_group: units.leading_group(),
        },
    };
    let open: Vec<OpenStage> = due.into_iter().map(bell).collect();
    let round = board.round(&open, now);
    let (rows, unreached) = write::rows(tx, pack, book, &round, (true, now)).await?;
    let made = write::insert(tx, include_str!("calls.sql"), &rows, (pack.county(), now)).await?;
    progress(tx, &round, (&unreached, now)).await?;
    Ok(made)
}

/// The bell of a unit, as the ringing knows a ticket of P1 that was dispatched when the drill began.
fn bell(row: Rings) -> OpenStage {
    let progress = Progress {
        next: u32::try_from(row.next_ring).unwrap_or(0),
        answered: false,
    };
    OpenStage {
        stage: StageNo(row.id.0),
        due_generation: 0,
        awaited: Awaited::Sign,
        report: format!("drill-{}", row.id),
        unit: row.unit,
        // The rows by which what is most urgent rings: a drill proves those.
        obligation: TRIAGE.to_owned(),
        urgency: Urgency::P1,
        start: row.started_at,
        resumed: None,
        in_days: false,
        flood: None,
        assignee: None,
        plan: Vec::new(),
        sent: BTreeMap::new(),
        progress: BTreeMap::from([(Cause::Dispatch, progress)]),
        made: BTreeMap::from([(Cause::Dispatch, made_of(row.made.0))]),
    }
}

/// `unreached`: whom only a page was to call that nobody keeps open; those bells are looked at again at once.
async fn progress(
    tx: &mut PgTransaction<'_>,
    round: &Round,
    (unreached, now): (&[StageId], DateTime<Utc>),
) -> Result<(), StoreError> {
    let rung: BTreeMap<i64, i32> = round
        .rings
        .iter()
        .map(|ring| {
            let next = i32::try_from(ring.id.index.saturating_add(1)).unwrap_or(i32::MAX);
            (ring.id.bell.stage.0, next)
        })
        .collect();
    let (mut ids, mut next, mut at) = (Vec::new(), Vec::new(), Vec::new());
    for turn in &round.turns {
        ids.push(turn.stage.0);
        next.push(rung.get(&turn.stage.0).copied());
        let again = unreached.contains(&StageId(turn.stage.0)).then_some(now);
        at.push(again.or(turn.next_at));
    }
    sqlx::query(
        "UPDATE drill_units u SET next_ring = coalesce(n.next_ring, u.next_ring), next_at = n.next_at
         FROM unnest($1::bigint[], $2::integer[], $3::timestamptz[]) AS n (id, next_ring, next_at)
         WHERE u.id = n.id AND u.answered_at IS NULL",
    )
    .bind(ids)
    .bind(next)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    fn drill(random: bool, at: &str) -> Begins {
        Begins {
            id: DrillId(1),
            units: Vec::new(),
            random,
            at: at.parse().unwrap(),
            minutes: 30,
            monthly: true,
            made_by: AccountId(1),
        }
    }

    #[test]
    fn the_next_month_has_the_same_hour_or_any() {
        let mut rng = StdRng::seed_from_u64(7);
        let now = "2026-01-31T03:00:00+08:00".parse().unwrap();
        let announced = following(&drill(false, "2026-01-31T03:00:00+08:00"), now, &mut rng);
        assert_eq!(announced, "2026-02-28T03:00:00+08:00".parse::<DateTime<Utc>>().unwrap());
        let long = "2026-06-01T00:00:00+08:00".parse().unwrap();
        let late = following(&drill(false, "2026-01-31T03:00:00+08:00"), long, &mut rng);
        assert!(late > long, "what an outage passed over is not made up for");
        let (from, to): (DateTime<Utc>, DateTime<Utc>) = (
            "2026-01-31T16:00:00Z".parse().unwrap(),
            "2026-02-28T16:00:00Z".parse().unwrap(),
        );
        let drawn: Vec<_> = (0..200)
            .map(|_| following(&drill(true, "2026-01-12T03:00:00+08:00"), now, &mut rng))
            .collect();
        assert!(drawn.iter().all(|at| (from..to).contains(at)));
        let hours: std::collections::BTreeSet<_> = drawn.iter().map(chrono::Timelike::hour).collect();
        assert!(hours.len() > 20, "by night too");
    }
}
