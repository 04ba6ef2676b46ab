//! Who notices that a service stands still, and whom it rings: the real services, the provider of the tests, and a line to the
//! database that is cut.

use std::{path::PathBuf, time::Duration};

use tests::{Asked, FakeGateway, Left, Options, Proxy, Servers, System, eventually};

/// Of the office and of IT.
const OFFICE: &str = "13812340001";
const IT: &str = "05588610002";
const WITHIN: Duration = Duration::from_secs(90);

struct Watched {
    gateway: FakeGateway,
    dir: PathBuf,
}

impl Watched {
    fn new() -> Self {
        let dir = std::env::temp_dir().join(format!("sw-watch-{}", uuid::Uuid::new_v4().simple()));
        std::fs::create_dir_all(&dir).expect("a folder");
        Self {
            gateway: FakeGateway::start(),
            dir,
        }
    }

    /// Rings after ten seconds, and not again in a test's time.
    fn options(&self, start: Vec<&'static str>) -> Options {
        let file = self
            .gateway
            .describe(&self.dir, &[("sms", "sms"), ("voice", "voice")], 600);
        let set = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        Options {
            env: vec![
                set("SHOUWANG_GATEWAYS", &file.display().to_string()),
                set("SHOUWANG_WATCH_NAME", "太和县"),
                set("SHOUWANG_WATCH_OFFICE", OFFICE),
                set("SHOUWANG_WATCH_IT", "0558-8610002"),
                set("SHOUWANG_WATCH_LATE_S", "10"),
                set("SHOUWANG_WATCH_HEARTBEAT_URL", &self.gateway.url("heartbeat")),
                set("SHOUWANG_WATCH_HEARTBEAT_METHOD", "POST"),
                set("SHOUWANG_WATCH_HEARTBEAT_S", "1"),
            ],
            start,
            ..Options::default()
        }
    }

    fn asked(&self, by: &str) -> Vec<Asked> {
        self.gateway
            .asked()
            .into_iter()
            .filter(|asked| asked.by == by)
            .collect()
    }

    /// Waits for a ring or a word of the watchdog to a number; its id.
    async fn told(&self, by: &str, to: &str, what: &str) -> Asked {
        eventually(&format!("{what} by {by}"), WITHIN, async || {
            self.asked(by)
                .into_iter()
                .find(|asked| asked.text("to") == to && asked.text("what") == what)
        })
        .await
    }

    async fn heartbeat_after(&self, count: usize) {
        eventually("a heartbeat", WITHIN, async || {
            (self.asked("heartbeat").len() > count).then_some(())
        })
        .await;
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        _ = std::fs::remove_dir_all(&self.dir);
    }
}

fn silent_about(system: &mut System) {
    for service in ["router", "notifier"] {
        let log = system.service(service).log_text();
        assert!(!log.contains(OFFICE) && !log.contains(IT), "{service}: {log}");
    }
}

#[tokio::test]
async fn a_router_that_is_gone_rings_the_office_and_it() {
    let watched = Watched::new();
    let options = watched.options(vec!["router", "notifier"]);
    let mut system = System::start_on(&Servers::shared(), options).await;
    // The silence is said at the level ERROR.
    system.leaves(&[Left::Errors]);
    watched.heartbeat_after(0).await;
    assert!(
        watched.asked("voice").is_empty() && watched.asked("sms").is_empty(),
        "all is well"
    );

    system.router.kill().await;
    let rung = watched.told("voice", OFFICE, "系统故障").await;
    assert_eq!(rung.text("id"), "watch-taihe-router-1-1-1");
    assert_eq!(rung.text("office"), "太和县");
    watched.told("sms", OFFICE, "系统故障").await;
    let it = watched.told("voice", IT, "系统故障").await;
    assert_eq!(it.text("id"), "watch-taihe-router-1-1-2");
    let (code, body) = system.notifier.readiness().await.expect("an answer");
    assert!(code == 503 && body.contains("watch: the router is silent"), "{body}");

    system.router.spawn();
    watched.told("sms", OFFICE, "系统恢复正常").await;
    watched.told("voice", IT, "系统恢复正常").await;
    let back = watched.asked("heartbeat").len();
    watched.heartbeat_after(back).await;
    let beats = watched.asked("heartbeat");
    let well = watched
        .asked("sms")
        .into_iter()
        .find(|asked| asked.text("what") == "系统恢复正常");
    let well = well.expect("the word").at;
    assert!(
        beats
            .iter()
            .all(|beat| beat.at < rung.at || beat.at + Duration::from_secs(3) > well),
        "none while the router was gone"
    );
    assert_eq!(watched.asked("voice").len(), 3, "one ring each, and one word");
    silent_about(&mut system);
}

