//! Open clocks follow a confirmed calendar, some hundred at a time, twice: what was written by the old calendar while the services
//! took up the new one is found by the second pass.
//!
//! A due that moves starts the next `due_generation` of its stage: its steps and rings are planned anew, those of before stay where
//! they are. How the ticket's dispatch rang goes on as it was, because nobody is told of the ticket a second time. A due that stays
//! only loses its mark of being provisional.

use std::{collections::HashMap, sync::Arc};

use casework::calendar::{Calendar, Limit};
use casework::pack::Pack;
use casework::routing::{Anew, Running, anew};
use casework::words::{TicketClock, Urgency};
use casework::zh;
use chrono::{DateTime, TimeDelta, Utc};
use sqlx::{PgTransaction, types::Json};

use crate::store::{
    AccountId, CalendarChangeId, Detail, EventKind, ReportId, Router, Said, StageId, Store, StoreError, Subject,
    SubjectNotice, TicketId, To, alone::alone, event_detail::DueMoved, notices::subject::subject_notice,
    packs::pack::files_with_rules, rings::begin::stages_ring,
};

/// Stages of one transaction.
const BATCH: i64 = 200;
/// How long a service may still write by the old calendar after the confirmation, generously.
const OLD_WRITERS: TimeDelta = TimeDelta::seconds(60);
/// Lines of the mail to a unit; it says how many there are.
const LINES: i64 = 40;

/// A calendar that the clocks follow.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Followed {
    id: CalendarChangeId,
    calendar: String,
    confirmed_at: DateTime<Utc>,
    confirmed_by: String,
    confirmed_account: AccountId,
    passes: i16,
    looked_to: StageId,
}

/// What one step did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CalendarFollowed {
    /// Clocks looked at.
    pub looked: usize,
    /// Dues that moved.
    pub moved: usize,
    /// Mails to units that were queued.
    pub mails: i64,
    /// Call again at once.
    pub more: bool,
}

#[derive(sqlx::FromRow)]
struct Clock {
    id: StageId,
    ticket_id: TicketId,
    report_id: ReportId,
    unit: String,
    #[sqlx(try_from = "String")]
    urgency: Urgency,
    #[sqlx(try_from = "String")]
    stage: TicketClock,
    time_limit: String,
    due_generation: i32,
    started_at: DateTime<Utc>,
    due_at: DateTime<Utc>,
    rule_set: i32,
}

impl Store<Router> {
    /// The next step of the calendar that is being followed; nothing where none is, where another router is at it, or where this
    /// one has not taken up the calendar yet.
    pub async fn calendar_follow(
        &self,
        in_force: InForce<'_>,
        pinned: &mut PinnedRules,
        now: DateTime<Utc>,
    ) -> Result<CalendarFollowed, StoreError> {
        let pack = &**in_force.pack;
        let county = pack.county();
        let mut tx = self.pool.begin().await?;
        let Some(followed) = followed(&mut tx, county).await? else {
            return Ok(CalendarFollowed::default());
        };
        if followed.calendar != pack.calendar().version() || !alone(&mut *tx, "calendar", county).await? {
            return Ok(CalendarFollowed::default());
        }
        if followed.passes > 0 && now < followed.confirmed_at + OLD_WRITERS {
            return Ok(CalendarFollowed::default());
        }
        let ids: Vec<(StageId, TicketId)> = sqlx::query_as(concat!(
            "SELECT id, ticket_id FROM stages WHERE id > $2 AND county = $1 AND calendar_version <> $3 AND ",
            runs_by_days!(),
            " ORDER BY id LIMIT $4"
        ))
        .bind(county)
        .bind(followed.looked_to)
        .bind(&followed.calendar)
        .bind(BATCH)
        .fetch_all(&mut *tx)
        .await?;
        let mut done = CalendarFollowed {
            looked: ids.len(),
            ..CalendarFollowed::default()
        };
        let Some((last, _)) = ids.last().copied() else {
            done.mails = pass_ends(&mut tx, county, &followed, now).await?;
            tx.commit().await?;
            return Ok(done);
        };
        for clock in locked(&mut tx, &ids, &followed.calendar).await? {
            let rules = pinned.pack(&mut tx, in_force, clock.rule_set).await?;
            let by = (&*rules, pack.calendar());
            done.moved += usize::from(follow(&mut tx, &followed, &clock, by, now).await?);
        }
        sqlx::query("UPDATE calendar_changes SET looked_to = $2, moved = moved + $3 WHERE id = $1")
            .bind(followed.id)
            .bind(last)
            .bind(i32::try_from(done.moved).unwrap_or(i32::MAX))
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        done.more = true;
        Ok(done)
    }
}

/// The pack that a router works with.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'a> {
    /// The pack.
    pub pack: &'a Arc<Pack>,
    /// Its version.
    pub version: i32,
    /// Version of the rules in it.
    pub rule_set: i32,
}

