//! People, reports and what people do.

use std::{
    collections::{BTreeMap, HashMap},
    sync::atomic::{AtomicU32, Ordering},
};

use rand::{RngExt, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use tests::{
    Filed, Options, Sample, Servers, System,
    officers::{Accounts, Browser},
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

/// What any act on a ticket asks for, filled in.
fn deed(current: &Value, outcome: &str, seen: bool) -> Value {
    let at = current["dispatched_at"].as_str().and_then(|at| at.get(..16));
    json!({
        "version": current["version"].as_i64().unwrap_or(1), "who": "王伟", "place": "村委会", "at": at.unwrap_or("2026-01-01T08:00"),
        "reference": "皖字〔2026〕1号", "outcome": outcome, "note": "已上门", "reason": "另一单位管辖", "unit": "mz",
        "decision_number": "1号", "decision_date": "2026-01-01", "seen": if seen { "yes" } else { "no" }, "unseen": "孩子在外地",
        "evidence": "yes",
    })
}

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
        self.accounts.join(&self.system, login, "王伟", (unit, role)).await;
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
        let mut body = Sample::ALL.choose(rng).unwrap().json();
        let kinds = ["teacher", "doctor", "police", "relative", "public", "child"];
        let identities = ["named", "confidential", "anonymous"];
        body["reporter"] = json!({"kind": kinds.choose(rng).unwrap(), "identity": identities.choose(rng).unwrap()});
        self.routed(&body).await
    }

    /// Files the first sample: present danger, several units.
    pub(super) async fn file_first(&mut self) -> Report {
        let mut body: Value = Sample::BruisesAtSchool.json();
        body["reporter"] = json!({"kind": "teacher", "identity": "named"});
        self.routed(&body).await
    }

    async fn routed(&mut self, body: &Value) -> Report {
        let filed = self.system.file(&body.to_string()).await;
        self.system.routed(&filed).await;
        let mut report = Report {
            filed,
            tickets: Vec::new(),
        };
        self.tickets(&mut report).await;
        report
    }

    /// The next act of a whole life: everything is signed, every child seen, everything closed and confirmed, the reporter
    /// content. `None`: it is over.
    pub(super) async fn onward(&mut self, report: &Report) -> Option<String> {
        for (ticket, unit) in &report.tickets {
            let [leader, member] = self.people(unit) else {
                panic!("{unit} has two people")
            };
            let current = self.get(member, &format!("/api/v1/tickets/{ticket}")).await;
            let (person, act) = match (current["state"].as_str(), current["next_act"].as_str()) {
                (Some("resolved" | "confirmed"), _) => continue,
                (Some("close-requested"), _) => (leader, "confirm"),
                (_, Some(act)) => (member, act),
                other => panic!("ticket {ticket} goes nowhere: {other:?}"),
            };
            let body = deed(&current, "confirmed-handled", true);
            let status = self
                .post(person, &format!("/api/v1/tickets/{ticket}/{act}"), &body)
                .await;
            assert_eq!(status, 200, "{act} of {current}");
            self.done += 1;
            return Some(format!("{act} of ticket {ticket}"));
        }
        let id = report.filed.id();
        let path = format!("/api/v1/callbacks/{id}");
        let call = self.get(&self.office[0], &path).await;
        if call["calls"].get(0).is_some() {
            return None;
        }
        let body = json!({"attempt": call["next_attempt"], "result": "satisfied"});
        assert_eq!(self.post(&self.office[0], &path, &body).await, 200, "{call}");
        self.done += 1;
        Some("the call-back".into())
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
        let mut body = deed(&current, OUTCOMES.choose(rng).unwrap(), rng.random_bool(0.5));
        if rng.random_ratio(1, 15) {
            body["version"] = json!(current["version"].as_i64().unwrap_or(1) - 1);
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
            let current: Vec<Value> = serde_json::from_value(current).unwrap_or_default();
            let closing = current.iter().find(|c| c["id"] == ticket || c["ticket_id"] == ticket);
            let version = closing.map_or(json!(null), |c| c["version"].clone());
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
