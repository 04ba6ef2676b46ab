//! What the office decides about a flood, each with its line in the trail.

use casework::ticket::{TicketAct, TicketState};
use sqlx::PgTransaction;

use super::{
    closing,
    deed::{FloodAct, FloodActing},
};
use crate::store::{Detail, FloodId, NewAct, Office, Store, StoreError, Subject, TicketId, act_detail::OfFlood};

impl Store<Office> {
    /// Does it, with its line in the trail; `None` when it can't be done any more (decided before, asked by the same person), else
    /// how many it touched.
    pub async fn flood_act(
        &self,
        county: &str,
        flood: FloodId,
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
            } => closing::ask(&mut tx, county, flood, (reports, *ground, reason), acting).await?,
            FloodAct::Confirm(asked) => {
                let sql = "SELECT flood_close($1, $2, $3, $4, $5)";
                closing::many(&mut tx, sql, Subject::FloodClosed(flood), (county, *asked), acting).await?
            }
            FloodAct::GiveBack(asked) => {
                let sql = "SELECT flood_give_back($1, $2, $3, $4, $5)";
                closing::many(&mut tx, sql, Subject::FloodGivenBack(flood), (county, *asked), acting).await?
            }
            FloodAct::Refuse(asked) => closing::refuse(&mut tx, county, flood, *asked, acting).await?,
        };
        let Some(touched) = done else { return Ok(None) };
        let line = NewAct {
            county,
            at: acting.at,
            actor: Some(acting.account),
            actor_name: &acting.by,
            act: act.kind(),
            account: None,
            unit: None,
            role: None,
            detail: Detail::of(&OfFlood { flood, n: touched }),
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
    flood: FloodId,
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
    flood: FloodId,
    acting: &FloodActing,
) -> Result<Option<i64>, StoreError> {
    let Ok(signed) = TicketState::Dispatched.after(TicketAct::Sign) else {
        return Ok(None);
    };
    let taken: Vec<TicketId> = sqlx::query_scalar(
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
