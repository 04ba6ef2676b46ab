//! Recording a decision: one transaction that makes a report routed exactly once.

use casework::clock::escalation::PlannedStep;
use casework::routing::{Decision, PlannedStage, PlannedTicket};
use chrono::{DateTime, Utc};
use serde_json::json;
use sqlx::{PgTransaction, types::Json};
use uuid::Uuid;

use super::unlisted;
use crate::store::{Store, StoreError, floods::routed};

/// What the router reads of a report; no sealed column.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ReportToRoute {
    /// The report.
    pub id: i64,
    /// Its county.
    pub county: String,
    /// When it was accepted.
    pub received_at: DateTime<Utc>,
    /// A drill.
    pub drill: bool,
    /// Routing facts as JSON.
    pub facts: serde_json::Value,
    /// It has a decision already: the message is a copy.
    pub routed: bool,
}

/// Whether a decision was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Now, with so many tickets.
    Now {
        /// Tickets dispatched.
        tickets: usize,
    },
    /// Another delivery of the same message was faster.
    Before,
}

/// What is pinned to a decision.
#[derive(Clone, Copy, Debug)]
pub struct Pinned<'a> {
    /// Version of the pack.
    pub pack_version: i32,
    /// Version of the rule set.
    pub rule_set: i32,
    /// Version of the calendar.
    pub calendar: &'a str,
    /// Who decided: `router`, or the person who routed again.
    pub by: &'a str,
}

impl Store {
    /// A report and its facts, or `None` when there is no such report.
    pub async fn report_to_route(&self, id: i64) -> Result<Option<ReportToRoute>, StoreError> {
        Ok(self.reports_to_route(&[id]).await?.pop())
    }

    /// Reports and their facts, those that there are.
    pub async fn reports_to_route(&self, ids: &[i64]) -> Result<Vec<ReportToRoute>, StoreError> {
        let rows = sqlx::query_as(
            "SELECT r.id, r.county, r.received_at, r.drill, f.facts,
                    EXISTS (SELECT FROM decisions d WHERE d.report_id = r.id) AS routed
             FROM reports r JOIN report_facts f ON f.report_id = r.id WHERE r.id = ANY($1)",
        )
        .bind(ids)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows)
    }

    /// Drops the outbox row of a report that is routed already (a late copy of its message).
    pub async fn outbox_forget(&self, id: i64) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM outbox WHERE report_id = $1")
            .bind(id)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Case, tickets, stages, decision record and notices, in one transaction. Twice the same report: the second is `Before`.
    pub async fn decision_record(
        &self,
        report: &ReportToRoute,
        decision: &Decision,
        pinned: Pinned<'_>,
        now: DateTime<Utc>,
    ) -> Result<Recorded, StoreError> {
        let recorded = self.decisions_record(&[(report, decision)], pinned, now).await?;
        Ok(recorded.into_iter().next().unwrap_or(Recorded::Before))
    }

    /// Several decisions in one transaction, all or none; one answer each, in order. Reports are sorted by their id, so that
    /// two routers which meet the same ones wait for each other instead of deadlocking.
    pub async fn decisions_record(
        &self,
        decided: &[(&ReportToRoute, &Decision)],
        pinned: Pinned<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Recorded>, StoreError> {
        let mut order: Vec<usize> = (0..decided.len()).collect();
        order.sort_unstable_by_key(|n| decided[*n].0.id);
        let mut recorded = vec![Recorded::Before; decided.len()];
        let mut tx = self.pool.begin().await?;
        for n in order {
            let (report, decision) = decided[n];
            recorded[n] = decision_store(&mut tx, report, decision, pinned, self.group_above, now).await?;
        }
        let ids: Vec<i64> = decided.iter().map(|(report, _)| report.id).collect();
        sqlx::query(
            "WITH a AS (DELETE FROM routing_attempts WHERE report_id = ANY($1)) DELETE FROM outbox WHERE report_id = ANY($1)",
        )
        .bind(ids)
        .execute(&mut *tx)
        .await?;
        let fresh = decided.iter().zip(&recorded);
        let fresh = fresh.filter(|(_, recorded)| matches!(recorded, Recorded::Now { .. }));
        // Last, because reports with the same code wait for each other here.
        unlisted::note(&mut tx, fresh.map(|(decided, _)| *decided), now).await?;
        tx.commit().await?;
        Ok(recorded)
    }
}

