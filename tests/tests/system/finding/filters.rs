//! Every filter and order, and any of them together, against the tickets as they were made.

use std::collections::BTreeSet;

use casework::{ticket::TicketState, words::Urgency};
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{
    AccountId, Board, Desk, DeskScope, ListSort, ListTab, Listed, Store, TicketId, TicketLine, TicketsAsked,
};
use rand::Rng;

use super::{Made, OBLIGATIONS, SITUATIONS, STATES, TOWNSHIPS, World};

const OPEN: [&str; 7] = [
    "dispatched",
    "signed",
    "in-progress",
    "close-requested",
    "transferring",
    "return-requested",
    "reopened",
];
const WAITING: [&str; 3] = ["close-requested", "transferring", "return-requested"];

/// Whether a ticket is of a list, read without any SQL.
fn is_of(made: &Made, asked: &TicketsAsked) -> bool {
    let open = OPEN.contains(&made.state.as_str());
    let tab = match asked.tab {
        ListTab::All => true,
        ListTab::Closed => !open,
        ListTab::Open => open,
        ListTab::Mine => open && made.assignee == Some(asked.me),
        ListTab::Unassigned => open && made.assignee.is_none(),
        ListTab::Waiting => WAITING.contains(&made.state.as_str()),
    };
    let fits = |wanted: &Option<String>, has: &str| wanted.as_ref().is_none_or(|wanted| wanted == has);
    tab && made.drill == asked.drill
        && fits(&asked.unit, &made.unit)
        && fits(&asked.obligation, &made.obligation)
        && asked.urgency.is_none_or(|urgency| urgency == made.urgency)
        && asked.state.is_none_or(|state| state.as_str() == made.state)
        && asked.township.is_none_or_in(made.township.as_ref())
        && asked
            .situation
            .as_ref()
            .is_none_or(|code| made.situations.contains(code))
        && asked.officer.is_none_or(|officer| made.assignee == Some(officer))
        && asked.from.is_none_or(|from| made.received_at >= from)
        && asked.until.is_none_or(|until| made.received_at < until)
        && asked
            .overdue_at
            .is_none_or(|at| open && made.due_at.is_some_and(|due| due <= at))
}

trait NoneOrIn {
    fn is_none_or_in(&self, has: Option<&String>) -> bool;
}

impl NoneOrIn for Option<String> {
    fn is_none_or_in(&self, has: Option<&String>) -> bool {
        self.is_none() || self.as_ref() == has
    }
}

fn expected(world: &World, asked: &TicketsAsked) -> Vec<TicketId> {
    let mut found: Vec<&Made> = world.tickets.iter().filter(|made| is_of(made, asked)).collect();
    found.sort_by_key(|made| match asked.sort {
        ListSort::Due => (String::new(), made.due_at.unwrap_or(DateTime::<Utc>::MAX_UTC), made.id),
        ListSort::Urgency => (made.urgency.to_string(), made.received_at, made.id),
        ListSort::New | ListSort::Old => (String::new(), made.received_at, made.id),
    });
    if asked.sort == ListSort::New {
        found.reverse();
    }
    found.into_iter().map(|made| made.id).collect()
}

/// Half of the filters are asked for, at random.
fn random(world: &mut World, unit: Option<String>) -> TicketsAsked {
    let me = world.one(&world.people.clone());
    let mut asked = TicketsAsked::all("taihe", me);
    asked.unit = unit;
    asked.tab = world.one(ListTab::ALL);
    asked.sort = if asked.tab.is_open() {
        world.one(ListSort::ALL)
    } else {
        world.one(&[ListSort::New, ListSort::Old])
    };
    asked.drill = world.luck(5);
    let now = world.now;
    let days = |world: &mut World| now - TimeDelta::hours(i64::from(world.rng.next_u32() % 240));
    for _ in 0..world.rng.next_u32() % 3 {
        match world.rng.next_u32() % 9 {
            0 => asked.urgency = Some(world.one(Urgency::ALL)),
            1 => asked.state = TicketState::from_word(world.one(&STATES)),
            2 => asked.township = Some(world.one(&TOWNSHIPS).to_owned()),
            3 => asked.situation = Some(world.one(&SITUATIONS).to_owned()),
            4 => asked.obligation = Some(world.one(&OBLIGATIONS).to_owned()),
            5 => asked.officer = Some(world.one(&world.people.clone())),
            6 => asked.from = Some(days(world)),
            7 => asked.until = Some(days(world)),
            _ => asked.overdue_at = Some(now),
        }
    }
    asked
}

