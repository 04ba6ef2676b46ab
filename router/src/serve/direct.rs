//! Past the broker: reports that no message brings are routed from the database.
//!
//! RabbitMQ is a doorbell. When it is away, refuses a queue or has lost one in a crash, the bell does not ring, and a child
//! must not wait for a technician. The same code decides, and the same primary key makes it happen once.
//!
//! How long the broker has depends on what is known of it:
//! - this router has no subscription: nothing, everything is taken as it comes in, urgent reports first;
//! - a relay has lost it: it gives its reports back, so they are due and nobody takes them up ([`UNTOUCHED`]);
//! - nobody knows of a fault: [`WAITED`].

use std::time::Duration;

use chrono::TimeDelta;
use platform::{
    clock,
    run::telemetry::chain,
    store::{Onward, ReportId, StoreError, Waits},
};
use tokio::{sync::watch, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};

use super::route::Dispatcher;

/// How long a broker that seems well has. Many times the usual, far below the shortest limit (15 minutes).
const WAITED: TimeDelta = TimeDelta::seconds(30);
/// A relay that has the broker takes up what is due within half a second.
const UNTOUCHED: TimeDelta = TimeDelta::milliseconds(800);
/// A subscription that is lost and made again within this time is no outage.
const BLINK: Duration = Duration::from_millis(500);
/// Between two looks, by whether the broker is known to be away.
const EVERY: Duration = Duration::from_millis(800);
const EVERY_AWAY: Duration = Duration::from_millis(200);
/// Reports of one turn; a longer backlog goes on at once.
const BATCH: usize = 100;
/// Of these, so many share a transaction: enough to share its cost, few enough that the first are not kept waiting.
const TOGETHER: usize = 25;
/// Transactions at once; the others of the pool are for messages, clock and gauges.
const AT_ONCE: usize = 4;
/// Pause after a failed turn.
const DATABASE_PAUSE: Duration = Duration::from_secs(1);

/// Since when the router is without a subscription; `None` while it has one.
pub(super) type Deaf = Option<Instant>;

/// Runs until `stop`.
pub(super) async fn run(
    dispatcher: Dispatcher,
    deaf: watch::Receiver<Deaf>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut onward = Onward::default();
    while !stop.is_cancelled() {
        let away = (*deaf.borrow()).is_some_and(|since| since.elapsed() > BLINK);
        let pause = match turn(&dispatcher, away, &mut onward).await {
            Ok(0) if away => EVERY_AWAY,
            Ok(0) => EVERY,
            Ok(routed) => {
                metrics::counter!("shouwang_routed_past_broker_total").increment(routed as u64);
                warn!(
                    routed,
                    away, "the broker did not bring these reports: routed from the database"
                );
                if routed < BATCH { EVERY_AWAY } else { Duration::ZERO }
            }
            Err(e) => {
                warn!(error = chain(&e), "reports past the broker: the database is away");
                stop.run_until_cancelled(tokio::time::sleep(DATABASE_PAUSE)).await;
                forget(&dispatcher).await
            }
        };
        stop.run_until_cancelled(tokio::time::sleep(pause)).await;
    }
    Ok(())
}

/// After a failed turn: what it began and a consumer ended. Returns the pause.
async fn forget(dispatcher: &Dispatcher) -> Duration {
    match dispatcher.store.attempts_of_routed_forget().await {
        Ok(()) => Duration::ZERO,
        Err(e) => {
            warn!(
                error = chain(&e),
                "tries at routed reports stay until the database is back"
            );
            DATABASE_PAUSE
        }
    }
}

/// Takes and routes; how many. Every write runs to its end: nothing here is dropped half way.
async fn turn(dispatcher: &Dispatcher, away: bool, onward: &mut Onward<2>) -> Result<usize, StoreError> {
    let now = clock::now();
    let waiting = if away { now } else { now - WAITED };
    let taken = dispatcher
        .store
        .outbox_take(
            &dispatcher.county,
            now,
            Waits {
                untouched: now - UNTOUCHED,
                waiting,
            },
            BATCH as i64,
            onward,
        )
        .await?;
    let mut chunks = taken.chunks(TOGETHER).map(<[ReportId]>::to_vec);
    let mut under_way = JoinSet::new();
    let mut failed = None;
    loop {
        while under_way.len() < AT_ONCE
            && failed.is_none()
            && let Some(ids) = chunks.next()
        {
            let dispatcher = dispatcher.clone();
            under_way.spawn(async move { dispatcher.route_many(&ids).await });
        }
        match under_way.join_next().await {
            None => break,
            Some(Ok(Ok(()))) => {}
            Some(Ok(Err(e))) if e.is_passing() => failed = Some(e),
            Some(Ok(Err(e))) => error!(error = chain(&e), "a batch of reports can't be routed"),
            // A panic outside the rules: the others go on, and these reports are suspects when their time is over.
            Some(Err(died)) => error!(error = chain(&died), "a batch of reports ended in a panic"),
        }
    }
    failed.map_or(Ok(taken.len()), Err)
}
