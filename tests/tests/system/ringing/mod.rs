//! The ringing in the store, time passed in: what the router writes, and what an answer changes. No process runs; each login is its own.

mod anew;
mod answers;
mod falls;
mod holes;
mod night;
mod outage;
mod pages;
mod random;
mod routers;
mod shown;
mod sweep;
mod times;
mod told;

use chrono::{DateTime, TimeDelta, Utc};
use platform::store::{AccountId, CallId, ReportId, Router, Rung, Store};
use serde_json::json;
use tests::{Fixture, NewPerson, Sample, person};

/// The police of the township: it rings day and night.
pub(crate) const POLICE: &str = "pol-341222101";

/// Three in the morning of an ordinary Wednesday.
fn at_three() -> DateTime<Utc> {
    "2026-12-02T03:00:00+08:00".parse().expect("a time")
}

fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

/// A county in which somebody is on duty, and a report of a beaten child that came at three in the morning.
struct Night {
    fixture: Fixture,
    router: Store<Router>,
    at: DateTime<Utc>,
    report: ReportId,
    /// The police ticket's stage of signing.
    stage: i64,
    ticket: i64,
}

impl Night {
    /// With a duty person, a deputy and a leader of the police, and the office's duty.
    async fn new() -> Self {
        let night = Self::without_people().await;
        let li = night.officer("li", POLICE, "member").await;
        night.officer("zhao", POLICE, "member").await;
        night.officer("wang", POLICE, "leader").await;
        night.officer("odu", "office", "office").await;
        night.on_duty(POLICE, li, ("li", Some("zhao"), Some("wang"))).await;
        night
    }

    async fn without_people() -> Self {
        Self::without_people_at(at_three()).await
    }

    async fn without_people_at(at: DateTime<Utc>) -> Self {
        let fixture = Fixture::new().await;
        let report = fixture.stored(Sample::BruisesAtSchool).await;
        fixture.route(&report, at).await;
        let (stage, ticket) = sqlx::query_as(
            "SELECT s.id, t.id FROM stages s JOIN tickets t ON t.id = s.ticket_id WHERE t.unit = $1 AND s.stage = 'sign'",
        )
        .bind(POLICE)
        .fetch_one(&fixture.db)
        .await
        .expect("the police ticket");
        Self {
            router: fixture.store_as::<Router>(),
            fixture,
            at,
            report: report.id,
            stage,
            ticket,
        }
    }

    /// Somebody with a telephone that rings at night.
    async fn officer(&self, login: &str, unit: &str, role: &str) -> AccountId {
        let since = self.at - TimeDelta::days(30);
        let account = person(
            &self.fixture.db,
            NewPerson {
                login,
                name: login,
                phone: None,
                unit,
                role,
                since,
            },
        )
        .await;
        sqlx::query(
            "INSERT INTO phones (account_id, number, number_mac, place, night, added_at, added_by, verified_at)
             VALUES ($1, '\\x01', convert_to($2, 'UTF8'), 1, true, $3, $1, $3)",
        )
        .bind(account)
        .bind(login)
        .bind(since)
        .execute(&self.fixture.db)
        .await
        .expect("a telephone");
        account
    }

    /// A pattern of a unit with these three, day and night.
    async fn on_duty(&self, unit: &str, by: AccountId, (duty, deputy, leader): (&str, Option<&str>, Option<&str>)) {
        let shift = json!([{"from": "00:00", "to": "24:00", "duty": duty, "deputy": deputy, "leader": leader}]);
        let week =
            json!([{"mon": shift, "tue": shift, "wed": shift, "thu": shift, "fri": shift, "sat": shift, "sun": shift}]);
        self.pattern(unit, by, &week).await;
    }

    /// A pattern that began a month before.
    async fn pattern(&self, unit: &str, by: AccountId, weeks: &serde_json::Value) {
        let before = self.at - TimeDelta::days(30);
        sqlx::query(
            "INSERT INTO roster_patterns (county, unit, from_day, weeks, made_at, made_by) VALUES ('taihe', $1, $2, $3, $4, $5)",
        )
        .bind(unit)
        .bind(before.date_naive())
        .bind(weeks)
        .bind(before)
        .bind(by)
        .execute(&self.fixture.db)
        .await
        .expect("a pattern");
    }

