//! Accepting a report: seal it, hand it to a writer, and answer only after its commit.
//!
//! The write runs in the writer's task; a handler that is dropped because the client hung up changes nothing about it.

use casework::report::{Child, Report};
use chrono::{DateTime, Utc};
use platform::{
    clock,
    receipt::{ReportId, new_follow_up_code},
    seal::{MasterKey, normalise},
    store::{BlindToken, KeyMacs, NewReport, SealedParts},
};
use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::{mpsc, oneshot};
use tracing::error;

use super::writer::{Job, Outcome};
use crate::parts;

/// How often a fresh id is tried when one is taken: once is already a matter of years.
const ID_TRIES: usize = 5;

/// Which door a report came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// The web form.
    Form,
    /// `POST /api/v1/reports`.
    Api,
}

/// A parsed report at the door.
#[derive(Clone, Debug)]
pub(crate) struct Submission {
    /// What was filed.
    pub(crate) report: Report,
    /// Verbatim key of the client.
    pub(crate) idempotency_key: Option<String>,
    /// Whose report and key it is. Only keyed hashes of it are stored: for a day to notice a flood, and for seven together
    /// with the key.
    pub(crate) client: String,
    /// Marked as a drill by the secret.
    pub(crate) drill: bool,
    /// Which door.
    pub(crate) channel: Channel,
}

/// The answer: now, or the first one again for a repeated key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Accepted {
    /// Receipt number.
    pub(crate) receipt: String,
    /// 16 digits, shown once.
    pub(crate) follow_up_code: String,
    /// When it was stored.
    pub(crate) received_at: DateTime<Utc>,
}

/// Why a report was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AcceptError {
    /// This client used the idempotency key for another report.
    #[error("the idempotency key was used for another report")]
    KeyReused,
    /// It is certain that nothing was stored.
    #[error("the report is not stored")]
    NotStored,
    /// The database was asked and did not confirm.
    #[error("it is not known whether the report is stored")]
    Unknown,
}

/// The door. Cloning is cheap.
#[derive(Clone)]
pub(crate) struct Intake {
    county: String,
    keys: MasterKey,
    jobs: mpsc::Sender<Job>,
}

impl Intake {
    /// In front of the writers that read `jobs`.
    pub(crate) fn new(county: &str, keys: MasterKey, jobs: mpsc::Sender<Job>) -> Self {
        Self {
            county: county.to_owned(),
            keys,
            jobs,
        }
    }

    /// Stores a report and gives its receipt; returns only after the commit.
    pub(crate) async fn accept(&self, submission: Submission) -> Result<Accepted, AcceptError> {
        for _ in 0..ID_TRIES {
            let (report, answer) = self.seal(&submission);
            let (done, outcome) = oneshot::channel();
            self.jobs
                .send(Job { report, done })
                .await
                .map_err(|_| AcceptError::NotStored)?;
            return match outcome.await.unwrap_or(Outcome::Unknown) {
                Outcome::Stored => Ok(answer),
                Outcome::Before { report_id, answer } => self.first_answer(report_id, &answer),
                Outcome::KeyUsed => Err(AcceptError::KeyReused),
                Outcome::IdTaken => continue,
                Outcome::NotStored => Err(AcceptError::NotStored),
                Outcome::Unknown => Err(AcceptError::Unknown),
            };
        }
        Err(AcceptError::NotStored)
    }

    fn first_answer(&self, report_id: ReportId, sealed: &[u8]) -> Result<Accepted, AcceptError> {
        let opened = self.keys.open_answer(report_id, sealed).map_err(|e| e.to_string());
        opened
            .and_then(|plain| serde_json::from_slice(&plain).map_err(|e| e.to_string()))
            .map_err(|why| {
                error!(why, "a kept answer can't be opened");
                AcceptError::Unknown
            })
    }

    /// Seals everything that a person typed and draws the ids. Pure but for clock and randomness.
    fn seal(&self, submission: &Submission) -> (NewReport, Accepted) {
        let report = &submission.report;
        let rng = &mut rand::rng();
        let received_at = clock::now();
        let id = ReportId::new(received_at, rng);
        let answer = Accepted {
            receipt: id.to_string(),
            follow_up_code: new_follow_up_code(rng),
            received_at,
        };
        let (key, data_key) = self.keys.new_data_key(id, rng);
        let parts = parts::seal(&self.keys, &key, id, report, rng);
        let facts = report.facts(received_at);
        let key_macs = submission
            .idempotency_key
            .as_ref()
            .map(|k| self.key_macs(k, submission));
        let mut salt = vec![0; 16];
        rng.fill_bytes(&mut salt);
        let new = NewReport {
            id,
            received_at,
            channel: match submission.channel {
                Channel::Form => "form",
                Channel::Api => "api",
            },
            drill: submission.drill,
            follow_up_mac: self.keys.follow_up_mac(id, &answer.follow_up_code),
            leaf: leaf(&salt, id, received_at, &data_key, &parts),
            salt,
            data_key,
            parts,
            urgent: facts.is_urgent(),
            facts: serde_json::to_string(&facts).unwrap_or_default(),
            answer: key_macs
                .as_ref()
                .map(|_| self.keys.seal_answer(id, &json(&answer), rng))
                .unwrap_or_default(),
            key: key_macs,
            tokens: self.tokens(&report.children),
            source: self.keys.source_mac(&self.county, &submission.client),
            township: report
                .area
                .as_deref()
                .and_then(|area| area.get(..9))
                .unwrap_or_default()
                .to_owned(),
        };
        (new, answer)
    }

    /// The drill mark is part of the body: a drill with a real report's key and words must not be taken for that report.
    fn key_macs(&self, key: &str, submission: &Submission) -> KeyMacs {
        let mut body = vec![u8::from(submission.drill)];
        body.extend(json(&submission.report));
        let mac = |purpose: &str, with: &[u8]| self.keys.idempotency_mac(&self.county, purpose, key, with);
        KeyMacs {
            report: mac("report", &body),
            client: mac("client", submission.client.as_bytes()),
        }
    }

    fn tokens(&self, children: &[Child]) -> Vec<BlindToken> {
        let mut tokens = Vec::new();
        for (child, place) in children.iter().zip(0..) {
            if let (Some(name), Some(birth)) = (&child.name, child.birth_date) {
                let token = self
                    .keys
                    .blind_token(&self.county, "name-birth", &[&normalise(name), &birth.to_string()]);
                tokens.push(BlindToken {
                    child: place,
                    kind: "name-birth",
                    token,
                });
            }
            if let Some(number) = &child.id_number {
                let token = self.keys.blind_token(&self.county, "id-number", &[&normalise(number)]);
                tokens.push(BlindToken {
                    child: place,
                    kind: "id-number",
                    token,
                });
            }
        }
        tokens
    }
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // These are plain structures of our own; serialising them can't fail, and an empty text would fail to open.
    serde_json::to_vec(value).unwrap_or_default()
}

/// Audit leaf: salted hash over ciphertext and metadata. It proves later that a report was not altered, and says nothing else.
fn leaf(salt: &[u8], id: ReportId, at: DateTime<Utc>, data_key: &[u8], parts: &SealedParts) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(b"shouwang report-received v2");
    hash.update(salt);
    hash.update(id.get().to_be_bytes());
    hash.update(at.timestamp_micros().to_be_bytes());
    for part in std::iter::once(data_key).chain(parts.each()) {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().to_vec()
}
