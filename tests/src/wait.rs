//! Waiting for conditions: the one place of the tests where time is let pass.

use std::time::Duration;

use tokio::time::{Instant, sleep};

const STEP: Duration = Duration::from_millis(25);

/// For loops that ask for something themselves: a pause after each turn, while there is time.
pub struct Turns {
    end: Instant,
}

impl Turns {
    /// From now on.
    pub fn within(limit: Duration) -> Self {
        Self {
            end: Instant::now() + limit,
        }
    }

    /// Pauses before the next turn; `false` when the time is over.
    pub async fn again(&self) -> bool {
        let more = Instant::now() < self.end;
        if more {
            sleep(STEP).await;
        }
        more
    }
}

/// Asks until `check` gives a value; `None` when it did not within that time.
pub async fn within<T>(limit: Duration, mut check: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let turns = Turns::within(limit);
    loop {
        let found = check().await;
        if found.is_some() || !turns.again().await {
            return found;
        }
    }
}

/// Asks until `check` gives a value, or fails saying what was awaited.
pub async fn eventually<T>(what: &str, limit: Duration, check: impl AsyncFnMut() -> Option<T>) -> T {
    within(limit, check)
        .await
        .unwrap_or_else(|| panic!("after {limit:?} still waiting for: {what}"))
}
