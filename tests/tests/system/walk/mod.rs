//! Random acts of random people on all tickets of a report, in any order, over the turn of a year whose days off are published and
//! changed while it goes: signing, closing, transfers, returns, extensions, other units that join, reopenings, calendars, double clicks. The real SQL and
//! casework's state machine agree at every step, no obligation is lost, no earlier end is rewritten, the ledger balances, and what is
//! open has a next step in the future. At the end Monday's sheet says what the rows say one by one.
//!
//! `SHOUWANG_WALK_SEED` repeats a run, `SHOUWANG_WALKS` plays so many (4 else).

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod acts;
mod county;
pub(crate) mod holds;

use std::collections::BTreeMap;

use casework::{
    ticket::TicketAct,
    words::{Stage, reserved::TRANSFERRED},
};
use platform::store::{ActDone, Denied, EventKind};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tests::Sample;

use crate::sheet::naive;
use acts::{NUMBERS, Side, Try};
use county::{Actor, County, Ticket};
use holds::{Seen, state};

/// Acts of a walk.
const ACTS: usize = 70;

/// Days off of the year to come that somebody makes up: two of them differ in one feast.
const CALENDARS: [&[(&str, bool)]; 3] = [
    &[("2027-01-01", true), ("2027-01-04", true), ("2027-01-09", false)],
    &[
        ("2027-01-01", true),
        ("2027-02-05", true),
        ("2027-02-08", true),
        ("2027-02-09", true),
        ("2027-02-20", false),
    ],
    &[("2027-01-01", true), ("2027-02-08", true)],
];

fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test]
async fn random_acts_in_any_order_lose_nothing_and_store_nothing_illegal() {
    let seed = setting("SHOUWANG_WALK_SEED").unwrap_or_else(|| rand::rng().random());
    println!("SHOUWANG_WALK_SEED={seed}");
    let mut rng = StdRng::seed_from_u64(seed);
    let mut done = BTreeMap::new();
    let samples = [Sample::BruisesAtSchool, Sample::DropoutTwoWeeks];
    for (_, sample) in (0..setting("SHOUWANG_WALKS").unwrap_or(4)).zip(samples.into_iter().cycle()) {
        let begun = "2026-12-28T09:00:00+08:00".parse().unwrap();
        Walk {
            county: County::new(sample, begun).await,
            seen: Seen::default(),
            done: &mut done,
        }
        .go(&mut rng)
        .await;
    }
    println!("{done:?}");
    // A walk that never comes to what it is for proves nothing.
    for act in [
        "sign",
        "request-close",
        "close",
        "ask-return",
        "ask",
        "reopen",
        "calendar",
    ] {
        assert!(done.contains_key(act), "seed {seed}: no {act} in {done:?}");
    }
}

/// What random acts found: the days off were published while the ticket was closed, and passed its clocks by.
#[tokio::test]
async fn a_closing_that_is_taken_back_goes_on_by_the_days_off_of_meanwhile() {
    let mut county = County::new(Sample::DropoutTwoWeeks, "2026-12-28T09:00:00+08:00".parse().unwrap()).await;
    let mut seen = Seen::default();
    let id = county.tickets().await[0].id;
    let before = county.running(id, Stage::Resolve).await.unwrap();
    for act in [TicketAct::Sign, TicketAct::Close, TicketAct::TakeBack] {
        county.later(60);
        let ticket = county.ticket(id).await;
        let mut tried = None;
        for number in 0..NUMBERS {
            let one = acts::chosen(&county, &ticket, number, 0).await;
            tried = tried.or(one.filter(|one| one.act == act));
        }
        let actor = county.of(&ticket.unit, 1);
        let done = acts::perform(&county, &ticket, &tried.unwrap(), (&actor, &ticket.unit)).await;
        assert_eq!(done, ActDone::Done, "{act}");
        county.clock().await;
        seen.holds(&county, false, act.as_str()).await;
        if act == TicketAct::Close {
            county.later(60);
            county
                .publishes(&[("2027-01-01", true), ("2027-01-04", true), ("2027-01-05", true)])
                .await;
            county.clock().await;
            seen.holds(&county, true, "a calendar").await;
        }
    }
    let after = county.running(id, Stage::Resolve).await.unwrap();
    assert_eq!(before.0, after.0, "it runs since the same moment");
    assert_ne!(before.1, after.1, "and its due read days off that are others now");
}

struct Walk<'d> {
    county: County,
    seen: Seen,
    /// How often each act was done.
    done: &'d mut BTreeMap<String, u32>,
}

