//! A whole Shouwang: database, queues, keys, pack, three processes, a mail sink.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    process::Stdio,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use platform::receipt::ReportId;
use serde::de::DeserializeOwned;
use sqlx::PgPool;
use tokio::process::Command;
use uuid::Uuid;

use crate::{
    Left, MailSink, Servers, Service, Shown, aftermath::Aftermath, binary, eventually, gone::Gone, root,
    service::free_port, template,
};

/// What differs between tests.
#[derive(Clone, Debug)]
pub struct Options {
    /// Extra environment of all services.
    pub env: Vec<(String, String)>,
    /// Which services to start: `intake-api`, `router`, `notifier`.
    pub start: Vec<&'static str>,
    /// Settings of the database, as `ALTER DATABASE … SET`.
    pub database: Vec<(&'static str, &'static str)>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            env: Vec::new(),
            start: vec!["intake-api", "router", "notifier"],
            database: Vec::new(),
        }
    }
}

/// The answer to a filed report.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Filed {
    /// Receipt number.
    pub receipt: String,
    /// 16 digits.
    pub follow_up_code: String,
    /// RFC 3339.
    pub received_at: String,
}

impl Filed {
    /// The report's id.
    pub fn id(&self) -> i64 {
        ReportId::from_str(&self.receipt).expect("a receipt").get()
    }
}

/// A running system.
pub struct System {
    /// Where the reporters' side listens.
    pub public_url: String,
    /// Where the officers' side listens.
    pub internal_url: String,
    /// Secret that marks drills.
    pub drill_secret: String,
    /// Its mails.
    pub mail: MailSink,
    /// Owner's connection to its database.
    pub database_url: String,
    /// Owner's pool.
    pub db: PgPool,
    /// intake-api.
    pub intake: Service,
    /// router.
    pub router: Service,
    /// notifier.
    pub notifier: Service,
    /// HTTP client.
    pub http: reqwest::Client,
    /// Prefix of its queues.
    pub prefix: String,
    /// The broker it uses.
    pub amqp_url: String,
    dir: PathBuf,
    private: bool,
    leaves: Mutex<BTreeSet<Left>>,
    gone: Gone,
}

impl System {
    /// On the shared servers, with everything on.
    pub async fn start() -> Self {
        Self::start_on(&Servers::shared(), Options::default()).await
    }

    /// On these servers.
    pub async fn start_on(servers: &Servers, options: Options) -> Self {
        let (name, database_url) = template::database(servers, &options.database).await;
        let dir = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&dir).expect("a folder");
        let prefix = format!("{name}.");
        let mail = MailSink::start();
        let public = format!("127.0.0.1:{}", free_port());
        let internal = format!("127.0.0.1:{}", free_port());
        let drill_secret = Uuid::new_v4().simple().to_string();
        std::fs::write(dir.join("drill.secret"), &drill_secret).expect("a secret");
        // A demo from the start, whose accounts `Accounts::make` makes when a test wants them.
        write_private(&dir.join("demo.json"), "[]");

        let path = |name: &str| dir.join(name).to_string_lossy().into_owned();
        let mut env: Vec<(String, String)> = [
            ("DATABASE_URL", database_url.clone()),
            ("SHOUWANG_DB_LOGINS", path("logins")),
            ("AMQP_URL", servers.amqp_url.clone()),
            ("SHOUWANG_BROKER_PREFIX", prefix.clone()),
            ("SHOUWANG_MASTER_KEY_FILE", path("master.key")),
            ("SHOUWANG_CONTACT_KEY_FILE", path("contact.key")),
            ("SHOUWANG_TOKEN_KEY_FILE", path("token.key")),
            ("SHOUWANG_DRILL_SECRET_FILE", path("drill.secret")),
            ("SHOUWANG_DEMO_FILE", path("demo.json")),
            ("SHOUWANG_PUBLIC_ADDR", public.clone()),
            ("SHOUWANG_INTERNAL_ADDR", internal.clone()),
            ("INTERNAL_URL", format!("http://{internal}")),
            ("PUBLIC_URL", format!("http://{public}")),
            ("SMTP_URL", mail.url()),
            ("SHOUWANG_DRILL_MAIL", "true".into()),
            ("SHOUWANG_RATE_PER_MINUTE", "1000000".into()),
            // Tests file many reports from one address; the tests of floods say otherwise.
            ("SHOUWANG_GROUP_ABOVE", "0".into()),
        ]
        .map(|(k, v)| (k.to_owned(), v))
        .to_vec();
        env.retain(|(k, _)| !options.env.iter().any(|(name, _)| name == k));
        // An empty value takes a variable away.
        env.extend(options.env.iter().filter(|(_, value)| !value.is_empty()).cloned());

