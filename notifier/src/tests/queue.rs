//! The notice queue on a real PostgreSQL: leases, heart-beats, attempts, and who is told when a P1 can't be delivered.

use casework::words::Urgency;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    clock,
    store::{
        Attempt, LeaseOf, LeasedNotice, NoticeId, Notifier, Onward, Recorded, Router, Settlement, Store, TicketId,
        Verdict,
    },
};
use tests::{Fixture, Sample, lease::lease};
use uuid::Uuid;

struct Queue {
    fixture: Fixture,
    store: Store<Notifier>,
    now: DateTime<Utc>,
}

impl Queue {
    async fn with(samples: &[Sample]) -> Self {
        let fixture = Box::pin(Fixture::new()).await;
        let now = clock::now();
        for sample in samples {
            let report = Box::pin(fixture.stored(*sample)).await;
            assert!(matches!(
                Box::pin(fixture.route(&report, now)).await,
                Recorded::Now { .. }
            ));
        }
        let store = fixture.store_as::<Notifier>();
        Self { fixture, store, now }
    }

    async fn lease(&self, owner: Uuid, after_s: i64) -> Vec<LeasedNotice> {
        let now = self.now + TimeDelta::seconds(after_s);
        lease(&self.store, owner, now, (100, LeaseOf::All)).await.unwrap()
    }

    async fn settle(&self, owner: Uuid, notice: &LeasedNotice, verdict: Verdict) -> bool {
        let held = self
            .store
            .notice_settle(owner, &[settlement(notice, verdict, self.now)])
            .await
            .unwrap();
        held == [notice.id]
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(self.fixture.store.pool())
            .await
            .unwrap()
    }
}

fn settlement(notice: &LeasedNotice, verdict: Verdict, at: DateTime<Utc>) -> Settlement {
    let attempt = Attempt {
        phase: "envelope",
        detail: "550 no such user".into(),
        took_ms: 3,
        at,
    };
    Settlement {
        id: notice.id,
        number: notice.attempts + 1,
        attempt,
        verdict,
        strike: verdict != Verdict::Sent,
        tell: false,
    }
}

fn tickets(notice: &LeasedNotice) -> Vec<TicketId> {
    notice.tickets().unwrap().iter().map(|ticket| ticket.id).collect()
}

