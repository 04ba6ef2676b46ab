//! Recording a decision: one transaction that makes a report routed exactly once.

use casework::calendar::Limit;
use casework::clock::escalation::PlannedStep;
use casework::disclosure::Shows;
use casework::report::Unknown;
use casework::routing::{Basis, Decision, PlannedStage, PlannedTicket};
use casework::words::{Grade, Stage};
use chrono::{DateTime, Utc};
use serde::Serialize;
use sqlx::{PgTransaction, types::Json};
use uuid::Uuid;

use super::{report::ReportToRoute, unlisted};
use crate::store::{CaseId, NoticeId, ReportId, Router, Store, StoreError, floods::routed};

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
    /// When.
    pub at: DateTime<Utc>,
}

/// What is written of reports until they are routed.
const ROUTED: &str =
    "WITH a AS (DELETE FROM routing_attempts WHERE report_id = ANY($1)) DELETE FROM outbox WHERE report_id = ANY($1)";

impl Store<Router> {
    /// Drops the outbox row of a report that is routed already (a late copy of its message), and the try at it that was begun.
    pub async fn outbox_forget(&self, id: ReportId) -> Result<(), StoreError> {
        sqlx::query(ROUTED).bind([id]).execute(&self.pool).await?;
        Ok(())
    }

    /// Case, tickets, stages, decision record and notices, in one transaction. Twice the same report: the second is `Before`.
    pub async fn decision_record(
        &self,
        report: &ReportToRoute,
        decision: &Decision,
        pinned: Pinned<'_>,
    ) -> Result<Recorded, StoreError> {
        let recorded = self.decisions_record(&[(report, decision)], pinned).await?;
        Ok(recorded.into_iter().next().unwrap_or(Recorded::Before))
    }

