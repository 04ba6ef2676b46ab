//! Start, run, drain, end: the same for every service.
//!
//! A service is a set of named parts. When SIGTERM or SIGINT arrives, every part is told to stop and has `DRAIN` to do so.
//! When a part ends by itself, by error or by panic, the others are drained and the process ends non-zero, so that the
//! supervisor restarts it: half a service that looks alive is the worst kind.

use std::{future::Future, time::Duration};

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

/// How long parts may take to finish what they hold. Longer than one SMTP phase or database statement.
const DRAIN: Duration = Duration::from_secs(20);

/// The parts of a running service.
#[derive(Default)]
pub struct Parts {
    stop: CancellationToken,
    set: JoinSet<(&'static str, anyhow::Result<()>)>,
}

impl Parts {
    /// No parts yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The token that tells parts to stop.
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Adds a part. It must return once the token is cancelled; returning earlier ends the service.
    pub fn spawn<F>(&mut self, name: &'static str, part: F)
    where
        F: Future<Output = anyhow::Result<()>> + Send + 'static,
    {
        self.set.spawn(async move { (name, part.await) });
    }

    /// Waits for a signal or for a part to die, drains, and says how it went.
    pub async fn run(mut self) -> anyhow::Result<()> {
        let mut failure = None;
        tokio::select! {
            signal = signal() => info!(signal = signal?, "stopping: no new work, finishing what is held"),
            ended = self.set.join_next() => failure = Some(died(ended)),
        }
        self.stop.cancel();
        let drained = tokio::time::timeout(DRAIN, async {
            while let Some(ended) = self.set.join_next().await {
                match ended {
                    Ok((_, Ok(()))) => {}
                    other => _ = failure.get_or_insert(died(Some(other))),
                }
            }
        });
        if drained.await.is_err() {
            failure.get_or_insert(anyhow::anyhow!(
                "parts were still busy after {} s of draining",
                DRAIN.as_secs()
            ));
        }
        match failure {
            None => {
                info!("stopped");
                Ok(())
            }
            Some(e) => Err(e),
        }
    }
}

fn died(ended: Option<Result<(&'static str, anyhow::Result<()>), tokio::task::JoinError>>) -> anyhow::Error {
    let error = match ended {
        None => anyhow::anyhow!("the service has no parts"),
        Some(Ok((name, Ok(())))) => anyhow::anyhow!("part {name} ended by itself"),
        Some(Ok((name, Err(e)))) => e.context(format!("part {name} failed")),
        Some(Err(e)) => anyhow::anyhow!("a part panicked: {e}"),
    };
    error!(error = format!("{error:#}"), "a part died: the service ends");
    error
}

async fn signal() -> anyhow::Result<&'static str> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    Ok(tokio::select! {
        _ = term.recv() => "SIGTERM",
        _ = int.recv() => "SIGINT",
    })
}
