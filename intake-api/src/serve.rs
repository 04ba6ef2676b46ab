//! `intake-api serve`: configuration, connections, parts, in this order.

use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use anyhow::Context;
use platform::{
    broker::Topology,
    clock,
    networks::Networks,
    office::why::Why,
    pack::watch::PackWatch,
    run::{
        config::Config,
        database_watch,
        lifecycle::Parts,
        listener::{self, Door, Places},
        probes,
        readiness::Readiness,
        telemetry,
    },
    seal::{ContactKey, FolderKey, MasterKey},
    store::{self, BatchWriter, Board, Office, People, Store},
};
use tokio::sync::{Mutex, mpsc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    fitting,
    intake::{
        accept::Intake,
        relay::{self, Relay},
        writer::{self, Writer},
    },
    internal::{
        self, Folders, FoldersOffered, Internal,
        auth::{inside::FactorRule, token::Tokens},
    },
    public::{self, Limits, Public},
    snapshots,
};

/// Reports between the doors and the writers. A full queue makes doors wait, which a reporter sees as a slow page, not an error.
const QUEUE: usize = 4096;
const DEFAULT_PRIVATE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 9101);
const HOUSEKEEPING: Duration = Duration::from_secs(3600);
const GAUGES: Duration = Duration::from_secs(5);

/// Runs until a signal or until a part dies.
pub(crate) async fn serve() -> anyhow::Result<()> {
    let config = Config::load()?;
    let _logs = telemetry::start_logs(&config.log)?;
    let metrics = telemetry::start_metrics()?;
    let [outer_places, inner_places] = places(&config)?;
    let keys = MasterKey::load(&config.seal)?;
    let drill_secret = drill_secret(&config)?;
    let store = config.store::<store::Intake>("intake", config.database.connections)?;
    // A lost lease or mark only means that a message is published again.
    let outbox = Store::<store::Relay>::open_relaxed(&config.database_url::<store::Relay>()?, "relay", 2)?;

    let readiness = Readiness::default();
    let mut parts = Parts::new();
    let stop = parts.stop();

    let intake_url = config.database_url::<store::Intake>()?;
    let watch = database_watch::run(intake_url.clone(), "intake", readiness.part("PostgreSQL"), stop.clone());
    parts.spawn("database watch", watch);

    let relay = Uuid::new_v4();
    let (fresh, to_relay) = mpsc::channel(QUEUE);
    parts.spawn(
        "relay",
        relay::run(
            Relay {
                store: outbox.clone(),
                url: config.amqp_url()?,
                topology: Topology::new(&config.broker.prefix),
                owner: relay,
                fresh: to_relay,
            },
            readiness.part("relay"),
            stop.clone(),
        ),
    );
    parts.spawn("gauges", gauges(outbox, stop.clone()));

    let (jobs, queue) = mpsc::channel(QUEUE);
    let queue = Arc::new(Mutex::new(queue));
    for _ in 0..config.intake.writers {
        let batch = BatchWriter::new(&intake_url, &config.county, keys.id(), Some(relay));
        parts.spawn(
            "writer",
            writer::run(
                Writer {
                    batch,
                    jobs: queue.clone(),
                    most: config.intake.batch,
                    relay: fresh.clone(),
                    part: readiness.part("writer"),
                },
                stop.clone(),
            ),
        );
    }

    let intake = Intake::new(&config.county, keys.clone(), jobs);
    let limits = Limits {
        rate_per_minute: config.intake.rate_per_minute,
        body_limit_bytes: config.intake.body_limit_bytes,
        request_timeout: Duration::from_secs(config.intake.request_timeout_s),
        trust_forwarded: config.intake.trust_forwarded,
    };
    let people = config.store::<People>("people-housekeeping", 1)?;
    parts.spawn("housekeeping", housekeeping(store.clone(), people, stop.clone()));
    let phone = public::OfficePhone::default();
    parts.spawn(
        "office phone",
        phone.clone().run(store.clone(), config.county.clone(), stop.clone()),
    );
    let part = readiness.part("pack");
    let (outer_open, inner_open) = (readiness.part("public listener"), readiness.part("internal listener"));
    // Once every part is registered: `/ready` says yes when none is missing.
    let private_addr = config.listen.private.unwrap_or(DEFAULT_PRIVATE);
    parts.spawn(
        "private listener",
        probes::serve(private_addr, readiness, metrics, stop.clone()),
    );
    let county = config.county.clone();
    let inside = Inside::open(&config, stop.clone())?;
    let folder_key = folder_key(&config)?;
    let folder_store = config.store::<store::Relay>("folders", 1)?;
    let duty_pages = inside.duty_pages.clone();
    parts.spawn(
        "duty pages",
        duty_pages.run(inside.board.clone(), config.county.clone()),
    );
    parts.spawn(
        "snapshots",
        snapshots::run(inside.board.clone(), config.county.clone(), stop.clone()),
    );
    let front = async move {
        let Some((pack, fresh)) = PackWatch::start(store.clone(), county, part, stop.clone()).await else {
            return Ok(());
        };
        fitting::check(&store, &keys, &config).await?;
        fitting::check_contacts(&inside.people, &inside.contacts, &config).await?;
        let internal = inside.with(&config, keys.clone(), pack.clone());
        let internal = Internal {
            folders: folder_key.as_ref().map(|(base, key)| FoldersOffered {
                base: base.to_string_lossy().into(),
                public: key.public().into(),
            }),
            ..internal
        };
        let folders = folder_key.map(|(base, key)| Folders::new(folder_store, internal.clone(), key, base));
        let folders_end = stop.clone();
        let folders = async move {
            match folders {
                Some(folders) => folders.run(folders_end).await,
                None => Ok(()),
            }
        };
        let inside = internal::routes(internal);
        let public_url = config.listen.public_url.as_str().into();
        let public = Public {
            intake,
            store,
            keys,
            pack,
            limits,
            drill_secret,
            public_url,
            phone,
        };
        let outer = Door {
            name: "public",
            key: "listen.public (SHOUWANG_PUBLIC_ADDR)",
            addr: config.listen.public,
            places: outer_places,
        };
        let inner = Door {
            name: "internal",
            key: "listen.internal (SHOUWANG_INTERNAL_ADDR)",
            addr: config.listen.internal,
            places: inner_places,
        };
        let outer = listener::serve(outer, public::routes(public), Some(outer_open), stop.clone());
        let inner = listener::serve(inner, inside, Some(inner_open), stop);
        tokio::try_join!(outer, inner, fresh, folders).map(drop)
    };
    parts.spawn("listeners", front);
    parts.run().await
}

