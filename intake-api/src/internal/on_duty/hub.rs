//! One look for all duty pages of this process: every second, while one listens, what rings for each of their people and units.
//!
//! Pages don't ask the database themselves, so a hundred of them cost what one does. How many listen is bounded, for an account
//! and in all; who finds no place asks now and then instead.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use platform::{
    clock,
    run::telemetry::chain,
    store::{AccountId, Board, CallId, PageCall, Store},
};
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// Streams of one account: a screen at the desk, one at home, and what a browser forgot to close.
const OF_ONE: usize = 4;
/// Streams in all.
const IN_ALL: usize = 300;
/// Between two looks.
const EVERY: Duration = Duration::from_secs(1);
/// After one that failed.
const PAUSE: Duration = Duration::from_secs(2);

/// What rings on a page, as of a look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rings {
    /// The calls, the newest first.
    pub(super) calls: Vec<CallId>,
    /// When it was looked at last; nothing is known of later.
    pub(super) at: DateTime<Utc>,
}

#[derive(Debug)]
struct Seat {
    account: AccountId,
    unit: String,
    rings: watch::Sender<Rings>,
}

#[derive(Debug, Default)]
struct Seats {
    next: u64,
    taken: BTreeMap<u64, Seat>,
}

/// All pages that listen. Cloning is cheap.
#[derive(Clone, Debug)]
pub(crate) struct Hub {
    seats: Arc<Mutex<Seats>>,
    sat: Arc<Notify>,
    /// Ends all streams with the service.
    pub(super) stop: CancellationToken,
}

/// A page that listens, until this is dropped.
pub(super) struct Listening {
    id: u64,
    hub: Hub,
    /// What rings.
    pub(super) rings: watch::Receiver<Rings>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.hub.seats().taken.remove(&self.id);
    }
}

impl Hub {
    /// Nobody listens.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            seats: Arc::default(),
            sat: Arc::default(),
            stop,
        }
    }

    fn seats(&self) -> MutexGuard<'_, Seats> {
        self.seats.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more; none: there are as many as there may be. `first`: what rings now.
    pub(super) fn listen(&self, (account, unit): (AccountId, &str), first: Rings) -> Option<Listening> {
        let mut seats = self.seats();
        let own = seats.taken.values().filter(|seat| seat.account == account).count();
        if own >= OF_ONE || seats.taken.len() >= IN_ALL {
            return None;
        }
        let (sender, rings) = watch::channel(first);
        seats.next += 1;
        let id = seats.next;
        let seat = Seat {
            account,
            unit: unit.to_owned(),
            rings: sender,
        };
        seats.taken.insert(id, seat);
        drop(seats);
        self.sat.notify_one();
        Some(Listening {
            id,
            hub: self.clone(),
            rings,
        })
    }

    /// Looks for all pages until the service stops.
    pub(crate) async fn run(self, board: Store<Board>, county: String) -> anyhow::Result<()> {
        let stop = self.stop.clone();
        let mut failed = false;
        loop {
            let (ids, pages): (Vec<u64>, Vec<(AccountId, String)>) = {
                let seats = self.seats();
                let seats = seats.taken.iter();
                seats.map(|(id, seat)| (*id, (seat.account, seat.unit.clone()))).unzip()
            };
            metrics::gauge!("shouwang_duty_streams").set(ids.len() as f64);
            if ids.is_empty() {
                match stop.run_until_cancelled(self.sat.notified()).await {
                    Some(()) => continue,
                    None => return Ok(()),
                }
            }
            let now = clock::now();
            let pause = match board.page_calls(&county, &pages, now).await {
                Ok(calls) => {
                    failed = false;
                    self.tell(&ids, &calls, now);
                    EVERY
                }
                Err(e) => {
                    // Pages see that the last look grows old, and say so.
                    if !failed {
                        warn!(error = chain(&e), "duty pages are not told what rings");
                    }
                    failed = true;
                    PAUSE
                }
            };
            if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
                return Ok(());
            }
        }
    }

    fn tell(&self, ids: &[u64], calls: &[PageCall], now: DateTime<Utc>) {
        let seats = self.seats();
        for (index, id) in ids.iter().enumerate() {
            let Some(seat) = seats.taken.get(id) else { continue };
            let of_page = calls.iter().filter(|call| usize::try_from(call.page) == Ok(index));
            let rings = Rings {
                calls: of_page.map(|call| call.call_id).collect(),
                at: now,
            };
            // Whoever waits for a change is woken by another set of calls; the time alone is read when the page is greeted.
            seat.rings.send_if_modified(|last| {
                let changed = last.calls != rings.calls;
                *last = rings;
                changed
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use platform::store::CallId;
    use uuid::Uuid;

    use super::*;

    fn rings(calls: &[u128]) -> Rings {
        Rings {
            calls: calls.iter().map(|id| CallId(Uuid::from_u128(*id))).collect(),
            at: DateTime::<Utc>::UNIX_EPOCH,
        }
    }

    #[test]
    fn an_account_and_all_have_as_many_places_as_they_may_and_get_them_back() {
        let hub = Hub::new(CancellationToken::new());
        let sit = |account: i64| hub.listen((AccountId(account), "police"), rings(&[]));
        let own: Vec<_> = std::iter::from_fn(|| sit(1)).collect();
        assert_eq!(own.len(), OF_ONE);
        let others: Vec<_> = (2..).map_while(sit).collect();
        assert_eq!(own.len() + others.len(), IN_ALL, "the house is full");
        drop(own);
        assert!(sit(1).is_some(), "a place that was left is free");
    }

    #[test]
    fn a_page_is_woken_by_other_calls_and_not_by_the_clock() {
        let hub = Hub::new(CancellationToken::new());
        let mut page = hub.listen((AccountId(1), "police"), rings(&[])).expect("a place");
        let ids: Vec<u64> = hub.seats().taken.keys().copied().collect();
        let later = |seconds: i64| DateTime::from_timestamp(seconds, 0).expect("a time");
        hub.tell(&ids, &[], later(1));
        assert!(!page.rings.has_changed().expect("a hub"));
        assert_eq!(page.rings.borrow().at, later(1), "it knows when it was looked at");
        let call = PageCall {
            page: 0,
            call_id: CallId(Uuid::from_u128(7)),
            channel: casework::words::Channel::Desk,
            urgency: casework::words::Urgency::P1,
            mine: true,
        };
        hub.tell(&ids, std::slice::from_ref(&call), later(2));
        assert!(page.rings.has_changed().expect("a hub"));
        assert_eq!(page.rings.borrow_and_update().calls, [call.call_id]);
    }
}
