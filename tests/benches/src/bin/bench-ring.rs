//! `tests/bench ring [SECONDS] [PER_SECOND]`: from the moment that a call is due to its request at the provider, at 50 calls a second:
//! lease, number opened, begun, sent. The provider is the one of the tests, on this machine, and takes everything. How late the router is
//! in queueing is another question.

use std::{collections::HashMap, time::Duration};

use casework::words::Channel;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    seal::{Cipher, ContactKey},
};
use tests::{
    FakeGateway, NewPerson, Options, Sample, Servers, System,
    calls::{call_at, phone},
    eventually, person,
};
use tokio::time::{Instant, interval};

/// People who are called in turn.
const PEOPLE: usize = 100;

fn argument(nth: usize, usual: u64) -> u64 {
    std::env::args()
        .nth(nth)
        .map_or(usual, |text| text.parse().expect("a number"))
}

#[tokio::main]
async fn main() {
    let (seconds, per_second) = (argument(1, 60), argument(2, 50));
    let dir = std::env::temp_dir().join(format!("sw-ring-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&dir).expect("a folder");
    let gateway = FakeGateway::start();
    let file = gateway.describe(&dir, &[("sms", "sms")], 3600);
    let options = Options {
        env: vec![("SHOUWANG_GATEWAYS".into(), file.display().to_string())],
        ..Options::default()
    };
    let mut system = System::start_on(&Servers::shared(), options).await;
    let filed = system.file(Sample::BruisesAtSchool.body()).await;
    system.routed(&filed).await;
    system.quiet(Duration::from_secs(30)).await;
    // From here on nobody but this rings.
    system.router.stop().await;

    let line = std::fs::read_to_string(system.dir().join("contact.key")).expect("the contact key");
    let key = ContactKey::parse(&line, Cipher::Aes256Gcm).expect("the contact key");
    let mut people = Vec::new();
    for nth in 0..PEOPLE {
        let login = format!("ring-{nth}");
        let new = NewPerson {
            login: &login,
            name: "王芳",
            phone: None,
            unit: "pol-341222101",
            role: "member",
            since: clock::now(),
        };
        let account = person(&system.db, new).await;
        phone(&system.db, &key, account, 1, &format!("138{:08}", 10_000_000 + nth)).await;
        people.push(account);
    }

    let rings = usize::try_from(seconds * per_second).expect("a count");
    let (begun_at, begun): (DateTime<Utc>, Instant) = (clock::now(), Instant::now());
    let mut due: HashMap<String, Duration> = HashMap::with_capacity(rings);
    let mut tick = interval(Duration::from_secs(1) / u32::try_from(per_second).expect("a rate"));
    for nth in 0..rings {
        tick.tick().await;
        let at = begun.elapsed();
        let now = begun_at + at;
        let id = call_at(&system.db, Some(people[nth % PEOPLE]), Channel::Sms, now).await;
        due.insert(format!("{}-1", id.0.simple()), at);
    }
    eventually("every call at the provider", Duration::from_secs(60), async || {
        (gateway.count() >= rings).then_some(())
    })
    .await;
    let begun = begun.into_std();
    let mut took: Vec<Duration> = gateway
        .asked()
        .iter()
        .filter_map(|asked| {
            let due = due.remove(asked.text("id"))?;
            Some(asked.at.saturating_duration_since(begun).saturating_sub(due))
        })
        .collect();
    took.sort();
    let at = |percent: usize| took[(took.len() * percent / 100).min(took.len() - 1)].as_millis();
    let doubled = gateway.count() - took.len();
    system.notifier.stop().await;
    std::fs::remove_dir_all(&dir).expect("the folder goes");
    println!(
        "ring p50_ms={} p99_ms={} rings={} missing={} doubled={doubled}",
        at(50),
        at(99),
        took.len(),
        due.len()
    );
}
