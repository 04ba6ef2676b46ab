//! Faults in the middle of 500 reports: each service killed with -9, RabbitMQ and PostgreSQL crashed and restarted.
//! Afterwards every 201 has its tickets, once, and nothing that was not answered 201 is lost to its key.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tests::{Filed, Options, Sample, Servers, System, eventually, wait::Turns};
use tokio::{sync::Mutex, task::JoinSet};

mod rings;

const REPORTS: usize = 500;
const CLIENTS: usize = 8;

/// Files `REPORTS` reports from `CLIENTS` clients that retry with the same key, as a good client does; counts as it goes.
fn load(url: &str, done: &Arc<AtomicUsize>) -> JoinSet<Vec<(usize, Filed)>> {
    let bodies: Arc<Vec<&str>> = Arc::new(Sample::ALL.iter().map(|sample| sample.body()).collect());
    let mut clients = JoinSet::new();
    for client in 0..CLIENTS {
        let (url, bodies, done) = (url.to_owned(), bodies.clone(), done.clone());
        clients.spawn(async move {
            let http = reqwest::Client::builder()
                .timeout(Duration::from_secs(20))
                .build()
                .expect("a client");
            let mut filed = Vec::new();
            for n in (client..REPORTS).step_by(CLIENTS) {
                let answer = file_until_accepted(&http, &url, bodies[n % bodies.len()], n).await;
                filed.push((n, answer));
                done.fetch_add(1, Ordering::SeqCst);
            }
            filed
        });
    }
    clients
}

async fn file_until_accepted(http: &reqwest::Client, url: &str, body: &str, n: usize) -> Filed {
    let turns = Turns::within(Duration::from_secs(120));
    loop {
        let request = http
            .post(format!("{url}/api/v1/reports"))
            .header("Idempotency-Key", format!("report-{n}"));
        if let Ok(response) = request.body(body.to_owned()).send().await
            && response.status() == 201
            && let Ok(filed) = response.json().await
        {
            return filed;
        }
        assert!(turns.again().await, "report {n} was not accepted in two minutes");
    }
}

async fn reached(done: &AtomicUsize, share: usize) {
    eventually(&format!("{share} reports"), Duration::from_secs(120), async || {
        (done.load(Ordering::SeqCst) >= share).then_some(())
    })
    .await;
}

async fn everything_once(system: &System, filed: &[(usize, Filed)]) {
    assert_eq!(filed.len(), REPORTS);
    let receipts: HashSet<_> = filed.iter().map(|(_, f)| &f.receipt).collect();
    assert_eq!(receipts.len(), REPORTS, "each report has a receipt of its own");
    system.quiet(Duration::from_secs(120)).await;
    assert_eq!(
        system.count("SELECT count(*) FROM reports").await,
        REPORTS as i64,
        "accepted once each"
    );
    assert_eq!(
        system.count("SELECT count(*) FROM decisions").await,
        REPORTS as i64,
        "routed once each"
    );
    assert_eq!(system.count("SELECT count(*) FROM cases").await, REPORTS as i64);
    assert_eq!(system.count("SELECT count(*) FROM parked_messages").await, 0);
    assert_eq!(
        system
            .count("SELECT count(*) FROM decisions WHERE triage_reasons <> '[]'")
            .await,
        0,
        "nobody was blamed for a crash"
    );
    let per_report: Vec<(i64, i64)> = sqlx::query_as("SELECT report_id, count(*) FROM tickets GROUP BY 1")
        .fetch_all(&system.db)
        .await
        .unwrap();
    let tickets: HashMap<_, _> = per_report.into_iter().collect();
    let expected = expected_tickets();
    for (n, f) in filed {
        assert_eq!(
            tickets.get(&f.id()),
            Some(&expected[n % expected.len()]),
            "report {n}, {}",
            f.receipt
        );
    }
    let all: i64 = tickets.values().sum();
    let told = "SELECT count(*) FROM notice_tickets nt JOIN notices n ON n.id = nt.notice_id WHERE n.state = 'sent'";
    assert_eq!(system.count(told).await, all, "each ticket is told of once");
    let units = "SELECT count(*) FROM (SELECT DISTINCT report_id, unit FROM tickets) u";
    let notices = system.count("SELECT count(*) FROM notices WHERE state = 'sent'").await;
    assert_eq!(notices, system.count(units).await, "one notice a unit and report");
    // At least once: a mail that left just before a kill may leave again, under the same Message-ID.
    let ids: HashSet<_> = system
        .mail
        .mails()
        .iter()
        .map(|m| m.header("message-id").unwrap())
        .collect();
    assert_eq!(ids.len() as i64, notices);
}

fn expected_tickets() -> Vec<i64> {
    let mut reader = csv::Reader::from_path(tests::root().join("tests/samples/expected.csv")).unwrap();
    reader
        .records()
        .map(|row| row.unwrap()[3].split_whitespace().count() as i64)
        .collect()
}

