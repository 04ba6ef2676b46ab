//! People, reports and what people do.

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicU32, Ordering},
};

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use tests::{
    Filed, Options, Servers, System,
    officers::{Accounts, Browser},
    samples,
};

/// A report and what is needed to ask about it.
pub(super) struct Report {
    pub(super) filed: Filed,
    pub(super) tickets: Vec<(i64, String)>,
}

/// A person with everything they use.
pub(super) struct Person {
    pub(super) browser: Browser,
    token: String,
}

pub(super) struct World {
    pub(super) system: System,
    accounts: Accounts,
    people: HashMap<String, Vec<Person>>,
    pub(super) office: Vec<Person>,
    pub(super) done: usize,
    questions: AtomicU32,
}

const ACTS: [&str; 10] = [
    "sign",
    "sign",
    "sign",
    "contact",
    "evidence",
    "resolve",
    "resolve",
    "confirm",
    "refuse",
    "take-back",
];
const OUTCOMES: [&str; 5] = [
    "confirmed-handled",
    "no-harm-found",
    "unverifiable",
    "transferred",
    "not-filed",
];

impl World {
    pub(super) async fn new() -> Self {
        // Each question comes from an address of its own: what one address may ask a minute is not what is tried here.
        let options = Options {
            env: vec![("SHOUWANG_TRUST_FORWARDED".into(), "true".into())],
            ..Options::default()
        };
        let system = System::start_on(&Servers::shared(), options).await;
        let accounts = Accounts::make(&system).await;
        let mut world = Self {
            system,
            accounts,
            people: HashMap::new(),
            office: Vec::new(),
            questions: AtomicU32::new(0),
            done: 0,
        };
        for who in ["office", "office"] {
            let login = format!("property-office-{}", world.office.len());
            let person = world.person(&login, "office", who).await;
            world.office.push(person);
        }
        world
    }

    /// Somebody of a unit. All of them have one name: pages must tell them apart by more than that.
    async fn person(&mut self, login: &str, unit: &str, role: &str) -> Person {
        let (_, password) = self.accounts.of("member");
        let password = password.to_owned();
        sqlx::query(
            "WITH u AS (SELECT $2 AS code),
                  a AS (INSERT INTO accounts (county, login, name, password_hash, created_at, created_by)
                        SELECT county, $1, '王伟', password_hash, created_at, 'test' FROM accounts WHERE login = 'demo-member'
                        RETURNING id, county, created_at)
             INSERT INTO memberships (account_id, county, unit, role, since) SELECT a.id, a.county, u.code, $3, a.created_at FROM a, u",
        )
        .bind(login)
        .bind(unit)
        .bind(role)
        .execute(&self.system.db)
        .await
        .unwrap();
        self.accounts.add(login, login, &password);
        Person {
            browser: self.accounts.browser(&self.system, login).await,
            token: self.accounts.token(&self.system, login).await,
        }
    }

    /// Two people of a unit: a leader and a member.
    async fn staffed(&mut self, unit: &str) {
        if self.people.contains_key(unit) {
            return;
        }
        let mut people = Vec::new();
        for role in ["leader", "member"] {
            let login = format!("p{}-{role}", self.people.len());
            people.push(self.person(&login, unit, role).await);
        }
        self.people.insert(unit.to_owned(), people);
    }

    pub(super) fn people(&self, unit: &str) -> &[Person] {
        self.people.get(unit).map_or(&[], Vec::as_slice)
    }

    /// Files one of the samples as any kind of reporter.
    pub(super) async fn file(&mut self, rng: &mut StdRng) -> Report {
        let samples = samples();
        let mut body: Value = serde_json::from_str(&samples.choose(rng).unwrap().1).unwrap();
        let kinds = ["teacher", "doctor", "police", "relative", "public", "child"];
        let identities = ["named", "confidential", "anonymous"];
        body["reporter"] = json!({"kind": kinds.choose(rng).unwrap(), "identity": identities.choose(rng).unwrap()});
        let filed = self.system.file(&body.to_string()).await;
        self.system.routed(&filed).await;
        let mut report = Report {
            filed,
            tickets: Vec::new(),
        };
        self.tickets(&mut report).await;
        report
    }

    /// A transfer makes new tickets, at units that have nobody yet.
    async fn tickets(&mut self, report: &mut Report) {
        report.tickets = sqlx::query_as("SELECT id, unit FROM tickets WHERE report_id = $1 ORDER BY id")
            .bind(report.filed.id())
            .fetch_all(&self.system.db)
            .await
            .unwrap();
        for (_, unit) in report.tickets.clone() {
            if unit != "office" {
                self.staffed(&unit).await;
            }
        }
    }

    /// One random act of a random person; whether it was done.
    pub(super) async fn act(&mut self, report: &Report, rng: &mut StdRng) -> bool {
        let mut current = Report {
            filed: report.filed.clone(),
            tickets: Vec::new(),
        };
        self.tickets(&mut current).await;
        let status = if rng.random_ratio(1, 6) {
            self.office_act(&current, rng).await
        } else {
            self.unit_act(&current, rng).await
        };
        self.done += usize::from(status == 200);
        status == 200
    }

