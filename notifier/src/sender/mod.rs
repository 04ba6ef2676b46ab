//! The loop that empties the notice queue.
//!
//! It leases what is due ahead of its turn, P1 first, and sends each notice in a task of its own, outside any transaction. While
//! mails are under way the next notices are leased and the last ones recorded. Held notices are renewed by a heart-beat, so a
//! notifier that is killed frees them within seconds while a slow mail server costs nothing.
//! While the server refuses everything, nothing is sent but one notice now and then (`circuit`).
//! Some places are kept for P1, so that ordinary mails to a hanging server can't hold up an urgent one.

mod ahead;
mod attempt;
mod circuit;
mod done;
mod health;
mod looks;
mod recorder;

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    pack::watch::PackWatch,
    run::{readiness::Part, telemetry::chain},
    store::{LeaseOf, LeasedNotice, NoticeId, Notifier, Onward, Store, StoreError},
};
use tokio::{
    sync::{Mutex, Notify, mpsc},
    task::JoinSet,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use uuid::Uuid;

pub(crate) use self::health::Health;
use self::{
    ahead::{Ahead, Places},
    circuit::Gate,
    done::Done,
    looks::Looks,
};
use crate::hand::Hand;
use crate::mailer::Mailer;

/// On SIGTERM, what is under way has this long; then its lease runs out and another notifier sends it.
const DRAIN: Duration = Duration::from_secs(15);

/// How often a gate that is not open is looked at.
const GATE: Duration = Duration::from_millis(250);

/// What the sender needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// County whose notices are sent.
    pub(crate) county: String,
    /// How officers reach the desk, without a trailing slash.
    pub(crate) internal_url: String,
    /// Whether notices of drills are mailed.
    pub(crate) drills: bool,
    /// Mails under way at once, at least 1.
    pub(crate) concurrency: usize,
}

/// Leases and sends.
pub(crate) struct Sender<M> {
    store: Store<Notifier>,
    mailer: Arc<M>,
    pack: PackWatch,
    settings: Settings,
    health: Health,
    owner: Uuid,
    hand: Arc<Hand<NoticeId>>,
    onward: Mutex<Onward<3>>,
}

impl<M: Mailer> Sender<M> {
    /// A sender with an identity of its own.
    pub(crate) fn new(
        store: Store<Notifier>,
        mailer: Arc<M>,
        pack: PackWatch,
        settings: Settings,
        health: Health,
    ) -> Self {
        Self {
            store,
            mailer,
            pack,
            settings,
            health,
            owner: Uuid::new_v4(),
            hand: Arc::default(),
            onward: Mutex::default(),
        }
    }

    async fn beat(self: Arc<Self>, finished: CancellationToken) {
        let renew = |ids: Vec<NoticeId>, now| {
            let (store, owner) = (self.store.clone(), self.owner);
            async move { store.notice_renew(owner, &ids, now).await.map(drop) }
        };
        self.hand.keep("leases", &finished, renew).await;
    }

    /// Runs until `stop`, then finishes what it holds. `wake` cuts the pause short; `part` tells whether the database answers.
    pub(crate) async fn run(self, wake: Arc<Notify>, part: Part, stop: CancellationToken) -> anyhow::Result<()> {
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
        let mut heart = tokio::spawn(this.clone().beat(finished.clone()));
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
        let mut ahead = Ahead::default();
        let mut places = Places::new(self.settings.concurrency);
        let mut looks = Looks::default();
        while !stop.is_cancelled() {
            let gate = self.health.gate();
            let wants = match gate {
                Gate::Open => {
                    while let Some(notice) = ahead.next(places) {
                        places.take(&notice);
                        sends.spawn(self.clone().attempt(notice));
                    }
                    ahead.wants(places.all)
                }
                Gate::One => match ahead.next(places) {
                    Some(notice) => {
                        self.health.trying();
                        places.take(&notice);
                        sends.spawn(self.clone().attempt(notice));
                        None
                    }
                    None if sends.is_empty() => Some((1, LeaseOf::All)),
                    None => None,
                },
                // What was leased ahead is written when it is sent: it waits in the queue, not here.
                Gate::Closed => {
                    self.give_back(std::mem::take(&mut ahead)).await;
                    None
                }
            };
            if gate != Gate::Open || wants.is_none() {
                // Nothing is asked of the database for a while, on purpose.
                part.turned();
            }
            if let Some((limit, of)) = wants
                && looks.is_due(of)
            {
                looks.begin((limit, of), self.clone().lease(limit, of));
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = wake.notified() => looks.soon(),
                () = sleep(GATE), if gate != Gate::Open => {}
                () = sleep_until(looks.next), if wants.is_some() && !looks.is_under_way() => {}
                looked = looks.ended() => match looked? {
                    Ok(leased) => {
                        part.ready();
                        if gate == Gate::One && leased.is_empty() {
                            self.health.idle();
                        }
                        ahead.add(leased);
                    }
                    Err(why) => part.not_ready(why),
                },
                Some(done) = sends.join_next(), if !sends.is_empty() => {
                    pass_on(done?, &mut places, &results);
                    while let Some(done) = sends.try_join_next() {
                        pass_on(done?, &mut places, &results);
                    }
                }
            }
        }
        if looks.is_under_way()
            && let Ok(leased) = looks.ended().await?
        {
            ahead.add(leased);
        }
        self.give_back(ahead).await;
        let drained = timeout(DRAIN, async {
            while let Some(done) = sends.join_next().await {
                pass_on(done?, &mut places, &results);
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

    /// Leases. A notice that is in hand already (the database was away for longer than its lease) is not sent a second time.
    async fn lease(self: Arc<Self>, limit: usize, of: LeaseOf) -> Result<Vec<LeasedNotice>, String> {
        let leased = self.leased(limit, of).await.map_err(|e| {
            debug!(error = chain(&e), "no notices can be leased");
            e.advice()
        })?;
        Ok(leased.into_iter().filter(|notice| self.hand.take(notice.id)).collect())
    }

    async fn leased(&self, limit: usize, of: LeaseOf) -> Result<Vec<LeasedNotice>, StoreError> {
        let (store, county) = (&self.store, &self.settings.county);
        let mut onward = self.onward.lock().await;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let begun = Instant::now();
        let taken = store
            .notice_take(county, self.owner, clock::now(), (limit, of), &mut onward)
            .await?;
        metrics::histogram!("shouwang_notice_lease_seconds").record(begun.elapsed().as_secs_f64());
        store.notice_said(county, &taken).await
    }

    /// What was not begun is free for the next notifier at once.
    async fn give_back(&self, mut ahead: Ahead) {
        let ids: Vec<NoticeId> = ahead.take().map(|notice| notice.id).collect();
        if ids.is_empty() {
            return;
        }
        if let Err(e) = self.store.notice_release(self.owner, &ids).await {
            debug!(error = chain(&e), "leases were not given back: they run out");
        }
        self.hand.let_go(ids);
    }
}

/// Frees the place of a result and hands it to the recorder, which outlives the sends.
fn pass_on(done: Done, places: &mut Places, results: &mpsc::UnboundedSender<Done>) {
    places.free(done.urgent);
    _ = results.send(done);
}
