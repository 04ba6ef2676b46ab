//! What the board, the office and a desk look at, and the clock's turn, in a county of 200,000 tickets.

use casework::words::Urgency;
use platform::{
    clock,
    store::{Board, BoardList, Desk, DeskScope, Router},
};
use sqlx::Executor;
use tests::{Fixture, Sample, backlog};

use super::{Probe, WAITING, calm};

/// What the office and a unit's desk look at, whatever the planner knows of the tables. `when` is for the message.
pub(super) async fn pages_cost_what_they_show(fixture: &Fixture, when: &str) {
    let board = Probe::<Board>::new(fixture);
    let what = |page: &str| format!("{page}, {when}");
    board
        .costs(&what("the board"), (16_000, 16_000), async |store| {
            store.board_now("taihe", platform::clock::now()).await
        })
        .await;
    for list in [BoardList::Unsigned, BoardList::Overdue] {
        for drill in [false, true] {
            let what = what(&format!("{list:?}, drill {drill}"));
            let lines = board
                .costs(&what, (4000, 6000), async |store| {
                    store.board_list("taihe", list, drill, 0, 20).await
                })
                .await;
            assert!(
                lines
                    .iter()
                    .all(|line| line.read().is_some_and(|line| line.drill == drill)),
                "{what}"
            );
        }
    }
    board
        .costs(&what("failed notices"), (4000, 6000), async |store| {
            store.board_failed("taihe", 0, 20).await
        })
        .await;
    board
        .costs(&what("the leading group's page"), (4000, 6000), async |store| {
            store.leading_now("taihe", "office").await
        })
        .await;
    board
        .costs(&what("counts of the office"), (10_000, 7000), async |store| {
            store.office_counts("taihe", clock::now()).await
        })
        .await;
    let desk = Probe::<Desk>::new(fixture);
    let scope = DeskScope::new(["office"]);
    desk.costs(&what("counts of a desk"), (4500, 4500), async |store| {
        store.desk_open(&scope, "taihe").await
    })
    .await;
    desk.costs(&what("a desk"), (3000, 3000), async |store| {
        store.desk_queue(&scope, "taihe", 0, 51).await
    })
    .await;
}

#[tokio::test]
async fn clock_board_and_desk_cost_what_they_show() {
    let fixture = calm().await;
    let db = &fixture.db;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let now = clock::now();
    fixture.route(&report, now).await;
    db.execute("ANALYZE").await.unwrap();
    backlog::stages(db, WAITING).await;
    backlog::tickets(db, WAITING).await;
    pages_cost_what_they_show(&fixture, "statistics of an empty table").await;
    db.execute("VACUUM (PARALLEL 0, ANALYZE) stages").await.unwrap();
    db.execute("VACUUM (PARALLEL 0, ANALYZE) tickets").await.unwrap();
    pages_cost_what_they_show(&fixture, "after VACUUM ANALYZE").await;

    let router = Probe::<Router>::new(&fixture);
    let next = router
        .costs("the next step", (1000, 3000), async |store| store.clock_next().await)
        .await;
    assert!(next.is_some_and(|at| at < now));
    let ticked = router
        .costs("a turn of the clock", (5000, 15_000), async |store| {
            store.clock_turn(now).await
        })
        .await;
    assert_eq!(ticked.stages, 500);

    let board = Probe::<Board>::new(&fixture);
    let triage = board
        .costs("the list of triage", (3000, 4000), async |store| {
            store.triage_list("taihe", 0, 200).await
        })
        .await;
    assert!(
        triage.len() == 200
            && triage
                .iter()
                .all(|line| line.read().is_some_and(|line| line.urgency == Urgency::P1))
    );
    let drills = board
        .store
        .board_list("taihe", BoardList::Overdue, true, 0, 20)
        .await
        .unwrap();
    assert_eq!(drills.len(), 10, "found among all, and nothing else");
}

#[tokio::test]
async fn who_inserts_need_not_think_of_drills() {
    let fixture = calm().await;
    let db = &fixture.db;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    for drill in [false, true] {
        sqlx::query("UPDATE reports SET drill = $2 WHERE id = $1")
            .bind(report.id)
            .bind(drill)
            .execute(db)
            .await
            .unwrap();
        // Ticket and stage in one statement, as routing inserts them, and neither says what it is.
        let found: (String, bool, bool) = sqlx::query_as(
            "WITH t AS (INSERT INTO tickets (county, case_id, report_id, predecessor, obligation, unit, unit_kind, lead, urgency, basis,
                                             rule_set, dispatched_at, state)
                        SELECT county, case_id, report_id, id, obligation, unit, unit_kind, lead, urgency, basis, rule_set, dispatched_at, 'dispatched'
                        FROM tickets WHERE report_id = $1 ORDER BY id LIMIT 1 RETURNING id, drill),
                  s AS (INSERT INTO stages (ticket_id, stage, time_limit, start_event, provisional, basis, grade, calendar_version, derivation, plan)
                        SELECT id, 'sign', '1wd', 'dispatch', false, '', 'P', 'x', '[]', '[]' FROM t RETURNING county, drill)
             SELECT s.county, s.drill, t.drill FROM s, t",
        )
        .bind(report.id)
        .fetch_one(db)
        .await
        .unwrap();
        assert_eq!(found, ("taihe".to_owned(), drill, drill));
    }
    let told: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM tickets t JOIN stages s ON s.ticket_id = t.id
         WHERE t.predecessor IS NULL AND NOT t.drill AND NOT s.drill AND s.county = t.county",
    )
    .fetch_one(db)
    .await
    .unwrap();
    assert!(told > 2, "routing says it: {told}");
}
