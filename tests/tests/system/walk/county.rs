//! A county in the last days of a year, with a report whose tickets many people act on. Time is passed in.

use std::collections::BTreeMap;

use casework::{
    calendar::NamedDay,
    disclosure::Shows,
    pack::Pack,
    routing,
    words::{Stage, Urgency},
};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use platform::{
    pack::watch::{self, LoadedPack},
    store::{
        AccountId, Board, CalendarSource, Clerk, Desk, InForce, NewCalendar, Office, PinnedRules, ReportId, Router,
        Store, Successor, TicketId,
    },
};
use tests::{Fixture, NewPerson, Sample, person};

/// Who acts.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    pub(super) account: AccountId,
    pub(super) name: String,
}

/// A ticket as it stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(super) struct Ticket {
    pub(super) id: TicketId,
    pub(super) state: String,
    pub(super) unit: String,
    pub(super) obligation: String,
    #[sqlx(try_from = "String")]
    pub(super) urgency: Urgency,
    pub(super) version: i32,
    pub(super) close_outcome: Option<String>,
}

pub(super) struct County {
    pub(super) fixture: Fixture,
    pub(super) desk: Store<Desk>,
    pub(super) office: Store<Office>,
    pub(super) router: Store<Router>,
    pub(super) report: ReportId,
    pub(super) now: DateTime<Utc>,
    /// Two of the office.
    pub(super) clerks: [Actor; 2],
    /// Of each unit that has a ticket: a leader and two members.
    people: BTreeMap<String, [Actor; 3]>,
    pub(super) in_force: LoadedPack,
}

impl County {
    pub(super) async fn new(sample: Sample, now: DateTime<Utc>) -> Self {
        let fixture = Fixture::new().await;
        let report = fixture.stored(sample).await;
        fixture.route(&report, now).await;
        let clerks = [
            joins(&fixture, "chen", "office", "office").await,
            joins(&fixture, "lin", "office", "office").await,
        ];
        let mut county = Self {
            desk: fixture.store_as(),
            office: fixture.store_as(),
            router: fixture.store_as(),
            report: report.id,
            now,
            clerks,
            people: BTreeMap::new(),
            in_force: read(&fixture).await,
            fixture,
        };
        county.tickets().await;
        county
    }

    pub(super) fn pack(&self) -> &Pack {
        &self.in_force.pack
    }

    pub(super) fn board(&self) -> Store<Board> {
        self.fixture.store_as()
    }

    /// All tickets of the report; a unit that has one has people.
    pub(super) async fn tickets(&mut self) -> Vec<Ticket> {
        let tickets: Vec<Ticket> = sqlx::query_as(
            "SELECT id, state, unit, obligation, urgency, version, close_outcome FROM tickets WHERE report_id = $1 ORDER BY id",
        )
        .bind(self.report)
        .fetch_all(&self.fixture.db)
        .await
        .unwrap();
        for ticket in &tickets {
            if !self.people.contains_key(&ticket.unit) {
                let n = self.people.len();
                let mut of = Vec::new();
                for role in ["leader", "member", "member"] {
                    of.push(joins(&self.fixture, &format!("p{n}-{}", of.len()), &ticket.unit, role).await);
                }
                self.people.insert(ticket.unit.clone(), of.try_into().unwrap());
            }
        }
        tickets
    }

    pub(super) async fn ticket(&self, id: TicketId) -> Ticket {
        sqlx::query_as("SELECT id, state, unit, obligation, urgency, version, close_outcome FROM tickets WHERE id = $1")
            .bind(id)
            .fetch_one(&self.fixture.db)
            .await
            .unwrap()
    }

    /// Somebody of a unit: 0 is its leader.
    pub(super) fn of(&self, unit: &str, which: u8) -> Actor {
        self.people[unit][usize::from(which) % 3].clone()
    }

