//! The queue of mails in front of 200,000.

use casework::words::Urgency;
use chrono::{DateTime, Utc};
use platform::{
    clock,
    store::{Attempt, LeaseOf, LeasedNotice, NOTICES_COUNTED, Notifier, Onward, Settlement, Verdict},
};
use sqlx::{Connection, Executor, PgConnection, PgPool};
use tests::{
    Fixture, Sample, backlog,
    lease::{lease, lease_onward},
};
use uuid::Uuid;

use super::{Probe, WAITING, calm, pages::pages_cost_what_they_show};

/// Tickets of a county after some years.
const TICKETS: i64 = 20_000;
/// A lease of 50 may read so many rows and pages.
const LEASE: (i64, i64) = (4000, 4000);

/// A queue with a long backlog, and its notifier.
struct Queue {
    fixture: Fixture,
    db: PgPool,
    probe: Probe<Notifier>,
    now: DateTime<Utc>,
}

impl Queue {
    /// As after an outage of the mail server: a third of all, among them every P1, waits for its next try.
    async fn after_an_outage() -> Self {
        let fixture = calm().await;
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        let now = clock::now();
        fixture.route(&report, now).await;
        let db = fixture.db.clone();
        db.execute(
            "ALTER TABLE notices DROP CONSTRAINT notices_ticket_id_fkey, DROP CONSTRAINT notices_county_unit_fkey",
        )
        .await
        .expect("a statement");
        // The planner's knowledge is that of a queue that was empty until now, and nobody tells it more before all is sent.
        db.execute("VACUUM (PARALLEL 0, ANALYZE) notices")
            .await
            .expect("a statement");
        backlog::notices_held(&db, WAITING, &["P1", "P2", "P3"], "P1").await;
        db.execute(
            "UPDATE notices SET due_at = now() + interval '1 hour' WHERE urgency = 'P1' AND due_at = '-infinity'",
        )
        .await
        .expect("a statement");
        // What a mail says is read by the tickets of its notice, however many others the county has.
        backlog::tickets(&db, TICKETS).await;
        let probe = Probe::new(&fixture);
        Self {
            fixture,
            db,
            probe,
            now,
        }
    }

    async fn lease_of_50(
        &self,
        what: &str,
        limits: (i64, i64),
        owner: Uuid,
        onward: &mut Onward<3>,
    ) -> Vec<LeasedNotice> {
        let now = self.now;
        let leased = self.probe.costs(what, limits, async |store| {
            lease_onward(store, owner, now, (50, LeaseOf::All), onward).await
        });
        let leased = leased.await;
        assert_eq!(leased.len(), 50);
        leased
    }

    /// What waits for its next try is not walked over.
    async fn a_lease_reads_what_it_takes(&self, owner: Uuid) -> Vec<LeasedNotice> {
        let leased = self
            .lease_of_50("a lease of 50", LEASE, owner, &mut Onward::default())
            .await;
        assert!(leased.iter().all(|n| n.urgency == Urgency::P2));
        let now = self.now;
        let none = self.probe.costs("a look for P1", (100, 100), async |store| {
            lease(store, owner, now, (50, LeaseOf::Urgent)).await
        });
        assert!(none.await.is_empty());
        leased
    }

    async fn a_heart_beat_and_a_settlement_read_what_is_leased(&self, owner: Uuid, leased: &[LeasedNotice]) {
        let (now, ids) = (self.now, leased.iter().map(|n| n.id).collect::<Vec<_>>());
        let beat = self.probe.costs("a heart-beat", (300, 700), async |store| {
            store.notice_renew(owner, &ids, now).await
        });
        beat.await;
        let settled = settlements(leased, now);
        let held = self.probe.costs("a settlement of 50", (500, 3000), async |store| {
            store.notice_settle(owner, &settled).await
        });
        assert_eq!(held.await.len(), 50);
    }

    /// Somebody holds a snapshot (a dump), so what is done can't be cleared away while the backlog is worked off.
    async fn what_is_done_is_not_walked_over_again(&self, owner: Uuid) {
        let mut dump = PgConnection::connect(&self.fixture.url).await.expect("a connection");
        let mut dump = dump.begin().await.expect("a transaction");
        dump.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            .await
            .expect("a statement");
        dump.execute("SELECT count(*) FROM packs").await.expect("a statement");
        let mut onward = Onward::default();
        for _ in 0..20 {
            let leased = lease_onward(&self.probe.store, owner, self.now, (500, LeaseOf::All), &mut onward)
                .await
                .expect("a lease");
            assert_eq!(leased.len(), 500);
            let settled = settlements(&leased, self.now);
            self.probe
                .store
                .notice_settle(owner, &settled)
                .await
                .expect("a settlement");
        }
        let limits = (LEASE.0 + 1500, LEASE.1 + 1500);
        self.lease_of_50("a lease behind 10,000 that are done", limits, owner, &mut onward)
            .await;
        dump.rollback().await.expect("a rollback");
    }

    async fn the_gauge_stops_counting(&self) {
        let now = self.now;
        let depth = self
            .probe
            .costs("the gauge", (3 * NOTICES_COUNTED, 15_000), async |store| {
                store.notice_depth("taihe", now).await
            });
        assert_eq!(depth.await.queued, NOTICES_COUNTED, "a count stops");
    }

    /// By now the server has counted by itself. All are given up at the same time, which no statistics know yet.
    async fn pages_show_some_of_many_that_were_given_up(&self) {
        self.db
            .execute("VACUUM (PARALLEL 0, ANALYZE) notices")
            .await
            .expect("a statement");
        self.db
            .execute("UPDATE notices SET state = 'failed', finished_at = now(), leased_until = NULL, lease_owner = NULL WHERE urgency = 'P3'")
            .await
            .expect("a lease");
        pages_cost_what_they_show(&self.fixture, "notices given up").await;
        self.db
            .execute("VACUUM (PARALLEL 0, ANALYZE) notices")
            .await
            .expect("a statement");
        pages_cost_what_they_show(&self.fixture, "notices given up, VACUUM ANALYZE").await;
    }
}

fn settlements(leased: &[LeasedNotice], at: DateTime<Utc>) -> Vec<Settlement> {
    leased.iter().map(|notice| settlement(notice, at)).collect()
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

/// One backlog, which takes its time to be made, for all of them.
#[tokio::test]
async fn a_turn_of_the_notice_queue_costs_what_is_due() {
    let queue = Queue::after_an_outage().await;
    let (owner, other) = (Uuid::new_v4(), Uuid::new_v4());
    let leased = queue.a_lease_reads_what_it_takes(owner).await;
    queue
        .a_heart_beat_and_a_settlement_read_what_is_leased(owner, &leased)
        .await;
    queue.what_is_done_is_not_walked_over_again(other).await;
    queue.the_gauge_stops_counting().await;
    queue.pages_show_some_of_many_that_were_given_up().await;
}
