//! Keeps the board's figures fresh: response times and the ledger are computed in the background, never by a page.
//!
//! Over a million tickets that takes seconds, so the pause grows with the work: at most a twentieth of one connection's time.

use std::time::{Duration, Instant};

use platform::{
    clock,
    run::telemetry::chain,
    store::{Board, Store},
};
use tokio_util::sync::CancellationToken;
use tracing::warn;

/// The figures look back this far, by dispatch: long enough for months-long deadlines, short enough to mean "now".
pub(crate) const DAYS: i32 = 90;
const AT_LEAST: Duration = Duration::from_secs(60);
const PAUSE_PER_WORK: u32 = 20;

/// Once at start, then again and again until `stop`.
pub(crate) async fn run(board: Store<Board>, county: String, stop: CancellationToken) -> anyhow::Result<()> {
    loop {
        let begun = Instant::now();
        // The pool dies with the process; a stop in the middle only drops a transaction that wrote nothing yet.
        let made = stop
            .run_until_cancelled(board.board_snapshot_make(&county, clock::now(), DAYS))
            .await;
        let took = begun.elapsed();
        match made {
            None => return Ok(()),
            Some(Ok(true)) => metrics::histogram!("shouwang_board_snapshot_seconds").record(took.as_secs_f64()),
            Some(Ok(false)) => {}
            Some(Err(e)) => {
                metrics::counter!("shouwang_board_snapshot_failures_total").increment(1);
                warn!(error = chain(&e), "the board's figures were not renewed");
            }
        }
        let pause = AT_LEAST.max(took * PAUSE_PER_WORK);
        if stop.run_until_cancelled(tokio::time::sleep(pause)).await.is_none() {
            return Ok(());
        }
    }
}
