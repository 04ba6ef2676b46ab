//! The folder of a unit on a closed network: set by an administrator, looked at by whoever writes into it.

use casework::words::Urgency;
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::file::{FileState, FolderFault};
use crate::store::{
    AccountId, Board, NewAct, OutletId, People, Relay, ReportId, Store, StoreError, TicketId, UnitCall,
};

/// As many are listed.
const LISTED: i64 = 20;

/// Since when `f` must be open at $2 to count as not fetched: two hours for what is most urgent, else a day. A gate carries things over
/// some times a day.
macro_rules! late {
    () => {
        "f.since <= $2 - CASE f.urgency WHEN 'P1' THEN interval '2 hours' ELSE interval '24 hours' END"
    };
}
pub(super) use late;

/// A folder, to be set.
#[derive(Clone, Copy, Debug)]
pub struct NewFolder<'a> {
    /// Of which unit.
    pub unit: &'a str,
    /// The unit's public key.
    pub recipient: &'a str,
}

/// A folder to be looked at.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FolderAt {
    /// Which.
    pub id: OutletId,
    /// Of which unit: its name.
    pub unit: String,
    /// What its mark holds.
    pub mark: Uuid,
    /// It was laid.
    pub marked: bool,
}

/// A ticket that a unit's folder should have handed on by now.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FolderLate {
    /// Ticket.
    pub ticket_id: TicketId,
    /// Report.
    pub report_id: ReportId,
    /// Whose folder.
    pub unit: String,
    /// Its name.
    pub unit_name: String,
    /// Obligation code.
    pub obligation: String,
    /// How urgent.
    #[sqlx(try_from = "String")]
    pub urgency: Urgency,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Written and not fetched, or not even written.
    #[sqlx(try_from = "String")]
    pub state: FileState,
    /// A drill.
    pub drill: bool,
    /// Whom to phone.
    pub call: Json<UnitCall>,
}

impl Store<People> {
    /// Sets a unit's folder, or gives it another key: what is written from now on is for that. None: there is no such unit. What lies
    /// there stays. A folder that had lost its mark is taken as it is now.
    pub async fn folder_set(
        &self,
        new: NewFolder<'_>,
        by: AccountId,
        act: &NewAct<'_>,
    ) -> Result<Option<OutletId>, StoreError> {
        let mut tx = self.pool.begin().await?;
        let set = sqlx::query_scalar(
            "INSERT INTO outlets (id, county, unit, kind, recipient, mark, made_at, made_by)
             SELECT gen_random_uuid(), u.county, u.code, 'folder', $3, gen_random_uuid(), $4, $5 FROM units u
             WHERE u.county = $1 AND u.code = $2 AND u.retired_at IS NULL
             ON CONFLICT (county, unit) WHERE kind = 'folder' DO UPDATE
             SET recipient = excluded.recipient, made_at = excluded.made_at, made_by = excluded.made_by, ended_at = NULL, ended_by = NULL,
                 marked = outlets.marked AND NOT (outlets.failing_since IS NOT NULL AND outlets.last_error = 'unmarked')
             RETURNING id",
        )
        .bind(act.county)
        .bind(new.unit)
        .bind(new.recipient)
        .bind(act.at)
        .bind(by)
        .fetch_optional(&mut *tx)
        .await?;
        if set.is_some() {
            act.record(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(set)
    }
}

impl Store<Relay> {
    /// The folders of the county in which something may lie.
    pub async fn folders(&self, county: &str) -> Result<Vec<FolderAt>, StoreError> {
        let folders = sqlx::query_as(
            "SELECT o.id, o.unit, o.mark, o.marked FROM outlets o
             WHERE o.county = $1 AND o.kind = 'folder' AND (o.ended_at IS NULL OR EXISTS (
                SELECT FROM folder_files f WHERE f.outlet_id = o.id AND f.state IN ('queued', 'written')))",
        );
        Ok(folders.bind(county).fetch_all(&self.pool).await?)
    }

    /// Its mark was laid.
    pub async fn folder_marked(&self, folder: OutletId) -> Result<(), StoreError> {
        let marked = sqlx::query("UPDATE outlets SET marked = true WHERE id = $1");
        marked.bind(folder).execute(&self.pool).await?;
        Ok(())
    }

    /// A look found that it can't be believed. Whether that is news.
    pub async fn folder_looked_wrong(
        &self,
        folder: OutletId,
        fault: FolderFault,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let news = sqlx::query_scalar(
            "UPDATE outlets o SET failures = greatest(o.failures, 1), failing_since = coalesce(o.failing_since, $2), last_failed_at = $2,
                    last_error = $3
             FROM outlets was WHERE o.id = $1 AND was.id = o.id
             RETURNING was.failing_since IS NULL OR was.last_error IS DISTINCT FROM $3",
        );
        let news = news.bind(folder).bind(at).bind(fault.as_str());
        Ok(news.fetch_one(&self.pool).await?)
    }

    /// A look found nothing wrong. What a look had found is over, and what waited for it needs to wait no longer; what a try to write
    /// found stays until one succeeds.
    pub async fn folder_looked_well(&self, folder: OutletId, at: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(
            "WITH well AS (UPDATE outlets SET failures = 0, failing_since = NULL
                           WHERE id = $1 AND failing_since IS NOT NULL AND last_error IN ('missing', 'unmarked') RETURNING id)
             UPDATE folder_files f SET due_at = $2 FROM well
             WHERE f.outlet_id = well.id AND f.state = 'queued' AND f.due_at > $2 AND f.lease_owner IS NULL",
        )
        .bind(folder)
        .bind(at)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// How many versions wait to be written, how many tickets are late in their folders, and how many folders fail.
    pub async fn folder_depth(&self, county: &str, now: DateTime<Utc>) -> Result<(i64, i64, i64), StoreError> {
        let depth = sqlx::query_as(concat!(
            "SELECT count(*) FILTER (WHERE f.state = 'queued'), count(DISTINCT (f.outlet_id, f.ticket_id)) FILTER (WHERE ",
            late!(),
            "), (SELECT count(*) FROM outlets o WHERE o.county = $1 AND o.kind = 'folder' AND o.ended_at IS NULL
                  AND o.failing_since IS NOT NULL)
             FROM folder_files f WHERE f.county = $1 AND f.state IN ('queued', 'written')",
        ));
        Ok(depth.bind(county).bind(now).fetch_one(&self.pool).await?)
    }
}

impl Store<Board> {
    /// What folders should have handed on by now, the most urgent first; at most 20.
    pub async fn folders_late(&self, county: &str, now: DateTime<Utc>) -> Result<Vec<FolderLate>, StoreError> {
        let late = sqlx::query_as(concat!(
            "SELECT f.ticket_id, t.report_id, o.unit, u.name AS unit_name, t.obligation, f.urgency, f.since, f.state, f.drill,
                    unit_call(o.county, o.unit) AS call
             FROM folder_files f JOIN outlets o ON o.id = f.outlet_id AND o.ended_at IS NULL JOIN tickets t ON t.id = f.ticket_id
             JOIN units u ON u.county = o.county AND u.code = o.unit
             WHERE f.county = $1 AND f.state IN ('queued', 'written') AND ",
            late!(),
            " AND NOT EXISTS (SELECT FROM folder_files l WHERE l.outlet_id = f.outlet_id AND l.ticket_id = f.ticket_id AND l.n > f.n
                              AND l.state IN ('queued', 'written'))
             ORDER BY f.drill, f.urgency, f.since, f.ticket_id LIMIT $3",
        ));
        Ok(late.bind(county).bind(now).bind(LISTED).fetch_all(&self.pool).await?)
    }
}
