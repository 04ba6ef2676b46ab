//! The queue of what is written into folders: leased like posts, written outside any transaction.

use casework::words::Urgency;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{
    FileId, LeaseOf, Onward, OutletId, Relay, Store, StoreError, TicketId,
    lease::{Taking, held, leased, take, until},
};

casework::words! {
    /// How far a version of a ticket has come.
    FileState {
        /// Waits to be written, or for the next try.
        Queued = "queued",
        /// Lies in the folder.
        Written = "written",
        /// The gate fetched it.
        Taken = "taken",
        /// A later version took its place before.
        Replaced = "replaced",
        /// The ticket went elsewhere, or the folder was ended, before.
        Withdrawn = "withdrawn",
    }
}

casework::words! {
    /// Whether a version is still to be there.
    FileStanding {
        /// It is the newest.
        Wanted = "wanted",
        /// There is a later one.
        Replaced = "replaced",
        /// The ticket went elsewhere, or the folder was ended.
        Withdrawn = "withdrawn",
    }
}

casework::words! {
    /// Why nothing can be written into a folder, or nothing believed of it.
    FolderFault {
        /// The folder of all folders is not there.
        Missing = "missing",
        /// The unit's folder does not hold its mark: it may be another one, or not mounted.
        Unmarked = "unmarked",
        /// We may not write there.
        Refused = "refused",
        /// The disk is full.
        Full = "full",
        /// The disk does not answer.
        Silent = "silent",
        /// Something else of the disk.
        Broken = "broken",
        /// The unit's key can't be read by this version.
        Key = "key",
        /// The ticket can't be read.
        Ticket = "ticket",
    }
}

/// A version to be written.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FileAsked {
    /// Which.
    pub id: FileId,
    /// For which folder.
    pub outlet_id: OutletId,
    /// Of which ticket.
    pub ticket_id: TicketId,
    /// Of which unit.
    pub unit: String,
    /// The unit's public key.
    pub recipient: String,
    /// What the folder's mark holds.
    pub mark: Uuid,
    /// It was laid.
    pub marked: bool,
    /// Tries before this one.
    pub attempts: i32,
    /// Whether it is still to be written.
    #[sqlx(try_from = "String")]
    pub standing: FileStanding,
}

/// What came of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileVerdict {
    /// It lies there.
    Written,
    /// Try again then.
    Later {
        /// By the writer's clock.
        at: DateTime<Utc>,
        /// Why.
        why: FolderFault,
    },
    /// It need not be written.
    Over(FileStanding),
}

impl Store<Relay> {
    /// Leases up to `limit` versions of the county that are due, P1 first, until 20 s after `now`.
    pub async fn file_take(
        &self,
        county: &str,
        owner: Uuid,
        now: DateTime<Utc>,
        limit: i64,
        onward: &mut Onward<3>,
    ) -> Result<Vec<FileId>, StoreError> {
        let taking = Taking {
            county,
            owner,
            now,
            limit,
            of: LeaseOf::All,
        };
        let taken: Vec<(FileId, Urgency)> = take(&self.pool, leased!("folder_files"), taking, onward).await?;
        Ok(taken.into_iter().map(|(id, _)| id).collect())
    }

    /// What these are, the first version first.
    pub async fn files_asked(&self, ids: &[FileId]) -> Result<Vec<FileAsked>, StoreError> {
        let asked = sqlx::query_as(
            "SELECT f.id, f.outlet_id, f.ticket_id, o.unit, o.recipient, o.mark, o.marked, f.attempts,
                    CASE WHEN o.ended_at IS NOT NULL OR t.unit <> o.unit THEN 'withdrawn'
                         WHEN EXISTS (SELECT FROM folder_files l WHERE l.outlet_id = f.outlet_id AND l.ticket_id = f.ticket_id AND l.n > f.n
                                      AND l.state IN ('queued', 'written', 'taken')) THEN 'replaced'
                         ELSE 'wanted' END AS standing
             FROM folder_files f JOIN outlets o ON o.id = f.outlet_id JOIN tickets t ON t.id = f.ticket_id
             WHERE f.id = ANY ($1) ORDER BY f.n",
        );
        Ok(asked.bind(ids).fetch_all(&self.pool).await?)
    }

