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
pub use redial::redial;
pub use topology::{Queue, Topology, declare_otherwise};

use std::time::Duration;

use lapin::{Connection as Amqp, ConnectionProperties};
use tokio::time::timeout;

/// Longest wait for one answer of the broker.
const ANSWER: Duration = Duration::from_secs(10);

/// Longest wait for a subscription: a queue that has its leader answers at once.
const SUBSCRIBE: Duration = Duration::from_secs(4);

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
    /// The broker ended the subscription.
    #[error("RabbitMQ ended the subscription")]
    Cancelled,
}

impl BrokerError {
    /// Whether dialling again is pointless.
    pub fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
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
        let amqp = answered("connect", Amqp::connect(url, properties)).await?;
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

    /// Closes in an orderly way; errors no longer matter.
    pub async fn close(&self) {
        let _ = answered("close", self.amqp.close(200, "bye".into())).await;
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
