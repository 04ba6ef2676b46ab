//! Floods: every report is taken, every ticket is made with its deadlines, and what is told of them is put together.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use tests::{Options, Servers, System, eventually, samples};

const HERE: &str = "341222101001";
const THERE: &str = "341222102001";

fn report(area: &str, danger: bool) -> Value {
    let mut report: Value = serde_json::from_str(&samples()[4].1).expect("a sample");
    report["present_danger"] = json!(danger);
    report["area"] = json!(area);
    report
}

/// With the usual limit, and clients told apart by what a proxy says.
async fn system() -> System {
    let env = [("SHOUWANG_GROUP_ABOVE", "60"), ("SHOUWANG_TRUST_FORWARDED", "true")];
    let options = Options {
        env: env.map(|(k, v)| (k.to_owned(), v.to_owned())).to_vec(),
        ..Options::default()
    };
    System::start_on(&Servers::shared(), options).await
}

async fn file(system: &System, from: &str, report: &Value) {
    let answer = system
        .http
        .post(format!("{}/api/v1/reports", system.public_url))
        .header("x-forwarded-for", from)
        .json(report)
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 201, "{from}");
}

/// Files one after the other, so that each is received after the last.
async fn file_each(system: &System, from: impl Iterator<Item = String>, report: &Value) {
    for from in from {
        file(system, &from, report).await;
    }
}

async fn routed(system: &System) {
    eventually("everything routed", Duration::from_secs(120), async || {
        (system.count("SELECT count(*) FROM outbox").await == 0).then_some(())
    })
    .await;
}

/// Nothing is lost and nothing is told twice: each ticket stands in exactly one notice to its unit.
async fn balances(system: &System) {
    let lost = "SELECT count(*) FROM reports r WHERE NOT EXISTS (SELECT FROM decisions d WHERE d.report_id = r.id)
                OR NOT EXISTS (SELECT FROM tickets t WHERE t.report_id = r.id)";
    assert_eq!(system.count(lost).await, 0);
    let told = "SELECT count(*) FROM tickets t WHERE 1 <> (
                SELECT count(*) FROM notice_tickets nt JOIN notices n ON n.id = nt.notice_id
                WHERE nt.ticket_id = t.id AND n.unit = t.unit AND n.kind IN ('dispatch', 'flood'))";
    assert_eq!(system.count(told).await, 0, "each ticket is told of once");
    let timeless = "SELECT count(*) FROM tickets t WHERE NOT EXISTS (
                    SELECT FROM stages s WHERE s.ticket_id = t.id AND s.stage = 'sign' AND s.due_at IS NOT NULL)";
    assert_eq!(system.count(timeless).await, 0, "each has its deadlines");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_hundred_reports_of_danger_are_one_mail_a_unit() {
    let system = system().await;
    let danger = report(HERE, true);
    let mut under_way = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let (http, url, danger) = (system.http.clone(), system.public_url.clone(), danger.clone());
        under_way.spawn(async move {
            for _ in 0..30 {
                let answer = http.post(format!("{url}/api/v1/reports")).json(&danger).send().await;
                assert_eq!(answer.expect("an answer").status(), 201, "danger is never refused");
            }
        });
    }
    while let Some(filed) = under_way.join_next().await {
        filed.expect("filed");
    }
    routed(&system).await;
    balances(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM reports").await, 600);
    let police = "SELECT count(DISTINCT report_id) FROM tickets WHERE obligation = 'police-accept'";
    assert_eq!(system.count(police).await, 600, "each has its police ticket");
    assert_eq!(system.count("SELECT count(*) FROM floods").await, 1);
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, 600);
    let grouped =
        "SELECT count(*) FROM (SELECT unit FROM notices WHERE kind = 'flood' GROUP BY unit HAVING count(*) > 1) more";
    assert_eq!(
        system.count(grouped).await,
        0,
        "one notice a unit, added to while it waits"
    );
    let single = "SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM notices WHERE kind = 'dispatch' GROUP BY unit) each";
    assert!(system.count(single).await <= 60, "those before the flood");
    system.quiet(Duration::from_secs(90)).await;
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    let mut words = String::new();
    for mail in system.mail.mails() {
        let subject = mail.header("subject").unwrap_or_default();
        if mail.text().contains("批量报告") || subject.contains("批量报告") {
            *told.entry(mail.to.clone()).or_default() += 1;
            words = mail.text();
        }
    }
    assert!(!told.is_empty() && told.values().all(|mails| *mails == 1), "{told:?}");
    assert!(words.contains("600份") && words.contains("同一来源"), "{words}");
    let metrics = system.router.metrics().await;
    assert!(metrics.contains("shouwang_floods_open 1"), "{metrics}");
}

