//! Somebody else decides or reviews, or an opening ends before its time.

use casework::ticket::TicketState;
use casework::ticket::opening::{
    Finding, Judge, LASTS, OpeningAct, OpeningState, Side, decides, ends, may_ask, reviews,
};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;
use uuid::Uuid;

use super::{
    ask::OpeningEvent,
    opening::{OPENING, Opening, parts_said},
};
use crate::store::{
    AccountId, Desk, DeskScope, EventKind, NoticeKind, Office, OpeningId, Said, Store, StoreError, Subject,
    SubjectNotice, To, Word,
    event_detail::{OfOpening, OpeningWhy},
    notices::subject::subject_notice,
};

/// An act on an opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpeningDeed {
    /// 批准
    Approve,
    /// 不批准
    Refuse,
    /// 撤回申请
    Withdraw,
    /// 提前结束
    End,
    /// 复核
    Review(Finding),
}

impl OpeningDeed {
    fn act(self) -> OpeningAct {
        match self {
            Self::Approve => OpeningAct::Approve,
            Self::Refuse => OpeningAct::Refuse,
            Self::Withdraw => OpeningAct::Withdraw,
            Self::End => OpeningAct::End,
            Self::Review(_) => OpeningAct::Review,
        }
    }

    /// The kind of the event it leaves.
    pub fn kind(self) -> EventKind {
        match self {
            Self::Approve => EventKind::OpeningApproved,
            Self::Refuse => EventKind::OpeningRefused,
            Self::Withdraw => EventKind::OpeningWithdrawn,
            Self::End => EventKind::OpeningEnded,
            Self::Review(_) => EventKind::OpeningReviewed,
        }
    }
}

/// Who acts, on which version of the page, and what they wrote.
#[derive(Clone, Debug)]
pub struct OpeningActing<'a> {
    /// Name.
    pub by: &'a str,
    /// Account.
    pub account: AccountId,
    /// Version the page showed.
    pub version: i32,
    /// When.
    pub at: DateTime<Utc>,
    /// What they wrote, sealed with the report's key.
    pub note: Option<&'a [u8]>,
}

/// Why an act is not this person's, or not now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpeningDenied {
    /// Nobody decides or reviews their own, nor what another login of the same person asked.
    Own,
    /// Nobody decides or reviews what their own unit asked.
    OwnUnit,
    /// It is for other roles.
    Role,
    /// The ticket is closed, or no longer the unit's.
    TicketClosed,
    /// Only who asked takes it back.
    NotYours,
}

impl OpeningDenied {
    /// The word of texts and the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::OwnUnit => "own-unit",
            Self::Role => "role",
            Self::TicketClosed => "ticket-closed",
            Self::NotYours => "not-yours",
        }
    }
}

/// How an act ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpeningDone {
    /// Done now.
    Done(Opening),
    /// Somebody acted in between (perhaps this person, by a double click). Nothing was changed.
    Stale(Opening),
    /// Its state, or its end, does not allow it.
    NotAllowed(Opening),
    /// Not this person, or not now.
    Denied(OpeningDenied),
    /// No such opening for them.
    NotFound,
}

impl Store<Desk> {
    /// Who asked takes it back or ends it, at their desk.
    pub async fn desk_opening_act(
        &self,
        scope: &DeskScope,
        id: OpeningId,
        deed: OpeningDeed,
        acting: &OpeningActing<'_>,
    ) -> Result<OpeningDone, StoreError> {
        let tx = self.desk(scope).await?;
        act(tx, None, id, deed, acting).await
    }
}

impl Store<Office> {
    /// The office or the oversight decides, reviews or ends it.
    pub async fn opening_act(
        &self,
        county: &str,
        id: OpeningId,
        deed: OpeningDeed,
        acting: &OpeningActing<'_>,
    ) -> Result<OpeningDone, StoreError> {
        let tx = self.pool.begin().await?;
        act(tx, Some(county), id, deed, acting).await
    }
}

