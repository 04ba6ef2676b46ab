//! The list of call-backs: what waits for its time, and what is nobody's yet, costs nothing.

use chrono::TimeDelta;
use platform::{
    clock,
    store::{Board, Router},
};
use sqlx::Executor;
use tests::{Sample, backlog};

use super::{Probe, WAITING, calm};

#[tokio::test]
async fn call_backs_cost_what_is_due() {
    let fixture = calm().await;
    let db = &fixture.db;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let now = clock::now();
    fixture.route(&report, now).await;
    db.execute("ANALYZE").await.unwrap();
    // Closed tickets whose report has an open one: nobody of these reports is to be called.
    backlog::tickets(db, WAITING).await;
    let board = Probe::<Board>::new(&fixture);
    // What the backlog left behind dead is walked until a vacuum took it; all its tickets would be some 6,000 pages.
    for (when, pages) in [("nothing is due", 1500), ("nothing is due, after VACUUM ANALYZE", 300)] {
        let none = board
            .costs(when, (200, pages), async |store| {
                store.callbacks_page("taihe", now, 0, 200).await
            })
            .await;
        assert!(none.is_empty());
        db.execute("VACUUM (PARALLEL 0, ANALYZE) tickets").await.unwrap();
    }
    // A long queue, and one as long that was put off; the planner knows the table as it was when it was short.
    backlog::callbacks(db, 10).await;
    db.execute("ANALYZE callbacks_waiting; UPDATE callbacks_waiting SET report_id = report_id - 1000000")
        .await
        .unwrap();
    backlog::callbacks(db, WAITING / 2).await;
    for when in ["put off", "put off, after VACUUM ANALYZE"] {
        let past = now - TimeDelta::days(30);
        board
            .costs(when, (1000, 500), async |store| {
                store.callbacks_page("taihe", past, 0, 200).await
            })
            .await;
        let first = format!("the first of many; {when}");
        board
            .costs(&first, (2500, 3500), async |store| {
                store.callbacks_page("taihe", now, 0, 200).await
            })
            .await;
        db.execute("VACUUM (PARALLEL 0, ANALYZE) callbacks_waiting")
            .await
            .unwrap();
    }
    let router = Probe::<Router>::new(&fixture);
    let told = router
        .costs("the day's mail", (12_000, 12_000), async |store| {
            store.callbacks_tell("taihe", now + TimeDelta::hours(24)).await
        })
        .await;
    assert!(told || now.timestamp() % 86_400 >= 57_600, "at night nobody is told");
}