#[tokio::test]
async fn sixty_are_normal_and_the_next_is_one_too_many() {
    let system = system().await;
    let calm = report(HERE, false);
    file_each(&system, (0..60).map(|_| "10.1.0.1".to_owned()), &calm).await;
    file_each(&system, (0..30).map(|n| format!("10.2.0.{n}")), &report(THERE, false)).await;
    routed(&system).await;
    assert_eq!(
        system.count("SELECT count(*) FROM floods").await,
        0,
        "60 of one source, 30 of a township"
    );
    file(&system, "10.1.0.1", &calm).await;
    routed(&system).await;
    assert_eq!(
        system
            .count("SELECT count(*) FROM floods WHERE kind = 'source' AND state = 'open'")
            .await,
        1
    );
    assert_eq!(
        system.count("SELECT count(*) FROM flood_reports").await,
        61,
        "with those before it"
    );
    // Whoever else reports from that township at that time is told of at once and by itself.
    file(&system, "10.9.0.1", &report(HERE, true)).await;
    routed(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, 61);
    let grouped = "SELECT count(*) FROM flood_reports f JOIN report_facts r USING (report_id) WHERE r.facts ->> 'area' = '341222102001'";
    assert_eq!(system.count(grouped).await, 0);
    balances(&system).await;
    // Where a report came from is a hash, and goes after a day.
    assert_eq!(
        system
            .count("SELECT count(*) FROM report_sources WHERE length(source) <> 16")
            .await,
        0
    );
    sqlx::query("SELECT intake_forget_sources(now() + interval '1 minute')")
        .execute(&system.db)
        .await
        .expect("forgotten");
    let left = "SELECT (SELECT count(*) FROM report_sources) + (SELECT count(*) FROM floods WHERE source IS NOT NULL)";
    assert_eq!(system.count(left).await, 0);
}

#[tokio::test]
async fn a_township_floods_from_many_sources() {
    let system = system().await;
    file_each(&system, (0..60).map(|n| format!("10.3.0.{n}")), &report(HERE, true)).await;
    file_each(&system, (0..20).map(|n| format!("10.4.0.{n}")), &report(THERE, true)).await;
    routed(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM floods").await, 0);
    file_each(&system, (0..5).map(|n| format!("10.5.0.{n}")), &report(HERE, true)).await;
    routed(&system).await;
    let flood = "SELECT count(*) FROM floods WHERE kind = 'township' AND township = '341222101'";
    assert_eq!(system.count(flood).await, 1);
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, 65);
    balances(&system).await;
    // Quiet for ten minutes, it is over by itself: the next report is told of as ever.
    sqlx::query(
        "UPDATE floods SET last_at = last_at - interval '11 minutes', began_at = began_at - interval '11 minutes'",
    )
    .execute(&system.db)
    .await
    .expect("later");
    sqlx::query("UPDATE report_sources SET received_at = received_at - interval '11 minutes'")
        .execute(&system.db)
        .await
        .expect("later");
    file(&system, "10.6.0.1", &report(HERE, true)).await;
    routed(&system).await;
    assert_eq!(system.count("SELECT count(*) FROM flood_reports").await, 65);
    balances(&system).await;
}
