//! What the office sees of floods, and its acts on them.

use casework::{
    ticket::{TicketAct, TicketState},
    words::Urgency,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use sqlx::PgTransaction;

use crate::store::{
    Board, NewAct, Office, Said, Store, StoreError, Subject, SubjectNotice, To, notices::subject::subject_notice,
};
use crate::text::Lang;

/// How long another person of the office has to look at what one asked, whatever the urgency: P1 may be among them.
const CLOSING_DUE: TimeDelta = TimeDelta::hours(1);
/// Floods on the board: those that go on, and what is left of earlier ones.
const SHOWN: i64 = 20;
/// How long one stays on the board.
const SHOWN_FOR: TimeDelta = TimeDelta::days(3);
/// Reports that one act may end.
const REPORTS_AT_ONCE: i64 = 5000;

/// A flood on the board and on its page.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Flood {
    /// Id.
    pub id: i64,
    /// `source` or `township`.
    pub kind: String,
    /// First nine digits of the area, empty where it is not known; none for a source.
    pub township: Option<String>,
    /// When it began.
    pub began_at: DateTime<Utc>,
    /// Its last report.
    pub last_at: DateTime<Utc>,
    /// `open`, `confirmed`, `over`, `ended`; one that has been quiet for ten minutes is over.
    pub state: String,
    /// Who said so, where somebody did.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Reports.
    pub reports: i64,
    /// Their tickets.
    pub tickets: i64,
    /// Of these, not signed.
    pub unsigned: i64,
    /// Reports that wait for a human (待人工研判) and that nobody has in hand.
    pub untaken: i64,
    /// A closing waits for another person.
    pub closing_waits: bool,
}

/// A report of a flood.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FloodReport {
    /// Report.
    pub report_id: i64,
    /// When it came.
    pub received_at: DateTime<Utc>,
    /// Tickets nobody has signed.
    pub unsigned: i64,
    /// All.
    pub tickets: i64,
    /// Its first ticket, for a link.
    pub ticket_id: Option<i64>,
    /// What the board shows of the facts, for the pages.
    pub facts: Option<serde_json::Value>,
}

/// Tickets asked to be ended at once.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FloodClosing {
    /// Id.
    pub id: i64,
    /// How many reports.
    pub reports: i64,
    /// `not-real`, `drill`, `duplicate`.
    pub ground: String,
    /// The report of which they are duplicates.
    pub stays: Option<i64>,
    /// Why.
    pub reason: String,
    /// Who asked.
    pub asked_by: String,
    /// Their account.
    pub asked_account: i64,
    /// When.
    pub asked_at: DateTime<Utc>,
    /// By when another should have looked.
    pub due_at: DateTime<Utc>,
    /// `confirmed`, `refused`, `given-back`.
    pub decision: Option<String>,
    /// Who decided.
    pub decided_by: Option<String>,
    /// When.
    pub decided_at: Option<DateTime<Utc>>,
    /// Tickets that ended.
    pub tickets: i64,
}

/// Who acts.
#[derive(Clone, Debug)]
pub struct FloodActing {
    /// Name.
    pub by: String,
    /// Account.
    pub account: i64,
    /// When.
    pub at: DateTime<Utc>,
}

/// What the office decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FloodAct {
    /// It is one: grouped for a day after its last report.
    Treat,
    /// It is none, or over: told one by one from now on.
    End,
    /// Whoever acts takes all its reports in hand that wait for a human and that nobody has.
    Take,
    /// Its tickets that nobody signed shall end, those of these reports, or of all where none is named.
    AskClosing {
        /// Reports.
        reports: Vec<i64>,
        /// On what ground.
        ground: FloodGround,
        /// Why.
        reason: String,
    },
    /// Another person confirms.
    Confirm(i64),
    /// Another person, or the same, takes it back.
    Refuse(i64),
    /// It was a mistake: tickets and clocks as they were.
    GiveBack(i64),
}

/// On what ground many tickets end at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloodGround {
    /// They are no real reports.
    NotReal,
    /// A drill that was filed as real.
    Drill,
    /// The same report over and over: this one stays, and its tickets go on.
    DuplicateOf(i64),
}

impl FloodAct {
    /// As it stands in the trail.
    fn word(&self) -> &'static str {
        match self {
            Self::Treat => "flood-treated",
            Self::End => "flood-ended",
            Self::Take => "flood-taken",
            Self::AskClosing { .. } => "flood-closing-asked",
            Self::Confirm(_) => "flood-closing-confirmed",
            Self::Refuse(_) => "flood-closing-refused",
            Self::GiveBack(_) => "flood-closing-given-back",
        }
    }
}

