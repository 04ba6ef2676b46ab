//! No page and no mail says more than the events support: random people do random things with random reports, and after each
//! act everything that anybody can read about that report is held against a model that knows the events alone.
//!
//! `SHOUWANG_PROPERTY_SEED` repeats a run, `SHOUWANG_PROPERTY_SECONDS` makes a longer one (40 s else).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod model;
mod pages;
mod world;

use std::time::{Duration, Instant};

use rand::{RngExt, SeedableRng, rngs::StdRng};

use model::Model;
use world::World;

/// Acts on one report before the next is filed.
const ACTS: usize = 30;

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
    let (mut reports, mut said) = (0, pages::Said::default());
    // The first report is finished whatever the time, so that a slow machine proves something as well.
    while reports == 0 || begun.elapsed() < long {
        let report = world.file(&mut rng).await;
        reports += 1;
        for act in 0..ACTS {
            let done = world.act(&report, &mut rng).await;
            if !done && act > 0 {
                continue;
            }
            let model = Model::read(&world.system.db, report.filed.id()).await;
            let told = pages::check(&world, &report, &model).await;
            assert!(
                told.faults.is_empty(),
                "seed {seed}, {} after act {act}:\n{}\n{model:#?}",
                report.filed.receipt,
                told.faults.join("\n")
            );
            said.add(&told);
            if reports > 1 && begun.elapsed() > long {
                break;
            }
        }
    }
    world.system.quiet(Duration::from_secs(60)).await;
    let faults = pages::mails(&world).await;
    assert!(faults.is_empty(), "seed {seed}:\n{}", faults.join("\n"));
    println!("{reports} reports, {} acts, claims seen: {:?}", world.done, said.claims);
    // A check that never meets a claim proves nothing. What closes takes many acts: a longer run meets it.
    for claim in ["dispatched", "signed"] {
        assert!(
            said.claims.contains_key(claim),
            "no page of this run said {claim} (seed {seed}): {:?}",
            said.claims
        );
    }
}
