//! Publishing with confirms. This type exists only after `confirm_select`, because without it every publish looks like a
//! success; and an unroutable message is acknowledged *and* returned, so success is exactly `Ack(None)`.

use std::time::Duration;

use lapin::{
    BasicProperties, Channel, Confirmation, Connection as Amqp, ConnectionStatus,
    options::{BasicPublishOptions, ConfirmSelectOptions},
};

use tokio::time::{Instant, sleep};

use super::{ANSWER, BrokerError, Message, TRIAL, Topology, answered, answered_within};

/// How often an alarm is looked for while something waits for the broker.
const LOOK: Duration = Duration::from_millis(100);

/// A message to this name goes nowhere, and is confirmed all the same.
const NOWHERE: &str = "shouwang.trial";

/// A confirming channel.
pub struct Publisher {
    channel: Channel,
    connection: ConnectionStatus,
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
        Ok(Self {
            channel,
            connection: amqp.status().clone(),
            topology,
        })
    }

    /// Whether the broker takes messages just now, tried with one that goes nowhere: an alarm shows only to those who publish.
    pub async fn trial(&self) -> Result<(), BrokerError> {
        let end = Instant::now() + TRIAL;
        let sent = self.channel.basic_publish(
            "".into(),
            NOWHERE.into(),
            BasicPublishOptions::default(),
            b"",
            BasicProperties::default(),
        );
        let confirm = self.within(end, "a trial message", sent).await?;
        taken(self.within(end, "a trial message", confirm).await)
    }

    /// Waits until an alarm is over. `Err` when the connection ended meanwhile.
    pub async fn unblocked(&self) -> Result<(), BrokerError> {
        while self.connection.blocked() && self.connection.connected() {
            sleep(LOOK).await;
        }
        if self.connection.connected() {
            Ok(())
        } else {
            Err(BrokerError::Cancelled)
        }
    }

    /// Publishes all, then waits for all confirms. One result per message, in order; after an error the rest may be errors too.
    /// The broker has one time limit for all of them: a frozen one must not be waited for message by message.
    pub async fn publish(&self, messages: &[Message]) -> Vec<Result<(), BrokerError>> {
        let end = Instant::now() + ANSWER;
        let mut waiting = Vec::with_capacity(messages.len());
        for message in messages {
            waiting.push(self.within(end, "publish", self.send(message)).await);
        }
        let mut results = Vec::with_capacity(messages.len());
        for sent in waiting {
            results.push(match sent {
                Ok(confirm) => taken(self.within(end, "confirm", confirm).await),
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

    /// Waits for an answer, and no longer than the broker listens to us.
    async fn within<T>(
        &self,
        end: Instant,
        what: &'static str,
        call: impl Future<Output = lapin::Result<T>>,
    ) -> Result<T, BrokerError> {
        let answer = answered_within(end.saturating_duration_since(Instant::now()), what, call);
        let blocked = async {
            while !self.connection.blocked() {
                sleep(LOOK).await;
            }
        };
        tokio::select! {
            biased;
            answer = answer => answer,
            () = blocked => Err(BrokerError::Blocked),
        }
    }
}

fn taken(confirmation: Result<Confirmation, BrokerError>) -> Result<(), BrokerError> {
    match confirmation? {
        Confirmation::Ack(None) => Ok(()),
        Confirmation::Ack(Some(_)) => Err(BrokerError::NotTaken("no queue for it")),
        Confirmation::Nack(_) => Err(BrokerError::NotTaken("refused")),
        Confirmation::NotRequested => Err(BrokerError::NotTaken("the channel does not confirm")),
    }
}
