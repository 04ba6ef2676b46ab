//! The configuration of all services: one typed structure, read from a TOML file (named by `SHOUWANG_CONFIG`) and from the
//! environment, which wins. Reading does no other IO; every value is checked before anything starts.
//!
//! The table of keys in docs/operations.md is generated from these comments (`intake-api config`), and a test compares them.

mod transport;

use std::{net::SocketAddr, path::PathBuf};

use anyhow::Context;
use confique::Config as _;

use crate::{
    networks::Networks,
    store::{self, Store},
};

pub use self::transport::is_this_machine;

/// Every key. A service reads the sections that concern it and refuses unknown keys in all.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Config {
    /// The county this installation serves: the code in its pack's `pack.toml`.
    #[config(default = "taihe", env = "SHOUWANG_COUNTY")]
    pub county: String,
    /// PostgreSQL.
    #[config(nested)]
    pub database: Database,
    /// RabbitMQ.
    #[config(nested)]
    pub broker: Broker,
    /// Keys that seal what reporters write, and the telephones of officers.
    #[config(nested)]
    pub seal: Seal,
    /// Addresses the service listens on, and how people reach it.
    #[config(nested)]
    pub listen: Listen,
    /// Limits of the public intake.
    #[config(nested)]
    pub intake: Intake,
    /// Officers' login.
    #[config(nested)]
    pub login: Login,
    /// Outgoing mail.
    #[config(nested)]
    pub mail: Mail,
    /// Messages and voice calls.
    #[config(nested)]
    pub gateways: Gateways,
    /// Router and notifier watch each other.
    #[config(nested)]
    pub watch: Watch,
    /// Units' own systems, told by webhook, and the folders of units on closed networks.
    #[config(nested)]
    pub outlets: Outlets,
    /// Logging.
    #[config(nested)]
    pub log: Log,
}

/// PostgreSQL.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Database {
    /// Connection of the operator's commands and, where `logins_dir` is unset, of the services: `postgres://user:password@host:port/database?sslmode=verify-full`. For `migrate` the role must own the database and may create roles.
    #[config(env = "DATABASE_URL")]
    pub url: Option<String>,
    /// Folder with one connection URL per task (`intake.url`, `relay.url`, `router.url`, `notifier.url`, `desk.url`, `board.url`, `office.url`, `people.url`), written by `intake-api migrate --logins DIR`. Each service gets only its own.
    #[config(env = "SHOUWANG_DB_LOGINS")]
    pub logins_dir: Option<PathBuf>,
    /// Allow a connection to another machine that may go without TLS. False: without `sslmode=verify-full`, `verify-ca` or `require` nothing starts, unless the server is this machine.
    #[config(default = false, env = "SHOUWANG_DB_ALLOW_PLAIN")]
    pub allow_plain: bool,
    /// Connections per task at the most.
    #[config(default = 10, env = "SHOUWANG_DB_CONNECTIONS")]
    pub connections: u32,
}

/// RabbitMQ.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Broker {
    /// `amqps://user:password@host:port/vhost`; `amqp://` on this machine.
    #[config(env = "AMQP_URL")]
    pub url: Option<String>,
    /// Allow `amqp://` to another machine. False: only `amqps://` is dialled beyond this machine, else nothing starts.
    #[config(default = false, env = "SHOUWANG_BROKER_ALLOW_PLAIN")]
    pub allow_plain: bool,
    /// Put before every queue and exchange name, where several installations share one virtual host.
    #[config(default = "", env = "SHOUWANG_BROKER_PREFIX")]
    pub prefix: String,
}

/// Keys that seal what reporters write, and the telephones of officers.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Seal {
    /// intake-api: file with the master key, mode 0600, one line `id:hex`; made by `intake-api key new FILE`. Its loss makes every sealed text unreadable for ever.
    #[config(env = "SHOUWANG_MASTER_KEY_FILE")]
    pub master_key_file: Option<PathBuf>,
    /// The master key itself, `id:hex`, where a secret store puts it into the environment. The file wins.
    #[config(env = "SHOUWANG_MASTER_KEY")]
    pub master_key: Option<String>,
    /// intake-api and notifier: file with the contact key, mode 0600, one line `id:hex`; made by `intake-api key new-contact FILE`. It seals the telephones of officers, and no report. Its loss means that everybody enters their telephones again.
    #[config(env = "SHOUWANG_CONTACT_KEY_FILE")]
    pub contact_key_file: Option<PathBuf>,
    /// The contact key itself, `id:hex`. The file wins.
    #[config(env = "SHOUWANG_CONTACT_KEY")]
    pub contact_key: Option<String>,
    /// Cipher of new reports: `aes-256-gcm` or `sm4-gcm`. Old reports are opened with the cipher they were sealed with.
    #[config(default = "aes-256-gcm", env = "SHOUWANG_CIPHER")]
    pub cipher: String,
}

