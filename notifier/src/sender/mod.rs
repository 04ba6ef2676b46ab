//! The loop that empties the notice queue.
//!
//! It leases what is due, P1 first, and sends each notice in a task of its own, outside any transaction. Held notices are
//! renewed by a heart-beat, so a notifier that is killed frees them within seconds while a slow mail server costs nothing.
//! Some places are kept for P1, so that ordinary mails to a hanging server can't hold up an urgent one.

mod attempt;
mod hand;
mod health;
mod recorder;

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    pack_watch::PackWatch,
    private::Part,
    store::{LeaseOf, LeasedNotice, Store},
    telemetry::chain,
};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use uuid::Uuid;

pub use self::health::Health;
use self::{attempt::Done, hand::Hand};
use crate::mailer::Mailer;

/// Looks around this often while there was work …
const SHORTEST_PAUSE: Duration = Duration::from_millis(20);
/// … and slows down to this while there is none. The bell wakes it earlier.
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
/// Waits this long for more sends to end, so that a lease takes several notices and not one each time.
const GATHER: Duration = Duration::from_millis(2);
/// On SIGTERM, what is under way has this long; then its lease runs out and another notifier sends it.
const DRAIN: Duration = Duration::from_secs(15);

/// What the sender needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// County whose notices are sent.
    pub county: String,
    /// How officers reach the desk, without a trailing slash.
    pub internal_url: String,
    /// Whether notices of drills are mailed.
    pub drills: bool,
    /// Mails under way at once, at least 1.
    pub concurrency: usize,
}

/// Leases and sends.
pub struct Sender<M> {
    store: Store,
    mailer: Arc<M>,
    pack: PackWatch,
    settings: Settings,
    health: Health,
    owner: Uuid,
    hand: Arc<Hand>,
}

impl<M: Mailer> Sender<M> {
    /// A sender with an identity of its own.
    pub fn new(store: Store, mailer: Arc<M>, pack: PackWatch, settings: Settings, health: Health) -> Self {
        Self {
            store,
            mailer,
            pack,
            settings,
            health,
            owner: Uuid::new_v4(),
            hand: Arc::default(),
        }
    }

    /// Runs until `stop`, then finishes what it holds. `wake` cuts the pause short; `part` tells whether the database answers.
    pub async fn run(self, wake: Arc<Notify>, part: Part, stop: CancellationToken) -> anyhow::Result<()> {
        let this = Arc::new(self);
        let finished = CancellationToken::new();
        let (results, to_record) = mpsc::unbounded_channel();
        let recorder = recorder::run(
            this.store.clone(),
            this.owner,
            this.hand.clone(),
            to_record,
            stop.clone(),
        );
        let mut recorder = tokio::spawn(recorder);
        let mut heart = tokio::spawn(hand::beat(
            this.store.clone(),
            this.owner,
            this.hand.clone(),
            finished.clone(),
        ));
        tokio::select! {
            ended = this.clone().send_all(results, &wake, &part, &stop) => ended?,
            died = &mut recorder => anyhow::bail!("the recorder of attempts ended: {died:?}"),
            died = &mut heart => anyhow::bail!("the heart-beat of leases ended: {died:?}"),
        }
        recorder.await?;
        finished.cancel();
        heart.await?;
        Ok(())
    }

    async fn send_all(
        self: Arc<Self>,
        results: mpsc::UnboundedSender<Done>,
        wake: &Notify,
        part: &Part,
        stop: &CancellationToken,
    ) -> anyhow::Result<()> {
        let mut sends: JoinSet<Done> = JoinSet::new();
        let mut ordinary = 0;
        let mut pause = SHORTEST_PAUSE;
        while !stop.is_cancelled() {
            let leased = self.lease(sends.len(), ordinary, part).await;
            pause = if leased.is_empty() {
                (pause * 2).min(LONGEST_PAUSE)
            } else {
                SHORTEST_PAUSE
            };
            for notice in leased {
                ordinary += usize::from(notice.urgency != "P1");
                sends.spawn(self.clone().attempt(notice));
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = wake.notified() => pause = SHORTEST_PAUSE,
                () = sleep(pause) => {}
                Some(done) = sends.join_next(), if !sends.is_empty() => {
                    ordinary -= pass_on(done?, &results);
                    sleep(GATHER).await;
                    while let Some(done) = sends.try_join_next() {
                        ordinary -= pass_on(done?, &results);
                    }
                }
            }
        }
        let drained = timeout(DRAIN, async {
            while let Some(done) = sends.join_next().await {
                pass_on(done?, &results);
            }
            anyhow::Ok(())
        });
        drained.await.unwrap_or_else(|_| {
            warn!(
                left = sends.len(),
                "mails still under way are left to the next notifier"
            );
            Ok(())
        })
    }

    /// Leases as many as there is room for. A notice that is in hand already (the database was away for longer than its
    /// lease) is not sent a second time.
    async fn lease(&self, busy: usize, ordinary: usize, part: &Part) -> Vec<LeasedNotice> {
        let (room, of) = room(self.settings.concurrency, busy, ordinary);
        if room == 0 {
            return Vec::new();
        }
        let limit = i64::try_from(room).unwrap_or(i64::MAX);
        match self
            .store
            .notice_lease(&self.settings.county, self.owner, clock::now(), limit, of)
            .await
        {
            Ok(leased) => {
                part.ready();
                leased.into_iter().filter(|notice| self.hand.take(notice.id)).collect()
            }
            Err(e) => {
                let why = chain(&e);
                debug!(error = why, "no notices can be leased");
                part.not_ready(why);
                sleep(LONGEST_PAUSE).await;
                Vec::new()
            }
        }
    }
}

/// How many notices may be leased, and of which urgency.
fn room(concurrency: usize, busy: usize, ordinary: usize) -> (usize, LeaseOf) {
    let kept_for_p1 = if concurrency > 1 { (concurrency / 4).max(1) } else { 0 };
    let free = concurrency.saturating_sub(busy);
    match (concurrency - kept_for_p1).saturating_sub(ordinary) {
        0 => (free, LeaseOf::Urgent),
        room => (free.min(room), LeaseOf::All),
    }
}

/// Hands a result to the recorder; 1 when it was an ordinary notice. The recorder outlives the sends.
fn pass_on(done: Done, results: &mpsc::UnboundedSender<Done>) -> usize {
    let ordinary = usize::from(!done.urgent);
    _ = results.send(done);
    ordinary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_kept_for_p1() {
        for (concurrency, busy, ordinary, room_left) in [
            (8, 0, 0, (6, LeaseOf::All)),
            (8, 6, 6, (2, LeaseOf::Urgent)),
            (8, 7, 5, (1, LeaseOf::All)),
            (8, 8, 6, (0, LeaseOf::Urgent)),
            (1, 0, 0, (1, LeaseOf::All)),
            (1, 1, 1, (0, LeaseOf::Urgent)),
            (2, 0, 0, (1, LeaseOf::All)),
        ] {
            assert_eq!(
                room(concurrency, busy, ordinary),
                room_left,
                "{concurrency} {busy} {ordinary}"
            );
        }
    }
}
