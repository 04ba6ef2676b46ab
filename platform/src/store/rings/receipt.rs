//! Receipts: what became of a number after the gateway had taken it. They come twice, late, in any order and forged.

use chrono::{DateTime, Utc};

use super::step::{freed, number_failed, step};
use crate::store::{AccountId, CallId, Notifier, PhoneId, Store, StoreError};

/// Awaited numbers looked at in one turn.
const AT_ONCE: i64 = 200;

/// Which try a receipt is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceiptOf {
    /// The call and the place of the number, which the gateway was given.
    Ours(CallId, i16),
    /// What the provider calls it.
    Provider(String),
}

/// A receipt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// By which description.
    pub gateway: String,
    /// Of which try.
    pub of: ReceiptOf,
    /// It arrived, or was picked up; else it did not.
    pub arrived: bool,
    /// The provider's word, numbers taken out.
    pub why: String,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipted {
    /// Recorded.
    Now(CallAwaited),
    /// It was known already, or came after a later word.
    Before(CallAwaited),
    /// We never sent such a thing.
    Unknown,
}

/// A number whose receipt is awaited, or that one speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct CallAwaited {
    /// The call.
    #[sqlx(rename = "call_id")]
    pub call: CallId,
    /// Which number.
    pub place: i16,
    /// The person's own telephone; none: a shared one.
    #[sqlx(rename = "phone_id")]
    pub phone: Option<PhoneId>,
    /// Whom the call is for.
    #[sqlx(rename = "account_id")]
    pub account: Option<AccountId>,
}

impl Store<Notifier> {
    /// Records a receipt. A number that did not answer puts its call back into the queue, for the next number; one that did ends
    /// it, unless it is over. Nothing goes back: a failure after a success is no news.
    pub async fn receipt_record(
        &self,
        county: &str,
        receipt: &Receipt,
        at: DateTime<Utc>,
    ) -> Result<Receipted, StoreError> {
        let mut tx = self.pool.begin().await?;
        let Some(of) = self.receipt_find(county, &receipt.gateway, &receipt.of).await? else {
            return Ok(Receipted::Unknown);
        };
        let CallAwaited { call, place, phone, .. } = of;
        let (state, voice): (String, bool) =
            sqlx::query_as("SELECT state, channel = 'voice' FROM calls WHERE id = $1 FOR UPDATE")
                .bind(call)
                .fetch_one(&mut *tx)
                .await?;
        let known: Option<String> =
            sqlx::query_scalar("SELECT outcome FROM call_tries WHERE call_id = $1 AND place = $2 FOR UPDATE")
                .bind(call)
                .bind(place)
                .fetch_one(&mut *tx)
                .await?;
        let news = match known.as_deref() {
            None => true,
            Some(word) => word == "failed" && receipt.arrived,
        };
        if !news {
            return Ok(Receipted::Before(of));
        }
        if receipt.arrived {
            sqlx::query(
                "UPDATE call_tries SET outcome = 'delivered', outcome_at = $3 WHERE call_id = $1 AND place = $2",
            )
            .bind(call)
            .bind(place)
            .bind(at)
            .execute(&mut *tx)
            .await?;
            // A shared telephone that is picked up is nobody.
            let word = if voice && phone.is_none() {
                "picked-up"
            } else {
                "delivered"
            };
            step(&mut tx, (call, word), &receipt.why, at).await?;
            sqlx::query(
                "UPDATE calls SET state = 'delivered', finished_at = $2, lease_owner = NULL, leased_until = NULL
                 WHERE id = $1 AND finished_at IS NULL",
            )
            .bind(call)
            .bind(at)
            .execute(&mut *tx)
            .await?;
        } else {
            number_failed(&mut tx, (call, place), &receipt.why, at).await?;
            if state == "handed-over" {
                freed(&mut tx, (call, "queued"), Some(at), Some(&receipt.why)).await?;
            }
        }
        tx.commit().await?;
        Ok(Receipted::Now(of))
    }

    /// Which try a gateway speaks of; none: we never sent such a thing by it.
    pub async fn receipt_find(
        &self,
        county: &str,
        gateway: &str,
        of: &ReceiptOf,
    ) -> Result<Option<CallAwaited>, StoreError> {
        let (ours, place, theirs) = match of {
            ReceiptOf::Ours(call, place) => (Some(*call), Some(*place), None),
            ReceiptOf::Provider(id) => (None, None, Some(id)),
        };
        let found = sqlx::query_as(
            "SELECT t.call_id, t.place, t.phone_id, c.account_id FROM call_tries t JOIN calls c ON c.id = t.call_id
             WHERE t.county = $1 AND t.gateway = $2
                 AND CASE WHEN $5::text IS NULL THEN t.call_id = $3 AND t.place = $4 ELSE t.provider_id = $5 END
             ORDER BY t.began_at DESC LIMIT 1",
        )
        .bind(county)
        .bind(gateway)
        .bind(ours)
        .bind(place)
        .bind(theirs)
        .fetch_optional(&self.pool)
        .await?;
        Ok(found)
    }

    /// Numbers whose receipt did not come in time.
    pub async fn receipts_missed(
        &self,
        county: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<(CallAwaited, String)>, StoreError> {
        self.awaited(county, "", Some(now)).await
    }

    /// Numbers of a gateway whose receipt is awaited, with what the provider calls each.
    pub async fn receipts_awaited(
        &self,
        county: &str,
        gateway: &str,
    ) -> Result<Vec<(CallAwaited, String)>, StoreError> {
        self.awaited(county, gateway, None).await
    }

    /// Those of a gateway, or where a time is given those of any that are overdue then; with what the provider calls each, or the
    /// gateway's name.
    async fn awaited(
        &self,
        county: &str,
        gateway: &str,
        overdue: Option<DateTime<Utc>>,
    ) -> Result<Vec<(CallAwaited, String)>, StoreError> {
        #[derive(sqlx::FromRow)]
        struct Row {
            #[sqlx(flatten)]
            of: CallAwaited,
            name: String,
        }
        let rows: Vec<Row> = sqlx::query_as(
            "SELECT t.call_id, t.place, t.phone_id, c.account_id,
                    CASE WHEN $3::timestamptz IS NULL THEN coalesce(t.provider_id, '') ELSE t.gateway END AS name
             FROM call_tries t JOIN calls c ON c.id = t.call_id
             WHERE t.county = $1 AND t.outcome IS NULL AND t.receipt_due_at IS NOT NULL
                 AND CASE WHEN $3::timestamptz IS NULL THEN t.gateway = $2 ELSE t.receipt_due_at <= $3 END
             ORDER BY t.receipt_due_at LIMIT $4",
        )
        .bind(county)
        .bind(gateway)
        .bind(overdue)
        .bind(AT_ONCE)
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().map(|row| (row.of, row.name)).collect())
    }
}
