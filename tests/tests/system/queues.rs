//! Queues cost what is due, not what waits: a turn of each queue in front of 200,000 rows, measured by what PostgreSQL read
//! for it. The measure knows nothing of the statements, so it holds for whatever they become: a sort of the backlog, a walk
//! over what is held or waits for later, or a count of all shows as rows and pages.

use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{
        Attempt, Board, BoardList, Desk, DeskScope, LeaseOf, LeasedNotice, Login, NOTICES_COUNTED, Notifier, Onward,
        REPORTS_COUNTED, Relay, Router, Settlement, Store, Verdict, Waits,
    },
};
use sqlx::{Executor, PgPool};
use tests::{
    Fixture, Sample, backlog,
    lease::{lease, lease_onward},
};
use uuid::Uuid;

pub(crate) const WAITING: i64 = 200_000;
/// Tickets of a county after some years.
const TICKETS: i64 = 20_000;

/// What the database read for something: rows (index entries count as well) and pages.
#[derive(Clone, Copy, Debug)]
struct Read {
    rows: i64,
    pages: i64,
}

/// A store with one connection, so that its statistics can be asked for.
pub(crate) struct Probe<L> {
    pub(crate) store: Store<L>,
    owner: PgPool,
}

impl<L: Login> Probe<L> {
    pub(crate) fn new(fixture: &Fixture) -> Self {
        let task = L::TASK.expect("a task");
        Self {
            store: Store::open(&fixture.login(task), task, 1).expect("a store"),
            owner: fixture.store.pool().clone(),
        }
    }

    async fn so_far(&self) -> Read {
        sqlx::query("SELECT pg_stat_force_next_flush()")
            .execute(self.store.pool())
            .await
            .expect("a flush");
        let (rows, pages) = sqlx::query_as(
            "SELECT (SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables)::bigint +
                    (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)::bigint,
                    (SELECT sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0)) FROM pg_statio_user_tables)::bigint",
        )
        .fetch_one(&self.owner)
        .await
        .expect("statistics");
        Read { rows, pages }
    }

    /// Does it and holds it to `rows` and `pages`.
    pub(crate) async fn costs<T, E: std::fmt::Debug>(
        &self,
        what: &str,
        (rows, pages): (i64, i64),
        work: impl AsyncFnOnce(&Store<L>) -> Result<T, E>,
    ) -> T {
        let before = self.so_far().await;
        let done = work(&self.store).await.expect(what);
        let after = self.so_far().await;
        let read = Read {
            rows: after.rows - before.rows,
            pages: after.pages - before.pages,
        };
        eprintln!("{what}: {read:?}");
        assert!(
            read.rows <= rows && read.pages <= pages,
            "{what}: {read:?}, at most {rows} rows and {pages} pages"
        );
        done
    }
}

fn settlement(notice: &LeasedNotice, at: DateTime<Utc>) -> Settlement {
    let attempt = Attempt {
        phase: "done",
        detail: String::new(),
        took_ms: 1,
        at,
    };
    Settlement {
        id: notice.id,
        number: notice.attempts + 1,
        attempt,
        verdict: Verdict::Sent,
        strike: false,
        tell: false,
    }
}

