//! The loop that tells outlets: group chats and units' own systems. Each outlet is told in a task of its own, one thing after the other,
//! so that one that hangs holds up no other.

mod body;
mod delay;
mod posting;
mod robot;
mod webhook;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use platform::{
    clock,
    run::{readiness::Part, telemetry::chain},
    store::{Onward, OutletId, OutletKind, OutletToTell, PostId, PostSaid, PostVerdict, RobotOf, StoreError},
};
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{debug, error};
use uuid::Uuid;

pub(crate) use self::posting::Poster;
use self::posting::Posting;
use crate::hand::Hand;

/// Outlets told at once.
pub(crate) const PLACES: usize = 16;
/// Posts of one lease.
const LIMIT: i64 = 64;
/// Looks around this often while there was work, and slows down to the longest. The bell wakes it earlier.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(1000);
/// How long what is leased waits for an outlet that is being told already.
const BUSY: TimeDelta = TimeDelta::seconds(1);
/// Between tries of having the robots of the file.
const AGAIN: Duration = Duration::from_secs(2);

impl Poster {
    /// Runs until `stop`; what is under way then is done again by another notifier, under the same id.
    pub(crate) async fn run(self, part: Part, stop: CancellationToken) -> anyhow::Result<()> {
        if stop.run_until_cancelled(self.have_robots(&part)).await.is_none() {
            return Ok(());
        }
        let this = Arc::new(Posting {
            poster: self,
            owner: Uuid::new_v4(),
            hand: Hand::default(),
            busy: Mutex::default(),
        });
        let finished = CancellationToken::new();
        let mut heart = tokio::spawn(this.clone().beat(finished.clone()));
        tokio::select! {
            () = this.clone().post_all(&part, &stop) => {}
            died = &mut heart => anyhow::bail!("the heart-beat of posts ended: {died:?}"),
        }
        finished.cancel();
        heart.await?;
        Ok(())
    }

    /// The robots of the file are those of the county from now on.
    async fn have_robots(&self, part: &Part) {
        let loaded = self.pack.current();
        let office = loaded.pack.units().office();
        let robots: Vec<RobotOf> = self
            .robots
            .iter()
            .map(|robot| RobotOf {
                unit: robot.unit().unwrap_or(office).to_owned(),
                gateway: robot.name().to_owned(),
            })
            .collect();
        loop {
            match self.store.robots_are(&self.county, &robots, clock::now()).await {
                Ok(strangers) => {
                    for unit in strangers {
                        error!(
                            unit,
                            "a robot is of a unit that the pack does not have: it is never told"
                        );
                    }
                    return;
                }
                Err(e) => {
                    debug!(error = chain(&e), "the robots are not known yet");
                    part.not_ready(e.advice());
                }
            }
            sleep(AGAIN).await;
        }
    }
}

impl Posting {
    async fn post_all(self: Arc<Self>, part: &Part, stop: &CancellationToken) {
        let mut under_way = JoinSet::new();
        let mut onward = Onward::default();
        let mut pause = SHORTEST_PAUSE;
        while !stop.is_cancelled() {
            let mut some = false;
            if under_way.len() < PLACES {
                match self.take(&mut onward).await {
                    Ok(groups) => {
                        part.ready();
                        some = !groups.is_empty();
                        for (outlet, posts) in groups {
                            under_way.spawn(self.clone().tell(outlet, posts));
                        }
                    }
                    Err(e) => {
                        debug!(error = chain(&e), "no posts can be leased");
                        part.not_ready(e.advice());
                    }
                }
            }
            pause = if some {
                SHORTEST_PAUSE
            } else {
                (pause * 2).min(LONGEST_PAUSE)
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.poster.wake.notified() => pause = SHORTEST_PAUSE,
                () = sleep(pause), if under_way.len() < PLACES => {}
                Some(ended) = under_way.join_next(), if !under_way.is_empty() => log_panic(ended),
            }
            while let Some(ended) = under_way.try_join_next() {
                log_panic(ended);
            }
        }
        // Each try has its own limits, below the lease: what is under way ends by itself.
        while let Some(ended) = under_way.join_next().await {
            log_panic(ended);
        }
    }

    /// Leases what is due, by outlet.
    async fn take(&self, onward: &mut Onward<3>) -> Result<Vec<(OutletToTell, Vec<PostSaid>)>, StoreError> {
        let Poster { store, county, .. } = &self.poster;
        let now = clock::now();
        let taken = store.post_take(county, self.owner, now, LIMIT, onward).await?;
        let taken: Vec<PostId> = taken.into_iter().filter(|id| self.hand.take(*id)).collect();
        if taken.is_empty() {
            return Ok(Vec::new());
        }
        match self.read(&taken).await {
            Ok(groups) => Ok(groups),
            Err(e) => {
                // Their lease runs out.
                self.hand.let_go(taken);
                Err(e)
            }
        }
    }

    async fn read(&self, taken: &[PostId]) -> Result<Vec<(OutletToTell, Vec<PostSaid>)>, StoreError> {
        let store = &self.poster.store;
        let mut by: BTreeMap<OutletId, Vec<PostSaid>> = BTreeMap::new();
        for post in store.posts_said(taken).await? {
            by.entry(post.outlet_id).or_default().push(post);
        }
        let ids: Vec<OutletId> = by.keys().copied().collect();
        let outlets = store.outlets_to_tell(&ids, clock::now()).await?;
        let group =
            |outlet: OutletToTell| Some((by.remove(&outlet.id)?, outlet)).map(|(posts, outlet)| (outlet, posts));
        Ok(outlets.into_iter().filter_map(group).collect())
    }

    /// Tells one outlet all that was leased for it.
    async fn tell(self: Arc<Self>, outlet: OutletToTell, posts: Vec<PostSaid>) {
        let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
        let free = self
            .busy
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(outlet.id);
        let now = clock::now();
        let waits = if free { outlet.next_at } else { Some(now + BUSY) };
        if outlet.ended {
            let why = "nothing is told there any more".to_owned();
            self.record(outlet.id, &ids, PostVerdict::Failed { why }, None).await;
        } else if let Some(at) = waits {
            self.record(outlet.id, &ids, PostVerdict::PutOff { at }, None).await;
        } else {
            match outlet.kind {
                OutletKind::Robot => robot::tell(&self, &outlet, &posts).await,
                OutletKind::Webhook => webhook::tell(&self, &outlet, &posts).await,
                // Files are no posts: they are written where reports can be opened.
                OutletKind::Folder => {
                    let why = "a folder is told nothing".to_owned();
                    self.record(outlet.id, &ids, PostVerdict::Failed { why }, None).await;
                }
            }
        }
        if free {
            self.busy
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .remove(&outlet.id);
        }
        self.hand.let_go(ids);
        self.poster.wake.notify_one();
    }

    async fn beat(self: Arc<Self>, finished: CancellationToken) {
        let renew = |ids: Vec<PostId>, now| {
            let (store, owner) = (self.poster.store.clone(), self.owner);
            async move { store.post_renew(owner, &ids, now).await }
        };
        self.hand.keep("leases of posts", &finished, renew).await;
    }
}

/// A post whose task died is free when its lease has run out.
fn log_panic(ended: Result<(), tokio::task::JoinError>) {
    if let Err(e) = ended {
        error!(error = %e, "a post died under way");
    }
}
