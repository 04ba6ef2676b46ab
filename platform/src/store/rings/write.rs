//! What a turn writes: how far each bell has come, the calls, and when each stage is looked at next.

use std::collections::{BTreeMap, BTreeSet};

use casework::{
    pack::Pack,
    ringing::{
        beats::{Due, Wait},
        bells::RingId,
        callee::Callee,
        calls::{Call, Round},
    },
    words::{Channel, Urgency},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgTransaction, types::Json};
use uuid::Uuid;

use super::ladder::{CallFault, CallState};
use crate::store::{AccountId, CallId, DutyBook, StageId, StoreError, duty::pages};

/// Calls of one statement: what it makes is compared with what it was given, each with each.
const CHUNK: usize = 300;

/// A call as its statement reads it.
#[derive(Serialize)]
pub(in crate::store) struct CallRow {
    id: CallId,
    dedup: String,
    account: Option<AccountId>,
    last_resort: Option<usize>,
    unit: String,
    channel: Channel,
    urgency: Urgency,
    drill: bool,
    night: bool,
    waiting: Option<usize>,
    late: bool,
    state: CallState,
    /// Why it failed as it was written.
    fault: Option<CallFault>,
    rings: Vec<RingRow>,
}

/// A ring of a call.
#[derive(Clone, Serialize)]
struct RingRow {
    stage: i64,
    generation: i32,
    cause: String,
    first: u32,
    ring: u32,
    planned: DateTime<Utc>,
}

/// What was written.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// How many calls.
    pub(super) calls: usize,
    /// Stages whose call reached nobody as it was written and that no other channel calls: they are looked at again at once.
    pub(super) unreached: Vec<StageId>,
}

/// Writes the progress of the bells and the calls. A call to a page stands there only where the person keeps one open.
pub(super) async fn round(
    tx: &mut PgTransaction<'_>,
    pack: &Pack,
    book: &DutyBook,
    round: &Round,
    (drill, now): (bool, DateTime<Utc>),
) -> Result<Written, StoreError> {
    bells(tx, pack.county(), round).await?;
    let (rows, unreached) = rows(tx, pack, book, round, (drill, now)).await?;
    let calls = insert(tx, include_str!("calls.sql"), &rows, (pack.county(), now)).await?;
    Ok(Written { calls, unreached })
}

/// Inserts calls by a statement that takes the rows, the county and now, and answers how many there were; how many in all.
pub(in crate::store) async fn insert(
    tx: &mut PgTransaction<'_>,
    statement: &'static str,
    rows: &[CallRow],
    (county, now): (&str, DateTime<Utc>),
) -> Result<usize, StoreError> {
    let mut made = 0;
    for rows in rows.chunks(CHUNK) {
        let inserted: i64 = sqlx::query_scalar(statement)
            .bind(Json(rows))
            .bind(county)
            .bind(now)
            .fetch_one(&mut **tx)
            .await?;
        made += usize::try_from(inserted).unwrap_or(0);
    }
    Ok(made)
}

/// The calls of a round as rows, and the stages that a page which nobody keeps open was to call alone.
pub(in crate::store) async fn rows(
    tx: &mut PgTransaction<'_>,
    pack: &Pack,
    book: &DutyBook,
    round: &Round,
    (drill, now): (bool, DateTime<Utc>),
) -> Result<(Vec<CallRow>, Vec<StageId>), StoreError> {
    let dues: BTreeMap<RingId, &Due> = round
        .rings
        .iter()
        .chain(&round.instead)
        .map(|ring| (ring.id, &ring.due))
        .collect();
    let mut rows = Vec::new();
    let mut alone = BTreeSet::new();
    for call in &round.calls {
        let of_call = rows_of(call, pack, book, &dues);
        if let [only] = &of_call[..]
            && only.channel == Channel::Desk
        {
            alone.insert(only.id);
        }
        rows.extend(of_call);
    }
    for row in &mut rows {
        row.drill = drill;
    }
    let mut unreached = Vec::new();
    if rows.iter().any(|row| row.channel == Channel::Desk) {
        let open = pages::live(tx, pack.county(), now).await?;
        let nowhere = |row: &&mut CallRow| {
            row.channel == Channel::Desk && !row.account.is_some_and(|account| open.contains(&account))
        };
        for row in rows.iter_mut().filter(nowhere) {
            (row.state, row.fault) = (CallState::Failed, Some(CallFault::NoPage));
            if alone.contains(&row.id) {
                unreached.extend(row.rings.iter().map(|ring| StageId(ring.stage)));
            }
        }
    }
    Ok((rows, unreached))
}

