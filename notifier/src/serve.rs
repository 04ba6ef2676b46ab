//! `notifier serve`: configuration, connections, parts, in this order.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use chrono::TimeDelta;
use platform::{
    clock,
    gateway::{Gateways, Robots},
    pack::watch::PackWatch,
    run::{
        config::Config,
        database_watch,
        lifecycle::Parts,
        listener, probes,
        readiness::Readiness,
        telemetry::{self, chain},
    },
    seal::ContactKey,
    store::{Notifier, Service, Store, StoreError},
    watchdog::Watchdog,
    webhook,
};
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::{
    bounces::{self, ImapUrl},
    caller::{self, Caller},
    channel::{ByMail, Channel},
    fitting, gateways,
    mailer::{MailUrl, Mailer, Sender as MailFrom, Smtp, Spool, Timeouts},
    poster::{self, Poster},
    receipts::{self, Receiver},
    sender::{Health, Sender, Settings},
};

const DEFAULT_PRIVATE: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 9103);
const GAUGES: Duration = Duration::from_secs(5);
/// Pause before listening for the bell again; polling covers the gap.
const RELISTEN: Duration = Duration::from_secs(2);

/// Runs until a signal or until a part dies.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let config = Config::load()?;
    let _logs = telemetry::start_logs(&config.log)?;
    let url = config
        .mail
        .smtp_url
        .as_deref()
        .context("mail.smtp_url (SMTP_URL) is not set")?;
    let from = MailFrom::parse(&config.mail.from)?.returning_to(config.mail.return_path.as_deref())?;
    let url = MailUrl::parse(url, config.mail.allow_plain_login)?;
    match url {
        MailUrl::Smtp(server) => run(config, Smtp::new(server, from, Timeouts::default())).await,
        MailUrl::Spool(dir) => run(config, Spool::new(dir, from)).await,
    }
}

async fn run(config: Config, mailer: impl Mailer) -> anyhow::Result<()> {
    let bounces = config
        .mail
        .bounces_imap_url
        .as_deref()
        .map(ImapUrl::parse)
        .transpose()?;
    let gateways = Gateways::configured(&config.gateways)?;
    let robots = Robots::configured(&config.gateways)?;
    let sender = webhook::Sender::new(config.webhook_networks()?)?;
    // The pool, the mails, calls and posts under way, and the mailbox of returned mails.
    let under_way = config.mail.concurrency + caller::PLACES + poster::PLACES;
    listener::check_descriptors(config.database.connections as usize + under_way + 2, 0)?;
    let metrics = telemetry::start_metrics()?;
    let store = config.store::<Notifier>("notifier", config.database.connections)?;
    let mailer = Arc::new(mailer);

    let readiness = Readiness::default();
    let mut parts = Parts::new();
    let stop = parts.stop();
    let [wake, call_wake, post_wake] = [(); 3].map(|()| Arc::new(Notify::new()));
    let health = Health::new(readiness.part("mail"));
    let (pack_part, sender_part) = (readiness.part("pack"), readiness.part("sender"));
    let (caller_part, poster_part) = (readiness.part("caller"), readiness.part("poster"));
    let gateways_part = readiness.part("gateways");
    let receiver = Receiver {
        store: store.clone(),
        county: config.county.clone(),
        contacts: ContactKey::load(&config.seal)?,
        wake: call_wake.clone(),
    };

    let proof: (Service, &[&str]) = (Service::Notifier, &["sender", "caller"]);
    let watchdog = Watchdog::new(&config, store.clone(), gateways.clone(), proof, &readiness)?;
    parts.spawn("watchdog", watchdog.run(stop.clone()));
    let url = config.database_url::<Notifier>()?;
    let watch = database_watch::run(url, "notifier", readiness.part("PostgreSQL"), stop.clone());
    parts.spawn("database watch", watch);
    let private_addr = config.listen.private.unwrap_or(DEFAULT_PRIVATE);
    parts.spawn(
        "private listener",
        probes::serve(private_addr, readiness, metrics, stop.clone()),
    );
    let watch = health
        .clone()
        .watch(mailer.clone(), store.clone(), config.county.clone(), stop.clone());
    parts.spawn("mail server", watch);
    if let Some(url) = bounces {
        let watch = bounces::watch(store.clone(), config.county.clone(), url, stop.clone());
        parts.spawn("returned mails", watch);
    }
    let watch = receipts::watch(receiver.clone(), gateways.clone(), stop.clone());
    parts.spawn("receipts", watch);
    match config.gateways.listen {
        Some(addr) => {
            let door = receipts::door::serve(addr, receiver.clone(), gateways.clone(), stop.clone());
            parts.spawn("gateways' listener", door);
        }
        None if gateways.called_back() => {
            tracing::warn!(
                "gateways.listen (SHOUWANG_GATEWAY_LISTEN) is not set: no provider can bring a receipt or a reply"
            );
        }
        None => {}
    }
    parts.spawn(
        "gauges",
        gauges(store.clone(), config.county.clone(), gateways.clone(), stop.clone()),
    );
    let watch = gateways::watch(
        (store.clone(), config.county.clone()),
        gateways.clone(),
        gateways_part,
        stop.clone(),
    );
    parts.spawn("gateways", watch);
    parts.spawn(
        "bell",
        bell(
            store.clone(),
            [wake.clone(), call_wake.clone(), post_wake.clone()],
            stop.clone(),
        ),
    );
    parts.spawn("sender", async move {
        let started = PackWatch::start(store.clone(), config.county.clone(), pack_part, stop.clone()).await;
        let Some((pack, fresh)) = started else {
            return Ok(());
        };
        fitting::check(&store, &config.county, &receiver.contacts, &stop).await?;
        let mail: Arc<dyn Channel> = Arc::new(ByMail::new(
            mailer.clone(),
            config.listen.internal_url.clone(),
            receiver.contacts.clone(),
        ));
        let poster = Poster {
            store: store.clone(),
            county: config.county.clone(),
            contacts: receiver.contacts.clone(),
            pack: pack.clone(),
            robots,
            sender,
            internal_url: config.listen.internal_url.clone(),
            wake: post_wake,
        };
        let caller = Caller {
            store: store.clone(),
            county: config.county.clone(),
            contacts: receiver.contacts,
            pack: pack.clone(),
            gateways,
            mail,
            drills: config.mail.drill,
            wake: call_wake,
        };
        let settings = Settings {
            county: config.county,
            internal_url: config.listen.internal_url,
            drills: config.mail.drill,
            concurrency: config.mail.concurrency,
        };
        let notices = Sender::new(store, mailer, pack, settings, health);
        let calls = caller.run(caller_part, stop.clone());
        let posts = poster.run(poster_part, stop.clone());
        tokio::try_join!(notices.run(wake, sender_part, stop), calls, posts, fresh).map(drop)
    });
    parts.run().await
}