/// Addresses.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Listen {
    /// `/live`, `/ready`, `/metrics`. Each service needs its own; keep it on 127.0.0.1. Unset: the service's default port (intake-api 9101, router 9102, notifier 9103).
    #[config(env = "SHOUWANG_PRIVATE_ADDR")]
    pub private: Option<SocketAddr>,
    /// intake-api: the reporters' form and API.
    #[config(default = "127.0.0.1:8080", env = "SHOUWANG_PUBLIC_ADDR")]
    pub public: SocketAddr,
    /// intake-api: the member units' and the office's side. Keep it inside the government network.
    #[config(default = "127.0.0.1:8081", env = "SHOUWANG_INTERNAL_ADDR")]
    pub internal: SocketAddr,
    /// Connections of the public listener at once. A full house ends one that only waits, of the address that holds the most, for each that comes. Where the limit of open files is lower, fewer.
    #[config(default = 1024, env = "SHOUWANG_PUBLIC_CONNECTIONS")]
    pub public_connections: usize,
    /// Connections of the internal listener at once.
    #[config(default = 512, env = "SHOUWANG_INTERNAL_CONNECTIONS")]
    pub internal_connections: usize,
    /// Of these, so many of one address (IPv6: one /64): a browser holds six, and a school or an office shares one address. Behind a proxy of your own (`intake.trust_forwarded`) all come from one address, and this limit is the proxy's to set.
    #[config(default = 256, env = "SHOUWANG_CONNECTIONS_PER_ADDRESS")]
    pub connections_per_address: usize,
    /// How reporters reach the public listener, without a trailing slash.
    #[config(default = "http://127.0.0.1:8080", env = "PUBLIC_URL")]
    pub public_url: String,
    /// How officers reach the internal listener, without a trailing slash. Links in mails start with it.
    #[config(default = "http://127.0.0.1:8081", env = "INTERNAL_URL")]
    pub internal_url: String,
}

/// Limits of the public intake.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Intake {
    /// Reports a minute from one address before 429; a school or a mobile carrier shares one address. Present danger is never limited.
    #[config(default = 120, env = "SHOUWANG_RATE_PER_MINUTE")]
    pub rate_per_minute: u32,
    /// intake-api and router: above so many reports from one address, or in one township, within ten minutes what is told about them is grouped (可能的批量报告): one mail a unit with the number. Every report is taken and every ticket made as ever. 0: never.
    #[config(default = 60, env = "SHOUWANG_GROUP_ABOVE")]
    pub group_above: u32,
    /// Largest request body, in bytes.
    #[config(default = 262_144, env = "SHOUWANG_BODY_LIMIT_BYTES")]
    pub body_limit_bytes: usize,
    /// Seconds a request may take before 503 with the advice to call 110.
    #[config(default = 15, env = "SHOUWANG_REQUEST_TIMEOUT_S")]
    pub request_timeout_s: u64,
    /// Take the client's address from the last entry of `X-Forwarded-For`: only behind a proxy of your own.
    #[config(default = false, env = "SHOUWANG_TRUST_FORWARDED")]
    pub trust_forwarded: bool,
    /// File with the secret that marks a report as a drill. Unset: drills are refused.
    #[config(env = "SHOUWANG_DRILL_SECRET_FILE")]
    pub drill_secret_file: Option<PathBuf>,
    /// Writers that store reports in batches, each with a database connection of its own.
    #[config(default = 1, env = "SHOUWANG_WRITERS")]
    pub writers: usize,
    /// Largest batch of one writer, in reports.
    #[config(default = 128, env = "SHOUWANG_BATCH")]
    pub batch: usize,
}

