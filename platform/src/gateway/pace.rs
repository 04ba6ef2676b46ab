//! No more in a second than a provider takes.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// Whoever would wait longer comes again later, so that the time of a lease is not spent here.
const LONGEST: Duration = Duration::from_secs(2);

/// A turn for everybody, at even distances.
pub(super) struct Pace {
    distance: Option<Duration>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    pub(super) fn new(per_second: Option<u32>) -> Self {
        Self {
            distance: per_second.map(|n| Duration::from_secs(1) / n.max(1)),
            next: Mutex::default(),
        }
    }

    /// Waits for a turn; `false`: too many wait already.
    pub(super) async fn turn(&self) -> bool {
        let Some(distance) = self.distance else { return true };
        let at = {
            let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
            let now = Instant::now();
            let at = next.map_or(now, |next| next.max(now));
            if at - now > LONGEST {
                return false;
            }
            *next = Some(at + distance);
            at
        };
        sleep_until(at).await;
        true
    }
}
