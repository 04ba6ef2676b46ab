//! Whether mail goes out, for `/ready`, the alarm and the office's board.
//!
//! A server that is away or refuses us fails every notice alike. That is said once, loudly, and written down where the board
//! reads it; the notices wait behind the [`Circuit`]'s gate.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use platform::{
    clock,
    run::{readiness::Part, telemetry::chain},
    store::{Blocked, NoticeId, Notifier, Store},
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tracing::{debug, error, info};

use super::circuit::{Circuit, Gate};
use crate::{
    mailer::{Failure, Mailer},
    verdict::Whose,
};

/// How often the gate is looked at, and idle connections are closed.
const EVERY: Duration = Duration::from_secs(1);
/// How often the board is told that a notifier lives.
const SEEN_EVERY: Duration = Duration::from_secs(30);

/// The mail server's health as the last mails found it; cloning shares it.
#[derive(Clone)]
pub(crate) struct Health {
    part: Part,
    shared: Arc<Shared>,
}

struct Shared {
    circuit: Mutex<Circuit>,
    /// Rings when the gate opens or closes.
    changed: Notify,
}

impl Health {
    /// Unknown until the first greeting.
    pub(crate) fn new(part: Part) -> Self {
        metrics::gauge!("shouwang_mail_blocked").set(0.0);
        Self {
            part,
            shared: Arc::new(Shared {
                circuit: Mutex::default(),
                changed: Notify::new(),
            }),
        }
    }

    /// What may be sent now.
    pub(super) fn gate(&self) -> Gate {
        self.with(|circuit| circuit.gate(clock::now()))
    }

    /// One mail is under way to see how the server is.
    pub(super) fn trying(&self) {
        self.with(Circuit::trying);
    }

    /// There is no mail to try the server with.
    pub(super) fn idle(&self) {
        self.with(Circuit::idle);
    }

    /// Learns from an attempt; answers whose failure it was.
    pub(super) fn heard(&self, id: NoticeId, result: &Result<(), Failure>) -> Whose {
        if let Err(failure) = result
            && failure.fault.is_everybodys()
        {
            metrics::counter!("shouwang_mail_server_failures_total", "phase" => failure.phase.as_str()).increment(1);
        }
        let whose = self.learn(|circuit| circuit.heard(id, result, clock::now()));
        if result.is_ok() {
            self.part.ready();
        }
        whose
    }

    /// Greets the server, at once at the start and then where the gate asks for it; writes down how it stands.
    pub(crate) async fn watch<M: Mailer>(
        self,
        mailer: Arc<M>,
        store: Store<Notifier>,
        county: String,
        stop: CancellationToken,
    ) -> anyhow::Result<()> {
        let mut first = true;
        let mut said: Option<(std::time::Instant, Option<Blocked>)> = None;
        loop {
            if first || self.with(|circuit| circuit.wants_greeting(clock::now())) {
                // Dropped at stop: a greeting leaves nothing half done.
                match stop.run_until_cancelled(mailer.probe()).await {
                    Some(Ok(())) => {
                        if first {
                            self.part.ready();
                        } else {
                            self.learn(Circuit::greeted);
                        }
                    }
                    Some(Err(failure)) => self.learn(|circuit| circuit.not_greeted(&failure, clock::now())),
                    None => return Ok(()),
                }
                first = false;
            }
            mailer.tidy();
            let blocked = self.with(|circuit| circuit.blocked());
            let known = said
                .as_ref()
                .is_some_and(|(at, last)| *last == blocked && at.elapsed() < SEEN_EVERY);
            if !known {
                match store.mail_state_set(&county, clock::now(), blocked.as_ref()).await {
                    Ok(()) => said = Some((std::time::Instant::now(), blocked)),
                    Err(e) => debug!(error = chain(&e), "how the mail server stands is not written down"),
                }
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.shared.changed.notified() => {}
                () = tokio::time::sleep(EVERY) => {}
            }
        }
    }

    fn with<T>(&self, look: impl FnOnce(&mut Circuit) -> T) -> T {
        look(&mut self.shared.circuit.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Changes the gate, and says so where it opened or closed.
    fn learn<T>(&self, learn: impl FnOnce(&mut Circuit) -> T) -> T {
        let (before, answer, after) = self.with(|circuit| {
            let before = circuit.blocked();
            let answer = learn(circuit);
            (before, answer, circuit.blocked())
        });
        if before == after {
            return answer;
        }
        match &after {
            Some(blocked) => {
                if before.is_none() {
                    error!(
                        phase = blocked.phase,
                        detail = blocked.answer,
                        "the mail server takes no mails from us"
                    );
                }
                self.part.not_ready(format!("{}: {}", blocked.phase, blocked.answer));
            }
            None => {
                info!("the mail server takes mails");
                self.part.ready();
            }
        }
        metrics::gauge!("shouwang_mail_blocked").set(if after.is_some() { 1.0 } else { 0.0 });
        self.shared.changed.notify_one();
        answer
    }
}