/// Officers' login.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Login {
    /// File with the keys that sign login tokens, mode 0600, one line `kid:hex` each; the first signs, all are accepted. Made by `intake-api key new-token FILE`.
    #[config(env = "SHOUWANG_TOKEN_KEY_FILE")]
    pub token_key_file: Option<PathBuf>,
    /// Minutes without an act of a person after which a session ends; what a page asks by itself does not count.
    #[config(default = 30, env = "SHOUWANG_TOKEN_MINUTES")]
    pub token_minutes: u32,
    /// Hours after which everybody logs in again.
    #[config(default = 12, env = "SHOUWANG_SESSION_HOURS")]
    pub session_hours: u32,
    /// Who must have a second factor (codes of an authenticator app): office, leaders, leading group, oversight and administrators `always`, when they come from `outside` the networks below, or `never`.
    #[config(default = "outside", env = "SHOUWANG_REQUIRE_TOTP")]
    pub require_totp: String,
    /// Networks that are inside, with commas between. Behind a proxy set `intake.trust_forwarded`, or everybody counts as outside.
    #[config(
        default = "127.0.0.0/8, ::1, 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, fc00::/7",
        env = "SHOUWANG_INSIDE_NETWORKS"
    )]
    pub inside_networks: String,
    /// File with demo accounts that the login page shows (`intake-api people demo --out FILE`). Never set it where real reports come in.
    #[config(env = "SHOUWANG_DEMO_FILE")]
    pub demo_file: Option<PathBuf>,
}

/// Outgoing mail.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Mail {
    /// `smtp://[user:password@]host:port` (with a user only over STARTTLS), `smtps://…`, or `file:///folder` for one `.eml` file a mail. `SSL_CERT_FILE` names the certificates of a private authority.
    #[config(env = "SMTP_URL")]
    pub smtp_url: Option<String>,
    /// Allow the login of `smtp://user:password@…` to be sent in the clear where the server offers no STARTTLS. False: no mail goes out there, and `/ready` and the board say why.
    #[config(default = false, env = "SHOUWANG_MAIL_ALLOW_PLAIN_LOGIN")]
    pub allow_plain_login: bool,
    /// Sender of every notice.
    #[config(default = "shouwang@taihe.example", env = "SHOUWANG_MAIL_FROM")]
    pub from: String,
    /// Where mails that can't be delivered come back to. `{notice}` in it becomes the notice's id, which tells them apart: `bounce+{notice}@taihe.example`. Unset: the sender.
    #[config(env = "SHOUWANG_MAIL_RETURN_PATH")]
    pub return_path: Option<String>,
    /// Mailbox of returned mails, `imaps://user:password@host/INBOX` (`imap://` only on this machine). A mail that comes back marks its notice 退信. Unset: nobody looks.
    #[config(env = "SHOUWANG_BOUNCES_IMAP_URL")]
    pub bounces_imap_url: Option<String>,
    /// Whether notices of drills are mailed. False: they are recorded as suppressed.
    #[config(default = false, env = "SHOUWANG_DRILL_MAIL")]
    pub drill: bool,
    /// Mails under way at once.
    #[config(default = 8, env = "SHOUWANG_MAIL_CONCURRENCY")]
    pub concurrency: usize,
}

/// Messages and voice calls.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Gateways {
    /// notifier and router: file with the descriptions of providers; ready ones lie in `deploy/gateways`. Unset: nobody is called by message or voice, and each such call falls to the next channel at once.
    #[config(env = "SHOUWANG_GATEWAYS")]
    pub file: Option<PathBuf>,
    /// notifier: address for the callbacks of providers (`/gateways/NAME/SECRET`), behind a proxy with TLS. Unset: no such door.
    #[config(env = "SHOUWANG_GATEWAY_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Allow descriptions that only write a file into a folder. For a demo: nobody is reached by them.
    #[config(default = false, env = "SHOUWANG_GATEWAYS_ALLOW_FILES")]
    pub allow_files: bool,
}

