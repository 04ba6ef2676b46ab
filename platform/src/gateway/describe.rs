//! The description of a provider, as the operator writes it (TOML). `deploy/gateways/` holds ready ones.

use std::{collections::BTreeMap, path::PathBuf};

use casework::words::Channel;
use chrono::NaiveDate;
use serde::{Deserialize, Deserializer};

use super::{form::Form, judge::Judge, sign::Signing};

/// A file of descriptions.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// In the order in which they are tried for a channel.
    #[serde(default)]
    pub(super) gateway: Vec<Description>,
    /// Robots of group chats.
    #[serde(default)]
    pub(super) robot: Vec<RobotDescription>,
}

/// The robot of one group chat.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RobotDescription {
    /// In metrics and on pages: small letters, digits and hyphens.
    pub(super) name: String,
    /// Of which unit's group, by its code; unset: the office's.
    pub(super) unit: Option<String>,
    /// How it is reached.
    #[serde(default)]
    pub(super) kind: Kind,
    /// What no log and no file of descriptions may hold.
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, Secret>,
    /// Words for its text.
    #[serde(default)]
    pub(super) values: BTreeMap<String, String>,
    /// The request that sends.
    pub(super) send: Option<Request>,
    /// What an answer means.
    #[serde(default)]
    pub(super) answer: Judge,
}

/// One provider and one channel.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Description {
    /// In paths, metrics and the trail: small letters, digits and hyphens.
    pub(super) name: String,
    /// `sms` or `voice`.
    #[serde(deserialize_with = "channel")]
    pub(super) channel: Channel,
    /// How it is reached.
    #[serde(default)]
    pub(super) kind: Kind,
    /// Price of one message or call, in yuan.
    pub(super) price_yuan: Option<f64>,
    /// What was bought.
    pub(super) quota: Option<Bought>,
    /// How many the provider takes in a second.
    pub(super) per_second: Option<u32>,
    /// How many it sends to one number within a day.
    pub(super) per_number_per_day: Option<i64>,
    /// What no log and no file of descriptions may hold.
    #[serde(default)]
    pub(super) secrets: BTreeMap<String, Secret>,
    /// Registered names: signature, template ids, the office's short name.
    #[serde(default)]
    pub(super) values: BTreeMap<String, String>,
    /// The request that sends.
    pub(super) send: Option<Request>,
    /// The request that sends a code by which a person shows that a telephone is theirs.
    pub(super) code: Option<Request>,
    /// What an answer means.
    #[serde(default)]
    pub(super) answer: Judge,
    /// What comes back later.
    pub(super) receipt: Option<Receipts>,
    /// Where it is asked for.
    #[serde(default)]
    pub(super) poll: Vec<Polled>,
}

/// What was bought of a provider.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bought {
    /// How many messages or calls.
    pub(super) count: i64,
    /// Since the start of this day (`2026-11-24`); unset: so many in each calendar month.
    pub(super) from: Option<NaiveDate>,
    /// With so many left the office is warned, whatever the pace; unset: a tenth.
    pub(super) warn_below: Option<i64>,
}

/// How a provider is reached.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "is", deny_unknown_fields)]
pub(super) enum Kind {
    /// By HTTP.
    #[default]
    Http,
    /// Not at all: one file a message in a folder, for a demo.
    File {
        /// The folder.
        dir: PathBuf,
    },
}

/// Where a secret stands.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) enum Secret {
    /// In the environment.
    Env(String),
    /// In a file that nobody else reads.
    File(PathBuf),
}

/// A request. Every text may hold `{name}`: a parameter of the call, a value, a secret.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Request {
    /// `https://…`; `http://` on this machine only.
    pub(super) url: String,
    /// `POST` where nothing is said.
    #[serde(default = "post")]
    pub(super) method: String,
    /// How it is signed.
    #[serde(default)]
    pub(super) sign: Signing,
    /// Fields of the head.
    #[serde(default)]
    pub(super) headers: BTreeMap<String, String>,
    /// Parameters of the address. A table or a list becomes one text of JSON.
    #[serde(default)]
    pub(super) query: BTreeMap<String, toml::Value>,
    /// The body as a form.
    pub(super) form: Option<BTreeMap<String, toml::Value>>,
    /// The body as JSON.
    pub(super) json: Option<toml::Value>,
}

/// Receipts, digits and replies that the provider brings.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Receipts {
    /// Without a receipt in so many seconds a number counts as failed.
    pub(super) within_s: u64,
    /// The secret that stands at the end of the callback's address.
    pub(super) path_secret: Option<String>,
    /// Or a signature over its body: hexadecimal HMAC-SHA256.
    pub(super) signature: Option<Signature>,
    /// What the provider wants to hear.
    #[serde(default)]
    pub(super) thanks: String,
    /// What is read of it.
    #[serde(default)]
    pub(super) forms: Vec<Form>,
}

/// A signed callback.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signature {
    /// Where it stands.
    pub(super) header: String,
    /// Which secret signs.
    pub(super) secret: String,
}

/// A question for receipts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Polled {
    /// How often.
    pub(super) every_s: u64,
    /// Once for each try (`{id}`, `{provider_id}`); else once for all.
    #[serde(default)]
    pub(super) each: bool,
    /// The question.
    pub(super) request: Request,
    /// What is read of the answer.
    pub(super) forms: Vec<Form>,
}

fn post() -> String {
    "POST".to_owned()
}

fn channel<'de, D: Deserializer<'de>>(from: D) -> Result<Channel, D::Error> {
    let text = String::deserialize(from)?;
    match text.parse() {
        Ok(channel @ (Channel::Sms | Channel::Voice)) => Ok(channel),
        _ => Err(serde::de::Error::custom("a channel is sms or voice")),
    }
}
