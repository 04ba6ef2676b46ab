//! Openings: what is asked beyond a ticket, decided or reviewed by somebody else, over after 72 hours, each look written down.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod after;
mod at_once;
mod ends;
mod pages;
mod random;
mod store;

use casework::clock::escalation::PlannedStep;
use casework::ticket::opening::Side;
use casework::words::{Action, Addressee};
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{
    AccountId, ActDone, Acting, Board, Closing, Desk, DeskScope, Office, Opening, OpeningActing, OpeningAsk,
    OpeningAsked, OpeningClock, OpeningClocks, OpeningDeed, OpeningDone, OpeningHanded, OpeningId, Reading, ReportId,
    Store, TicketDeed, TicketId,
};
use tests::{NewPerson, Sample, fixture::Fixture, person};

/// Somebody: account, name, unit.
#[derive(Clone, Debug)]
struct Who {
    account: AccountId,
    name: String,
    unit: String,
}

/// A database with a routed report, one of its tickets, and people.
struct Scene {
    fixture: Fixture,
    desk: Store<Desk>,
    office: Store<Office>,
    board: Store<Board>,
    at: DateTime<Utc>,
    report: ReportId,
    ticket: TicketId,
    unit: String,
}

impl Scene {
    /// Sample `sample`, and its ticket of this obligation.
    async fn new(sample: Sample, obligation: &str) -> Self {
        let fixture = Fixture::new().await;
        let at = platform::clock::now() - TimeDelta::days(8);
        let report = fixture.stored(sample).await;
        fixture.route(&report, at).await;
        let (ticket, unit) =
            sqlx::query_as("SELECT id, unit FROM tickets WHERE report_id = $1 AND obligation = $2 ORDER BY id LIMIT 1")
                .bind(report.id)
                .bind(obligation)
                .fetch_one(fixture.store.pool())
                .await
                .unwrap();
        Self {
            desk: fixture.store_as(),
            office: fixture.store_as(),
            board: fixture.store_as(),
            fixture,
            at,
            report: report.id,
            ticket,
            unit,
        }
    }

    async fn person(&self, login: &str, name: &str, phone: Option<&str>, unit: &str, role: &str) -> Who {
        let new = NewPerson {
            login,
            name,
            phone,
            unit,
            role,
            since: self.at,
        };
        let account = person(self.fixture.store.pool(), new).await;
        Who {
            account,
            name: name.to_owned(),
            unit: unit.to_owned(),
        }
    }

    async fn also(&self, who: &Who, unit: &str, role: &str) {
        sqlx::query("INSERT INTO memberships (account_id, county, unit, role, since) VALUES ($1, 'taihe', $2, $3, $4)")
            .bind(who.account)
            .bind(unit)
            .bind(role)
            .bind(self.at)
            .execute(self.fixture.store.pool())
            .await
            .unwrap();
    }

    fn minute(&self, minute: i64) -> DateTime<Utc> {
        self.at + TimeDelta::minutes(minute)
    }

    fn clocks(&self, minute: i64) -> OpeningClocks {
        let clock = |due: i64| {
            let step = |level: u8, to: Addressee, at: i64| PlannedStep {
                level,
                to,
                action: Action::Urge,
                at: self.minute(minute + at),
            };
            OpeningClock {
                due: self.minute(minute + due),
                plan: vec![
                    step(2, Addressee::Office, due),
                    step(4, Addressee::LeadingGroup, due + 30),
                ],
            }
        };
        OpeningClocks {
            decide: clock(60),
            review: clock(24 * 60),
        }
    }

    /// The unit closes it by itself, if the ticket's state allows that.
    async fn close(&self, who: &Who, minute: i64) -> ActDone {
        let closing = Closing {
            outcome: "no-harm-found".into(),
            ..Closing::default()
        };
        self.deed(who, &TicketDeed::Close(Box::new(closing)), minute).await
    }

    /// An act of the unit on the ticket.
    async fn deed(&self, who: &Who, deed: &TicketDeed, minute: i64) -> ActDone {
        let version: i32 = sqlx::query_scalar("SELECT version FROM tickets WHERE id = $1")
            .bind(self.ticket)
            .fetch_one(self.fixture.store.pool())
            .await
            .unwrap();
        let acting = Acting {
            by: &who.name,
            account: who.account,
            version,
            at: self.minute(minute),
            sealed: None,
            detail: platform::store::Detail::default(),
            telephone: None,
        };
        let scope = DeskScope::new([self.unit.as_str()]);
        self.desk.desk_act(&scope, self.ticket, deed, &acting).await.unwrap()
    }