    /// Several decisions in one transaction, all or none; one answer each, in order. Reports are sorted by their id, so that
    /// two routers which meet the same ones wait for each other instead of deadlocking.
    pub async fn decisions_record(
        &self,
        decided: &[(&ReportToRoute, &Decision)],
        pinned: Pinned<'_>,
    ) -> Result<Vec<Recorded>, StoreError> {
        let mut order: Vec<usize> = (0..decided.len()).collect();
        order.sort_unstable_by_key(|n| decided[*n].0.id);
        let mut recorded = vec![Recorded::Before; decided.len()];
        let mut tx = self.pool.begin().await?;
        for n in order {
            let (report, decision) = decided[n];
            recorded[n] = decision_store(&mut tx, report, decision, pinned, self.group_above).await?;
        }
        let ids: Vec<ReportId> = decided.iter().map(|(report, _)| report.id).collect();
        sqlx::query(ROUTED).bind(ids).execute(&mut *tx).await?;
        let fresh = decided.iter().zip(&recorded);
        let fresh = fresh.filter(|(_, recorded)| matches!(recorded, Recorded::Now { .. }));
        // Last, because reports with the same code wait for each other here.
        unlisted::note(&mut tx, fresh.map(|(decided, _)| *decided), pinned.at).await?;
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
) -> Result<Recorded, StoreError> {
    if decision_insert(tx, report.id, 1, decision, pinned).await? == 0 {
        return Ok(Recorded::Before);
    }
    let case_id: CaseId = sqlx::query_scalar(
        "WITH c AS (INSERT INTO cases (county, opened_at, urgency) VALUES ($1, $2, $3) RETURNING id),
              l AS (INSERT INTO case_reports (report_id, case_id) SELECT $4, id FROM c)
         SELECT id FROM c",
    )
    .bind(&report.county)
    .bind(pinned.at)
    .bind(decision.urgency.as_str())
    .bind(report.id)
    .fetch_one(&mut **tx)
    .await?;
    let flood = routed::of_report(tx, report.id, group_above).await?;
    let (tickets, given) = insert(tx, report, (case_id, flood.is_some()), decision, pinned).await?;
    if let Some(flood) = flood {
        routed::tell(tx, flood, (&report.county, decision.urgency), &given, pinned.at).await?;
    }
    Ok(Recorded::Now { tickets })
}

/// Inserts the decision record; 0 rows when that round exists already.
pub(in crate::store) async fn decision_insert(
    tx: &mut PgTransaction<'_>,
    report_id: ReportId,
    round: i16,
    decision: &Decision,
    pinned: Pinned<'_>,
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
    .bind(pinned.at)
    .bind(Json(&decision.looks))
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Inserts tickets that the report does not have yet, with stages and dispatch notices; says how many are new.
pub(in crate::store) async fn tickets_insert(
    tx: &mut PgTransaction<'_>,
    report: &ReportToRoute,
    case_id: CaseId,
    decision: &Decision,
    pinned: Pinned<'_>,
) -> Result<usize, StoreError> {
    let (tickets, _) = insert(tx, report, (case_id, false), decision, pinned).await?;
    Ok(tickets)
}

/// As [`tickets_insert`]. `grouped`: no notice is made; what each unit was given is answered instead.
async fn insert(
    tx: &mut PgTransaction<'_>,
    report: &ReportToRoute,
    (case_id, grouped): (CaseId, bool),
    decision: &Decision,
    pinned: Pinned<'_>,
) -> Result<(usize, Vec<routed::Given>), StoreError> {
    let tickets: Vec<TicketRow<'_>> = decision.tickets.iter().map(TicketRow::of).collect();
    // jsonb instead of two dozen arrays: this path runs once per report, and a nested document keeps rows together.
    let (inserted, given): (i64, Json<Vec<routed::Given>>) = sqlx::query_as(include_str!("decision.sql"))
        .bind(&report.county)
        .bind(case_id)
        .bind(report.id)
        .bind(decision.urgency.as_str())
        .bind(pinned.rule_set)
        .bind(pinned.calendar)
        .bind(report.drill)
        .bind(pinned.at)
        .bind(Json(tickets))
        .bind(grouped)
        .fetch_one(&mut **tx)
        .await?;
    Ok((usize::try_from(inserted).unwrap_or(0), given.0))
}

/// A ticket as the statements read it.
#[derive(Serialize)]
pub(in crate::store) struct TicketRow<'a> {
    obligation: &'a str,
    unit: &'a str,
    unit_kind: &'a str,
    lead: bool,
    evidence: Option<&'a str>,
    basis: &'a [Basis],
    unknowns: &'a [Unknown],
    shows: &'a Shows,
    own: &'a [String],
    notice_id: NoticeId,
    stages: Vec<StageRow<'a>>,
}

/// And a stage.
#[derive(Serialize)]
pub(in crate::store) struct StageRow<'a> {
    stage: Stage,
    time_limit: Limit,
    start_event: &'a str,
    due_at: Option<DateTime<Utc>>,
    provisional: bool,
    basis: &'a str,
    grade: Grade,
    derivation: &'a [String],
    plan: &'a [PlannedStep],
    next_at: Option<DateTime<Utc>>,
}

impl<'a> TicketRow<'a> {
    pub(in crate::store) fn of(ticket: &'a PlannedTicket) -> Self {
        Self {
            obligation: &ticket.obligation,
            unit: &ticket.unit,
            unit_kind: &ticket.unit_kind,
            lead: ticket.lead,
            evidence: ticket.evidence.as_deref(),
            basis: &ticket.basis,
            unknowns: &ticket.unknowns,
            shows: &ticket.shows,
            own: &ticket.own,
            notice_id: NoticeId(Uuid::new_v4()),
            stages: ticket.stages.iter().map(StageRow::of).collect(),
        }
    }
}

impl<'a> StageRow<'a> {
    pub(in crate::store) fn of(stage: &'a PlannedStage) -> Self {
        Self {
            stage: stage.stage,
            time_limit: stage.limit,
            start_event: &stage.start,
            due_at: stage.due,
            provisional: stage.provisional,
            basis: &stage.basis,
            grade: stage.grade,
            derivation: &stage.derivation,
            plan: &stage.steps,
            next_at: first_step(&stage.steps),
        }
    }
}

fn first_step(plan: &[PlannedStep]) -> Option<DateTime<Utc>> {
    plan.first().map(|step| step.at)
}
