//! Supervised reconnection: run, and on any error dial again after a growing pause; only a refusal ends it.
//!
//! A quorum queue can come back from a crash of RabbitMQ without its leader (decision 9). Then every subscription fails or
//! hangs, for ever, until somebody deletes the queue. Since queues hold nothing but doorbells, we are that somebody.

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::{BrokerError, Connection, Topology};
use crate::run::readiness::Part;

const FIRST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Failures in a row before a queue counts as lost: a leader's election may take a moment.
const LOST_AFTER: u32 = 3;

/// Whom to dial.
#[derive(Clone, Copy)]
pub struct Dial<'a> {
    /// The broker's URL.
    pub url: &'a str,
    /// Name of the connection in the broker's lists.
    pub name: &'a str,
    /// What is declared with each connection.
    pub topology: &'a Topology,
}

/// Dials, runs `work` with the connection, and does so again until `stop` or a refusal.
///
/// `work` returns `Ok` only because of `stop`. `part` says in `/ready` whether the broker is there: `work` says yes once it
/// can do its work, here it is said when it can't.
pub async fn redial<W, F>(
    Dial { url, name, topology }: Dial<'_>,
    part: &Part,
    stop: &CancellationToken,
    mut work: W,
) -> anyhow::Result<()>
where
    W: FnMut(Arc<Connection>) -> F,
    F: Future<Output = Result<(), BrokerError>>,
{
    let mut pause = FIRST_PAUSE;
    let mut losses = 0;
    while !stop.is_cancelled() {
        let dialled = tokio::select! {
            dialled = Connection::dial(url, name, topology.clone()) => dialled,
            () = stop.cancelled() => break,
        };
        let ended = match dialled {
            Ok(connection) => {
                pause = FIRST_PAUSE;
                let connection = Arc::new(connection);
                let ended = work(connection.clone()).await;
                if let Err(e) = &ended {
                    part.not_ready(e.advice());
                }
                // Beside a queue without a leader the broker doesn't answer an orderly good-bye, nor does one that hangs.
                if !matches!(ended, Err(BrokerError::Lost(_) | BrokerError::Timeout(_))) {
                    connection.close().await;
                }
                ended
            }
            Err(e) => Err(e),
        };
        match ended {
            Ok(()) => break,
            Err(e) if e.is_refusal() => return Err(e.into()),
            Err(e) => {
                losses = if matches!(e, BrokerError::Lost(_)) {
                    losses + 1
                } else {
                    0
                };
                if losses >= LOST_AFTER {
                    losses = 0;
                    make_anew(url, topology).await;
                }
                part.not_ready(e.advice());
                let e = anyhow::Error::from(e);
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

async fn make_anew(url: &str, topology: &Topology) {
    match topology.discard(url).await {
        Ok(()) => {
            metrics::counter!("shouwang_broker_queues_made_anew_total").increment(1);
            warn!("RabbitMQ lost the leader of a queue: the queues are deleted, to be declared anew");
        }
        Err(e) => warn!(
            error = format!("{:#}", anyhow::Error::from(e)),
            "lost queues could not be deleted"
        ),
    }
}
