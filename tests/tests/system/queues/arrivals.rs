//! What did not arrive, at the top of the board: it costs the newest calls, in front of 200,000 of the day and of one bell that rang a
//! thousand times.

use chrono::TimeDelta;
use platform::{
    clock,
    store::{Board, Router},
};
use sqlx::{Executor, PgPool};
use tests::Sample;

use super::{Probe, WAITING, calm};

#[tokio::test]
async fn what_did_not_arrive_costs_the_newest_calls() {
    let fixture = calm().await;
    let db = &PgPool::connect(&fixture.url).await.expect("the database");
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let now = clock::now();
    fixture.route(&report, now - TimeDelta::hours(1)).await;
    // Nobody has a telephone: the last resort is called for all of them.
    let router = fixture.store_as::<Router>();
    while router
        .ring_turn(&fixture.pack, now - TimeDelta::minutes(50))
        .await
        .expect("it rings")
        .stages
        > 0
    {}
    // A day of calls that nobody heard of again, and one bell that rang on and on.
    sqlx::query(
        "INSERT INTO calls (id, kind, dedup, county, last_resort, unit, channel, urgency, drill, night, system_late, created_at, state)
         SELECT gen_random_uuid(), 'ring', 'waits:' || n, 'taihe', 1, 'office', 'voice', (ARRAY['P1', 'P2', 'P3'])[n % 3 + 1], false, false,
                false, $2 - interval '10 minutes' - n * interval '400 milliseconds', 'handed-over' FROM generate_series(1, $1) n",
    )
    .bind(WAITING)
    .bind(now)
    .execute(db)
    .await
    .expect("a day of calls");
    sqlx::query(
        "WITH bell AS (SELECT b.* FROM bells b JOIN stages s ON s.id = b.stage_id JOIN tickets t ON t.id = s.ticket_id
                       WHERE t.urgency = 'P1' ORDER BY b.stage_id LIMIT 1),
              made AS (INSERT INTO calls (id, kind, dedup, county, last_resort, unit, channel, urgency, drill, night, system_late, created_at, state)
                       SELECT gen_random_uuid(), 'ring', 'again:' || n, 'taihe', 1, 'office', 'voice', 'P1', false, false, false,
                              $1 - interval '9 minutes' + n * interval '100 milliseconds', 'handed-over' FROM generate_series(1, 1000) n
                       RETURNING id)
         INSERT INTO call_rings (call_id, stage_id, due_generation, cause, first_ring, ring, planned_at)
         SELECT m.id, b.stage_id, b.due_generation, b.cause, m.n, m.n, $1
         FROM bell b, (SELECT id, row_number() OVER ()::integer AS n FROM made) m",
    )
    .bind(now)
    .execute(db)
    .await
    .expect("a bell that rings on");
    db.execute("VACUUM (PARALLEL 0, ANALYZE) calls, call_rings, bells, stages")
        .await
        .expect("statistics");
    let board = Probe::<Board>::new(&fixture);
    let found = board
        .costs("what did not arrive", (40_000, 60_000), async |store| {
            store.arrivals("taihe", now).await
        })
        .await;
    let loud = found.not_arrived.iter().find(|line| line.calls >= 900);
    assert!(loud.is_some(), "{:?}", found.not_arrived);
}
