//! Router and notifier killed with -9 again and again between a ring that is due and its record: each ring goes out at least once, and
//! always under one id.

use std::{collections::HashSet, time::Duration};

use platform::{
    clock,
    seal::{Cipher, ContactKey},
};
use tests::{
    Deed, FakeGateway, NewPerson, Options, Sample, Servers, System, calls::phone, eventually, person, wait::Turns,
};

const REPORTS: usize = 24;

/// Rings that are due, of stages that wait for their act, without a call; and calls of one ring, person and channel beyond the first.
const UNRUNG: &str = "SELECT count(*) FROM ring_turns t JOIN stages s ON s.id = t.stage_id
    WHERE s.ended_at IS NULL AND NOT EXISTS (SELECT FROM call_rings r WHERE r.stage_id = s.id AND r.due_generation = s.due_generation)
      AND t.held IS NULL AND s.stage = 'sign' AND s.time_limit LIKE '%min'";
const DOUBLED: &str = "SELECT count(*) FROM (
    SELECT FROM call_rings r JOIN calls c ON c.id = r.call_id
    GROUP BY r.stage_id, r.due_generation, r.cause, r.ring, c.account_id, c.last_resort, c.channel HAVING count(*) > 1) d";
/// Reports that somebody was called about, alone or within a ring of several.
const RUNG: &str = "SELECT count(DISTINCT t.report_id) FROM call_rings r JOIN stages s ON s.id = r.stage_id JOIN tickets t ON t.id = s.ticket_id";
const QUEUED: &str = "SELECT count(*) FROM calls WHERE state = 'queued'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_ring_goes_out_at_least_once_under_one_id() {
    let gateway = FakeGateway::start();
    let dir = std::env::temp_dir().join(format!("sw-rings-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let file = gateway.describe(&dir, &[("sms", "sms"), ("voice", "voice")], 600);
    let options = Options {
        env: vec![("SHOUWANG_GATEWAYS".into(), file.display().to_string())],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    people(&system).await;
    // So that a kill falls between a request and its record.
    gateway.now(Some(Deed::Slow(60)));
    for n in 0..REPORTS {
        system.file(Sample::BruisesAtSchool.body()).await;
        if n % 3 == 2 {
            let service = system.service(if n % 2 == 0 { "router" } else { "notifier" });
            service.kill().await;
            service.spawn();
        }
    }
    for name in ["router", "notifier", "router", "notifier"] {
        let asked = gateway.count();
        // The next kill comes as soon as something more went out, or was let pass.
        let turns = Turns::within(Duration::from_secs(5));
        while gateway.count() <= asked && turns.again().await {}
        let service = system.service(name);
        service.kill().await;
        service.spawn();
    }
    for name in ["router", "notifier"] {
        system.service(name).ready().await;
    }
    system.quiet(Duration::from_secs(120)).await;
    eventually("every call is out", Duration::from_secs(120), async || {
        (system.count(UNRUNG).await == 0 && system.count(QUEUED).await == 0).then_some(())
    })
    .await;
    assert_eq!(
        system.count(DOUBLED).await,
        0,
        "one call for a ring, person and channel"
    );

    let calls: Vec<(uuid::Uuid, i16)> = sqlx::query_as(
        "SELECT t.call_id, t.place FROM call_tries t JOIN calls c ON c.id = t.call_id
         WHERE c.channel IN ('sms', 'voice') AND t.handed_at IS NOT NULL",
    )
    .fetch_all(&system.db)
    .await
    .expect("what was handed over");
    let handed: HashSet<String> = calls
        .iter()
        .map(|(id, place)| format!("{}-{place}", id.simple()))
        .collect();
    let asked: Vec<String> = gateway
        .asked()
        .iter()
        .map(|asked| asked.text("id").to_owned())
        .collect();
    let ids: HashSet<String> = asked.iter().cloned().collect();
    // How many calls there are depends on the machine: what comes due together is one ring with the number.
    let rung: i64 = system.count(RUNG).await;
    assert_eq!(rung, i64::try_from(REPORTS).expect("a few"), "reports that rang");
    assert!(!handed.is_empty(), "nothing went out by telephone");
    assert_eq!(
        handed.difference(&ids).count(),
        0,
        "nothing is said to be out that is not"
    );
    assert_eq!(ids.difference(&handed).count(), 0, "a repeat has the id of the first");
    eprintln!("{} calls, {} requests", ids.len(), asked.len());
    std::fs::remove_dir_all(&dir).expect("the folder goes");
}

/// Each unit that the reports go to has a leader with a telephone of their own.
async fn people(system: &System) {
    let line = std::fs::read_to_string(system.dir().join("contact.key")).expect("the contact key");
    let key = ContactKey::parse(&line, Cipher::Aes256Gcm).expect("the contact key");
    for (n, unit) in ["pol-341222101", "office", "edu"].into_iter().enumerate() {
        let login = format!("leader.{n}");
        let new = NewPerson {
            login: &login,
            name: &login,
            phone: None,
            unit,
            role: "leader",
            since: clock::now(),
        };
        let account = person(&system.db, new).await;
        phone(&system.db, &key, account, 1, &format!("1381234567{n}")).await;
    }
}