/// What the internal side needs besides the pack, read before anything is served.
struct Inside {
    desk: Store<store::Desk>,
    board: Store<Board>,
    office: Store<Office>,
    people: Store<People>,
    tokens: Arc<Tokens>,
    contacts: ContactKey,
    demo: Option<Arc<[internal::auth::demo::DemoAccount]>>,
    rules: Arc<internal::auth::Rules>,
    networks: Arc<Networks>,
    duty_pages: internal::Hub,
}

impl Inside {
    fn open(config: &Config, stop: CancellationToken) -> anyhow::Result<Self> {
        let file = config.login.token_key_file.as_deref();
        let file = file.context(
            "login.token_key_file (SHOUWANG_TOKEN_KEY_FILE) is not set; make one with `intake-api key new-token FILE`",
        )?;
        let demo = match &config.login.demo_file {
            Some(file) => {
                let accounts: Vec<_> = serde_json::from_str(&platform::seal::read_private(file)?)
                    .with_context(|| format!("login.demo_file {}", file.display()))?;
                Some(accounts.into())
            }
            None => None,
        };
        internal::auth::argon::warm();
        let connections = config.database.connections;
        Ok(Self {
            desk: config.store("desk", connections)?,
            board: config.store("board", connections)?,
            office: config.store("office", connections)?,
            people: config.store("people", connections)?,
            tokens: Arc::new(Tokens::load(file, config.login.token_minutes)?),
            contacts: ContactKey::load(&config.seal)?,
            demo,
            networks: Arc::new(config.webhook_networks()?),
            rules: Arc::new(internal::auth::Rules {
                trust_forwarded: config.intake.trust_forwarded,
                factor: FactorRule::read(&config.login.require_totp, &config.login.inside_networks)?,
            }),
            duty_pages: internal::Hub::new(stop),
        })
    }