#[tokio::test]
async fn a_lease_is_p1_first_exclusive_and_runs_out() {
    let queue = Queue::with(&[Sample::DropoutTwoWeeks, Sample::BruisesAtSchool]).await;
    let (first, second) = (Uuid::new_v4(), Uuid::new_v4());
    assert!(
        queue
            .store
            .notice_take(
                "elsewhere",
                first,
                queue.now,
                (100, LeaseOf::All),
                &mut Onward::default()
            )
            .await
            .unwrap()
            .is_empty()
    );
    let urgent = lease(&queue.store, first, queue.now, (1, LeaseOf::Urgent))
        .await
        .unwrap();
    assert_eq!((urgent.len(), urgent[0].urgency.as_str()), (1, "P1"));
    let rest = queue.lease(first, 0).await;
    assert!(
        rest.len() > 3 && rest.is_sorted_by_key(|n| std::cmp::Reverse(n.urgency)),
        "{rest:?}"
    );
    assert!(rest.iter().any(|n| n.urgency != Urgency::P1), "both reports wait");
    assert!(queue.lease(second, 19).await.is_empty(), "a held notice is leased once");

    // The heart-beat holds it; without one it is free after 20 s, and the first owner learns that it lost it.
    let held = queue
        .store
        .notice_renew(first, &[urgent[0].id], queue.now + TimeDelta::seconds(15))
        .await
        .unwrap();
    assert_eq!(held, [urgent[0].id]);
    let taken = queue.lease(second, 21).await;
    assert_eq!(taken.len(), rest.len());
    assert!(!taken.iter().any(|n| n.id == urgent[0].id));
    assert!(
        !queue.settle(first, &taken[0], Verdict::Sent).await,
        "a lost lease records no state"
    );
    assert!(queue.settle(second, &taken[0], Verdict::Sent).await);
    assert!(!queue.settle(second, &taken[0], Verdict::GaveUp).await, "settled once");
    assert_eq!(
        queue.count("SELECT count(*) FROM notice_attempts").await,
        3,
        "every attempt is written down"
    );
    assert_eq!(
        queue.count("SELECT count(*) FROM notices WHERE state = 'sent'").await,
        1
    );
    assert!(
        queue
            .store
            .notice_renew(second, &[taken[0].id], queue.now)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn a_batch_settles_each_notice_its_own_way() {
    let queue = Queue::with(&[Sample::BruisesAtSchool]).await;
    let owner = Uuid::new_v4();
    let leased = queue.lease(owner, 0).await;
    let later = queue.now + TimeDelta::seconds(60);
    let verdicts = [Verdict::Sent, Verdict::Suppressed, Verdict::Retry { at: later }];
    let batch: Vec<_> = leased
        .iter()
        .zip(verdicts)
        .map(|(n, v)| settlement(n, v, queue.now))
        .collect();
    assert_eq!(batch.len(), 3, "the sample makes at least three notices");
    assert_eq!(queue.store.notice_settle(owner, &batch).await.unwrap().len(), 3);
    let state = |id: NoticeId| {
        let pool = queue.fixture.store.pool().clone();
        async move {
            sqlx::query_as::<_, (String, i32, Option<String>)>(
                "SELECT state, attempts, last_error FROM notices WHERE id = $1",
            )
            .bind(id)
            .fetch_one(&pool)
            .await
            .unwrap()
        }
    };
    let said = Some("envelope: 550 no such user".to_owned());
    assert_eq!(state(batch[0].id).await, ("sent".into(), 1, None));
    assert_eq!(state(batch[1].id).await, ("suppressed".into(), 1, said.clone()));
    assert_eq!(state(batch[2].id).await, ("queued".into(), 1, said));
    assert!(
        queue.lease(owner, 10).await.iter().all(|n| n.id != batch[2].id),
        "a retry waits for its time"
    );
    let again = queue.lease(owner, 61).await;
    let again = again.iter().find(|n| n.id == batch[2].id).expect("due again");
    assert_eq!(again.attempts, 1);
    let depth = queue
        .store
        .notice_depth("taihe", queue.now + TimeDelta::seconds(90))
        .await
        .unwrap();
    assert_eq!(depth.failed, 0);
    assert!(depth.queued > 0 && (89.0..120.0).contains(&depth.oldest_s), "{depth:?}");
}

#[tokio::test]
async fn a_p1_that_cant_be_delivered_is_told_one_step_up_exactly_once() {
    let queue = Queue::with(&[Sample::BruisesAtSchool]).await;
    let owner = Uuid::new_v4();
    let leased = queue.lease(owner, 0).await;
    let police = leased
        .iter()
        .find(|n| n.unit_kind == "police")
        .expect("a police ticket");
    assert!(queue.settle(owner, police, Verdict::GaveUp).await);
    assert!(!queue.settle(owner, police, Verdict::GaveUp).await);
    assert_eq!(
        queue
            .count("SELECT count(*) FROM notices WHERE kind = 'undeliverable'")
            .await,
        1
    );

    let office = queue.lease(owner, 1).await.remove(0);
    assert_eq!(
        (office.kind.as_str(), office.unit.as_str(), tickets(&office)),
        ("undeliverable", "office", tickets(police))
    );
    let failed = office.failed().unwrap().expect("what failed");
    assert_eq!(
        (failed.kind.as_str(), &failed.unit_name, &failed.mailbox),
        ("dispatch", &police.unit_name, &police.mailbox)
    );
    assert_eq!(failed.error.as_deref(), Some("envelope: 550 no such user"));

    assert!(queue.settle(owner, &office, Verdict::GaveUp).await);
    let group = queue.lease(owner, 2).await.remove(0);
    assert_eq!((group.kind.as_str(), group.unit.as_str()), ("undeliverable", "lg"));
    assert_eq!(
        group.failed().unwrap().expect("what failed").unit_name,
        office.unit_name
    );
    assert!(queue.settle(owner, &group, Verdict::GaveUp).await);
    assert!(
        queue.lease(owner, 3).await.is_empty(),
        "nobody is above the leading group"
    );
    assert_eq!(
        queue
            .count("SELECT count(*) FROM notices WHERE kind = 'undeliverable'")
            .await,
        2
    );
}

#[tokio::test]
async fn below_p1_a_failure_is_listed_and_calls_nobody() {
    let queue = Queue::with(&[Sample::DropoutTwoWeeks]).await;
    let owner = Uuid::new_v4();
    for notice in queue.lease(owner, 0).await {
        assert_ne!(notice.urgency, Urgency::P1);
        assert!(queue.settle(owner, &notice, Verdict::GaveUp).await);
    }
    assert!(queue.lease(owner, 1).await.is_empty());
    assert!(queue.store.notice_depth("taihe", queue.now).await.unwrap().failed > 0);
}

#[tokio::test]
async fn notifiers_side_by_side_share_without_overlap() {
    let queue = Queue::with(&[
        Sample::BruisesAtSchool,
        Sample::DropoutTwoWeeks,
        Sample::BruisesAtSchool,
        Sample::DropoutTwoWeeks,
    ])
    .await;
    let all = queue.count("SELECT count(*) FROM notices").await;
    let all_leased = async || {
        let owner = Uuid::new_v4();
        let mut mine = Vec::new();
        loop {
            let some = lease(&queue.store, owner, queue.now, (2, LeaseOf::All)).await.unwrap();
            if some.is_empty() {
                return mine;
            }
            mine.extend(some.into_iter().map(|n| n.id));
        }
    };
    let (a, b, c) = tokio::join!(all_leased(), all_leased(), all_leased());
    let mut ids = [a, b, c].concat();
    let leased = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!((leased, ids.len()), (usize::try_from(all).unwrap(), leased));
}

#[tokio::test]
async fn one_notice_a_unit_and_report_and_each_crossing_once() {
    let queue = Queue::with(&[Sample::BruisesAtSchool, Sample::DropoutTwoWeeks]).await;
    let units = queue
        .count("SELECT count(DISTINCT (report_id, unit)) FROM tickets")
        .await;
    assert_eq!(queue.count("SELECT count(*) FROM notices").await, units);
    assert_eq!(
        queue.count("SELECT count(*) FROM notice_tickets").await,
        queue.count("SELECT count(*) FROM tickets").await
    );
    // Every stage crosses its first levels at once: still one notice a report, recipient, action and level.
    let router = queue.fixture.store_as::<Router>();
    for days in [400, 401, 402, 403, 404, 405] {
        let at = queue.now + TimeDelta::days(days);
        while router.clock_turn(at).await.unwrap().stages > 0 {}
    }
    let crossings = queue
        .count("SELECT count(*) FROM escalation_steps WHERE sent_at IS NOT NULL")
        .await;
    assert!(crossings > 20);
    assert_eq!(
        queue
            .count("SELECT count(*) FROM notice_tickets WHERE due_generation IS NOT NULL")
            .await,
        crossings
    );
    let grouped = queue
        .count(
            "SELECT count(*) FROM (SELECT DISTINCT t.report_id, n.unit, n.kind, n.level, n.system_late, n.created_at
             FROM notices n JOIN tickets t ON t.id = n.ticket_id WHERE n.level IS NOT NULL) g",
        )
        .await;
    assert_eq!(
        queue
            .count("SELECT count(*) FROM notices WHERE level IS NOT NULL")
            .await,
        grouped
    );
    assert!(grouped < crossings, "{grouped} mails for {crossings} crossings");
}

#[tokio::test]
async fn a_later_transaction_of_the_turn_adds_to_what_nobody_has_in_hand() {
    // More stages of one report than a transaction takes would be needed; two turns at one time are the same.
    let queue = Queue::with(&[Sample::BruisesAtSchool]).await;
    let router = queue.fixture.store_as::<Router>();
    let pool = queue.fixture.store.pool();
    sqlx::query("UPDATE stages SET next_at = next_at + interval '900 days' WHERE stage <> 'sign'")
        .execute(pool)
        .await
        .unwrap();
    let at = queue.now + TimeDelta::days(400);
    while router.clock_turn(at).await.unwrap().stages > 0 {}
    let first = queue.count("SELECT count(*) FROM notices WHERE level = 1").await;
    sqlx::query("UPDATE stages SET next_at = next_at - interval '900 days' WHERE stage <> 'sign'")
        .execute(pool)
        .await
        .unwrap();
    while router.clock_turn(at).await.unwrap().stages > 0 {}
    assert_eq!(
        queue.count("SELECT count(*) FROM notices WHERE level = 1").await,
        first,
        "added to"
    );
    // One that is leased is being written, so what comes later is a mail of its own.
    sqlx::query("UPDATE notices SET lease_owner = gen_random_uuid() WHERE level = 1")
        .execute(pool)
        .await
        .unwrap();
    sqlx::query("UPDATE stages SET due_generation = 2, next_step = 0, next_at = $1 WHERE next_at IS NOT NULL")
        .bind(at)
        .execute(pool)
        .await
        .unwrap();
    while router.clock_turn(at).await.unwrap().stages > 0 {}
    assert!(queue.count("SELECT count(*) FROM notices WHERE level = 1").await > first);
}

#[tokio::test]
async fn a_returned_mail_is_marked_and_its_p1_is_told() {
    use platform::store::Bounced;
    let queue = Queue::with(&[Sample::BruisesAtSchool]).await;
    let owner = Uuid::new_v4();
    let notice = queue.lease(owner, 0).await.remove(0);
    let bounce = async |id| {
        queue
            .store
            .notice_bounce("taihe", id, "5.1.1 unknown", queue.now)
            .await
            .unwrap()
    };
    assert_eq!(bounce(notice.id).await, Bounced::NotYet);
    assert!(queue.settle(owner, &notice, Verdict::Sent).await);
    assert_eq!(bounce(notice.id).await, Bounced::Marked);
    assert_eq!(bounce(notice.id).await, Bounced::Before);
    assert_eq!(bounce(NoticeId(Uuid::new_v4())).await, Bounced::Unknown);
    assert_eq!(
        queue
            .count("SELECT count(*) FROM notices WHERE state = 'bounced' AND last_error = '5.1.1 unknown'")
            .await,
        1
    );
    assert_eq!(
        queue
            .count("SELECT count(*) FROM notice_attempts WHERE outcome = 'bounced'")
            .await,
        1
    );
    let told = queue.lease(owner, 1).await.remove(0);
    assert_eq!(told.failed().unwrap().unwrap().state.as_str(), "bounced");
    assert_eq!(queue.store.notice_depth("taihe", queue.now).await.unwrap().failed, 1);
}