    async fn sign(&self, who: &Who, minute: i64) {
        assert_eq!(self.deed(who, &TicketDeed::Sign, minute).await, ActDone::Done);
    }

    /// A unit's person asks.
    async fn ask(&self, who: &Who, parts: &[&str], minute: i64) -> OpeningAsked {
        let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let ask = OpeningAsk {
            county: "taihe",
            parts: &parts,
            reason: b"sealed reason",
            by: &who.name,
            account: who.account,
            at: self.minute(minute),
            clocks: &|_| self.clocks(minute),
        };
        let scope = DeskScope::new([who.unit.as_str()]);
        self.desk.desk_opening_ask(&scope, self.ticket, &ask).await.unwrap()
    }

    /// The office or the oversight asks.
    async fn ask_office(&self, who: &Who, side: Side, parts: &[&str], minute: i64) -> OpeningAsked {
        let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
        let ask = OpeningAsk {
            county: "taihe",
            parts: &parts,
            reason: b"sealed reason",
            by: &who.name,
            account: who.account,
            at: self.minute(minute),
            clocks: &|_| self.clocks(minute),
        };
        self.office.opening_ask(self.report, side, &ask).await.unwrap()
    }

    /// The version that it has now.
    async fn version(&self, id: OpeningId) -> i32 {
        self.board.opening("taihe", id).await.unwrap().unwrap().version
    }

    async fn act(&self, who: &Who, id: OpeningId, deed: OpeningDeed, minute: i64) -> OpeningDone {
        let acting = acting(who, self.version(id).await, self.minute(minute));
        self.office.opening_act("taihe", id, deed, &acting).await.unwrap()
    }

    async fn act_at_desk(&self, who: &Who, id: OpeningId, deed: OpeningDeed, minute: i64) -> OpeningDone {
        let acting = acting(who, self.version(id).await, self.minute(minute));
        let scope = DeskScope::new([who.unit.as_str()]);
        self.desk.desk_opening_act(&scope, id, deed, &acting).await.unwrap()
    }

    /// What the ticket shows to somebody.
    async fn shows(&self, who: &Who, at: DateTime<Utc>) -> Vec<String> {
        let mut parts: Vec<String> = sqlx::query_scalar("SELECT unnest(ticket_shows($1, $2, $3))")
            .bind(self.ticket)
            .bind(who.account)
            .bind(at)
            .fetch_all(self.desk.pool())
            .await
            .unwrap();
        parts.sort();
        parts
    }

    /// What an opening hands out, to the desk.
    async fn read(&self, who: &Who, id: OpeningId, at: DateTime<Utc>) -> Option<OpeningHanded> {
        let reading = Reading {
            account: who.account,
            how: "opening",
            at,
        };
        let scope = DeskScope::new([who.unit.as_str()]);
        self.desk.desk_opening_read(&scope, id, reading).await.unwrap()
    }

    async fn read_office(&self, who: &Who, id: OpeningId, at: DateTime<Utc>) -> Option<OpeningHanded> {
        let reading = Reading {
            account: who.account,
            how: "opening",
            at,
        };
        self.office.opening_read(id, reading).await.unwrap()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql)
            .fetch_one(self.fixture.store.pool())
            .await
            .unwrap()
    }

    /// Kinds of the report's events about openings.
    async fn kinds(&self) -> Vec<String> {
        sqlx::query_scalar("SELECT kind FROM events WHERE report_id = $1 AND kind LIKE 'opening-%' AND account_id IS NOT NULL ORDER BY at")
            .bind(self.report)
            .fetch_all(self.fixture.store.pool())
            .await
            .unwrap()
    }
}

fn acting(who: &Who, version: i32, at: DateTime<Utc>) -> OpeningActing<'_> {
    OpeningActing {
        by: &who.name,
        account: who.account,
        version,
        at,
        note: Some(b"sealed note"),
    }
}

/// The openings that were stored.
fn stored(asked: OpeningAsked) -> Vec<Opening> {
    match asked {
        OpeningAsked::Now(stored) => stored,
        other => panic!("not stored: {other:?}"),
    }
}

/// The only one.
fn one(asked: OpeningAsked) -> Opening {
    let mut stored = stored(asked);
    assert_eq!(stored.len(), 1);
    stored.pop().unwrap()
}

fn has(parts: &[String], part: &str) -> bool {
    parts.iter().any(|known| known == part)
}
