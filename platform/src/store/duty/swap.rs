//! What two people say to each other about a swap is a mail: whoever is asked, and whoever waits for the answer.

use casework::{roster::Window, words::Urgency, zh::roster};
use chrono::{DateTime, Utc};
use sqlx::PgTransaction;

use crate::store::{
    AccountId, RosterChangeId, Said, StoreError, Subject, SubjectNotice, To, notices::subject::subject_notice,
};

#[derive(sqlx::FromRow)]
struct Swap {
    county: String,
    unit: String,
    asked_by: AccountId,
    with: AccountId,
    asked_by_name: String,
    with_name: String,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    takes_from: Option<DateTime<Utc>>,
    takes_to: Option<DateTime<Utc>>,
}

/// Queues the mail of a swap, in the transaction of the asking or of the decision: to whoever is asked, once it is decided to
/// whoever asked, and of one that was taken back to whoever was asked. How many.
pub(super) async fn tell(
    tx: &mut PgTransaction<'_>,
    id: RosterChangeId,
    subject: Subject,
    now: DateTime<Utc>,
) -> Result<i64, StoreError> {
    let swap: Option<Swap> = sqlx::query_as(
        "SELECT c.county, c.unit, c.account_id AS asked_by, c.other_id AS with, person_shown(a.id, a.name) AS asked_by_name,
                person_shown(o.id, o.name) AS with_name, c.starts_at, c.ends_at, c.takes_from, c.takes_to
         FROM roster_changes c JOIN accounts a ON a.id = c.account_id JOIN accounts o ON o.id = c.other_id
         WHERE c.id = $1 AND c.kind = 'swap'",
    )
    .bind(id)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(swap) = swap else { return Ok(0) };
    let (to, by) = match subject {
        Subject::SwapAccepted(_) | Subject::SwapDeclined(_) => (swap.asked_by, swap.with_name),
        _ => (swap.with, swap.asked_by_name),
    };
    let window = |from, to| roster::window(Window { from, to });
    let notice = SubjectNotice {
        county: &swap.county,
        subject,
        round: 0,
        to: To::Person(&swap.unit, to),
        urgency: Urgency::P3,
        drill: false,
        said: Said {
            by: Some(by),
            gives: Some(window(swap.starts_at, swap.ends_at)),
            takes: swap.takes_from.zip(swap.takes_to).map(|(from, to)| window(from, to)),
            ..Said::default()
        },
        at: now,
    };
    Ok(subject_notice(tx, &notice).await?)
}
