//! Somebody asks: what they may have at once is open, the rest waits for another person.

use super::opening::{OPENING, Opening, parts_said};
use crate::store::{
    AccountId, Desk, DeskScope, Detail, EventKind, Office, OpeningId, ReportId, Said, Store, StoreError, Subject,
    SubjectNotice, TicketId, To, Word, event_detail::OfOpening, notices::subject::subject_notice,
};
use casework::clock::escalation::PlannedStep;
use casework::ticket::TicketState;
use casework::ticket::opening::{Asker, IDENTITY, LASTS, OpeningState, Side, Way, may_ask, way};
use casework::words::Urgency;
use casework::words::reserved::{OFFICE, POLICE};
use chrono::{DateTime, Utc};
use sqlx::{PgTransaction, types::Json};

/// Until when somebody else acts, and who is told otherwise.
#[derive(Clone, Debug)]
pub struct OpeningClock {
    /// Due.
    pub due: DateTime<Utc>,
    /// The steps upwards.
    pub plan: Vec<PlannedStep>,
}

/// The clocks of the decision and of the review, by the pack.
#[derive(Clone, Debug)]
pub struct OpeningClocks {
    /// Of the decision.
    pub decide: OpeningClock,
    /// Of the review.
    pub review: OpeningClock,
}

/// What somebody asks.
#[derive(Clone, Copy)]
pub struct OpeningAsk<'a> {
    /// County.
    pub county: &'a str,
    /// Parts.
    pub parts: &'a [String],
    /// Why, sealed.
    pub reason: &'a [u8],
    /// Name.
    pub by: &'a str,
    /// Account.
    pub account: AccountId,
    /// When.
    pub at: DateTime<Utc>,
    /// Its clocks, by the urgency of the case.
    pub clocks: &'a (dyn Fn(Urgency) -> OpeningClocks + Send + Sync),
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpeningAsked {
    /// Stored: one opening for each way.
    Now(Vec<Opening>),
    /// All of it was asked before and waits, or is shown already. Nothing was stored.
    Before,
    /// Nobody stands behind an anonymous report.
    Nobody,
    /// The ticket's state does not allow it.
    NotAllowed {
        /// The state.
        state: TicketState,
    },
    /// No such ticket or report.
    NotFound,
}

/// A ticket or report as the asking finds it.
#[derive(Clone, Debug, sqlx::FromRow)]
struct Found {
    report_id: ReportId,
    ticket_id: Option<TicketId>,
    state: Option<Word<TicketState>>,
    #[sqlx(try_from = "String")]
    urgency: Urgency,
    unit: String,
    unit_kind: String,
    drill: bool,
    anonymous: bool,
    shows: Vec<String>,
    shown_now: Vec<String>,
}

impl Store<Desk> {
    /// A person of a unit asks for parts of one of its tickets.
    pub async fn desk_opening_ask(
        &self,
        scope: &DeskScope,
        ticket: TicketId,
        ask: &OpeningAsk<'_>,
    ) -> Result<OpeningAsked, StoreError> {
        let mut tx = self.desk(scope).await?;
        sqlx::query("SELECT tickets_lock($1)")
            .bind(ticket)
            .execute(&mut *tx)
            .await?;
        let found: Option<Found> = sqlx::query_as("SELECT * FROM desk_opening_ground($1, $2, $3)")
            .bind(ticket)
            .bind(ask.account)
            .bind(ask.at)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(found) = found else {
            return Ok(OpeningAsked::NotFound);
        };
        let side = if found.unit_kind == OFFICE {
            Side::Office
        } else {
            Side::Unit
        };
        ask_for(tx, &found, side, ask).await
    }
}

impl Store<Office> {
    /// The office or the oversight asks for parts of a report. What the office holds a signed ticket of counts as that ticket.
    pub async fn opening_ask(
        &self,
        report: ReportId,
        side: Side,
        ask: &OpeningAsk<'_>,
    ) -> Result<OpeningAsked, StoreError> {
        let mut tx = self.pool.begin().await?;
        // Two browsers of one person ask one after the other.
        sqlx::query("SELECT pg_advisory_xact_lock($1)")
            .bind(report)
            .execute(&mut *tx)
            .await?;
        let found: Option<Found> = sqlx::query_as("SELECT * FROM opening_ground($1, $2, $3, $4)")
            .bind(report)
            .bind(side.as_str())
            .bind(ask.account)
            .bind(ask.at)
            .fetch_optional(&mut *tx)
            .await?;
        let Some(found) = found else {
            return Ok(OpeningAsked::NotFound);
        };
        ask_for(tx, &found, side, ask).await
    }
}

