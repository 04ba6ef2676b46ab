//! Drills: one fault each, what reporter, officer, `/ready` and the metric say meanwhile, and that it heals by itself. The table
//! in docs/operations.md ("Faults, and what they look like") says the same in words. Kills and lost messages are in `faults/main.rs`.

use std::{
    fs::File,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{Connection, PgConnection};
use tests::{Left, Options, Sample, Servers, System, binary, eventually, officers::Accounts};

/// `/ready` says so within seconds of a fault, and of its end.
const SAID: Duration = Duration::from_secs(15);
/// A server that starts, on a busy machine.
const STARTED: Duration = Duration::from_secs(60);

fn quick() -> Options {
    Options {
        // A reporter's page waits 4 s here instead of 15.
        env: vec![("SHOUWANG_REQUEST_TIMEOUT_S".into(), "4".into())],
        ..Options::default()
    }
}

/// Waits until `/ready` of a service holds these words, and its metric says so too.
async fn says(system: &mut System, service: &'static str, part: &str, words: &str) {
    let service = system.service(service);
    let begun = Instant::now();
    eventually(&format!("{part}: {words}"), SAID, async || {
        let (status, text) = service.readiness().await?;
        let line = text.lines().find(|line| line.starts_with(&format!("{part}: ")))?;
        (status == 503 && line.contains(words)).then_some(())
    })
    .await;
    let metric = format!("shouwang_part_ready{{part=\"{part}\"}} 0");
    let metrics = service.metrics().await;
    assert!(metrics.contains(&metric), "{metric} is not in\n{metrics}");
    eprintln!("{part}: {words:?} said after {:.1} s", begun.elapsed().as_secs_f64());
}

async fn all_ready(system: &mut System, within: Duration) {
    let begun = Instant::now();
    for name in ["intake-api", "router", "notifier"] {
        let service = system.service(name);
        eventually(&format!("{name} ready again"), within, async || {
            (service.readiness().await?.0 == 200).then_some(())
        })
        .await;
    }
    eprintln!("all ready after {:.1} s", begun.elapsed().as_secs_f64());
}

/// What a reporter reads who files now: status and body, by API and by form page.
async fn reporter_reads(system: &System) -> (u16, String) {
    let answer = system
        .http
        .post(format!("{}/api/v1/reports", system.public_url))
        .header("content-type", "application/json")
        .body(Sample::BruisesAtSchool.body())
        .send()
        .await
        .expect("an answer");
    (answer.status().as_u16(), answer.text().await.expect("its text"))
}

async fn refused_honestly(system: &System) {
    let (status, text) = reporter_reads(system).await;
    assert!(
        status == 503 && text.contains("110"),
        "not stored, and what to do instead: {status} {text}"
    );
}

/// A report is accepted and dispatched. Where a service still finds out that a server is back, the next try is.
async fn works(system: &System) {
    let filed = eventually("a report accepted", STARTED, async || {
        system.try_file(Sample::BruisesAtSchool.body(), None).await
    })
    .await;
    system.routed(&filed).await;
}

fn pids(system: &System) -> Vec<Option<u32>> {
    vec![system.intake.pid(), system.router.pid(), system.notifier.pid()]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgresql_and_rabbitmq_stopped_frozen_or_short() {
    let servers = Servers::private("drills");
    let mut system = System::start_on(&servers, quick()).await;
    let accounts = Accounts::make(&system).await;
    let officer = accounts.browser(&system, "member").await;
    let before = pids(&system);
    works(&system).await;

    eprintln!("PostgreSQL frozen");
    servers.signal("postgres", "STOP");
    for name in ["intake-api", "router", "notifier"] {
        says(&mut system, name, "PostgreSQL", "does not answer").await;
    }
    refused_honestly(&system).await;
    let page = officer.get("/desk").await;
    assert_eq!(page.status, 503);
    assert!(page.text.contains("系统暂时不可用"), "{}", page.text);
    servers.signal("postgres", "CONT");
    all_ready(&mut system, SAID).await;
    works(&system).await;

    eprintln!("PostgreSQL without connections");
    let mut taken = Vec::new();
    while let Ok(one) = PgConnection::connect(&servers.database_url).await {
        taken.push(one);
        assert!(taken.len() < 1000, "PostgreSQL has no limit");
    }
    for name in ["intake-api", "router", "notifier"] {
        says(&mut system, name, "PostgreSQL", "no connection left").await;
    }
    // The writer's own connection is there already.
    works_as_it_stands(&system).await;
    drop(taken);
    all_ready(&mut system, SAID).await;

    eprintln!("PostgreSQL stopped");
    servers.command("stop-postgres", None);
    for name in ["intake-api", "router", "notifier"] {
        says(&mut system, name, "PostgreSQL", "can't be reached").await;
    }
    refused_honestly(&system).await;
    let page = officer.get("/desk").await;
    assert_eq!(page.status, 503);
    assert!(page.text.contains("系统暂时不可用"), "{}", page.text);
    servers.command("start-postgres", None);
    all_ready(&mut system, SAID).await;
    works(&system).await;

    eprintln!("RabbitMQ frozen");
    servers.signal("rabbitmq", "STOP");
    says(&mut system, "intake-api", "relay", "does not answer").await;
    says(&mut system, "router", "consumer", "RabbitMQ").await;
    works(&system).await;
    servers.signal("rabbitmq", "CONT");
    all_ready(&mut system, STARTED).await;
    works(&system).await;

    for (what, alarm, over) in [
        (
            "memory",
            ["set_vm_memory_high_watermark", "0.000001"],
            ["set_vm_memory_high_watermark", "0.4"],
        ),
        (
            "disk",
            ["set_disk_free_limit", "900000GB"],
            ["set_disk_free_limit", "256MB"],
        ),
    ] {
        eprintln!("RabbitMQ short of {what}");
        servers.rabbitmqctl(&alarm);
        says(&mut system, "intake-api", "relay", "raised an alarm").await;
        works(&system).await;
        servers.rabbitmqctl(&over);
        all_ready(&mut system, SAID).await;
        works(&system).await;
    }

    eprintln!("RabbitMQ stopped");
    servers.command("stop-rabbitmq", None);
    says(&mut system, "intake-api", "relay", "can't be reached").await;
    works(&system).await;
    servers.command("start-rabbitmq", None);
    all_ready(&mut system, STARTED).await;

    assert_eq!(pids(&system), before, "no service ended over any of it");
    system.quiet(STARTED).await;
}

/// One try, without patience.
async fn works_as_it_stands(system: &System) {
    let (status, text) = reporter_reads(system).await;
    assert_eq!(status, 201, "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_and_nothing_dies() {
    let Some(servers) = Servers::private_on_small_disk("small", 160) else {
        eprintln!("not drilled: nothing may be mounted here (needs root)");
        return;
    };
    let mut system = System::start_on(&servers, quick()).await;
    let accounts = Accounts::make(&system).await;
    let officer = accounts.browser(&system, "member").await;
    works(&system).await;
    let before = pids(&system);
    let filled = servers.fill_disk();
    says(&mut system, "intake-api", "PostgreSQL", "disk is full").await;
    // What was set aside before takes some more.
    let (mut refused, mut taken, mut unsure) = (false, 0, 0);
    while !refused {
        let (status, text) = reporter_reads(&system).await;
        refused = status != 201;
        taken += usize::from(!refused);
        // The answer says which: not stored, or not known whether stored.
        unsure = i64::from(text.contains("不能确定"));
        assert!(!refused || (status == 503 && text.contains("110")), "{status} {text}");
        assert!(taken < 5000, "the disk is not full");
    }
    eprintln!("{taken} more were stored, then refused");
    let page = officer.get("/desk").await;
    assert!(page.status == 200 || page.status == 503, "{}", page.status);
    drop(filled);
    all_ready(&mut system, STARTED).await;
    works(&system).await;
    assert_eq!(pids(&system), before, "no service ended over it");
    let stored = system.count("SELECT count(*) FROM reports").await - i64::try_from(taken).expect("few") - 2;
    assert!(
        (0..=unsure).contains(&stored),
        "each 201 is there, and nothing else but what was said to be unknown: {stored} of {unsure}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_nobody_takes_stops_nothing() {
    let options = Options {
        // Enough lines to fill every pipe.
        env: vec![("SHOUWANG_LOG".into(), "debug".into())],
        start: vec![],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    let full = || Stdio::from(File::options().write(true).open("/dev/full").expect("/dev/full"));
    // One writes to a full disk, one to a pipe without an end, one to a pipe that nobody reads.
    system.intake.spawn_logging_to(full());
    let (closed, end) = std::io::pipe().map(|(end, closed)| (closed, end)).expect("a pipe");
    drop(end);
    system.router.spawn_logging_to(closed);
    let (unread, hangs) = std::io::pipe().expect("a pipe");
    system.notifier.spawn_logging_to(hangs);
    for name in ["intake-api", "router", "notifier"] {
        system.service(name).ready().await;
    }
    for sample in Sample::ALL {
        let filed = system.file(sample.body()).await;
        system.routed(&filed).await;
    }
    system.quiet(STARTED).await;
    for name in ["intake-api", "router"] {
        let metrics = system.service(name).metrics().await;
        assert!(
            metrics.contains("\nshouwang_log_lines_lost_total "),
            "{name} counts what it lost"
        );
    }
    for name in ["intake-api", "router", "notifier"] {
        assert_eq!(system.service(name).stop().await, Some(0), "{name} ends in order");
    }
    drop(unread);
}

#[test]
fn no_command_panics_where_its_words_go_nowhere() {
    let pack = tests::root().join("counties/taihe");
    let pack = pack.to_str().expect("a path");
    let sample = tests::root().join("tests/samples/01-bruises-at-school.json");
    let sample = sample.to_str().expect("a path");
    let commands: [(&str, &[&str]); 9] = [
        ("intake-api", &["config"]),
        ("intake-api", &["routes"]),
        ("intake-api", &["--help"]),
        ("intake-api", &["pack", "load", "/nowhere"]),
        ("router", &["route", "--county", pack, sample]),
        ("router", &["check", "--county", pack]),
        ("router", &["check", "/nowhere"]),
        ("router", &["show", "nonsense"]),
        ("notifier", &["serve"]),
    ];
    for (name, words) in commands {
        for closed in [false, true] {
            let ends = || {
                if closed {
                    Stdio::from(std::io::pipe().expect("a pipe").1)
                } else {
                    Stdio::from(File::options().write(true).open("/dev/full").expect("/dev/full"))
                }
            };
            let mut command = Command::new(binary(name));
            command.args(words).env_clear().stdin(Stdio::null());
            let status = command.stdout(ends()).stderr(ends()).status().expect("a command");
            assert_ne!(status.code(), Some(101), "{name} {words:?} panicked (closed: {closed})");
            // With standard error open, the words would show a panic in a thread.
            let out = command
                .stdout(ends())
                .stderr(Stdio::piped())
                .output()
                .expect("a command");
            let said = String::from_utf8_lossy(&out.stderr).into_owned();
            assert!(!said.contains("panicked"), "{name} {words:?}: {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_master_key_is_refused_at_start() {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    system.leaves(&[Left::Errors]);
    system.file(Sample::BruisesAtSchool.body()).await;
    system.intake.stop().await;
    let right = std::fs::read_to_string(system.dir().join("master.key")).expect("the key");
    let (id, digits) = right.trim().split_once(':').expect("id:hex");
    let changed: String = digits.chars().rev().collect();
    for (wrong, words) in [
        (format!("mk-other:{digits}"), "was sealed with"),
        (format!("{id}:{changed}"), "does not open it"),
        (format!("mk-other:{changed}"), "put that key back"),
    ] {
        system.intake.set("SHOUWANG_MASTER_KEY", &wrong);
        system.intake.set("SHOUWANG_MASTER_KEY_FILE", "");
        let file = system.dir().join("other.key");
        std::fs::write(&file, &wrong).expect("a key");
        assert!(
            Command::new("chmod")
                .arg("600")
                .arg(&file)
                .status()
                .expect("chmod")
                .success()
        );
        system.intake.set("SHOUWANG_MASTER_KEY_FILE", &file.to_string_lossy());
        system.intake.spawn();
        let code = system.intake.ended(STARTED).await;
        assert_ne!(code, Some(0), "refused");
        let log = system.intake.log_text();
        assert!(log.contains(words), "says what to do: {log}");
        assert!(
            !log.contains(digits) && !log.contains(&changed),
            "a key reached the log"
        );
        assert!(
            system.try_file(Sample::Pregnant13.body(), None).await.is_none(),
            "no door was open"
        );
    }
    let key = system.dir().join("master.key");
    system.intake.set("SHOUWANG_MASTER_KEY_FILE", &key.to_string_lossy());
    system.intake.spawn();
    system.intake.ready().await;
    system.file(Sample::Pregnant13.body()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_demo_needs_a_database_made_for_it_and_says_so_on_every_page() {
    let options = Options {
        start: vec![],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    system.leaves(&[Left::Errors]);
    Accounts::make(&system).await;
    let demo = system.dir().join("demo.json");
    system.intake.set("SHOUWANG_DEMO_FILE", &demo.to_string_lossy());
    system.intake.spawn();
    system.intake.ready().await;
    let accounts = Accounts::make(&system).await;
    let banner = "账号和密码公开在登录页上";
    for (who, pages) in [
        ("member", &["/desk", "/password", "/leave", "/nothing-here"][..]),
        ("office", &["/board", "/triage", "/callbacks", "/closings", "/rules"]),
        ("leading", &["/leading"]),
        ("admin", &["/people", "/units"]),
    ] {
        let browser = accounts.browser(&system, who).await;
        for page in pages {
            let shown = browser.get(page).await.text;
            // The page behind 快速离开 pretends to be something else.
            assert!(shown.contains(banner) || *page == "/leave", "{who} {page}: {shown}");
        }
    }
    let login = reqwest::get(format!("{}/login", system.internal_url))
        .await
        .expect("a page");
    assert!(login.text().await.expect("its text").contains(banner));
    system.intake.stop().await;

    // The same database, had it been made for a county.
    sqlx::query("ALTER TABLE installation DISABLE TRIGGER installation_is_fixed")
        .execute(&system.db)
        .await
        .expect("the owner may");
    sqlx::query("UPDATE installation SET demo = false")
        .execute(&system.db)
        .await
        .expect("the owner may");
    system.intake.spawn();
    assert_ne!(system.intake.ended(STARTED).await, Some(0));
    assert!(system.intake.log_text().contains("was not made for a demo"));
    let file = demo.to_string_lossy().into_owned();
    for words in [&["people", "demo", "--out", &file][..], &["migrate", "--demo"]] {
        let out = system.intake_cli(words).await;
        assert!(
            out.code != 0 && out.stderr.contains("was not made for a demo"),
            "{words:?}: {}",
            out.stderr
        );
    }
    assert_eq!(system.intake_cli(&["migrate"]).await.code, 0, "an upgrade goes on");
}
