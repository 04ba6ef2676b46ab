//! Many tickets of a flood end at once: one person asks, another confirms, and a mistake is given back.

use casework::words::Urgency;
use chrono::TimeDelta;
use sqlx::PgTransaction;

use super::deed::{FloodActing, FloodGround, FloodGroundKind};
use crate::store::{
    EventKind, FloodClosingId, FloodId, ReportId, Said, StoreError, Subject, SubjectNotice, To, Word,
    notices::subject::subject_notice,
};
use crate::text::Lang;

/// How long another person of the office has to look at what one asked, whatever the urgency: P1 may be among them.
const CLOSING_DUE: TimeDelta = TimeDelta::hours(1);
/// Reports that one act may end.
const REPORTS_AT_ONCE: i64 = 5000;

/// Tickets of a unit that an act on many touched.
#[derive(sqlx::FromRow)]
struct OfUnit {
    unit: String,
    #[sqlx(try_from = "String")]
    urgency: Urgency,
    tickets: i64,
    drill: bool,
}

/// Asks to end the tickets of these reports, or of all where none is named; the one that stays is left out.
pub(super) async fn ask(
    tx: &mut PgTransaction<'_>,
    county: &str,
    flood: FloodId,
    (reports, ground, reason): (&[ReportId], FloodGround, &str),
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
    .bind(ground.kind().as_str())
    .bind(ground.stays())
    .fetch_optional(&mut **tx)
    .await?;
    Ok(asked)
}

/// It does not end: another person, or who asked, takes it back.
pub(super) async fn refuse(
    tx: &mut PgTransaction<'_>,
    county: &str,
    flood: FloodId,
    closing: FloodClosingId,
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
pub(super) async fn many(
    tx: &mut PgTransaction<'_>,
    sql: &'static str,
    subject: Subject,
    (county, closing): (&str, FloodClosingId),
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
    closing: FloodClosingId,
    acting: &FloodActing,
) -> Result<(), StoreError> {
    let kind = match subject {
        Subject::FloodGivenBack(_) => EventKind::FloodGivenBack,
        _ => EventKind::FloodClosed,
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
    .bind(kind.as_str())
    .fetch_all(&mut **tx)
    .await?;
    let ground: Word<FloodGroundKind> = sqlx::query_scalar("SELECT ground FROM flood_closings WHERE id = $1")
        .bind(closing)
        .fetch_one(&mut **tx)
        .await?;
    for of in units {
        let notice = SubjectNotice {
            county,
            subject,
            round: closing.0,
            to: To::Unit(&of.unit),
            urgency: of.urgency,
            drill: of.drill,
            said: Said {
                count: Some(of.tickets),
                change: Some(Lang::Zh.t(&format!("floods.ground.{}", ground.0)).to_owned()),
                by: Some(acting.by.clone()),
                ..Said::default()
            },
            at: acting.at,
        };
        subject_notice(tx, &notice).await?;
    }
    Ok(())
}
