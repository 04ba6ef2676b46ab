//! One try of a call: read what it says and where it goes, write down that it begins, send, record.

use std::{sync::Arc, time::Duration};

use platform::{
    clock,
    gateway::{Gateway, Outcome, TryId, Words},
    run::telemetry::chain,
    store::{CallBegun, CallCode, CallFault, CallOutcome, CallSaid, CallTaken, StoreError},
};
use tokio::time::{Instant, sleep};
use tracing::{debug, error, info, warn};

use super::{
    Caller, Calling,
    numbers::{self, Number},
    verdict::{Rest, turn, verdict},
};
use crate::channel::Channel;

/// Between tries of recording. A result is never dropped: a call whose record failed would be made again.
const AGAIN: Duration = Duration::from_millis(500);
/// Tries after the stop signal; then the lease runs out and the call is made again under its id.
const LAST_TRIES: usize = 4;

/// A try that can be made.
struct Ready {
    call: CallSaid,
    number: Number,
    /// Whether another number is left after it.
    more: bool,
}

impl Calling {
    pub(super) async fn once(self: Arc<Self>, taken: CallTaken) {
        if let Err(e) = self.tried(taken).await {
            // Nothing was sent: the lease runs out, or the next turn finds it.
            let error = chain(&e);
            if e.is_passing() {
                debug!(id = %taken.id, error, "a call could not be begun");
            } else {
                error!(id = %taken.id, error, "a call can't be read");
            }
        }
        self.hand.let_go([taken.id]);
        self.caller.wake.notify_one();
    }

    async fn tried(&self, taken: CallTaken) -> Result<(), StoreError> {
        let Caller { store, .. } = &self.caller;
        let Some(call) = store.call_said(taken.id, clock::now()).await? else {
            return Ok(());
        };
        let ready = match self.ready(call) {
            Ok(ready) => ready,
            Err((place, why)) => {
                let failed = CallOutcome::Failed { why: why.to_owned() };
                self.record(taken, place, &failed).await;
                return Ok(());
            }
        };
        let gateways = self.caller.gateways.of(ready.call.channel);
        let before = ready.call.attempts_at(ready.number.number.place);
        // One that does not answer is passed over; where none does, the router's next channel rings at once.
        let first = turn(before + 1, gateways.len());
        let mut in_turn = gateways.iter().cycle().skip(first).take(gateways.len());
        let gateway = in_turn.find(|gateway| gateway.allows(clock::now()));
        if gateway.is_none() && !gateways.is_empty() {
            let why = CallFault::GatewayAway.as_str().to_owned();
            let failed = CallOutcome::Failed { why };
            log(&ready, "none", &failed);
            self.record(taken, ready.number.number.place, &failed).await;
            return Ok(());
        }
        let name = gateway.map_or(self.caller.mail.name(), |gateway| gateway.name());
        let begun = store
            .call_begin(self.owner, taken.id, ready.number.number, name, clock::now())
            .await?;
        let attempt = match begun {
            CallBegun::Send(attempt) => usize::try_from(attempt).unwrap_or(1),
            CallBegun::Silenced => {
                info!(id = %taken.id, "silenced: somebody answered");
                metrics::counter!("shouwang_calls_total", "outcome" => "silenced", "channel" => ready.call.channel.as_str())
                    .increment(1);
                return Ok(());
            }
            CallBegun::Lost => return Ok(()),
        };
        let begun = Instant::now();
        let outcome = self.send(&ready, gateway.map(AsRef::as_ref)).await;
        metrics::histogram!("shouwang_call_send_seconds", "gateway" => name.to_owned())
            .record(begun.elapsed().as_secs_f64());
        let rest = Rest {
            attempt,
            gateways: gateways.len().max(1),
            numbers: ready.more,
        };
        let within = gateway.and_then(|gateway| gateway.receipt_within());
        let judged = verdict(outcome, within, rest, clock::now());
        log(&ready, name, &judged);
        self.record(taken, ready.number.number.place, &judged).await;
        Ok(())
    }

