//! From a message to committed rows.
//!
//! A message that arrives a second time may have crashed a router. Such suspects are tried one by one, and each try is
//! written down before it begins: only the guilty one collects attempts, and after [`TRIES`] it becomes a triage ticket with
//! the reason, decided by the part of the code that does the least. A message that names no report of ours is parked.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use casework::report::{Facts, salvage};
use casework::routing::{self, Decision};
use chrono::{DateTime, Utc};
use platform::{
    broker::Received,
    clock,
    pack::watch::{LoadedPack, PackWatch},
    receipt::ReportId,
    run::telemetry::chain,
    store::{Pinned, Recorded, ReportToRoute, Router, Store, StoreError},
};
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

/// Tries of a suspect before a human looks at it.
const TRIES: i32 = 3;
const DATABASE_PAUSE: Duration = Duration::from_millis(500);

/// How a message ended.
pub(super) enum Ended {
    /// Its rows are there: acknowledge.
    Committed,
    /// The service stops and the database is away: give it back.
    Stopping,
}

/// Decides and records. Cloning is cheap.
#[derive(Clone)]
pub(super) struct Dispatcher {
    pub(super) store: Store<Router>,
    pub(super) county: String,
    pub(super) pack: PackWatch,
    stages: Arc<Notify>,
    notices: Arc<Notify>,
    /// Suspects pass here one at a time.
    suspects: Arc<Mutex<()>>,
}

impl Dispatcher {
    pub(super) fn new(
        store: Store<Router>,
        county: String,
        pack: PackWatch,
        stages: Arc<Notify>,
        notices: Arc<Notify>,
    ) -> Self {
        Self {
            store,
            county,
            pack,
            stages,
            notices,
            suspects: Arc::default(),
        }
    }

    /// Routes what a message names, however long the database is away.
    pub(super) async fn hold_until_committed(&self, received: &Received, stop: &CancellationToken) -> Ended {
        loop {
            let error = match self.commit(received).await {
                Ok(()) => return Ended::Committed,
                // Waiting mends nothing here, and the messages behind it would wait as well. The report stays in the outbox,
                // from where it is tried again, as a suspect and in the end as triage.
                Err(e) if !e.is_passing() => match self.park(received, &chain(&e)).await {
                    Ok(()) => return Ended::Committed,
                    Err(e) => e,
                },
                Err(e) => e,
            };
            metrics::counter!("shouwang_router_retries_total").increment(1);
            warn!(error = chain(&error), "the database is away: holding the message");
            if stop
                .run_until_cancelled(tokio::time::sleep(DATABASE_PAUSE))
                .await
                .is_none()
            {
                return Ended::Stopping;
            }
        }
    }

    async fn commit(&self, received: &Received) -> Result<(), StoreError> {
        let body = match &received.body {
            Ok(body) if body.county == self.county => body,
            Ok(body) => {
                return self
                    .park(
                        received,
                        &format!("county {:?}; this router serves {:?}", body.county, self.county),
                    )
                    .await;
            }
            Err(why) => return self.park(received, why).await,
        };
        let Some(report) = self.store.report_to_route(body.report).await? else {
            return self.park(received, "there is no such report").await;
        };
        if report.routed {
            return self.store.outbox_forget(report.id).await;
        }
        if received.suspect {
            self.try_suspect(&report).await
        } else {
            self.route(&report, false).await
        }
    }

    /// Routes a report without a message, one by one; one that is gone or routed by now is left alone.
    pub(super) async fn route_suspect(&self, id: ReportId) -> Result<(), StoreError> {
        match self.store.report_to_route(id).await? {
            Some(report) if report.routed => self.store.outbox_forget(report.id).await,
            Some(report) => self.try_suspect(&report).await,
            None => Ok(()),
        }
    }

    async fn try_suspect(&self, report: &ReportToRoute) -> Result<(), StoreError> {
        let _alone = self.suspects.lock().await;
        let tries = self.store.attempt_begin(report.id, clock::now()).await?;
        self.route(report, tries > TRIES).await
    }

