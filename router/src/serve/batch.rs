//! Many reports at once, without messages: decided together, committed together.
//!
//! A report that once made a router crash must not take others with it. So each report's first try is written down before it
//! begins. Whoever has a try behind it that did not end (the process died in the middle) is a suspect and goes alone, as
//! suspects among the messages do; so does a whole batch that can't be stored, since one of it is the cause.

use casework::routing::Decision;
use platform::{
    clock,
    run::telemetry::chain,
    store::{ReportId, ReportToRoute, StoreError},
};
use tracing::{error, warn};

use super::route::{AsRead, Dispatcher, decide, pinned};

impl Dispatcher {
    /// Routes these reports; those that are gone or routed by now are left alone.
    pub(super) async fn route_many(&self, ids: &[ReportId]) -> Result<(), StoreError> {
        let first = self.store.attempts_first(ids, clock::now()).await?;
        let (routed, fresh): (Vec<_>, Vec<_>) = self
            .store
            .reports_to_route(&first)
            .await?
            .into_iter()
            .partition(|report| report.routed);
        for report in routed {
            self.store.outbox_forget(report.id).await?;
        }
        match self.record_many(&fresh).await {
            Err(e) if !e.is_passing() => {
                warn!(
                    error = chain(&e),
                    reports = fresh.len(),
                    "a batch can't be stored: one by one"
                );
                self.each(fresh.iter().map(|report| report.id)).await?;
            }
            ended => ended?,
        }
        self.each(ids.iter().copied().filter(|id| !first.contains(id))).await
    }

    /// One by one. What can't be stored for a reason of its own is said and left to its next turn; the others go on.
    async fn each(&self, ids: impl Iterator<Item = ReportId>) -> Result<(), StoreError> {
        for id in ids {
            match self.route_suspect(id).await {
                Err(e) if !e.is_passing() => {
                    error!(report = %id, error = chain(&e), "a report can't be routed");
                }
                ended => ended?,
            }
        }
        Ok(())
    }

    async fn record_many(&self, reports: &[ReportToRoute]) -> Result<(), StoreError> {
        if reports.is_empty() {
            return Ok(());
        }
        let (loaded, now) = (self.pack.current(), clock::now());
        let decisions: Vec<Decision> = reports
            .iter()
            .map(|report| decide(&loaded, &AsRead::of(report), now))
            .collect();
        let decided: Vec<_> = reports.iter().zip(&decisions).collect();
        let recorded = self.store.decisions_record(&decided, pinned(&loaded, now)).await?;
        for ((report, decision), recorded) in decided.into_iter().zip(recorded) {
            self.recorded(report, decision, recorded, now);
        }
        Ok(())
    }
}
