//! The router watches the notifier, and the notifier the router's clock: there is no fourth service that nobody watches.
//!
//! Each writes down every few seconds that its parts did a whole turn and what is before them, and looks at the other. A silence, a
//! lag, or a database that can't be reached rings the office and IT by the numbers and the gateways of the configuration. What to do
//! is [`judge`]'s to say; while the database answers, the one watcher that rings is the one that wrote it down first.

mod alarm;
pub mod judge;

use std::time::Duration;

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tracing::{error, info, warn};

use self::{
    alarm::{Alarm, Said},
    judge::{Away, Limits, Trouble, trouble},
};
use crate::{
    clock,
    gateway::{Gateways, Heartbeat},
    run::{
        config::Config,
        readiness::{Part, Readiness},
        telemetry::chain,
    },
    store::{Episode, Service, Store, StoreError, WatchAbout, Watched, Watches},
};

/// How often is looked, at the most.
const LOOK: Duration = Duration::from_secs(10);
/// A database that takes longer than this to answer is not reached.
const PATIENCE: Duration = Duration::from_secs(6);
/// What still rings at the stop signal has this long.
const DRAIN: Duration = Duration::from_secs(10);

/// Watches the other service.
pub struct Watchdog<L> {
    store: Store<L>,
    county: String,
    mine: Service,
    /// Whose turns prove that this service does its work.
    parts: &'static [&'static str],
    readiness: Readiness,
    part: Part,
    limits: Limits,
    alarm: Alarm,
    heartbeat: Option<(Heartbeat, Duration)>,
    rings: TaskTracker,
}

/// What a watcher remembers between two looks.
struct Memory {
    /// Since when it looks and the database answers.
    from: DateTime<Utc>,
    away: Away,
    /// Of the last look that was answered.
    away_episode: i32,
    trouble: Option<Trouble>,
    heartbeat: Option<Instant>,
}

