//! Publishing with confirms. This type exists only after `confirm_select`, because without it every publish looks like a
//! success; and an unroutable message is acknowledged *and* returned, so success is exactly `Ack(None)`.

use lapin::{
    BasicProperties, Channel, Confirmation, Connection as Amqp,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};

use tokio::time::Instant;

use super::{ANSWER, BrokerError, Message, Topology, answered, answered_within};

/// A confirming channel.
pub struct Publisher {
    channel: Channel,
    topology: Topology,
}

impl Publisher {
    pub(super) async fn open(amqp: &Amqp, topology: Topology) -> Result<Self, BrokerError> {
        let channel = answered("open channel", amqp.create_channel()).await?;
        answered(
            "confirm.select",
            channel.confirm_select(ConfirmSelectOptions::default()),
        )
        .await?;
        Ok(Self { channel, topology })
    }

    /// Publishes all, then waits for all confirms. One result per message, in order; after an error the rest may be errors too.
    /// The broker has one time limit for all of them: a frozen one must not be waited for message by message.
    pub async fn publish(&self, messages: &[Message]) -> Vec<Result<(), BrokerError>> {
        let end = Instant::now() + ANSWER;
        let mut waiting = Vec::with_capacity(messages.len());
        for message in messages {
            waiting.push(within(end, "publish", self.send(message)).await);
        }
        let mut results = Vec::with_capacity(messages.len());
        for sent in waiting {
            results.push(match sent {
                Ok(confirm) => taken(within(end, "confirm", confirm).await),
                Err(e) => Err(e),
            });
        }
        results
    }

    async fn send(&self, message: &Message) -> lapin::Result<lapin::PublisherConfirm> {
        let properties = BasicProperties::default()
            .with_delivery_mode(2) // persistent
            .with_content_type("application/json".into())
            .with_message_id(message.body.report.to_string().into());
        let options = BasicPublishOptions {
            mandatory: true,
            ..Default::default()
        };
        let queue = self.topology.name(message.queue);
        self.channel
            .basic_publish("".into(), queue.into(), options, &message.body.to_bytes(), properties)
            .await
    }
}

async fn within<T>(
    end: Instant,
    what: &'static str,
    call: impl Future<Output = lapin::Result<T>>,
) -> Result<T, BrokerError> {
    answered_within(end.saturating_duration_since(Instant::now()), what, call).await
}

fn taken(confirmation: Result<Confirmation, BrokerError>) -> Result<(), BrokerError> {
    match confirmation? {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(BrokerError::NotTaken("no queue for it")),
        Confirmation::Nack(_) => Err(BrokerError::NotTaken("refused")),
        Confirmation::NotRequested => Err(BrokerError::NotTaken("the channel does not confirm")),
    }
}