    /// The number that is tried now; or why none can be, and which was the last.
    fn ready(&self, call: CallSaid) -> Result<Ready, (i16, &'static str)> {
        let loaded = self.caller.pack.current();
        let all = numbers::of(&call, &loaded.pack, &self.caller.contacts).map_err(|why| (1, why))?;
        let last = all.last().map_or(1, |number| number.number.place);
        let mut left = all.into_iter().filter(|number| !call.has_failed(number.number.place));
        let Some(number) = left.next() else {
            return Err((last, CallFault::NoNumber.as_str()));
        };
        let more = left.next().is_some();
        drop(left);
        Ok(Ready { call, number, more })
    }

    async fn send(&self, ready: &Ready, gateway: Option<&Gateway>) -> Outcome {
        let Ready { call, number, .. } = ready;
        let id = TryId {
            call: call.id,
            place: number.number.place,
        };
        let loaded = self.caller.pack.current();
        let words = Words::of(call, &loaded.pack);
        let Some(gateway) = gateway else {
            if let (casework::words::Channel::Mail, Some(code)) = (call.channel, &call.code) {
                return self.send_code(ready, code, &*self.caller.mail).await;
            }
            return match call.channel {
                // As the notices of a drill, which are recorded and not mailed.
                casework::words::Channel::Mail if call.drill && !call.exercise && !self.caller.drills => {
                    Outcome::Never(CallFault::DrillMail.to_string())
                }
                casework::words::Channel::Mail => self.caller.mail.send(&words, &number.address, id).await,
                _ => Outcome::Never(CallFault::NoGateway.to_string()),
            };
        };
        if gateway.per_number_per_day().is_some_and(|limit| number.today >= limit) {
            return Outcome::Never(CallFault::DayLimit.to_string());
        }
        match &call.code {
            None => gateway.send(&words, &number.address, id).await,
            Some(code) => self.send_code(ready, code, gateway).await,
        }
    }

    /// Brings a code to the address that it is for.
    async fn send_code(&self, ready: &Ready, code: &CallCode, by: &dyn Channel) -> Outcome {
        let Ready { call, number, .. } = ready;
        if code.expires_at <= clock::now() {
            return Outcome::Never("the code is no longer valid".into());
        }
        let Some(account) = call.account_id else {
            return Outcome::Never("a code of nobody".into());
        };
        let opened = code
            .sealed
            .as_deref()
            .map(|sealed| self.caller.contacts.open_code(account, sealed));
        let id = TryId {
            call: call.id,
            place: number.number.place,
        };
        match opened {
            Some(Ok(code)) => by.send_code(&code, &number.address, id).await,
            _ => Outcome::Never("the code can't be opened with this contact key".into()),
        }
    }

    async fn record(&self, taken: CallTaken, place: i16, outcome: &CallOutcome) {
        let mut last_tries = 0;
        loop {
            let Err(e) = self
                .caller
                .store
                .call_settle(self.owner, taken.id, place, outcome, clock::now())
                .await
            else {
                return;
            };
            warn!(id = %taken.id, error = chain(&e), "a try of a call was not recorded: trying again");
            last_tries += usize::from(self.stop.is_cancelled() || !e.is_passing());
            if last_tries > LAST_TRIES {
                error!(id = %taken.id, "a try of a call could not be recorded: it will be made again");
                return;
            }
            sleep(AGAIN).await;
        }
    }
}

/// Ids and kinds only: numbers stay in the database.
fn log(ready: &Ready, gateway: &str, outcome: &CallOutcome) {
    let Ready { call, number, .. } = ready;
    let (id, channel, place) = (call.id, call.channel.as_str(), number.number.place);
    metrics::counter!("shouwang_calls_total", "outcome" => outcome.as_str(), "channel" => channel).increment(1);
    match outcome {
        CallOutcome::HandedOver { .. } => {
            let waited = (clock::now() - call.created_at).to_std().unwrap_or_default();
            metrics::histogram!("shouwang_call_wait_seconds", "urgency" => call.urgency.as_str())
                .record(waited.as_secs_f64());
            info!(%id, channel, gateway, place, "called");
        }
        CallOutcome::Later { at, why } => warn!(%id, channel, gateway, place, why, %at, "not called: trying again"),
        CallOutcome::NextNumber { why } => warn!(%id, channel, gateway, place, why, "not called: the next number"),
        CallOutcome::Failed { why } => warn!(%id, channel, gateway, place, why, "not called: no number is left"),
    }
}
