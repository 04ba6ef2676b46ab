//! The relay: outbox -> RabbitMQ. Lease, publish outside any transaction, mark what the broker took.
//!
//! The writer beside it hands over what it committed, leased to this relay already. Besides, the relay looks around every so
//! often for what nobody holds: rows of a dead relay and doubtful messages. Nothing here can lose a report: the row stays
//! until the router deletes it.
//!
//! While the broker is away, hangs or takes nothing (an alarm), the relay gives back at once what it is handed, so that a router
//! takes it from the database.

use std::time::Duration;

use platform::{
    broker::{Body, BrokerError, Dial, Message, Publisher, Queue, Topology, redial},
    clock,
    run::{readiness::Part, telemetry::chain},
    store::{self, OutboxRow, ReportId, Store, StoreError},
};
use tokio::{
    sync::{Mutex, mpsc, watch},
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use uuid::Uuid;

/// Rows of one turn: enough to keep the broker busy, few enough that a lease is never near its end.
const BATCH: usize = 500;
/// Shortest time from one turn to the next: under load rows gather, so that leases, marks and confirms are shared. A report
/// that comes alone is not kept waiting.
const GATHER: Duration = Duration::from_millis(10);
/// How often it looks around.
const LOOK: Duration = Duration::from_millis(500);
/// How often it tries whether the broker takes messages, so that `/ready` knows before a report does.
const TRIAL: Duration = Duration::from_secs(2);

/// What the relay works with.
pub(crate) struct Relay {
    /// The outbox.
    pub(crate) store: Store<store::Relay>,
    /// Where the broker is, with its login.
    pub(crate) url: String,
    /// Our queues.
    pub(crate) topology: Topology,
    /// By whom its leases are held.
    pub(crate) owner: Uuid,
    /// Brings rows that the writers committed, leased to `owner` already; a full channel loses nothing, since their leases run
    /// out.
    pub(crate) fresh: mpsc::Receiver<OutboxRow>,
}

/// Runs until `stop`; fails only when RabbitMQ refuses our queues.
pub(crate) async fn run(relay: Relay, part: Part, stop: CancellationToken) -> anyhow::Result<()> {
    let Relay {
        store,
        url,
        topology,
        owner,
        fresh,
    } = relay;
    let fresh = Mutex::new(fresh);
    let (away, is_away) = watch::channel(true);
    let (store, fresh, halt, part, away) = (&store, &fresh, &stop, &part, &away);
    let giving_back = give_back(store, owner, fresh, is_away, halt);
    let dial = Dial {
        url: &url,
        name: "shouwang relay",
        topology: &topology,
    };
    let passing_on = redial(dial, part, &stop, |connection| async move {
        let publisher = connection.publisher().await?;
        while !halt.is_cancelled() {
            match pass_on_all(store, &publisher, (owner, fresh, away), part, halt).await {
                // The connection is well. A new one would be blocked like this one, and this one hears when it is over.
                Err(e) if e.is_alarm() => {
                    warn!("RabbitMQ raised an alarm and takes no messages: reports go past it");
                    part.not_ready(e.advice());
                    if let Some(over) = halt.run_until_cancelled(publisher.unblocked()).await {
                        over?;
                    }
                }
                ended => ended?,
            }
        }
        Ok(())
    });
    tokio::try_join!(passing_on, async {
        giving_back.await;
        anyhow::Ok(())
    })
    .map(drop)
}

/// Passes on what comes, until `stop` or until the broker takes no more.
async fn pass_on_all(
    store: &Store<store::Relay>,
    publisher: &Publisher,
    (owner, fresh, away): (Uuid, &Mutex<mpsc::Receiver<OutboxRow>>, &watch::Sender<bool>),
    part: &Part,
    stop: &CancellationToken,
) -> Result<(), BrokerError> {
    publisher.trial().await?;
    part.ready();
    let _back = Back::begin(away);
    let mut fresh = fresh.lock().await;
    let mut look = tokio::time::interval(LOOK);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut trial = tokio::time::interval(TRIAL);
    trial.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut rows = Vec::with_capacity(BATCH);
    while !stop.is_cancelled() {
        let begun = Instant::now();
        tokio::select! {
            got = fresh.recv_many(&mut rows, BATCH) => {
                if got == 0 {
                    // The writers are gone: the service is draining.
                    stop.cancelled().await;
                }
            }
            _ = look.tick() => rows = lease(store, owner).await,
            _ = trial.tick() => publisher.trial().await?,
            () = stop.cancelled() => {}
        }
        pass_on(store, publisher, owner, &rows).await?;
        rows.clear();
        tokio::time::sleep(GATHER.saturating_sub(begun.elapsed())).await;
    }
    Ok(())
}

/// While it lives, the broker is there.
struct Back<'a>(&'a watch::Sender<bool>);

