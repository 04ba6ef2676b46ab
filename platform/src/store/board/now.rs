//! The office's board: what needs a call now (live), and how fast units respond (a snapshot, exact as of its time).
//!
//! Response times are percentiles over every ticket, which no index can answer at once; they are computed in the background
//! and read back as one row. Drills do not count.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{postgres::PgRow, types::Json};

use crate::store::notices::kind::StoredKind;
use crate::store::{
    Beat, Board, Flood, GatewaySpent, Listed, MailState, NoticeId, NoticeKind, NoticeState, ReportId, Store,
    StoreError, SubjectKind, TicketId, UnitCall, UnlistedArea, Unread, VisitsInVain, Word, alone::alone,
    by_key::rows_in_order, listed::listed,
};
use casework::report::StoredFacts;
use casework::ticket::TicketState;
use casework::words::{TicketClock, Urgency};

/// A list on the board is cut here; the count beside it says how many there are.
const SHOWN: i64 = 20;

/// A count stops here: beyond it the exact number changes nothing of what is to be done now, and costs a walk over all.
const COUNTED: i64 = 1001;

/// A ticket that somebody should call about.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CallAbout {
    /// Ticket.
    pub ticket_id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// Unit code.
    pub unit: String,
    /// Unit's name.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// The stage it is about.
    pub stage: Option<Word<TicketClock>>,
    /// Since when: dispatch, or the due time that passed.
    pub since: DateTime<Utc>,
    /// Highest level sent.
    pub level: Option<i16>,
    /// Whom to call.
    pub call: Json<UnitCall>,
    /// A drill.
    pub drill: bool,
    /// Routing facts, for the pages.
    pub facts: Option<Json<StoredFacts>>,
}

/// A notice that will never arrive by itself.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct UndeliveredNotice {
    /// Notice.
    pub id: NoticeId,
    /// The first ticket that it is about, if it is about tickets.
    pub ticket_id: Option<TicketId>,
    /// What it is about otherwise.
    pub subject_kind: Option<Word<SubjectKind>>,
    /// Its id.
    pub subject_id: Option<i64>,
    /// Code of the unit that was to be told.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Kind of the notice.
    #[sqlx(try_from = "StoredKind")]
    pub kind: NoticeKind,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// `failed`, or `bounced` where it was sent and came back.
    #[sqlx(try_from = "String")]
    pub state: NoticeState,
    /// When it was given up or came back.
    pub finished_at: DateTime<Utc>,
    /// Why.
    pub last_error: Option<String>,
    /// Whom to call.
    pub call: Json<UnitCall>,
}

/// A report that waits for a human.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct TriageLine {
    /// Triage ticket.
    pub ticket_id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// How urgent its case is.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// State of the triage ticket.
    #[sqlx(try_from = "String")]
    pub state: TicketState,
    /// Who took it in hand.
    pub signed_by: Option<String>,
    /// Why it is here, in Chinese sentences.
    pub reasons: Json<Vec<String>>,
    /// Due time of its next stage.
    pub next_due_at: Option<DateTime<Utc>>,
    /// Since when.
    pub dispatched_at: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
    /// Routing facts, for the pages.
    pub facts: Option<Json<StoredFacts>>,
}

/// What the office sees first.
#[derive(Clone, Debug)]
pub struct BoardNow {
    /// How many P1 have no signature. This count and the others stop at 1,001, which means "more than 1,000".
    pub unsigned_count: i64,
    /// How many reports wait for a human.
    pub triage_count: i64,
    /// How many notices failed.
    pub failed_count: i64,
    /// How many children were looked for in vain.
    pub in_vain_count: i64,
    /// P1 without a signature, the longest first.
    pub unsigned: Vec<Listed<CallAbout>>,
    /// Overdue stages, the highest level first.
    pub overdue: Vec<Listed<CallAbout>>,
    /// Overdue stages by level reached (2, 3, 4).
    pub overdue_by_level: Vec<(i16, i64)>,
    /// Reports that wait for a human.
    pub triage: Vec<Listed<TriageLine>>,
    /// Failed notices.
    pub failed: Vec<Listed<UndeliveredNotice>>,
    /// Children who were looked for in vain, the most often first.
    pub in_vain: Vec<Listed<VisitsInVain>>,
    /// 不满意 that waits for a second person of the office.
    pub callbacks_undecided: i64,
    /// Messages that named no report of ours.
    pub parked: i64,
    /// Drills that are unsigned or overdue: never in the counts and lists above.
    pub drills: Vec<Listed<CallAbout>>,
    /// Area codes of the county that the list does not have.
    pub unlisted: Vec<UnlistedArea>,
    /// Whether mail goes out; `None` when no notifier ever said so.
    pub mail: Option<MailState>,
    /// The last words of router and notifier.
    pub watch: Vec<Beat>,
    /// Providers of messages and calls, and what went out by each.
    pub gateways: Vec<GatewaySpent>,
    /// How many notices wait to be sent.
    pub mail_waiting: i64,
    /// How many closings and transfers wait for the office.
    pub closings: i64,
    /// How much units ask of the office.
    pub motions: i64,
    /// Floods of the last days.
    pub floods: Vec<Flood>,
    /// How many openings wait for a decision or a review.
    pub openings: i64,
    /// How many of them are overdue.
    pub openings_overdue: i64,
}

