//! When the queue is looked at, and the look under way.
//!
//! A look is a task of its own: mails go on while it runs, and nothing drops it half way. After a look that brought all it
//! asked for the next one follows as soon as there is room; else looks slow down, until the bell rings.

use std::time::Duration;

use platform::store::{LeaseOf, LeasedNotice};
use tokio::{
    task::{JoinError, JoinHandle},
    time::Instant,
};

/// Looks around this often while there was work …
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
/// … and slows down to this while there is none. The bell wakes it earlier.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// What was leased, or why nothing could be.
pub(super) type Looked = Result<Vec<LeasedNotice>, String>;

/// The pace of the looks.
pub(super) struct Looks {
    /// When to look again by itself.
    pub(super) next: Instant,
    pause: Duration,
    last: (usize, LeaseOf),
    full: bool,
    under_way: Option<JoinHandle<Looked>>,
}

impl Default for Looks {
    fn default() -> Self {
        Self {
            next: Instant::now(),
            pause: SHORTEST_PAUSE,
            last: (0, LeaseOf::All),
            full: false,
            under_way: None,
        }
    }
}

impl Looks {
    /// Whether one is under way.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Whether such a look should begin now.
    pub(super) fn is_due(&self, of: LeaseOf) -> bool {
        let goes_on = of == LeaseOf::All && (self.full || self.last.1 == LeaseOf::Urgent);
        !self.is_under_way() && (goes_on || Instant::now() >= self.next)
    }

    /// Begins one.
    pub(super) fn begin(&mut self, asked: (usize, LeaseOf), look: impl Future<Output = Looked> + Send + 'static) {
        self.last = asked;
        self.under_way = Some(tokio::spawn(look));
    }

    /// The bell rang.
    pub(super) fn soon(&mut self) {
        self.next = Instant::now();
        self.pause = SHORTEST_PAUSE;
    }

    /// Waits for the end of the look under way; for ever when there is none. May be dropped and called again.
    pub(super) async fn ended(&mut self) -> Result<Looked, JoinError> {
        let Some(look) = &mut self.under_way else {
            return std::future::pending().await;
        };
        let looked = look.await;
        self.under_way = None;
        let got = looked.as_ref().map_or(0, |looked| looked.as_ref().map_or(0, Vec::len));
        self.full = got >= self.last.0;
        match &looked {
            Ok(Ok(leased)) if leased.is_empty() => {
                self.next = Instant::now() + self.pause;
                self.pause = (self.pause * 2).min(LONGEST_PAUSE);
            }
            Ok(Ok(_)) => {
                self.pause = SHORTEST_PAUSE;
                self.next = Instant::now() + self.pause;
            }
            _ => self.next = Instant::now() + LONGEST_PAUSE,
        }
        looked
    }
}