#[tokio::test]
async fn a_turn_of_the_notice_queue_costs_what_is_due() {
    let fixture = Fixture::new().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let now = clock::now();
    fixture.route(&report, now).await;
    let db = &PgPool::connect(&fixture.url).await.unwrap();
    db.execute("ALTER TABLE notices DROP CONSTRAINT notices_ticket_id_fkey, DROP CONSTRAINT notices_county_unit_fkey, SET (autovacuum_enabled = off)")
        .await
        .unwrap();
    // The planner's knowledge is that of a queue that was empty until now, and nobody tells it more before all is sent.
    db.execute("VACUUM ANALYZE notices").await.unwrap();
    // As after an outage of the mail server: a third of all, among them every P1, waits for its next try.
    backlog::notices_held(db, WAITING, &["P1", "P2", "P3"], "P1").await;
    db.execute("UPDATE notices SET due_at = now() + interval '1 hour' WHERE urgency = 'P1' AND due_at = '-infinity'")
        .await
        .unwrap();
    // What a mail says is read by the tickets of its notice, however many others the county has.
    backlog::tickets(db, TICKETS).await;
    let probe = Probe::<Notifier>::new(&fixture);
    let (owner, other) = (Uuid::new_v4(), Uuid::new_v4());
    let mut onward = Onward::default();
    let leased = probe
        .costs("a lease of 50", (4000, 4000), async |store| {
            lease_onward(store, owner, now, (50, LeaseOf::All), &mut onward).await
        })
        .await;
    assert!(leased.len() == 50 && leased.iter().all(|n| n.urgency == "P2"));
    let none = probe
        .costs("a look for P1", (100, 100), async |store| {
            lease(store, owner, now, (50, LeaseOf::Urgent)).await
        })
        .await;
    assert!(none.is_empty());
    let ids: Vec<Uuid> = leased.iter().map(|n| n.id).collect();
    probe
        .costs("a heart-beat", (300, 700), async |store| {
            store.notice_renew(owner, &ids, now).await
        })
        .await;
    let settled: Vec<Settlement> = leased.iter().map(|n| settlement(n, now)).collect();
    let held = probe
        .costs("a settlement of 50", (500, 3000), async |store| {
            store.notice_settle(owner, &settled).await
        })
        .await;
    assert_eq!(held.len(), 50);
    // Somebody holds a snapshot (a dump), so what is done can't be cleared away while the backlog is worked off.
    let mut dump = db.begin().await.unwrap();
    dump.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .await
        .unwrap();
    dump.execute("SELECT count(*) FROM packs").await.unwrap();
    let mut onward = Onward::default();
    for _ in 0..20 {
        let leased = lease_onward(&probe.store, other, now, (500, LeaseOf::All), &mut onward)
            .await
            .unwrap();
        assert_eq!(leased.len(), 500);
        let settled: Vec<Settlement> = leased.iter().map(|n| settlement(n, now)).collect();
        probe.store.notice_settle(other, &settled).await.unwrap();
    }
    let leased = probe
        .costs(
            "a lease behind 10,000 that are done",
            (4000 + 1500, 4000 + 1500),
            async |store| lease_onward(store, other, now, (50, LeaseOf::All), &mut onward).await,
        )
        .await;
    assert_eq!(leased.len(), 50);
    dump.rollback().await.unwrap();
    let depth = probe
        .costs("the gauge", (3 * NOTICES_COUNTED, 15_000), async |store| {
            store.notice_depth("taihe", now).await
        })
        .await;
    assert_eq!(depth.queued, NOTICES_COUNTED, "a count stops");
    // By now the server has counted by itself. All are given up at the same time, which no statistics know yet.
    db.execute("VACUUM ANALYZE notices").await.unwrap();
    db.execute("UPDATE notices SET state = 'failed', finished_at = now(), leased_until = NULL, lease_owner = NULL WHERE urgency = 'P3'")
        .await
        .unwrap();
    pages_cost_what_they_show(&fixture, "notices given up").await;
    db.execute("VACUUM ANALYZE notices").await.unwrap();
    pages_cost_what_they_show(&fixture, "notices given up, VACUUM ANALYZE").await;
}

