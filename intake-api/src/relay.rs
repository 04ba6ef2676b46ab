//! The relay: outbox -> RabbitMQ. Lease, publish outside any transaction, mark what the broker took.
//!
//! Woken by the writer; otherwise it looks around every so often, which is also how leases of a dead relay and the sweep of
//! doubtful messages come back. Nothing here can lose a report: the row stays until the router deletes it.

use std::{sync::Arc, time::Duration};

use platform::{
    broker::{Body, BrokerError, Message, Publisher, Queue, Topology, redial},
    clock,
    private::Part,
    store::{OutboxRow, Store, StoreError},
    telemetry::chain,
};
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use uuid::Uuid;

/// Rows of one turn: enough to keep the broker busy, few enough that a lease is never near its end.
const BATCH: i64 = 500;
/// Shortest time from one turn to the next: under load rows gather, so that leases, marks and confirms are shared. A report
/// that comes alone is not kept waiting.
const GATHER: Duration = Duration::from_millis(10);
const IDLE: Duration = Duration::from_millis(500);
const DATABASE_PAUSE: Duration = Duration::from_secs(1);

/// Runs until `stop`; fails only when RabbitMQ refuses our queues.
pub(crate) async fn run(
    store: Store,
    url: String,
    topology: Topology,
    stored: Arc<Notify>,
    part: Part,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let owner = Uuid::new_v4();
    let (store, stored, halt) = (&store, &stored, &stop);
    redial(&url, "shouwang relay", &topology, &part, &stop, |connection| async move {
        let publisher = connection.publisher().await?;
        while !halt.is_cancelled() {
            let begun = Instant::now();
            let moved = match turn(store, &publisher, owner).await {
                Ok(moved) => moved,
                Err(TurnError::Broker(e)) => return Err(e),
                Err(TurnError::Store(e)) => {
                    warn!(error = chain(&e), "the relay can't reach the database");
                    tokio::time::sleep(DATABASE_PAUSE).await;
                    0
                }
            };
            if moved < BATCH {
                tokio::select! {
                    () = stored.notified() => {}
                    () = tokio::time::sleep(IDLE) => {}
                    () = halt.cancelled() => {}
                }
                tokio::time::sleep(GATHER.saturating_sub(begun.elapsed())).await;
            }
        }
        Ok(())
    })
    .await
}

enum TurnError {
    Broker(BrokerError),
    Store(StoreError),
}

impl From<StoreError> for TurnError {
    fn from(e: StoreError) -> Self {
        Self::Store(e)
    }
}

/// One turn; says how many rows it held.
async fn turn(store: &Store, publisher: &Publisher, owner: Uuid) -> Result<i64, TurnError> {
    let rows = store.outbox_lease(owner, clock::now(), BATCH).await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let swept = rows.iter().filter(|row| row.publishes > 0).count();
    if swept > 0 {
        metrics::counter!("shouwang_relay_swept_total").increment(swept as u64);
        warn!(swept, "published before but not routed yet: publishing again");
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
    if !taken.is_empty() {
        let marked = store.outbox_mark_published(owner, &taken, clock::now()).await?;
        metrics::counter!("shouwang_relay_published_total").increment(marked);
        debug!(marked, "published");
    }
    if !left.is_empty() {
        store.outbox_release(owner, &left, clock::now()).await?;
    }
    match failure {
        Some(e) => Err(TurnError::Broker(e)),
        None => Ok(i64::try_from(rows.len()).unwrap_or(BATCH)),
    }
}

fn message(row: &OutboxRow) -> Message {
    Message {
        queue: if row.urgent { Queue::Urgent } else { Queue::Normal },
        body: Body::new(&row.county, row.report_id),
    }
}