    async fn unit_act(&self, report: &Report, rng: &mut StdRng) -> u16 {
        let Some((ticket, unit)) = report.tickets.choose(rng) else {
            return 0;
        };
        // Now and then somebody of another unit tries.
        let unit = if rng.random_ratio(1, 12) {
            &report.tickets.choose(rng).unwrap().1
        } else {
            unit
        };
        let Some(person) = self.people(unit).choose(rng) else {
            return 0;
        };
        let current = self.get(person, &format!("/api/v1/tickets/{ticket}")).await;
        let version = current["version"].as_i64().unwrap_or(1) - i64::from(rng.random_ratio(1, 15));
        let seen = rng.random_bool(0.5);
        let mut body = json!({
            "version": version, "who": "王伟", "place": "村委会", "at": "2026-01-01T08:00", "reference": "皖字〔2026〕1号",
            "outcome": OUTCOMES.choose(rng).unwrap(), "note": "已上门", "reason": "另一单位管辖", "unit": "mz", "decision_number": "1号",
            "decision_date": "2026-01-01", "seen": if seen { "yes" } else { "no" }, "unseen": "孩子在外地", "evidence": "yes",
        });
        if let Some(text) = current["dispatched_at"].as_str() {
            body["at"] = json!(text.get(..16));
        }
        let act = ACTS.choose(rng).unwrap();
        self.post(person, &format!("/api/v1/tickets/{ticket}/{act}"), &body)
            .await
    }

    async fn office_act(&self, report: &Report, rng: &mut StdRng) -> u16 {
        let id = report.filed.id();
        let person = self.office.choose(rng).unwrap();
        let ticket = report.tickets.choose(rng).map(|(id, _)| *id).unwrap_or_default();
        if rng.random_bool(0.3) {
            let act = ["confirm", "refuse"].choose(rng).unwrap();
            let current = self.get(person, "/api/v1/closings").await;
            let version = current
                .as_array()
                .and_then(|all| all.iter().find(|c| c["id"] == ticket || c["ticket_id"] == ticket));
            let version = version.map_or(json!(null), |c| c["version"].clone());
            let body = json!({"version": version, "reason": "同意", "note": "同意"});
            return self
                .post(person, &format!("/api/v1/closings/{ticket}/{act}"), &body)
                .await;
        }
        if rng.random_bool(0.2) {
            let follow_up = ["keep", "reopen"].choose(rng).unwrap();
            let body = json!({"attempt": 1, "follow_up": follow_up, "tickets": [ticket]});
            return self
                .post(person, &format!("/api/v1/callbacks/{id}/decide"), &body)
                .await;
        }
        let results = ["satisfied", "dissatisfied", "unreachable", "anonymous"];
        let next = self.get(person, &format!("/api/v1/callbacks/{id}")).await["next_attempt"].clone();
        let follow_up = ["keep", "reopen"].choose(rng).unwrap();
        let body = json!({
            "attempt": next, "result": results.choose(rng).unwrap(), "note": "说明", "follow_up": follow_up,
            "tickets": [ticket], "reason": "理由",
        });
        self.post(person, &format!("/api/v1/callbacks/{id}"), &body).await
    }

    pub(super) async fn get(&self, person: &Person, path: &str) -> Value {
        let url = format!("{}{path}", self.system.internal_url);
        let answer = self
            .system
            .http
            .get(url)
            .bearer_auth(&person.token)
            .send()
            .await
            .unwrap();
        answer.json().await.unwrap_or_default()
    }

    async fn post(&self, person: &Person, path: &str, body: &Value) -> u16 {
        let url = format!("{}{path}", self.system.internal_url);
        let answer = self
            .system
            .http
            .post(url)
            .bearer_auth(&person.token)
            .json(body)
            .send()
            .await
            .unwrap();
        let status = answer.status().as_u16();
        assert!(status < 500, "{path} {body}: {status}");
        status
    }

    async fn asked(&self, request: reqwest::RequestBuilder) -> reqwest::Response {
        let nth = self.questions.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        let from = format!("10.{}.{}.{}", nth[1], nth[2], nth[3]);
        request.header("x-forwarded-for", from).send().await.unwrap()
    }

    /// The status as its reporter reads it.
    pub(super) async fn status(&self, report: &Report) -> Value {
        let url = format!("{}/api/v1/status", self.system.public_url);
        let body = json!({"receipt": report.filed.receipt, "follow_up_code": report.filed.follow_up_code});
        let answer = self.asked(self.system.http.post(url).json(&body)).await;
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    pub(super) async fn status_page(&self, report: &Report, lang: &str) -> String {
        let url = format!("{}/status?lang={lang}", self.system.public_url);
        let form = BTreeMap::from([
            ("receipt", &report.filed.receipt),
            ("code", &report.filed.follow_up_code),
        ]);
        let answer = self.asked(self.system.http.post(url).form(&form)).await;
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }
}
