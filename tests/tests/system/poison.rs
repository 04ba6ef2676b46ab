//! Poison: what can't be routed becomes triage with its reason; nothing is dropped, nothing loops.

use std::time::Duration;

use platform::broker::{Body, Connection, Message, Queue, Topology};
use platform::clock;
use platform::store::{ReportId, Router};
use serde_json::json;
use tests::{Fixture, Left, Options, Sample, Servers, System, eventually};

/// Publishes past the relay, as a stranger or a broken version of ours would.
async fn publish(system: &System, report: i64, county: &str) {
    let connection = Connection::dial(&system.amqp_url, "test", Topology::new(&system.prefix))
        .await
        .expect("the broker");
    let message = Message {
        queue: Queue::Urgent,
        body: Body::new(county, ReportId::from_db(report)),
    };
    for taken in connection
        .publisher()
        .await
        .expect("a channel")
        .publish(&[message])
        .await
    {
        taken.expect("taken");
    }
    connection.close().await;
}

#[tokio::test]
async fn strangers_are_parked_with_their_reason() {
    let system = System::start().await;
    // Strangers are parked, and that is logged.
    system.leaves(&[Left::Parked, Left::Errors]);
    publish(&system, 42, "taihe").await;
    publish(&system, 43, "elsewhere").await;
    eventually("both parked", Duration::from_secs(15), async || {
        (system.count("SELECT count(*) FROM parked_messages").await == 2).then_some(())
    })
    .await;
    let reasons: Vec<String> = sqlx::query_scalar("SELECT reason FROM parked_messages ORDER BY id")
        .fetch_all(&system.db)
        .await
        .unwrap();
    assert!(
        reasons.iter().any(|r| r.contains("no such report")) && reasons.iter().any(|r| r.contains("elsewhere")),
        "{reasons:?}"
    );
    // The queue goes on.
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    assert_eq!(
        system.count("SELECT count(*) FROM parked_messages").await,
        2,
        "parked once, not looped"
    );
}

#[tokio::test]
async fn unreadable_facts_become_triage_with_police() {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    let filed = system.file(Sample::OrphanNew.body()).await; // an orphan: ordinary, no police of its own
    sqlx::query("UPDATE report_facts SET facts = '{\"situations\": [\"orphan\"], \"from\": \"a version to come\"}' WHERE report_id = $1")
        .bind(filed.id())
        .execute(&system.db)
        .await
        .unwrap();
    system.router.spawn();
    let shown = system.routed(&filed).await;
    assert_eq!(
        shown.obligations(),
        ["police-accept", "triage"],
        "danger is assumed where it can't be told"
    );
    assert!(
        shown.triage_reasons[0].contains("can't be read"),
        "{:?}",
        shown.triage_reasons
    );
    assert!(
        shown.ticket("triage").stages.iter().all(|s| s.due.is_some()),
        "triage has clocks"
    );

    // A named human settles it: refused without a name, taken in hand, assigned, and only once.
    let receipt = filed.receipt.as_str();
    let nameless = system
        .router_cli(&["triage", "assign", receipt, "--by", " ", "--reason", "r"])
        .await;
    assert!(nameless.code != 0 && nameless.stderr.contains("--by"), "{nameless:?}");
    let taken = system
        .router_cli(&["triage", "assign", receipt, "--by", "李主任", "--reason", "核实中"])
        .await;
    assert_eq!(taken.code, 0, "{taken:?}");
    let shown = system.show(receipt).await;
    let triage = shown.ticket("triage");
    assert_eq!(
        (triage.state.as_str(), triage.signed_by.as_deref()),
        ("signed", Some("李主任"))
    );
    assert!(triage.stages[0].next_at.is_none(), "its signing clock stopped");
    let stranger = system
        .router_cli(&[
            "triage",
            "assign",
            receipt,
            "--by",
            "李主任",
            "--reason",
            "r",
            "--obligation",
            "benefit-review",
            "--unit",
            "nobody",
        ])
        .await;
    assert!(stranger.code != 0 && stranger.stderr.contains("nobody"), "{stranger:?}");
    let words = [
        "triage",
        "assign",
        receipt,
        "--by",
        "李主任",
        "--reason",
        "孤儿,转民政认定",
        "--obligation",
        "benefit-review",
        "--unit",
        "ca",
    ];
    let assigned = system.router_cli(&words).await;
    assert_eq!(assigned.code, 0, "{assigned:?}");
    let shown = system.show(receipt).await;
    assert_eq!(shown.ticket("triage").state, "resolved");
    assert_eq!(shown.ticket("benefit-review").unit, "ca");
    assert_eq!(shown.leads().len(), 1);
    assert!(shown.ticket("police-accept").lead, "the police lead before as after");
    assert_eq!(
        shown.events.iter().map(|e| e.actor.as_str()).collect::<Vec<_>>(),
        ["李主任", "李主任"]
    );
    let again = system.router_cli(&words).await;
    assert!(again.code != 0 && again.stderr.contains("no open triage"), "{again:?}");
}

