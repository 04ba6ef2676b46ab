//! 历史试算 over the reports in the database: who would get what by another set of rules.
//!
//! Facts are read in pages and routed on two blocking threads, so that neither the database nor the other requests of a
//! service wait for each other. It reads only: whoever drops the future half way leaves nothing behind.

use std::{collections::HashMap, sync::Arc};

use casework::office::replay::{Outcome, Replay, Tally};
use casework::pack::Pack;
use casework::report::{Facts, StoredFacts, salvage};
use futures::{StreamExt, stream};

use crate::{
    receipt::ReportId,
    store::{ReadsFacts, ReplayFacts, ReplayKey, Store, StoreError},
};

/// Reports of one page: large enough for the database, small enough for a bar that moves.
const PAGE: usize = 2_000;
/// Pages in work: one on each of two cores, and one that is being read.
const IN_WORK: usize = 3;
/// The most reports of one replay. Only a number and a time of each is held, 24 bytes.
pub const MOST_REPORTS: u32 = 1_000_000;

/// Why there is no outcome.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The reports can't be read.
    #[error("the reports can't be read")]
    Store(#[from] StoreError),
    /// The rules failed in a way that they never should.
    #[error("the rules failed on a report; this is a fault of the program, not of the rules")]
    Failed(#[source] tokio::task::JoinError),
}

/// Routes the newest `reports` reports of a county by both packs, the old one and the new one, as if each were dispatched when it came in. Drills are
/// left out. `progress` is told how many are done, of how many; the last call says that all are.
pub async fn run(
    store: &Store<impl ReadsFacts>,
    county: &str,
    [old, new]: [Arc<Pack>; 2],
    reports: u32,
    progress: impl Fn(u64, u64) + Send + 'static,
) -> Result<Outcome, ReplayError> {
    let keys = store.replay_keys(county, reports.min(MOST_REPORTS)).await?;
    let of = keys.len() as u64;
    let pages: Vec<Vec<ReplayKey>> = keys.chunks(PAGE).map(<[ReplayKey]>::to_vec).collect();
    progress(0, of);
    let mut work = stream::iter(pages)
        .map(|page| {
            let (old, new) = (Arc::clone(&old), Arc::clone(&new));
            async move {
                let ids: Vec<ReportId> = page.iter().map(|(id, _)| *id).collect();
                let facts = store.replay_facts(&ids).await?;
                let count = page.len() as u64;
                let routed = tokio::task::spawn_blocking(move || route(&old, &new, &page, &facts));
                Ok::<_, ReplayError>((count, routed.await.map_err(ReplayError::Failed)?))
            }
        })
        .buffer_unordered(IN_WORK);
    let (mut done, mut tally) = (0, Tally::default());
    while let Some(page) = work.next().await {
        let (count, found) = page?;
        tally.merge(found);
        done += count;
        progress(done, of);
    }
    Ok(tally.finish())
}

/// One page, the newest first.
fn route(old: &Pack, new: &Pack, page: &[ReplayKey], facts: &[ReplayFacts]) -> Tally {
    let held: HashMap<ReportId, &str> = facts.iter().map(|row| (row.report_id, row.facts.as_str())).collect();
    let mut replay = Replay::new(old, new);
    for (id, received_at) in page {
        match held.get(id).map(|text| read(text)) {
            Some(Ok(facts)) => replay.add(id, &facts, *received_at),
            Some(Err(why)) => replay.add_unreadable(id, &why),
            None => replay.add_unreadable(id, "there are no facts"),
        }
    }
    replay.into_tally()
}

/// The facts, or why the router would not have asked the rules about them either.
fn read(text: &str) -> Result<Facts, String> {
    if let Ok(facts) = serde_json::from_str(text) {
        return Ok(facts);
    }
    let stored: StoredFacts = serde_json::from_str(text).map_err(|error| error.to_string())?;
    match salvage(&stored) {
        (facts, None) => Ok(facts),
        (_, Some(why)) => Err(why),
    }
}
