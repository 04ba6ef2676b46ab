//! `tests/bench path`: from the accepted report to the SMTP server's 250 for the lead ticket's mail, at a steady rate, all
//! three services running.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use tests::{Sample, System, eventually};

const PER_SECOND: u32 = 100;
const SECONDS: u32 = 30;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let system = System::start().await;
    let body = Sample::OrphanNew.body(); // an orphan: two tickets, ordinary; and every tenth is an emergency
    let urgent = Sample::BruisesAtSchool.body();
    for _ in 0..20 {
        system.file(body).await;
    }
    system.quiet(Duration::from_secs(20)).await;

    let begun = Instant::now();
    let mut filing = tokio::task::JoinSet::new();
    for n in 0..PER_SECOND * SECONDS {
        let due = begun + Duration::from_secs(1) * n / PER_SECOND;
        let (http, url) = (system.http.clone(), format!("{}/api/v1/reports", system.public_url));
        let body = if n % 10 == 0 { urgent } else { body };
        filing.spawn(async move {
            tokio::time::sleep_until(due.into()).await;
            let sent = Instant::now();
            let response = http.post(url).body(body).send().await.expect("an answer");
            assert_eq!(response.status(), 201);
            let filed: tests::Filed = response.json().await.expect("a receipt");
            (filed.receipt, sent)
        });
    }
    let mut filed = HashMap::new();
    while let Some(one) = filing.join_next().await {
        let (receipt, sent) = one.expect("a filing");
        filed.insert(receipt, sent);
    }
    system.quiet(Duration::from_secs(60)).await;
    let lead: HashMap<uuid::Uuid, i64> = sqlx::query_as::<_, (uuid::Uuid, i64)>(
        "SELECT n.id, t.report_id FROM notices n JOIN tickets t ON t.id = n.ticket_id WHERE t.lead AND n.kind = 'dispatch'",
    )
    .fetch_all(&system.db)
    .await
    .expect("notices")
    .into_iter()
    .collect();
    let mut latencies = eventually("all lead mails", Duration::from_secs(20), async || {
        let arrived: Vec<Duration> = system
            .mail
            .mails()
            .iter()
            .filter_map(|mail| {
                let id = mail.header("message-id")?;
                let id: uuid::Uuid = id.trim_start_matches('<').split('@').next()?.parse().ok()?;
                let receipt = platform::receipt::ReportId::from_db(*lead.get(&id)?).to_string();
                Some(mail.at.duration_since(*filed.get(&receipt)?))
            })
            .collect();
        (arrived.len() >= filed.len()).then_some(arrived)
    })
    .await;
    latencies.sort_unstable();
    let measured = tests::load::Measured {
        accepted: latencies.len(),
        refused: 0,
        took: begun.elapsed(),
        latencies,
    };
    let ms = |share: f64| measured.quantile(share).as_secs_f64() * 1e3;
    println!(
        "{} reports at {PER_SECOND}/s, {} mails; max {:.0} ms",
        measured.accepted,
        system.mail.count(),
        ms(1.0)
    );
    println!(
        "path p50_ms={:.1} p90_ms={:.1} p99_ms={:.1}",
        ms(0.5),
        ms(0.9),
        ms(0.99)
    );
}