#[tokio::test]
async fn a_notifier_that_is_gone_is_rung_by_the_router_and_a_database_that_goes_too() {
    let watched = Watched::new();
    let mut system = System::start_on(&Servers::shared(), watched.options(Vec::new())).await;
    system.leaves(&[Left::Errors]);
    let line = through_a_line(&system);
    for service in ["router", "notifier"] {
        system.service(service).spawn();
    }
    for service in ["router", "notifier"] {
        system.service(service).ready().await;
    }
    watched.heartbeat_after(0).await;

    system.notifier.kill().await;
    let rung = watched.told("voice", OFFICE, "系统故障").await;
    assert_eq!(
        (rung.text("id"), rung.text("office")),
        ("watch-taihe-notifier-1-1-1", "太和县")
    );
    watched.told("sms", OFFICE, "系统故障").await;
    watched.told("voice", IT, "系统故障").await;
    let (code, body) = system.router.readiness().await.expect("an answer");
    assert!(code == 503 && body.contains("watch: the notifier is silent"), "{body}");

    // The router alone, and nothing but its configuration.
    line.cut();
    let id = "watch-taihe-database-1-1-1";
    let rung = eventually("a ring about the database", WITHIN, async || {
        let calls = watched.asked("voice").into_iter();
        calls.into_iter().find(|asked| asked.text("id") == id)
    })
    .await;
    assert_eq!((rung.text("to"), rung.text("office")), (OFFICE, "太和县"));
    line.mend();
    system.notifier.spawn();
    eventually("all is well", WITHIN, async || {
        let said = watched.asked("sms").into_iter();
        let well: Vec<String> = said
            .filter(|asked| asked.text("what") == "系统恢复正常")
            .map(|asked| asked.text("id").to_owned())
            .collect();
        (well.iter().any(|id| id.contains("database")) && well.iter().any(|id| id.contains("notifier"))).then_some(())
    })
    .await;
    silent_about(&mut system);
}

#[tokio::test]
async fn a_database_that_is_away_rings_by_the_configuration_alone() {
    let watched = Watched::new();
    let mut system = System::start_on(&Servers::shared(), watched.options(Vec::new())).await;
    system.leaves(&[Left::Errors]);
    let line = through_a_line(&system);
    for service in ["router", "notifier"] {
        system.service(service).spawn();
    }
    for service in ["router", "notifier"] {
        system.service(service).ready().await;
    }
    watched.heartbeat_after(0).await;

    line.cut();
    let rung = watched.told("voice", OFFICE, "系统故障").await;
    assert_eq!(rung.text("id"), "watch-taihe-database-1-1-1");
    line.mend();
    let well = watched.told("sms", OFFICE, "系统恢复正常").await;
    assert_eq!(well.text("id"), "watch-taihe-database-1-well-1");
    for service in ["router", "notifier"] {
        system.service(service).ready().await;
    }
    let ids = watched
        .asked("voice")
        .into_iter()
        .map(|asked| asked.text("id").to_owned());
    assert!(
        ids.into_iter().all(|id| id.starts_with("watch-taihe-database-1-")),
        "two watchers give the provider the same ids, and blame nobody else"
    );
    let said = watched
        .asked("sms")
        .into_iter()
        .filter(|asked| asked.text("what") == "系统恢复正常");
    assert_eq!(said.count(), 1, "one of them says that it is well");
    silent_about(&mut system);
}

/// Puts a line between the services' logins and the database.
fn through_a_line(system: &System) -> Proxy {
    let (_, host) = split(&system.database_url);
    let port = host.rsplit(':').next().and_then(|port| port.parse().ok());
    let line = Proxy::start(port.unwrap_or(5432));
    let logins = std::fs::read_dir(system.dir().join("logins")).expect("the logins");
    for login in logins {
        let path = login.expect("a file").path();
        let url = std::fs::read_to_string(&path).expect("a login");
        let (head, host) = split(&url);
        let through = format!("127.0.0.1:{}", line.port());
        std::fs::write(
            &path,
            url.replacen(&format!("{head}@{host}"), &format!("{head}@{through}"), 1),
        )
        .expect("a login");
    }
    line
}

/// What stands before the @ of a URL, and the host with its port behind it.
fn split(url: &str) -> (&str, &str) {
    let (head, rest) = url.split_once('@').expect("a user");
    (head, rest.split(['/', '?']).next().unwrap_or_default())
}