impl FloodGround {
    /// As it stands in the table and in the trail.
    pub fn word(self) -> &'static str {
        match self {
            Self::NotReal => "not-real",
            Self::Drill => "drill",
            Self::DuplicateOf(_) => "duplicate",
        }
    }

    fn stays(self) -> Option<i64> {
        match self {
            Self::DuplicateOf(report) => Some(report),
            Self::NotReal | Self::Drill => None,
        }
    }
}

/// Tickets of a unit that an act on many touched.
#[derive(sqlx::FromRow)]
struct OfUnit {
    unit: String,
    urgency: String,
    tickets: i64,
    drill: bool,
}

const FLOOD: &str = "SELECT f.id, f.kind, f.township, f.began_at, f.last_at,
    CASE WHEN f.state = 'open' AND f.last_at <= $2 - interval '10 minutes' THEN 'over' ELSE f.state END AS state,
    person_shown(f.decided_account, f.decided_by) AS decided_by, f.decided_at, n.reports, n.tickets, n.unsigned, n.untaken,
    EXISTS (SELECT FROM flood_closings c WHERE c.flood_id = f.id AND c.decision IS NULL) AS closing_waits
    FROM floods f CROSS JOIN LATERAL (
        SELECT count(DISTINCT fr.report_id) AS reports, count(t.id) AS tickets,
               count(t.id) FILTER (WHERE t.state = 'dispatched') AS unsigned,
               count(t.id) FILTER (WHERE t.state = 'dispatched' AND t.obligation = 'triage') AS untaken
        FROM flood_reports fr LEFT JOIN tickets t ON t.report_id = fr.report_id WHERE fr.flood_id = f.id) n
    WHERE f.county = $1";

impl Store<Board> {
    /// Floods of the last three days, those that go on first.
    pub async fn floods(&self, county: &str, now: DateTime<Utc>) -> Result<Vec<Flood>, StoreError> {
        let sql = format!("{FLOOD} AND f.last_at > $3 ORDER BY f.last_at DESC LIMIT $4");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(now)
            .bind(now - SHOWN_FOR)
            .bind(SHOWN)
            .fetch_all(&self.pool)
            .await?)
    }

    /// One of them.
    pub async fn flood(&self, county: &str, id: i64, now: DateTime<Utc>) -> Result<Option<Flood>, StoreError> {
        let sql = format!("{FLOOD} AND f.id = $3");
        Ok(sqlx::query_as(sqlx::AssertSqlSafe(sql))
            .bind(county)
            .bind(now)
            .bind(id)
            .fetch_optional(&self.pool)
            .await?)
    }

    /// Its reports, the oldest first: `limit` after `offset`.
    pub async fn flood_reports(&self, flood: i64, offset: i64, limit: i64) -> Result<Vec<FloodReport>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT r.id AS report_id, r.received_at, board_facts(r.id) AS facts, n.tickets, n.unsigned, n.ticket_id
             FROM (SELECT report_id FROM flood_reports WHERE flood_id = $1 ORDER BY report_id OFFSET $2 LIMIT $3) fr
             JOIN reports r ON r.id = fr.report_id
             CROSS JOIN LATERAL (SELECT count(*) AS tickets, count(*) FILTER (WHERE t.state = 'dispatched') AS unsigned,
                                        min(t.id) AS ticket_id FROM tickets t WHERE t.report_id = r.id) n
             ORDER BY r.id",
        )
        .bind(flood)
        .bind(offset)
        .bind(limit)
        .fetch_all(&self.pool)
        .await?)
    }

    /// What was asked to be ended at once, the newest first.
    pub async fn flood_closings(&self, flood: i64) -> Result<Vec<FloodClosing>, StoreError> {
        Ok(sqlx::query_as(
            "SELECT id, cardinality(reports)::bigint AS reports, ground, stays, reason, person_shown(asked_account, asked_by) AS asked_by, asked_account,
                    asked_at, due_at, decision, person_shown(decided_account, decided_by) AS decided_by, decided_at, tickets
             FROM flood_closings WHERE flood_id = $1 ORDER BY asked_at DESC LIMIT 20",
        )
        .bind(flood)
        .fetch_all(&self.pool)
        .await?)
    }
}

