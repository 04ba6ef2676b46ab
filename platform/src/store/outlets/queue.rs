//! Posts: leased like notices, and sent outside any transaction.

use casework::words::Urgency;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::store::{
    LeaseOf, NOTICES_COUNTED, Notifier, Onward, OutletId, PostId, Store, StoreError,
    lease::{Taking, held, leased, take, until},
};

/// Failures in a row after which an outlet's posts wait together for one try.
const CIRCUIT: i32 = 3;

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PostVerdict {
    /// The other side took it.
    Sent,
    /// Try again then.
    Later {
        /// By the notifier's clock.
        at: DateTime<Utc>,
        /// Without anything of the answer's text.
        why: String,
    },
    /// It is given up.
    Failed {
        /// The same.
        why: String,
    },
    /// It was not told, because it would be no longer true.
    Silenced,
    /// It was not tried: the outlet takes nothing before then.
    PutOff {
        /// By the notifier's clock.
        at: DateTime<Utc>,
    },
}

/// A try of some posts of one outlet, to be recorded: a group's robot is told of all that wait at once.
#[derive(Clone, Debug)]
pub struct PostSettled<'a> {
    /// Of which outlet.
    pub outlet: OutletId,
    /// Which posts.
    pub posts: &'a [PostId],
    /// What came of it.
    pub verdict: PostVerdict,
    /// The next one goes to this outlet no earlier; none: whenever it comes.
    pub next_at: Option<DateTime<Utc>>,
    /// When.
    pub at: DateTime<Utc>,
}

impl Store<Notifier> {
    /// Leases up to `limit` posts of the county that are due, P1 first, until 20 s after `now`.
    pub async fn post_take(
        &self,
        county: &str,
        owner: Uuid,
        now: DateTime<Utc>,
        limit: i64,
        onward: &mut Onward<3>,
    ) -> Result<Vec<PostId>, StoreError> {
        let taking = Taking {
            county,
            owner,
            now,
            limit,
            of: LeaseOf::All,
        };
        let taken: Vec<(PostId, Urgency)> = take(&self.pool, leased!("posts"), taking, onward).await?;
        Ok(taken.into_iter().map(|(id, _)| id).collect())
    }

    /// The heart-beat: holds the posts in hand until 20 s after `now`.
    pub async fn post_renew(&self, owner: Uuid, ids: &[PostId], now: DateTime<Utc>) -> Result<(), StoreError> {
        sqlx::query(held!("posts", "leased_until = $3"))
            .bind(owner)
            .bind(ids)
            .bind(until(now))
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Records a try, and how its outlet goes. From the third failure in a row on all that waits for the outlet waits for one try.
    pub async fn post_settle(&self, owner: Uuid, settled: &PostSettled<'_>) -> Result<(), StoreError> {
        let (state, due, why) = match &settled.verdict {
            PostVerdict::Sent => ("sent", None, None),
            PostVerdict::Later { at, why } => ("queued", Some(*at), Some(why)),
            PostVerdict::Failed { why } => ("failed", None, Some(why)),
            PostVerdict::Silenced => ("silenced", None, None),
            PostVerdict::PutOff { at } => ("queued", Some(*at), None),
        };
        let tried = i32::from(!matches!(
            settled.verdict,
            PostVerdict::PutOff { .. } | PostVerdict::Silenced
        ));
        let mut tx = self.pool.begin().await?;
        sqlx::query(held!(
            "posts",
            "state = $3, due_at = coalesce($4, q.due_at), attempts = q.attempts + $5, last_error = coalesce($6, q.last_error),
             finished_at = CASE WHEN $3 <> 'queued' THEN $7 END, lease_owner = NULL, leased_until = NULL"
        ))
        .bind(owner)
        .bind(settled.posts)
        .bind(state)
        .bind(due)
        .bind(tried)
        .bind(why)
        .bind(settled.at)
        .execute(&mut *tx)
        .await?;
        match &settled.verdict {
            PostVerdict::PutOff { .. } | PostVerdict::Silenced => {}
            PostVerdict::Sent => {
                let mended: i32 = sqlx::query_scalar(
                    "UPDATE outlets o SET failures = 0, failing_since = NULL, last_sent_at = $2, next_at = coalesce($3, '-infinity')
                     FROM outlets was WHERE o.id = $1 AND was.id = o.id RETURNING was.failures",
                )
                .bind(settled.outlet)
                .bind(settled.at)
                .bind(settled.next_at)
                .fetch_one(&mut *tx)
                .await?;
                if mended > 0 {
                    // What waited for it needs to wait no longer.
                    sqlx::query(
                        "UPDATE posts SET due_at = $2 WHERE outlet_id = $1 AND state = 'queued' AND due_at > $2 AND lease_owner IS NULL",
                    )
                    .bind(settled.outlet)
                    .bind(settled.next_at.unwrap_or(settled.at))
                    .execute(&mut *tx)
                    .await?;
                }
            }
            PostVerdict::Later { .. } | PostVerdict::Failed { .. } => {
                sqlx::query(
                    "UPDATE outlets SET failures = failures + 1, failing_since = coalesce(failing_since, $2), last_failed_at = $2,
                            last_error = $3, next_at = CASE WHEN failures + 1 >= $5 THEN coalesce($4, next_at) ELSE next_at END
                     WHERE id = $1",
                )
                .bind(settled.outlet)
                .bind(settled.at)
                .bind(why)
                .bind(settled.next_at.max(due))
                .bind(CIRCUIT)
                .execute(&mut *tx)
                .await?;
            }
        }
        tx.commit().await?;
        Ok(())
    }

    /// How many posts wait in the county.
    pub async fn post_depth(&self, county: &str) -> Result<i64, StoreError> {
        let depth = sqlx::query_scalar(
            "SELECT count(*) FROM (SELECT FROM posts WHERE county = $1 AND state = 'queued' ORDER BY urgency, due_at, created_at LIMIT $2) few",
        );
        let depth = depth.bind(county).bind(NOTICES_COUNTED);
        Ok(depth.persistent(false).fetch_one(&self.pool).await?)
    }
}
