//! Leases of notices with what their mails say, in one call: a notifier does the same in two steps, a mail at a time.

use chrono::{DateTime, Utc};
use platform::store::{LeaseOf, LeasedNotice, Notifier, Onward, Store, StoreError};
use uuid::Uuid;

/// Leases up to so many notices of Taihe that are due.
pub async fn lease(
    store: &Store<Notifier>,
    owner: Uuid,
    now: DateTime<Utc>,
    (limit, of): (i64, LeaseOf),
) -> Result<Vec<LeasedNotice>, StoreError> {
    lease_onward(store, owner, now, (limit, of), &mut Onward::default()).await
}

/// The same for one that takes turn after turn.
pub async fn lease_onward(
    store: &Store<Notifier>,
    owner: Uuid,
    now: DateTime<Utc>,
    (limit, of): (i64, LeaseOf),
    onward: &mut Onward<3>,
) -> Result<Vec<LeasedNotice>, StoreError> {
    let taken = store.notice_take("taihe", owner, now, (limit, of), onward).await?;
    store.notice_said("taihe", &taken).await
}