impl<'a> Back<'a> {
    fn begin(away: &'a watch::Sender<bool>) -> Self {
        away.send_replace(false);
        Self(away)
    }
}

impl Drop for Back<'_> {
    fn drop(&mut self) {
        self.0.send_replace(true);
    }
}

/// While the broker is away: what the writer hands over is due at once, for a router or for the relay when the broker is back.
async fn give_back(
    store: &Store<store::Relay>,
    owner: Uuid,
    fresh: &Mutex<mpsc::Receiver<OutboxRow>>,
    mut away: watch::Receiver<bool>,
    stop: &CancellationToken,
) {
    let mut rows = Vec::with_capacity(BATCH);
    loop {
        tokio::select! {
            _ = away.wait_for(|away| *away) => {}
            () = stop.cancelled() => return,
        }
        let mut fresh = fresh.lock().await;
        loop {
            tokio::select! {
                _ = away.wait_for(|away| !*away) => break,
                got = fresh.recv_many(&mut rows, BATCH) => {
                    if got == 0 {
                        return;
                    }
                }
                () = stop.cancelled() => return,
            }
            let ids: Vec<ReportId> = rows.drain(..).map(|row| row.report_id).collect();
            settle(store.outbox_release(owner, &ids, clock::now()), &ids, "given back").await;
        }
    }
}

/// What nobody holds: rows of a dead relay, and published ones that are doubted.
async fn lease(store: &Store<store::Relay>, owner: Uuid) -> Vec<OutboxRow> {
    let rows = store
        .outbox_lease(owner, clock::now(), BATCH as i64)
        .await
        .unwrap_or_else(|e| {
            warn!(error = chain(&e), "the relay can't reach the database");
            Vec::new()
        });
    let swept = rows.iter().filter(|row| row.publishes > 0).count();
    if swept > 0 {
        metrics::counter!("shouwang_relay_swept_total").increment(swept as u64);
        warn!(swept, "published before but not routed yet: publishing again");
    }
    rows
}

/// Publishes rows and marks those that the broker took; the others are given back.
async fn pass_on(
    store: &Store<store::Relay>,
    publisher: &Publisher,
    owner: Uuid,
    rows: &[OutboxRow],
) -> Result<(), BrokerError> {
    if rows.is_empty() {
        return Ok(());
    }
    let messages: Vec<Message> = rows.iter().map(message).collect();
    let results = publisher.publish(&messages).await;
    let (mut taken, mut left, mut failure) = (Vec::new(), Vec::new(), None);
    for (row, result) in rows.iter().zip(results) {
        match result {
            Ok(()) => taken.push(row.report_id),
            Err(e) => {
                left.push(row.report_id);
                failure = Some(e);
            }
        }
    }
    let marked = settle(
        store.outbox_mark_published(owner, &taken, clock::now()),
        &taken,
        "marked",
    )
    .await
    .unwrap_or(0);
    metrics::counter!("shouwang_relay_published_total").increment(taken.len() as u64);
    debug!(published = taken.len(), marked, "passed on");
    settle(store.outbox_release(owner, &left, clock::now()), &left, "given back").await;
    failure.map_or(Ok(()), Err)
}

/// A row that could not be marked or given back comes again when its lease ends, so a failure is only worth a line.
async fn settle<T>(done: impl Future<Output = Result<T, StoreError>>, ids: &[ReportId], what: &str) -> Option<T> {
    if ids.is_empty() {
        return None;
    }
    done.await
        .inspect_err(|e| warn!(error = chain(e), rows = ids.len(), "rows were not {what}"))
        .ok()
}

fn message(row: &OutboxRow) -> Message {
    Message {
        queue: if row.urgent { Queue::Urgent } else { Queue::Normal },
        body: Body::new(&row.county, row.report_id),
    }
}