async fn join(mut clients: JoinSet<Vec<(usize, Filed)>>) -> Vec<(usize, Filed)> {
    let mut all = Vec::new();
    while let Some(filed) = clients.join_next().await {
        all.extend(filed.expect("a client"));
    }
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_killed_in_the_middle() {
    let mut system = System::start().await;
    let done = Arc::new(AtomicUsize::new(0));
    let clients = load(&system.public_url, &done);
    for (share, name) in [
        (60, "router"),
        (120, "notifier"),
        (180, "intake-api"),
        (260, "router"),
        (340, "intake-api"),
        (420, "notifier"),
    ] {
        reached(&done, share).await;
        let service = system.service(name);
        service.kill().await;
        service.spawn();
        service.ready().await;
    }
    let filed = join(clients).await;
    everything_once(&system, &filed).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rabbitmq_and_postgresql_crash_in_the_middle() {
    let servers = Servers::private("faults");
    let mut system = System::start_on(&servers, Options::default()).await;
    let done = Arc::new(AtomicUsize::new(0));
    let clients = load(&system.public_url, &done);
    let servers = Arc::new(Mutex::new(servers));
    for (share, command, option) in [
        (80, "restart-rabbitmq", Some("--kill")),
        (180, "restart-postgres", Some("--kill")),
        (280, "restart-rabbitmq", None),
        (380, "restart-postgres", None),
    ] {
        reached(&done, share).await;
        let servers = servers.clone().lock_owned().await;
        tokio::task::spawn_blocking(move || servers.command(command, option))
            .await
            .expect("a restart");
    }
    let filed = join(clients).await;
    everything_once(&system, &filed).await;
    for name in ["intake-api", "router", "notifier"] {
        assert!(system.service(name).pid().is_some(), "{name} lived through it");
        system.service(name).ready().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn queues_that_lost_their_leader_are_made_anew() {
    let servers = Servers::private("leaderless");
    let mut system = System::start_on(&servers, Options::default()).await;
    let before = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&before).await;
    // As after a crash amid the broker's late writes: it knows the queues' names and has lost the queues themselves.
    servers.command("stop-rabbitmq", None);
    servers.rabbitmq_forget_quorum();
    servers.command("start-rabbitmq", None);
    eventually("queues made anew", Duration::from_secs(180), async || {
        system
            .router
            .metrics()
            .await
            .contains("\nshouwang_broker_queues_made_anew_total")
            .then_some(())
    })
    .await;
    for name in ["intake-api", "router"] {
        system.service(name).ready().await;
    }
    let after = system.file(Sample::Pregnant13.body()).await;
    system.routed(&after).await;
    system.quiet(Duration::from_secs(60)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wiped_broker_loses_nothing() {
    let servers = Servers::private("wiped");
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let mut system = System::start_on(&servers, options).await;
    let mut filed = Vec::new();
    for sample in Sample::ALL {
        filed.push(system.file(sample.body()).await);
    }
    eventually("all published", Duration::from_secs(20), async || {
        (system
            .count("SELECT count(*) FROM outbox WHERE published_at IS NULL")
            .await
            == 0)
            .then_some(())
    })
    .await;
    for command in [&["stop_app"][..], &["reset"], &["start_app"]] {
        servers.rabbitmqctl(command);
    }
    servers.rabbitmq_user();
    // The sweep doubts what was published but not routed; here its time comes at once.
    sqlx::query("UPDATE outbox SET due_at = received_at")
        .execute(&system.db)
        .await
        .unwrap();
    system.router.spawn();
    for f in &filed {
        system.routed(f).await;
    }
    assert_eq!(system.count("SELECT count(*) FROM outbox").await, 0);
}

/// RabbitMQ refuses every connection: no message ever arrives.
const NO_BROKER: &str = "amqp://nobody:nothing@127.0.0.1:1/%2f";

/// Seconds from acceptance to the decision, the longest, of all but the first report: that one came while the services found out.
async fn longest_way_s(what: &str, system: &System) -> f64 {
    let longest = sqlx::query_scalar(
        "SELECT max(extract(epoch FROM d.decided_at - r.received_at))::float8 FROM decisions d JOIN reports r ON r.id = d.report_id
         WHERE r.received_at > (SELECT min(received_at) FROM reports)",
    )
    .fetch_one(&system.db)
    .await
    .unwrap();
    eprintln!("{what}: {longest} s");
    longest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_is_away_holds_no_child_up() {
    let env = vec![("AMQP_URL".to_owned(), NO_BROKER.to_owned())];
    let options = Options {
        env,
        start: vec![],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    system.router.spawn();
    system.intake.spawn();
    let first = eventually(
        "a report accepted without a broker",
        Duration::from_secs(20),
        async || system.try_file(Sample::BruisesAtSchool.body(), None).await,
    )
    .await;
    let shown = system.routed(&first).await;
    assert_eq!(shown.tickets.len(), 6);
    // Both know by now that the broker is away.
    let mut filed = Vec::new();
    for sample in Sample::ALL {
        filed.push(system.file(sample.body()).await);
    }
    for one in &filed {
        system.routed(one).await;
    }
    let longest = longest_way_s("the router knows that the broker is away", &system).await;
    assert!(longest < 5.0, "{longest} s: it waited for a broker known to be away");
    assert_eq!(system.count("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(system.count("SELECT count(*) FROM routing_attempts").await, 0);
    let (status, why) = eventually("a readiness", Duration::from_secs(5), async || {
        system.router.readiness().await
    })
    .await;
    assert!(
        status == 503 && why.contains("RabbitMQ"),
        "and says what is missing: {status} {why}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_without_a_broker_gives_its_reports_to_a_router_that_has_one() {
    let options = Options {
        start: vec!["router"],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    system.intake.set("AMQP_URL", NO_BROKER);
    system.intake.spawn();
    let mut filed = vec![
        eventually(
            "a report accepted without a broker",
            Duration::from_secs(20),
            async || system.try_file(Sample::BruisesAtSchool.body(), None).await,
        )
        .await,
    ];
    for sample in Sample::ALL {
        filed.push(system.file(sample.body()).await);
    }
    for one in &filed {
        system.routed(one).await;
    }
    let longest = longest_way_s("only the relay knows that the broker is away", &system).await;
    assert!(longest < 8.0, "{longest} s: the relay kept what it could not pass on");
    assert_eq!(system.count("SELECT count(*) FROM outbox").await, 0);
    assert_eq!(
        system.count("SELECT count(*) FROM decisions").await,
        system.count("SELECT count(*) FROM cases").await
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_comes_back_doubles_nothing() {
    let servers = Servers::private("comesback");
    let mut system = System::start_on(&servers, Options::default()).await;
    let bodies: Vec<&str> = Sample::ALL.iter().map(|sample| sample.body()).collect();
    let mut filed = Vec::new();
    let mut file_some = async |system: &System, n: usize| {
        for body in bodies.iter().cycle().take(n) {
            filed.push(system.file(body).await);
        }
    };
    file_some(&system, 40).await;
    servers.command("stop-rabbitmq", None);
    file_some(&system, 40).await;
    // Not held up: routed while the broker is still away.
    eventually("all routed without a broker", Duration::from_secs(60), async || {
        (system.count("SELECT count(*) FROM outbox").await == 0).then_some(())
    })
    .await;
    servers.command("start-rabbitmq", None);
    file_some(&system, 40).await;
    for name in ["intake-api", "router"] {
        system.service(name).ready().await;
    }
    file_some(&system, 40).await;
    system.quiet(Duration::from_secs(60)).await;
    for table in ["reports", "decisions", "cases"] {
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}")))
            .fetch_one(&system.db)
            .await
            .unwrap();
        assert_eq!(rows, 160, "{table}");
    }
    let twice = "SELECT count(*) FROM (SELECT FROM tickets GROUP BY report_id, obligation, unit HAVING count(*) > 1) t";
    assert_eq!(system.count(twice).await, 0);
    assert_eq!(system.count("SELECT count(*) FROM routing_attempts").await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_lose_no_report() {
    // A lock that comes and goes makes requests hang long enough to be dropped half way. Here time itself must pass: what is
    // tried is the clock of a client against the length of a lock.
    let system = System::start().await;
    let blocker = system.db.clone();
    let blocking = tokio::spawn(async move {
        loop {
            let mut tx = blocker.begin().await.expect("a transaction");
            sqlx::query("LOCK TABLE outbox IN EXCLUSIVE MODE")
                .execute(&mut *tx)
                .await
                .expect("a lock");
            tokio::time::sleep(Duration::from_millis(5)).await;
            tx.commit().await.expect("a commit");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    });
    let body = Sample::BruisesAtSchool.body();
    let mut hung_up = 0;
    let mut answered = Vec::new();
    for n in 0..200_u64 {
        let send = system.try_file(body, None);
        match tokio::time::timeout(Duration::from_micros(200 + (n % 40) * 400), send).await {
            Ok(Some(filed)) => answered.push(filed),
            Ok(None) => panic!("an answer other than 201"),
            Err(_) => hung_up += 1,
        }
    }
    for _ in 0..20 {
        answered.push(system.file(body).await);
    }
    blocking.abort();
    assert!(hung_up > 20, "only {hung_up} hung up: the test proves nothing");
    system.quiet(Duration::from_secs(60)).await;
    let ids: Vec<i64> = answered.iter().map(Filed::id).collect();
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM decisions WHERE report_id = ANY($1)")
        .bind(&ids)
        .fetch_one(&system.db)
        .await
        .unwrap();
    assert_eq!(stored, answered.len() as i64, "each 201 is stored and routed");
    let reports = system.count("SELECT count(*) FROM reports").await;
    assert_eq!(reports, system.count("SELECT count(*) FROM decisions").await);
    assert!(reports >= answered.len() as i64);
}