    fn with(self, config: &Config, keys: MasterKey, pack: PackWatch) -> Internal {
        Internal {
            county: config.county.as_str().into(),
            why: Why::new(self.board.clone(), &config.county, Some(pack.clone())),
            desk: self.desk,
            board: self.board,
            office: self.office,
            people: self.people,
            keys,
            contacts: self.contacts,
            tokens: self.tokens,
            pack,
            examinations: internal::Examinations::default(),
            counted: std::sync::Arc::default(),
            sheets: internal::Kept::default(),
            holes: std::sync::Arc::default(),
            replays: internal::Replays::default(),
            duty_pages: self.duty_pages,
            pages: internal::page_paths().into(),
            session_hours: config.login.session_hours,
            secure: config.listen.internal_url.starts_with("https://"),
            demo: self.demo,
            host: host_of(&config.listen.internal_url).into(),
            url: config.listen.internal_url.as_str().into(),
            gate: internal::auth::gate::Gate::default(),
            rules: self.rules,
            networks: self.networks,
            folders: None,
        }
    }
}

/// What the two listeners take: what is configured, or what the limit of open files leaves beside our own connections.
fn places(config: &Config) -> anyhow::Result<[Places; 2]> {
    // Six pools, the relay's two, the folders' one, one connection a writer, the question of whether the database is fit, and RabbitMQ's.
    let own = config.database.connections as usize * 6 + 3 + config.intake.writers + 3;
    let of = |connections: usize| Places {
        connections,
        per_address: if config.intake.trust_forwarded {
            connections
        } else {
            config.listen.connections_per_address.min(connections)
        },
    };
    let asked = [
        of(config.listen.public_connections),
        of(config.listen.internal_connections),
    ];
    Ok(listener::check_descriptors(own, asked.len())?.share(asked))
}

/// Where folders of units are, and what signs in them. None: the operator gave no place.
fn folder_key(config: &Config) -> anyhow::Result<Option<(PathBuf, FolderKey)>> {
    let Some(base) = &config.outlets.folder_dir else {
        return Ok(None);
    };
    let file = config.outlets.folder_key_file.as_deref();
    let file = file.context(
        "outlets.folder_dir (SHOUWANG_FOLDER_DIR) is set and outlets.folder_key_file (SHOUWANG_FOLDER_KEY_FILE) is not; make one with `intake-api key new-folder FILE`",
    )?;
    Ok(Some((base.clone(), FolderKey::load(file)?)))
}

fn drill_secret(config: &Config) -> anyhow::Result<Option<Arc<str>>> {
    let Some(file) = &config.intake.drill_secret_file else {
        return Ok(None);
    };
    let secret = std::fs::read_to_string(file).with_context(|| {
        format!(
            "intake.drill_secret_file (SHOUWANG_DRILL_SECRET_FILE): can't read {}",
            file.display()
        )
    })?;
    let secret = secret.trim();
    anyhow::ensure!(
        secret.len() >= 16,
        "the drill secret in {} is shorter than 16 characters",
        file.display()
    );
    Ok(Some(secret.into()))
}

/// What stands between `://` and the path.
fn host_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split('/').next().unwrap_or(rest)
}

async fn housekeeping(
    store: Store<store::Intake>,
    people: Store<People>,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    loop {
        if let Err(e) = store.answers_forget(clock::now()).await {
            tracing::warn!(error = telemetry::chain(&e), "expired answers were not dropped");
        }
        if let Err(e) = store.access_forget(clock::now()).await {
            tracing::warn!(error = telemetry::chain(&e), "old refusals and logins were not dropped");
        }
        if let Err(e) = people.tries_forget(clock::now()).await {
            tracing::warn!(error = telemetry::chain(&e), "old tries of logins were not dropped");
        }
        if let Err(e) = store.sources_forget(clock::now()).await {
            tracing::warn!(
                error = telemetry::chain(&e),
                "where reports came from was not forgotten"
            );
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

async fn gauges(outbox: Store<store::Relay>, stop: CancellationToken) -> anyhow::Result<()> {
    while stop.run_until_cancelled(tokio::time::sleep(GAUGES)).await.is_some() {
        if let Ok((waiting, oldest_s)) = outbox.outbox_depth(clock::now()).await {
            metrics::gauge!("shouwang_reports_waiting").set(waiting as f64);
            metrics::gauge!("shouwang_reports_waiting_oldest_seconds").set(oldest_s);
        }
    }
    Ok(())
}
