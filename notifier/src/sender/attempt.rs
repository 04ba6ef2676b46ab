//! One attempt at one notice: write it, send it, judge it.

use std::{panic::AssertUnwindSafe, sync::Arc};

use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Attempt, LeasedNotice, Settlement, Verdict},
    telemetry::chain,
};
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::Sender;
use crate::{
    mail::{self, Mail},
    mailer::{Failure, Fault, Mailer, Phase},
    verdict::verdict,
};

/// An attempt, for the recorder.
pub(super) struct Done {
    pub(super) settlement: Settlement,
    pub(super) kind: String,
    pub(super) urgent: bool,
    pub(super) created_at: DateTime<Utc>,
}

impl<M: Mailer> Sender<M> {
    pub(super) async fn attempt(self: Arc<Self>, notice: LeasedNotice) -> Done {
        let begun = Instant::now();
        let number = notice.attempts.saturating_add(1);
        let urgent = notice.urgency == "P1";
        let (verdict, phase, detail) = if notice.drill && !self.settings.drills {
            (
                Verdict::Suppressed,
                Phase::Policy,
                "drills are not mailed here".to_owned(),
            )
        } else {
            let result = self.send(&notice).await;
            self.health.heard(&result);
            let tries = usize::try_from(number).unwrap_or(usize::MAX);
            let verdict = verdict(&result, urgent, tries, clock::now(), &mut rand::rng());
            match result {
                Ok(()) => (verdict, Phase::Done, String::new()),
                Err(failure) => (verdict, failure.phase, failure.detail),
            }
        };
        let took_ms = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
        log(&notice, number, verdict, phase, &detail, took_ms);
        let attempt = Attempt {
            phase: phase.as_str(),
            detail,
            took_ms,
            at: clock::now(),
        };
        Done {
            settlement: Settlement {
                id: notice.id,
                number,
                attempt,
                verdict,
            },
            kind: notice.kind,
            urgent,
            created_at: notice.created_at,
        }
    }

    async fn send(&self, notice: &LeasedNotice) -> Result<(), Failure> {
        let mail = self.write(notice)?;
        self.mailer.send(&mail).await
    }

    /// A notice that can't be put into words fails alone, whatever is wrong with it.
    fn write(&self, notice: &LeasedNotice) -> Result<Mail, Failure> {
        let loaded = self.pack.current();
        let compose = || mail::compose(notice, &loaded.pack, &self.settings.internal_url, clock::now());
        let why = match std::panic::catch_unwind(AssertUnwindSafe(compose)) {
            Ok(Ok(mail)) => return Ok(mail),
            Ok(Err(e)) => chain(&e),
            Err(_) => "writing the mail panicked".into(),
        };
        Err(Failure::new(Fault::Recipient, Phase::Render, &why))
    }
}

/// Ids and kinds only: mailboxes stay in the database.
fn log(notice: &LeasedNotice, number: i32, verdict: Verdict, phase: Phase, detail: &str, took_ms: i32) {
    let (id, kind, phase) = (notice.id, notice.kind.as_str(), phase.as_str());
    match verdict {
        Verdict::Sent => info!(%id, kind, took_ms, "sent"),
        Verdict::Suppressed => info!(%id, kind, "suppressed: a drill"),
        Verdict::Retry { at } => {
            warn!(%id, kind, number, phase, detail, %at, "not sent: trying again");
        }
        Verdict::GaveUp => error!(%id, kind, number, phase, detail, "not sent: given up"),
    }
}
