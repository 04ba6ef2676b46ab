//! `tests/bench replay`: 100,000 random reports, by the rules in force and by a draft, as the office's page does it.
//!
//! The reports lie in the database over 100 days and are read, routed by both rule sets and compared. Each is another
//! one: what is alike is found again by no cache here that a county would not have.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use casework::county::PackFiles;
use casework::pack::Pack;
use casework::report::{ChildFacts, Facts};
use casework::words::{Identity, LivingWith, Place, ReporterKind, Sex, Suspect};
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    office::replay,
    pack::dir,
    receipt::ReportId,
    store::{NewReport, Office, SealedParts},
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use tests::{Fixture, root};

const REPORTS: u32 = 100_000;
const DAYS: u32 = 100;
const BATCH: u32 = 1_000;
const TURNS: u32 = 3;
const SEED: u64 = 5;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let fixture = Fixture::new().await;
    fill(&fixture).await;
    let files = dir::read(&root().join("counties/taihe")).expect("the pack's files");
    let (old, new) = (Arc::new(fixture.pack.clone()), Arc::new(draft(files)));
    let office = fixture.store_as::<Office>();
    let mut best = Duration::MAX;
    for turn in 1..=TURNS {
        let begun = Instant::now();
        let outcome = replay::run(&office, "taihe", [Arc::clone(&old), Arc::clone(&new)], REPORTS, bar)
            .await
            .expect("an outcome");
        let took = begun.elapsed();
        assert_eq!((outcome.reports, outcome.unreadable.count), (REPORTS.into(), 0));
        assert!(
            outcome.changed > 0 && outcome.changed < outcome.reports,
            "the draft changes some"
        );
        println!(
            "turn {turn}: {:.3} s, {} of {} reports changed, {} tickets",
            took.as_secs_f64(),
            outcome.changed,
            outcome.reports,
            outcome.tickets.after
        );
        best = best.min(took);
    }
    let seconds = best.as_secs_f64();
    println!(
        "replay reports={REPORTS} seconds={seconds:.3} reports_per_s={:.0} peak_mb={}",
        f64::from(REPORTS) / seconds,
        peak_mb()
    );
}

/// The county's rules with other limits and one duty less.
fn draft(mut files: PackFiles) -> Pack {
    let model = files.get_mut("routing.dmn").expect("a model");
    for (from, to) in [("\"30min\"", "\"20min\""), ("\"5wd\"", "\"3wd\"")] {
        assert!(model.contains(from), "{from}");
        *model = model.replace(from, to);
    }
    Pack::read(&files).expect("a sound draft")
}

async fn fill(fixture: &Fixture) {
    let mut random = StdRng::seed_from_u64(SEED);
    let mut writer = fixture.writer();
    let now = clock::now();
    for batch in 0..REPORTS / BATCH {
        let reports: Vec<NewReport> = (0..BATCH)
            .map(|_| report(&fixture.pack, now - TimeDelta::days((batch % DAYS).into()), &mut random))
            .collect();
        writer.report_insert_batch(&reports).await.expect("stored");
        eprint!("\rfilling: {} of {REPORTS} reports ", (batch + 1) * BATCH);
    }
    eprintln!();
    sqlx::query("ANALYZE")
        .execute(fixture.store.pool())
        .await
        .expect("statistics");
}

fn report(pack: &Pack, day: DateTime<Utc>, random: &mut StdRng) -> NewReport {
    let received_at = day - TimeDelta::seconds(random.random_range(0..86_400));
    let facts = facts(pack, random);
    let mut bytes = |length: usize| {
        let mut bytes = vec![0; length];
        random.fill_bytes(&mut bytes);
        bytes
    };
    // As long as those of a report of a few sentences.
    let (mac, key, child, narrative, identity, salt, leaf) = (
        bytes(32),
        bytes(60),
        bytes(300),
        bytes(600),
        bytes(200),
        bytes(16),
        bytes(32),
    );
    NewReport {
        id: ReportId::new(received_at, random),
        received_at,
        channel: "api",
        drill: false,
        follow_up_mac: mac,
        data_key: key,
        parts: SealedParts {
            child: Some(child),
            narrative: Some(narrative),
            identity: Some(identity),
            ..SealedParts::default()
        },
        urgent: facts.is_urgent(),
        facts: serde_json::to_string(&facts).expect("facts"),
        key: None,
        answer: Vec::new(),
        salt,
        leaf,
        tokens: Vec::new(),
        source: b"from somewhere".to_vec(),
        township: String::new(),
    }
}

/// One situation mostly, up to three; one child mostly, up to three; anywhere in the county.
fn facts(pack: &Pack, random: &mut StdRng) -> Facts {
    let situations: Vec<&str> = pack
        .vocabulary()
        .situations
        .iter()
        .map(|s| s.term.code.as_str())
        .collect();
    let areas: Vec<&str> = pack.areas().iter().map(|area| area.code.as_str()).collect();
    let mut told: Vec<String> = (0..some(random)).map(|_| of(&situations, random).to_owned()).collect();
    told.sort();
    told.dedup();
    Facts {
        situations: told,
        present_danger: random.random_bool(0.2),
        area: random.random_bool(0.9).then(|| of(&areas, random).to_owned()),
        place: of(Place::ALL, random),
        suspect: of(Suspect::ALL, random),
        children: (0..some(random)).map(|_| child(random)).collect(),
        reporter_kind: of(ReporterKind::ALL, random),
        identity: of(Identity::ALL, random),
        guardian_absent: random.random_bool(0.2),
        adult_co_offender: random.random_bool(0.1),
        repeat: random.random_bool(0.1),
    }
}

fn child(random: &mut StdRng) -> ChildFacts {
    ChildFacts {
        sex: of(Sex::ALL, random),
        age: random.random_bool(0.9).then(|| random.random_range(0..18)),
        age_from: None,
        left_behind: random.random_bool(0.7).then(|| random.random_bool(0.5)),
        living_with: of(LivingWith::ALL, random),
    }
}

fn some(random: &mut StdRng) -> usize {
    [1, 1, 1, 1, 2, 2, 3][random.random_range(0..7)]
}

fn of<T: Copy>(list: &[T], random: &mut StdRng) -> T {
    list[random.random_range(0..list.len())]
}

fn bar(done: u64, of: u64) {
    let full = usize::try_from(done * 40 / of.max(1)).unwrap_or(40);
    eprint!("\r[{}{}] {done} of {of} ", "#".repeat(full), ".".repeat(40 - full));
    if done == of {
        eprintln!();
    }
}

/// The most memory that this process had.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) / 1024
}
