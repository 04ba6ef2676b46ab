//! The same by API, and the order of the queue.

use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use serde::Deserialize;
use serde_json::{Value, json};
use tests::{Api, Problem, System, officers::Accounts};

use super::filed;

/// A page of the queue.
#[derive(Deserialize)]
struct Queue {
    tickets: Vec<Line>,
    /// Of all pages.
    open: usize,
}

/// A ticket in it.
#[derive(Deserialize)]
struct Line {
    id: i64,
    next_due_at: Option<DateTime<FixedOffset>>,
}

fn wrong_fields(answer: Value) -> Vec<String> {
    let problem: Problem = serde_json::from_value(answer).expect("a problem");
    problem.pointers().into_iter().map(str::to_owned).collect()
}

#[tokio::test]
async fn the_queue_is_ordered_by_next_due() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (first, ..) = filed(&system).await;
    let (second, ..) = filed(&system).await;
    let api = Api::of(&system, &accounts, "member").await;
    let queue = async || -> Vec<i64> {
        let queue: Queue = api.get("/tickets?limit=100").await;
        assert_eq!(queue.open, queue.tickets.len());
        let due: Vec<_> = queue.tickets.iter().map(|line| line.next_due_at).collect();
        assert!(due.is_sorted(), "{due:?}");
        queue.tickets.iter().map(|line| line.id).collect()
    };
    let before = queue().await;
    let place = |ids: &[i64], id| ids.iter().position(|x| *x == id).unwrap();
    assert!(
        place(&before, first) < place(&before, second),
        "both wait for a signature, the older first"
    );
    let member = accounts.browser(&system, "member").await;
    let page = member.get(&format!("/tickets/{first}")).await;
    assert_eq!(member.act(&page, first, "sign", &[]).await.status, 303);
    let after = queue().await;
    assert!(
        place(&after, first) > place(&after, second),
        "signed: its next due is later"
    );
    let html = member.get("/desk").await.text;
    let at = |id| html.find(&format!("/tickets/{id}\"")).unwrap();
    assert!(at(second) < at(first), "the page has the same order");
    let list = member.get("/desk/list").await;
    assert!(list.status == 200 && list.text.contains("hx-swap-oob") && !list.text.contains("<html"));
}

#[tokio::test]
async fn the_same_acts_by_api() {
    let system = System::start().await;
    let accounts = Accounts::make(&system).await;
    let (id, other, _) = filed(&system).await;
    let api = Api::of(&system, &accounts, "member").await;
    let post =
        async |act: &str, body: Value| -> (u16, Value) { api.post(&format!("/tickets/{id}/{act}"), &body).await };
    let without = format!("{}/api/v1/tickets/{id}", system.internal_url);
    assert_eq!(system.http.get(without).send().await.unwrap().status(), 401);
    assert_eq!(api.status(&format!("/tickets/{other}")).await, 404);
    let ticket: Value = api.get(&format!("/tickets/{id}")).await;
    assert_eq!(
        (ticket["state"].as_str(), ticket["next_act"].as_str()),
        (Some("dispatched"), Some("sign"))
    );
    assert!(ticket["matter"]["narrative"].is_string());
    // Who asked for secrecy is not named; the identity is opened apart.
    assert!(ticket["reporter"]["kind"].is_string() && ticket["reporter"]["name"].is_null());

    let (status, body) = post("sign", json!({})).await;
    assert_eq!((status, body["errors"][0]["pointer"].as_str()), (422, Some("/version")));
    let (status, body) = post("sign", json!({"version": ticket["version"]})).await;
    assert_eq!(
        (status, body["state"].as_str(), body["next_act"].as_str()),
        (200, Some("signed"), Some("contact"))
    );
    let (status, stale) = post("sign", json!({"version": ticket["version"]})).await;
    assert_eq!((status, stale["last_act"]["kind"].as_str()), (409, Some("signed")));
    let (status, wrong) = post(
        "contact",
        json!({"version": body["version"], "who": "甲", "at": "yesterday"}),
    )
    .await;
    assert_eq!(
        (status, wrong_fields(wrong)),
        (422, vec!["/at".to_owned(), "/place".to_owned()])
    );
    // What the outcome needs is asked: the material or why not, by whom the child was seen or why not.
    let version = body["version"].clone();
    let (status, wrong) = post(
        "resolve",
        json!({"version": version, "outcome": "confirmed-handled", "note": "完"}),
    )
    .await;
    assert_eq!(
        (status, wrong_fields(wrong)),
        (422, vec!["/reference".to_owned(), "/seen".to_owned()])
    );
    let closing =
        json!({"version": version, "outcome": "confirmed-handled", "missing": "尚未出具", "unseen": "孩子已离开本县"});
    let (status, body) = post("resolve", closing).await;
    assert_eq!(
        (status, body["state"].as_str()),
        (200, Some("close-requested")),
        "{body}"
    );
    assert_eq!(
        (body["closing"]["outcome"].as_str(), body["next_stage"].as_str()),
        (Some("confirmed-handled"), Some("confirm"))
    );
    let (status, own) = post("confirm", json!({"version": body["version"]})).await;
    assert_eq!((status, own["denied"].as_str()), (409, Some("own")));
    let (status, back) = post("take-back", json!({"version": body["version"]})).await;
    assert_eq!(
        (status, back["state"].as_str(), back["next_stage"].as_str()),
        (200, Some("in-progress"), Some("contact"))
    );
    let (status, body) = post("sign", json!({"version": back["version"]})).await;
    assert_eq!((status, body["state"].as_str()), (409, Some("in-progress")));

    let document: Value = api.get("/openapi.json").await;
    let out = system.intake_cli(&["routes"]).await;
    let api = out
        .stdout
        .lines()
        .filter_map(|l| l.split_once(' '))
        .filter(|(_, p)| p.starts_with("/api/"));
    let mut count = 0;
    for (method, path) in api {
        assert!(
            document["paths"][path][method.to_lowercase()].is_object(),
            "{method} {path} is not in the document"
        );
        count += 1;
    }
    assert!(count >= 16, "{count}");
    system.quiet(Duration::from_secs(20)).await;
}