/// One act: of the office in its county, or of a desk, whose login sees its own units' openings alone.
async fn act(
    mut tx: PgTransaction<'_>,
    county: Option<&str>,
    id: OpeningId,
    deed: OpeningDeed,
    acting: &OpeningActing<'_>,
) -> Result<OpeningDone, StoreError> {
    let sql = format!("{OPENING} WHERE o.id = $1 AND ($2::text IS NULL OR o.county = $2) FOR UPDATE OF o");
    let found: Option<Opening> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .bind(county)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(found) = found else {
        return Ok(OpeningDone::NotFound);
    };
    let before = found.state;
    if let Some(denied) = denied(&mut tx, county.is_none(), &found, deed, acting).await? {
        return Ok(OpeningDone::Denied(denied));
    }
    if found.version != acting.version {
        return Ok(OpeningDone::Stale(found));
    }
    let reviewed = matches!(deed, OpeningDeed::Review(_)) && !found.is_to_review();
    let after = match deed {
        OpeningDeed::Review(finding) => before.reviewed(finding, found.ends_at, acting.at),
        deed => before.after(deed.act(), found.ends_at, acting.at),
    };
    let after = match after {
        Ok(after) if !reviewed => after,
        _ => return Ok(OpeningDone::NotAllowed(found)),
    };
    if deed == OpeningDeed::Approve && !ticket_open(&mut tx, &found).await? {
        return Ok(OpeningDone::Denied(OpeningDenied::TicketClosed));
    }
    write(&mut tx, &found, after, deed, acting).await?;
    let event = OpeningEvent {
        at: acting.at,
        report: found.report_id,
        ticket: found.ticket_id,
        kind: deed.kind(),
        by: acting.by,
        account: acting.account,
        detail: OfOpening {
            finding: match deed {
                OpeningDeed::Review(finding) => Some(finding),
                _ => None,
            },
            ..OfOpening::new(id, found.parts.clone())
        },
        sealed: acting.note,
    };
    event.insert(&mut tx).await?;
    if deed == OpeningDeed::Review(Finding::NotCompliant) {
        if after != before {
            ended_by_review(&event, id, &found.parts).insert(&mut tx).await?;
        }
        tell_of_fault(&mut tx, &found, acting).await?;
    }
    if matches!(deed, OpeningDeed::Approve | OpeningDeed::Refuse) && found.side == Side::Unit {
        let kind = match deed {
            OpeningDeed::Approve => NoticeKind::OpeningApproved,
            _ => NoticeKind::OpeningRefused,
        };
        tell_unit(&mut tx, &found, kind, acting.at).await?;
    }
    let sql = format!("{OPENING} WHERE o.id = $1");
    let stored = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(id)
        .fetch_one(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(OpeningDone::Done(stored))
}

/// Why this person may not, or not now.
async fn denied(
    tx: &mut PgTransaction<'_>,
    desk: bool,
    found: &Opening,
    deed: OpeningDeed,
    acting: &OpeningActing<'_>,
) -> Result<Option<OpeningDenied>, StoreError> {
    let own = found.asked_account == acting.account;
    let (office, oversight, of_the_unit, same): (bool, bool, bool, bool) = sqlx::query_as(
        "SELECT coalesce(bool_or(m.role = 'office'), false), coalesce(bool_or(m.role = 'oversight'), false),
                coalesce(bool_or(m.unit = $2 AND m.role IN ('member', 'leader')), false), same_person($1, $3)
         FROM memberships m WHERE m.account_id = $1 AND m.ended_at IS NULL",
    )
    .bind(acting.account)
    .bind(&found.unit)
    .bind(found.asked_account)
    .fetch_one(&mut **tx)
    .await?;
    // At a desk somebody acts for their unit, whatever else they are.
    let judge = if desk {
        Judge::default()
    } else {
        Judge { office, oversight }
    };
    let side = found.side;
    let right = match deed {
        OpeningDeed::Withdraw => return Ok((!own).then_some(OpeningDenied::NotYours)),
        OpeningDeed::End => return Ok((!ends(own, judge)).then_some(OpeningDenied::NotYours)),
        OpeningDeed::Approve | OpeningDeed::Refuse => decides(side, judge),
        OpeningDeed::Review(_) => reviews(side, judge),
    };
    Ok(if own || same {
        Some(OpeningDenied::Own)
    } else if side == Side::Unit && of_the_unit {
        Some(OpeningDenied::OwnUnit)
    } else {
        (!right).then_some(OpeningDenied::Role)
    })
}

/// Whether the ticket is still open at the unit that asked; an opening without one needs none.
async fn ticket_open(tx: &mut PgTransaction<'_>, found: &Opening) -> Result<bool, StoreError> {
    let Some(ticket) = found.ticket_id else {
        return Ok(true);
    };
    let state: Option<Word<TicketState>> = sqlx::query_scalar("SELECT state FROM tickets WHERE id = $1 AND unit = $2")
        .bind(ticket)
        .bind(&found.unit)
        .fetch_optional(&mut **tx)
        .await?;
    Ok(state.is_some_and(|state| may_ask(*state)))
}

async fn write(
    tx: &mut PgTransaction<'_>,
    found: &Opening,
    after: OpeningState,
    deed: OpeningDeed,
    acting: &OpeningActing<'_>,
) -> Result<(), StoreError> {
    let (sql, more): (&str, Option<String>) = match deed {
        OpeningDeed::Approve => (
            "UPDATE openings SET state = $2, version = version + 1, decided_at = $3, decided_by = $4, decided_account = $5,
                    decided_note = $6, opened_at = $3, ends_at = $7::timestamptz WHERE id = $1",
            Some((acting.at + LASTS).to_rfc3339()),
        ),
        OpeningDeed::Refuse => (
            "UPDATE openings SET state = $2, version = version + 1, decided_at = $3, decided_by = $4, decided_account = $5,
                    decided_note = $6 WHERE id = $1 AND $7::text IS NULL",
            None,
        ),
        OpeningDeed::Withdraw | OpeningDeed::End => (
            "UPDATE openings SET state = $2, version = version + 1, ended_at = $3, ended_by = $4, ended_account = $5
             WHERE id = $1 AND $6::bytea IS NOT DISTINCT FROM $6 AND $7::text IS NULL",
            None,
        ),
        OpeningDeed::Review(finding) => (
            "UPDATE openings SET state = $2, version = version + 1, reviewed_at = $3, reviewed_by = $4, reviewed_account = $5,
                    review_note = $6, review = $7,
                    ended_at = CASE WHEN state <> $2 THEN $3 ELSE ended_at END, ended_by = CASE WHEN state <> $2 THEN $4 ELSE ended_by END,
                    ended_account = CASE WHEN state <> $2 THEN $5 ELSE ended_account END,
                    ended_why = CASE WHEN state <> $2 THEN 'review' ELSE ended_why END
             WHERE id = $1",
            Some(finding.as_str().to_owned()),
        ),
    };
    sqlx::query(sql)
        .bind(found.id)
        .bind(after.as_str())
        .bind(acting.at)
        .bind(acting.by)
        .bind(acting.account)
        .bind(acting.note)
        .bind(more)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// That it ended stands in the trail beside what the review found.
fn ended_by_review<'e>(reviewed: &OpeningEvent<'e>, id: OpeningId, parts: &[String]) -> OpeningEvent<'e> {
    OpeningEvent {
        kind: EventKind::OpeningEnded,
        detail: OfOpening {
            why: Some(OpeningWhy::Review),
            ..OfOpening::new(id, parts.to_vec())
        },
        sealed: None,
        at: reviewed.at,
        report: reviewed.report,
        ticket: reviewed.ticket,
        by: reviewed.by,
        account: reviewed.account,
    }
}