impl Store<Office> {
    /// Does it, with its line in the trail; `None` when it can't be done any more (decided before, asked by the same person), else
    /// how many it touched.
    pub async fn flood_act(
        &self,
        county: &str,
        flood: i64,
        act: &FloodAct,
        acting: &FloodActing,
    ) -> Result<Option<i64>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let done = match act {
            FloodAct::Treat => judge(&mut tx, county, flood, ("confirmed", &["open"]), acting).await?,
            FloodAct::End => judge(&mut tx, county, flood, ("ended", &["open", "confirmed"]), acting).await?,
            FloodAct::Take => take(&mut tx, county, flood, acting).await?,
            FloodAct::AskClosing {
                reports,
                ground,
                reason,
            } => ask(&mut tx, county, flood, (reports, *ground, reason), acting).await?,
            FloodAct::Confirm(closing) => {
                let sql = "SELECT flood_close($1, $2, $3, $4, $5)";
                many(&mut tx, sql, Subject::FloodClosed(flood), (county, *closing), acting).await?
            }
            FloodAct::GiveBack(closing) => {
                let sql = "SELECT flood_give_back($1, $2, $3, $4, $5)";
                many(&mut tx, sql, Subject::FloodGivenBack(flood), (county, *closing), acting).await?
            }
            FloodAct::Refuse(closing) => refuse(&mut tx, county, flood, *closing, acting).await?,
        };
        let Some(touched) = done else { return Ok(None) };
        let line = NewAct {
            county,
            at: acting.at,
            actor: Some(acting.account),
            actor_name: &acting.by,
            act: act.word(),
            account: None,
            unit: None,
            role: None,
            detail: json!({"flood": flood, "n": touched}),
        };
        line.record(&mut tx).await?;
        tx.commit().await?;
        Ok(Some(touched))
    }
}

/// What the office thinks of it.
async fn judge(
    tx: &mut PgTransaction<'_>,
    county: &str,
    flood: i64,
    (state, from): (&str, &[&str]),
    acting: &FloodActing,
) -> Result<Option<i64>, StoreError> {
    let done = sqlx::query(
        "UPDATE floods SET state = $3, decided_at = $4, decided_by = $5, decided_account = $6
         WHERE county = $1 AND id = $2 AND state = ANY ($7)",
    )
    .bind(county)
    .bind(flood)
    .bind(state)
    .bind(acting.at)
    .bind(&acting.by)
    .bind(acting.account)
    .bind(from)
    .execute(&mut **tx)
    .await?;
    Ok((done.rows_affected() > 0).then_some(1))
}

/// Every triage of the flood that nobody has is signed by whoever acts, each with its line in its report's trail.
async fn take(
    tx: &mut PgTransaction<'_>,
    county: &str,
    flood: i64,
    acting: &FloodActing,
) -> Result<Option<i64>, StoreError> {
    let Ok(signed) = TicketState::Dispatched.after(TicketAct::Sign) else {
        return Ok(None);
    };
    let taken: Vec<i64> = sqlx::query_scalar(
        "WITH picked AS (
             SELECT t.id, t.report_id FROM flood_reports fr JOIN tickets t ON t.report_id = fr.report_id
             WHERE fr.flood_id = $2 AND t.county = $1 AND t.obligation = 'triage' AND t.state = $6 ORDER BY t.id FOR UPDATE OF t
         ), signed AS (
             UPDATE tickets t SET state = $7, signed_at = $3, signed_by = $4, signed_by_account = $5, version = version + 1
             FROM picked WHERE t.id = picked.id
         ), clocks AS (
             UPDATE stages s SET ended_at = $3, next_at = NULL, ended_how = 'act'
             FROM picked WHERE s.ticket_id = picked.id AND s.stage = 'sign' AND s.ended_at IS NULL
         ), trail AS (
             INSERT INTO events (at, report_id, ticket_id, kind, actor, account_id, reason, detail)
             SELECT $3, picked.report_id, picked.id, 'triage-taken', $4, $5, '', jsonb_build_object('flood', $2) FROM picked
         )
         SELECT id FROM picked",
    )
    .bind(county)
    .bind(flood)
    .bind(acting.at)
    .bind(&acting.by)
    .bind(acting.account)
    .bind(TicketState::Dispatched.as_str())
    .bind(signed.as_str())
    .fetch_all(&mut **tx)
    .await?;
    // The order of the board follows the first stage that is not ended.
    sqlx::query(
        "UPDATE tickets t SET (next_stage, next_due_at) = (SELECT n.stage, n.due_at FROM ticket_next(t.id) n) WHERE t.id = ANY ($1)",
    )
    .bind(&taken)
    .execute(&mut **tx)
    .await?;
    Ok(i64::try_from(taken.len()).ok().filter(|n| *n > 0))
}

