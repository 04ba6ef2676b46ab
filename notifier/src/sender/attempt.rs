//! One attempt at one notice: write it, send it, judge it.

use std::{panic::AssertUnwindSafe, sync::Arc};

use casework::words::Urgency;
use platform::{
    clock,
    run::telemetry::chain,
    store::{Attempt, LeasedNotice, NoticeKind, ReportId, Settlement, Verdict},
};
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::Sender;
use super::done::Done;
use crate::{
    mail::{self, Mail},
    mailer::{Failure, Fault, Mailer, Phase},
    verdict::{Judged, Tried, verdict},
};

impl<M: Mailer> Sender<M> {
    pub(super) async fn attempt(self: Arc<Self>, notice: LeasedNotice) -> Done {
        let begun = Instant::now();
        let number = notice.attempts.saturating_add(1);
        let urgent = notice.urgency == Urgency::P1;
        let (judged, phase, detail) = if notice.drill && !self.settings.drills {
            // Nothing was learnt of the server: the next one is tried instead.
            self.health.idle();
            let suppressed = Judged {
                verdict: Verdict::Suppressed,
                strike: false,
                tell: false,
            };
            (suppressed, Phase::Policy, "drills are not mailed here".to_owned())
        } else {
            let result = self.send(&notice).await;
            let whose = self.health.heard(notice.id, &result);
            let strikes = usize::try_from(notice.strikes).unwrap_or(0);
            let judged = verdict(
                &result,
                whose,
                Tried { urgent, strikes },
                clock::now(),
                &mut rand::rng(),
            );
            match result {
                Ok(()) => (judged, Phase::Done, String::new()),
                Err(failure) => (judged, failure.phase, failure.detail),
            }
        };
        let took_ms = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
        let attempt = Attempt {
            phase: phase.as_str(),
            detail,
            took_ms,
            at: clock::now(),
        };
        let settlement = Settlement {
            id: notice.id,
            number,
            attempt,
            verdict: judged.verdict,
            strike: judged.strike,
            tell: judged.tell,
        };
        log(notice.kind, notice.report_id, &settlement);
        Done {
            settlement,
            kind: notice.kind,
            report: notice.report_id,
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

/// Receipts, ids and kinds only: mailboxes stay in the database.
fn log(kind: NoticeKind, report: Option<ReportId>, settlement: &Settlement) {
    let (kind, report) = (kind.as_str(), report.map(tracing::field::display));
    let Settlement { id, number, .. } = settlement;
    let Attempt {
        phase, detail, took_ms, ..
    } = &settlement.attempt;
    match settlement.verdict {
        Verdict::Sent => info!(report, %id, kind, took_ms, "sent"),
        Verdict::Suppressed => info!(report, %id, kind, "suppressed: a drill"),
        Verdict::Retry { at } => {
            warn!(report, %id, kind, number, phase, detail, %at, "not sent: trying again");
        }
        Verdict::GaveUp => error!(report, %id, kind, number, phase, detail, "not sent: given up"),
    }
}