async fn bells(tx: &mut PgTransaction<'_>, county: &str, round: &Round) -> Result<(), StoreError> {
    let mut rung: Vec<_> = round.rings.iter().collect();
    rung.sort_by_key(|ring| ring.id);
    let (mut stages, mut generations, mut causes, mut next) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for ring in rung {
        stages.push(ring.id.bell.stage.0);
        generations.push(ring.id.bell.due_generation);
        causes.push(ring.id.bell.cause.to_string());
        next.push(i32::try_from(ring.id.index.saturating_add(1)).unwrap_or(i32::MAX));
    }
    sqlx::query(
        "INSERT INTO bells (stage_id, due_generation, cause, county, next_ring)
         SELECT b.stage, b.generation, b.cause, $5, b.next
         FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::integer[]) AS b (stage, generation, cause, next)
         ON CONFLICT (stage_id, due_generation, cause) DO UPDATE SET next_ring = excluded.next_ring
             WHERE bells.next_ring < excluded.next_ring",
    )
    .bind(stages)
    .bind(generations)
    .bind(causes)
    .bind(next)
    .bind(county)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// One row for each channel, of the last resort for each of its telephones too. Whoever stands on no list of people is nobody.
fn rows_of(call: &Call, pack: &Pack, book: &DutyBook, dues: &BTreeMap<RingId, &Due>) -> Vec<CallRow> {
    let rings: BTreeSet<RingId> = call.rings.iter().copied().collect();
    let Some(first) = rings.first().copied() else {
        return Vec::new();
    };
    let told: Vec<RingRow> = rings
        .iter()
        .filter_map(|id| Some(ring_row(*id, dues.get(id)?)))
        .collect();
    let row = |who: &str, channel: Channel| CallRow {
        id: CallId(Uuid::new_v4()),
        dedup: format!("{first}:{who}:{channel}"),
        account: None,
        last_resort: None,
        unit: call.unit.clone(),
        channel,
        urgency: call.urgency,
        drill: false,
        night: call.night,
        waiting: call.number,
        late: call.late,
        state: if channel == Channel::Desk {
            CallState::HandedOver
        } else {
            CallState::Queued
        },
        fault: None,
        rings: told.clone(),
    };
    match &call.callee {
        Callee::Person(person) => {
            let account = book.account(person);
            let rows = call.channels.iter().map(|channel| CallRow {
                account,
                ..row(&person.0, *channel)
            });
            rows.filter(|row| row.account.is_some()).collect()
        }
        Callee::LastResort => {
            let mut channels: Vec<Channel> = call.channels.iter().copied().filter(|c| c.needs_phone()).collect();
            if channels.is_empty() {
                channels.push(Channel::Sms);
            }
            let places = 1..=pack.last_resort().len();
            let calls = places.flat_map(|place| channels.iter().map(move |channel| (place, *channel)));
            calls
                .map(|(place, channel)| CallRow {
                    last_resort: Some(place),
                    // They are nobody's own telephones, so no night hides them.
                    night: false,
                    ..row(&format!("last-resort-{place}"), channel)
                })
                .collect()
        }
    }
}

fn ring_row(id: RingId, due: &Due) -> RingRow {
    RingRow {
        stage: id.bell.stage.0,
        generation: id.bell.due_generation,
        cause: id.bell.cause.to_string(),
        first: due.first,
        ring: due.last,
        planned: due.planned,
    }
}

/// When stages are looked at next.
#[derive(Debug, Default)]
pub(super) struct Next {
    stages: Vec<StageId>,
    at: Vec<DateTime<Utc>>,
    held: Vec<Option<&'static str>>,
}

impl Next {
    /// A stage is looked at then; `held`: because its unit is not there.
    pub(super) fn at(&mut self, stage: StageId, at: DateTime<Utc>, held: Option<Wait>) {
        self.stages.push(stage);
        self.at.push(at);
        self.held.push(held.map(Wait::as_str));
    }

    /// These stages are looked at then at the latest.
    pub(super) fn at_latest(&mut self, stages: &[StageId], at: DateTime<Utc>) {
        for (stage, next) in self.stages.iter().zip(&mut self.at) {
            if stages.contains(stage) {
                *next = at.min(*next);
            }
        }
    }

    /// Writes it down; those that have ended ring no more.
    pub(super) async fn write(self, tx: &mut PgTransaction<'_>, ended: &[StageId]) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE ring_turns r SET next_at = n.next_at, held = n.held
             FROM unnest($1::bigint[], $2::timestamptz[], $3::text[]) AS n (stage_id, next_at, held) WHERE r.stage_id = n.stage_id",
        )
        .bind(self.stages)
        .bind(self.at)
        .bind(self.held)
        .execute(&mut **tx)
        .await?;
        sqlx::query("DELETE FROM ring_turns WHERE stage_id = ANY ($1)")
            .bind(ended)
            .execute(&mut **tx)
            .await?;
        Ok(())
    }
}