    async fn route(&self, report: &ReportToRoute, given_up: bool) -> Result<(), StoreError> {
        let loaded = self.pack.current();
        let now = clock::now();
        let read = AsRead::of(report);
        let decision = if given_up {
            let why = format!("the router failed {TRIES} times while it held this report");
            routing::triage(&loaded.pack, &read.facts, &why, now)
        } else {
            decide(&loaded, &read, now)
        };
        match self.record(report, &decision, &loaded, now).await {
            Err(e) if !e.is_passing() => {
                let why = format!("the decision could not be stored: {}", chain(&e));
                error!(report = %report.id, error = why, "routing failed: triage");
                let triage = routing::triage(&loaded.pack, &read.facts, &why, now);
                self.record(report, &triage, &loaded, now).await
            }
            other => other,
        }
    }

    /// `now` is the moment of dispatch that the decision's deadlines were computed from.
    async fn record(
        &self,
        report: &ReportToRoute,
        decision: &Decision,
        loaded: &LoadedPack,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let recorded = self
            .store
            .decision_record(report, decision, pinned(loaded, now))
            .await?;
        self.recorded(report, decision, recorded, now);
        Ok(())
    }

    /// Tells metrics, log, clock and notifiers what was committed.
    pub(super) fn recorded(&self, report: &ReportToRoute, decision: &Decision, recorded: Recorded, now: DateTime<Utc>) {
        let Recorded::Now { tickets } = recorded else { return };
        let waited = (now - report.received_at).to_std().unwrap_or_default();
        metrics::counter!("shouwang_reports_routed_total", "urgency" => decision.urgency.as_str()).increment(1);
        metrics::histogram!("shouwang_accept_to_dispatch_seconds").record(waited.as_secs_f64());
        if !decision.triage_reasons.is_empty() {
            metrics::counter!("shouwang_triage_total").increment(1);
        }
        if decision.disagreements > 0 {
            metrics::counter!("shouwang_rules_disagreements_total").increment(decision.disagreements.into());
            error!(
                report = %report.id,
                "the two evaluators of the rules differ: both answers are dispatched"
            );
        }
        info!(
            report = %report.id,
            urgency = decision.urgency.as_str(),
            tickets,
            "routed"
        );
        self.stages.notify_one();
        self.notices.notify_one();
    }

    async fn park(&self, received: &Received, why: &str) -> Result<(), StoreError> {
        metrics::counter!("shouwang_messages_parked_total").increment(1);
        let report = received.body.as_ref().ok().map(|body| body.report.to_string());
        error!(queue = received.queue, report, why, "a message can't be served: parked");
        self.store
            .parked_insert(&received.queue, why, &received.bytes, clock::now())
            .await
    }
}

/// What a decision under this pack is pinned to.
pub(super) fn pinned(loaded: &LoadedPack, now: DateTime<Utc>) -> Pinned<'_> {
    Pinned {
        pack_version: loaded.version,
        rule_set: loaded.rule_set,
        calendar: loaded.pack.calendar().version(),
        by: "router",
        at: now,
    }
}

/// A report's facts as far as they can be read; read once and passed on.
pub(super) struct AsRead {
    facts: Facts,
    /// Why not all of them could be.
    unreadable: Option<String>,
}

impl AsRead {
    pub(super) fn of(report: &ReportToRoute) -> Self {
        let (facts, unreadable) = salvage(&report.facts);
        Self { facts, unreadable }
    }
}

/// The rules' answer, or a triage with the reason when they fail in any way.
pub(super) fn decide(loaded: &LoadedPack, read: &AsRead, now: DateTime<Utc>) -> Decision {
    let AsRead { facts, unreadable } = read;
    if let Some(why) = unreadable {
        return routing::triage(&loaded.pack, facts, why, now);
    }
    let decided = std::panic::catch_unwind(AssertUnwindSafe(|| routing::decide(&loaded.pack, facts, now)));
    decided.unwrap_or_else(|_| routing::triage(&loaded.pack, facts, "the rules failed on this report", now))
}
