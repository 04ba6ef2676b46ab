//! Waiting for conditions.

use std::time::Duration;

use tokio::time::{Instant, sleep};

const STEP: Duration = Duration::from_millis(25);

/// Polls until `check` gives a value, or fails saying what was awaited.
pub async fn eventually<T>(what: &str, within: Duration, mut check: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + within;
    loop {
        if let Some(value) = check().await {
            return value;
        }
        assert!(Instant::now() < end, "after {within:?} still waiting for: {what}");
        sleep(STEP).await;
    }
}
