//! `router serve`: configuration, connections, parts, in this order.

mod batch;
mod calendar;
mod callbacks;
mod clock;
mod consume;
mod direct;
mod drills;
mod duty;
mod ringing;
mod route;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use platform::{
    broker::Topology,
    gateway::Gateways,
    pack::watch::PackWatch,
    run::{config::Config, database_watch, lifecycle::Parts, listener, probes, readiness::Readiness, telemetry},
    store::{Router, Service, Store},
    watchdog::Watchdog,
};
use tokio::{
    sync::{Notify, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

const DEFAULT_PRIVATE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9102);
const GAUGES: Duration = Duration::from_secs(5);
const HOUSEKEEPING: Duration = Duration::from_secs(6 * 3600);

/// Runs until a signal or until a part dies.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let config = Config::load()?;
    let _logs = telemetry::start_logs(&config.log)?;
    // The pool, the question of whether the database is fit, and RabbitMQ's two connections.
    listener::check_descriptors(config.database.connections as usize + 3, 0)?;
    let metrics = telemetry::start_metrics()?;
    let store = config
        .store::<Router>("router", config.database.connections)?
        .grouping(config.intake.group_above);
    let amqp_url = config.amqp_url()?;
    let gateways = Gateways::configured(&config.gateways)?;

    let readiness = Readiness::default();
    let mut parts = Parts::new();
    let stop = parts.stop();
    let url = config.database_url::<Router>()?;
    let watch = database_watch::run(url, "router", readiness.part("PostgreSQL"), stop.clone());
    parts.spawn("database watch", watch);
    parts.spawn("housekeeping", housekeeping(store.clone(), stop.clone()));

    // Woken by the consumer when new stages exist, by consumer, clock and ringing when new notices or calls do, and by the clock
    // after each of its turns.
    let (stages, notices, bells) = (
        Arc::new(Notify::new()),
        Arc::new(Notify::new()),
        Arc::new(Notify::new()),
    );
    parts.spawn(
        "clock",
        clock::run(
            store.clone(),
            stages.clone(),
            (notices.clone(), bells.clone()),
            readiness.part("clock"),
            stop.clone(),
        ),
    );
    parts.spawn("gauges", gauges(store.clone(), config.county.clone(), stop.clone()));
    let callbacks = callbacks::run(store.clone(), config.county.clone(), notices.clone(), stop.clone());
    parts.spawn("call-backs", callbacks);
    parts.spawn("wake", wake(store.clone(), notices.clone(), stop.clone()));

    let (pack_part, broker_part) = (readiness.part("pack"), readiness.part("consumer"));
    let ringing_part = readiness.part("ringing");
    let proof: (Service, &[&str]) = (Service::Router, &["clock", "ringing"]);
    let watchdog = Watchdog::new(&config, store.clone(), gateways, proof, &readiness)?;
    parts.spawn("watchdog", watchdog.run(stop.clone()));
    // Once every part is registered: `/ready` says yes when none is missing.
    let private_addr = config.listen.private.unwrap_or(DEFAULT_PRIVATE);
    parts.spawn(
        "private listener",
        probes::serve(private_addr, readiness, metrics, stop.clone()),
    );
    parts.spawn("consumer", async move {
        let started = PackWatch::start(store.clone(), config.county.clone(), pack_part, stop.clone()).await;
        let Some((pack, fresh)) = started else { return Ok(()) };
        let wakes = calendar::Wakes {
            stages: stages.clone(),
            bells: bells.clone(),
            notices: notices.clone(),
        };
        let calendar = calendar::run(store.clone(), pack.clone(), wakes, stop.clone());
        let ringing = ringing::Ringing {
            store: store.clone(),
            pack: pack.clone(),
            bells,
            calls: notices.clone(),
            part: ringing_part,
        };
        let ringing = ringing.run(stop.clone());
        let duty = duty::run(store.clone(), pack.clone(), notices.clone(), stop.clone());
        let drills = drills::run(store.clone(), pack.clone(), notices.clone(), stop.clone());
        let dispatcher = route::Dispatcher::new(store, config.county, pack, stages, notices);
        let (deaf, hears) = watch::channel(Some(Instant::now()));
        let direct = direct::run(dispatcher.clone(), hears, stop.clone());
        let broker = consume::Broker {
            url: amqp_url,
            topology: Topology::new(&config.broker.prefix),
            part: broker_part,
            deaf,
        };
        tokio::try_join!(
            consume::run(dispatcher, broker, &stop),
            direct,
            fresh,
            ringing,
            duty,
            drills,
            calendar
        )
        .map(drop)
    });
    parts.run().await
}

/// A flood rings: somebody of the office should look whether it is one.
async fn gauges(store: Store<Router>, county: String, stop: CancellationToken) -> anyhow::Result<()> {
    while stop.run_until_cancelled(tokio::time::sleep(GAUGES)).await.is_some() {
        if let Ok(open) = store.floods_open(&county, platform::clock::now()).await {
            metrics::gauge!("shouwang_floods_open").set(open as f64);
        }
    }
    Ok(())
}

/// Tells the notifiers that there is work. Outside every transaction, since NOTIFY takes a global lock at commit; losing one
/// costs a fraction of a second, because notifiers look around by themselves.
async fn wake(store: Store<Router>, notices: Arc<Notify>, stop: CancellationToken) -> anyhow::Result<()> {
    while stop.run_until_cancelled(notices.notified()).await.is_some() {
        if let Err(e) = store.notices_wake().await {
            tracing::debug!(error = telemetry::chain(&e), "notifiers were not woken");
        }
    }
    Ok(())
}

async fn housekeeping(store: Store<Router>, stop: CancellationToken) -> anyhow::Result<()> {
    loop {
        if let Err(e) = store.partitions_ensure(platform::clock::now()).await {
            tracing::warn!(error = telemetry::chain(&e), "next month's partitions were not made");
        }
        if stop
            .run_until_cancelled(tokio::time::sleep(HOUSEKEEPING))
            .await
            .is_none()
        {
            return Ok(());
        }
    }
}
