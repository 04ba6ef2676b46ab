//! Every figure of the sheet.

use std::collections::{BTreeMap, BTreeSet};

use casework::words::Stage;
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{AccountId, Board, ClockAsked, ClockKept, Listed, Office, ReceivedBy, TicketId, TicketsAsked};

use super::{
    naive::{self, Round},
    world::World,
};

type Bounds = (DateTime<Utc>, DateTime<Utc>);

impl World {
    /// Some span of the last weeks, and beyond now.
    fn span(&mut self) -> Bounds {
        let from = self.now - self.hours(24 * 40);
        (from, from + TimeDelta::hours(1) + self.hours(24 * 30))
    }
}

fn whole(world: &World) -> Bounds {
    (world.now - TimeDelta::days(400), world.now + TimeDelta::days(400))
}

#[tokio::test]
async fn every_share_and_time_is_that_of_the_histories() {
    let mut world = World::new(61, 150).await;
    let board = world.fixture.store_as::<Board>();
    let mut met = 0;
    let mut spans = vec![whole(&world)];
    spans.extend((0..25).map(|_| world.span()));
    for bounds in spans {
        let found = board.sheet_judged("taihe", world.now, bounds).await.unwrap();
        let right = naive::figures(world.rounds(), world.now, bounds);
        naive::same(&found, &right, &format!("{bounds:?}"));
        met += right.values().map(|figures| figures.judged).sum::<i64>();
    }
    assert!(met > 2000, "{met}");
    naive::holds(&board, &world.fixture.db, world.now).await;
    assert!(
        board
            .sheet_judged("elsewhere", world.now, whole(&world))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_board_says_the_same_of_the_same_clocks() {
    let world = World::new(62, 60).await;
    let board = world.fixture.store_as::<Board>();
    assert!(board.board_snapshot_make("taihe", world.now, 90).await.unwrap());
    let (_, _, data) = board.board_snapshot("taihe").await.unwrap().unwrap();
    let found = board.sheet_judged("taihe", world.now, whole(&world)).await.unwrap();
    let mut compared = 0;
    for unit in data["times"].as_array().unwrap() {
        for (stage, kept, judged) in [
            ("sign", "signed_in_time", "sign_judged"),
            ("contact", "contacted_in_time", "contact_judged"),
            ("resolve", "resolved_in_time", "resolve_judged"),
        ] {
            let line = found
                .iter()
                .find(|line| unit["unit"] == line.unit.as_str() && line.stage.as_str() == stage);
            let counts = line.map_or((0, 0), |line| (line.kept, line.judged));
            let count = |name: &str| unit[name].as_i64().unwrap_or_default();
            assert_eq!((count(kept), count(judged)), counts, "{} {stage}", unit["unit"]);
            compared += counts.1;
        }
    }
    assert!(compared > 100, "{compared}");
}

#[tokio::test]
async fn a_figure_opens_the_tickets_that_it_counts() {
    let mut world = World::new(63, 90).await;
    let board = world.fixture.store_as::<Board>();
    let mut met = 0;
    for _ in 0..12 {
        let bounds = world.span();
        let kinds = [None, Some(ClockKept::Yes), Some(ClockKept::No), Some(ClockKept::Done)];
        for (stage, kept) in Stage::ALL.iter().flat_map(|stage| kinds.map(|kept| (*stage, kept))) {
            let counts = |round: &Round| {
                let Some((at, in_time)) = round.verdict(world.now) else {
                    return false;
                };
                let fits = match kept {
                    None => true,
                    Some(ClockKept::Yes) => in_time,
                    Some(ClockKept::No) => !in_time,
                    Some(ClockKept::Done) => round.took().is_some(),
                };
                fits && round.stage == stage.as_str() && at >= bounds.0 && at < bounds.1
            };
            let real = world.tickets.iter().filter(|ticket| !ticket.drill);
            let right: BTreeSet<TicketId> = real
                .filter(|ticket| ticket.rounds.iter().any(counts))
                .map(|ticket| ticket.id)
                .collect();
            let clock = ClockAsked {
                stage,
                kept,
                from: bounds.0,
                until: bounds.1,
                now: world.now,
            };
            let asked = TicketsAsked {
                clock: Some(clock),
                ..TicketsAsked::all("taihe", AccountId(1))
            };
            let found = board.tickets_found(&asked, 1000).await.unwrap();
            let lines = Listed::whole(found.lines).unwrap();
            let found: BTreeSet<TicketId> = lines.iter().map(|line| line.ticket.id).collect();
            assert_eq!(found, right, "{clock:?}");
            assert_eq!(board.tickets_counted(&asked).await.unwrap(), right.len() as i64);
            met += right.len();
        }
    }
    assert!(met > 300, "{met}");
}

#[tokio::test]
async fn what_came_is_counted_by_what_the_reports_say() {
    let mut world = World::new(64, 120).await;
    let office = world.fixture.store_as::<Office>();
    let mut spans = vec![whole(&world)];
    spans.extend((0..6).map(|_| world.span()));
    for (from, until) in spans {
        let mut right: BTreeMap<(ReceivedBy, String), i64> = BTreeMap::new();
        right.insert((ReceivedBy::All, String::new()), 0);
        let came = world
            .reports
            .iter()
            .filter(|report| !report.drill && report.at >= from && report.at < until);
        for report in came {
            let mut add = |by, code: &str| *right.entry((by, code.to_owned())).or_default() += 1;
            add(ReceivedBy::All, "");
            if report.situations.is_empty() {
                add(ReceivedBy::Situation, "");
            }
            report
                .situations
                .iter()
                .for_each(|code| add(ReceivedBy::Situation, code));
            add(ReceivedBy::Township, report.township.unwrap_or_default());
            add(ReceivedBy::Reporter, report.reporter);
            for age in &report.ages {
                let band = match age {
                    Some(0..=5) => "0-5",
                    Some(6..=11) => "6-11",
                    Some(12..=13) => "12-13",
                    Some(14..=15) => "14-15",
                    Some(16..=17) => "16-17",
                    _ => "",
                };
                add(ReceivedBy::Age, band);
            }
        }
        let found = office.sheet_received("taihe", (from, until)).await.unwrap();
        let found: BTreeMap<_, _> = found.into_iter().map(|line| ((line.by, line.code), line.n)).collect();
        assert_eq!(found, right, "{from} {until}");
    }
}

#[tokio::test]
async fn a_report_of_which_nothing_was_dispatched_yet_came_and_facts_of_no_known_shape_count_as_unknown() {
    let fixture = tests::Fixture::new().await;
    let waits = fixture.stored(tests::Sample::BruisesAtSchool).await;
    let routed = fixture.stored(tests::Sample::BruisesAtSchool).await;
    fixture.route(&routed, platform::clock::now()).await;
    sqlx::query("UPDATE report_facts SET facts = '{\"situations\": \"x\", \"children\": [{\"age\": \"x\"}, 7]}' WHERE report_id = $1")
        .bind(routed.id)
        .execute(&fixture.db)
        .await
        .unwrap();
    let now = platform::clock::now();
    let bounds = (now - TimeDelta::days(1), now + TimeDelta::days(1));
    let found = fixture
        .store_as::<Office>()
        .sheet_received("taihe", bounds)
        .await
        .unwrap();
    let count = |by, code: &str| {
        found
            .iter()
            .find(|line| line.by == by && line.code == code)
            .map_or(0, |line| line.n)
    };
    assert_eq!(count(ReceivedBy::All, ""), 2, "{} waits", waits.id);
    assert_eq!(count(ReceivedBy::Situation, ""), 1);
    assert_eq!(count(ReceivedBy::Situation, "abuse-injury"), 1);
    assert_eq!(count(ReceivedBy::Age, ""), 2);
    assert_eq!(count(ReceivedBy::Reporter, ""), 1);
}

#[tokio::test]
async fn what_is_overdue_is_listed_with_whose_delay_it_is() {
    let mut world = World::new(65, 120).await;
    let board = world.fixture.store_as::<Board>();
    for _ in 0..6 {
        let until = world.span().1.min(world.now);
        let found = Listed::whole(board.sheet_overdue("taihe", until, 1000).await.unwrap()).unwrap();
        let mut right: Vec<_> = world
            .late
            .iter()
            .filter(|(_, _, _, due, _)| *due < until)
            .cloned()
            .collect();
        right.sort_by_key(|(ticket, _, level, due, _)| (-level, *due, *ticket));
        let found: Vec<_> = found
            .into_iter()
            .map(|line| {
                (
                    line.ticket_id,
                    line.stage.to_string(),
                    line.level,
                    line.since,
                    line.whose.as_str(),
                )
            })
            .collect();
        assert_eq!(found, right);
    }
    assert!(
        ["unit", "others", "system"]
            .iter()
            .all(|whose| world.late.iter().any(|late| late.4 == *whose))
    );
    let few = board.sheet_overdue("taihe", world.now, 3).await.unwrap();
    assert_eq!(few.len(), 3);
}