/// A look that was not right is told to the unit whose person it was, for its leader, and to the office. Without the note.
async fn tell_of_fault(
    tx: &mut PgTransaction<'_>,
    found: &Opening,
    acting: &OpeningActing<'_>,
) -> Result<(), StoreError> {
    let county: String = sqlx::query_scalar("SELECT county FROM openings WHERE id = $1")
        .bind(found.id)
        .fetch_one(&mut **tx)
        .await?;
    // The office's own looks have one mailbox to go to: a notice is queued once for each.
    for to in [To::Unit(&found.unit), To::Office] {
        let notice = SubjectNotice {
            county: &county,
            subject: Subject::OpeningFaulted(found.id),
            round: 0,
            to,
            urgency: found.urgency,
            drill: found.drill,
            said: Said {
                report: Some(found.report_id),
                unit: Some(found.unit_name.clone()),
                asked: Some(parts_said(&found.parts)),
                person: Some(found.asked_by.clone()),
                by: Some(acting.by.to_owned()),
                ..Said::default()
            },
            at: acting.at,
        };
        subject_notice(tx, &notice).await?;
    }
    Ok(())
}

/// The unit that asked is told what was decided.
async fn tell_unit(
    tx: &mut PgTransaction<'_>,
    found: &Opening,
    kind: NoticeKind,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO notices (id, dedup, county, kind, ticket_id, unit, urgency, drill, created_at, state)
         SELECT $1, $2 || ':' || $3::text, t.county, $2, t.id, t.unit, t.urgency, r.drill, $5, 'queued'
         FROM tickets t JOIN reports r ON r.id = t.report_id WHERE t.id = $4",
    )
    .bind(Uuid::new_v4())
    .bind(kind.as_str())
    .bind(found.id)
    .bind(found.ticket_id)
    .bind(at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