#[tokio::test]
async fn a_mended_report_is_routed_again() {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    let filed = system.file(Sample::OrphanNew.body()).await;
    let facts: serde_json::Value = sqlx::query_scalar("SELECT facts FROM report_facts WHERE report_id = $1")
        .bind(filed.id())
        .fetch_one(&system.db)
        .await
        .unwrap();
    let set = "UPDATE report_facts SET facts = $2 WHERE report_id = $1";
    sqlx::query(set)
        .bind(filed.id())
        .bind(json!({"situations": []}))
        .execute(&system.db)
        .await
        .unwrap();
    system.router.spawn();
    system.routed(&filed).await;
    let words = [
        "triage",
        "reroute",
        filed.receipt.as_str(),
        "--by",
        "王科长",
        "--reason",
        "已修复",
    ];
    let too_soon = system.router_cli(&words).await;
    assert!(
        too_soon.code != 0 && too_soon.stderr.contains("assign by hand"),
        "{too_soon:?}"
    );
    sqlx::query(set)
        .bind(filed.id())
        .bind(facts)
        .execute(&system.db)
        .await
        .unwrap();
    let rerouted = system.router_cli(&words).await;
    assert_eq!(rerouted.code, 0, "{rerouted:?}");
    let shown = system.show(&filed.receipt).await;
    assert_eq!(shown.leads()[0].obligation, "benefit-review");
    assert_eq!(shown.decisions.len(), 2);
}

#[tokio::test]
async fn a_report_that_crashes_routers_ends_as_triage_and_its_neighbours_do_not() {
    let options = Options {
        start: vec!["intake-api"],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    let guilty = system.file(Sample::MissingEvening.body()).await;
    let innocent = system.file(Sample::BruisesAtSchool.body()).await;
    // As if three routers had died while they held it, each having written down that it began.
    sqlx::query("INSERT INTO routing_attempts (report_id, attempts, last_at) VALUES ($1, 3, now())")
        .bind(guilty.id())
        .execute(&system.db)
        .await
        .unwrap();
    // A message is a suspect when it was delivered before: take both and let go of them without an answer.
    let connection = Connection::dial(&system.amqp_url, "crashing router", Topology::new(&system.prefix))
        .await
        .unwrap();
    let mut consumer = connection.consumer(Queue::Urgent, 10).await.unwrap();
    let held = [consumer.next().await.unwrap(), consumer.next().await.unwrap()];
    connection.close().await;
    drop(held);
    system.router.spawn();
    let shown = system.routed(&guilty).await;
    assert!(
        shown.triage_reasons[0].contains("failed 3 times"),
        "{:?}",
        shown.triage_reasons
    );
    assert!(shown.obligations().contains(&"police-accept"), "the floor holds");
    let shown = system.routed(&innocent).await;
    assert_eq!(shown.triage_reasons, [""; 0], "a neighbour is routed by the rules");
}

#[tokio::test]
async fn a_queue_with_other_arguments_is_a_clear_refusal() {
    let options = Options {
        start: vec![],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    // The service refuses to run.
    system.leaves(&[Left::Errors]);
    platform::broker::declare_otherwise(&system.amqp_url, &format!("{}reports.normal", system.prefix))
        .await
        .expect("a queue of another kind");
    for name in ["router", "intake-api"] {
        let service = system.service(name);
        service.spawn();
        let code = service.ended(Duration::from_secs(30)).await;
        assert_ne!(code, Some(0), "{name} must not run with a wrong queue");
        assert!(
            service.log_text().contains("it exists with other arguments"),
            "{}",
            service.log_text()
        );
    }
}

#[tokio::test]
async fn a_try_at_a_report_that_another_consumer_routed_leaves_nothing() {
    let fixture = Fixture::new().await;
    let (router, now) = (fixture.store_as::<Router>(), clock::now());
    let mut reports = Vec::new();
    for _ in 0..3 {
        reports.push(fixture.stored(Sample::BruisesAtSchool).await);
    }
    reports.sort_by_key(|report| report.id);
    let [late, lost, waits] = &reports[..] else {
        panic!("three reports")
    };
    // Another consumer routes two of them; then the tries at all three are written down.
    fixture.route(late, now).await;
    fixture.route(lost, now).await;
    let ids = [late.id, lost.id, waits.id];
    assert_eq!(router.attempts_first(&ids, now).await.unwrap(), ids);
    // One finds that its report is routed; one ended without a word.
    router.outbox_forget(late.id).await.unwrap();
    assert_eq!(tried(&fixture).await, [lost.id, waits.id]);
    router.attempts_of_routed_forget().await.unwrap();
    assert_eq!(tried(&fixture).await, [waits.id], "a try at a report that waits stays");
    let waiting: Vec<ReportId> = sqlx::query_scalar("SELECT report_id FROM outbox")
        .fetch_all(&fixture.db)
        .await
        .unwrap();
    assert_eq!(waiting, [waits.id]);
    assert_eq!(router.attempt_begin(waits.id, now).await.unwrap(), 2, "and counts");
}

/// The reports that were tried, in order.
async fn tried(fixture: &Fixture) -> Vec<ReportId> {
    sqlx::query_scalar("SELECT report_id FROM routing_attempts ORDER BY report_id")
        .fetch_all(&fixture.db)
        .await
        .expect("the tries")
}
