//! One full turn of the clock: every stage that is due at a given time.

use chrono::{DateTime, Utc};
use platform::store::{Store, StoreError, Ticked};

/// Turns until no stage is due at `at`. Ends, because a settled stage is due again only later than `at`.
pub(crate) async fn until_quiet(store: &Store, at: DateTime<Utc>) -> Result<Ticked, StoreError> {
    let mut sum = Ticked::default();
    loop {
        let turned = store.clock_turn(at).await?;
        if turned.stages == 0 {
            return Ok(sum);
        }
        sum.stages += turned.stages;
        sum.sent += turned.sent;
        sum.late += turned.late;
    }
}
