//! The posts of a ticket, beside its calls: what a group or a unit's own system was told.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{outlet::OutletKind, said::PostEvent};
use crate::store::{Desk, DeskScope, PostId, SeesCalls, Store, StoreError, TicketId};

/// As many of a ticket are listed.
const LISTED: i64 = 100;

casework::words! {
    /// How far a post has come.
    PostState {
        /// Waits for the notifier, or for its next try.
        Queued = "queued",
        /// The other side took it, which says nothing of any person.
        Sent = "sent",
        /// It was given up.
        Failed = "failed",
        /// Somebody answered, or the act was done, before it was said.
        Silenced = "silenced",
    }
}

/// A post about a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct TicketPost {
    /// Which.
    pub id: PostId,
    /// To a group's robot or a unit's own system.
    #[sqlx(try_from = "String")]
    pub kind: OutletKind,
    /// Of which unit.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// What it tells of.
    #[sqlx(try_from = "String")]
    pub event: PostEvent,
    /// How far it has come.
    #[sqlx(try_from = "String")]
    pub state: PostState,
    /// When the event was.
    pub at: DateTime<Utc>,
    /// When it was taken or given up; none: it waits.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

const POSTS: &str = "SELECT p.id, o.kind, o.unit, u.name AS unit_name, p.event, p.state, p.created_at AS at, p.finished_at, p.last_error
     FROM posts p JOIN outlets o ON o.id = p.outlet_id JOIN units u ON u.county = o.county AND u.code = o.unit
     WHERE p.ticket_id = $1 ORDER BY p.created_at DESC, p.id LIMIT $2";

impl<L: SeesCalls> Store<L> {
    /// The last 100 posts about a ticket, the last first.
    pub async fn ticket_posts(&self, ticket: TicketId) -> Result<Vec<TicketPost>, StoreError> {
        let posts = sqlx::query_as(POSTS);
        Ok(posts.bind(ticket).bind(LISTED).fetch_all(&self.pool).await?)
    }
}

impl Store<Desk> {
    /// The same for a ticket of these units.
    pub async fn desk_ticket_posts(&self, scope: &DeskScope, ticket: TicketId) -> Result<Vec<TicketPost>, StoreError> {
        let mut tx = self.desk(scope).await?;
        let posts = sqlx::query_as(POSTS);
        Ok(posts.bind(ticket).bind(LISTED).fetch_all(&mut *tx).await?)
    }
}
