//! No page and no mail says more than the events support: people do things with reports, and after each act everything that
//! anybody can read about that report is held against a model that knows the events alone.
//!
//! The first report walks a whole life in a fixed order, from the first signature to the call-back, so that every run meets every
//! claim however slow its machine is. With the others random people do random things.
//!
//! `SHOUWANG_PROPERTY_SEED` repeats a run, `SHOUWANG_PROPERTY_SECONDS` makes a longer one (40 s else).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod model;
mod pages;
mod world;

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use model::Model;
use world::{Report, World};

/// Acts on one report before the next is filed.
const ACTS: usize = 30;

/// Acts of the first random report, whatever the time.
const ACTS_AT_LEAST: usize = 6;

/// The most acts that a whole life of the first sample takes: each of its tickets is signed, seen, closed and confirmed.
const LIFE: usize = 60;

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test]
async fn pages_and_mails_never_say_more_than_the_events() {
    let seed = setting("SHOUWANG_PROPERTY_SEED").unwrap_or_else(|| rand::rng().random());
    let long = Duration::from_secs(setting("SHOUWANG_PROPERTY_SECONDS").unwrap_or(40));
    println!("SHOUWANG_PROPERTY_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut world = World::new().await;
    let begun = Instant::now();
    let mut said = pages::Said::default();

    let life = world.file_first().await;
    let mut acts = 0;
    held(&world, &life, &mut said, "before anything was done").await;
    while let Some(act) = world.onward(&life).await {
        acts += 1;
        assert!(acts <= LIFE, "a life that never ends");
        held(&world, &life, &mut said, &format!("the life, after {act}")).await;
    }
    // A check that never meets a claim proves nothing.
    for claim in [
        "dispatched",
        "signed",
        "police-signed",
        "all-signed",
        "child-seen",
        "close-requested",
        "closed",
        "resolved",
        "confirmed",
    ] {
        assert!(
            said.claims.contains_key(claim),
            "no page of a whole life said {claim}: {:?}",
            said.claims
        );
    }

    let mut reports = 0;
    while reports == 0 || begun.elapsed() < long {
        let report = world.file(&mut rng).await;
        reports += 1;
        for act in 0..ACTS {
            let done = world.act(&report, &mut rng).await;
            if done || act == 0 {
                held(&world, &report, &mut said, &format!("seed {seed}, after act {act}")).await;
            }
            if begun.elapsed() > long && (reports > 1 || act >= ACTS_AT_LEAST) {
                break;
            }
        }
    }
    world.system.quiet(Duration::from_secs(240)).await;
    let mails = pages::mails(&world).await;
    assert!(mails.faults.is_empty(), "seed {seed}:\n{}", mails.faults.join("\n"));
    println!(
        "{reports} random reports, {} acts, claims: {:?}, in mails: {:?}",
        world.done, said.claims, mails.claims
    );
    for claim in ["mail", "stage-done"] {
        assert!(mails.claims.contains_key(claim), "no mail: {:?}", mails.claims);
    }
}

/// Everything that is said about a report now holds.
async fn held(world: &World, report: &Report, said: &mut pages::Said, when: &str) {
    let model = Model::read(&world.system.db, report.filed.id()).await;
    let told = pages::check(world, report, &model).await;
    let receipt = &report.filed.receipt;
    assert!(
        told.faults.is_empty(),
        "{when}, {receipt}:\n{}\n{model:#?}",
        told.faults.join("\n")
    );
    said.add(&told);
    assert_eq!(
        tests::callbacks_astray(&world.system.db).await,
        0,
        "{when}: what waits for a call-back"
    );
    assert_eq!(
        tests::cases_astray(&world.system.db).await,
        [""; 0],
        "{when}: when a case is closed"
    );
}