/// Packs with the rules that tickets are pinned to: who is told of a late clock, and when, stays as it was decided.
#[derive(Debug, Default)]
pub struct PinnedRules {
    of_pack: i32,
    by_version: HashMap<i32, Arc<Pack>>,
}

impl PinnedRules {
    /// The pack in force with these rules. Rules that do not fit it any more give way to those in force.
    async fn pack(
        &mut self,
        tx: &mut PgTransaction<'_>,
        in_force: InForce<'_>,
        rule_set: i32,
    ) -> Result<Arc<Pack>, StoreError> {
        if rule_set == in_force.rule_set {
            return Ok(in_force.pack.clone());
        }
        if self.of_pack != in_force.version {
            self.by_version.clear();
            self.of_pack = in_force.version;
        }
        if let Some(pack) = self.by_version.get(&rule_set) {
            return Ok(pack.clone());
        }
        let files = files_with_rules(&mut **tx, in_force.pack.county(), in_force.version, rule_set).await?;
        let read = files.and_then(|files| Pack::read(&files).ok());
        let pack = read.map_or_else(|| in_force.pack.clone(), Arc::new);
        self.by_version.insert(rule_set, pack.clone());
        Ok(pack)
    }
}

/// The first that is not done: they are followed in the order of their confirmations.
async fn followed(tx: &mut PgTransaction<'_>, county: &str) -> Result<Option<Followed>, StoreError> {
    // One that another confirmation has overtaken is over: the clocks follow the last one.
    sqlx::query(
        "UPDATE calendar_changes c SET done_at = n.confirmed_at FROM calendar_changes n
         WHERE c.county = $1 AND c.confirmed_at IS NOT NULL AND c.done_at IS NULL
           AND n.id = (SELECT max(o.id) FROM calendar_changes o WHERE o.county = $1 AND o.confirmed_at IS NOT NULL) AND n.id <> c.id",
    )
    .bind(county)
    .execute(&mut **tx)
    .await?;
    let found = sqlx::query_as(
        "SELECT id, calendar, confirmed_at, confirmed_by, confirmed_account, passes, looked_to FROM calendar_changes
         WHERE county = $1 AND confirmed_at IS NOT NULL AND done_at IS NULL",
    )
    .bind(county)
    .fetch_optional(&mut **tx)
    .await?;
    Ok(found)
}

/// The clocks as they are now, locked in the order of every act: ticket, then stage.
async fn locked(
    tx: &mut PgTransaction<'_>,
    ids: &[(StageId, TicketId)],
    calendar: &str,
) -> Result<Vec<Clock>, StoreError> {
    let (stages, tickets): (Vec<StageId>, Vec<TicketId>) = ids.iter().copied().unzip();
    sqlx::query("SELECT FROM tickets WHERE id = ANY ($1) ORDER BY id FOR UPDATE")
        .bind(tickets)
        .execute(&mut **tx)
        .await?;
    let clocks = sqlx::query_as(
        "SELECT s.id, s.ticket_id, t.report_id, t.unit, t.urgency, s.stage, s.time_limit, s.due_generation, s.started_at, s.due_at, t.rule_set
         FROM stages s JOIN tickets t ON t.id = s.ticket_id
         WHERE s.id = ANY ($1) AND s.ended_at IS NULL AND s.due_at IS NOT NULL AND s.calendar_version <> $2
         ORDER BY s.id FOR UPDATE OF s",
    )
    .bind(stages)
    .bind(calendar)
    .fetch_all(&mut **tx)
    .await?;
    Ok(clocks)
}

/// One clock; whether its due moved.
async fn follow(
    tx: &mut PgTransaction<'_>,
    followed: &Followed,
    clock: &Clock,
    (rules, calendar): (&Pack, &Calendar),
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let limit: Limit = clock
        .time_limit
        .parse()
        .map_err(|_| StoreError::Unreadable(format!("stage {}: its limit can't be read", clock.id)))?;
    let running = Running {
        unit: &clock.unit,
        urgency: clock.urgency,
        clock: clock.stage,
        limit,
        started_at: clock.started_at,
        due_at: clock.due_at,
    };
    let anew = anew(rules, calendar, running, followed.confirmed_at);
    if anew.due == clock.due_at {
        sqlx::query("UPDATE stages SET calendar_version = $2, provisional = $3, derivation = $4 WHERE id = $1")
            .bind(clock.id)
            .bind(&followed.calendar)
            .bind(anew.provisional)
            .bind(Json(&anew.derivation))
            .execute(&mut **tx)
            .await?;
        return Ok(false);
    }
    moved(tx, followed, clock, &anew, now).await?;
    Ok(true)
}