    /// The heart-beat: holds what is in hand until 20 s after `now`.
    pub async fn file_renew(&self, owner: Uuid, ids: &[FileId], now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(held!("folder_files", "leased_until = $3"))
            .bind(owner)
            .bind(ids)
            .bind(until(now))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Records a try, and how its folder goes.
    pub async fn file_settle(
        &self,
        owner: Uuid,
        file: &FileAsked,
        verdict: FileVerdict,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (state, due, why) = match verdict {
            FileVerdict::Written => ("written", None, None),
            FileVerdict::Later { at, why } => ("queued", Some(at), Some(why.as_str())),
            FileVerdict::Over(FileStanding::Withdrawn) => ("withdrawn", None, None),
            FileVerdict::Over(_) => ("replaced", None, None),
        };
        let mut tx = self.pool.begin().await?;
        sqlx::query(held!(
            "folder_files",
            "state = $3, due_at = coalesce($4, q.due_at), last_error = $5, attempts = q.attempts + 1, lease_owner = NULL, leased_until = NULL,
             written_at = CASE WHEN $3 = 'written' THEN $6 ELSE q.written_at END,
             finished_at = CASE WHEN $3 IN ('replaced', 'withdrawn') THEN $6 END"
        ))
        .bind(owner)
        .bind([file.id])
        .bind(state)
        .bind(due)
        .bind(why)
        .bind(now)
        .execute(&mut *tx)
        .await?;
        match verdict {
            FileVerdict::Over(_) => {}
            FileVerdict::Written => {
                let failed: i32 = sqlx::query_scalar(
                    "UPDATE outlets o SET failures = 0, failing_since = NULL, last_sent_at = $2
                     FROM outlets was WHERE o.id = $1 AND was.id = o.id RETURNING was.failures",
                )
                .bind(file.outlet_id)
                .bind(now)
                .fetch_one(&mut *tx)
                .await?;
                if failed > 0 {
                    // What waited for it needs to wait no longer.
                    sqlx::query(
                        "UPDATE folder_files SET due_at = $2 WHERE outlet_id = $1 AND state = 'queued' AND due_at > $2 AND lease_owner IS NULL",
                    )
                    .bind(file.outlet_id)
                    .bind(now)
                    .execute(&mut *tx)
                    .await?;
                }
            }
            FileVerdict::Later { .. } => {
                sqlx::query(
                    "UPDATE outlets SET failures = failures + 1, failing_since = coalesce(failing_since, $2), last_failed_at = $2,
                            last_error = $3 WHERE id = $1",
                )
                .bind(file.outlet_id)
                .bind(now)
                .bind(why)
                .execute(&mut *tx)
                .await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// What lies in a folder and is not fetched, and whether it is still to.
    pub async fn files_lying(&self, folder: OutletId) -> Result<Vec<(FileId, FileStanding)>, StoreError> {
        let lying: Vec<(FileId, crate::store::Word<FileStanding>)> = sqlx::query_as(
            "SELECT f.id, CASE WHEN t.unit <> o.unit THEN 'withdrawn'
                               WHEN EXISTS (SELECT FROM folder_files l WHERE l.outlet_id = f.outlet_id AND l.ticket_id = f.ticket_id
                                            AND l.n > f.n AND l.state IN ('written', 'taken')) THEN 'replaced'
                               ELSE 'wanted' END
             FROM folder_files f JOIN outlets o ON o.id = f.outlet_id JOIN tickets t ON t.id = f.ticket_id
             WHERE f.outlet_id = $1 AND f.state = 'written'",
        )
        .bind(folder)
        .fetch_all(&self.pool)
        .await?;
        Ok(lying.into_iter().map(|(id, standing)| (id, *standing)).collect())
    }

    /// These lie there no longer, for this reason; or, with `Queued`, are to be written again.
    pub async fn files_end(&self, ids: &[FileId], state: FileState, now: DateTime<Utc>) -> Result<(), StoreError> {
        if ids.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "UPDATE folder_files SET state = $2, finished_at = CASE WHEN $2 <> 'queued' THEN $3 END
             WHERE id = ANY ($1) AND state = 'written'",
        )
        .bind(ids)
        .bind(state.as_str())
        .bind(now)
        .execute(&self.pool)
        .await?;
        Ok(())
    }

    /// Which of these are over: whatever lies there of them may go.
    pub async fn files_over(&self, ids: &[FileId]) -> Result<Vec<FileId>, StoreError> {
        let over = sqlx::query_scalar(
            "SELECT id FROM folder_files WHERE id = ANY ($1) AND state NOT IN ('queued', 'written')",
        );
        Ok(over.bind(ids).fetch_all(&self.pool).await?)
    }
}
