//! Accounts: invitations, ended sessions, and that nobody locks the county out.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod accounts;
mod leaving;

use reqwest::StatusCode;
use tests::{System, officers::Page};

/// The link of a fresh invitation, on the page that shows it once.
pub(crate) fn invited(page: &Page, login: &str) -> String {
    let (_, rest) = page
        .text
        .split_once(&format!("<code>{login}</code>"))
        .expect("an invitation");
    let (_, rest) = rest.split_once("<code class=\"address\">").expect("its link");
    rest.split_once('<').unwrap().0.to_owned()
}

/// Sets a password by an invitation, as its owner does; gives the answer's status and page.
pub(crate) async fn accept(system: &System, link: &str, new: &str, again: &str) -> (u16, String) {
    let form = [("code", link), ("new", new), ("again", again)];
    let url = format!("{}/invitation", system.internal_url);
    let answer = system.http.post(url).form(&form).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// What an invitation's page answers.
pub(crate) async fn opened(system: &System, link: &str) -> (u16, String) {
    let answer = system.http.get(link).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

async fn try_login(system: &System, login: &str, password: &str) -> StatusCode {
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    http.post(format!("{}/login", system.internal_url))
        .form(&[("login", login), ("password", password)])
        .send()
        .await
        .unwrap()
        .status()
}

async fn id(system: &System, login: &str) -> i64 {
    sqlx::query_scalar("SELECT id FROM accounts WHERE login = $1")
        .bind(login)
        .fetch_one(&system.db)
        .await
        .unwrap()
}

/// A new account's form, filled in.
pub(crate) fn person<'a>(
    csrf: &'a str,
    login: &'a str,
    name: &'a str,
    phone: &'a str,
    unit: &'a str,
) -> Vec<(&'a str, &'a str)> {
    vec![
        ("csrf", csrf),
        ("login", login),
        ("name", name),
        ("phone", phone),
        ("unit", unit),
        ("role", "member"),
    ]
}