impl Walk<'_> {
    async fn go(mut self, rng: &mut StdRng) {
        for n in 0..ACTS {
            let minutes = if rng.random_ratio(1, 8) { 5000 } else { 300 };
            self.county.later(rng.random_range(1..minutes));
            // What became due before the act is told before it.
            self.county.clock().await;
            let published = rng.random_ratio(1, 15);
            let when = if published {
                self.county.publishes(CALENDARS.choose(rng).unwrap()).await;
                self.count("calendar");
                format!("{n}, a calendar")
            } else {
                self.step(n, rng).await
            };
            self.county.clock().await;
            self.seen.holds(&self.county, published, &when).await;
        }
        let county = &self.county;
        naive::holds(&county.board(), &county.fixture.db, county.now).await;
    }

    async fn step(&mut self, n: usize, rng: &mut StdRng) -> String {
        let tickets = self.county.tickets().await;
        let Some((ticket, tried)) = self.chosen(&tickets, rng).await else {
            return format!("{n}, nothing to decide");
        };
        let (unit, actor) = self.actor(ticket, &tickets, &tried, rng);
        let when = format!(
            "{n}, {} of {} {} by {} of {unit}",
            tried.act, ticket.state, ticket.id, actor.name
        );
        let first = if rng.random_ratio(1, 4) {
            self.twice(ticket, &tried, (&actor, &unit), &when).await
        } else {
            acts::perform(&self.county, ticket, &tried, (&actor, &unit)).await
        };
        self.judge(ticket, &tried, (&first, &unit), &when).await;
        when
    }

    /// Mostly something that the state machine allows: at random alone few acts would be done.
    async fn chosen<'t>(&self, tickets: &'t [Ticket], rng: &mut StdRng) -> Option<(&'t Ticket, Try)> {
        let mut last = None;
        for _ in 0..12 {
            let ticket = tickets.choose(rng).unwrap();
            let (number, which) = (rng.random_range(0..NUMBERS), rng.random());
            let Some(tried) = acts::chosen(&self.county, ticket, number, which).await else {
                continue;
            };
            let fits = state(&ticket.state).after(tried.act).is_ok();
            last = Some((ticket, tried));
            if fits || rng.random_ratio(1, 10) {
                break;
            }
        }
        last
    }

    /// Now and then somebody of another unit tries.
    fn actor(&self, ticket: &Ticket, all: &[Ticket], tried: &Try, rng: &mut StdRng) -> (String, Actor) {
        if tried.side == Side::Office {
            return ("office".into(), self.county.clerks.choose(rng).unwrap().clone());
        }
        let unit = if rng.random_ratio(1, 12) {
            &all.choose(rng).unwrap().unit
        } else {
            &ticket.unit
        };
        (unit.clone(), self.county.of(unit, rng.random()))
    }

    /// A double click: both at once, of one page. One does it, the other is told that it is done.
    async fn twice(&self, ticket: &Ticket, tried: &Try, who: (&Actor, &str), when: &str) -> ActDone {
        let county = &self.county;
        let (a, b) = tokio::join!(
            acts::perform(county, ticket, tried, who),
            acts::perform(county, ticket, tried, who)
        );
        let (first, other) = if b == ActDone::Done { (b, a) } else { (a, b) };
        if first == ActDone::Done {
            let told = other.was_done(tried.deed.kind(), who.0.account).is_some();
            assert!(told, "{when}: twice, and the other hears {other:?}");
        } else {
            assert_eq!(first, other, "{when}: twice");
        }
        first
    }

    /// The answer is what the state machine says, and so is what is stored.
    async fn judge(&mut self, before: &Ticket, tried: &Try, (done, unit): (&ActDone, &str), when: &str) {
        let after = self.county.ticket(before.id).await;
        if tried.side == Side::Desk && before.unit != unit {
            assert_eq!(done, &ActDone::NotFound, "{when}: another unit's ticket does not exist");
            assert_eq!(after.version, before.version, "{when}");
            return;
        }
        let was = state(&before.state);
        let transfer = before.close_outcome.as_deref() == Some(TRANSFERRED);
        let wrong_way = match tried.act {
            TicketAct::Confirm => transfer,
            TicketAct::Approve => !transfer,
            TicketAct::Reopen => before.obligation == casework::words::reserved::TRIAGE,
            _ => false,
        };
        match (was.after(tried.act), done) {
            (Ok(becomes), ActDone::Done) if !wrong_way => {
                assert_eq!(state(&after.state), becomes, "{when}");
                assert!(after.version > before.version, "{when}");
                self.count(tried.act.as_str());
                self.recorded(before, tried, when).await;
            }
            (Ok(_), ActDone::Denied(why)) => {
                assert_eq!(
                    (after.version, &after.state),
                    (before.version, &before.state),
                    "{when}: {why:?}"
                );
                assert_ne!(*why, Denied::AskedBefore, "{when}: nothing is requested here");
            }
            (Err(_), ActDone::NotAllowed { state }) => assert_eq!(*state, was, "{when}"),
            (Ok(_), ActDone::NotAllowed { state }) if wrong_way => assert_eq!(*state, was, "{when}"),
            other => panic!("{when}: {other:?}"),
        }
    }

    /// An act that was done stands in the trail once.
    async fn recorded(&self, ticket: &Ticket, tried: &Try, when: &str) {
        let kind: EventKind = tried.deed.kind();
        let lines: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM events WHERE report_id = $1 AND ticket_id = $2 AND kind = $3 AND at = $4",
        )
        .bind(self.county.report)
        .bind(ticket.id)
        .bind(kind.as_str())
        .bind(self.county.now)
        .fetch_one(&self.county.fixture.db)
        .await
        .unwrap();
        assert_eq!(lines, 1, "{when}: {kind} in the trail");
    }

    fn count(&mut self, act: &str) {
        *self.done.entry(act.to_owned()).or_default() += 1;
    }
}