/// Router and notifier watch each other, and ring by the gateways of `gateways.file` alone, also while PostgreSQL is away.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Watch {
    /// router and notifier: telephones of the office, with commas between, that ring when one of the two is silent or late or reaches no database. Unset: nobody of the office is rung.
    #[config(default = "", env = "SHOUWANG_WATCH_OFFICE")]
    pub office: String,
    /// The same of the county's IT.
    #[config(default = "", env = "SHOUWANG_WATCH_IT")]
    pub it: String,
    /// router and notifier: what a ring of the watchdog calls the county, as its templates' {office}: `太和县`. It stands here because the pack stands in the database, which may be what is away. Unset: the county's code.
    #[config(default = "", env = "SHOUWANG_WATCH_NAME")]
    pub name: String,
    /// Seconds of silence, lag or unreachable database before the first ring.
    #[config(default = 120, env = "SHOUWANG_WATCH_LATE_S")]
    pub late_s: u32,
    /// Seconds between rings until all is well again; then one message says so.
    #[config(default = 600, env = "SHOUWANG_WATCH_AGAIN_S")]
    pub again_s: u32,
    /// Address of an outside monitor, asked once a minute while all is well: the service did its work and the other one lives. Its silence is the monitor's to tell. Unset: none is asked.
    #[config(env = "SHOUWANG_WATCH_HEARTBEAT_URL")]
    pub heartbeat_url: Option<String>,
    /// How it is asked: `GET` or `POST`.
    #[config(default = "GET", env = "SHOUWANG_WATCH_HEARTBEAT_METHOD")]
    pub heartbeat_method: String,
    /// Seconds between two of them.
    #[config(default = 60, env = "SHOUWANG_WATCH_HEARTBEAT_S")]
    pub heartbeat_s: u32,
}

/// Units' own systems, told by webhook, and the folders of units on closed networks.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Outlets {
    /// intake-api and notifier: private networks in which a unit's own system may be told by webhook, with commas between: `10.20.0.0/16`. Nothing else that is private is ever connected to, whatever a name resolves to. Empty: public addresses only.
    #[config(default = "", env = "SHOUWANG_WEBHOOK_NETWORKS")]
    pub networks: String,
    /// intake-api: folder in which units on closed networks have a folder each, named by their code, from which a one-way gate takes files away. An administrator sets which units on the page of outlets. Unset: none is offered, and nothing is written.
    #[config(env = "SHOUWANG_FOLDER_DIR")]
    pub folder_dir: Option<PathBuf>,
    /// intake-api: file with the key that signs what is written there, mode 0600, one line `id:hex`; made by `intake-api key new-folder FILE`. Needed with `folder_dir`. Its loss means that units are told the public part of a new one.
    #[config(env = "SHOUWANG_FOLDER_KEY_FILE")]
    pub folder_key_file: Option<PathBuf>,
}

/// Logging.
#[derive(Debug, confique::Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Log {
    /// What is logged, as a tracing filter: `info`, `router=debug,info`.
    #[config(default = "info", env = "SHOUWANG_LOG")]
    pub filter: String,
    /// `json` (one object a line) or `pretty`.
    #[config(default = "json", env = "SHOUWANG_LOG_FORMAT")]
    pub format: String,
}

