//! Officers of the demo: their browsers (without JavaScript) and tokens.

use reqwest::{Client, StatusCode, redirect::Policy};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::System;

/// A browser: keeps the session cookie, follows no redirect by itself.
pub struct Browser {
    base: String,
    http: Client,
    cookie: String,
}

/// A page.
pub struct Page {
    /// Status.
    pub status: StatusCode,
    /// Where it leads.
    pub location: Option<String>,
    /// Its HTML.
    pub text: String,
}

impl Page {
    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let (_, rest) = self
            .text
            .split_once(&format!("name=\"{name}\" value=\""))
            .unwrap_or_else(|| panic!("no field {name}"));
        rest.split_once('"')
            .expect("an answer of the internal side")
            .0
            .to_owned()
    }
}

impl Browser {
    /// Logs in by the form.
    pub async fn login(system: &System, login: &str, password: &str) -> Self {
        let http = Client::builder()
            .redirect(Policy::none())
            .build()
            .expect("an answer of the internal side");
        let form = [("login", login), ("password", password), ("next", "/desk")];
        let answer = http
            .post(format!("{}/login", system.internal_url))
            .form(&form)
            .send()
            .await
            .expect("an answer of the internal side");
        assert_eq!(answer.status(), 303, "{login} logs in");
        let cookie = answer.headers()["set-cookie"]
            .to_str()
            .expect("an answer of the internal side")
            .split(';')
            .next()
            .expect("an answer of the internal side")
            .to_owned();
        Self {
            base: system.internal_url.clone(),
            http,
            cookie,
        }
    }

    /// What it sends as `Cookie`.
    pub fn cookie(&self) -> &str {
        &self.cookie
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        read(
            self.http
                .get(format!("{}{path}", self.base))
                .header("cookie", &self.cookie)
                .send()
                .await
                .expect("an answer of the internal side"),
        )
        .await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        read(
            self.http
                .post(format!("{}{path}", self.base))
                .header("cookie", &self.cookie)
                .form(fields)
                .send()
                .await
                .expect("an answer of the internal side"),
        )
        .await
    }

    /// Sends a form with a file, fields first.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], file: &[u8]) -> Page {
        let border = "----a-border-that-no-file-holds";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{border}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let head = format!(
            "--{border}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"rules.xlsx\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{border}--\r\n").as_bytes());
        let sent = self
            .http
            .post(format!("{}{path}", self.base))
            .header("cookie", &self.cookie)
            .header("content-type", format!("multipart/form-data; boundary={border}"))
            .body(body)
            .send()
            .await;
        read(sent.expect("an answer of the internal side")).await
    }

    /// Downloads a file.
    pub async fn download(&self, path: &str) -> Vec<u8> {
        let asked = self
            .http
            .get(format!("{}{path}", self.base))
            .header("cookie", &self.cookie)
            .send()
            .await;
        let answer = asked.expect("an answer of the internal side");
        assert_eq!(answer.status(), 200, "{path}");
        answer.bytes().await.expect("a file").to_vec()
    }

    /// Sends the form of an act as the page `from` has it.
    pub async fn act(&self, from: &Page, id: i64, act: &str, fields: &[(&str, &str)]) -> Page {
        let (csrf, version) = (from.hidden("csrf"), from.hidden("version"));
        let mut all = vec![("csrf", csrf.as_str()), ("version", version.as_str())];
        all.extend_from_slice(fields);
        self.post(&format!("/tickets/{id}/{act}"), &all).await
    }
}

async fn read(answer: reqwest::Response) -> Page {
    let location = answer
        .headers()
        .get("location")
        .map(|l| l.to_str().expect("an answer of the internal side").to_owned());
    Page {
        status: answer.status(),
        location,
        text: answer.text().await.expect("an answer of the internal side"),
    }
}

/// Logins and passwords of the demo.
pub struct Accounts(Vec<Account>);

#[derive(Deserialize)]
struct Account {
    who: String,
    login: String,
    password: String,
}

impl Accounts {
    /// `intake-api people demo`.
    pub async fn make(system: &System) -> Self {
        let file = system.dir().join("demo.json");
        let out = system
            .intake_cli(&["people", "demo", "--out", &file.to_string_lossy()])
            .await;
        assert_eq!(out.code, 0, "{}", out.stderr);
        let said = std::fs::read_to_string(file).expect("the demo's file");
        Self(serde_json::from_str(&said).expect("the demo's accounts"))
    }

    /// Login and password of `office`, `leader`, `member` or `admin`.
    pub fn of(&self, who: &str) -> (&str, &str) {
        // Whom a test added comes before the demo's own.
        let account = self.0.iter().rfind(|account| account.who == who);
        let account = account.unwrap_or_else(|| panic!("nobody is {who}"));
        (&account.login, &account.password)
    }

    /// More people with the member's password, one unit and role each: their login is `demo-WHO`. Whom the demo has stays.
    pub async fn more(&mut self, system: &System, people: &[(&str, &str, &str)]) {
        let password = self.of("member").1.to_owned();
        for (who, unit, role) in people {
            let login = format!("demo-{who}");
            if self.0.iter().any(|account| account.login == login) {
                continue;
            }
            insert(system, &login, &format!("演示·{who}"), (unit, role)).await;
            self.add(who, &login, &password);
        }
    }

    /// Remembers one more person.
    pub fn add(&mut self, who: &str, login: &str, password: &str) {
        self.0.push(Account {
            who: who.into(),
            login: login.into(),
            password: password.into(),
        });
    }

    /// One more person of a unit, with the password of the demo's member. Names may meet: logins don't.
    pub async fn join(&mut self, system: &System, login: &str, name: &str, (unit, role): (&str, &str)) {
        insert(system, login, name, (unit, role)).await;
        let password = self.of("member").1.to_owned();
        self.add(login, login, &password);
    }

    /// A browser in which that person is signed in.
    pub async fn browser(&self, system: &System, who: &str) -> Browser {
        let (login, password) = self.of(who);
        Browser::login(system, login, password).await
    }

    /// A bearer token of that person.
    pub async fn token(&self, system: &System, who: &str) -> String {
        let (login, password) = self.of(who);
        let url = format!("{}/api/v1/session", system.internal_url);
        let answer = system
            .http
            .post(url)
            .json(&json!({"login": login, "password": password}))
            .send()
            .await
            .expect("an answer of the internal side");
        assert_eq!(answer.status(), 201);
        answer.json::<Value>().await.expect("an answer of the internal side")["token"]
            .as_str()
            .expect("an answer of the internal side")
            .to_owned()
    }
}

/// One more person, with the password of the demo's member.
async fn insert(system: &System, login: &str, name: &str, (unit, role): (&str, &str)) {
    sqlx::query(
        "WITH a AS (INSERT INTO accounts (county, login, name, password_hash, created_at, created_by)
                    SELECT county, $1, $2, password_hash, created_at, 'test' FROM accounts WHERE login = 'demo-member'
                    RETURNING id, county, created_at)
         INSERT INTO memberships (account_id, county, unit, role, since) SELECT id, county, $3, $4, created_at FROM a",
    )
    .bind(login)
    .bind(name)
    .bind(unit)
    .bind(role)
    .execute(&system.db)
    .await
    .expect("one more person");
}
