//! The consumer: every message ends in committed rows, then in an ack; nothing else.
//!
//! While the database is away a message is held, not given back: a give-back would count as a delivery and bring the message
//! nearer to its limit although nothing is wrong with it.

use platform::{
    broker::{BrokerError, Consumer, Dial, Queue, Received, Topology, redial},
    run::readiness::Part,
};
use tokio::{sync::watch, task::JoinSet, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{
    direct::Deaf,
    route::{Dispatcher, Ended},
};

/// Unacknowledged messages per queue: how many reports are decided at once.
const PREFETCH: u16 = 8;

/// Where messages come from.
pub(super) struct Broker {
    /// `amqp://…`
    pub(super) url: String,
    /// Our queues.
    pub(super) topology: Topology,
    /// What `/ready` says of the subscription.
    pub(super) part: Part,
    /// Tells [`super::direct`] when no message can come.
    pub(super) deaf: watch::Sender<Deaf>,
}

/// Runs until `stop`; fails only when RabbitMQ refuses our queues.
pub(super) async fn run(dispatcher: Dispatcher, broker: Broker, stop: &CancellationToken) -> anyhow::Result<()> {
    let dispatcher = &dispatcher;
    let Broker {
        url,
        topology,
        part,
        deaf,
    } = &broker;
    let dial = Dial {
        url,
        name: "shouwang router",
        topology,
    };
    redial(dial, part, stop, |connection| async move {
        let [urgent, normal, dead] = Queue::ALL.map(|queue| connection.consumer(queue, PREFETCH));
        let (urgent, normal, dead) = tokio::try_join!(urgent, normal, dead)?;
        part.ready();
        let _hears = Hears::begin(deaf);
        let [urgent, normal, dead] = [urgent, normal, dead].map(|consumer| drain(dispatcher, consumer, stop));
        tokio::select! {
            drained = async { tokio::try_join!(urgent, normal, dead).map(drop) } => drained,
            // A queue in which nothing comes looks like a broker that hangs; the watch tells them apart.
            never = connection.watch(part) => match never {},
        }
    })
    .await
}

/// While it lives, messages come.
struct Hears<'a>(&'a watch::Sender<Deaf>);

impl<'a> Hears<'a> {
    fn begin(deaf: &'a watch::Sender<Deaf>) -> Self {
        deaf.send_replace(None);
        Self(deaf)
    }
}

impl Drop for Hears<'_> {
    fn drop(&mut self) {
        self.0.send_replace(Some(Instant::now()));
    }
}

async fn drain(dispatcher: &Dispatcher, mut consumer: Consumer, stop: &CancellationToken) -> Result<(), BrokerError> {
    let mut under_way = JoinSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            received = consumer.next() => {
                let received = received?;
                let (dispatcher, stop) = (dispatcher.clone(), stop.clone());
                under_way.spawn(async move { acknowledge(&dispatcher, received, &stop).await });
            }
            Some(ended) = under_way.join_next() => ended.map_err(|_| BrokerError::Cancelled)??,
        }
    }
    while let Some(ended) = under_way.join_next().await {
        ended.map_err(|_| BrokerError::Cancelled)??;
    }
    Ok(())
}

/// Acks a message after the transaction that stored its decision has committed.
async fn acknowledge(dispatcher: &Dispatcher, received: Received, stop: &CancellationToken) -> Result<(), BrokerError> {
    match dispatcher.hold_until_committed(&received, stop).await {
        Ended::Committed => received.ack().await,
        Ended::Stopping => received.give_back().await,
    }
}
