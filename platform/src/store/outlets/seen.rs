//! The posts of a ticket, beside its calls: what a group or a unit's own system was told, and what was written into a unit's folder.

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
        /// Lies in the folder.
        Written = "written",
        /// The gate fetched it, which says nothing of any person.
        Taken = "taken",
        /// A later version took its place before it was fetched.
        Replaced = "replaced",
        /// The ticket went elsewhere, or the folder was ended, before.
        Withdrawn = "withdrawn",
    }
}

/// A post about a ticket, or a version of it in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, sqlx::FromRow)]
pub struct TicketPost {
    /// Which.
    pub id: PostId,
    /// To a group's robot, a unit's own system, or its folder.
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
    /// Of a folder: when it was written.
    pub written_at: Option<DateTime<Utc>>,
    /// When it was taken or given up; none: it waits.
    pub finished_at: Option<DateTime<Utc>>,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// Of the rows of both queues the last of each: neither is read as a whole.
const POSTS: &str = "SELECT s.id, o.kind, o.unit, u.name AS unit_name, s.event, s.state, s.at, s.written_at, s.finished_at, s.last_error
     FROM (SELECT * FROM (SELECT id, outlet_id, event, state, created_at AS at, NULL::timestamptz AS written_at, finished_at, last_error
                          FROM posts WHERE ticket_id = $1 ORDER BY created_at DESC, id LIMIT $2) p
           UNION ALL
           SELECT * FROM (SELECT id, outlet_id, event, state, created_at, written_at, finished_at, last_error
                          FROM folder_files WHERE ticket_id = $1 ORDER BY n DESC LIMIT $2) f) s
     JOIN outlets o ON o.id = s.outlet_id JOIN units u ON u.county = o.county AND u.code = o.unit
     ORDER BY s.at DESC, s.id LIMIT $2";

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
