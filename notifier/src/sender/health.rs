//! Whether the mail server takes our mails, for `/ready` and for the operator's alarm.
//!
//! A server that is away or refuses us fails every notice alike. That is said once, loudly, in `/ready` and in a counter,
//! and the server is asked again until it is well.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use platform::private::Part;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::mailer::{Failure, Fault, Mailer};

/// How often a sick server is asked, and idle connections are closed.
const EVERY: Duration = Duration::from_secs(5);

/// The mail server's health as the last mails found it.
#[derive(Clone)]
pub struct Health {
    part: Part,
    sick: Arc<AtomicBool>,
}

impl Health {
    /// Unknown counts as sick until the first probe.
    pub fn new(part: Part) -> Self {
        Self {
            part,
            sick: Arc::new(AtomicBool::new(true)),
        }
    }

    /// Learns from an attempt.
    pub(super) fn heard(&self, result: &Result<(), Failure>) {
        match result {
            Ok(()) => self.well(),
            Err(failure) if failure.fault == Fault::Server => self.ill(failure),
            Err(_) => {}
        }
    }

    /// Asks a sick server again every few seconds, at once at the start.
    pub async fn watch<M: Mailer>(self, mailer: Arc<M>, stop: CancellationToken) -> anyhow::Result<()> {
        loop {
            if self.sick.load(Ordering::Relaxed) {
                // Dropped at stop: a probe leaves nothing half done.
                match stop.run_until_cancelled(mailer.probe()).await {
                    Some(Ok(())) => self.well(),
                    Some(Err(failure)) => self.ill(&failure),
                    None => return Ok(()),
                }
            }
            mailer.tidy();
            if stop.run_until_cancelled(tokio::time::sleep(EVERY)).await.is_none() {
                return Ok(());
            }
        }
    }

    fn well(&self) {
        if self.sick.swap(false, Ordering::Relaxed) {
            info!("the mail server takes mails");
            self.part.ready();
        }
    }

    fn ill(&self, failure: &Failure) {
        metrics::counter!("shouwang_mail_server_failures_total", "phase" => failure.phase.as_str()).increment(1);
        error!(
            phase = failure.phase.as_str(),
            detail = failure.detail,
            "the mail server takes no mails from us"
        );
        self.part.not_ready(failure.to_string());
        self.sick.store(true, Ordering::Relaxed);
    }
}
