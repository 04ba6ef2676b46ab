//! The mail of the last level, again with each of its rings: a unit whose people have no telephone is reminded as long as nobody
//! performs the act (invariant 11).

use std::collections::BTreeMap;

use casework::{
    clock::escalation::PlannedStep,
    pack::Pack,
    ringing::{
        bells::{Cause, RingId},
        calls::Round,
    },
    words::{Addressee, Urgency},
};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::open::Ringing;
use crate::store::{
    FloodId, NoticeId, NoticeKind, ReportId, StageId, StoreError, TicketId,
    floods::routed::{Told, tell_unit},
};

/// What makes repetitions one mail.
type Key<'a> = (Result<FloodId, ReportId>, &'a str, NoticeKind, u8, bool);

/// One mail.
#[derive(Debug)]
struct Mail {
    first: RingId,
    urgency: Urgency,
    drill: bool,
    tickets: Vec<TicketId>,
    stages: Vec<StageId>,
}

/// Queues the last level's mail for each repetition that is due.
pub(super) async fn again(
    tx: &mut PgTransaction<'_>,
    pack: &Pack,
    stages: &[Ringing],
    round: &Round,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let of: BTreeMap<i64, &Ringing> = stages.iter().map(|ringing| (ringing.stage.0, ringing)).collect();
    let mut mails: BTreeMap<Key<'_>, Mail> = BTreeMap::new();
    for ring in round.rings.iter().filter(|ring| ring.id.bell.cause == Cause::Again) {
        let Some(ringing) = of.get(&ring.id.bell.stage.0) else {
            continue;
        };
        let Some(last) = ringing.open.plan.last() else {
            continue;
        };
        let about = ringing.flood.ok_or(ringing.report);
        let unit = recipient(pack, &ringing.open.unit, last);
        let mail = mails.entry((about, unit, last.action.into(), last.level, ring.due.late));
        let mail = mail.or_insert_with(|| Mail {
            first: ring.id,
            urgency: ringing.open.urgency,
            drill: ringing.drill,
            tickets: Vec::new(),
            stages: Vec::new(),
        });
        mail.urgency = mail.urgency.max(ringing.open.urgency);
        mail.tickets.push(ringing.ticket);
        mail.stages.push(ringing.stage);
    }
    for (key, mail) in mails {
        queue(tx, pack.county(), (&key, &mail), now).await?;
    }
    Ok(())
}

async fn queue(
    tx: &mut PgTransaction<'_>,
    county: &str,
    ((about, unit, kind, level, late), mail): (&Key<'_>, &Mail),
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let id = NoticeId(Uuid::new_v4());
    if let Ok(flood) = about {
        let told = Told {
            notice: id,
            unit,
            kind: *kind,
            level: Some(i16::from(*level)),
            late: *late,
            urgency: mail.urgency,
            tickets: &mail.tickets,
            crossings: None,
        };
        return tell_unit(tx, *flood, &told, now).await;
    }
    sqlx::query(
        "WITH told AS (
             INSERT INTO notices (id, dedup, county, kind, ticket_id, stage_id, level, unit, urgency, drill, system_late, created_at, state)
             VALUES ($1, $2, $3, $4, ($5::bigint[])[1], ($6::bigint[])[1], $7, $8, $9, $10, $11, $12, 'queued') ON CONFLICT (dedup) DO NOTHING RETURNING id
         )
         INSERT INTO notice_tickets (notice_id, ticket_id, stage_id, level)
         SELECT told.id, c.ticket, c.stage, $7 FROM told, unnest($5::bigint[], $6::bigint[]) AS c (ticket, stage)",
    )
    .bind(id)
    .bind(mail.first.to_string())
    .bind(county)
    .bind(kind.as_str())
    .bind(&mail.tickets)
    .bind(&mail.stages)
    .bind(i16::from(*level))
    .bind(unit)
    .bind(mail.urgency.as_str())
    .bind(mail.drill)
    .bind(*late)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Whose mailbox the last level is told.
fn recipient<'a>(pack: &'a Pack, unit: &'a str, last: &PlannedStep) -> &'a str {
    match last.to {
        Addressee::Office => pack.units().office(),
        Addressee::LeadingGroup => pack.units().leading_group(),
        Addressee::Assignee | Addressee::UnitLeader => unit,
    }
}
