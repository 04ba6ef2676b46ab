//! Lists of tickets: each filter against an independent reading, pages without loss or doubles, what is disclosed, who may search
//! for a child and that it is written down.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod children;
mod filters;
mod pages;
mod receipts;

use casework::words::Urgency;
use chrono::{DateTime, TimeDelta, Utc};
use platform::{
    receipt::ReportId,
    store::{AccountId, TicketId},
};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::json;
use tests::{Fixture, NewPerson, person};

const TOWNSHIPS: [&str; 3] = ["341222101", "341222102", "341222103"];
const SITUATIONS: [&str; 3] = ["dropout", "abuse-injury", "left-alone"];
const OBLIGATIONS: [&str; 3] = ["return-to-school", "police-accept", "family-support"];
const STATES: [&str; 8] = [
    "dispatched",
    "signed",
    "in-progress",
    "close-requested",
    "resolved",
    "waived",
    "return-requested",
    "reopened",
];

/// A ticket as the test made it, apart from any list.
#[derive(Clone, Debug)]
struct Made {
    id: TicketId,
    report: ReportId,
    unit: String,
    obligation: String,
    urgency: Urgency,
    state: String,
    assignee: Option<AccountId>,
    received_at: DateTime<Utc>,
    due_at: Option<DateTime<Utc>>,
    drill: bool,
    /// As far as its row shows it.
    township: Option<String>,
    situations: Vec<String>,
}

/// A database with random tickets.
struct World {
    fixture: Fixture,
    rng: StdRng,
    people: Vec<AccountId>,
    tickets: Vec<Made>,
    units: Vec<String>,
    now: DateTime<Utc>,
}

impl World {
    async fn new(seed: u64, tickets: usize) -> Self {
        let fixture = Fixture::new().await;
        let now = platform::clock::now();
        let units: Vec<String> = sqlx::query_scalar(
            "SELECT code FROM units WHERE kind IN ('police', 'education', 'civil-affairs') ORDER BY code LIMIT 3",
        )
        .fetch_all(&fixture.db)
        .await
        .unwrap();
        assert_eq!(units.len(), 3);
        let mut people = Vec::new();
        for (n, unit) in units.iter().enumerate() {
            let login = format!("officer-{n}");
            let new = NewPerson {
                login: &login,
                name: "周正",
                phone: None,
                unit,
                role: "member",
                since: now,
            };
            people.push(person(&fixture.db, new).await);
        }
        let mut world = Self {
            fixture,
            rng: StdRng::seed_from_u64(seed),
            people,
            tickets: Vec::new(),
            units,
            now,
        };
        while world.tickets.len() < tickets {
            world.report().await;
        }
        world
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of.choose(&mut self.rng).unwrap().clone()
    }

    fn luck(&mut self, of: u32) -> bool {
        self.rng.next_u32().is_multiple_of(of)
    }