#[tokio::test]
async fn a_turn_of_the_outbox_costs_what_is_due() {
    let fixture = Fixture::new().await;
    let db = &PgPool::connect(&fixture.url).await.unwrap();
    backlog::outbox(db, WAITING).await;
    let now = clock::now();
    db.execute("VACUUM ANALYZE outbox").await.unwrap();
    let relay = Probe::<Relay>::new(&fixture);
    let owner = Uuid::new_v4();
    let rows = relay
        .costs("a lease of 500", (3500, 12_000), async |store| {
            store.outbox_lease(owner, now, 500).await
        })
        .await;
    assert!(rows.len() == 500 && rows.iter().all(|row| !row.urgent));
    let ids: Vec<i64> = rows.iter().map(|row| row.report_id).collect();
    relay
        .costs("a mark", (2500, 12_000), async |store| {
            store.outbox_mark_published(owner, &ids, now).await
        })
        .await;
    let (waiting, oldest_s) = relay
        .costs("the gauge", (2 * REPORTS_COUNTED + 100, 5000), async |store| {
            store.outbox_depth(now).await
        })
        .await;
    assert_eq!(waiting, REPORTS_COUNTED, "a count stops");
    assert!(oldest_s > 1000.0, "{oldest_s}");

    let router = Probe::<Router>::new(&fixture);
    let mut onward = Onward::default();
    let before = now - TimeDelta::days(1);
    let none = router
        .costs("a look past the broker that finds nothing", (100, 100), async |store| {
            store
                .outbox_take(
                    "taihe",
                    now,
                    Waits {
                        untouched: before,
                        waiting: before,
                    },
                    100,
                    &mut onward,
                )
                .await
        })
        .await;
    assert!(none.is_empty());
    let first = router
        .costs("100 past the broker", (1500, 4000), async |store| {
            store
                .outbox_take(
                    "taihe",
                    now,
                    Waits {
                        untouched: before,
                        waiting: now,
                    },
                    100,
                    &mut onward,
                )
                .await
        })
        .await;
    assert_eq!(first.len(), 100);
    let second = router
        .costs("the next 100, the first still in hand", (2000, 4500), async |store| {
            store
                .outbox_take(
                    "taihe",
                    now,
                    Waits {
                        untouched: before,
                        waiting: now,
                    },
                    100,
                    &mut onward,
                )
                .await
        })
        .await;
    assert!(
        second.len() == 100 && first.iter().all(|id| !second.contains(id)),
        "taken once"
    );
    let mut from_the_head = Onward::default();
    let later = now + TimeDelta::seconds(21);
    let again = router.store.outbox_take(
        "taihe",
        later,
        Waits {
            untouched: before,
            waiting: now,
        },
        100,
        &mut from_the_head,
    );
    assert_eq!(again.await.unwrap(), first, "a router that died holds them for 20 s");
}

/// What the office and a unit's desk look at, whatever the planner knows of the tables. `when` is for the message.
async fn pages_cost_what_they_show(fixture: &Fixture, when: &str) {
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
            assert!(lines.iter().all(|line| line.drill == drill), "{what}");
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
    let fixture = Fixture::new().await;
    let db = &PgPool::connect(&fixture.url).await.unwrap();
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let now = clock::now();
    fixture.route(&report, now).await;
    db.execute("ANALYZE").await.unwrap();
    backlog::stages(db, WAITING).await;
    backlog::tickets(db, WAITING).await;
    pages_cost_what_they_show(&fixture, "statistics of an empty table").await;
    db.execute("VACUUM ANALYZE stages").await.unwrap();
    db.execute("VACUUM ANALYZE tickets").await.unwrap();
    pages_cost_what_they_show(&fixture, "after VACUUM ANALYZE").await;

    let router = Probe::<Router>::new(&fixture);
    let next = router
        .costs("the next step", (1000, 3000), async |store| store.clock_next().await)
        .await;
    assert!(next.is_some_and(|at| at < now));
    let ticked = router
        .costs("a turn of the clock", (2000, 5000), async |store| {
            store.clock_turn(now).await
        })
        .await;
    assert_eq!(ticked.stages, 50);

    let board = Probe::<Board>::new(&fixture);
    let triage = board
        .costs("the list of triage", (3000, 4000), async |store| {
            store.triage_list("taihe", 0, 200).await
        })
        .await;
    assert!(triage.len() == 200 && triage.iter().all(|line| line.urgency == "P1"));
    let drills = board
        .store
        .board_list("taihe", BoardList::Overdue, true, 0, 20)
        .await
        .unwrap();
    assert_eq!(drills.len(), 10, "found among all, and nothing else");
}

#[tokio::test]
async fn call_backs_cost_what_is_due() {
    let fixture = Fixture::new().await;
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
        db.execute("VACUUM ANALYZE tickets").await.unwrap();
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
        db.execute("VACUUM ANALYZE callbacks_waiting").await.unwrap();
    }
    let router = Probe::<Router>::new(&fixture);
    let told = router
        .costs("the day's mail", (12_000, 12_000), async |store| {
            store.callbacks_tell("taihe", now + TimeDelta::hours(24)).await
        })
        .await;
    assert!(told || now.timestamp() % 86_400 >= 57_600, "at night nobody is told");
}

#[tokio::test]
async fn who_inserts_need_not_think_of_drills() {
    let fixture = Fixture::new().await;
    let db = &PgPool::connect(&fixture.url).await.unwrap();
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