async fn decision_store(
    tx: &mut PgTransaction<'_>,
    report: &ReportToRoute,
    decision: &Decision,
    pinned: Pinned<'_>,
    group_above: u32,
    now: DateTime<Utc>,
) -> Result<Recorded, StoreError> {
    if decision_insert(tx, report.id, 1, decision, pinned, now).await? == 0 {
        return Ok(Recorded::Before);
    }
    let case_id: i64 = sqlx::query_scalar(
        "WITH c AS (INSERT INTO cases (county, opened_at, urgency) VALUES ($1, $2, $3) RETURNING id),
              l AS (INSERT INTO case_reports (report_id, case_id) SELECT $4, id FROM c)
         SELECT id FROM c",
    )
    .bind(&report.county)
    .bind(now)
    .bind(decision.urgency.as_str())
    .bind(report.id)
    .fetch_one(&mut **tx)
    .await?;
    let flood = routed::of_report(tx, report.id, group_above).await?;
    let (tickets, given) = insert(tx, report, case_id, decision, pinned, (flood.is_some(), now)).await?;
    if let Some(flood) = flood {
        routed::tell(tx, flood, &report.county, decision.urgency.as_str(), &given, now).await?;
    }
    Ok(Recorded::Now { tickets })
}

/// Inserts the decision record; 0 rows when that round exists already.
pub(in crate::store) async fn decision_insert(
    tx: &mut PgTransaction<'_>,
    report_id: i64,
    round: i16,
    decision: &Decision,
    pinned: Pinned<'_>,
    now: DateTime<Utc>,
) -> Result<u64, StoreError> {
    let done = sqlx::query(
        "INSERT INTO decisions (report_id, round, urgency, pack_version, rule_set, rows, unsent, triage_reasons, decided_by, decided_at, looks)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING",
    )
    .bind(report_id)
    .bind(round)
    .bind(decision.urgency.as_str())
    .bind(pinned.pack_version)
    .bind(pinned.rule_set)
    .bind(Json(&decision.rows))
    .bind(Json(&decision.unsent))
    .bind(Json(&decision.triage_reasons))
    .bind(pinned.by)
    .bind(now)
    .bind(Json(&decision.looks))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Inserts tickets that the report does not have yet, with stages and dispatch notices; says how many are new.
pub(in crate::store) async fn tickets_insert(
    tx: &mut PgTransaction<'_>,
    report: &ReportToRoute,
    case_id: i64,
    decision: &Decision,
    pinned: Pinned<'_>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let (tickets, _) = insert(tx, report, case_id, decision, pinned, (false, now)).await?;
    Ok(tickets)
}

/// As [`tickets_insert`]. `grouped`: no notice is made; what each unit was given is answered instead.
async fn insert(
    tx: &mut PgTransaction<'_>,
    report: &ReportToRoute,
    case_id: i64,
    decision: &Decision,
    pinned: Pinned<'_>,
    (grouped, now): (bool, DateTime<Utc>),
) -> Result<(usize, Vec<routed::Given>), StoreError> {
    let tickets: Vec<serde_json::Value> = decision.tickets.iter().map(ticket_row).collect();
    // jsonb instead of two dozen arrays: this path runs once per report, and a nested document keeps rows together.
    let (inserted, given): (i64, Json<Vec<routed::Given>>) = sqlx::query_as(include_str!("decision.sql"))
        .bind(&report.county)
        .bind(case_id)
        .bind(report.id)
        .bind(decision.urgency.as_str())
        .bind(pinned.rule_set)
        .bind(pinned.calendar)
        .bind(report.drill)
        .bind(now)
        .bind(Json(tickets))
        .bind(grouped)
        .fetch_one(&mut **tx)
        .await?;
    Ok((usize::try_from(inserted).unwrap_or(0), given.0))
}

pub(in crate::store) fn ticket_row(ticket: &PlannedTicket) -> serde_json::Value {
    json!({
        "obligation": ticket.obligation,
        "unit": ticket.unit,
        "unit_kind": ticket.unit_kind,
        "lead": ticket.lead,
        "evidence": ticket.evidence,
        "basis": ticket.basis,
        "unknowns": ticket.unknowns,
        "shows": ticket.shows,
        "own": ticket.own,
        "notice_id": Uuid::new_v4(),
        "stages": ticket.stages.iter().map(stage_row).collect::<Vec<_>>(),
    })
}

pub(in crate::store) fn stage_row(stage: &PlannedStage) -> serde_json::Value {
    json!({
        "stage": stage.stage.as_str(),
        "time_limit": stage.limit.to_string(),
        "start_event": stage.start,
        "due_at": stage.due,
        "provisional": stage.provisional,
        "basis": stage.basis,
        "grade": stage.grade,
        "derivation": stage.derivation,
        "plan": stage.steps,
        "next_at": first_step(&stage.steps),
    })
}

fn first_step(plan: &[PlannedStep]) -> Option<DateTime<Utc>> {
    plan.first().map(|step| step.at)
}
