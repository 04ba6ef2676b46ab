//! Random reports with tickets and the histories of their clocks, as acts leave them in the tables.

use chrono::{DateTime, TimeDelta, Utc};
use platform::{receipt::ReportId, store::TicketId};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use sqlx::PgPool;
use tests::Fixture;

use super::naive::Round;

pub(super) const TOWNSHIPS: [&str; 3] = ["341222101", "341222102", "341222103"];
pub(super) const SITUATIONS: [&str; 3] = ["dropout", "abuse-injury", "left-alone"];
const REPORTERS: [&str; 3] = ["teacher", "doctor", "child"];
const STATES: [&str; 7] = [
    "dispatched",
    "signed",
    "close-requested",
    "return-requested",
    "returned",
    "resolved",
    "reopened",
];

/// A report as the test made it.
pub(super) struct Report {
    pub(super) at: DateTime<Utc>,
    pub(super) situations: Vec<&'static str>,
    pub(super) township: Option<&'static str>,
    pub(super) ages: Vec<Option<i64>>,
    pub(super) reporter: &'static str,
    pub(super) drill: bool,
}

/// A ticket with all of its clocks, those before a reopening too.
pub(super) struct Ticket {
    pub(super) id: TicketId,
    pub(super) drill: bool,
    pub(super) rounds: Vec<Round>,
}