/// One of the board's lists, which can be read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoardList {
    /// P1 without a signature.
    Unsigned,
    /// Overdue stages.
    Overdue,
}

/// How many of each there are, up to [`COUNTED`].
struct Counts {
    unsigned: i64,
    triage: i64,
    failed: i64,
    in_vain: i64,
    callbacks_undecided: i64,
    mail_waiting: i64,
}

impl Store<Board> {
    /// Each in the order of an index: without one the table itself is read, from wherever the last reader of it stood, until enough
    /// are found.
    async fn counts(&self, county: &str) -> Result<Counts, StoreError> {
        let mut tx = self.pool.begin().await?;
        rows_in_order(&mut tx).await?;
        let mut count = async |few: &'static str| {
            sqlx::query_scalar::<_, i64>(few)
                .bind(county)
                .bind(COUNTED)
                .fetch_one(&mut *tx)
                .await
        };
        let counts = Counts {
            unsigned: count(
                "SELECT count(*) FROM (SELECT FROM tickets WHERE county = $1 AND NOT drill AND state IN ('dispatched', 'reopened') AND urgency = 'P1'
                   ORDER BY dispatched_at, id LIMIT $2) few",
            )
            .await?,
            triage: count(
                "SELECT count(*) FROM (SELECT FROM tickets WHERE county = $1 AND obligation = 'triage' AND resolved_at IS NULL AND state <> 'waived'
                   ORDER BY urgency, dispatched_at, id LIMIT $2) few",
            )
            .await?,
            failed: count("SELECT count(*) FROM (SELECT FROM notices WHERE county = $1 AND state IN ('failed', 'bounced') AND replaced_by IS NULL ORDER BY finished_at, id LIMIT $2) few").await?,
            in_vain: count(
                "SELECT count(*) FROM (SELECT FROM visits_in_vain WHERE county = $1 AND NOT drill AND open
                   ORDER BY visits DESC, last_at, report_id LIMIT $2) few",
            )
            .await?,
            callbacks_undecided: count(
                "SELECT count(*) FROM (SELECT FROM callbacks c JOIN reports r ON r.id = c.report_id
                    WHERE c.result = 'dissatisfied' AND c.decision IS NULL AND r.county = $1 LIMIT $2) few",
            )
            .await?,
            mail_waiting: count("SELECT count(*) FROM (SELECT FROM notices WHERE county = $1 AND state = 'queued' ORDER BY urgency, due_at, created_at LIMIT $2) few").await?,
        };
        tx.commit().await?;
        Ok(counts)
    }

    /// The live part of the board.
    pub async fn board_now(&self, county: &str, now: DateTime<Utc>) -> Result<BoardNow, StoreError> {
        let counts = self.counts(county).await?;
        let (asked, to_review, openings_overdue) = self.openings_counts(county, now).await?;
        let mut drills = self.board_list(county, BoardList::Unsigned, true, 0, SHOWN).await?;
        let overdue = self.board_list(county, BoardList::Overdue, true, 0, SHOWN).await?;
        drills.extend(overdue.into_iter().filter(|line| {
            line.read()
                .is_none_or(|line| line.stage != Some(Word(TicketClock::Sign)))
        }));
        Ok(BoardNow {
            unsigned_count: counts.unsigned,
            triage_count: counts.triage,
            failed_count: counts.failed,
            in_vain_count: counts.in_vain,
            unsigned: self.board_list(county, BoardList::Unsigned, false, 0, SHOWN).await?,
            overdue: self.board_list(county, BoardList::Overdue, false, 0, SHOWN).await?,
            overdue_by_level: sqlx::query_as(include_str!("levels.sql"))
                .bind(county)
                .bind(COUNTED)
                .fetch_all(&self.pool)
                .await?,
            triage: self.triage_list(county, 0, SHOWN).await?,
            closings: self.closings_count(county, now).await?,
            motions: self.motions_count(county).await?,
            floods: self.floods(county, now).await?,
            openings: asked + to_review,
            openings_overdue,
            failed: self.board_failed(county, 0, SHOWN).await?,
            in_vain: self.visits_in_vain(county, 0, SHOWN).await?,
            drills,
            callbacks_undecided: counts.callbacks_undecided,
            mail: self.mail_state(county).await?,
            watch: self.watch_beats(county).await?,
            gateways: self.gateways_spent(county, now).await?,
            mail_waiting: counts.mail_waiting,
            parked: sqlx::query_scalar("SELECT count(*) FROM (SELECT FROM parked_messages LIMIT $1) few")
                .bind(COUNTED)
                .fetch_one(&self.pool)
                .await?,
            unlisted: self.unlisted_areas(county).await?,
        })
    }

    /// A part of one of the board's lists: `limit` lines after `offset`.
    pub async fn board_list(
        &self,
        county: &str,
        list: BoardList,
        drill: bool,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Listed<CallAbout>>, StoreError> {
        let sql = match list {
            BoardList::Unsigned => include_str!("unsigned.sql"),
            BoardList::Overdue => include_str!("overdue.sql"),
        };
        let rows = sqlx::query(sql)
            .bind(county)
            .bind(limit)
            .bind(offset)
            .bind(drill)
            .fetch_all(&self.pool)
            .await?;
        listed(&rows, Unread::ticket)
    }

    /// A part of the notices that will never arrive by themselves, the latest first.
    pub async fn board_failed(
        &self,
        county: &str,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Listed<UndeliveredNotice>>, StoreError> {
        let rows = self
            .board_rows(include_str!("failed.sql"), county, offset, limit)
            .await?;
        listed(&rows, Unread::notice)
    }

    /// Rows of a list in the order of its index: $1 county, $2 how many, $3 after how many.
    pub(super) async fn board_rows(
        &self,
        sql: &'static str,
        county: &str,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<PgRow>, StoreError> {
        let mut tx = self.pool.begin().await?;
        rows_in_order(&mut tx).await?;
        let rows = sqlx::query(sql)
            .bind(county)
            .bind(limit)
            .bind(offset)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(rows)
    }

    /// Reports that wait for a human, the most urgent first: `limit` lines after `offset`.
    pub async fn triage_list(
        &self,
        county: &str,
        offset: i64,
        limit: i64,
    ) -> Result<Vec<Listed<TriageLine>>, StoreError> {
        let rows = sqlx::query(
            "SELECT t.id AS ticket_id, t.report_id, t.urgency, t.state, person_shown(t.signed_by_account, t.signed_by) AS signed_by,
                    t.next_due_at, t.dispatched_at, board_listed(t.id) AS facts,
                    t.drill,
                    coalesce((SELECT d.triage_reasons FROM decisions d WHERE d.report_id = t.report_id ORDER BY d.round DESC LIMIT 1), '[]') AS reasons
             FROM tickets t WHERE t.county = $1 AND t.obligation = 'triage' AND t.resolved_at IS NULL AND t.state <> 'waived'
             ORDER BY t.urgency, t.dispatched_at, t.id OFFSET $2 LIMIT $3",
        )
        .bind(county)
        .bind(offset)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?;
        listed(&rows, Unread::ticket)
    }

    /// Computes response times and ledger, and keeps them as the county's snapshot. `days` back from `now`, by dispatch.
    /// `false` when another instance is at it: one at a time is enough load for the database.
    pub async fn board_snapshot_make(&self, county: &str, now: DateTime<Utc>, days: i32) -> Result<bool, StoreError> {
        let begun = std::time::Instant::now();
        let mut tx = self.pool.begin().await?;
        if !alone(&mut *tx, "board_snapshot", county).await? {
            return Ok(false);
        }
        // The only statements that may run long: they run alone, in the background.
        sqlx::query("SET LOCAL statement_timeout = '300s'")
            .execute(&mut *tx)
            .await?;
        let times: Value = sqlx::query_scalar(include_str!("times.sql"))
            .bind(county)
            .bind(now)
            .bind(days)
            .fetch_one(&mut *tx)
            .await?;
        let ledger: Value = sqlx::query_scalar(include_str!("ledger.sql"))
            .bind(county)
            .fetch_one(&mut *tx)
            .await?;
        let took = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
        sqlx::query(
            "INSERT INTO board_snapshots (county, at, took_ms, data) VALUES ($1, $2, $3, $4)
             ON CONFLICT (county) DO UPDATE SET at = excluded.at, took_ms = excluded.took_ms, data = excluded.data
             WHERE board_snapshots.at <= excluded.at",
        )
        .bind(county)
        .bind(now)
        .bind(took)
        .bind(serde_json::json!({"days": days, "times": times, "ledger": ledger}))
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The latest snapshot: when, how long it took, `{"days", "times": [per unit], "ledger"}`.
    pub async fn board_snapshot(&self, county: &str) -> Result<Option<(DateTime<Utc>, i32, Value)>, StoreError> {
        let row = sqlx::query_as("SELECT at, took_ms, data FROM board_snapshots WHERE county = $1")
            .bind(county)
            .fetch_optional(&self.pool)
            .await?;
        Ok(row)
    }
}