async fn ask_for(
    mut tx: PgTransaction<'_>,
    found: &Found,
    side: Side,
    ask: &OpeningAsk<'_>,
) -> Result<OpeningAsked, StoreError> {
    let state = found.state.map(|word| *word);
    if let Some(state) = state.filter(|state| !may_ask(*state)) {
        return Ok(OpeningAsked::NotAllowed { state });
    }
    if found.anonymous && ask.parts.iter().all(|part| part == IDENTITY) {
        return Ok(OpeningAsked::Nobody);
    }
    let waiting: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT unnest(parts) FROM openings WHERE report_id = $1 AND asked_account = $2 AND state = 'asked'
           AND ticket_id IS NOT DISTINCT FROM $3",
    )
    .bind(found.report_id)
    .bind(ask.account)
    .bind(found.ticket_id)
    .fetch_all(&mut *tx)
    .await?;
    let asker = Asker {
        urgency: found.urgency,
        ticket: state,
        sees_identity: side == Side::Unit
            && found.unit_kind == POLICE
            && found.shows.iter().any(|part| part == IDENTITY),
    };
    let mut ids = Vec::new();
    for &kind in Way::ALL {
        let mut parts: Vec<&String> = ask
            .parts
            .iter()
            .filter(|part| way(asker, part) == kind && !found.shown_now.contains(part) && !waiting.contains(part))
            .filter(|part| !(found.anonymous && *part == IDENTITY))
            .collect();
        parts.dedup();
        if !parts.is_empty() {
            ids.push(insert(&mut tx, found, (side, kind), &parts, ask).await?);
        }
    }
    if ids.is_empty() {
        return Ok(OpeningAsked::Before);
    }
    let sql = format!("{OPENING} WHERE o.id = ANY ($1) ORDER BY o.id");
    let stored: Vec<Opening> = sqlx::query_as(sqlx::AssertSqlSafe(sql))
        .bind(&ids)
        .fetch_all(&mut *tx)
        .await?;
    for opening in stored.iter().filter(|o| o.state == OpeningState::Asked) {
        tell(&mut tx, opening, ask).await?;
    }
    tx.commit().await?;
    Ok(OpeningAsked::Now(stored))
}

async fn insert(
    tx: &mut PgTransaction<'_>,
    found: &Found,
    (side, way): (Side, Way),
    parts: &[&String],
    ask: &OpeningAsk<'_>,
) -> Result<OpeningId, StoreError> {
    let waits = way == Way::Approval;
    let clocks = (ask.clocks)(found.urgency);
    let clock = if waits { &clocks.decide } else { &clocks.review };
    let id: OpeningId = sqlx::query_scalar(
        "INSERT INTO openings (county, report_id, ticket_id, unit, side, way, parts, urgency, drill, state, asked_at, asked_by,
                               asked_account, reason, due_at, review_due_at, opened_at, ends_at, plan, next_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) RETURNING id",
    )
    .bind(ask.county)
    .bind(found.report_id)
    .bind(found.ticket_id)
    .bind(&found.unit)
    .bind(side.as_str())
    .bind(way.as_str())
    .bind(parts)
    .bind(found.urgency.as_str())
    .bind(found.drill)
    .bind(if waits { "asked" } else { "open" })
    .bind(ask.at)
    .bind(ask.by)
    .bind(ask.account)
    .bind(ask.reason)
    .bind(waits.then_some(clock.due))
    .bind((!waits).then_some(clock.due))
    .bind((!waits).then_some(ask.at))
    .bind((!waits).then_some(ask.at + LASTS))
    .bind(Json(&clock.plan))
    .bind(clock.plan.first().map(|step| step.at))
    .fetch_one(&mut **tx)
    .await?;
    let event = OpeningEvent {
        at: ask.at,
        report: found.report_id,
        ticket: found.ticket_id,
        kind: if waits {
            EventKind::OpeningAsked
        } else {
            EventKind::OpeningOpened
        },
        by: ask.by,
        account: ask.account,
        detail: OfOpening {
            way: Some(way),
            ..OfOpening::new(id, parts.iter().map(ToString::to_string).collect())
        },
        sealed: Some(ask.reason),
    };
    event.insert(tx).await?;
    Ok(id)
}

/// Who decides is told: what the office asks is decided by others who read the same mailbox.
async fn tell(tx: &mut PgTransaction<'_>, opening: &Opening, ask: &OpeningAsk<'_>) -> Result<(), StoreError> {
    let notice = SubjectNotice {
        county: ask.county,
        subject: Subject::OpeningAsked(opening.id),
        round: 0,
        to: To::Office,
        urgency: opening.urgency,
        drill: opening.drill,
        said: Said {
            report: Some(opening.report_id),
            unit: Some(opening.unit_name.clone()),
            asked: Some(parts_said(&opening.parts)),
            by: Some(ask.by.to_owned()),
            due: opening.due_at,
            ..Said::default()
        },
        at: ask.at,
    };
    subject_notice(tx, &notice).await?;
    Ok(())
}

/// A line of the trail.
pub(super) struct OpeningEvent<'a> {
    pub(super) at: DateTime<Utc>,
    pub(super) report: ReportId,
    pub(super) ticket: Option<TicketId>,
    pub(super) kind: EventKind,
    pub(super) by: &'a str,
    pub(super) account: AccountId,
    pub(super) detail: OfOpening,
    pub(super) sealed: Option<&'a [u8]>,
}

impl OpeningEvent<'_> {
    /// Several of one act carry the same time, in microseconds that keep their order.
    pub(super) async fn insert(&self, tx: &mut PgTransaction<'_>) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, detail, sealed)
             SELECT $1 + count(*) * interval '1 microsecond', $2, $3, $4, $5, $6, $7, $8 FROM events e
             WHERE e.report_id = $2 AND e.ticket_id IS NOT DISTINCT FROM $3 AND e.at >= $1 AND e.at < $1 + interval '1 millisecond'",
        )
        .bind(self.at)
        .bind(self.report)
        .bind(self.ticket)
        .bind(self.kind.as_str())
        .bind(self.by)
        .bind(self.account)
        .bind(Detail::of(&self.detail))
        .bind(self.sealed)
        .execute(&mut **tx)
        .await?;
        Ok(())
    }
}
