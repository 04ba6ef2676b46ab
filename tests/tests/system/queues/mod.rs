//! Queues cost what is due, not what waits: a turn of each queue in front of 200,000 rows, measured by what PostgreSQL read
//! for it. The measure knows nothing of the statements, so it holds for whatever they become: a sort of the backlog, a walk
//! over what is held or waits for later, or a count of all shows as rows and pages.

mod arrivals;
mod callbacks;
mod lists;
mod looks;
mod notices;
mod outbox;
mod pages;

use platform::store::{Login, Store};
use sqlx::{Executor, PgPool};
use tests::Fixture;

const WAITING: i64 = 200_000;

/// Takes every table out of the hands of the server's own vacuum: what it reads is counted like a statement's.
const CALM: &str = "DO $$ DECLARE name regclass; BEGIN
    FOR name IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    LOOP EXECUTE format('ALTER TABLE %s SET (autovacuum_enabled = off)', name); END LOOP; END $$";

/// A fixture in whose database nobody reads but the test.
async fn calm() -> Fixture {
    let fixture = Fixture::new().await;
    fixture.db.execute(CALM).await.expect("no vacuum");
    fixture
}

/// What the database read for something: rows (index entries count as well) and pages.
#[derive(Clone, Copy, Debug)]
struct Read {
    rows: i64,
    pages: i64,
}

/// A store with one connection, so that its statistics can be asked for.
struct Probe<L> {
    store: Store<L>,
    /// The pools of the fixture, by which everything else is done.
    owners: [PgPool; 2],
}

impl<L: Login> Probe<L> {
    fn new(fixture: &Fixture) -> Self {
        let task = L::TASK.expect("a task");
        Self {
            store: Store::open(&fixture.login(task), task, 1).expect("a store"),
            owners: [fixture.store.pool().clone(), fixture.db.clone()],
        }
    }

    async fn so_far(&self) -> Read {
        // A vacuum with workers of its own would be counted when they end, which is later: in these tests it has none.
        for pool in self.owners.iter().chain([self.store.pool()]) {
            told(pool).await;
        }
        let (rows, pages) = sqlx::query_as(
            "SELECT (SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables)::bigint +
                    (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes)::bigint,
                    (SELECT sum(heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0)) FROM pg_statio_user_tables)::bigint",
        )
        .fetch_one(&self.owners[0])
        .await
        .expect("statistics");
        Read { rows, pages }
    }

    /// Does it and holds it to `rows` and `pages`.
    async fn costs<T, E: std::fmt::Debug>(
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

/// Has the server count what the connections of a pool read so far. By themselves they tell it up to ten seconds later, and what made
/// the backlog would be taken for what is measured.
async fn told(pool: &PgPool) {
    // One that is on its way back into the pool would be missed, and a new one asked in its place.
    while u32::try_from(pool.num_idle()).ok() != Some(pool.size()) {
        tokio::task::yield_now().await;
    }
    let mut connections = Vec::new();
    for _ in 0..pool.size() {
        connections.push(pool.acquire().await.expect("a connection"));
    }
    for connection in &mut connections {
        let flush = sqlx::query("SELECT pg_stat_force_next_flush()");
        flush.execute(&mut **connection).await.expect("a flush");
        // The server does it once the statement is answered, and before it takes the next one.
        let next = sqlx::query("SELECT 1").execute(&mut **connection).await;
        next.expect("an answer");
    }
}
