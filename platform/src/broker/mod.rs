//! RabbitMQ: two quorum queues of report ids, and a third for what was delivered too often.
//!
//! The broker is a doorbell, not a store: messages carry an id, the county and a version, and the whole broker may be wiped
//! at any time. The library's own recovery is not used; whoever holds a [`Connection`] drops it on any error and dials again
//! (see [`redial`]), which declares the topology anew. Publishing and consuming use separate connections, since a broker
//! that runs out of memory blocks publishers and must not stop the router from draining queues.

mod consumer;
mod message;
mod publisher;
mod redial;
mod topology;

pub use consumer::{Consumer, Received};
pub use message::{Body, Message};
pub use publisher::Publisher;
pub use redial::{Dial, redial};
pub use topology::{Queue, Topology, declare_otherwise, messages_waiting};

use std::time::Duration;

use lapin::{Connection as Amqp, ConnectionProperties, ErrorKind, options::BasicQosOptions};
use tokio::time::{sleep, timeout};

use crate::run::readiness::Part;

/// Longest wait for one answer of the broker.
const ANSWER: Duration = Duration::from_secs(10);

/// Longest wait for a subscription: a queue that has its leader answers at once.
const SUBSCRIBE: Duration = Duration::from_secs(4);

/// A broker that is well answers a trial question at once; asked so often, it counts as hanging after so long.
const TRIAL_EVERY: Duration = Duration::from_secs(2);
const TRIAL: Duration = Duration::from_secs(3);

/// Seconds between two signs of life on the wire. Of a broker that stopped giving them the connection ends after twice this,
/// which frees whoever waits for a message on it.
const HEARTBEAT_S: u32 = 5;

/// What can go wrong with the broker.
#[derive(Debug, thiserror::Error)]
pub enum BrokerError {
    /// A queue or exchange exists with other arguments. Dialling again can't help: a human must look.
    #[error(
        "RabbitMQ refuses our declaration of {name}: it exists with other arguments. \
         See \"When RabbitMQ refuses\" in docs/operations.md. RabbitMQ says: {said}"
    )]
    Refused {
        /// The queue or exchange.
        name: String,
        /// The broker's words.
        said: String,
    },
    /// No answer in time.
    #[error("RabbitMQ did not answer {0} in time")]
    Timeout(&'static str),
    /// Anything else: dial again.
    #[error("RabbitMQ")]
    Amqp(#[from] lapin::Error),
    /// The message came back or was not confirmed.
    #[error("RabbitMQ did not take the message: {0}")]
    NotTaken(&'static str),
    /// The broker is there and fails on this queue: it may have lost the queue's leader. See [`redial`].
    #[error("RabbitMQ can't serve the queue {0}")]
    Lost(String),
    /// The broker answers and takes no messages: it ran short of disk or memory.
    #[error("RabbitMQ takes no messages: it raised an alarm")]
    Blocked,
    /// The broker ended the subscription.
    #[error("RabbitMQ ended the subscription")]
    Cancelled,
}

impl BrokerError {
    /// Whether dialling again is pointless.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// Whether the connection itself is well, and waiting on it will do.
    pub fn is_alarm(&self) -> bool {
        matches!(self, Self::Blocked)
    }

    /// What is wrong and what to do, for `/ready`.
    pub fn advice(&self) -> String {
        match self {
            Self::Refused { .. } => self.to_string(),
            Self::Timeout(what) => format!("RabbitMQ does not answer ({what}): it hangs; restart it"),
            Self::Blocked => {
                "RabbitMQ takes no messages: it raised an alarm because disk or memory run short; make room on its machine".into()
            }
            Self::NotTaken(why) => format!("RabbitMQ did not take a message ({why}): look at its log"),
            Self::Lost(queue) => format!("RabbitMQ can't serve the queue {queue}: look at its log and its disk"),
            Self::Cancelled => "RabbitMQ ended our subscription: look at its log".into(),
            Self::Amqp(e) => match e.kind() {
                ErrorKind::IOError(_) => "RabbitMQ can't be reached: start it, or look at its log".into(),
                ErrorKind::ProtocolError(_) => {
                    "RabbitMQ refuses us: look at its log, and at the user and virtual host in AMQP_URL".into()
                }
                _ => "RabbitMQ lost the connection to us: look at its log".into(),
            },
        }
    }
}

/// A connection with the topology declared.
pub struct Connection {
    amqp: Amqp,
    topology: Topology,
}

impl Connection {
    /// Dials and declares everything. `name` shows in RabbitMQ's list of connections.
    pub async fn dial(url: &str, name: &str, topology: Topology) -> Result<Self, BrokerError> {
        let properties = ConnectionProperties::default().with_connection_name(name.into());
        let amqp = answered("connect", Amqp::connect(&with_heartbeat(url), properties)).await?;
        topology.declare(&amqp).await?;
        Ok(Self { amqp, topology })
    }

    /// A channel that confirms what it publishes.
    pub async fn publisher(&self) -> Result<Publisher, BrokerError> {
        Publisher::open(&self.amqp, self.topology.clone()).await
    }

    /// A subscription to one queue that holds at most `prefetch` unacknowledged messages.
    pub async fn consumer(&self, queue: Queue, prefetch: u16) -> Result<Consumer, BrokerError> {
        Consumer::open(&self.amqp, self.topology.name(queue), prefetch).await
    }

    /// Asks every few seconds whether the broker still answers, and says so in `/ready`. Never ends.
    pub async fn watch(&self, part: &Part) -> std::convert::Infallible {
        loop {
            match self.trial().await {
                Ok(()) => part.ready(),
                Err(e) => part.not_ready(e.advice()),
            }
            sleep(TRIAL_EVERY).await;
        }
    }

    /// One question that changes nothing, on a channel of its own.
    async fn trial(&self) -> Result<(), BrokerError> {
        let asked = async {
            let channel = self.amqp.create_channel().await?;
            channel.basic_qos(1, BasicQosOptions::default()).await?;
            channel.close(200, "asked".into()).await
        };
        answered_within(TRIAL, "a trial question", asked).await
    }

    /// Closes in an orderly way; errors no longer matter.
    pub async fn close(&self) {
        let _ = answered("close", self.amqp.close(200, "bye".into())).await;
    }
}

fn with_heartbeat(url: &str) -> String {
    let joint = if url.contains('?') { '&' } else { '?' };
    if url.contains("heartbeat=") {
        url.to_owned()
    } else {
        format!("{url}{joint}heartbeat={HEARTBEAT_S}")
    }
}

/// Bounds a wait for the broker.
async fn answered<T>(what: &'static str, call: impl Future<Output = lapin::Result<T>>) -> Result<T, BrokerError> {
    answered_within(ANSWER, what, call).await
}

async fn answered_within<T>(
    limit: Duration,
    what: &'static str,
    call: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    match timeout(limit, call).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(BrokerError::Timeout(what)),
    }
}