/// All pages of a list; each line once.
async fn walked(asked: &TicketsAsked, limit: i64, reads: Reads<'_>) -> Vec<TicketLine> {
    let (mut asked, mut lines) = (asked.clone(), Vec::new());
    loop {
        let found = match reads {
            Reads::Board(board) => board.tickets_found(&asked, limit).await.unwrap(),
            Reads::Desk(desk, scope) => desk.desk_tickets_found(scope, &asked, limit).await.unwrap(),
        };
        let page = Listed::whole(found.lines).unwrap();
        assert!(page.len() as i64 <= limit);
        lines.extend(page);
        match found.next {
            Some(next) => asked.after = Some(next),
            None => break,
        }
    }
    let ids: BTreeSet<TicketId> = lines.iter().map(|line| line.ticket.id).collect();
    assert_eq!(ids.len(), lines.len(), "no line twice: {asked:?}");
    lines
}

#[derive(Clone, Copy)]
enum Reads<'a> {
    Board(&'a Store<Board>),
    Desk(&'a Store<Desk>, &'a DeskScope),
}

#[tokio::test]
async fn every_filter_and_order_finds_what_is_there_and_pages_lose_nothing() {
    let mut world = World::new(41, 260).await;
    let board = world.fixture.store_as::<Board>();
    let desk = world.fixture.store_as::<Desk>();
    let mut met = 0;
    for round in 0..2 {
        for n in 0..150 {
            let unit = if n % 2 == 0 {
                None
            } else {
                Some(world.one(&world.units.clone()))
            };
            let asked = random(&mut world, unit.clone());
            let right = expected(&world, &asked);
            met += right.len();
            let limit = 1 + i64::from(world.rng.next_u32() % 30);
            let lines = walked(&asked, limit, Reads::Board(&board)).await;
            let ids: Vec<TicketId> = lines.iter().map(|line| line.ticket.id).collect();
            assert_eq!(ids, right, "{asked:?}");
            assert_eq!(board.tickets_counted(&asked).await.unwrap(), right.len() as i64);
            if let Some(unit) = unit {
                let scope = DeskScope::new([unit.as_str()]);
                let lines = walked(&asked, limit, Reads::Desk(&desk, &scope)).await;
                let ids: Vec<TicketId> = lines.iter().map(|line| line.ticket.id).collect();
                assert_eq!(ids, right, "a desk's: {asked:?}");
                assert_eq!(
                    desk.desk_tickets_counted(&scope, &asked).await.unwrap(),
                    right.len() as i64
                );
            }
        }
        if round == 0 {
            world.happens().await;
        }
    }
    assert!(met > 2000, "{met}: the filters find something");
}

#[tokio::test]
async fn a_desk_lists_its_own_whatever_it_asks_for() {
    let world = World::new(42, 60).await;
    let desk = world.fixture.store_as::<Desk>();
    let (own, other) = (&world.units[0], &world.units[1]);
    let scope = DeskScope::new([own.as_str()]);
    let mut asked = TicketsAsked::all("taihe", AccountId(1));
    let all = walked(&asked, 200, Reads::Desk(&desk, &scope)).await;
    assert!(!all.is_empty() && all.iter().all(|line| line.ticket.unit == *own));
    asked.unit = Some(other.clone());
    assert!(walked(&asked, 200, Reads::Desk(&desk, &scope)).await.is_empty());
    assert_eq!(desk.desk_tickets_counted(&scope, &asked).await.unwrap(), 0);
    let nobody = DeskScope::new([]);
    assert!(
        walked(
            &TicketsAsked::all("taihe", AccountId(1)),
            200,
            Reads::Desk(&desk, &nobody)
        )
        .await
        .is_empty()
    );
}

/// A filter finds a line by nothing that the line does not say.
#[tokio::test]
async fn a_filter_tells_no_more_than_a_line() {
    let world = World::new(43, 200).await;
    let board = world.fixture.store_as::<Board>();
    let desk = world.fixture.store_as::<Desk>();
    let says = |line: &TicketLine, situation: &str| {
        let facts = serde_json::to_value(&line.ticket.facts.0).unwrap();
        facts["situations"]
            .as_array()
            .is_some_and(|list| list.iter().any(|code| code == situation))
    };
    let mut held = 0;
    for unit in [None, Some(world.units[0].clone()), Some(world.units[1].clone())] {
        let scope = DeskScope::new(unit.as_deref());
        let reads = if unit.is_none() {
            Reads::Board(&board)
        } else {
            Reads::Desk(&desk, &scope)
        };
        for township in TOWNSHIPS {
            let asked = TicketsAsked {
                unit: unit.clone(),
                township: Some(township.into()),
                ..TicketsAsked::all("taihe", AccountId(1))
            };
            for line in walked(&asked, 50, reads).await {
                held += 1;
                let area = line.ticket.area.as_deref().unwrap_or_default();
                assert!(area.starts_with(township), "{line:?}");
            }
        }
        for situation in SITUATIONS {
            let asked = TicketsAsked {
                unit: unit.clone(),
                situation: Some(situation.into()),
                ..TicketsAsked::all("taihe", AccountId(1))
            };
            for line in walked(&asked, 50, reads).await {
                held += 1;
                assert!(says(&line, situation), "{situation}: {line:?}");
            }
        }
    }
    assert!(held > 100, "{held}");
}
