//! What a post says and where it goes, read when it is sent: of a ticket what its unit sees in a list, and nothing of the report but
//! its receipt.

use std::collections::BTreeMap;

use casework::{
    ticket::TicketState,
    words::{TicketClock, Urgency},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::outlet::OutletKind;
use crate::store::{EventKind, Loose, Notifier, OutletId, PostId, ReportId, Store, StoreError, TicketId};

casework::words! {
    /// What a post tells of.
    PostEvent {
        /// The unit was given the ticket.
        Dispatched = "dispatched",
        /// People were called about it.
        Rung = "rung",
        /// A level of its clocks was sent.
        Escalated = "escalated",
        /// A named person answered the ringing.
        Acknowledged = "acknowledged",
        /// It ended at this unit.
        Closed = "closed",
        /// It goes on after it had ended.
        Reopened = "reopened",
        /// Somebody did something that changes what the ticket says.
        Changed = "changed",
    }
}

/// Words and numbers of an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PostDetail {
    /// Of a ring or a level: of which clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage: Option<Loose<TicketClock>>,
    /// Of a level: which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i16>,
    /// Of a ring: why, as casework's `Cause` writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Of a ring: which of its cause, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ring: Option<i32>,
    /// Of an answer: by login, digit, message …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<String>,
    /// Of a change, an end and a going on: the kind of the event, as it stands on the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Loose<EventKind>>,
}

/// A post with all that may be said of it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PostSaid {
    /// Which.
    pub id: PostId,
    /// To which outlet.
    pub outlet_id: OutletId,
    /// What it tells of.
    #[sqlx(try_from = "String")]
    pub event: PostEvent,
    /// Words and numbers of that.
    #[sqlx(json)]
    pub detail: PostDetail,
    /// When that was.
    pub created_at: DateTime<Utc>,
    /// Tries before this one.
    pub attempts: i32,
    /// A drill.
    pub drill: bool,
    /// The report.
    pub report_id: ReportId,
    /// The ticket.
    pub ticket_id: TicketId,
    /// What is owed.
    pub obligation: String,
    /// By whom.
    pub unit: String,
    /// Of the report.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// It leads the case.
    pub lead: bool,
    /// How far it is.
    #[sqlx(try_from = "String")]
    pub state: TicketState,
    /// When the unit was given it.
    pub dispatched_at: DateTime<Utc>,
    /// Something of it rings that nobody answered.
    pub rings: bool,
    /// When each of its clocks that runs is due.
    #[sqlx(json)]
    pub dues: BTreeMap<String, DateTime<Utc>>,
}

/// Where posts go.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutletToTell {
    /// Which.
    pub id: OutletId,
    /// What.
    #[sqlx(try_from = "String")]
    pub kind: OutletKind,
    /// Of a robot: the name of its description.
    pub gateway: Option<String>,
    /// Of a unit's own system: where it listens.
    pub url: Option<String>,
    /// What signs, sealed.
    pub secret: Option<Vec<u8>>,
    /// What signs beside it, sealed; none: nothing does by now.
    pub old_secret: Option<Vec<u8>>,
    /// Nothing is told before.
    pub next_at: Option<DateTime<Utc>>,
    /// It was ended: nothing is told any more.
    pub ended: bool,
}

impl Store<Notifier> {
    /// What these posts say, the oldest first.
    pub async fn posts_said(&self, ids: &[PostId]) -> Result<Vec<PostSaid>, StoreError> {
        let said = sqlx::query_as(
            "SELECT p.id, p.outlet_id, p.event, p.detail, p.created_at, p.attempts, p.drill, t.report_id, p.ticket_id, t.obligation,
                    t.unit, t.urgency, t.lead, t.state, t.dispatched_at,
                    EXISTS (SELECT FROM stages s JOIN bells b ON b.stage_id = s.id AND b.due_generation = s.due_generation
                            WHERE s.ticket_id = t.id AND s.ended_at IS NULL
                              AND (b.answered_at IS NULL OR b.cause = 'again' AND b.answered_at < p.created_at)) AS rings,
                    coalesce((SELECT jsonb_object_agg(s.stage, s.due_at) FROM stages s
                              WHERE s.ticket_id = t.id AND s.stage IN ('sign', 'contact', 'resolve') AND s.ended_at IS NULL
                                AND s.due_at IS NOT NULL), '{}') AS dues
             FROM posts p JOIN tickets t ON t.id = p.ticket_id WHERE p.id = ANY ($1) ORDER BY p.created_at, p.id",
        );
        Ok(said.bind(ids).fetch_all(&self.pool).await?)
    }

    /// Where they go.
    pub async fn outlets_to_tell(&self, ids: &[OutletId], now: DateTime<Utc>) -> Result<Vec<OutletToTell>, StoreError> {
        let outlets = sqlx::query_as(
            "SELECT id, kind, gateway, url, secret, CASE WHEN old_until > $2 THEN old_secret END AS old_secret,
                    CASE WHEN next_at > $2 THEN next_at END AS next_at, ended_at IS NOT NULL AS ended
             FROM outlets WHERE id = ANY ($1)",
        );
        Ok(outlets.bind(ids).bind(now).fetch_all(&self.pool).await?)
    }
}