/// Asks to end the tickets of these reports, or of all where none is named; the one that stays is left out.
async fn ask(
    tx: &mut PgTransaction<'_>,
    county: &str,
    flood: i64,
    (reports, ground, reason): (&[i64], FloodGround, &str),
    acting: &FloodActing,
) -> Result<Option<i64>, StoreError> {
    let asked = sqlx::query_scalar(
        "INSERT INTO flood_closings (county, flood_id, reports, reason, asked_at, asked_by, asked_account, due_at, ground, stays)
         SELECT $1, $2, picked.ids, $4, $5, $6, $7, $8, $10, $11 FROM (
             SELECT array_agg(fr.report_id ORDER BY fr.report_id) AS ids FROM (
                 SELECT fr.report_id FROM flood_reports fr JOIN floods f ON f.id = fr.flood_id
                 WHERE f.county = $1 AND fr.flood_id = $2 AND (cardinality($3::bigint[]) = 0 OR fr.report_id = ANY ($3))
                   AND fr.report_id IS DISTINCT FROM $11
                 ORDER BY fr.report_id LIMIT $9) fr) picked
         WHERE picked.ids IS NOT NULL
           AND ($11::bigint IS NULL OR EXISTS (SELECT FROM reports r WHERE r.id = $11 AND r.county = $1))
         ON CONFLICT (flood_id) WHERE decision IS NULL DO NOTHING
         RETURNING cardinality(reports)::bigint",
    )
    .bind(county)
    .bind(flood)
    .bind(reports)
    .bind(reason)
    .bind(acting.at)
    .bind(&acting.by)
    .bind(acting.account)
    .bind(acting.at + CLOSING_DUE)
    .bind(REPORTS_AT_ONCE)
    .bind(ground.word())
    .bind(ground.stays())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(asked)
}

async fn refuse(
    tx: &mut PgTransaction<'_>,
    county: &str,
    flood: i64,
    closing: i64,
    acting: &FloodActing,
) -> Result<Option<i64>, StoreError> {
    let done = sqlx::query(
        "UPDATE flood_closings SET decision = 'refused', decided_at = $4, decided_by = $5, decided_account = $6
         WHERE county = $1 AND flood_id = $2 AND id = $3 AND decision IS NULL",
    )
    .bind(county)
    .bind(flood)
    .bind(closing)
    .bind(acting.at)
    .bind(&acting.by)
    .bind(acting.account)
    .execute(&mut **tx)
    .await?;
    Ok((done.rows_affected() > 0).then_some(0))
}

/// Ends or restores many tickets, and tells each unit how many of its own.
async fn many(
    tx: &mut PgTransaction<'_>,
    sql: &'static str,
    subject: Subject,
    (county, closing): (&str, i64),
    acting: &FloodActing,
) -> Result<Option<i64>, StoreError> {
    let touched: Option<i64> = sqlx::query_scalar(sql)
        .bind(county)
        .bind(closing)
        .bind(acting.at)
        .bind(&acting.by)
        .bind(acting.account)
        .fetch_one(&mut **tx)
        .await?;
    if touched.is_some_and(|n| n > 0) {
        tell(tx, subject, county, closing, acting).await?;
    }
    Ok(touched)
}

/// One mail for each unit whose tickets were touched by what happened to this closing just now.
async fn tell(
    tx: &mut PgTransaction<'_>,
    subject: Subject,
    county: &str,
    closing: i64,
    acting: &FloodActing,
) -> Result<(), StoreError> {
    let word = match subject {
        Subject::FloodGivenBack(_) => "flood-given-back",
        _ => "flood-closed",
    };
    let units: Vec<OfUnit> = sqlx::query_as(
        "SELECT t.unit, min(t.urgency) AS urgency, count(*) AS tickets, bool_and(r.drill) AS drill
         FROM events e JOIN tickets t ON t.id = e.ticket_id JOIN reports r ON r.id = e.report_id
         WHERE e.report_id = ANY ((SELECT reports FROM flood_closings WHERE id = $1 AND county = $2)::bigint[]) AND e.at = $3
           AND e.kind = $4 AND e.detail -> 'closing' = to_jsonb($1)
         GROUP BY t.unit ORDER BY t.unit",
    )
    .bind(closing)
    .bind(county)
    .bind(acting.at)
    .bind(word)
    .fetch_all(&mut **tx)
    .await?;
    let ground: String = sqlx::query_scalar("SELECT ground FROM flood_closings WHERE id = $1")
        .bind(closing)
        .fetch_one(&mut **tx)
        .await?;
    for of in units {
        let notice = SubjectNotice {
            county,
            subject,
            round: closing,
            to: To::Unit(&of.unit),
            urgency: Urgency::from_word(&of.urgency).unwrap_or(Urgency::P1),
            drill: of.drill,
            said: Said {
                count: Some(of.tickets),
                change: Some(Lang::Zh.t(&format!("floods.ground.{ground}")).to_owned()),
                by: Some(acting.by.clone()),
                ..Said::default()
            },
            at: acting.at,
        };
        subject_notice(tx, &notice).await?;
    }
    Ok(())
}