/// An overdue clock that was urged: ticket, stage, level, due, whose delay.
pub(super) type Late = (TicketId, String, i16, DateTime<Utc>, &'static str);

pub(super) struct World {
    pub(super) fixture: Fixture,
    rng: StdRng,
    units: Vec<String>,
    pub(super) now: DateTime<Utc>,
    pub(super) reports: Vec<Report>,
    pub(super) tickets: Vec<Ticket>,
    pub(super) late: Vec<Late>,
}

/// A clock that is to be stored.
struct Clock {
    stage: &'static str,
    generation: i32,
    round: Round,
}

impl World {
    pub(super) async fn new(seed: u64, reports: usize) -> Self {
        let fixture = Fixture::new().await;
        let units = sqlx::query_scalar(
            "SELECT code FROM units WHERE kind IN ('police', 'education', 'court') ORDER BY code LIMIT 4",
        )
        .fetch_all(&fixture.db)
        .await
        .unwrap();
        let now = DateTime::from_timestamp_micros(platform::clock::now().timestamp_micros()).unwrap();
        let mut world = Self {
            fixture,
            rng: StdRng::seed_from_u64(seed),
            units,
            now,
            reports: Vec::new(),
            tickets: Vec::new(),
            late: Vec::new(),
        };
        for _ in 0..reports {
            world.report().await;
        }
        world
    }

    pub(super) fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of.choose(&mut self.rng).unwrap().clone()
    }

    pub(super) fn luck(&mut self, of: u32) -> bool {
        self.rng.next_u32().is_multiple_of(of)
    }

    /// So many hours at most, and some seconds.
    pub(super) fn hours(&mut self, most: u32) -> TimeDelta {
        TimeDelta::seconds(i64::from(self.rng.next_u32() % (most * 3600)))
    }

    /// All rounds but those of drills.
    pub(super) fn rounds(&self) -> impl Iterator<Item = &Round> {
        let real = self.tickets.iter().filter(|ticket| !ticket.drill);
        real.flat_map(|ticket| &ticket.rounds)
    }

    fn db(&self) -> PgPool {
        self.fixture.db.clone()
    }

    async fn report(&mut self) {
        let at = self.now - self.hours(24 * 40);
        let report = Report {
            at,
            situations: SITUATIONS
                .into_iter()
                .filter(|_| self.rng.next_u32().is_multiple_of(2))
                .collect(),
            township: if self.luck(6) { None } else { Some(self.one(&TOWNSHIPS)) },
            ages: (0..=self.rng.next_u32() % 3)
                .map(|_| Some(i64::from(self.rng.next_u32() % 20)).filter(|age| *age < 18))
                .collect(),
            reporter: self.one(&REPORTERS),
            drill: self.luck(7),
        };
        let id = ReportId::new(at, &mut self.rng);
        let db = self.db();
        sqlx::query("INSERT INTO reports (id, county, received_at, channel, drill, follow_up_mac, key_id, data_key) VALUES ($1, 'taihe', $2, 'api', $3, 'x', 'k', 'x')")
            .bind(id).bind(at).bind(report.drill).execute(&db).await.unwrap();
        let children: Vec<Value> = report.ages.iter().map(|age| json!({ "age": age })).collect();
        let area = report.township.map(|township| format!("{township}001"));
        let facts = json!({"situations": report.situations, "area": area, "children": children, "reporter_kind": report.reporter});
        sqlx::query("INSERT INTO report_facts (report_id, facts) VALUES ($1, $2)")
            .bind(id)
            .bind(facts)
            .execute(&db)
            .await
            .unwrap();
        let case: i64 = sqlx::query_scalar(
            "INSERT INTO cases (county, opened_at, urgency) VALUES ('taihe', $1, 'P2') RETURNING id",
        )
        .bind(at)
        .fetch_one(&db)
        .await
        .unwrap();
        for unit in self
            .units
            .clone()
            .into_iter()
            .take(1 + (self.rng.next_u32() % 4) as usize)
        {
            self.ticket((id, case), &unit, &report).await;
        }
        self.reports.push(report);
    }

    async fn ticket(&mut self, (report, case): (ReportId, i64), unit: &str, of: &Report) {
        let state = self.one(&STATES);
        let id: TicketId = sqlx::query_scalar(
            "INSERT INTO tickets (county, case_id, report_id, obligation, unit, unit_kind, lead, urgency, basis, rule_set, dispatched_at,
                    state, signed_at, signed_by, resolved_at, resolved_by, outcome, close_outcome, close_by, close_requested_at,
                    close_requested_by)
             VALUES ('taihe', $1, $2, 'police-accept', $3, 'police', false, 'P2', '[]', 1, $4, $5,
                    CASE WHEN $5 IN ('signed', 'close-requested', 'resolved') THEN $4 END,
                    CASE WHEN $5 IN ('signed', 'close-requested', 'resolved') THEN '甲' END,
                    CASE WHEN $5 = 'resolved' THEN $4 END, CASE WHEN $5 = 'resolved' THEN '甲' END,
                    CASE WHEN $5 = 'resolved' THEN 'handled' END, CASE WHEN $5 = 'close-requested' THEN 'handled' END,
                    CASE WHEN $5 = 'close-requested' THEN 'unit' END, CASE WHEN $5 = 'close-requested' THEN $4 END,
                    CASE WHEN $5 = 'close-requested' THEN '甲' END) RETURNING id",
        )
        .bind(case).bind(report).bind(unit).bind(of.at).bind(state).fetch_one(&self.db()).await.unwrap();
        let mut ticket = Ticket {
            id,
            drill: of.drill,
            rounds: Vec::new(),
        };
        for stage in ["sign", "contact", "resolve", "confirm", "motion"] {
            if self.luck(5) {
                continue;
            }
            let rounds = self.clock((id, state), stage, unit, of).await;
            ticket.rounds.extend(rounds);
        }
        self.tickets.push(ticket);
    }

    /// One stage, from its first start on.
    async fn clock(
        &mut self,
        (ticket, state): (TicketId, &'static str),
        stage: &'static str,
        unit: &str,
        of: &Report,
    ) -> Vec<Round> {
        let mut clock = Clock {
            stage,
            generation: 1,
            round: self.round(stage, unit, of.at),
        };
        let (mut before, mut kept) = (Vec::new(), Vec::new());
        // Reopened: what was stays beside it, and the clock starts anew. Where the rules have no such stage any more it stands as it was.
        while clock.round.ended.is_some() && ["sign", "contact", "resolve"].contains(&stage) && self.luck(3) {
            kept.push((clock.generation, clock.round.clone()));
            if self.luck(5) {
                break;
            }
            before.push(clock.round.clone());
            clock.generation += 1;
            clock.round = self.round(stage, unit, clock.round.ended.unwrap());
        }
        // An extension, or another calendar: the due that stood before counts for nothing.
        if clock.round.due.is_some() && self.luck(3) {
            clock.generation += 1;
            let more = self.hours(100);
            clock.round.due = clock.round.due.map(|due| due + more);
            if let Some((generation, _)) = kept.last_mut().filter(|(_, round)| round.ended == clock.round.ended) {
                // It was ended: nobody puts it off.
                *generation = clock.generation;
                kept.last_mut().unwrap().1.due = clock.round.due;
            }
        }
        let stored = self.store(ticket, &clock, of.drill, &kept).await;
        self.escalated((ticket, state), stored, &clock, of).await;
        before.push(clock.round);
        before
    }

    fn round(&mut self, stage: &str, unit: &str, from: DateTime<Utc>) -> Round {
        let started = if self.luck(10) {
            None
        } else {
            Some(from + self.hours(5))
        };
        let due = started.map(|started| started + self.hours(24 * 12));
        let how = match self.rng.next_u32() % 6 {
            0 => None,
            1 => Some("void"),
            2 if stage == "contact" => Some("closed"),
            _ => Some("act"),
        };
        let ended = how.map(|_| started.unwrap_or(from) + self.hours(24 * 15));
        Round {
            unit: unit.to_owned(),
            stage: stage.to_owned(),
            started,
            due,
            ended,
            how: how.map(Into::into),
        }
    }

    async fn store(&self, ticket: TicketId, clock: &Clock, drill: bool, kept: &[(i32, Round)]) -> i64 {
        let (db, round) = (self.db(), &clock.round);
        let stored: i64 = sqlx::query_scalar(
            "INSERT INTO stages (ticket_id, county, drill, stage, due_generation, time_limit, start_event, started_at, due_at, provisional, basis,
                    grade, calendar_version, derivation, plan, ended_at, ended_how)
             VALUES ($1, 'taihe', $2, $3, $4, '3wd', 'dispatch', $5, $6, false, 'x', 'P', 'x', '[]', '[]', $7, $8) RETURNING id",
        )
        .bind(ticket).bind(drill).bind(clock.stage).bind(clock.generation).bind(round.started).bind(round.due).bind(round.ended)
        .bind(&round.how).fetch_one(&db).await.unwrap();
        for (generation, round) in kept {
            sqlx::query("INSERT INTO stage_rounds (stage_id, due_generation, time_limit, started_at, due_at, ended_at, ended_how) VALUES ($1, $2, '3wd', $3, $4, $5, $6)")
                .bind(stored).bind(generation).bind(round.started).bind(round.due).bind(round.ended).bind(&round.how)
                .execute(&db).await.unwrap();
        }
        stored
    }

    /// What is overdue was urged, or not yet.
    async fn escalated(&mut self, (ticket, state): (TicketId, &'static str), stage: i64, clock: &Clock, of: &Report) {
        let Some(due) = clock
            .round
            .due
            .filter(|due| clock.round.ended.is_none() && *due < self.now)
        else {
            return;
        };
        let level = self.one(&[1_i16, 2, 3, 4]);
        let system = self.luck(3);
        let db = self.db();
        sqlx::query("UPDATE stages SET next_step = $2 WHERE id = $1")
            .bind(stage)
            .bind(level)
            .execute(&db)
            .await
            .unwrap();
        for of_level in 1..=level {
            // What an earlier step or an earlier due was is another matter.
            let last = of_level == level;
            sqlx::query("INSERT INTO escalation_steps (stage_id, due_generation, level, recipient, action, crossed_at, sent_at, system_late) VALUES ($1, $2, $3, 'edu', 'urge', $4, $4, $5)")
                .bind(stage).bind(clock.generation).bind(of_level).bind(due).bind(if last { system } else { !system })
                .execute(&db).await.unwrap();
        }
        if level < 2 || of.drill {
            return;
        }
        let waits =
            ["close-requested", "return-requested"].contains(&state) || ["confirm", "motion"].contains(&clock.stage);
        let whose = match (system, waits) {
            (true, _) => "system",
            (false, true) => "others",
            (false, false) => "unit",
        };
        self.late.push((ticket, clock.stage.to_owned(), level, due, whose));
    }
}
