//! What is asked beyond a ticket, and who looked at what: a turn of the clock and a page cost what they show, in front of 200,000.

use casework::clock::escalation::PlannedStep;
use casework::ticket::opening::Side;
use casework::words::{Action, Addressee};
use chrono::TimeDelta;
use platform::{
    clock,
    store::{
        AccountId, Board, Office, OpeningAsk, OpeningAsked, OpeningClock, OpeningClocks, OpeningList, ReadId,
        ReadsAsked, ReportId, Router, TicketId,
    },
};
use sqlx::Executor;
use tests::{Fixture, NewPerson, Sample, backlog, person};

use super::{Probe, WAITING, calm};

async fn somebody(fixture: &Fixture) -> AccountId {
    let zhou = NewPerson {
        login: "zhou",
        name: "周正",
        phone: None,
        unit: "office",
        role: "office",
        since: clock::now(),
    };
    person(&fixture.db, zhou).await
}

#[tokio::test]
async fn the_list_of_looks_costs_what_it_shows() {
    let fixture = calm().await;
    let db = &fixture.db;
    let account = somebody(&fixture).await;
    backlog::reads(db, WAITING).await;
    // One report, ticket and person far back among the others; who reported was looked at once.
    sqlx::query(
        "INSERT INTO reads (at, report_id, ticket_id, account_id, role, parts, how)
         SELECT now() - interval '2 days', 7, 8, $1, 'office', '{identity}', 'opening'",
    )
    .bind(account)
    .execute(db)
    .await
    .expect("a look");
    db.execute("VACUUM (PARALLEL 0, ANALYZE) reads")
        .await
        .expect("statistics");
    let now = clock::now();
    for when in ["after VACUUM ANALYZE"] {
        let board = Probe::<Board>::new(&fixture);
        let whole = ReadsAsked::default();
        for (what, asked, found) in [
            ("all", whole.clone(), 51),
            (
                "a report",
                ReadsAsked {
                    report: Some(ReportId::from_db(7)),
                    ..whole.clone()
                },
                1,
            ),
            (
                "a ticket",
                ReadsAsked {
                    ticket: Some(TicketId(8)),
                    ..whole.clone()
                },
                1,
            ),
            (
                "nobody's",
                ReadsAsked {
                    accounts: Some(vec![AccountId(-1)]),
                    ..whole.clone()
                },
                0,
            ),
            (
                "who reported",
                ReadsAsked {
                    identity: true,
                    ..whole.clone()
                },
                1,
            ),
            (
                "an hour of yesterday",
                ReadsAsked {
                    from: Some(now - TimeDelta::hours(25)),
                    to: Some(now - TimeDelta::hours(24)),
                    ..whole.clone()
                },
                51,
            ),
            (
                "the next page",
                ReadsAsked {
                    before: Some(platform::store::ReadCursor {
                        at: now - TimeDelta::hours(30),
                        id: ReadId(1),
                    }),
                    ..whole.clone()
                },
                51,
            ),
        ] {
            let lines = board
                .costs(&format!("looks, {what}, {when}"), (10_000, 2500), async |store| {
                    store.reads_list("taihe", &asked, 51).await
                })
                .await;
            assert_eq!(lines.len(), found, "{what}");
        }
    }
}

#[tokio::test]
async fn the_clock_of_openings_costs_what_is_due() {
    let fixture = calm().await;
    let db = &fixture.db;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    let now = clock::now();
    fixture.route(&report, now).await;
    let account = somebody(&fixture).await;
    let parts = ["home".to_owned()];
    let clock = OpeningClock {
        due: now + TimeDelta::days(1000),
        plan: vec![PlannedStep {
            level: 2,
            to: Addressee::Office,
            action: Action::Urge,
            at: now + TimeDelta::days(1000),
        }],
    };
    let clocks = OpeningClocks {
        decide: clock.clone(),
        review: clock,
    };
    let ask = OpeningAsk {
        county: "taihe",
        parts: &parts,
        reason: b"sealed",
        by: "周正",
        account,
        at: now,
        clocks: &|_| clocks.clone(),
    };
    let asked = fixture
        .store_as::<Office>()
        .opening_ask(report.id, Side::Office, &ask)
        .await
        .expect("an asking");
    assert!(matches!(asked, OpeningAsked::Now(_)), "{asked:?}");
    backlog::openings(db, WAITING).await;
    db.execute("VACUUM (PARALLEL 0, ANALYZE) openings")
        .await
        .expect("statistics");
    for when in ["after VACUUM ANALYZE"] {
        let router = Probe::<Router>::new(&fixture);
        let next = router
            .costs(&format!("the next step, {when}"), (1000, 1500), async |store| {
                store.clock_next().await
            })
            .await;
        assert!(next.is_some());
        let board = Probe::<Board>::new(&fixture);
        board
            .costs(
                &format!("what waits for a decision, {when}"),
                (3000, 4000),
                async |store| store.openings_list("taihe", OpeningList::Asked, None, 200, now).await,
            )
            .await;
        board
            .costs(&format!("the counts, {when}"), (6000, 8000), async |store| {
                store.openings_counts("taihe", now).await
            })
            .await;
        // Each of the thirty reads the county's 419 units twice, whatever waits.
        let told = router
            .costs(&format!("a turn, {when}"), (40_000, 6000), async |store| {
                store.openings_tell(now - TimeDelta::minutes(30)).await
            })
            .await;
        // The rows are some moments younger than `now`.
        assert!((25..=30).contains(&told), "{when}: {told}");
    }
}
