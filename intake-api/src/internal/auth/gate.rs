//! How many logins are under way at once, before the database is asked or a password compared.
//!
//! Two doors: one for browsers in which somebody logged in before, one for all others. So a flood of made-up names fills the
//! second and never keeps an officer at a browser of their own waiting. Whoever does not fit is told when to come back, which
//! costs nothing.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{Semaphore, SemaphorePermit};

/// Logins under way at once through a door: twice the threads for passwords (`argon.rs`), so that these never idle while the
/// database is asked; and far fewer than the connections to it, which everybody's pages need too.
const AT_ONCE: usize = 4;

/// Waiting at a door: a second's worth, more than an office at half past eight.
const WAITING: usize = 32;

/// Waiting from one address, so that one does not take all places.
const WAITING_FROM_ONE: usize = 16;

/// Seconds after which to try again.
pub(crate) const RETRY_S: i64 = 2;

/// Both doors.
#[derive(Clone)]
pub(crate) struct Gate {
    known: Arc<Door>,
    others: Arc<Door>,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            known: Arc::new(Door::default()),
            others: Arc::new(Door::default()),
        }
    }
}

impl Gate {
    /// The door that this browser goes through.
    pub(crate) fn door(&self, known: bool) -> &Door {
        if known { &self.known } else { &self.others }
    }
}

/// One door.
pub(crate) struct Door {
    places: Semaphore,
    waiting: Mutex<HashMap<Option<IpAddr>, usize>>,
}

impl Default for Door {
    fn default() -> Self {
        Self {
            places: Semaphore::new(AT_ONCE),
            waiting: Mutex::default(),
        }
    }
}

/// Counts who waits, and forgets them also when a browser hangs up.
struct Waiter<'d> {
    door: &'d Door,
    from: Option<IpAddr>,
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let mut waiting = self.door.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = waiting.get_mut(&self.from) {
            *count -= 1;
            if *count == 0 {
                waiting.remove(&self.from);
            }
        }
    }
}

impl Door {
    /// A place, at once or after a short wait; none when too many wait.
    pub(crate) async fn enter(&self, from: Option<IpAddr>) -> Option<SemaphorePermit<'_>> {
        let waiter = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            let all: usize = waiting.values().sum();
            let ours = waiting.entry(from).or_default();
            if all >= WAITING || *ours >= WAITING_FROM_ONE {
                if *ours == 0 {
                    waiting.remove(&from);
                }
                return None;
            }
            *ours += 1;
            Waiter { door: self, from }
        };
        let place = self.places.acquire().await.ok();
        drop(waiter);
        place
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;

    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "as the door takes it")]
    fn from(n: u8) -> Option<IpAddr> {
        Some(IpAddr::from([10, 0, 0, n]))
    }

    #[tokio::test]
    async fn a_flood_from_one_address_leaves_places_and_another_door_is_free() {
        let gate = Gate::default();
        let door = gate.door(false);
        let mut inside = Vec::new();
        for _ in 0..AT_ONCE {
            inside.push(door.enter(from(1)).await.unwrap());
        }
        let mut waiting = Vec::new();
        let mut begin = async |from| {
            let mut wait = Box::pin(door.enter(from));
            let pending = std::future::poll_fn(|cx| std::task::Poll::Ready(wait.as_mut().poll(cx).is_pending())).await;
            if pending {
                waiting.push(wait);
            }
            pending
        };
        let mut flood = 0;
        for _ in 0..500 {
            flood += usize::from(begin(from(1)).await);
        }
        assert_eq!(flood, WAITING_FROM_ONE);
        assert!(begin(from(2)).await, "another address still finds a place");
        assert!(
            gate.door(true).enter(from(3)).await.is_some(),
            "a known browser does not wait at all"
        );
        // Whoever hangs up makes room.
        waiting.clear();
        drop(inside);
        assert!(door.enter(from(1)).await.is_some());
        assert!(door.waiting.lock().unwrap().is_empty());
    }
}
