//! A provider of messages or voice calls, as a file of the operator describes it; and the robot of a group chat ([`Robot`]), which is
//! described alike and reaches nobody.

mod address;
pub(crate) mod built;
mod circuit;
mod describe;
mod fill;
mod form;
mod heartbeat;
pub(crate) mod http;
mod judge;
mod load;
mod outcome;
mod pace;
mod request;
mod robot;
mod sign;
mod state;
mod strict;
#[cfg(test)]
mod tests;
mod words;

use std::{
    path::Path,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use casework::words::Channel as Way;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

pub use self::{
    address::{Address, TryId},
    form::{Heard, Part},
    heartbeat::Heartbeat,
    load::Gateways,
    outcome::Outcome,
    robot::{Robot, Robots},
    words::Words,
};
use self::{
    built::Moment,
    circuit::Circuit,
    describe::{Description, Kind, Polled},
    fill::Known,
    http::Http,
    judge::plain,
    pace::Pace,
};
use crate::{clock, seal};

/// A provider that is ready to be asked.
pub struct Gateway {
    /// As described, with its secrets read.
    description: Description,
    known: Known,
    http: Http,
    pace: Pace,
    circuit: Mutex<Circuit>,
}

impl Gateway {
    fn new(description: Description, known: Known, http: Http) -> Self {
        let pace = Pace::new(description.per_second);
        Self {
            description,
            known,
            http,
            pace,
            circuit: Mutex::default(),
        }
    }

    /// Whether a call may be tried now: one that does not answer is asked one call at a time, at growing distances.
    pub fn allows(&self, now: DateTime<Utc>) -> bool {
        self.circuit(|circuit| circuit.allows(now))
    }

    /// Since when it does not answer, and its last words.
    pub fn away(&self) -> Option<(DateTime<Utc>, String)> {
        self.circuit(|circuit| circuit.away().map(|(since, why)| (since, why.to_owned())))
    }

    fn circuit<T>(&self, look: impl FnOnce(&mut Circuit) -> T) -> T {
        look(&mut self.circuit.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Learns from an answer, and says so where the provider is away or back.
    fn learn(&self, outcome: &Outcome) {
        let (before, after) = self.circuit(|circuit| {
            let before = circuit.away().is_some();
            match outcome {
                Outcome::Later(why) => circuit.failed(why, clock::now()),
                Outcome::HandedOver(_) | Outcome::Busy(_) | Outcome::Never(_) => circuit.answered(),
            }
            (before, circuit.away().is_some())
        });
        let gateway = self.description.name.as_str();
        if before != after {
            if after {
                tracing::error!(
                    gateway,
                    ?outcome,
                    "a gateway does not answer: calls go by the next channel"
                );
            } else {
                tracing::info!(gateway, "a gateway answers again");
            }
        }
        metrics::gauge!("shouwang_gateway_away", "gateway" => gateway.to_owned()).set(if after { 1.0 } else { 0.0 });
    }

    /// Its name, in the trail of a call and in metrics.
    pub fn name(&self) -> &str {
        &self.description.name
    }

    /// By message or by voice.
    pub fn way(&self) -> Way {
        self.description.channel
    }

    /// How often a day one number may be called or written to.
    pub fn per_number_per_day(&self) -> Option<i64> {
        self.description.per_number_per_day
    }

    /// How long a receipt is waited for; none: the provider gives none.
    pub fn receipt_within(&self) -> Option<Duration> {
        let receipt = self.description.receipt.as_ref()?;
        Some(Duration::from_secs(receipt.within_s))
    }

    /// Sends what a call says. `id` is the same with each repeat, so that the provider can know one.
    pub async fn say(&self, words: &Words, to: &Address, id: &str) -> Outcome {
        self.fill(&|name| words.parameter(name), to, id).await
    }

    /// The same with other words: `parameter` knows each that a call may say.
    pub async fn fill(&self, parameter: &(dyn Fn(&str) -> Option<String> + Sync), to: &Address, id: &str) -> Outcome {
        let known = |name: &str| match name {
            "id" => Some(id.to_owned()),
            _ => number(to, name).or_else(|| parameter(name)),
        };
        match (&self.description.kind, &self.description.send) {
            (Kind::File { dir }, _) => file(dir, &said(parameter), Some(to), id).await,
            (Kind::Http, Some(request)) => self.ask(request, &known).await,
            (Kind::Http, None) => Outcome::Never("nothing says how to send".into()),
        }
    }

    /// Sends a code to a telephone that somebody says is theirs.
    pub async fn send_code(&self, code: &str, to: &Address, id: &str) -> Outcome {
        let known = |name: &str| match name {
            "code" => Some(code.to_owned()),
            "id" => Some(id.to_owned()),
            _ => number(to, name),
        };
        match (&self.description.kind, &self.description.code) {
            (Kind::File { dir }, _) => file(dir, &format!("code={code}"), Some(to), id).await,
            (Kind::Http, Some(request)) => self.ask(request, &known).await,
            (Kind::Http, None) => Outcome::Never("no template for codes".into()),
        }
    }

    /// What a callback says; `None` for one that is not the provider's: its secret or signature is wrong.
    pub fn heard(&self, secret: &str, signature: impl Fn(&str) -> Option<String>, body: &[u8]) -> Option<Vec<Heard>> {
        let receipt = self.description.receipt.as_ref()?;
        let expected = receipt.path_secret.as_ref().and_then(|name| self.known.secret(name));
        if expected.is_some_and(|expected| !seal::same(expected.as_bytes(), secret.as_bytes())) {
            return None;
        }
        if let Some(signed) = &receipt.signature {
            let key = self.known.secret(&signed.secret)?;
            let given = signature(&signed.header)?;
            let ours = hex::encode(sign::hmac(key.as_bytes(), body));
            if !seal::same(ours.as_bytes(), given.trim().to_lowercase().as_bytes()) {
                return None;
            }
        }
        // Neither a secret nor a signature is no door: the description was refused at the start.
        expected
            .is_some()
            .then_some(())
            .or(receipt.signature.is_some().then_some(()))?;
        let value: Value = serde_json::from_slice(body).ok()?;
        Some(form::read(&receipt.forms, &value))
    }

    /// What the provider wants to hear of a callback that was taken.
    pub fn thanks(&self) -> String {
        self.description
            .receipt
            .as_ref()
            .map_or_else(String::new, |receipt| receipt.thanks.clone())
    }

    /// How often it is asked for receipts; none: it calls back.
    pub fn polled_every(&self) -> Option<Duration> {
        let shortest = self.description.poll.iter().map(|poll| poll.every_s).min()?;
        Some(Duration::from_secs(shortest.max(1)))
    }

    /// Asks for receipts: at once for all, or for each of `awaited` where the provider wants to be asked so.
    pub async fn poll(&self, awaited: &[(TryId, String)]) -> Vec<Heard> {
        let mut heard = Vec::new();
        for poll in &self.description.poll {
            if poll.each {
                for (id, provider) in awaited {
                    let known = |name: &str| match name {
                        "id" => Some(id.to_string()),
                        "provider_id" => Some(provider.clone()),
                        _ => None,
                    };
                    heard.extend(self.polled(poll, &known).await);
                }
            } else {
                heard.extend(self.polled(poll, &|_| None).await);
            }
        }
        heard
    }

    async fn polled(&self, poll: &Polled, known: &(dyn Fn(&str) -> Option<String> + Sync)) -> Vec<Heard> {
        let Ok(built) = request::build(&poll.request, &self.known.with(known), moment()) else {
            return Vec::new();
        };
        match self.http.ask(&built).await {
            Ok(answer) => {
                serde_json::from_str(&answer.body).map_or_else(|_| Vec::new(), |value| form::read(&poll.forms, &value))
            }
            Err(fault) => {
                tracing::debug!(
                    gateway = self.description.name,
                    phase = fault.phase,
                    "receipts can't be asked for"
                );
                Vec::new()
            }
        }
    }

    async fn ask(&self, request: &describe::Request, known: &(dyn Fn(&str) -> Option<String> + Sync)) -> Outcome {
        if !self.pace.turn().await {
            return Outcome::Busy("more than the provider takes in a second".into());
        }
        let built = match request::build(request, &self.known.with(known), moment()) {
            Ok(built) => built,
            Err(e) => return Outcome::Never(e.to_string()),
        };
        let outcome = match self.http.ask(&built).await {
            Ok(answer) => self.description.answer.judge(&answer),
            Err(fault) => Outcome::Later(plain(&fault.to_string())),
        };
        self.learn(&outcome);
        outcome
    }
}

/// The number in the forms that providers want.
fn number(to: &Address, name: &str) -> Option<String> {
    let Address::Phone(dialled) = to else { return None };
    let digits = dialled.number();
    match name {
        "number" => Some(digits.to_owned()),
        "number_abroad" if digits.starts_with('+') => Some(digits.to_owned()),
        "number_abroad" => Some(format!("+86{}", digits.strip_prefix('0').unwrap_or(digits))),
        _ => None,
    }
}

/// When a request is made, and a number that no other has.
fn moment() -> Moment {
    let at: DateTime<Utc> = clock::now();
    Moment {
        at,
        nonce: Uuid::new_v4().simple().to_string(),
    }
}

/// The words of a call, one a line.
fn said(parameter: &dyn Fn(&str) -> Option<String>) -> String {
    let names = ["office", "count", "urgency", "what", "tail"];
    let lines = names
        .into_iter()
        .filter_map(|name| Some(format!("{name}={}", parameter(name)?)));
    lines.collect::<Vec<_>>().join("\n")
}

/// One file a message, for a demo: what a person's telephone would show.
async fn file(dir: &Path, said: &str, to: Option<&Address>, id: &str) -> Outcome {
    let number = to.and_then(|to| number(to, "number")).unwrap_or_default();
    let path = dir.join(format!("{id}.txt"));
    match tokio::fs::write(&path, format!("to={number}\n{said}\n")).await {
        Ok(()) => Outcome::HandedOver(None),
        Err(e) => Outcome::Later(format!("the folder can't be written: {}", e.kind())),
    }
}
