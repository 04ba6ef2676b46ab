//! The ringing: sleeps until the earliest bell, wakes after each turn of the clock, and leaves a turn to another router that is at it.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use platform::{
    clock,
    pack::watch::PackWatch,
    run::{readiness::Part, telemetry::chain},
    store::{DutyUnreadable, Router, Rung, StageId, Store, StoreError},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

/// Longest sleep, as the clock's.
const LONGEST: Duration = Duration::from_secs(5);
/// After the database was away.
const DATABASE_PAUSE: Duration = Duration::from_secs(1);
/// Between two looks for stages that lost their turn.
const SWEEP: Duration = Duration::from_secs(60);
/// While another router turns.
const BUSY_PAUSE: Duration = Duration::from_millis(200);

/// What the ringing works with.
pub(super) struct Ringing {
    pub(super) store: Store<Router>,
    pub(super) pack: PackWatch,
    /// Rung when new bells may be due.
    pub(super) bells: Arc<Notify>,
    /// Wakes those who make the calls.
    pub(super) calls: Arc<Notify>,
    pub(super) part: Part,
}

impl Ringing {
    /// Rings, and looks for stages that lost their turn, until `stop`.
    pub(super) async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let (store, pack, bells) = (self.store.clone(), self.pack.clone(), self.bells.clone());
        tokio::try_join!(self.ring(stop.clone()), sweep(store, pack, bells, stop)).map(drop)
    }

    async fn ring(self, stop: CancellationToken) -> anyhow::Result<()> {
        let mut said: BTreeSet<DutyUnreadable> = BTreeSet::new();
        loop {
            let now = clock::now();
            let sleep = match self.turn(now, &mut said).await {
                Ok(true) => {
                    // Another router rings, which is as good.
                    self.part.turned();
                    BUSY_PAUSE
                }
                Ok(false) => {
                    self.part.ready();
                    self.next_sleep().await
                }
                Err(e) => {
                    self.part.not_ready(e.advice());
                    warn!(error = chain(&e), "the bells can't ring");
                    DATABASE_PAUSE
                }
            };
            tokio::select! {
                () = tokio::time::sleep(sleep) => {}
                () = self.bells.notified() => {}
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    /// Rings everything that is due by now; whether another router is at it.
    async fn turn(&self, now: DateTime<Utc>, said: &mut BTreeSet<DutyUnreadable>) -> Result<bool, StoreError> {
        let pack = self.pack.current().pack.clone();
        let due = self.store.ring_next(pack.county()).await?;
        let lag = due.map_or(0, |due| (now - due).num_milliseconds().max(0));
        metrics::gauge!("shouwang_ring_lag_seconds").set(lag as f64 / 1000.0);
        let Rung {
            rings,
            late,
            calls,
            busy,
            unreadable,
            ..
        } = crate::tick::rung_until_quiet(&self.store, &pack, now).await?;
        if rings > 0 || calls > 0 {
            metrics::counter!("shouwang_rings_total").increment(rings as u64);
            metrics::counter!("shouwang_rings_late_total").increment(late as u64);
            metrics::counter!("shouwang_calls_queued_total").increment(calls as u64);
            info!(rings, late, calls, "bells rung");
            self.calls.notify_one();
        }
        for row in unreadable {
            if said.insert(row.clone()) {
                error!(
                    unit = row.unit,
                    error = row.why,
                    "a row of the roster can't be read: it counts for nobody"
                );
            }
        }
        Ok(busy)
    }

    async fn next_sleep(&self) -> Duration {
        let pack = self.pack.current().pack.clone();
        match self.store.ring_next(pack.county()).await {
            Ok(Some(at)) => (at - clock::now()).to_std().unwrap_or_default().min(LONGEST),
            Ok(None) => LONGEST,
            Err(_) => DATABASE_PAUSE,
        }
    }
}

/// A stage without its turn would be silent for ever. Some thousand stages a minute are looked at, which in a county is all of them.
async fn sweep(
    store: Store<Router>,
    pack: PackWatch,
    bells: Arc<Notify>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut after: Option<StageId> = None;
    while stop.run_until_cancelled(tokio::time::sleep(SWEEP)).await.is_some() {
        let county = pack.current().pack.county().to_owned();
        match store.ring_turns_mend(&county, after, clock::now()).await {
            Ok(mended) => {
                after = mended.next;
                if mended.lost > 0 {
                    error!(stages = mended.lost, "stages had lost their turn and ring again");
                    bells.notify_one();
                }
            }
            Err(e) => warn!(error = chain(&e), "stages that lost their turn were not looked for"),
        }
    }
    Ok(())
}