        let key = path("master.key");
        run("intake-api", &["key", "new", &key], &env).await;
        run("intake-api", &["key", "new-contact", &path("contact.key")], &env).await;
        run("intake-api", &["key", "new-token", &path("token.key")], &env).await;
        run("intake-api", &["migrate", "--demo", "--logins", &path("logins")], &env).await;

        // A service gets its logins, never the owner's URL.
        let service_env: Vec<_> = env.iter().filter(|(k, _)| k != "DATABASE_URL").cloned().collect();
        let service = |name: &'static str| Service::new(name, service_env.clone(), dir.join(format!("{name}.log")));
        let mut system = Self {
            public_url: format!("http://{public}"),
            internal_url: format!("http://{internal}"),
            drill_secret,
            mail,
            db: PgPool::connect(&database_url).await.expect("the test's own pool"),
            database_url,
            intake: service("intake-api"),
            router: service("router"),
            notifier: service("notifier"),
            http: reqwest::Client::new(),
            gone: Gone {
                server_url: servers.database_url.clone(),
                name,
                amqp_url: servers.amqp_url.clone(),
                prefix: prefix.clone(),
                passed: false,
            },
            prefix,
            amqp_url: servers.amqp_url.clone(),
            dir,
            private: servers.is_private(),
            // Private servers are there to be broken.
            leaves: Mutex::new(servers.is_private().then_some(Left::Errors).into_iter().collect()),
        };
        for name in &options.start {
            system.service(name).spawn();
        }
        for name in &options.start {
            system.service(name).ready().await;
        }
        system
    }

    /// A service by its name.
    pub fn service(&mut self, name: &str) -> &mut Service {
        match name {
            "intake-api" => &mut self.intake,
            "router" => &mut self.router,
            "notifier" => &mut self.notifier,
            other => panic!("there is no service {other}"),
        }
    }

    /// Files a report by the API; `None` when the answer is not 201.
    pub async fn try_file(&self, body: &str, key: Option<&str>) -> Option<Filed> {
        let mut request = self.http.post(format!("{}/api/v1/reports", self.public_url));
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        let response = request
            .header("content-type", "application/json")
            .body(body.to_owned())
            .send()
            .await
            .ok()?;
        if response.status() != 201 {
            return None;
        }
        response.json().await.ok()
    }

    /// Files a report that must be accepted.
    pub async fn file(&self, body: &str) -> Filed {
        self.try_file(body, None).await.expect("a 201")
    }

    /// `router show --json`.
    pub async fn show(&self, receipt: &str) -> Shown {
        serde_json::from_str(&shown(&self.database_url, receipt).await).expect("JSON")
    }

    /// Waits until the report is routed, then shows it.
    pub async fn routed(&self, filed: &Filed) -> Shown {
        let id = filed.id();
        eventually(
            &format!("{} routed", filed.receipt),
            Duration::from_secs(30),
            async || {
                let routed: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM decisions WHERE report_id = $1)")
                    .bind(id)
                    .fetch_one(&self.db)
                    .await
                    .ok()?;
                routed.then_some(())
            },
        )
        .await;
        self.show(&filed.receipt).await
    }

    /// The first ticket of a unit about a report.
    pub async fn ticket_of(&self, filed: &Filed, unit: &str) -> i64 {
        sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND unit = $2 ORDER BY id LIMIT 1")
            .bind(filed.id())
            .bind(unit)
            .fetch_one(&self.db)
            .await
            .expect("a ticket of the unit")
    }

    /// What the reporter is told who asks with receipt and code; usually [`Known`](crate::Known).
    pub async fn known<T: DeserializeOwned>(&self, filed: &Filed) -> T {
        let asked = serde_json::json!({"receipt": filed.receipt, "follow_up_code": filed.follow_up_code});
        let url = format!("{}/api/v1/status", self.public_url);
        let answer = self.http.post(url).json(&asked).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        answer.json().await.expect("a status")
    }

    /// Waits until nothing is under way: outbox empty, no notice queued.
    pub async fn quiet(&self, within: Duration) {
        eventually("outbox and notices empty", within, async || {
            let left: i64 = sqlx::query_scalar(
                "SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM notices WHERE state = 'queued')",
            )
            .fetch_one(&self.db)
            .await
            .ok()?;
            (left == 0).then_some(())
        })
        .await;
    }

    /// Runs `router` as an operator does, with `.run/env` sourced.
    pub async fn router_cli(&self, words: &[&str]) -> Output {
        output(
            "router",
            words,
            &[("DATABASE_URL".to_owned(), self.database_url.clone())],
        )
        .await
    }

    /// Runs `intake-api` as an operator does.
    pub async fn intake_cli(&self, words: &[&str]) -> Output {
        output(
            "intake-api",
            words,
            &[("DATABASE_URL".to_owned(), self.database_url.clone())],
        )
        .await
    }

    /// A number from the database.
    pub async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&self.db).await.expect(sql)
    }

    /// Says what this test leaves behind on purpose; whatever else is left when it ends fails it.
    pub fn leaves(&self, left: &[Left]) {
        self.leaves.lock().unwrap_or_else(PoisonError::into_inner).extend(left);
    }

    /// What is left behind and was not said.
    fn aftermath(&mut self) -> Vec<String> {
        let services = [&mut self.intake, &mut self.router, &mut self.notifier];
        let (mut running, mut logs) = (Vec::new(), Vec::new());
        for service in services {
            if service.is_running() {
                running.push(service.name());
            }
            logs.push((service.name(), service.log_text()));
        }
        let look = Aftermath {
            database_url: self.database_url.clone(),
            amqp_url: self.amqp_url.clone(),
            prefix: self.prefix.clone(),
            running,
            logs,
            expected: self.leaves.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        std::thread::scope(|scope| scope.spawn(|| look.look()).join().expect("a look at what is left"))
    }

    /// Where logs, keys and logins are.
    pub fn dir(&self) -> &std::path::Path {
        &self.dir
    }
}