    /// Clock and ringing until nothing is due at a moment.
    async fn turn(&self, at: DateTime<Utc>) -> Rung {
        while self.router.clock_turn(at).await.expect("the clock turns").stages > 0 {}
        let mut sum = Rung::default();
        loop {
            let rung = self.router.ring_turn(&self.fixture.pack, at).await.expect("it rings");
            assert!(!rung.busy, "nobody else rings");
            if rung.stages == 0 {
                return sum;
            }
            sum.stages += rung.stages;
            sum.rings += rung.rings;
            sum.late += rung.late;
            sum.calls += rung.calls;
        }
    }

    /// The calls that were made at a moment for the police ticket: `li voice dispatch:0`.
    async fn calls(&self, at: DateTime<Utc>) -> Vec<String> {
        sqlx::query_scalar(
            "SELECT DISTINCT coalesce(a.login, 'last-resort-' || c.last_resort) || ' ' || c.channel || ' ' || r.cause || ':' || r.ring
             FROM calls c JOIN call_rings r ON r.call_id = c.id JOIN stages s ON s.id = r.stage_id LEFT JOIN accounts a ON a.id = c.account_id
             WHERE c.created_at = $1 AND s.ticket_id = $2 ORDER BY 1",
        )
        .bind(at)
        .bind(self.ticket)
        .fetch_all(&self.fixture.db)
        .await
        .expect("calls")
    }

    /// The first call of a channel to somebody.
    async fn call(&self, login: &str, channel: &str) -> CallId {
        sqlx::query_scalar(
            "SELECT c.id FROM calls c JOIN accounts a ON a.id = c.account_id JOIN call_rings r ON r.call_id = c.id
             WHERE a.login = $1 AND c.channel = $2 AND r.stage_id = $3 ORDER BY c.created_at LIMIT 1",
        )
        .bind(login)
        .bind(channel)
        .bind(self.stage)
        .fetch_one(&self.fixture.db)
        .await
        .expect("a call")
    }

    async fn account(&self, login: &str) -> AccountId {
        sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
            .bind(login)
            .fetch_one(&self.fixture.db)
            .await
            .expect("an account")
    }

    /// What a stage is ended by, as an act ends it.
    async fn act(&self, stage: &str, at: DateTime<Utc>) {
        sqlx::query(
            "UPDATE stages SET ended_at = $3, ended_how = 'act', next_at = NULL WHERE ticket_id = $1 AND stage = $2",
        )
        .bind(self.ticket)
        .bind(stage)
        .bind(at)
        .execute(&self.fixture.db)
        .await
        .expect("the act");
    }

    /// A change of the roster of the police, as its page writes it: of a swap it is agreed to.
    async fn change(
        &self,
        kind: &str,
        (who, other): (Option<&str>, Option<&str>),
        during: (DateTime<Utc>, DateTime<Utc>),
    ) {
        sqlx::query(
            "INSERT INTO roster_changes (county, unit, kind, seat, account_id, other_id, starts_at, ends_at, made_at, made_by,
                 decided_at, decision)
             SELECT 'taihe', $1, $2, CASE $2 WHEN 'exception' THEN 'duty' END, w.id, o.id, $5, $6, $7, m.id,
                    CASE $2 WHEN 'swap' THEN $7 END, CASE $2 WHEN 'swap' THEN 'accepted' END
             FROM (SELECT min(id) AS id FROM accounts WHERE county = 'taihe') m
             LEFT JOIN accounts w ON w.login = $3 LEFT JOIN accounts o ON o.login = $4",
        )
        .bind(POLICE)
        .bind(kind)
        .bind(who)
        .bind(other)
        .bind(during.0)
        .bind(during.1)
        .bind(self.at - TimeDelta::days(1))
        .execute(&self.fixture.db)
        .await
        .expect("a change");
    }

    async fn disable(&self, login: &str, at: DateTime<Utc>) {
        sqlx::query("UPDATE accounts SET disabled_at = $2 WHERE login = $1")
            .bind(login)
            .bind(at)
            .execute(&self.fixture.db)
            .await
            .expect("a closed account");
    }
}
