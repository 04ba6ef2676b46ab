//! Somebody who goes through every door, and what they may see.

use std::collections::{BTreeMap, BTreeSet};

use reqwest::Method;
use serde_json::json;
use tests::{
    System,
    officers::{Accounts, Browser},
};

pub(super) struct Person {
    pub(super) who: String,
    pub(super) account: i64,
    pub(super) browser: Browser,
    pub(super) csrf: String,
    pub(super) token: String,
}

pub(super) async fn one<T>(system: &System, sql: &'static str, id: i64) -> T
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(sql).bind(id).fetch_one(&system.db).await.unwrap()
}

pub(super) async fn all<T>(system: &System, sql: &'static str, id: i64) -> Vec<T>
where
    T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
{
    sqlx::query_scalar(sql).bind(id).fetch_all(&system.db).await.unwrap()
}

impl Person {
    pub(super) async fn open(system: &System, accounts: &Accounts, who: &str) -> Self {
        let browser = accounts.browser(system, who).await;
        let csrf = browser.get("/password").await.hidden("csrf");
        let account = sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
            .bind(accounts.of(who).0)
            .fetch_one(&system.db)
            .await
            .unwrap();
        Self {
            who: who.to_owned(),
            account,
            browser,
            csrf,
            token: accounts.token(system, who).await,
        }
    }

    /// What this person may be shown of a report, from whichever door: by the rows, read from the database apart from the program.
    pub(super) async fn parts(&self, system: &System, report: i64) -> BTreeSet<String> {
        let parts: Vec<String> = sqlx::query_scalar(
            "SELECT unnest(array_remove(t.shows, 'identity')) FROM tickets t JOIN memberships m ON m.unit = t.unit AND m.ended_at IS NULL
                 AND m.role IN ('member', 'leader', 'office') WHERE t.report_id = $1 AND m.account_id = $2
             UNION SELECT jsonb_array_elements_text(d.looks -> m.role) FROM decisions d, memberships m
             WHERE d.report_id = $1 AND m.account_id = $2 AND m.ended_at IS NULL AND m.role IN ('office', 'oversight')
             UNION SELECT unnest(o.parts) FROM openings o WHERE o.report_id = $1 AND o.asked_account = $2 AND o.state = 'open'",
        )
        .bind(report)
        .bind(self.account)
        .fetch_all(&system.db)
        .await
        .unwrap();
        parts.into_iter().collect()
    }

    pub(super) async fn ask(&self, system: &System, client: &reqwest::Client, method: &str, path: &str) -> String {
        let api = path.starts_with("/api/");
        let mut request = client.request(
            method.parse::<Method>().unwrap(),
            format!("{}{path}", system.internal_url),
        );
        request = if api {
            request.bearer_auth(&self.token)
        } else {
            request.header("cookie", self.browser.cookie())
        };
        if method == "POST" {
            request = if api {
                request.json(&json!({"version": 0}))
            } else {
                request.form(&BTreeMap::from([("csrf", self.csrf.as_str()), ("version", "0")]))
            };
        }
        let answer = request.send().await.unwrap();
        let location = answer.headers().get("location").map(|l| l.to_str().unwrap().to_owned());
        let bytes = answer.bytes().await.unwrap();
        format!("{}{}", location.unwrap_or_default(), String::from_utf8_lossy(&bytes))
    }
}

/// One more person for each unit that holds a ticket.
pub(super) async fn unit_people(system: &System, accounts: &mut Accounts) -> Vec<String> {
    let units: Vec<String> = all(
        system,
        "SELECT DISTINCT unit FROM tickets WHERE unit <> 'office' AND $1 = $1 ORDER BY 1",
        0_i64,
    )
    .await;
    for unit in &units {
        // Known by the unit.
        accounts.more(system, &[(unit.as_str(), unit.as_str(), "member")]).await;
    }
    units
}