async fn moved(
    tx: &mut PgTransaction<'_>,
    followed: &Followed,
    clock: &Clock,
    anew: &Anew,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "UPDATE stages SET due_generation = due_generation + 1, due_at = $2, provisional = $3, calendar_version = $4, derivation = $5,
                plan = $6, next_step = 0, next_at = $7, resumed_at = NULL WHERE id = $1",
    )
    .bind(clock.id)
    .bind(anew.due)
    .bind(anew.provisional)
    .bind(&followed.calendar)
    .bind(Json(&anew.derivation))
    .bind(Json(&anew.steps))
    .bind(anew.steps.first().map(|step| step.at))
    .execute(&mut **tx)
    .await?;
    // What was rung for the dispatch or the question was rung, and whoever answered it has answered.
    sqlx::query(
        "INSERT INTO bells (stage_id, due_generation, cause, county, next_ring, answered_at, answered_by, answered_how)
         SELECT stage_id, due_generation + 1, cause, county, next_ring, answered_at, answered_by, answered_how FROM bells
         WHERE stage_id = $1 AND due_generation = $2 AND cause IN ('dispatch', 'asked') ON CONFLICT DO NOTHING",
    )
    .bind(clock.id)
    .bind(clock.due_generation)
    .execute(&mut **tx)
    .await?;
    stages_ring(tx, &[clock.id], now).await?;
    sqlx::query(
        "UPDATE tickets SET (next_stage, next_due_at) = (SELECT n.stage, n.due_at FROM ticket_next(id) n) WHERE id = $1",
    )
    .bind(clock.ticket_id)
    .execute(&mut **tx)
    .await?;
    let detail = Detail::of(&DueMoved {
        clock: clock.stage,
        was: clock.due_at,
        due: anew.due,
    });
    sqlx::query("INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(now)
        .bind(clock.report_id)
        .bind(clock.ticket_id)
        .bind(EventKind::DueMoved.as_str())
        .bind(&followed.confirmed_by)
        .bind(followed.confirmed_account)
        .bind(detail)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "INSERT INTO calendar_moves (change_id, stage_id, ticket_id, unit, was, due, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (change_id, stage_id) DO UPDATE SET due = excluded.due, at = excluded.at",
    )
    .bind(followed.id)
    .bind(clock.id)
    .bind(clock.ticket_id)
    .bind(&clock.unit)
    .bind(clock.due_at)
    .bind(anew.due)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// All clocks were looked at: the units whose dues moved are told, in one mail each.
async fn pass_ends(
    tx: &mut PgTransaction<'_>,
    county: &str,
    followed: &Followed,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let units: Vec<(String, i64, bool)> = sqlx::query_as(
        "SELECT m.unit, count(*), bool_and(t.drill) FROM calendar_moves m JOIN tickets t ON t.id = m.ticket_id
         WHERE m.change_id = $1 AND m.told_at IS NULL GROUP BY m.unit ORDER BY m.unit",
    )
    .bind(followed.id)
    .fetch_all(&mut **tx)
    .await?;
    let mut mails = 0;
    for (unit, count, drill) in units {
        let lines: Vec<(ReportId, String, DateTime<Utc>, DateTime<Utc>)> = sqlx::query_as(
            "SELECT t.report_id, s.stage, m.was, m.due FROM calendar_moves m JOIN tickets t ON t.id = m.ticket_id
             JOIN stages s ON s.id = m.stage_id
             WHERE m.change_id = $1 AND m.unit = $2 AND m.told_at IS NULL ORDER BY m.due, m.stage_id LIMIT $3",
        )
        .bind(followed.id)
        .bind(&unit)
        .bind(LINES)
        .fetch_all(&mut **tx)
        .await?;
        let moved = lines.into_iter().filter_map(|(report, clock, was, due)| {
            Some(zh::moved(
                &report.to_string(),
                TicketClock::from_word(&clock)?,
                was,
                due,
            ))
        });
        let mut moved: Vec<String> = moved.collect();
        if count > LINES {
            moved.push(zh::moved_more(count - LINES));
        }
        let notice = SubjectNotice {
            county,
            subject: Subject::CalendarMoved(followed.id),
            round: followed.passes.into(),
            to: To::Unit(&unit),
            urgency: Urgency::P3,
            drill,
            said: Said {
                count: Some(count),
                moved,
                ..Said::default()
            },
            at: now,
        };
        mails += subject_notice(tx, &notice).await?;
    }
    sqlx::query("UPDATE calendar_moves SET told_at = $2 WHERE change_id = $1 AND told_at IS NULL")
        .bind(followed.id)
        .bind(now)
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "UPDATE calendar_changes SET passes = passes + 1, looked_to = 0, done_at = CASE WHEN passes > 0 THEN $2::timestamptz END WHERE id = $1",
    )
    .bind(followed.id)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(mails)
}
