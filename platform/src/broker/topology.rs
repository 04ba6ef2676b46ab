//! Queues and exchanges, with every argument spelt out: what is left to a default changes with the broker's version
//! (from 4.0 on a quorum queue without a dead-letter exchange drops a message after 20 deliveries).

use lapin::{
    Connection as Amqp, ConnectionProperties, ErrorKind, ExchangeKind,
    options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions, QueueDeleteOptions},
    protocol::{AMQPErrorKind, AMQPSoftError},
    types::{AMQPValue, FieldTable},
};

use super::{BrokerError, answered};

/// Deliveries before a message moves to [`Queue::Dead`], whose reader settles it in Postgres. Generous, because a crash of
/// the router charges every message it held.
const DELIVERY_LIMIT: i64 = 20;

/// The dead queue must never drop. Its reader counts attempts in Postgres and ends them with a triage ticket.
const DEAD_DELIVERY_LIMIT: i64 = 1_000_000;

/// The queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Present danger or a statutory situation.
    Urgent,
    /// Everything else.
    Normal,
    /// What was delivered too often.
    Dead,
}

impl Queue {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Urgent, Self::Normal, Self::Dead];

    /// The name without the installation's prefix.
    pub fn base_name(self) -> &'static str {
        match self {
            Self::Urgent => "reports.urgent",
            Self::Normal => "reports.normal",
            Self::Dead => "reports.dead",
        }
    }
}

/// The names of one installation.
#[derive(Clone, Debug, Default)]
pub struct Topology {
    prefix: String,
}

impl Topology {
    /// With a prefix before every name; empty where the virtual host is ours alone.
    pub fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
        }
    }

    /// A queue's full name.
    pub fn name(&self, queue: Queue) -> String {
        format!("{}{}", self.prefix, queue.base_name())
    }

    fn dead_exchange(&self) -> String {
        format!("{}reports.dlx", self.prefix)
    }

    pub(super) async fn declare(&self, amqp: &Amqp) -> Result<(), BrokerError> {
        let channel = answered("open channel", amqp.create_channel()).await?;
        let exchange = self.dead_exchange();
        let options = ExchangeDeclareOptions {
            durable: true,
            ..Default::default()
        };
        let declared = channel.exchange_declare(
            exchange.as_str().into(),
            ExchangeKind::Fanout,
            options,
            FieldTable::default(),
        );
        answered("declare exchange", declared)
            .await
            .map_err(|e| refusal(e, &exchange))?;
        for queue in [Queue::Dead, Queue::Urgent, Queue::Normal] {
            let name = self.name(queue);
            let options = QueueDeclareOptions {
                durable: true,
                ..Default::default()
            };
            let declared = channel.queue_declare(name.as_str().into(), options, self.arguments(queue));
            answered("declare queue", declared)
                .await
                .map_err(|e| refusal(e, &name))?;
        }
        let dead = self.name(Queue::Dead);
        let bound = channel.queue_bind(
            dead.as_str().into(),
            exchange.as_str().into(),
            "".into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        answered("bind queue", bound).await?;
        answered("close channel", channel.close(200, "declared".into())).await
    }

    /// Deletes the queues, of which the broker can't serve at least one any more; the next dial declares them anew. Nothing is
    /// lost with them: what was published and is not routed is published again, and routed past the broker meanwhile.
    pub async fn discard(&self, url: &str) -> Result<(), BrokerError> {
        let amqp = answered("connect", Amqp::connect(url, ConnectionProperties::default())).await?;
        let channel = answered("open channel", amqp.create_channel()).await?;
        for queue in Queue::ALL {
            let name = self.name(queue);
            let deleted = channel.queue_delete(name.as_str().into(), QueueDeleteOptions::default());
            answered("delete queue", deleted).await?;
        }
        answered("close", amqp.close(200, "bye".into())).await
    }

    fn arguments(&self, queue: Queue) -> FieldTable {
        let text = |s: &str| AMQPValue::LongString(s.into());
        let mut table = FieldTable::default();
        table.insert("x-queue-type".into(), text("quorum"));
        if queue == Queue::Dead {
            table.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DEAD_DELIVERY_LIMIT));
            return table;
        }
        table.insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERY_LIMIT));
        table.insert("x-dead-letter-exchange".into(), text(&self.dead_exchange()));
        // Dead-lettering is at-most-once unless both of these are set.
        table.insert("x-dead-letter-strategy".into(), text("at-least-once"));
        table.insert("x-overflow".into(), text("reject-publish"));
        table
    }
}

/// Tells a difference of arguments (406) from a passing fault.
fn refusal(error: BrokerError, name: &str) -> BrokerError {
    if let BrokerError::Amqp(e) = &error
        && let ErrorKind::ProtocolError(said) = e.kind()
        && matches!(said.kind(), AMQPErrorKind::Soft(AMQPSoftError::PRECONDITIONFAILED))
    {
        return BrokerError::Refused {
            name: name.to_owned(),
            said: said.to_string(),
        };
    }
    error
}

/// For tests only: how many messages wait in the queues of an installation. Where it has no queues none do.
#[doc(hidden)]
pub async fn messages_waiting(url: &str, topology: &Topology) -> Result<u32, BrokerError> {
    let amqp = answered("connect", Amqp::connect(url, ConnectionProperties::default())).await?;
    let options = QueueDeclareOptions {
        passive: true,
        ..Default::default()
    };
    let mut waiting = 0;
    for queue in Queue::ALL {
        // A queue that is not there closes the channel that asked for it.
        let channel = answered("open channel", amqp.create_channel()).await?;
        let name = topology.name(queue);
        let found = channel.queue_declare(name.as_str().into(), options, FieldTable::default());
        if let Ok(found) = answered("look at queue", found).await {
            waiting += found.message_count();
        }
    }
    // Closing also closes the channels that a missing queue has closed before, which lapin calls an error.
    _ = answered("close", amqp.close(200, "bye".into())).await;
    Ok(waiting)
}

/// For tests only: declares a queue as somebody else would, with none of our arguments.
#[doc(hidden)]
pub async fn declare_otherwise(url: &str, name: &str) -> Result<(), BrokerError> {
    let amqp = Amqp::connect(url, ConnectionProperties::default()).await?;
    let channel = amqp.create_channel().await?;
    let options = QueueDeclareOptions {
        durable: true,
        ..Default::default()
    };
    channel
        .queue_declare(name.into(), options, FieldTable::default())
        .await?;
    answered("close", amqp.close(200, "bye".into())).await
}