/// Depth of the queues, for alarms: a failed notice needs a human, an old one means that nothing is sent.
async fn gauges(
    store: Store<Notifier>,
    county: String,
    gateways: Gateways,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    loop {
        if let Err(e) = call_gauges(&store, &county, &gateways).await {
            debug!(error = chain(&e), "the depth of the queue of calls is unknown");
        }
        match store.notice_depth(&county, clock::now()).await {
            Ok(depth) => {
                #[expect(clippy::cast_precision_loss, reason = "counts of notices stay far below 2^52")]
                for (state, n) in [("queued", depth.queued), ("failed", depth.failed)] {
                    metrics::gauge!("shouwang_notices_depth", "state" => state).set(n as f64);
                }
                metrics::gauge!("shouwang_notices_oldest_seconds").set(depth.oldest_s);
            }
            Err(e) => debug!(error = chain(&e), "the depth of the notice queue is unknown"),
        }
        if stop.run_until_cancelled(sleep(GAUGES)).await.is_none() {
            return Ok(());
        }
    }
}

/// What waits to be called, and what the providers' bill of the last 30 days comes to: what a month costs at this pace.
async fn call_gauges(store: &Store<Notifier>, county: &str, gateways: &Gateways) -> Result<(), StoreError> {
    let now = clock::now();
    let depth = store.call_depth(county, now).await?;
    metrics::gauge!("shouwang_calls_depth", "state" => "queued").set(depth.queued as f64);
    metrics::gauge!("shouwang_calls_oldest_seconds").set(depth.oldest_s);
    metrics::gauge!("shouwang_posts_depth").set(store.post_depth(county).await? as f64);
    for spent in store.calls_spent(county, now - TimeDelta::days(30)).await? {
        let price = gateways
            .named(&spent.gateway)
            .and_then(|gateway| gateway.state().price_yuan);
        metrics::gauge!("shouwang_calls_month", "gateway" => spent.gateway.clone()).set(spent.sent as f64);
        if let Some(price) = price {
            metrics::gauge!("shouwang_calls_month_yuan", "gateway" => spent.gateway).set(spent.sent as f64 * price);
        }
    }
    Ok(())
}

/// Wakes sender and caller when a router rings.
async fn bell(store: Store<Notifier>, wake: [Arc<Notify>; 3], stop: CancellationToken) -> anyhow::Result<()> {
    let ring = async {
        loop {
            if let Err(e) = listen(&store, &wake).await {
                debug!(error = chain(&e), "nobody rings for notices: polling");
            }
            sleep(RELISTEN).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => Ok(()),
        () = ring => Ok(()),
    }
}

async fn listen(store: &Store<Notifier>, wake: &[Arc<Notify>; 3]) -> Result<(), StoreError> {
    let mut bell = store.notices_listen().await?;
    loop {
        bell.rung().await?;
        for wake in wake {
            wake.notify_one();
        }
    }
}