impl Drop for System {
    fn drop(&mut self) {
        // Logs of a failed test stay; a passed one cleans up. The processes end with their handles.
        if std::thread::panicking() {
            return;
        }
        let left = self.aftermath();
        assert!(
            left.is_empty(),
            "left behind, and the test did not say so (System::leaves); logs in {}:\n{}",
            self.dir.display(),
            left.join("\n")
        );
        let _ = std::fs::remove_dir_all(&self.dir);
        // Private servers go as a whole.
        self.gone.passed = !self.private;
    }
}

pub(crate) fn write_private(file: &std::path::Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(file, text).expect("a private file");
    std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600)).expect("its mode");
}

/// What a command said.
#[derive(Debug)]
pub struct Output {
    /// Exit code.
    pub code: i32,
    /// Answer.
    pub stdout: String,
    /// Everything else.
    pub stderr: String,
}

/// What `router show --json` says of a report in this database.
pub(crate) async fn shown(database_url: &str, receipt: &str) -> String {
    let env = [("DATABASE_URL".to_owned(), database_url.to_owned())];
    let out = output("router", &["show", receipt, "--json"], &env).await;
    assert_eq!(out.code, 0, "{}", out.stderr);
    out.stdout
}

async fn output(name: &str, words: &[&str], env: &[(String, String)]) -> Output {
    let out = Command::new(binary(name))
        .args(words)
        .env_clear()
        .envs(env.iter().map(|(k, v)| (k, v)))
        .current_dir(root())
        .stdin(Stdio::null())
        .output()
        .await
        .expect("a command");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Output {
        code: out.status.code().unwrap_or(-1),
        stdout: text(out.stdout),
        stderr: text(out.stderr),
    }
}

async fn run(name: &str, words: &[&str], env: &[(String, String)]) {
    let out = output(name, words, env).await;
    assert_eq!(out.code, 0, "{name} {words:?}: {}", out.stderr);
}
