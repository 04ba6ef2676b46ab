//! Lists of tickets cost what they show: each filter and order, in front of 200,000 tickets, for the county and for a unit.

use casework::{ticket::TicketState, words::Urgency};
use chrono::TimeDelta;
use platform::{
    clock,
    receipt::fragment::{Fragment, last_day},
    store::{AccountId, Board, ChildToken, Desk, DeskScope, ListSort, ListTab, SearchKind, Searching, TicketsAsked},
};
use sqlx::Executor;
use tests::{Fixture, Sample, backlog};

use super::{Probe, WAITING, calm};

/// Twice fifty lines and what is counted of them, with room for a walk over what does not fit.
const LINES: (i64, i64) = (12_000, 22_000);

/// Each by itself, and some together.
fn asked(all: &TicketsAsked) -> Vec<(&'static str, TicketsAsked)> {
    let all = || all.clone();
    let open = |sort| TicketsAsked {
        tab: ListTab::Open,
        sort,
        ..all()
    };
    vec![
        ("all", all()),
        (
            "the oldest",
            TicketsAsked {
                sort: ListSort::Old,
                ..all()
            },
        ),
        ("open, next due", open(ListSort::Due)),
        ("open, urgent", open(ListSort::Urgency)),
        (
            "unassigned",
            TicketsAsked {
                tab: ListTab::Unassigned,
                ..open(ListSort::Due)
            },
        ),
        (
            "waiting",
            TicketsAsked {
                tab: ListTab::Waiting,
                ..open(ListSort::Due)
            },
        ),
        (
            "closed",
            TicketsAsked {
                tab: ListTab::Closed,
                ..all()
            },
        ),
        (
            "a township",
            TicketsAsked {
                township: Some("341222105".into()),
                ..all()
            },
        ),
        (
            "a rare situation",
            TicketsAsked {
                situation: Some("illness".into()),
                ..all()
            },
        ),
        (
            "an obligation",
            TicketsAsked {
                obligation: Some("police-accept".into()),
                ..all()
            },
        ),
        (
            "urgent",
            TicketsAsked {
                urgency: Some(Urgency::P1),
                ..all()
            },
        ),
        (
            "a state",
            TicketsAsked {
                state: Some(TicketState::Waived),
                ..all()
            },
        ),
        (
            "nobody's",
            TicketsAsked {
                officer: Some(AccountId(-1)),
                ..all()
            },
        ),
        (
            "overdue",
            TicketsAsked {
                overdue_at: Some(clock::now()),
                sort: ListSort::Due,
                ..all()
            },
        ),
        ("drills", TicketsAsked { drill: true, ..all() }),
        (
            "days long past",
            TicketsAsked {
                until: Some(clock::now() - TimeDelta::days(20)),
                ..all()
            },
        ),
    ]
}

async fn filled() -> Fixture {
    let fixture = calm().await;
    let report = fixture.stored(Sample::BruisesAtSchool).await;
    fixture.route(&report, clock::now()).await;
    backlog::tickets(&fixture.db, WAITING).await;
    backlog::listings(&fixture.db).await;
    for table in ["tickets", "listings"] {
        let sql = format!("VACUUM (PARALLEL 0, ANALYZE) {table}");
        fixture.db.execute(sqlx::AssertSqlSafe(sql)).await.expect("statistics");
    }
    fixture
}

#[tokio::test]
async fn every_filter_costs_what_it_shows() {
    let fixture = filled().await;
    let board = Probe::<Board>::new(&fixture);
    let desk = Probe::<Desk>::new(&fixture);
    let unit: String =
        sqlx::query_scalar("SELECT unit FROM listings GROUP BY unit ORDER BY count(*) DESC, unit LIMIT 1")
            .fetch_one(&fixture.db)
            .await
            .expect("a unit");
    let scope = DeskScope::new([unit.as_str()]);
    let county = TicketsAsked::all("taihe", AccountId(1));
    for (what, asked) in asked(&county) {
        board
            .costs(what, LINES, async |store| {
                store.tickets_found(&asked, 50).await?;
                store.tickets_counted(&asked).await
            })
            .await;
        let asked = TicketsAsked {
            unit: Some(unit.clone()),
            ..asked
        };
        // Under row-level security no index of arrays serves: a unit's filter by situation walks over its own tickets, which here are
        // all there are.
        let most = if asked.situation.is_some() {
            (2 * WAITING, 22_000)
        } else {
            LINES
        };
        desk.costs(&format!("a unit's: {what}"), most, async |store| {
            store.desk_tickets_found(&scope, &asked, 50).await?;
            store.desk_tickets_counted(&scope, &asked).await
        })
        .await;
    }
    for piece in ["7K3M", "1124", "20260107"] {
        let piece = Fragment::read(piece, last_day(clock::now())).expect("a piece");
        board
            .costs("a piece of a receipt", (30_000, 30_000), async |store| {
                store.receipts_found("taihe", &piece).await
            })
            .await;
    }
    let token = ChildToken {
        kind: SearchKind::IdNumber,
        token: b"nobody".to_vec(),
    };
    let by = Searching {
        county: "taihe",
        account: AccountId(1),
        reason: "repeat",
        at: clock::now(),
    };
    board
        .costs("a child", (2000, 2000), async |store| {
            store.child_search(&token, by).await
        })
        .await;
}