    /// One report with one to three tickets.
    async fn report(&mut self) {
        let back = TimeDelta::minutes(i64::from(self.rng.next_u32() % 60) * 240);
        // Several at one moment: the order must not depend on the time alone.
        let received_at = DateTime::from_timestamp_micros((self.now - back).timestamp_micros()).unwrap();
        let report = ReportId::new(received_at, &mut self.rng);
        let drill = self.luck(6);
        let village = format!("{}001", self.one(&TOWNSHIPS));
        let area = if self.luck(8) { None } else { Some(village) };
        let reported: Vec<&str> = SITUATIONS
            .into_iter()
            .filter(|_| self.rng.next_u32().is_multiple_of(2))
            .collect();
        let db = self.fixture.db.clone();
        sqlx::query("INSERT INTO reports (id, county, received_at, channel, drill, follow_up_mac, key_id, data_key) VALUES ($1, 'taihe', $2, 'api', $3, 'x', 'k', 'x')")
            .bind(report).bind(received_at).bind(drill).execute(&db).await.unwrap();
        sqlx::query("INSERT INTO report_facts (report_id, facts) VALUES ($1, $2)")
            .bind(report)
            .bind(json!({"situations": reported, "present_danger": false, "area": area}))
            .execute(&db)
            .await
            .unwrap();
        // The rows by which the office and the oversight look.
        let looks = if self.luck(6) {
            json!({"office": ["own"], "oversight": ["place", "own"]})
        } else {
            json!({"office": ["place", "situations"], "oversight": ["place", "situations", "child"]})
        };
        let hides = looks["office"] == json!(["own"]);
        sqlx::query("INSERT INTO decisions (report_id, round, urgency, pack_version, rule_set, rows, unsent, triage_reasons, decided_by, decided_at, looks)
                     VALUES ($1, 1, 'P2', 1, 1, '[]', '[]', '[]', 'router', $2, $3)")
            .bind(report).bind(received_at).bind(&looks).execute(&db).await.unwrap();
        let case: i64 = sqlx::query_scalar(
            "INSERT INTO cases (county, opened_at, urgency) VALUES ('taihe', $1, 'P2') RETURNING id",
        )
        .bind(received_at)
        .fetch_one(&db)
        .await
        .unwrap();
        let count = 1 + self.rng.next_u32() % 3;
        for unit in self.units.clone().into_iter().take(count as usize) {
            let shows = self.one(&[
                vec!["place", "own"],
                vec!["own"],
                vec!["place", "situations", "child"],
                vec!["place"],
            ]);
            let own: Vec<&str> = if self.luck(4) {
                Vec::new()
            } else {
                reported.iter().copied().take(1).collect()
            };
            let says_place = shows.contains(&"place") && !hides;
            let says_own = shows.contains(&"own") || shows.contains(&"situations");
            let situations = match (own.is_empty(), says_own) {
                (false, true) => own.clone(),
                (true, true) if shows.contains(&"situations") && !hides => reported.clone(),
                _ => Vec::new(),
            };
            let state = self.one(&STATES);
            let open = [
                "dispatched",
                "signed",
                "in-progress",
                "close-requested",
                "return-requested",
                "reopened",
            ]
            .contains(&state);
            let due = TimeDelta::hours(i64::from(self.rng.next_u32() % 20) - 10);
            let mut made = Made {
                id: TicketId(0),
                report,
                obligation: self.one(&OBLIGATIONS).to_owned(),
                urgency: self.one(Urgency::ALL),
                state: state.to_owned(),
                assignee: if self.luck(3) {
                    None
                } else {
                    Some(self.one(&self.people.clone()))
                },
                received_at,
                due_at: (open && !self.luck(7))
                    .then(|| DateTime::from_timestamp_micros((self.now + due).timestamp_micros()).unwrap()),
                drill,
                township: area.as_deref().filter(|_| says_place).map(|area| area[..9].to_owned()),
                situations: situations.iter().map(ToString::to_string).collect(),
                unit,
            };
            made.id = sqlx::query_scalar(
                "INSERT INTO tickets (county, case_id, report_id, obligation, unit, unit_kind, lead, urgency, basis, rule_set, dispatched_at,
                        state, signed_at, signed_by, resolved_at, resolved_by, outcome, close_outcome, close_by, close_requested_at,
                        close_requested_by, next_stage, next_due_at, assignee, assignee_name, shows, own)
                 VALUES ('taihe', $1, $2, $3, $4, 'police', false, $5, '[]', 1, $6, $7,
                        CASE WHEN $7 IN ('signed', 'in-progress', 'close-requested', 'resolved') THEN $6 END,
                        CASE WHEN $7 IN ('signed', 'in-progress', 'close-requested', 'resolved') THEN '甲' END,
                        CASE WHEN $7 = 'resolved' THEN $6 END, CASE WHEN $7 = 'resolved' THEN '甲' END,
                        CASE WHEN $7 = 'resolved' THEN 'handled' END, CASE WHEN $7 = 'close-requested' THEN 'handled' END,
                        CASE WHEN $7 = 'close-requested' THEN 'unit' END, CASE WHEN $7 = 'close-requested' THEN $6 END,
                        CASE WHEN $7 = 'close-requested' THEN '甲' END, CASE WHEN $8 IS NOT NULL THEN 'resolve' END, $8, $9,
                        CASE WHEN $9 IS NOT NULL THEN '周正' END, $10, $11) RETURNING id",
            )
            .bind(case).bind(report).bind(&made.obligation).bind(&made.unit).bind(made.urgency.as_str()).bind(received_at)
            .bind(&made.state).bind(made.due_at).bind(made.assignee).bind(&shows).bind(&own)
            .fetch_one(&db).await.unwrap();
            self.tickets.push(made);
        }
    }

    /// Things that happen to tickets afterwards, as acts and the clock change them.
    async fn happens(&mut self) {
        let db = self.fixture.db.clone();
        for at in 0..self.tickets.len() {
            if !self.luck(3) {
                continue;
            }
            let assignee = if self.luck(2) {
                None
            } else {
                Some(self.one(&self.people.clone()))
            };
            let due = DateTime::from_timestamp_micros((self.now + TimeDelta::hours(3)).timestamp_micros()).unwrap();
            let signs = self.tickets[at].state == "dispatched" && self.luck(2);
            let open = self.tickets[at].due_at.is_some();
            sqlx::query(
                "UPDATE tickets SET assignee = $2, assignee_name = CASE WHEN $2 IS NOT NULL THEN '周正' END,
                        next_due_at = CASE WHEN $4 THEN $3 ELSE next_due_at END, state = CASE WHEN $5 THEN 'signed' ELSE state END,
                        signed_at = CASE WHEN $5 THEN $3 ELSE signed_at END, signed_by = CASE WHEN $5 THEN '甲' ELSE signed_by END
                 WHERE id = $1",
            )
            .bind(self.tickets[at].id).bind(assignee).bind(due).bind(open).bind(signs)
            .execute(&db).await.unwrap();
            let made = &mut self.tickets[at];
            made.assignee = assignee;
            if open {
                made.due_at = Some(due);
            }
            if signs {
                made.state = "signed".into();
            }
        }
    }
}
