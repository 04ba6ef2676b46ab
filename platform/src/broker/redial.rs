//! Supervised reconnection: run, and on any error dial again after a growing pause; only a refusal ends it.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{BrokerError, Connection, Topology};
use crate::private::Part;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Dials, runs `work` with the connection, and does so again until `stop` or a refusal.
///
/// `work` returns `Ok` only because of `stop`. `part` says in `/ready` whether the broker is there.
pub async fn redial<W, F>(
    url: &str,
    name: &str,
    topology: &Topology,
    part: &Part,
    stop: &CancellationToken,
    mut work: W,
) -> anyhow::Result<()>
where
    W: FnMut(Arc<Connection>) -> F,
    F: Future<Output = Result<(), BrokerError>>,
{
    let mut pause = FIRST_PAUSE;
    while !stop.is_cancelled() {
        let dialled = tokio::select! {
            dialled = Connection::dial(url, name, topology.clone()) => dialled,
            () = stop.cancelled() => break,
        };
        let ended = match dialled {
            Ok(connection) => {
                part.ready();
                pause = FIRST_PAUSE;
                let connection = Arc::new(connection);
                let ended = work(connection.clone()).await;
                connection.close().await;
                ended
            }
            Err(e) => Err(e),
        };
        match ended {
            Ok(()) => break,
            Err(e) if e.is_refusal() => return Err(e.into()),
            Err(e) => {
                let e = anyhow::Error::from(e);
                part.not_ready("RabbitMQ is away");
                metrics::counter!("shouwang_broker_redials_total").increment(1);
                warn!(
                    error = format!("{e:#}"),
                    pause_ms = pause.as_millis(),
                    "RabbitMQ is away: dialling again"
                );
            }
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => break,
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
    Ok(())
}
