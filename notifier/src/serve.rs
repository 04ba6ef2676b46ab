//! `notifier serve`: configuration, connections, parts, in this order.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use platform::{
    clock,
    pack::watch::PackWatch,
    run::{
        config::Config,
        database_watch,
        lifecycle::Parts,
        listener, probes,
        readiness::Readiness,
        telemetry::{self, chain},
    },
    store::{Notifier, Store, StoreError},
};
use tokio::{sync::Notify, time::sleep};
use tokio_util::sync::CancellationToken;
use tracing::debug;

use crate::{
    bounces::{self, ImapUrl},
    mailer::{MailUrl, Mailer, Sender as MailFrom, Smtp, Spool, Timeouts},
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
    // The pool, the mails under way, and the mailbox of returned mails.
    listener::check_descriptors(config.database.connections as usize + config.mail.concurrency + 2, 0)?;
    let metrics = telemetry::start_metrics()?;
    let store = config.store::<Notifier>("notifier", config.database.connections)?;
    let mailer = Arc::new(mailer);

    let readiness = Readiness::default();
    let mut parts = Parts::new();
    let stop = parts.stop();
    let wake = Arc::new(Notify::new());
    let health = Health::new(readiness.part("mail"));
    let (pack_part, sender_part) = (readiness.part("pack"), readiness.part("sender"));

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
    parts.spawn("gauges", gauges(store.clone(), config.county.clone(), stop.clone()));
    parts.spawn("bell", bell(store.clone(), wake.clone(), stop.clone()));
    parts.spawn("sender", async move {
        let started = PackWatch::start(store.clone(), config.county.clone(), pack_part, stop.clone()).await;
        let Some((pack, fresh)) = started else {
            return Ok(());
        };
        let settings = Settings {
            county: config.county,
            internal_url: config.listen.internal_url,
            drills: config.mail.drill,
            concurrency: config.mail.concurrency,
        };
        let sender = Sender::new(store, mailer, pack, settings, health);
        tokio::try_join!(sender.run(wake, sender_part, stop), fresh).map(drop)
    });
    parts.run().await
}

/// Depth of the queue, for alarms: a failed notice needs a human, an old one means that nothing is sent.
async fn gauges(store: Store<Notifier>, county: String, stop: CancellationToken) -> anyhow::Result<()> {
    loop {
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

/// Wakes the sender when a router rings.
async fn bell(store: Store<Notifier>, wake: Arc<Notify>, stop: CancellationToken) -> anyhow::Result<()> {
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

async fn listen(store: &Store<Notifier>, wake: &Notify) -> Result<(), StoreError> {
    let mut bell = store.notices_listen().await?;
    loop {
        bell.rung().await?;
        wake.notify_one();
    }
}
