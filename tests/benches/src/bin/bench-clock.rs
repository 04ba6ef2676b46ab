//! `tests/bench clock`: 1,000,000 open stages, of which 100 and then 10,000 have a step due at one moment, and two routers. Measured
//! is, for each step, how long after that moment its ring is committed: crossing, notice, bell, calls and their rings. Some minutes.
//!
//! The routers are two tasks of this process that do what `router serve` does, each with a pool of its own.

use std::{sync::Arc, time::Duration};

use casework::pack::Pack;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{Router, Store},
};
use sqlx::{Executor, PgPool};
use tests::{Fixture, NewPerson, person};
use tokio::{
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    time::{sleep, timeout},
};

const STAGES: i64 = 1_000_000;
const CHUNK: i64 = 50_000;
/// Small rounds are repeated, so that a p99 of 100 is one of more than 100.
const ROUNDS: i64 = 5;
/// A moment ahead, longer than a router sleeps, so that both wait for it.
const AHEAD: TimeDelta = TimeDelta::seconds(7);
const PATIENCE: Duration = Duration::from_secs(120);
/// As the router's longest sleep.
const LONGEST: Duration = Duration::from_secs(5);

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let stages = std::env::args()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .unwrap_or(STAGES);
    let fixture = Fixture::new().await;
    people(&fixture).await;
    fill(&fixture.db, stages).await;
    let pack = Arc::new(fixture.pack.clone());
    let (rung, mut rings) = unbounded_channel();
    let routers: Vec<_> = (0..2)
        .map(|_| tokio::spawn(router(fixture.store_as::<Router>(), pack.clone(), rung.clone())))
        .collect();
    let mut few = Vec::new();
    for round in 0..ROUNDS {
        few.extend(fire(&fixture.db, &mut rings, (round * 100, 100)).await);
    }
    let many = fire(&fixture.db, &mut rings, (ROUNDS * 100, 10_000)).await;
    for router in routers {
        router.abort();
    }
    let steps = ROUNDS * 100 + 10_000;
    let (doubled, missing) = (doubled(&fixture.db).await, missing(&fixture.db, steps).await);
    println!(
        "clock p99_100_ms={:.0} p99_10k_ms={:.0} doubled={doubled} missing={missing}",
        p99(few),
        p99(many)
    );
}

/// How many rings were committed, and when.
type Rings = (DateTime<Utc>, usize);

/// What `router serve` does, clock and ringing one after the other.
async fn router(store: Store<Router>, pack: Arc<Pack>, rung: UnboundedSender<Rings>) {
    loop {
        let busy = turns(&store, &pack, &rung).await;
        let next = [
            store.clock_next().await.expect("the next step"),
            store.ring_next(pack.county()).await.expect("the next bell"),
        ];
        let next = next.into_iter().flatten().min();
        let pause = next
            .and_then(|at| (at - clock::now()).to_std().ok())
            .unwrap_or_default();
        sleep(if busy {
            Duration::from_millis(20)
        } else {
            pause.min(LONGEST)
        })
        .await;
    }
}

/// Turns until nothing is due, or the other rings.
async fn turns(store: &Store<Router>, pack: &Pack, rung: &UnboundedSender<Rings>) -> bool {
    let now = clock::now();
    while store.clock_turn(now).await.expect("the clock turns").stages > 0 {}
    loop {
        let turn = store.ring_turn(pack, now).await.expect("it rings");
        if turn.busy || turn.stages == 0 {
            return turn.busy;
        }
        rung.send((clock::now(), turn.rings)).expect("somebody counts");
    }
}

/// Each unit has a leader with a telephone.
async fn people(fixture: &Fixture) {
    let units: Vec<&str> = fixture.pack.units().iter().map(|unit| unit.code.as_str()).collect();
    for (n, unit) in units.into_iter().enumerate() {
        let login = format!("leader-{n}");
        let new = NewPerson {
            login: &login,
            name: &login,
            phone: None,
            unit,
            role: "leader",
            since: clock::now(),
        };
        let account = person(&fixture.db, new).await;
        sqlx::query(
            "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
             VALUES ($1, 'x', convert_to($2, 'UTF8'), 1, true, now(), $1, now())",
        )
        .bind(account)
        .bind(&login)
        .execute(&fixture.db)
        .await
        .expect("a telephone");
    }
}

async fn fill(db: &PgPool, stages: i64) {
    let mut connection = db.acquire().await.expect("a connection");
    connection
        .execute("SET synchronous_commit = off")
        .await
        .expect("a setting");
    connection
        .execute("SET statement_timeout = 0")
        .await
        .expect("a setting");
    let mut done = 0;
    while done < stages {
        let chunk = CHUNK.min(stages - done);
        sqlx::query(include_str!("bench-clock.sql"))
            .bind(chunk)
            .bind(done)
            .execute(&mut *connection)
            .await
            .expect("stages");
        done += chunk;
        eprintln!("{done} stages");
    }
    connection.execute("VACUUM ANALYZE").await.expect("a vacuum");
    connection.execute("CHECKPOINT").await.ok();
}

/// Makes steps due at one moment; how late each of their rings was committed, in milliseconds.
async fn fire(db: &PgPool, rung: &mut UnboundedReceiver<Rings>, (after, count): (i64, i64)) -> Vec<f64> {
    let at = clock::now() + AHEAD;
    sqlx::query(
        "UPDATE stages SET next_at = $3, plan = jsonb_set(plan, '{0,at}', to_jsonb($3::timestamptz))
         WHERE id IN (SELECT id FROM stages ORDER BY id OFFSET $1 LIMIT $2)",
    )
    .bind(after)
    .bind(count)
    .bind(at)
    .execute(db)
    .await
    .expect("steps that are due");
    let mut lags = Vec::new();
    while (lags.len() as i64) < count {
        let (when, rings) = timeout(PATIENCE, rung.recv())
            .await
            .unwrap_or_else(|_| panic!("{} of {count} rang", lags.len()))
            .expect("both routers run");
        let lag = (when - at).num_microseconds().unwrap_or(i64::MAX) as f64 / 1000.0;
        lags.extend(std::iter::repeat_n(lag, rings));
    }
    eprintln!("{count} steps: p99 {:.0} ms", p99(lags.clone()));
    lags
}

async fn doubled(db: &PgPool) -> i64 {
    sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT FROM call_rings r JOIN calls c ON c.id = r.call_id
                               GROUP BY r.stage_id, r.due_generation, r.cause, r.ring, c.account_id, c.last_resort, c.channel
                               HAVING count(*) > 1) d",
    )
    .fetch_one(db)
    .await
    .expect("what was doubled")
}

/// Steps without a crossing that was sent, a bell or a call.
async fn missing(db: &PgPool, steps: i64) -> i64 {
    let whole: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM escalation_steps e
         WHERE e.sent_at IS NOT NULL AND EXISTS (SELECT FROM call_rings r WHERE r.stage_id = e.stage_id AND r.cause = 'level-' || e.level)",
    )
    .fetch_one(db)
    .await
    .expect("what is whole");
    steps - whole
}

fn p99(mut lags: Vec<f64>) -> f64 {
    lags.sort_by(f64::total_cmp);
    let index = (lags.len() * 99).div_ceil(100).saturating_sub(1);
    lags.get(index).copied().unwrap_or(f64::NAN)
}
