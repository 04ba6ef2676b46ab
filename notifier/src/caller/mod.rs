//! The loop that makes calls: leases what is due, P1 first, and tries each in a task of its own, outside any transaction.
//!
//! The router decides whom to call and by what; here nobody else is ever chosen. Within one call the person's telephones are tried
//! in their order. A call that reached nobody is recorded as failed and wakes the router's turn in the same transaction, which
//! queues the next channel or the next seat at once.

mod numbers;
mod once;
mod verdict;

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    gateway::Gateways,
    pack::watch::PackWatch,
    run::{readiness::Part, telemetry::chain},
    seal::ContactKey,
    store::{CallId, CallTaken, LeaseOf, Notifier, Onward, Store},
};
use tokio::{
    sync::Notify,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use uuid::Uuid;

use crate::channel::Channel;
use crate::hand::Hand;

/// Calls under way at once.
pub(crate) const PLACES: usize = 32;
/// Of these only P1 may take the last ones: ordinary calls to a hanging gateway hold up no urgent one.
const FOR_P1: usize = 12;
/// Looks around this often while there was work, and slows down to the longest. The bell wakes it earlier.
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// On SIGTERM, what is under way has this long; then its lease runs out and another notifier repeats it under the same id.
const DRAIN: Duration = Duration::from_secs(18);

/// Makes calls.
pub(crate) struct Caller {
    pub(crate) store: Store<Notifier>,
    pub(crate) county: String,
    pub(crate) contacts: ContactKey,
    pub(crate) pack: PackWatch,
    pub(crate) gateways: Gateways,
    pub(crate) mail: Arc<dyn Channel>,
    /// Whether calls of drills are mailed.
    pub(crate) drills: bool,
    /// Rung when a call may be due.
    pub(crate) wake: Arc<Notify>,
}

/// A caller with an identity of its own.
struct Calling {
    caller: Caller,
    owner: Uuid,
    hand: Hand<CallId>,
    stop: CancellationToken,
}

impl Caller {
    /// Runs until `stop`, then finishes what it holds. `part` tells whether the database answers.
    pub(crate) async fn run(self, part: Part, stop: CancellationToken) -> anyhow::Result<()> {
        let this = Arc::new(Calling {
            caller: self,
            owner: Uuid::new_v4(),
            hand: Hand::default(),
            stop: stop.clone(),
        });
        let finished = CancellationToken::new();
        let mut heart = tokio::spawn(this.clone().beat(finished.clone()));
        tokio::select! {
            () = this.clone().call_all(&part, &stop) => {}
            died = &mut heart => anyhow::bail!("the heart-beat of calls ended: {died:?}"),
        }
        finished.cancel();
        heart.await?;
        Ok(())
    }
}

impl Calling {
    async fn call_all(self: Arc<Self>, part: &Part, stop: &CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut onward = Onward::default();
        let mut pause = SHORTEST_PAUSE;
        while !stop.is_cancelled() {
            let room = PLACES - under_way.len();
            let (limit, of) = if room > FOR_P1 {
                (room - FOR_P1, LeaseOf::All)
            } else {
                (room, LeaseOf::Urgent)
            };
            let taken = if limit == 0 {
                0
            } else {
                match self.take(limit, of, &mut onward).await {
                    Ok(taken) => {
                        part.ready();
                        let count = taken.len();
                        for call in taken {
                            under_way.spawn(self.clone().once(call));
                        }
                        count
                    }
                    Err(why) => {
                        part.not_ready(why);
                        0
                    }
                }
            };
            pause = if taken > 0 {
                SHORTEST_PAUSE
            } else {
                (pause * 2).min(LONGEST_PAUSE)
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.caller.wake.notified() => pause = SHORTEST_PAUSE,
                // With every place taken nothing but an end makes room.
                () = sleep(pause), if limit > 0 => {}
                Some(ended) = under_way.join_next(), if !under_way.is_empty() => log_panic(ended),
            }
            while let Some(ended) = under_way.try_join_next() {
                log_panic(ended);
            }
        }
        let drained = timeout(DRAIN, async {
            while let Some(ended) = under_way.join_next().await {
                log_panic(ended);
            }
        });
        if drained.await.is_err() {
            warn!(
                left = under_way.len(),
                "calls still under way are left to the next notifier"
            );
        }
    }

    async fn take(&self, limit: usize, of: LeaseOf, onward: &mut Onward<3>) -> Result<Vec<CallTaken>, String> {
        let Caller { store, county, .. } = &self.caller;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let taken = store
            .call_take(county, self.owner, clock::now(), (limit, of), onward)
            .await
            .map_err(|e| {
                debug!(error = chain(&e), "no calls can be leased");
                e.advice()
            })?;
        // One that is in hand already (the database was away for longer than its lease) is not made a second time.
        Ok(taken.into_iter().filter(|call| self.hand.take(call.id)).collect())
    }

    async fn beat(self: Arc<Self>, finished: CancellationToken) {
        let renew = |ids: Vec<CallId>, now| {
            let (store, owner) = (self.caller.store.clone(), self.owner);
            async move { store.call_renew(owner, &ids, now).await }
        };
        self.hand.keep("leases of calls", &finished, renew).await;
    }
}

/// A call whose task died is free when its lease has run out.
fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(e) = ended {
        tracing::error!(error = %e, "a call died under way");
    }
}
