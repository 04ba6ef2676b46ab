//! 提请协办: what a unit asks of others becomes their tickets, in the transaction of the asking.

use sqlx::{PgTransaction, types::Json};

use super::{
    deed::{Denied, Requested},
    step::{Step, told},
};
use crate::store::{
    Desk, DeskScope, Detail, EventKind, Store, StoreError, TicketId, event_detail::Asked, routing::decision::TicketRow,
};
use casework::ticket::TicketState;
use chrono::{DateTime, Utc};

/// Opens what is not open there yet.
pub(super) async fn ask(
    tx: &mut PgTransaction<'_>,
    step: &Step<'_>,
    requested: &Requested,
) -> Result<Option<Denied>, StoreError> {
    let Step { found, acting, .. } = *step;
    let mut denied = Some(Denied::AskedBefore);
    for ticket in &requested.tickets {
        let opened: Option<TicketId> = sqlx::query_scalar("SELECT desk_request_open($1, $2, $3, $4, $5, $6, $7, $8)")
            .bind(found.id)
            .bind(Json(TicketRow::of(ticket)))
            .bind(Json(&requested.routed))
            .bind(&requested.calendar)
            .bind(acting.at)
            .bind(acting.by)
            .bind(acting.account)
            .bind(step.sealed())
            .fetch_one(&mut **tx)
            .await?;
        let Some(opened) = opened else { continue };
        denied = None;
        let detail = Detail::of(&Asked {
            obligation: ticket.obligation.clone(),
            unit: ticket.unit.clone(),
            ticket: opened,
        });
        told(tx, step, EventKind::Requested, &detail, step.sealed()).await?;
    }
    Ok(denied)
}

/// What a unit asked for on one of its tickets.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RequestLine {
    /// Obligation code.
    pub obligation: String,
    /// The asked unit's code.
    pub unit: String,
    /// How far its ticket is.
    #[sqlx(try_from = "String")]
    pub state: TicketState,
    /// Since when.
    pub asked_at: DateTime<Utc>,
    /// When the application was accepted or the case filed, where a clock waits for that.
    pub started_at: Option<DateTime<Utc>>,
    /// Outcome code.
    pub outcome: Option<String>,
}

impl Store<Desk> {
    /// What was asked for on a ticket of these units, the first first.
    pub async fn desk_requests(&self, scope: &DeskScope, ticket: TicketId) -> Result<Vec<RequestLine>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let lines = sqlx::query_as("SELECT * FROM desk_requests($1)")
            .bind(ticket)
            .fetch_all(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(lines)
    }
}
