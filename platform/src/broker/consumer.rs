//! Receiving: every message is acknowledged only by the hand that committed its rows.

use futures::StreamExt;
use lapin::{
    Connection as Amqp, ErrorKind,
    message::Delivery,
    options::{BasicAckOptions, BasicConsumeOptions, BasicNackOptions, BasicQosOptions},
    protocol::{AMQPErrorKind, AMQPHardError},
    types::{AMQPValue, FieldTable},
};

use super::{Body, BrokerError, SUBSCRIBE, answered, answered_within};

/// A subscription.
pub struct Consumer {
    queue: String,
    inner: lapin::Consumer,
    // Dropping the channel would end the subscription.
    _channel: lapin::Channel,
}

/// A message in hand.
pub struct Received {
    /// The queue it came from.
    pub queue: String,
    /// What it says, or why it can't be read.
    pub body: Result<Body, String>,
    /// The raw bytes, for parking.
    pub bytes: Vec<u8>,
    /// Someone may have crashed on it before.
    pub suspect: bool,
    delivery: Delivery,
}

impl Consumer {
    pub(super) async fn open(amqp: &Amqp, queue: String, prefetch: u16) -> Result<Self, BrokerError> {
        let channel = answered("open channel", amqp.create_channel()).await?;
        answered("qos", channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
        let consume = channel.basic_consume(
            queue.as_str().into(),
            "".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let inner = answered_within(SUBSCRIBE, "consume", consume)
            .await
            .map_err(|e| lost(e, &queue))?;
        Ok(Self {
            queue,
            inner,
            _channel: channel,
        })
    }

    /// The next message. An error means: dial again.
    pub async fn next(&mut self) -> Result<Received, BrokerError> {
        let delivery = self.inner.next().await.ok_or(BrokerError::Cancelled)??;
        Ok(Received {
            queue: self.queue.clone(),
            body: Body::parse(&delivery.data),
            bytes: delivery.data.clone(),
            suspect: delivery.redelivered || delivery_count(&delivery) > 0,
            delivery,
        })
    }
}

impl Received {
    /// Its rows are committed: forget it.
    pub async fn ack(self) -> Result<(), BrokerError> {
        answered("ack", self.delivery.ack(BasicAckOptions::default()))
            .await
            .map(drop)
    }

    /// Not now (the database is away): give it back.
    pub async fn give_back(self) -> Result<(), BrokerError> {
        answered(
            "nack",
            self.delivery.nack(BasicNackOptions {
                requeue: true,
                ..Default::default()
            }),
        )
        .await
        .map(drop)
    }
}

/// Tells a queue that the broker can't serve from a broker that is away. A lost leader shows as INTERNAL_ERROR or as silence.
fn lost(error: BrokerError, queue: &str) -> BrokerError {
    let is_lost = match &error {
        BrokerError::Timeout(_) => true,
        BrokerError::Amqp(said) => matches!(said.kind(), ErrorKind::ProtocolError(said)
            if matches!(said.kind(), AMQPErrorKind::Hard(AMQPHardError::INTERNALERROR))),
        _ => false,
    };
    if is_lost {
        BrokerError::Lost(queue.to_owned())
    } else {
        error
    }
}

/// Quorum queues count earlier deliveries in a header.
fn delivery_count(delivery: &Delivery) -> i64 {
    let headers = delivery.properties.headers().as_ref();
    match headers.and_then(|h| h.inner().get("x-delivery-count")) {
        Some(AMQPValue::LongLongInt(n)) => *n,
        Some(AMQPValue::LongInt(n)) => i64::from(*n),
        Some(AMQPValue::LongUInt(n)) => i64::from(*n),
        Some(AMQPValue::ShortInt(n)) => i64::from(*n),
        Some(AMQPValue::ShortShortInt(n)) => i64::from(*n),
        _ => 0,
    }
}
