//! A ticket of a police station in the store, and everybody who acts on it.

use casework::{
    county::Matter,
    disclosure::Shows,
    routing,
    words::{Urgency, reserved::NOT_FILED},
};
use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{
    AccountId, ActDone, Acting, Board, Closing, Desk, DeskScope, Office, Oversight, ReportId, Store, Successor,
    TicketDeed, TicketId, Wait,
};
use serde_json::Value;
use tests::{NewPerson, Sample, fixture::Fixture, person};

/// A database, a routed report with a police ticket that is P1, and people.
pub(super) struct Scene {
    pub(super) fixture: Fixture,
    pub(super) desk: Store<Desk>,
    pub(super) office: Store<Office>,
    pub(super) at: DateTime<Utc>,
    pub(super) report: ReportId,
    pub(super) ticket: TicketId,
}

pub(super) const UNIT: &str = "pol-341222101";
pub(super) const OTHER: &str = "pol-341222100";

impl Scene {
    pub(super) async fn new(sample: Sample) -> Self {
        let fixture = Fixture::new().await;
        let at = platform::clock::now() - TimeDelta::days(3);
        let report = fixture.stored(sample).await;
        fixture.route(&report, at).await;
        let ticket = sqlx::query_scalar("SELECT id FROM tickets WHERE report_id = $1 AND obligation = 'police-accept'")
            .bind(report.id)
            .fetch_one(fixture.store.pool())
            .await
            .unwrap();
        let (desk, office) = (fixture.store_as::<Desk>(), fixture.store_as::<Office>());
        Self {
            fixture,
            desk,
            office,
            at,
            report: report.id,
            ticket,
        }
    }

    /// An account of a unit.
    pub(super) async fn person(&self, login: &str, name: &str, unit: &str, role: &str) -> (AccountId, String) {
        let new = NewPerson {
            login,
            name,
            phone: None,
            unit,
            role,
            since: self.at,
        };
        let id = person(self.fixture.store.pool(), new).await;
        (id, name.to_owned())
    }

    pub(super) async fn row(&self, ticket: TicketId) -> Value {
        sqlx::query_scalar("SELECT to_jsonb(t) FROM tickets t WHERE id = $1")
            .bind(ticket)
            .fetch_one(self.fixture.store.pool())
            .await
            .unwrap()
    }

    pub(super) async fn stage(&self, ticket: TicketId, stage: &str) -> Value {
        sqlx::query_scalar("SELECT to_jsonb(s) FROM stages s WHERE ticket_id = $1 AND stage = $2")
            .bind(ticket)
            .bind(stage)
            .fetch_one(self.fixture.store.pool())
            .await
            .unwrap()
    }

    pub(super) async fn kinds(&self, ticket: TicketId) -> Vec<String> {
        super::events_of(self.fixture.store.pool(), ticket.0).await
    }

    /// One act of a person at a unit, on the version that the ticket has now.
    pub(super) async fn act(
        &self,
        who: &(AccountId, String),
        unit: &str,
        ticket: TicketId,
        deed: &TicketDeed,
        minute: i64,
    ) -> ActDone {
        let version = self.row(ticket).await["version"].as_i64().unwrap();
        let acting = self.acting(who, version, minute);
        self.desk
            .desk_act(&DeskScope::new([unit]), ticket, deed, &acting)
            .await
            .unwrap()
    }

    pub(super) async fn decide(
        &self,
        who: &(AccountId, String),
        ticket: TicketId,
        deed: &TicketDeed,
        minute: i64,
    ) -> ActDone {
        let version = self.row(ticket).await["version"].as_i64().unwrap();
        let acting = self.acting(who, version, minute);
        self.office.office_act("taihe", ticket, deed, &acting).await.unwrap()
    }

    fn acting<'a>(&self, who: &'a (AccountId, String), version: i64, minute: i64) -> Acting<'a> {
        Acting {
            by: &who.1,
            account: who.0,
            version: i32::try_from(version).unwrap(),
            at: self.at + TimeDelta::minutes(minute),
            sealed: Some(b"sealed".to_vec()),
            detail: platform::store::Detail::default(),
            telephone: None,
        }
    }

    pub(super) fn wait(&self, matter: Matter, office: bool, to: Option<&str>, minute: i64) -> Wait {
        Wait {
            office,
            transfer_to: to.map(str::to_owned),
            clock: routing::waiting(
                &self.fixture.pack,
                matter,
                Urgency::P1,
                self.at + TimeDelta::minutes(minute),
            ),
            calendar: "test".into(),
        }
    }

    pub(super) fn closing(&self, outcome: &str, wait: Option<Wait>) -> TicketDeed {
        TicketDeed::Close(Box::new(Closing {
            outcome: outcome.into(),
            decision: (outcome == NOT_FILED).then(|| b"number and date".to_vec()),
            wait,
            ..Closing::default()
        }))
    }

    pub(super) fn successor(&self, unit: &str, minute: i64) -> TicketDeed {
        let at = self.at + TimeDelta::minutes(minute);
        TicketDeed::Approve(Box::new(Successor {
            shows: Shows::all(),
            unit_kind: self.fixture.pack.units().get(unit).unwrap().kind.clone(),
            stages: routing::successor(&self.fixture.pack, "police-accept", unit, Urgency::P1, at),
            rule_set: 1,
            calendar: "test".into(),
        }))
    }

    pub(super) fn oversight(&self, minute: i64) -> Box<Oversight> {
        let facts = casework::report::Report::parse(Sample::BruisesAtSchool.body().as_bytes())
            .unwrap()
            .facts(self.at);
        Box::new(Oversight {
            ticket: routing::oversight(
                &self.fixture.pack,
                &facts,
                Urgency::P1,
                self.at + TimeDelta::minutes(minute),
            ),
            rule_set: 1,
            calendar: "test".into(),
        })
    }

    pub(super) async fn ledger(&self) {
        let (dispatched, open, discharged, waived): (i64, i64, i64, i64) = sqlx::query_as(
            "SELECT (l ->> 'dispatched')::bigint, (l ->> 'open')::bigint, (l ->> 'discharged')::bigint, (l ->> 'waived')::bigint FROM (
                SELECT data -> 'ledger' AS l FROM board_snapshots) x",
        )
        .fetch_one({
            let board = self.fixture.store_as::<Board>();
            board.board_snapshot_make("taihe", platform::clock::now(), 90).await.unwrap();
            self.fixture.store.pool()
        })
        .await
        .unwrap();
        assert_eq!(dispatched, open + discharged + waived);
    }
}

pub(super) fn text<'a>(row: &'a Value, key: &str) -> Option<&'a str> {
    row[key].as_str()
}