impl<L: Watches> Watchdog<L> {
    /// Reads its part of the configuration. `parts` of `readiness` prove the work of `mine`.
    pub fn new(
        config: &Config,
        store: Store<L>,
        gateways: Gateways,
        (mine, parts): (Service, &'static [&'static str]),
        readiness: &Readiness,
    ) -> anyhow::Result<Self> {
        let seconds = |s: u32| TimeDelta::seconds(i64::from(s));
        let heartbeat = config.watch.heartbeat_url.as_deref().map(|url| {
            Heartbeat::new(url, &config.watch.heartbeat_method)
                .context("watch.heartbeat_url (SHOUWANG_WATCH_HEARTBEAT_URL)")
        });
        let every = Duration::from_secs(u64::from(config.watch.heartbeat_s));
        Ok(Self {
            store,
            county: config.county.clone(),
            mine,
            parts,
            readiness: readiness.clone(),
            part: readiness.part("watch"),
            limits: Limits {
                late: seconds(config.watch.late_s),
                again: seconds(config.watch.again_s),
            },
            alarm: Alarm::new(config, gateways)?,
            heartbeat: heartbeat.transpose()?.map(|heartbeat| (heartbeat, every)),
            rings: TaskTracker::new(),
        })
    }

    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) -> anyhow::Result<()> {
        let late = self.limits.late.to_std().unwrap_or(LOOK);
        let every = (late / 4).min(LOOK);
        let mut memory = Memory {
            from: clock::now(),
            away: Away::default(),
            away_episode: 0,
            trouble: None,
            heartbeat: None,
        };
        loop {
            let well = match self.look().await {
                Ok(watched) => self.answered(&mut memory, &watched, clock::now()).await,
                Err(why) => {
                    self.unanswered(&mut memory, &why, clock::now());
                    false
                }
            };
            if well {
                self.beat(&mut memory);
            }
            if stop.run_until_cancelled(sleep(every)).await.is_none() {
                self.rings.close();
                _ = timeout(DRAIN, self.rings.wait()).await;
                return Ok(());
            }
        }
    }

    /// Says what this service did and looks at the other. In a task of its own: an answer that is waited for no longer leaves
    /// nothing half way.
    async fn look(&self) -> Result<Watched, String> {
        let (store, county, mine) = (self.store.clone(), self.county.clone(), self.mine);
        let turned = self.readiness.turned(self.parts);
        let asked = tokio::spawn(async move {
            if let Some(turned) = turned {
                store.watch_beat(&county, mine, turned).await?;
            }
            store.watch_look(&county, mine.other(), clock::now()).await
        });
        match timeout(PATIENCE, asked).await {
            Ok(Ok(Ok(watched))) => Ok(watched),
            Ok(Ok(Err(e))) => Err(e.advice()),
            Ok(Err(e)) => Err(e.to_string()),
            Err(_) => Err(format!("no answer within {} s", PATIENCE.as_secs())),
        }
    }

    /// The database answered; whether all is well.
    async fn answered(&self, memory: &mut Memory, watched: &Watched, now: DateTime<Utc>) -> bool {
        if memory.away.since().is_some() {
            memory.from = now;
        }
        if let Some((since, rings)) = memory.away.back() {
            self.back(memory.away_episode + 1, (since, now), rings).await;
        }
        memory.away_episode = watched.away_episode;
        let other = self.mine.other();
        let about = match other {
            Service::Router => WatchAbout::Router,
            Service::Notifier => WatchAbout::Notifier,
        };
        let found = trouble((watched.beat_at, watched.oldest_due), memory.from, now, self.limits);
        let age = watched.beat_at.map_or(0, |beat| (now - beat).num_milliseconds().max(0));
        let lag = watched
            .oldest_due
            .map_or(0, |due| (now - due).num_milliseconds().max(0));
        metrics::gauge!("shouwang_watch_beat_age_seconds", "service" => other.as_str()).set(age as f64 / 1000.0);
        metrics::gauge!("shouwang_watch_lag_seconds", "service" => other.as_str()).set(lag as f64 / 1000.0);
        trouble_gauge(about, found.is_some());
        trouble_gauge(WatchAbout::Database, false);
        let said = match found {
            Some(trouble) => {
                self.part.not_ready(format!(
                    "the {} is {} since {}",
                    other.as_str(),
                    trouble.as_str(),
                    trouble.since()
                ));
                if memory.trouble.is_none() {
                    error!(service = other.as_str(), since = %trouble.since(), "a service is {}", trouble.as_str());
                }
                self.rung(about, trouble.since(), now).await
            }
            None => {
                self.part.ready();
                if watched.rung {
                    self.well(about, now).await
                } else {
                    Ok(())
                }
            }
        };
        if let Err(e) = said {
            warn!(error = chain(&e), "the watchdog could not write down what it does");
        }
        memory.trouble = found;
        let fresh = self
            .readiness
            .turned(self.parts)
            .is_some_and(|at| now - at < self.limits.late);
        found.is_none() && fresh
    }

    /// The database can't be reached.
    fn unanswered(&self, memory: &mut Memory, why: &str, now: DateTime<Utc>) {
        self.part.not_ready(format!("PostgreSQL: {why}"));
        let ring = memory.away.away(now, self.limits);
        trouble_gauge(WatchAbout::Database, true);
        if let Some(rings) = ring {
            error!(why, "PostgreSQL can't be reached: the office and IT are rung");
            let episode = memory.away_episode + 1;
            self.say(
                Said::Trouble,
                self.id(WatchAbout::Database, episode, &rings.to_string()),
            );
        }
    }

    async fn rung(&self, about: WatchAbout, since: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (store, county, again) = (self.store.clone(), self.county.clone(), self.limits.again);
        let asked = tokio::spawn(async move { store.watch_ring(&county, about, (since, now), again).await });
        if let Some(Episode { episode, rings }) = joined(asked.await)? {
            self.say(Said::Trouble, self.id(about, episode, &rings.to_string()));
        }
        Ok(())
    }

    async fn well(&self, about: WatchAbout, now: DateTime<Utc>) -> Result<(), StoreError> {
        let (store, county) = (self.store.clone(), self.county.clone());
        let asked = tokio::spawn(async move { store.watch_well(&county, about, now).await });
        if let Some(episode) = joined(asked.await)? {
            info!(about = about.as_str(), "all is well again");
            self.say(Said::Well, self.id(about, episode, "well"));
        }
        Ok(())
    }

    async fn back(&self, episode: i32, times: (DateTime<Utc>, DateTime<Utc>), rings: i32) {
        let (store, county) = (self.store.clone(), self.county.clone());
        let asked = tokio::spawn(async move { store.watch_back(&county, times, Episode { episode, rings }).await });
        match joined(asked.await) {
            Ok(true) => {
                info!("PostgreSQL is back");
                self.say(Said::Well, self.id(WatchAbout::Database, episode, "well"));
            }
            Ok(false) => {}
            Err(e) => warn!(error = chain(&e), "the end of an outage was not written down"),
        }
    }

    /// What the provider is given: the same for each watcher that rings about the same.
    fn id(&self, about: WatchAbout, episode: i32, which: &str) -> String {
        format!("watch-{}-{}-{episode}-{which}", self.county, about.as_str())
    }

    fn say(&self, said: Said, id: String) {
        self.rings.spawn(self.alarm.clone().ring(said, id));
    }

    fn beat(&self, memory: &mut Memory) {
        let Some((heartbeat, every)) = &self.heartbeat else {
            return;
        };
        if memory.heartbeat.is_some_and(|last| last.elapsed() < *every) {
            return;
        }
        memory.heartbeat = Some(Instant::now());
        let heartbeat = heartbeat.clone();
        self.rings.spawn(async move {
            let outcome = match heartbeat.beat().await {
                Ok(()) => "heard",
                Err(why) => {
                    warn!(why, "the outside monitor did not hear the heartbeat");
                    "unheard"
                }
            };
            metrics::counter!("shouwang_watch_heartbeats_total", "outcome" => outcome).increment(1);
        });
    }
}

fn trouble_gauge(about: WatchAbout, trouble: bool) {
    metrics::gauge!("shouwang_watch_trouble", "about" => about.as_str()).set(if trouble { 1.0 } else { 0.0 });
}

/// What a task of its own found.
fn joined<T>(ended: Result<Result<T, StoreError>, tokio::task::JoinError>) -> Result<T, StoreError> {
    ended.unwrap_or_else(|e| Err(StoreError::Unreadable(e.to_string())))
}
