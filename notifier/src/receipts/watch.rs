//! Receipts that are asked for, and those that did not come in time.

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    gateway::{Gateway, Gateways, TryId},
    run::telemetry::chain,
    store::ReceiptOf,
};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use super::receiver::Receiver;

/// How often what is overdue is looked for.
const EVERY: Duration = Duration::from_secs(1);

/// Looks until `stop`. Several notifiers do so side by side: whatever one finds first, the other finds recorded.
pub(crate) async fn watch(receiver: Receiver, gateways: Gateways, stop: CancellationToken) -> anyhow::Result<()> {
    let mut asked: Vec<(Arc<Gateway>, Duration, Instant)> = gateways
        .iter()
        .filter_map(|gateway| Some((gateway.clone(), gateway.polled_every()?, Instant::now())))
        .collect();
    loop {
        missed(&receiver).await;
        for (gateway, every, next) in &mut asked {
            if Instant::now() >= *next {
                *next = Instant::now() + *every;
                // Dropped at stop: a question leaves nothing half done, and what was heard is recorded in tasks of its own.
                if stop.run_until_cancelled(poll(&receiver, gateway)).await.is_none() {
                    return Ok(());
                }
            }
        }
        if stop.run_until_cancelled(sleep(EVERY)).await.is_none() {
            return Ok(());
        }
    }
}

/// A provider that took a call and says nothing more of it is not believed.
async fn missed(receiver: &Receiver) {
    let overdue = match receiver.store.receipts_missed(&receiver.county, clock::now()).await {
        Ok(overdue) => overdue,
        Err(e) => {
            debug!(error = chain(&e), "overdue receipts can't be looked for");
            return;
        }
    };
    for (of, gateway) in overdue {
        let of = ReceiptOf::Ours(of.call, of.place);
        let recorded = receiver.receipt(&gateway, (of, false), "no receipt came in time").await;
        if let Err(e) = recorded {
            debug!(error = chain(&e), "an overdue receipt was not recorded");
        }
    }
}

async fn poll(receiver: &Receiver, gateway: &Gateway) {
    let name = gateway.name();
    let awaited = match receiver.store.receipts_awaited(&receiver.county, name).await {
        Ok(awaited) if !awaited.is_empty() => awaited,
        _ => return,
    };
    let of = |(of, provider): (platform::store::CallAwaited, String)| {
        let id = TryId {
            call: of.call,
            place: of.place,
        };
        (id, provider)
    };
    let awaited: Vec<_> = awaited.into_iter().map(of).collect();
    for heard in gateway.poll(&awaited).await {
        receiver.take(name, heard).await;
    }
}
