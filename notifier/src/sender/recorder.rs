//! Writes down what came of the attempts, many in one transaction.
//!
//! A result is never dropped: a notice whose record failed would be sent again and again. While the database is away the
//! results wait here and their notices stay in hand. A batch that fails is tried row by row, so that one row can't hold up
//! the others.

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    run::telemetry::chain,
    store::{NoticeId, Notifier, Settlement, Store, Verdict},
};
use tokio::{sync::mpsc, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::{error, warn};
use uuid::Uuid;

use super::done::Done;
use crate::hand::Hand;

const BATCH: usize = 128;
const PAUSE: Duration = Duration::from_millis(500);
/// Tries after the stop signal; then the lease runs out and the mail is sent again.
const LAST_TRIES: usize = 4;

/// Runs until all senders of results are gone and everything is recorded.
pub(super) async fn run(
    store: Store<Notifier>,
    owner: Uuid,
    hand: Arc<Hand<NoticeId>>,
    mut results: mpsc::UnboundedReceiver<Done>,
    stop: CancellationToken,
) {
    let mut waiting = Vec::new();
    let mut last_tries = 0;
    loop {
        // With something left over from a failure, don't wait for more.
        let closed = waiting.is_empty() && results.recv_many(&mut waiting, BATCH).await == 0;
        if closed {
            return;
        }
        while waiting.len() < BATCH {
            let Ok(done) = results.try_recv() else { break };
            waiting.push(done);
        }
        waiting = record(&store, owner, &hand, waiting).await;
        if waiting.is_empty() {
            continue;
        }
        if stop.is_cancelled() {
            last_tries += 1;
            if last_tries > LAST_TRIES {
                error!(
                    left = waiting.len(),
                    "attempts could not be recorded: their notices will be sent again"
                );
                return;
            }
        }
        sleep(PAUSE).await;
    }
}

/// Records what can be recorded; answers the rest.
async fn record(store: &Store<Notifier>, owner: Uuid, hand: &Hand<NoticeId>, batch: Vec<Done>) -> Vec<Done> {
    let settlements: Vec<Settlement> = batch.iter().map(|done| done.settlement.clone()).collect();
    let failed = match store.notice_settle(owner, &settlements).await {
        Ok(held) => {
            recorded(hand, &batch, &held);
            return Vec::new();
        }
        Err(e) => e,
    };
    warn!(
        error = chain(&failed),
        notices = batch.len(),
        "attempts were not recorded: trying again"
    );
    if failed.is_passing() || batch.len() == 1 {
        return batch;
    }
    let mut left = Vec::new();
    for done in batch {
        match store.notice_settle(owner, std::slice::from_ref(&done.settlement)).await {
            Ok(held) => recorded(hand, &[done], &held),
            Err(e) => {
                error!(report = done.report.map(tracing::field::display), id = %done.settlement.id, error = chain(&e), "an attempt can't be recorded");
                left.push(done);
            }
        }
    }
    left
}

fn recorded(hand: &Hand<NoticeId>, batch: &[Done], held: &[NoticeId]) {
    hand.let_go(batch.iter().map(|done| done.settlement.id));
    for done in batch {
        let Settlement { id, verdict, .. } = &done.settlement;
        metrics::counter!("shouwang_notices_total", "outcome" => verdict.as_str(), "kind" => done.kind.as_str())
            .increment(1);
        if !held.contains(id) {
            metrics::counter!("shouwang_notice_leases_lost_total").increment(1);
            warn!(report = done.report.map(tracing::field::display), %id, outcome = verdict.as_str(), "the lease was lost meanwhile: this notice may arrive twice");
        }
        if *verdict == Verdict::Sent {
            let waited = (clock::now() - done.created_at).to_std().unwrap_or_default();
            let urgency = if done.urgent { "P1" } else { "other" };
            metrics::histogram!("shouwang_notice_wait_seconds", "urgency" => urgency).record(waited.as_secs_f64());
        }
    }
}
