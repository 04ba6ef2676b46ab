//! How the providers stand: for `/ready`, and written down where the board and the page of the bill read it.

use std::time::{Duration, Instant};

use platform::{
    clock,
    gateway::Gateways,
    run::{readiness::Part, telemetry::chain},
    store::{Notifier, StateOfGateway, Store},
};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::debug;

/// How often they are looked at; what changed is written down at once.
const EVERY: Duration = Duration::from_secs(1);
/// How often it is written down that they are still described here.
const SEEN_EVERY: Duration = Duration::from_secs(30);

/// Runs until `stop`.
pub(crate) async fn watch(
    (store, county): (Store<Notifier>, String),
    gateways: Gateways,
    part: Part,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let mut said: Option<(Instant, Vec<StateOfGateway>)> = None;
    loop {
        let states: Vec<StateOfGateway> = gateways.iter().map(|gateway| gateway.state()).collect();
        answer(&states, &part);
        let known = said
            .as_ref()
            .is_some_and(|(at, last)| *last == states && at.elapsed() < SEEN_EVERY);
        if !known {
            match store.gateways_set(&county, &states, clock::now()).await {
                Ok(()) => said = Some((Instant::now(), states)),
                Err(e) => debug!(error = chain(&e), "how the gateways stand is not written down"),
            }
        }
        if stop.run_until_cancelled(sleep(EVERY)).await.is_none() {
            return Ok(());
        }
    }
}

/// Says which providers do not answer.
fn answer(states: &[StateOfGateway], part: &Part) {
    let away = states
        .iter()
        .filter_map(|state| Some((&state.name, state.away.as_ref()?)));
    let away: Vec<String> = away
        .map(|(name, (since, why))| format!("{name} does not answer since {since}: {why}"))
        .collect();
    if away.is_empty() {
        part.ready();
    } else {
        part.not_ready(away.join("; "));
    }
}