impl Config {
    /// Reads and checks everything. An error names the key, its environment variable and what is wrong.
    pub fn load() -> anyhow::Result<Self> {
        let mut builder = Self::builder().env();
        if let Ok(file) = std::env::var("SHOUWANG_CONFIG") {
            anyhow::ensure!(
                std::path::Path::new(&file).is_file(),
                "SHOUWANG_CONFIG names {file}, which is not a file"
            );
            builder = builder.file(file);
        }
        let config = builder.load().context("the configuration is not valid")?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        for (key, url) in [
            ("listen.public_url (PUBLIC_URL)", &self.listen.public_url),
            ("listen.internal_url (INTERNAL_URL)", &self.listen.internal_url),
        ] {
            anyhow::ensure!(
                url.starts_with("http://") || url.starts_with("https://"),
                "{key} is {url:?}: give an http:// or https:// address"
            );
            anyhow::ensure!(!url.ends_with('/'), "{key} is {url:?}: leave out the trailing slash");
        }
        for (key, n) in [
            (
                "intake.rate_per_minute (SHOUWANG_RATE_PER_MINUTE)",
                u64::from(self.intake.rate_per_minute),
            ),
            (
                "listen.public_connections (SHOUWANG_PUBLIC_CONNECTIONS)",
                self.listen.public_connections as u64,
            ),
            (
                "listen.internal_connections (SHOUWANG_INTERNAL_CONNECTIONS)",
                self.listen.internal_connections as u64,
            ),
            (
                "listen.connections_per_address (SHOUWANG_CONNECTIONS_PER_ADDRESS)",
                self.listen.connections_per_address as u64,
            ),
            (
                "intake.body_limit_bytes (SHOUWANG_BODY_LIMIT_BYTES)",
                self.intake.body_limit_bytes as u64,
            ),
            (
                "intake.request_timeout_s (SHOUWANG_REQUEST_TIMEOUT_S)",
                self.intake.request_timeout_s,
            ),
            ("intake.writers (SHOUWANG_WRITERS)", self.intake.writers as u64),
            ("intake.batch (SHOUWANG_BATCH)", self.intake.batch as u64),
            (
                "database.connections (SHOUWANG_DB_CONNECTIONS)",
                u64::from(self.database.connections),
            ),
            (
                "login.token_minutes (SHOUWANG_TOKEN_MINUTES)",
                u64::from(self.login.token_minutes),
            ),
            (
                "login.session_hours (SHOUWANG_SESSION_HOURS)",
                u64::from(self.login.session_hours),
            ),
            ("watch.late_s (SHOUWANG_WATCH_LATE_S)", u64::from(self.watch.late_s)),
            ("watch.again_s (SHOUWANG_WATCH_AGAIN_S)", u64::from(self.watch.again_s)),
            (
                "watch.heartbeat_s (SHOUWANG_WATCH_HEARTBEAT_S)",
                u64::from(self.watch.heartbeat_s),
            ),
            (
                "mail.concurrency (SHOUWANG_MAIL_CONCURRENCY)",
                self.mail.concurrency as u64,
            ),
        ] {
            anyhow::ensure!(n > 0, "{key} is 0: give at least 1");
        }
        anyhow::ensure!(
            self.broker
                .prefix
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c)),
            "broker.prefix (SHOUWANG_BROKER_PREFIX) may hold letters, digits, '-', '_' and '.' only"
        );
        Ok(())
    }

    /// Private networks in which a unit's own system may be told.
    pub fn webhook_networks(&self) -> anyhow::Result<Networks> {
        Networks::read(&self.outlets.networks).map_err(|text| {
            anyhow::anyhow!(
                "outlets.networks (SHOUWANG_WEBHOOK_NETWORKS) holds {text:?}: write networks as 10.20.0.0/16, with commas between"
            )
        })
    }

    /// A pool of connections that log in as `L`. `name` shows in `pg_stat_activity`.
    pub fn store<L: store::Login>(&self, name: &str, connections: u32) -> anyhow::Result<Store<L>> {
        Ok(Store::open(&self.database_url::<L>()?, name, connections)?)
    }

    /// The connection URL of a login: from the logins folder, else the operator's.
    pub fn database_url<L: store::Login>(&self) -> anyhow::Result<String> {
        if let (Some(dir), Some(task)) = (&self.database.logins_dir, L::TASK) {
            let file = dir.join(format!("{task}.url"));
            let url = std::fs::read_to_string(&file).with_context(|| {
                format!(
                    "database.logins_dir (SHOUWANG_DB_LOGINS): can't read {}",
                    file.display()
                )
            })?;
            let url = url.trim().to_owned();
            transport::database(&url, self.database.allow_plain)?;
            return Ok(url);
        }
        self.operator_url()
    }

    /// The operator's connection URL.
    pub fn operator_url(&self) -> anyhow::Result<String> {
        let url = self.database.url.clone();
        let url = url.context("database.url (DATABASE_URL) is not set")?;
        transport::database(&url, self.database.allow_plain)?;
        Ok(url)
    }

    /// The broker's URL.
    pub fn amqp_url(&self) -> anyhow::Result<String> {
        let url = self.broker.url.clone().context("broker.url (AMQP_URL) is not set")?;
        transport::broker(&url, self.broker.allow_plain)?;
        Ok(url)
    }

    /// Every key with its meaning, default and environment variable, as a commented TOML file.
    pub fn template() -> String {
        confique::toml::template::<Self>(confique::toml::FormatOptions::default())
    }
}