    /// Another unit that may be named for this ticket: one of the same kind, or of another where there is none.
    pub(super) fn another(&self, unit: &str, which: u8) -> String {
        let kind = self.pack().units().get(unit).map(|unit| unit.kind.clone());
        let others: Vec<_> = self.pack().units().iter().filter(|other| other.code != unit).collect();
        let same: Vec<_> = others
            .iter()
            .filter(|other| Some(&other.kind) == kind.as_ref())
            .collect();
        let chosen = match same.len() {
            0 => others[usize::from(which) % others.len()],
            len => same[usize::from(which) % len],
        };
        chosen.code.clone()
    }

    /// The stages of a ticket at the unit that takes over; resolving is held where the chain's first due is given and earlier.
    pub(super) fn successor(&self, ticket: &Ticket, unit: &str, first_due: Option<DateTime<Utc>>) -> (Successor, bool) {
        let owed = (ticket.obligation.as_str(), unit);
        let (stages, held) = routing::after_return(self.pack(), owed, ticket.urgency, self.now, first_due);
        let successor = Successor {
            shows: Shows::all(),
            unit_kind: self.pack().units().get(unit).unwrap().kind.clone(),
            stages,
            rule_set: self.in_force.rule_set,
            calendar: self.pack().calendar().version().to_owned(),
        };
        (successor, held)
    }

    /// Start and due of a stage that runs.
    pub(super) async fn running(&self, ticket: TicketId, stage: Stage) -> Option<(DateTime<Utc>, DateTime<Utc>)> {
        sqlx::query_as(
            "SELECT started_at, due_at FROM stages WHERE ticket_id = $1 AND stage = $2 AND ended_at IS NULL AND due_at IS NOT NULL",
        )
        .bind(ticket)
        .bind(stage.as_str())
        .fetch_optional(&self.fixture.db)
        .await
        .unwrap()
    }

    /// One clerk proposes these days off for the year to come, the other brings them into force.
    pub(super) async fn publishes(&mut self, days: &[(&str, bool)]) {
        let named: Vec<NamedDay> = days
            .iter()
            .map(|(day, off)| NamedDay {
                day: day.parse().unwrap(),
                off: *off,
                name: "made up".to_owned(),
            })
            .collect();
        let years: Vec<i32> = named.iter().map(|named| named.day.year()).take(1).collect();
        let base = self.pack().calendar();
        let calendar = base.with_years(&years.iter().copied().collect(), &named).unwrap();
        let [first, second] = &self.clerks;
        let new = NewCalendar {
            county: "taihe",
            source: CalendarSource::Table,
            said: "a table",
            years,
            calendar: &calendar,
            base: base.version(),
            account: Some(first.account),
            by: &first.name,
            at: self.now,
        };
        let change = self.office.calendar_propose(&new).await.unwrap();
        let by = Clerk {
            account: second.account,
            name: &second.name,
            at: self.now,
        };
        self.office.calendar_confirm("taihe", change, by).await.unwrap();
        self.in_force = read(&self.fixture).await;
    }

    /// What the router does by itself: open clocks follow the calendar in force, and turn until nothing is due.
    pub(super) async fn clock(&self) {
        let in_force = InForce {
            pack: &self.in_force.pack,
            version: self.in_force.version,
            rule_set: self.in_force.rule_set,
        };
        let mut pinned = PinnedRules::default();
        while self
            .router
            .calendar_follow(in_force, &mut pinned, self.now)
            .await
            .unwrap()
            .more
        {}
        while self.router.clock_turn(self.now).await.unwrap().stages > 0 {}
    }

    pub(super) fn later(&mut self, minutes: u32) {
        self.now += TimeDelta::minutes(i64::from(minutes));
    }
}

async fn read(fixture: &Fixture) -> LoadedPack {
    watch::read(&fixture.store, "taihe").await.unwrap().unwrap()
}

async fn joins(fixture: &Fixture, login: &str, unit: &str, role: &str) -> Actor {
    let since = NaiveDate::from_ymd_opt(2026, 1, 1)
        .unwrap()
        .and_hms_opt(0, 0, 0)
        .unwrap()
        .and_utc();
    let new = NewPerson {
        login,
        name: login,
        phone: None,
        unit,
        role,
        since,
    };
    Actor {
        account: person(&fixture.db, new).await,
        name: login.to_owned(),
    }
}
